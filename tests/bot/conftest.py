"""What the tests of delivery share."""

import pytest

from knowledge.clock import HeldClock
from knowledge.store.unit import Database
from tests.support.delivery import PostRoom


@pytest.fixture
def post_room(database: Database, clock: HeldClock) -> PostRoom:
    """A post room on a database that is up to date, once of each kind."""
    return PostRoom(database=database, clock=clock)
