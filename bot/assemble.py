"""The one place where parts are put together."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.delivery.pace import Pace
from bot.dispatch import Dispatch, Outside, dispatch, outside
from bot.districts import Districts
from knowledge.clock import Clock, SystemClock
from knowledge.store.migrate import DatabaseNotCurrentError, current_revision, migrate, newest_revision
from knowledge.store.unit import Database

if TYPE_CHECKING:
    from bot.delivery.sender import Sender

    # Delivery alone needs no model, and importing what runs one takes half a second.
    from bot.settings import Settings
    from bot.turn import Turns
    from knowledge.search.finding import Search


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """The whole product, put together for serving."""

    database: Database
    districts: Districts
    search: Search
    turns: Turns
    clock: Clock
    dispatch: Dispatch
    outside: Outside
    """Its senders; the page adds its own before the delivery begins."""

    def local_sender(self) -> Sender:
        """Return what keeps messages for the local page, for where that is not served."""
        from bot.local.sender import LocalSender

        return LocalSender(database=self.database, clock=self.clock)


@contextlib.asynccontextmanager
async def assembled(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Product]:
    """Open the database, bring it up to date, publish the shipped guidelines, load the model.

    Raises
    ------
    ModelMissingError
        Raised if no model was prepared.
    DistrictNotValidError
        Raised if a district's settings cannot be used.
    """
    from bot.model import load_search, model_name
    from bot.turn import Model, Turns
    from knowledge.checking.judging import PostChecker

    clock = clock or SystemClock()
    search = load_search(settings)
    async with _opened(settings) as database, outside(settings, database=database, clock=clock) as beyond:
        await migrate(database.engine)
        await beyond.begin()
        districts = Districts(search=search, database=database, clock=clock, added=settings.districts)
        await districts.publish_shipped()
        delivery = _dispatch(settings, database=database, districts=districts, beyond=beyond, clock=clock)
        turns = Turns(
            database=database,
            shelves=districts,
            model=Model(search=search, checker=PostChecker(settings.model, search=search), name=model_name(settings)),
            clock=clock,
            pepper=_pepper(settings),
            channel_of=beyond.channel_of,
            wake=delivery.worker.wake,
            lease_seconds=Pace(call_timeout=settings.delivery_timeout_seconds).lease,
        )
        yield Product(
            database=database,
            districts=districts,
            search=search,
            turns=turns,
            clock=clock,
            dispatch=delivery,
            outside=beyond,
        )


@contextlib.asynccontextmanager
async def assembled_for_delivery(settings: Settings) -> AsyncIterator[Dispatch]:
    """Put together what delivers, and no more.

    Raises
    ------
    DatabaseNotCurrentError
        Raised if the database was never made, or is another version's.
    """
    from bot.local.sender import LocalSender

    clock = SystemClock()
    async with _opened(settings) as database, outside(settings, database=database, clock=clock) as beyond:
        if await current_revision(database.engine) != newest_revision():
            raise DatabaseNotCurrentError
        await beyond.begin()
        beyond.senders["local"] = LocalSender(database=database, clock=clock)
        districts = Districts(search=None, database=database, clock=clock, added=settings.districts)
        yield _dispatch(settings, database=database, districts=districts, beyond=beyond, clock=clock)


def open_database(settings: Settings) -> Database:
    """Return the database of the settings; an embedded one gets its folder."""
    if settings.database.startswith("sqlite"):
        settings.folder.mkdir(parents=True, exist_ok=True)
    return Database(settings.database)


async def existing_database(settings: Settings) -> Database | None:
    """Open the database that there is; None where none was made yet.

    Raises
    ------
    DatabaseNotCurrentError
        Raised if its tables are those of another version: answering past it would pass over what was published.
    """
    if not settings.database_url and not (settings.folder / "postwise.db").exists():
        return None
    database = open_database(settings)
    if await current_revision(database.engine) != newest_revision():
        await database.close()
        raise DatabaseNotCurrentError
    return database


@contextlib.asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    database = open_database(settings)
    try:
        yield database
    finally:
        await database.close()


def _dispatch(
    settings: Settings, *, database: Database, districts: Districts, beyond: Outside, clock: Clock
) -> Dispatch:
    return dispatch(
        settings,
        database=database,
        shelves=districts,
        districts=lambda: districts.all,
        senders=beyond.senders,
        channel_of=beyond.channel_of,
        clock=clock,
    )


def _pepper(settings: Settings) -> bytes:
    """Return the secret that hashes conversations; made once and kept where none is set."""
    if settings.secret_key is not None and settings.secret_key.get_secret_value():
        return settings.secret_key.get_secret_value().encode()
    path = settings.folder / "conversation.key"
    if not path.exists() or not path.stat().st_size:
        settings.folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii").encode()
