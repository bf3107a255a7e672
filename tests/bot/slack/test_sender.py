"""What Slack answers, and what that means for a message: there, not there, or nobody knows."""

import contextlib
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer

from bot.delivery.pace import Pace
from bot.delivery.sender import MESSAGE_GONE, DeliveryError
from bot.delivery.worker import Worker
from bot.slack.client import SlackCalls
from bot.slack.sender import HISTORY_PAGES, SlackSender
from bot.slack.workspaces import OneWorkspace
from handlers.outcome import ChannelMessage
from handlers.replies import ClauseQuote, Paragraph, Reply
from knowledge.conversations import ConversationReference
from tests.soak.fake_slack import FakeSlack, Fault, Message
from tests.support.delivery import PostRoom

CHANNEL = ConversationReference(platform="slack", address="C0SPECIALISTS")
POST = "chat.postMessage"


def saying(text: str) -> Reply:
    return Reply(parts=(Paragraph(text=text),))


@pytest.fixture
def slack() -> FakeSlack:
    """A Slack of our own."""
    return FakeSlack(late_seconds=0.05, silent_seconds=0.4)


@pytest.fixture
async def address(slack: FakeSlack) -> AsyncIterator[str]:
    """Where its Web API answers."""
    async with TestServer(slack.application()) as server:
        yield str(server.make_url("/api/"))


@contextlib.asynccontextmanager
async def sending(address: str, *, timeout_seconds: float) -> AsyncIterator[SlackSender]:
    """The real sender, for the one workspace."""
    calls = SlackCalls(api_url=address, timeout_seconds=timeout_seconds)
    workspaces = OneWorkspace(token="xoxb-test", district_id="redlands")
    yield SlackSender(workspaces=workspaces, calls=calls, seconds_per_message=0.0)
    await calls.close()


@pytest.fixture
async def sender(address: str) -> AsyncIterator[SlackSender]:
    """The real sender, with little patience, on that Slack."""
    async with sending(address, timeout_seconds=0.25) as sender:
        yield sender


@pytest.fixture
async def patient(address: str) -> AsyncIterator[SlackSender]:
    """The real sender as it is set in earnest: a long page of history takes its time on a busy machine."""
    async with sending(address, timeout_seconds=10.0) as sender:
        yield sender


async def test_message_is_found_again_by_its_key(slack: FakeSlack, patient: SlackSender) -> None:
    """The key travels with the message, and another key finds nothing."""
    name = await patient.post(key="k1", conversation=CHANNEL, reply=saying("New filing R-1"))

    assert await patient.find(key="k1", conversation=CHANNEL) == name
    assert await patient.find(key="k2", conversation=CHANNEL) is None
    elsewhere = ConversationReference(platform="slack", address="C1")
    assert await patient.find(key="k1", conversation=elsewhere) is None


async def test_message_is_found_beneath_hundreds_of_newer_ones(slack: FakeSlack, patient: SlackSender) -> None:
    """The look goes back page by page, and by no clock."""
    name = await patient.post(key="k1", conversation=CHANNEL, reply=saying("New filing R-1"))
    slack.messages += [
        Message(channel=CHANNEL.address, ts=f"{1800000000 + number}.0", key="", text="chat") for number in range(1500)
    ]

    found = await patient.find(key="k1", conversation=CHANNEL)

    assert found == name
    assert slack.calls.count("conversations.history") == 3
    assert sum(HISTORY_PAGES) > 1500


async def test_look_ends_at_a_message_that_is_known_to_be_older(slack: FakeSlack, patient: SlackSender) -> None:
    """A busy channel is not read to its beginning for a message that never arrived."""
    slack.messages += [
        Message(channel=CHANNEL.address, ts=f"{1700000000 + number}.000100", key="", text="chat")
        for number in range(5000)
    ]

    found = await patient.find(key="k1", conversation=CHANNEL, back_to="1700004500.000050")

    assert found is None
    assert slack.calls.count("conversations.history") == 2


async def test_edit_changes_the_message_where_it_stands(slack: FakeSlack, patient: SlackSender) -> None:
    """The card is the same card afterwards, under its old name."""
    name = await patient.post(key="k1", conversation=CHANNEL, reply=saying("R-1 waits"))

    await patient.edit(key="k2", conversation=CHANNEL, message_id=name, reply=saying("R-1 approved"))

    assert [(message.ts, message.text) for message in slack.messages] == [(name, "R-1 approved")]


@pytest.mark.parametrize(
    ("fault", "is_ambiguous"),
    [
        (Fault.LIMITED, False),
        (Fault.FAILED_BEFORE, True),
        (Fault.FAILED_AFTER, True),
        (Fault.SILENT_AFTER, True),
        (Fault.RESET_BEFORE, True),
        (Fault.RESET_AFTER, True),
        (Fault.LATE, True),
        (Fault.GARBAGE, True),
    ],
)
async def test_only_a_clear_refusal_counts_as_not_sent(
    slack: FakeSlack, sender: SlackSender, patient: SlackSender, fault: Fault, is_ambiguous: bool
) -> None:
    """After everything but "too many requests" the message may be there; and each call is made once."""
    slack.plan(POST, CHANNEL.address, fault)
    used = sender if fault is Fault.SILENT_AFTER else patient

    with pytest.raises(DeliveryError) as raised:
        await used.post(key="k1", conversation=CHANNEL, reply=saying("New filing R-1"))

    assert (raised.value.is_ambiguous, raised.value.is_permanent) == (is_ambiguous, False)
    assert raised.value.retry_after == (1.0 if fault is Fault.LIMITED else None)
    assert slack.calls == [POST]


