"""One transaction, with the stores on it."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from knowledge.errors import PostwiseError
from knowledge.store.backlog import BacklogStore
from knowledge.store.cases import CaseStore
from knowledge.store.filings import FilingStore
from knowledge.store.guidelines import GuidelineStore
from knowledge.store.history import HistoryStore
from knowledge.store.inbox import InboxStore
from knowledge.store.local_messages import LocalMessageStore
from knowledge.store.outbox import OutboxStore
from knowledge.store.people import PeopleStore
from knowledge.store.precedents import PrecedentStore
from knowledge.store.questions import QuestionStore
from knowledge.store.registry import RegistryStore
from knowledge.store.reminders import ReminderStore
from knowledge.store.slack import SlackStore
from knowledge.store.teams_conversations import TeamsConversationStore

BUSY_TIMEOUT_MILLISECONDS = 10_000
"""How long a writer waits for another one on SQLite, in milliseconds."""

POOL_SIZE = 15
"""Connections to PostgreSQL that a process keeps; ten more are made where they are needed. PostgreSQL takes a hundred."""

TRIES = 4
"""How often work is begun whose transaction another one stands in the way of."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOfWork:
    """What belongs together: kept whole or not at all."""

    guidelines: GuidelineStore
    questions: QuestionStore
    filings: FilingStore
    registry: RegistryStore
    history: HistoryStore
    cases: CaseStore
    precedents: PrecedentStore
    local_messages: LocalMessageStore
    people: PeopleStore
    inbox: InboxStore
    outbox: OutboxStore
    reminders: ReminderStore
    backlog: BacklogStore
    slack: SlackStore
    teams_conversations: TeamsConversationStore
    savepoint: Callable[[], AbstractAsyncContextManager[object]]
    """Opens a part of the transaction that can be taken back alone: where its block raises, only the part is undone."""


class TransactionConflictError(PostwiseError):
    """Two transactions waited for each other, and this one was given up so that the other could end."""


class Database:
    """The database, and the only place that opens transactions."""

    def __init__(self, address: str) -> None:
        """Prepare connections to a SQLAlchemy address; ``sqlite:`` and ``postgresql:`` get their async drivers."""
        self.address = async_address(address)
        # A server takes some forty events at once; a connection beyond the pool is made anew each time.
        pool = {} if self.is_sqlite else {"pool_pre_ping": True, "pool_size": POOL_SIZE}
        self.engine: AsyncEngine = create_async_engine(
            self.address,
            **pool,
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
        """Open one transaction: committed where the block ends well, rolled back where it raises.

        Raises
        ------
        TransactionConflictError
            Raised if another transaction stood in the way; the same may be tried again from the start.
        """
        try:
            async with self.engine.begin() as connection:
                yield unit_on(connection)
        except DBAPIError as error:
            if _is_conflict(error):
                raise TransactionConflictError from error
            raise

    async def keep(self, work: Callable[[UnitOfWork], Awaitable[Result]]) -> Result:
        """Do some work in one transaction, from its start again where another transaction stood in the way."""
        for _ in range(TRIES - 1):
            try:
                async with self.unit() as unit:
                    return await work(unit)
            except TransactionConflictError:
                # Not at the same moment as the other one, which may begin anew, too.
                await asyncio.sleep(random.uniform(0.0, 0.1))
        async with self.unit() as unit:
            return await work(unit)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """Open a transaction that only reads: it waits for no writer, and no writer waits for it."""
        async with self.engine.connect() as connection:
            reader = await connection.execution_options(postwise_reads_only=True, postgresql_readonly=True)
            async with reader.begin():
                yield unit_on(reader)

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()


def unit_on(connection: AsyncConnection) -> UnitOfWork:
    """Put the stores on a connection that somebody else opened and will commit."""
    return UnitOfWork(
        guidelines=GuidelineStore(connection),
        questions=QuestionStore(connection),
        filings=FilingStore(connection),
        registry=RegistryStore(connection),
        history=HistoryStore(connection),
        cases=CaseStore(connection),
        precedents=PrecedentStore(connection),
        local_messages=LocalMessageStore(connection),
        people=PeopleStore(connection),
        inbox=InboxStore(connection),
        outbox=OutboxStore(connection),
        reminders=ReminderStore(connection),
        backlog=BacklogStore(connection),
        slack=SlackStore(connection),
        teams_conversations=TeamsConversationStore(connection),
        savepoint=connection.begin_nested,
    )


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


def _is_conflict(error: DBAPIError) -> bool:
    """Say of a database's error that the very same transaction may succeed a moment later.

    Source: https://www.postgresql.org/docs/current/errcodes-appendix.html, class 40; https://www.sqlite.org/rescode.html#busy
    """
    state = getattr(error.orig, "sqlstate", None) or ""
    return state.startswith("40") or getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY")


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
    """Take the write lock at once, unless nothing will be written: who upgrades later can fail half-way."""
    reads_only = connection.get_execution_options().get("postwise_reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
