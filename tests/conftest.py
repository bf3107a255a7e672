"""Fixtures that several parts of the tests use, and nothing else."""

import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.checking.judging import PostChecker
from knowledge.clock import HeldClock
from knowledge.search.finding import Search
from knowledge.store.migrate import migrate
from knowledge.store.unit import Database
from tests.support import postgresql
from tests.support.product import Talk, talk

ROOT = Path(__file__).parent.parent
MODEL = ROOT / "var" / "model"


@pytest.fixture(scope="session")
def search() -> Search:
    """The real exported model; ``make test`` prepares it before the tests."""
    if not (MODEL / "manifest.json").exists():
        pytest.fail("the model is not prepared: run 'make model' once")
    return Search(MODEL)


@pytest.fixture(scope="session")
def checker(search: Search) -> PostChecker:
    """The real model of the matters of posts."""
    return PostChecker(MODEL, search=search)


@pytest.fixture
def clock() -> HeldClock:
    """A clock that stands at a Monday morning."""
    return HeldClock(datetime(2026, 11, 23, 17, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL server of the tests' own."""
    folder = postgresql.programs()
    if folder is None:
        pytest.skip("no PostgreSQL on this machine: install Debian's postgresql to run the tests on it")
    with postgresql.running(folder) as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database without tables, once of each kind."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'postwise.db'}")
    else:
        server = request.getfixturevalue("postgresql_server")
        name = f"test_{uuid.uuid4().hex[:12]}"
        await _create(server, name)
        database = Database(f"{server}/{name}")
    yield database
    await database.close()


@pytest.fixture
async def database(empty_database: Database) -> Database:
    """A database that is up to date, once of each kind."""
    await migrate(empty_database.engine)
    return empty_database


@pytest.fixture
async def staff(database: Database, search: Search, clock: HeldClock, tmp_path: Path) -> Talk:
    """A member of Redlands' staff who talks with the real product, once on each database."""
    return await talk(database, search, clock, tmp_path)


async def _create(server: str, name: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
