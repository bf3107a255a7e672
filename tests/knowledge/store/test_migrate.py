"""The migrations make the very tables that the code uses, on both databases."""

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from knowledge.store.migrate import current_revision, migrate, newest_revision
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
