"""``postwise migrate``: brings the database up to date."""

import asyncio

from bot.assemble import open_database
from bot.settings import read_settings
from knowledge.store.migrate import current_revision, migrate


def run() -> int:
    """Migrate the database of the settings."""
    return asyncio.run(_run())


async def _run() -> int:
    database = open_database(read_settings())
    try:
        before = await current_revision(database.engine)
        await migrate(database.engine)
        after = await current_revision(database.engine)
    finally:
        await database.close()
    print(f"database is at revision {after}" + ("" if before == after else f" (was {before or 'empty'})"))
    return 0
