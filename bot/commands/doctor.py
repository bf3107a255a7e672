"""``postwise doctor``: checks what must be right before staff can ask, and says how to mend what is not."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.assemble import existing_database, open_database
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
        *_of_slack(settings),
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


def _of_slack(settings: Settings) -> list[tuple[str, Callable[[Settings], Awaitable[str]]]]:
    """Return the checks of Slack, where it is set up."""
    if not settings.has_slack:

        async def not_set_up(_settings: Settings) -> str:
            return "not set up; docs/slack.md says how"

        return [("slack", not_set_up)]
    # Late: who does not use Slack need not wait for its library.
    from bot.slack import checks
    from bot.slack.client import SlackCalls

    def checked(look: Callable[[Settings, SlackCalls, str], Awaitable[str]]) -> Callable[[Settings], Awaitable[str]]:
        async def run(settings: Settings) -> str:
            calls = SlackCalls(api_url=settings.slack_api_url, timeout_seconds=settings.delivery_timeout_seconds)
            token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
            try:
                return await look(settings, calls, token)
            except checks.SlackWrongError as error:
                raise _WrongError(str(error)) from error
            finally:
                await calls.close()

        return run

    if settings.slack_bot_token is None:
        return [("slack secrets", checked(checks.signing_secret)), ("slack workspaces", _workspaces)]
    return [
        ("slack secrets", checked(checks.signing_secret)),
        ("slack token", checked(checks.token)),
        ("slack channel", checked(checks.channel)),
        ("slack people", checked(checks.deciders)),
        ("slack connection", checked(checks.app_token)),
    ]


async def _workspaces(settings: Settings) -> str:
    """Check that every workspace is a district's, and that its token can be opened."""
    from bot.slack.sealing import Seal, SealBrokenError

    database = await existing_database(settings)
    if database is None:
        return "none yet; open /slack/install of this server in a browser"
    try:
        async with database.reading() as unit:
            installed, ties = await unit.slack.installations(), {tie.team_id for tie in await unit.slack.ties()}
    finally:
        await database.close()
    seal = Seal(settings.secret_key.get_secret_value() if settings.secret_key else "")
    untied = [each.team_id for each in installed if each.team_id not in ties]
    if untied:
        raise _WrongError(
            f"{', '.join(untied)} is tied to no district, so nobody there is answered. "
            "Run 'postwise slack tie TEAM --district ID --channel CHANNEL'."
        )
    try:
        for each in installed:
            seal.open(each.sealed_token)
    except SealBrokenError as error:
        raise _WrongError(
            "the tokens were sealed with another POSTWISE_SECRET_KEY. Set that one again, or install every workspace anew."
        ) from error
    return f"{len(installed)} installed, each tied to a district"


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