@pytest.mark.parametrize(
    ("error", "is_permanent", "is_ambiguous"),
    [
        ("is_archived", True, False),
        ("channel_not_found", True, False),
        ("invalid_blocks", True, False),
        ("invalid_auth", False, False),
        ("not_in_channel", False, False),
        ("an_error_of_next_year", False, False),
        ("fatal_error", False, True),
        ("duplicate_message_not_found", False, True),
    ],
)
async def test_error_of_slack_says_whether_trying_again_can_help(
    slack: FakeSlack, patient: SlackSender, error: str, is_permanent: bool, is_ambiguous: bool
) -> None:
    """A wrong message is written off; a wrong token waits for somebody who mends it."""
    slack.errors[POST] = error

    with pytest.raises(DeliveryError) as raised:
        await patient.post(key="k1", conversation=CHANNEL, reply=saying("New filing R-1"))

    assert (raised.value.kind, raised.value.is_permanent, raised.value.is_ambiguous) == (
        error,
        is_permanent,
        is_ambiguous,
    )


async def test_slack_that_cannot_be_reached_has_certainly_received_nothing(sender: SlackSender) -> None:
    """Without a connection nothing was sent, so nothing need be looked for."""
    async with sending("http://127.0.0.1:9/api/", timeout_seconds=0.25) as nowhere:
        with pytest.raises(DeliveryError) as raised:
            await nowhere.post(key="k1", conversation=CHANNEL, reply=saying("New filing R-1"))

    assert (raised.value.kind, raised.value.is_ambiguous) == ("not_connected", False)


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_message_that_cannot_be_edited_any_more_is_gone(
    slack: FakeSlack, patient: SlackSender, error: str
) -> None:
    """Deleted, another's or too old: each means that the news must be posted anew."""
    slack.errors["chat.update"] = error

    with pytest.raises(DeliveryError) as raised:
        await patient.edit(key="k1", conversation=CHANNEL, message_id="1.0", reply=saying("R-1 approved"))

    assert raised.value.kind == MESSAGE_GONE


async def test_direct_message_of_a_person_is_looked_through_by_its_channel(
    slack: FakeSlack, patient: SlackSender
) -> None:
    """A person can be written to by their own id; their messages lie in the channel that opens."""
    slack.messages.append(Message(channel="D0COACH", ts="1.0", key="k1", text="Please accept"))

    found = await patient.find(key="k1", conversation=ConversationReference(platform="slack", address="U0COACH"))

    assert found == "1.0"


@pytest.mark.parametrize("fault", list(Fault))
async def test_card_stands_in_the_channel_once_whatever_the_first_answers_were(
    slack: FakeSlack, sender: SlackSender, post_room: PostRoom, fault: Fault
) -> None:
    """Post and edit each meet the fault twice, and in the end there is one card, as it should be."""
    slack.plan(POST, CHANNEL.address, fault, fault)
    slack.plan("chat.update", CHANNEL.address, fault, fault)
    slack.retry_after = "0"
    for words in ("R-1 waits", "R-1 approved"):
        card = ChannelMessage(conversation=CHANNEL, reply=saying(words), card="filing/1")
        await post_room.promises(card)

    await post_room.delivers(
        Worker(
            database=post_room.database, senders={"slack": sender}, clock=post_room.clock, pace=Pace(call_timeout=0.25)
        )
    )

    assert [message.text for message in slack.messages] == ["R-1 approved"]


LONG = Reply(
    parts=tuple(
        ClauseQuote(
            clause_id=f"x/{number}",
            section="S",
            lead_in=None,
            text=f"Clause {number}. " + "Employees shall think before they post. " * 100,
            document="D, version 1",
        )
        for number in range(8)
    )
)


async def test_reply_that_is_longer_than_a_message_goes_on_in_the_next(slack: FakeSlack, patient: SlackSender) -> None:
    """No clause is cut; the last message carries the key, by which all of them are known to be there."""
    name = await patient.post(key="k1", conversation=CHANNEL, reply=LONG)

    said = slack.posted(CHANNEL.address)
    assert len(said) == 4
    assert (said[-1].ts, said[-1].key) == (name, "k1")
    assert await patient.find(key="k1", conversation=CHANNEL) == name


async def test_first_part_of_a_long_reply_is_not_said_twice(slack: FakeSlack, patient: SlackSender) -> None:
    """Where the second message failed, it goes on with the second."""
    await patient.post(key="k1", conversation=CHANNEL, reply=LONG)
    del slack.messages[2:]

    await patient.post(key="k1", conversation=CHANNEL, reply=LONG)

    assert [each.key for each in slack.posted(CHANNEL.address)] == ["k1/0", "k1/1", "k1/2", "k1"]


async def test_channel_takes_a_short_burst_and_then_one_message_a_second(slack: FakeSlack, address: str) -> None:
    """What would wait longer is put off, as certainly not sent; another channel waits for nothing."""
    calls = SlackCalls(api_url=address, timeout_seconds=10.0)
    workspaces = OneWorkspace(token="xoxb-test", district_id="redlands")
    paced = SlackSender(workspaces=workspaces, calls=calls, seconds_per_message=60.0)
    for number in range(5):
        await paced.post(key=f"k{number}", conversation=CHANNEL, reply=saying("New filing"))

    with pytest.raises(DeliveryError) as raised:
        await paced.post(key="k6", conversation=CHANNEL, reply=saying("New filing"))
    elsewhere = ConversationReference(platform="slack", address="C0ELSEWHERE")
    await paced.post(key="k7", conversation=elsewhere, reply=saying("New filing"))
    await calls.close()

    assert (raised.value.kind, raised.value.is_ambiguous) == ("paced", False)
    assert raised.value.retry_after is not None
    assert 50 < raised.value.retry_after <= 60
    assert len(slack.posted(CHANNEL.address)) == 5
