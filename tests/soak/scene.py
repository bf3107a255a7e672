"""What the crash tests play: somebody files an account, the specialist approves it; and what must be there in the end."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

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


MOST_TRIES = 200
"""How often an event is sent before it is clear that it is never acknowledged."""


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
class Hands:
    """What a scene is played with by one process."""

    turns: Turns
    database: Database
    """Whose statements and commits are steps."""

    unwatched: Database
    """The same one, for what is looked up between the acts."""

    slack: str
    done: frozenset[str]
    """What was acknowledged to a process that ended before."""

    say: Callable[[str], object]
    """Called with whatever was acknowledged."""

    delivered: Callable[[], Awaitable[None]]
    """Waits until nothing is under way any more."""

    fail: Callable[[Sequence[str]], None]
    """Lets the next post and the next edit in some conversations meet the fault of this case."""


class Playable(Protocol):
    """A scene that a process may be ended in."""

    @property
    def is_reminded(self) -> bool:
        """True where something falls due in it."""
        ...

    def channel_of(self, district_id: str, /) -> ConversationReference:
        """Name the specialist channel."""
        ...

    async def play(self, hands: Hands) -> None:
        """Play it from where an earlier process left off, to its end."""
        ...

    async def verdict(self, database: Database, slack: str) -> "Verdict":
        """Compare what was acknowledged with what stands in the channels of the fake Slack at an address."""
        ...


def turns_of(scene: Playable, database: Database, districts: Districts) -> Turns:
    """Put together what takes the events of a scene."""
    return Turns(
        database=database,
        shelves=districts,
        model=NoModel(),
        clock=SystemClock(),
        pepper=b"soak",
        channel_of=scene.channel_of,
    )


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

    @property
    def is_reminded(self) -> bool:
        """Nothing falls due in it."""
        return False

    async def play(self, hands: Hands) -> None:
        """File and approve, but for what was acknowledged before."""
        if "filed" not in hands.done:
            hands.fail([self.channel])
            await self.introduce(hands.database)
            await acknowledged(hands.turns, self.filing())
            hands.say("filed")
        # So that the card is edited, too, and not posted as approved.
        await hands.delivered()
        if "approved" not in hands.done:
            (filing,) = await self.filings(hands.unwatched)
            await acknowledged(hands.turns, self.approval(filing))
            hands.say("approved")
        await hands.delivered()

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

    async def verdict(self, database: Database, slack: str) -> Verdict:
        """Compare what was acknowledged with what stands in the channels.

        Parameters
        ----------
        slack
            Address of the fake Slack.
        """
        messages = await messages_in(slack, self.channels)
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
        return Verdict(
            lost=int(len(filings) == 0)
            + int(not any("was approved" in message["text"] for message in cards))
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


async def messages_in(slack: str, channels: Sequence[str]) -> list[dict[str, Any]]:
    """Return what stands in some conversations of the fake Slack, the oldest first."""
    async with (
        ClientSession() as session,
        session.get(f"{slack}/inspect", params={"channels": " ".join(channels)}) as response,
    ):
        messages: list[dict[str, Any]] = (await response.json())["messages"]
    return messages


async def acknowledged(turns: Turns, incoming: Incoming) -> None:
    """Send an event, as a platform does, until it is acknowledged."""
    for _ in range(MOST_TRIES):
        outcome = await turns.take(incoming)
        if outcome.reply is None or outcome.is_promised:
            return
    raise RuntimeError(f"{incoming.event_key} is not acknowledged: {outcome.reply}")
