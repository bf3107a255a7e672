"""Several people of one district who file, decide and answer, on the real product."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Self

from bot.local.conversations import specialist_channel
from bot.local.people import SPECIALISTS, STAFF, direct_message
from bot.turn import Turns
from handlers.context import HandlerContext
from handlers.incoming import FormSubmission, Incoming, Press, Question
from handlers.outcome import ChannelMessage, Outcome, Reminder
from handlers.replies import Bullets, Button, Choices, ClauseQuote, CopyText, FileText, Form, Paragraph, Reply
from handlers.routing import AUDITS, remind
from knowledge.clock import HeldClock
from knowledge.conversations import ConversationReference
from knowledge.filings import FilingKind, FilingState
from knowledge.people import Person
from knowledge.registry import Account, AccountStatus
from knowledge.store.unit import Database
from tests.support.product import Talk

TAB = "0123456789abcdef"

ROBOTICS = {
    "organization": "Lincoln High School Robotics Club",
    "platform": "instagram",
    "handle": "@lincolnrobotics",
    "administrators": "Cal Coach, coach@redlands.example\nOlive Office, office@redlands.example",
}
"""A new account as Redlands wants it filed."""


@dataclass
class Desk:
    """The people of one district, and everything that each was told."""

    turns: Turns
    database: Database
    clock: HeldClock
    talk: Talk
    district_id: str = "redlands"
    outcomes: list[Outcome] = field(default_factory=list)
    events: int = 0

    @classmethod
    async def open(cls, talk: Talk, district_id: str = "redlands") -> Self:
        """Seat everybody: each has a direct message with Postwise."""
        desk = cls(turns=talk.turns, database=talk.database, clock=talk.clock, talk=talk, district_id=district_id)
        async with desk.database.unit() as unit:
            for sample in STAFF:
                await unit.people.see(
                    district_id=district_id,
                    person=desk.person(sample.id),
                    conversation=direct_message(district_id, TAB, sample),
                    at=desk.clock.now(),
                )
        return desk

    def person(self, who: str) -> Person:
        sample = next(each for each in (*STAFF, *SPECIALISTS) if each.id == who)
        return sample.in_district(self.talk.districts.all[self.district_id])

    def conversation(self, who: str) -> ConversationReference:
        sample = next((each for each in STAFF if each.id == who), None)
        return direct_message(self.district_id, TAB, sample) if sample else specialist_channel(self.district_id)

    async def says(self, who: str, text: str) -> Reply:
        outcome = await self._take(
            Question(
                district_id=self.district_id,
                person=self.person(who),
                conversation=self.conversation(who),
                event_key=self._key(),
                text=text,
            )
        )
        assert outcome.reply is not None
        return outcome.reply

    async def press(self, who: str, verb: str, value: str = "", *, person: Person | None = None) -> Outcome:
        return await self._take(
            Press(
                district_id=self.district_id,
                person=person or self.person(who),
                conversation=self.conversation(who),
                event_key=self._key(),
                verb=verb,
                value=value,
            )
        )

    async def presses(self, who: str, label: str) -> Outcome:
        """Press the newest button of this label that the person was shown."""
        button = self.button(who, label)
        return await self.press(who, button.verb, button.value)

    async def sends(
        self, who: str, verb: str, value: str, fields: dict[str, str], *, person: Person | None = None, key: str = ""
    ) -> Outcome:
        return await self._take(
            FormSubmission(
                district_id=self.district_id,
                person=person or self.person(who),
                conversation=self.conversation(who),
                event_key=key or self._key(),
                verb=verb,
                value=value,
                fields=fields,
            )
        )

    async def files(self, who: str, kind: FilingKind, **fields: str) -> Outcome:
        """Send a form of one kind."""
        return await self.sends(who, "file", f'{{"kind": "{kind.value}"}}', fields)

    async def files_robotics(self, **changed: str) -> Outcome:
        """File the new account of the robotics club as the teacher."""
        return await self.files("teacher", FilingKind.NEW_ACCOUNT, **(ROBOTICS | changed))

    async def remind(self, reminder: Reminder) -> Outcome:
        """Let a reminder fall due, through the handler that delivery gives it to."""
        self.clock.move_to(max(self.clock.now(), reminder.due_at))
        return await self._look(lambda context: remind(reminder, context))

    async def audit(self) -> Outcome:
        """Let the auditor go through the district."""
        return await self._look(AUDITS[0])

    async def _look(self, handler: Callable[[HandlerContext], Awaitable[Outcome]]) -> Outcome:
        shelf = await self.talk.districts.shelf(self.district_id)
        async with self.database.unit() as unit:
            outcome = await handler(
                HandlerContext(
                    shelf=shelf,
                    unit=unit,
                    clock=self.clock,
                    conversation_key="",
                    channel=specialist_channel(self.district_id),
                ),
            )
        self.outcomes.append(outcome)
        return outcome

    def own_conversation(self, who: str) -> ConversationReference:
        """The direct message of somebody who otherwise reads the channel."""
        return ConversationReference(platform="local", address=f"staff/{self.district_id}/{TAB}-{who}")

    def posts(self) -> list[ChannelMessage]:
        """Everything posted to anybody, oldest first."""
        return [post for outcome in self.outcomes for post in outcome.posts]

    def posts_to(self, who: str) -> list[ChannelMessage]:
        """Everything posted to a person's direct message, or to the channel, oldest first."""
        wanted = self.conversation(who)
        return [post for post in self.posts() if post.conversation == wanted]

    def told(self, who: str) -> str:
        """Everything that a person, or the channel, was told in posts, as text."""
        return "\n".join(text(post.reply) for post in self.posts_to(who))

    def button(self, who: str, label: str) -> Button:
        wanted = self.conversation(who)
        for outcome in reversed(self.outcomes):
            replies = [post.reply for post in outcome.posts if post.conversation == wanted]
            for reply in [*replies, *([outcome.reply] if outcome.reply else [])]:
                for part in reply.parts:
                    for button in part.buttons if isinstance(part, Choices) else ():
                        if button.label == label:
                            return button
        raise AssertionError(f"no button {label!r} was shown to {who}")

    def card(self) -> str:
        """The newest card of a filing in the channel."""
        cards = [post for post in self.posts_to("specialist") if post.card]
        return text(cards[-1].reply)

    async def _take(self, incoming: Incoming) -> Outcome:
        outcome = await self.turns.take(incoming)
        self.outcomes.append(outcome)
        return outcome

    def _key(self) -> str:
        self.events += 1
        return f"desk-{self.district_id}-{self.events}"


