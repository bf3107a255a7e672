"""The other scene of the crash tests: a case is opened, brought up again, claimed, and talked about from both sides."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from handlers.incoming import FormSubmission, Press, ThreadMessage
from knowledge.clock import SystemClock
from knowledge.conversations import ConversationReference
from knowledge.people import Person
from knowledge.store.unit import Database
from tests.soak.scene import DISTRICT, SPECIALIST, TEACHER, Hands, Verdict, acknowledged, messages_in

STEPS = ["opened", "pinged", "claimed", "to person", "from person"]
"""What the timeline must hold in the end, each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseScene:
    """One case with conversations of its own, so that many can be played beside each other."""

    number: int
    district_id: str = DISTRICT

    @property
    def channel(self) -> str:
        """The specialist channel."""
        return f"C{self.number}"

    @property
    def own(self) -> str:
        """The direct message of whoever opens it."""
        return f"D{self.number}T"

    @property
    def mark(self) -> str:
        """A word that nothing else holds."""
        return "mark" + "".join(chr(ord("a") + int(digit)) for digit in f"{self.number:06d}")

    @property
    def is_reminded(self) -> bool:
        """The case is brought up again, and what was said has receipts."""
        return True

    def channel_of(self, _district_id: str) -> ConversationReference:
        """Name the channel as the product asks for it."""
        return ConversationReference(platform="slack", address=self.channel)

    async def play(self, hands: Hands) -> None:
        """Open, bring up, claim and talk, but for what was acknowledged before.

        The ping and both relays meet the fault, and the edits that come with them; the card's own post does in the filing.
        """
        if "opened" not in hands.done:
            await acknowledged(hands.turns, self.report())
            hands.say("opened")
        await hands.delivered()
        number = await self._number(hands.unwatched)
        if "pinged" not in hands.done:
            hands.fail([self.channel])
            await self._bring_up(hands.unwatched, number)
            await hands.delivered()
            hands.say("pinged")
        if "claimed" not in hands.done:
            await acknowledged(hands.turns, self.claim(number))
            hands.say("claimed")
        await hands.delivered()
        if "said" not in hands.done:
            hands.fail([self.own])
            card = await self._card(hands.unwatched, number, self.channel)
            await acknowledged(hands.turns, self.message(SPECIALIST, self.channel, card, f"Hide nothing {self.mark}"))
            hands.say("said")
        await hands.delivered()
        if "answered" not in hands.done:
            hands.fail([self.channel])
            card = await self._card(hands.unwatched, number, self.own)
            await acknowledged(hands.turns, self.message(TEACHER, self.own, card, f"Since Saturday {self.mark}"))
            hands.say("answered")
        await hands.delivered()

    def report(self) -> FormSubmission:
        """Return the form as the teacher fills it in."""
        return FormSubmission(
            district_id=self.district_id,
            person=TEACHER,
            conversation=ConversationReference(platform="slack", address=self.own),
            event_key=f"report/{self.number}",
            verb="escalate",
            fields={
                "happened": f"Parents call the coach names under our video {self.mark}",
                "kind": "controversy",
                "links": f"https://www.facebook.com/{self.mark}",
                "is_same": "another",
            },
        )

    def claim(self, number: int) -> Press:
        """Return the specialist's press on the card."""
        return Press(
            district_id=self.district_id,
            person=SPECIALIST,
            conversation=self.channel_of(self.district_id),
            event_key=f"claim/{self.number}",
            verb="case-claim",
            value=str(number),
        )

    def message(self, person: Person, address: str, card: str, words: str) -> ThreadMessage:
        """Return what somebody writes under their card."""
        return ThreadMessage(
            district_id=self.district_id,
            person=person,
            conversation=ConversationReference(platform="slack", address=address),
            event_key=f"said/{self.number}/{person.id}",
            message=card,
            text=words,
        )

    async def verdict(self, database: Database, slack: str) -> Verdict:
        """Compare what was acknowledged with what stands in the channels."""
        messages = await messages_in(slack, (self.channel, self.own))
        numbers = await self._numbers(database)
        if not numbers:
            return Verdict(lost=1)
        [number, *more] = numbers
        found = [len(_standing(messages, *each)) for each in self._wanted(number)]
        steps = [row["step"] for row in await self._timeline(database, number)]
        counts = found + [steps.count(step) for step in STEPS]
        rows = await _rows(
            database,
            "SELECT state, message_id FROM outbox WHERE kind <> 'reminder' AND address IN (:channel, :own)",
            channel=self.channel,
            own=self.own,
        )
        pending = await _rows(
            database,
            "SELECT id FROM outbox WHERE kind = 'reminder' AND state = 'pending' AND subject = :subject",
            subject=f"case/{number}",
        )
        counts.append(len(pending))
        standing = {message["ts"] for message in messages}
        return Verdict(
            lost=counts.count(0) + sum(row["state"] == "sent" and row["message_id"] not in standing for row in rows),
            duplicated=len(more)
            + sum(max(0, count - 1) for count in counts)
            + len(messages)
            - len({message["key"] for message in messages}),
            stuck=sum(row["state"] != "sent" for row in rows),
        )

    def _wanted(self, number: int) -> list[tuple[str, bool, str]]:
        """Return what must stand exactly once: where, whether under a card, and with which words."""
        name = f"C-{number}"
        return [
            (self.channel, False, rf"^{name}: a controversial-post situation\n"),
            (self.channel, False, rf"^{name}: (?s:.*)Sam Specialist has it, since"),
            (self.channel, False, rf"^{name} (?:still waits|was brought up at)"),
            (self.channel, True, rf"^Tess Teacher on {name}:\nSince Saturday {self.mark}"),
            (self.channel, True, r"^Delivered to Tess Teacher"),
            (self.own, False, rf"{name}: Sam Specialist has it now"),
            (self.own, True, rf"Sam Specialist has claimed {name}"),
            (self.own, True, rf"on {name}:\nHide nothing {self.mark}"),
            (self.own, True, r"^Delivered to Sam Specialist"),
        ]

    async def _bring_up(self, database: Database, number: int) -> None:
        """Let the moment of the first ping come, unless it came before.

        No setting is shorter than a minute, so its entry is moved into the past; a wait of none keeps the worker's own
        clock from waiting once more.
        """
        steps = [row["step"] for row in await self._timeline(database, number)]
        if "pinged" in steps:
            return
        async with database.engine.begin() as connection:
            await connection.execute(
                text(
                    "UPDATE outbox SET due = :past, wait_seconds = 0 "
                    "WHERE kind = 'reminder' AND state = 'pending' AND subject = :subject AND district_id = :district"
                ),
                {
                    "past": SystemClock().now().timestamp() - 1,
                    "subject": f"case/{number}",
                    "district": self.district_id,
                },
            )

    async def _number(self, database: Database) -> int:
        (number, *_) = await self._numbers(database)
        return number

    async def _numbers(self, database: Database) -> list[int]:
        """Return the numbers of the cases that came of its report."""
        rows = await _rows(database, "SELECT number, summary FROM cases WHERE district_id = :d", d=self.district_id)
        return [int(row["number"]) for row in rows if re.search(rf"\b{self.mark}\b", row["summary"])]

    async def _card(self, database: Database, number: int, address: str) -> str:
        """Return the name of the message that the case's card stands as."""
        rows = await _rows(
            database,
            "SELECT message_id FROM cards WHERE district_id = :district AND address = :address AND card = :card",
            district=self.district_id,
            address=address,
            card=f"case/{number}",
        )
        return str(rows[0]["message_id"])

    async def _timeline(self, database: Database, number: int) -> Sequence[dict[str, Any]]:
        return await _rows(
            database,
            "SELECT step, text FROM case_timeline WHERE district_id = :district AND case_number = :number",
            district=self.district_id,
            number=number,
        )


def _standing(messages: list[dict[str, Any]], channel: str, is_in_thread: bool, words: str) -> list[dict[str, Any]]:
    return [
        message
        for message in messages
        if message["channel"] == channel
        and bool(message["thread"]) is is_in_thread
        and re.search(words, html.unescape(message["text"]))
    ]


async def _rows(database: Database, statement: str, **values: object) -> list[dict[str, Any]]:
    async with database.engine.begin() as connection:
        return [dict(row) for row in (await connection.execute(text(statement), values)).mappings()]
