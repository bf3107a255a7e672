"""A district that uses both: what is opened in one is worked in the other, and everybody reads where they are."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web
from typing_extensions import override

from bot.slack.client import SlackCalls
from bot.slack.sender import SlackSender
from bot.slack.workspaces import OneWorkspace
from handlers.incoming import FormSubmission, Incoming, Press, ThreadMessage
from handlers.outcome import Outcome
from knowledge.conversations import ConversationReference
from knowledge.people import Person
from tests.soak.fake_slack import FakeSlack
from tests.support.product import Talk
from tests.support.teams_desk import TeamsDesk

pytestmark = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)

CHANNEL = ConversationReference(platform="slack", address="C0SPECIALISTS")
LINK = "The paper keeps asking about the coach, and the story is all over town"


@dataclass
class SlackSide(TeamsDesk):
    """A desk in Teams, beside a workspace of Slack."""

    slack: FakeSlack = field(default_factory=FakeSlack)

    async def in_slack(self, incoming: Incoming) -> Outcome:
        """Let somebody do something in Slack: as its own platform would translate it."""
        outcome = await self.turns.take(replace(incoming, event_key=self._key()))
        await self.settle()
        return outcome

    @override
    async def settle(self) -> None:
        if "slack" not in self.bot.worker._senders:
            runner = web.AppRunner(self.slack.application(), access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            self.stack.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
            calls = SlackCalls(api_url=url, timeout_seconds=2.0)
            self.stack.push_async_callback(calls.close)
            workspaces = OneWorkspace(token="xoxb-test", district_id="redlands")
            sender = SlackSender(workspaces=workspaces, calls=calls, seconds_per_message=0.0)
            self.bot.worker._senders = {**self.bot.worker._senders, "slack": sender}
        await super().settle()

    def slack_words(self, channel: str) -> str:
        return "\n".join(each.text for each in self.slack.posted(channel))


class SpecialistsInSlack(SlackSide):
    """The specialists read in Slack."""

    @staticmethod
    @override
    def _channel_of(_: str) -> ConversationReference:
        return CHANNEL


@pytest.fixture
async def stack() -> AsyncIterator[contextlib.AsyncExitStack]:
    async with contextlib.AsyncExitStack() as stack:
        yield stack


async def opened(kind: type[SlackSide], staff: Talk, stack: contextlib.AsyncExitStack) -> SlackSide:
    class Desk(kind):  # type: ignore[valid-type,misc]
        pass

    Desk.stack = stack
    desk: SlackSide = await Desk.open(staff)
    return desk


def in_slack(desk: SlackSide, who: str) -> Person:
    return replace(desk.person(who), platform="slack", id=f"U0{who.upper()}")


async def test_case_opened_in_teams_is_worked_in_slack(staff: Talk, stack: contextlib.AsyncExitStack) -> None:
    """The card stands in Slack; what the specialist writes there arrives in the teacher's chat in Teams, and back."""
    desk = await opened(SpecialistsInSlack, staff, stack)
    sam = in_slack(desk, "specialist")
    home = ConversationReference(platform="slack", address="D0SAM")
    await desk.reports("teacher", LINK)
    [card] = [each for each in desk.slack.posted("C0SPECIALISTS") if "C-1" in each.text]

    await desk.in_slack(
        Press(
            district_id="redlands",
            person=sam,
            conversation=CHANNEL,
            event_key="",
            verb="case-claim",
            value="1",
            message=card.ts,
            home=home,
        )
    )
    await desk.in_slack(
        ThreadMessage(
            district_id="redlands",
            person=sam,
            conversation=CHANNEL,
            event_key="",
            message=card.ts,
            text="When was it posted?",
            home=home,
        )
    )
    chat = desk.member("teacher").chat
    in_teams = "\n".join(each.words for each in desk.fake.in_conversation(chat))
    await desk.writes("teacher", "On Saturday evening")
    await desk.in_slack(
        FormSubmission(
            district_id="redlands",
            person=sam,
            conversation=CHANNEL,
            event_key="",
            verb="case-resolve",
            value="1",
            fields={"outcome": "responded", "note": "We posted a statement."},
            home=home,
        )
    )

    assert "Sam Specialist has claimed C-1" in in_teams
    assert "When was it posted?" in in_teams
    assert "On Saturday evening" in desk.slack_words("C0SPECIALISTS")
    assert "We posted a statement." in "\n".join(each.words for each in desk.fake.in_conversation(chat))
    assert "Delivered to Tess Teacher" in desk.slack_words("C0SPECIALISTS")


async def test_case_opened_in_slack_is_worked_in_teams(staff: Talk, stack: contextlib.AsyncExitStack) -> None:
    """The same the other way round."""
    desk = await opened(SlackSide, staff, stack)
    tess = in_slack(desk, "teacher")
    messages = ConversationReference(platform="slack", address="D0TESS")
    await desk.press("specialist", "mine")
    await desk.in_slack(
        FormSubmission(
            district_id="redlands",
            person=tess,
            conversation=messages,
            event_key="",
            verb="escalate",
            fields={"happened": LINK, "kind": "controversy"},
        )
    )

    await desk.hits("specialist", "Claim")
    await desk.writes("specialist", "Please hide nothing yet.")
    own = next(each for each in desk.slack.posted("D0TESS") if "C-1" in each.text and not each.thread)
    await desk.in_slack(
        ThreadMessage(
            district_id="redlands",
            person=tess,
            conversation=messages,
            event_key="",
            message=own.ts,
            text="Understood, thanks",
        )
    )

    assert "Please hide nothing yet." in desk.slack_words("D0TESS")
    assert "Understood, thanks" in await desk.thread_of("specialist")
    assert "Delivered to Tess Teacher" in await desk.thread_of("specialist")
