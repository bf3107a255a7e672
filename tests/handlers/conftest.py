"""A member of staff who talks with the real product, on both databases."""

from pathlib import Path

import pytest

from knowledge.clock import HeldClock
from knowledge.search.finding import Search
from knowledge.store.unit import Database
from tests.support.product import Talk, talk


@pytest.fixture
async def staff(database: Database, search: Search, clock: HeldClock, tmp_path: Path) -> Talk:
    """A member of Redlands' staff."""
    return await talk(database, search, clock, tmp_path)
