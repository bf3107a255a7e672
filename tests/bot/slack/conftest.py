"""An office whose people write from Slack."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from knowledge.clock import HeldClock
from knowledge.search.finding import Search
from knowledge.store.unit import Database
from tests.support.slack_office import SlackOffice, slack_office


@pytest.fixture
async def office(database: Database, search: Search, clock: HeldClock, tmp_path: Path) -> AsyncIterator[SlackOffice]:
    """One workspace, on each database; at the end everything that was sent is as Slack takes it."""
    async with slack_office(database, search, clock, tmp_path) as office:
        yield office
        assert office.world.problems == []
