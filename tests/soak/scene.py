"""What the crash tests play: somebody files an account, the specialist approves it; and what must be there in the end."""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession
from sqlalchemy import text

from bot.districts import Districts
from bot.turn import Model, Turns
from handlers.incoming import FormSubmission, Incoming, Press
from handlers.wording.cards import card_value
from knowledge.clock import SystemClock
from knowledge.conversations import ConversationReference
from knowledge.filings import Filing
from knowledge.people import Person, Role
from knowledge.store.unit import Database

DISTRICT = "redlands"
TEACHER = Person(platform="slack", id="U0TEACHER", name="Tess Teacher", email="teacher@redlands.example")
COACH = Person(platform="slack", id="U0COACH", name="Cal Coach", email="coach@redlands.example")
SPECIALIST = Person(platform="slack", id="U0SPECIALIST", name="Sam Specialist", roles=frozenset({Role.SPECIALIST}))


class NoModel(Model):
    """Stands where no question is asked: what is filed and decided touches only the database."""

    def __init__(self) -> None:
        """Leave everything out; whoever reads it after all fails loudly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is wrong in the end; nothing, where all are zero."""

    lost: int = 0
    duplicated: int = 0
    stuck: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One filing with conversations of its own, so that many can be played beside each other."""

    number: int
    district_id: str = DISTRICT

    @property
    def channel(self) -> str:
        """The specialist channel."""
        return f"C{self.number}"

    @property
    def channels(self) -> tuple[str, ...]:
        """Every conversation of the scene."""
        return (self.channel, f"D{self.number}T", f"D{self.number}C")

    @property
    def organization(self) -> str:
        """Name of the club that files."""
        return f"Soak Club {self.number}"

    def channel_of(self, _district_id: str) -> ConversationReference:
        """Name the channel as the product asks for it."""
        return ConversationReference(platform="slack", address=self.channel)

    def filing(self) -> FormSubmission:
        """Return the form as the teacher fills it in."""
        return FormSubmission(
            district_id=self.district_id,
            person=TEACHER,
            conversation=ConversationReference(platform="slack", address=f"D{self.number}T"),
            event_key=f"file/{self.number}",
            verb="file",
            value=json.dumps({"kind": "new_account"}),
            fields={
                "organization": self.organization,
                "platform": "instagram",
                "handle": f"@soakclub{self.number}",
                "administrators": "Cal Coach, coach@redlands.example\nOlive Office, office@redlands.example",
                "is_same": "another",
            },
        )

    def approval(self, filing: Filing) -> Press:
        """Return the specialist's press on the card."""
        return Press(
            district_id=self.district_id,
            person=SPECIALIST,
            conversation=self.channel_of(self.district_id),
            event_key=f"approve/{self.number}",
            verb="approve",
            value=card_value(filing),
        )

    def turns(self, database: Database, districts: Districts) -> Turns:
        """Put together what takes its events."""
        return Turns(
            database=database,
            shelves=districts,
            model=NoModel(),
            clock=SystemClock(),
            pepper=b"soak",
            channel_of=self.channel_of,
        )

    async def introduce(self, database: Database) -> None:
        """Let the coach be somebody who can be written to."""
        async with database.unit() as unit:
            await unit.people.see(
                district_id=self.district_id,
                person=COACH,
                conversation=ConversationReference(platform="slack", address=f"D{self.number}C"),
                at=SystemClock().now(),
            )

    async def filings(self, database: Database) -> list[Filing]:
        """Return the filings of the club."""
        async with database.engine.begin() as connection:
            rows = (await connection.execute(text("SELECT district_id, number, fields FROM filings"))).all()
        numbers = [row.number for row in rows if row.district_id == self.district_id and self._is_of(row.fields)]
        async with database.unit() as unit:
            return [await unit.filings.get(district_id=self.district_id, number=number) for number in numbers]

    async def verdict(self, database: Database, slack: str, *, is_approved: bool) -> Verdict:
        """Compare what was acknowledged with what stands in the channels.

        Parameters
        ----------
        slack
            Address of the fake Slack.
        is_approved
            True where the approval was acknowledged, too.
        """
        async with (
            ClientSession() as session,
            session.get(f"{slack}/inspect", params={"channels": " ".join(self.channels)}) as response,
        ):
            messages = (await response.json())["messages"]
        async with database.engine.begin() as connection:
            rows = (
                await connection.execute(
                    text("SELECT state, message_id FROM outbox WHERE kind <> 'reminder' AND address LIKE :mine"),
                    {"mine": f"_{self.number}%"},
                )
            ).all()
        filings = await self.filings(database)
        standing = {message["ts"] for message in messages}
        cards = [message for message in messages if message["channel"] == self.channel]
        wanted = "was approved" if is_approved else self.organization
        return Verdict(
            lost=int(len(filings) == 0)
            + int(not any(wanted in message["text"] for message in cards))
            + sum(row.state == "sent" and row.message_id not in standing for row in rows),
            duplicated=max(0, len(filings) - 1)
            + max(0, len(cards) - 1)
            + len(messages)
            - len({message["key"] for message in messages}),
            stuck=sum(row.state != "sent" for row in rows),
        )

    def _is_of(self, fields: Any) -> bool:
        details = json.loads(fields) if isinstance(fields, str) else fields
        return bool(details["organization"] == self.organization)


async def acknowledged(turns: Turns, incoming: Incoming) -> None:
    """Send an event, as a platform does, until it is acknowledged."""
    while True:
        outcome = await turns.take(incoming)
        if outcome.reply is None or outcome.is_promised:
            return
