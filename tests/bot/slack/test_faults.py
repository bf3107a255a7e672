"""Slack failing in every way it documents, and in those it does not: nothing is lost, doubled or answered with an error."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.delivery.sender import DeliveryError
from bot.slack.client import GONE, SlackCalls
from bot.slack.sender import SlackSender
from bot.slack.workspaces import OneWorkspace
from handlers.replies import Paragraph, Reply
from knowledge.conversations import ConversationReference
from tests.soak.fake_slack import Fault
from tests.support.slack_api import FakeWorkspace, served
from tests.support.slack_office import CHANNEL, SPECIALIST, TEACHER, SlackOffice
from tests.support.slack_world import World, text_in

DOCUMENTED = json.loads((Path(__file__).parents[2] / "data" / "slack_errors.json").read_text(encoding="utf-8"))
COMMON = tuple(DOCUMENTED["common"]["errors"])


def errors_of(method: str) -> list[str]:
    """Every error that the page of a method names, and those of nearly every page."""
    return sorted({*DOCUMENTED["methods"][method]["errors"], *COMMON})


ROOM = ConversationReference(platform="slack", address="C0SPECIALISTS")
REPLY = Reply(parts=(Paragraph(text="New filing R-1"),))


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "conversations.history", "conversations.open"])
async def test_every_documented_error_of_sending_is_understood(method: str) -> None:
    """Each becomes a `DeliveryError`: gone, for good, later, or nobody knows; nothing else ever comes out."""
    world = World()
    world.add_team("T0REDLANDS")
    world.add_user("U0TEACHER", name="Tess", email="tess@redlandsusd.net")
    world.add_channel("C0SPECIALISTS", members=["U0TEACHER"])
    slack = FakeWorkspace(world=world)
    slack.grant("xoxb-1")
    async with served(slack) as address:
        calls = SlackCalls(api_url=address, timeout_seconds=2.0)
        for error in errors_of(method):
            sender = SlackSender(
                workspaces=OneWorkspace(token="xoxb-1", district_id="redlands"), calls=calls, seconds_per_message=0.0
            )
            slack.errors[method] = error
            with pytest.raises(DeliveryError) as raised:
                await _call(sender, method)
            is_gone = method == "chat.update" and error in GONE
            assert raised.value.kind in {error, "429"} or is_gone
        await calls.close()


@pytest.mark.parametrize("method", ["views.open", "assistant.threads.setStatus", "chat.postEphemeral", "views.publish"])
async def test_every_documented_error_of_showing_loses_nothing(office: SlackOffice, method: str) -> None:
    """What cannot be shown at once: people are answered with 200 all the same, and what was asked is answered."""
    for error in errors_of(method)[:: 3 if len(errors_of(method)) > 40 else 1]:
        office.slack.errors[method] = error
        assert (await office.driver.command("/newaccount", user=TEACHER)).status == 200
        assert (await office.driver.opens_home(TEACHER)).status == 200
    await office.driver.message(TEACHER, "how many admins must our page have?")
    await office.settle()

    assert "at least two (2) account administrators" in office.dm(TEACHER)


@pytest.mark.parametrize("fault", [each for each in Fault if each is not Fault.LATE])
async def test_answer_and_card_arrive_once_whatever_happens_to_their_first_call(
    office: SlackOffice, fault: Fault
) -> None:
    """The outbox looks before it says anything again."""
    office.slack.silent_seconds = 1.3
    office.slack.retry_after = "0"
    office.slack.plan("chat.postMessage", fault)
    await office.driver.message(TEACHER, "how many admins must our page have?")
    for _ in range(4):
        await office.settle()
        office.clock.move_to(_later(office))
    answers = [each for each in office.world.dm(TEACHER) if "two (2) account" in text_in(each.blocks)]

    assert len(answers) == 1


async def test_card_that_was_deleted_is_posted_anew(office: SlackOffice) -> None:
    """A specialist who deletes a card by mistake still sees how it ended."""
    await office.driver.command("/newaccount", "robotics club on instagram", user=TEACHER)
    await office.settle()
    view = office.world.top_view(TEACHER)
    assert view is not None
    await office.driver.submit(TEACHER, view, {"Administrators": [TEACHER, "U0COACH"]})
    await office.settle()
    card = office.card(CHANNEL, "R-1")
    office.world.posted.remove(card)

    await office.driver.press(SPECIALIST, card, "Approve", even_unseen=True)
    await office.settle()

    assert "approved" in text_in(office.card(CHANNEL, "R-1").blocks).lower()


async def test_files_go_to_the_specialists_own_direct_message(office: SlackOffice) -> None:
    """A registry as CSV: from a channel, nobody else in it sees more than that it was asked for."""
    answer = await office.driver.command("/postwise", "export", user=SPECIALIST, channel="C0STAFF")
    await office.settle()

    assert "in your direct messages" in text_in(answer.body["blocks"])
    [file] = [file for each in office.world.dm(SPECIALIST) for file in each.files]
    assert file["name"].endswith(".csv")
    assert all(each.ephemeral_for == SPECIALIST for each in office.world.messages("C0STAFF"))


async def _call(sender: SlackSender, method: str) -> None:
    match method:
        case "chat.postMessage":
            await sender.post(key="k", conversation=ROOM, reply=REPLY)
        case "chat.update":
            await sender.edit(key="k", conversation=ROOM, message_id="1.1", reply=REPLY)
        case "conversations.history":
            await sender.find(key="k", conversation=ROOM)
        case _:
            person = ConversationReference(platform="slack", address="U0TEACHER")
            await sender.find(key="k", conversation=person)


def _later(office: SlackOffice) -> datetime:
    return office.clock.now() + timedelta(seconds=5)
