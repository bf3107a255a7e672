"""``postwise slack``: which workspace is which district's, where any workspace can install Postwise."""

from __future__ import annotations

import asyncio
import re
import sys
from argparse import Namespace

from bot.assemble import existing_database
from bot.commands.problems import sentence
from bot.districts import Districts
from bot.settings import Settings, read_settings
from knowledge.clock import SystemClock
from knowledge.district import DistrictNotFoundError
from knowledge.store.unit import Database
from knowledge.workspaces import Tie, WorkspaceTakenError

_TEAM, _CHANNEL = re.compile(r"T[A-Z0-9]{2,30}"), re.compile(r"[CG][A-Z0-9]{2,30}")


def run(parsed: Namespace) -> int:
    """List, tie or untie; 1 where that could not be done."""
    return asyncio.run(_run(parsed, read_settings()))


async def _run(parsed: Namespace, settings: Settings) -> int:
    database = await existing_database(settings)
    if database is None:
        return _refuse("There is no database yet. Start 'postwise serve' once, or run 'postwise migrate'.")
    try:
        match parsed.action:
            case "tie":
                return await _tie(database, settings, parsed.team, parsed.district, parsed.channel)
            case "untie":
                return await _untie(database, parsed.team)
            case _:
                return await _list(database)
    finally:
        await database.close()


async def _list(database: Database) -> int:
    async with database.reading() as unit:
        installed, ties = await unit.slack.installations(), {tie.team_id: tie for tie in await unit.slack.ties()}
    for each in installed:
        tie = ties.get(each.team_id)
        whose = f"{tie.district_id}, channel {tie.channel or 'none'}" if tie else "tied to no district yet"
        print(f"{each.team_id}  {each.team_name}: {whose}")
    for gone in sorted(set(ties) - {each.team_id for each in installed}):
        print(f"{gone}: {ties[gone].district_id}, not installed")
    if not installed and not ties:
        print("Postwise is installed in no workspace yet. Open /slack/install of this server in a browser.")
    return 0


async def _tie(database: Database, settings: Settings, team: str, district: str, channel: str) -> int:
    if not _TEAM.fullmatch(team):
        return _refuse(f"'{team}' is no id of a workspace; 'postwise slack list' shows them. Nothing was changed.")
    if channel and not _CHANNEL.fullmatch(channel):
        return _refuse(
            f"'{channel}' is no id of a channel. In Slack, open the channel's details; its id stands at the bottom. "
            "Nothing was changed."
        )
    clock = SystemClock()
    known = Districts(search=None, database=database, clock=clock, added=settings.districts).all
    if district not in known:
        return _refuse(sentence(DistrictNotFoundError(district, tuple(known))))
    tie = Tie(team_id=team, district_id=district, channel=channel, tied_at=clock.now())
    try:
        async with database.unit() as unit:
            await unit.slack.tie(tie)
    except WorkspaceTakenError as error:
        return _refuse(sentence(error))
    where = f", its specialist channel is {channel}" if channel else ""
    print(f"{team} is {district}'s now{where}. A server that runs knows it within seconds.")
    return 0


async def _untie(database: Database, team: str) -> int:
    async with database.unit() as unit:
        was_tied = await unit.slack.untie(team)
    if not was_tied:
        return _refuse(f"{team} was tied to no district. Nothing was changed.")
    print(f"{team} is no district's any more; whoever writes there is told so.")
    return 0


def _refuse(text: str) -> int:
    print(text, file=sys.stderr)
    return 1
