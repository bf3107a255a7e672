"""``postwise doctor``: checks what must be right before staff can ask, and says how to mend what is not."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.assemble import open_database
from bot.commands.problems import sentence
from bot.model import load_search
from bot.settings import Settings, read_settings
from knowledge.district import SHIPPED, District, read_districts, read_links
from knowledge.errors import PostwiseError
from knowledge.ingest.reading import read_guideline
from knowledge.store.migrate import current_revision, newest_revision

FEWEST_FREE_BYTES = 500 * 1024 * 1024
"""Room that the database and its journal should find. Our own figure."""


def run() -> int:
    """Run every check; the exit status is 1 where one failed."""
    return asyncio.run(_run())


async def _run() -> int:
    settings = read_settings()
    checks: list[tuple[str, Callable[[Settings], Awaitable[str]]]] = [
        ("model", _model),
        ("database", _database),
        ("districts", _districts),
        ("disk", _disk),
    ]
    if settings.has_teams:
        checks.append(("teams", _teams))
    failed = 0
    for name, check in checks:
        try:
            print(f"ok    {name}: {await check(settings)}")
        except PostwiseError as error:
            failed += 1
            print(f"wrong {name}: {sentence(error)}")
        except _WrongError as error:
            failed += 1
            print(f"wrong {name}: {error}")
    return 1 if failed else 0


class _WrongError(Exception):
    """A check found something that has to be mended; its text says how."""


async def _model(settings: Settings) -> str:
    search = load_search(settings)
    dimensions = search.encoder.encode(["two administrators"]).shape[1]
    return f"prepared in {settings.model}, {dimensions} dimensions, {len(search.recogniser.topics)} topics"


async def _database(settings: Settings) -> str:
    if not settings.database_url and not (settings.folder / "postwise.db").exists():
        return "not made yet; the first 'postwise serve' or 'postwise migrate' makes it"
    database = open_database(settings)
    try:
        revision = await current_revision(database.engine)
    except Exception as error:
        raise _WrongError(
            f"cannot be reached ({type(error).__name__}). Check POSTWISE_DATABASE_URL and that the server runs."
        ) from error
    finally:
        await database.close()
    if revision != newest_revision():
        raise _WrongError(
            f"is at revision {revision or 'none'}, needed is {newest_revision()}. Run 'postwise migrate'."
        )
    return f"up to date, revision {revision}"


async def _districts(settings: Settings) -> str:
    known = read_districts((SHIPPED, settings.districts))
    for district, folder in known.values():
        _check_district(district, folder, settings)
    if settings.district and settings.district not in known:
        raise _WrongError(f"POSTWISE_DISTRICT is '{settings.district}', known are {', '.join(known)}.")
    return ", ".join(known)


def _check_district(district: District, folder: Path, settings: Settings) -> None:
    """Check what a district's settings say of its document: names of clauses and topics are easily mistyped."""
    if not district.guideline_file:
        return
    if not (folder / district.guideline_file).exists():
        raise _WrongError(f"{district.id}: {district.guideline_file} is missing beside its district.toml.")
    clauses = read_guideline(folder / district.guideline_file, district_id=district.id).clauses
    ids = {clause.id.split("/", 1)[1] for clause in clauses}
    links = read_links(district.id, folder) or {}
    unknown = sorted({clause for linked in links.values() for clause in linked} - ids)
    if (settings.model / "manifest.json").exists():
        unknown += sorted(set(links) - set(load_search(settings).recogniser.topics))
    if unknown:
        raise _WrongError(
            f"{district.id}: links.toml names what is not there: {', '.join(unknown[:5])}. "
            "'postwise guidelines import --dry-run' prints the clauses; the topics stand in knowledge/bank/topics.txt."
        )
    for setting, clause in district.named_clauses.items():
        if clause not in ids:
            raise _WrongError(
                f"{district.id}: {setting} names '{clause}', which is no clause of its document. "
                "'postwise guidelines import --dry-run' prints the clauses."
            )


async def _teams(settings: Settings) -> str:
    """Ask Microsoft for what serving needs: the keys that it signs with, and a token for us."""
    # Late: its library takes most of a second, and only who uses Teams should wait for it.
    from bot.teams.checking import TeamsNotReadyError, check

    database = open_database(settings)
    try:
        return await check(settings, database=database)
    except TeamsNotReadyError as error:
        raise _WrongError(error.advice) from error
    finally:
        await database.close()


async def _disk(settings: Settings) -> str:
    folder = settings.folder if settings.folder.exists() else settings.folder.absolute().parent
    free = shutil.disk_usage(folder).free
    if free < FEWEST_FREE_BYTES:
        raise _WrongError(f"only {free // 2**20} MB free where the data lies. Make room, or set POSTWISE_FOLDER.")
    return f"{free // 2**30} GB free"
