"""The one place where parts are put together."""

import secrets
from dataclasses import dataclass

from bot.districts import Districts
from bot.model import load_search, model_name
from bot.settings import Settings
from bot.turn import Turns
from knowledge.checking.judging import PostChecker
from knowledge.clock import Clock, SystemClock
from knowledge.search.finding import Search
from knowledge.store.migrate import DatabaseNotCurrentError, current_revision, migrate, newest_revision
from knowledge.store.unit import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """The whole product, put together for serving."""

    database: Database
    districts: Districts
    search: Search
    turns: Turns
    clock: Clock


async def assemble(settings: Settings, *, clock: Clock | None = None) -> Product:
    """Open the database, bring it up to date, publish the shipped guidelines, load the model.

    Raises
    ------
    ModelMissingError
        Raised if no model was prepared.
    DistrictNotValidError
        Raised if a district's settings cannot be used.
    """
    clock = clock or SystemClock()
    search = load_search(settings)
    database = open_database(settings)
    await migrate(database.engine)
    districts = Districts(search=search, database=database, clock=clock, added=settings.districts)
    await districts.publish_shipped()
    turns = Turns(
        database=database,
        shelves=districts,
        search=search,
        checker=PostChecker(settings.model, search=search),
        clock=clock,
        model=model_name(settings),
        pepper=_pepper(settings),
    )
    return Product(database=database, districts=districts, search=search, turns=turns, clock=clock)


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