def text(reply: Reply | None) -> str:
    """Everything that a reply shows, in lines."""
    lines: list[str] = []
    for part in reply.parts if reply else ():
        match part:
            case Paragraph() | CopyText():
                lines.append(part.text)
            case FileText():
                lines += [part.name, part.text]
            case ClauseQuote():
                lines.append(f"[{part.clause_id}] {part.text}")
            case Bullets():
                lines += part.items
            case Choices():
                lines += [part.prompt, *(f"<{button.label}>" for button in part.buttons)]
            case Form():
                lines.append(f"form {part.title}")
                for each in part.fields:
                    lines.append(f"{each.name}={each.value}")
                    if each.problem:
                        quoted = f" [{each.problem.quote.clause_id}]" if each.problem.quote else ""
                        lines.append(f"{each.name}! {each.problem.text}{quoted}")
            case _:
                pass
    return "\n".join(lines)


def form_of(reply: Reply | None) -> Form:
    """The form in a reply."""
    assert reply is not None
    return next(part for part in reply.parts if isinstance(part, Form))


def problems_of(outcome: Outcome) -> dict[str, str]:
    """What is wrong with each field of the form that came back."""
    return {each.name: each.problem.text for each in form_of(outcome.reply).fields if each.problem}


def number_of(outcome: Outcome) -> int:
    """The number of the filing that a reply names."""
    found = re.search(r"R-(\d+)", text(outcome.reply))
    assert found is not None
    return int(found[1])


def somebody(email: str, *, base: Person) -> Person:
    """Another person of the same platform."""
    return replace(base, id=email.partition("@")[0], email=email, roles=frozenset())


async def state_of(desk: Desk, number: int = 1) -> FilingState:
    """How far a filing has come."""
    async with desk.database.unit() as unit:
        return (await unit.filings.get(district_id=desk.district_id, number=number)).state


async def account_of(desk: Desk, number: int = 1) -> Account:
    """An account of the registry, with its administrators."""
    async with desk.database.unit() as unit:
        return await unit.registry.get(district_id=desk.district_id, number=number)


async def status_of(desk: Desk, number: int = 1) -> AccountStatus:
    """How an account stands to the district."""
    return (await account_of(desk, number)).status
