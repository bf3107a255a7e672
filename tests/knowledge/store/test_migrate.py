"""The migrations make the very tables that the code uses, on both databases."""

import asyncio
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from knowledge.people import Person
from knowledge.store.migrate import current_revision, migrate, newest_revision, upgrade
from knowledge.store.tables import metadata
from knowledge.store.unit import Database


async def test_migrations_from_empty_make_the_tables_of_the_code(empty_database: Database) -> None:
    """A new installation has exactly the tables that the code was written for."""

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    assert await current_revision(empty_database.engine) is None
    await migrate(empty_database.engine)

    async with empty_database.engine.begin() as connection:
        assert await connection.run_sync(differences) == []
    assert await current_revision(empty_database.engine) == newest_revision()


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    """Every start may migrate."""
    await migrate(database.engine)

    assert await current_revision(database.engine) == newest_revision()


async def test_replicas_that_start_together_migrate_once(empty_database: Database) -> None:
    """Three servers started at the same moment on an empty database all come up."""
    if empty_database.is_sqlite:
        await migrate(empty_database.engine)
    else:
        await asyncio.gather(*(migrate(empty_database.engine) for _ in range(3)))

    assert await current_revision(empty_database.engine) == newest_revision()


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
async def test_migrations_from_a_filled_earlier_version_lose_nothing(empty_database: Database, revision: str) -> None:
    """What a district had remembered before an upgrade is there afterwards, and the new tables work."""
    asked_at = datetime(2026, 10, 5, 16, 0, tzinfo=UTC)
    async with empty_database.engine.begin() as connection:
        await connection.run_sync(lambda plain: upgrade(plain, revision))
        for statement in _FILLED:
            await connection.execute(sa.text(statement), {"at": _stored(asked_at, empty_database)})

    await migrate(empty_database.engine)

    async with empty_database.unit() as unit:
        question = await unit.questions.get(district_id="redlands", question_id="q-1")
        case = await unit.cases.get(district_id="redlands", number=7)
        await unit.history.write(
            district_id="redlands", at=asked_at, who=Person(platform="local", id="1"), what="filed", subject="filing/1"
        )
        lines = await unit.history.of(district_id="redlands", subject="filing/1")
    assert (question.masked_text, question.asked_at) == ("may we use snapchat", asked_at)
    assert (case.summary, case.state.value, case.question_id) == ("may we use snapchat", "resolved", "q-1")
    assert [line.what for line in lines] == ["filed"]


async def test_history_can_neither_be_changed_nor_deleted(database: Database) -> None:
    """Not even by a statement of our own: the database refuses."""
    async with database.unit() as unit:
        await unit.history.write(
            district_id="redlands",
            at=datetime(2026, 10, 5, tzinfo=UTC),
            who=Person(platform="local", id="1"),
            what="filed",
            subject="filing/1",
        )

    for statement in ("UPDATE changes SET what = 'never filed'", "DELETE FROM changes"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            async with database.engine.begin() as connection:
                await connection.execute(sa.text(statement))


_FILLED = (
    (
        "INSERT INTO questions (district_id, id, asked_at, platform, conversation_key, event_key, masked_text, kind, "
        "abstained, cover, escalate, guideline_version, model, clauses) VALUES ('redlands', 'q-1', :at, 'local', 'c', 'e-1', "
        "'may we use snapchat', 'question', false, 0.9, false, 1, 'm', '[]')"
    ),
    "INSERT INTO referrals (district_id, number, question_id, asked_at) VALUES ('redlands', 7, 'q-1', :at)",
)


def _stored(moment: datetime, database: Database) -> datetime | str:
    """Return a moment as an earlier version stored it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f") if database.is_sqlite else moment
