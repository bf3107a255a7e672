"""One transaction, with the stores on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from knowledge.store.guidelines import GuidelineStore
from knowledge.store.questions import QuestionStore

BUSY_TIMEOUT_MILLISECONDS = 10_000
"""How long a writer waits for another one on SQLite, in milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOfWork:
    """What belongs together: kept whole or not at all."""

    guidelines: GuidelineStore
    questions: QuestionStore


class Database:
    """The database, and the only place that opens transactions."""

    def __init__(self, address: str) -> None:
        """Prepare connections to a SQLAlchemy address; ``sqlite:`` and ``postgresql:`` get their async drivers."""
        self.address = async_address(address)
        self.engine: AsyncEngine = create_async_engine(
            self.address,
            pool_pre_ping=not self.is_sqlite,
            # An error that quotes its parameters would carry a question into a log.
            hide_parameters=True,
        )
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_immediate)

    @property
    def is_sqlite(self) -> bool:
        """True for the embedded database."""
        return make_url(self.address).get_backend_name() == "sqlite"

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[UnitOfWork]:
        """Open one transaction: committed where the block ends well, rolled back where it raises."""
        async with self.engine.begin() as connection:
            yield unit_on(connection)

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()


def unit_on(connection: AsyncConnection) -> UnitOfWork:
    """Put the stores on a connection that somebody else opened and will commit."""
    return UnitOfWork(guidelines=GuidelineStore(connection), questions=QuestionStore(connection))


def async_address(address: str) -> str:
    """Return the address with the driver that Postwise brings along."""
    for plain, driven in (
        ("sqlite:", "sqlite+aiosqlite:"),
        ("postgresql:", "postgresql+asyncpg:"),
        ("postgres:", "postgresql+asyncpg:"),
    ):
        if address.startswith(plain):
            return driven + address.removeprefix(plain)
    return address


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Set what makes SQLite durable and lets readers work beside one writer.

    Source: https://www.sqlite.org/wal.html and https://www.sqlite.org/pragma.html#pragma_synchronous
    """
    # SQLAlchemy issues BEGIN itself, below; the driver's own would come too late and not be IMMEDIATE.
    driver: Any = connection
    driver.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # What is forgotten must be gone from the file, not only from the table.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    """Take the write lock at once: a transaction that upgrades later can fail half-way on another writer."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
