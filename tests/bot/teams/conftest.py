"""The bot with authentication on, in front of a Bot Connector of our own."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.teams.app import Turns
from handlers.incoming import Departure, Incoming
from handlers.outcome import Outcome
from handlers.replies import Paragraph, Reply
from knowledge.clock import HeldClock
from knowledge.store.unit import Database
from tests.support.teams import TEACHER, Bot, running_bot, session
from tests.support.teams_connector import FakeConnector, Line, running


@dataclass
class SmallTurns:
    """Takes everything, and says what it is told to say."""

    taken: list[Incoming] = field(default_factory=list)
    left: list[Departure] = field(default_factory=list)
    outcome: Outcome = field(default_factory=lambda: Outcome(reply=None))

    async def accept(self, incoming: Incoming) -> Outcome:
        self.taken.append(incoming)
        return self.outcome

    async def answer(self, accepted: Any) -> Outcome:
        return self.outcome

    async def depart(self, departure: Departure) -> None:
        self.left.append(departure)


@dataclass
class Scene:
    """A bot, its Bot Connector, and a teacher in front of Teams."""

    fake: FakeConnector
    bot: Bot
    line: Line
    turns: SmallTurns


def saying(text: str) -> Reply:
    return Reply(parts=(Paragraph(text=text),))


@contextlib.asynccontextmanager
async def opened(
    database: Database, clock: HeldClock, turns: Turns | None = None, **settings: Any
) -> AsyncIterator[Scene]:
    small = SmallTurns()
    async with running(FakeConnector()) as fake, session() as web:
        fake.join(TEACHER)
        async with running_bot(fake, turns or small, database, clock, **settings) as bot:
            yield Scene(fake=fake, bot=bot, line=Line(fake, bot.address, web), turns=small)


@pytest.fixture
async def scene(database: Database, clock: HeldClock) -> AsyncIterator[Scene]:
    """The bot on turns that only remember."""
    async with opened(database, clock) as scene:
        yield scene
