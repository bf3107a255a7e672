"""Brings the tables up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from knowledge.errors import PostwiseError

MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseNotCurrentError(PostwiseError):
    """The tables are those of another version of Postwise."""


def configuration(connection: Connection | None = None) -> Config:
    """Return the Alembic configuration for a connection somebody else opened."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables of a connection up to a revision."""
    command.upgrade(configuration(connection), revision)


async def migrate(engine: AsyncEngine) -> None:
    """Bring the tables of a database up to date; does nothing where they are."""
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # Several replicas start at once; one migrates, the others wait and then find it done.
            await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7405210)")
        await connection.run_sync(upgrade)


def newest_revision() -> str:
    """Return the revision that this code needs."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


async def current_revision(engine: AsyncEngine) -> str | None:
    """Return the revision the database is at, or None where it was never migrated."""
    from alembic.runtime.migration import MigrationContext

    async with engine.connect() as connection:
        return await connection.run_sync(lambda plain: MigrationContext.configure(plain).get_current_revision())
