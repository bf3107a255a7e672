"""Many workspaces: installed by OAuth, tied to districts by the operator, apart from each other, and gone when they go."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from sqlalchemy import text as sql

from bot.slack.manifest import bot_scopes
from bot.slack.sealing import Seal, SealBrokenError
from bot.slack.workspaces import ManyWorkspaces, NotInstalledError
from knowledge.clock import HeldClock
from knowledge.search.finding import Search
from knowledge.store.unit import Database
from knowledge.workspaces import Tie, WorkspaceTakenError
from tests.support.slack_office import CHANNEL, TEACHER, SlackOffice, many_offices
from tests.support.slack_world import text_in

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)

pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")
"""slack_sdk 3.47 exchanges the code with what aiohttp is about to drop."""


@pytest.fixture
async def offices(database: Database, search: Search, clock: HeldClock, tmp_path: Path) -> AsyncIterator[SlackOffice]:
    """Nobody has installed yet."""
    async with many_offices(database, search, clock, tmp_path) as office:
        yield office
        assert office.world.problems == []


async def began(session: aiohttp.ClientSession, offices: SlackOffice) -> str:
    """Set out to install, as a browser does; gives the state."""
    async with session.get(f"{offices.address}/slack/install", allow_redirects=False) as response:
        address = response.headers["Location"]
    assert response.status == HTTPStatus.FOUND
    assert "/oauth/v2/authorize" in address
    return parse_qs(urlsplit(address).query)["state"][0]


async def installed(offices: SlackOffice, team: str, user: str) -> int:
    """Install into a workspace; gives the status of the last page."""
    async with aiohttp.ClientSession() as session:
        state = await began(session, offices)
        query = {"code": offices.slack.code(team, user=user, scopes=",".join(bot_scopes())), "state": state}
        cookies = {"slack-app-oauth-state": state}
        async with session.get(f"{offices.address}/slack/oauth_redirect", params=query, cookies=cookies) as response:
            await response.text()
            return response.status


async def token_that_expires_in(offices: SlackOffice, time: timedelta) -> str:
    """Let the token that was installed come to its end; gives it."""
    assert isinstance(offices.workspaces, ManyWorkspaces)
    installation = await offices.workspaces.installation("T0REDLANDS", is_fresh=True)
    assert installation is not None
    assert installation.expires_at is not None
    offices.clock.move_to(installation.expires_at - time)
    return Seal("a secret of this installation").open(installation.sealed_token)


async def tie(offices: SlackOffice, team: str, district: str, channel: str = "") -> None:
    async with offices.database.unit() as unit:
        await unit.slack.tie(Tie(team_id=team, district_id=district, channel=channel, tied_at=NOW))
    assert isinstance(offices.workspaces, ManyWorkspaces)
    await offices.workspaces.read_ties(is_fresh=True)


async def test_two_workspaces_are_installed_tied_and_kept_apart(offices: SlackOffice) -> None:
    """Each is answered from its own district's guidelines, with its own token, in its own channel."""
    assert await installed(offices, "T0REDLANDS", TEACHER) == HTTPStatus.OK
    assert await installed(offices, "T0HESPERIA", "U0HANNA") == HTTPStatus.OK
    await tie(offices, "T0REDLANDS", "redlands", CHANNEL)
    await tie(offices, "T0HESPERIA", "hesperia")

    await offices.driver.message(TEACHER, "how many admins must our page have?")
    await offices.driver.message("U0HANNA", "how many admins must our page have?")
    await offices.settle()

    assert "Redlands, Social Media Protocols" in offices.dm(TEACHER)
    assert "Hesperia" in offices.dm("U0HANNA")
    assert "Redlands" not in offices.dm("U0HANNA")
    tokens = {call.token for call in offices.slack.called("chat.postMessage")}
    assert len(tokens) == 2

    await offices.driver.command("/newaccount", "robotics club on instagram", user=TEACHER)
    await offices.settle()
    view = offices.world.top_view(TEACHER)
    assert view is not None
    await offices.driver.submit(TEACHER, view, {"Administrators": [TEACHER, "U0COACH"]})
    await offices.settle()
    assert "R-1" in text_in(offices.newest(CHANNEL).blocks)


async def test_workspace_that_is_tied_to_no_district_is_given_nothing(offices: SlackOffice) -> None:
    """It is told what is missing; no answer, no form, nothing kept."""
    await installed(offices, "T0REDLANDS", TEACHER)
    answer = await offices.driver.command("/newaccount", user=TEACHER)
    asked = await offices.driver.message(TEACHER, "how many admins must our page have?")
    await offices.settle()

    assert "not connected with a school district yet" in text_in(answer.body["blocks"])
    assert asked.status == HTTPStatus.OK
    assert "two (2)" not in offices.dm(TEACHER)
    assert "not connected with a school district yet" in offices.dm(TEACHER)
    assert await offices.count("inbox") == 0


async def test_tokens_are_sealed_in_the_database(offices: SlackOffice) -> None:
    """Whoever reads the table has none; with another secret none can be opened."""
    await installed(offices, "T0REDLANDS", TEACHER)
    async with offices.database.engine.connect() as connection:
        row = (await connection.execute(sql("SELECT * FROM slack_installations"))).one()
        states = (await connection.execute(sql("SELECT * FROM slack_install_states"))).all()

    assert "xox" not in str(row)
    assert states == []
    assert Seal("a secret of this installation").open(row.sealed_token).startswith("xox")
    with pytest.raises(SealBrokenError):
        Seal("another secret altogether").open(row.sealed_token)


@pytest.mark.parametrize(
    "what", ["reused", "made up", "expired", "other browser", "denied", "bad code", "organization"]
)
async def test_installation_that_was_not_begun_here_is_refused(offices: SlackOffice, what: str) -> None:
    """A state is good once, for ten minutes, in the browser that began; a page says that nothing was kept."""
    async with aiohttp.ClientSession() as session:
        state = await began(session, offices)
        code = offices.slack.code("T0REDLANDS", user=TEACHER, enterprise="E0GRID" if what == "organization" else "")
        query, cookies = {"code": code, "state": state}, {"slack-app-oauth-state": state}
        match what:
            case "reused":
                async with session.get(f"{offices.address}/slack/oauth_redirect", params=query, cookies=cookies):
                    pass
                async with offices.database.unit() as unit:
                    await unit.slack.uninstall("T0REDLANDS")
                query["code"] = offices.slack.code("T0REDLANDS", user=TEACHER)
            case "made up":
                query["state"] = cookies["slack-app-oauth-state"] = "x" * 43
            case "expired":
                offices.clock.move_to(offices.clock.now() + timedelta(minutes=11))
            case "other browser":
                cookies = {}
            case "denied":
                query = {"error": "access_denied", "state": state}
            case "bad code":
                query["code"] = "1.2.3"
            case _:
                pass
        async with session.get(f"{offices.address}/slack/oauth_redirect", params=query, cookies=cookies) as response:
            page = await response.text()

    assert HTTPStatus.BAD_REQUEST <= response.status < HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Nothing was kept" in page
    assert await offices.count("slack_installations") == 0


async def test_state_is_used_up_by_one_of_many(offices: SlackOffice) -> None:
    """However many come at once."""
    async with offices.database.unit() as unit:
        await unit.slack.begin_installing("hash", expires_at=NOW + timedelta(minutes=10))

    async def use() -> bool:
        async with offices.database.unit() as unit:
            return await unit.slack.end_installing("hash", now=NOW)

    assert sorted(await asyncio.gather(*(use() for _ in range(5)))) == [False] * 4 + [True]


async def test_token_that_will_expire_is_refreshed_once_by_many_at_once(offices: SlackOffice) -> None:
    """A refresh token is good for one use; the others go on with the token that is there."""
    offices.slack.rotates = True
    await installed(offices, "T0REDLANDS", TEACHER)
    await tie(offices, "T0REDLANDS", "redlands", CHANNEL)
    before = await token_that_expires_in(offices, timedelta(hours=1))

    got = await asyncio.gather(*(offices.workspaces.token("T0REDLANDS") for _ in range(5)))

    refreshes = [call for call in offices.slack.called("oauth.v2.access") if call.arguments.get("grant_type")]
    assert len(refreshes) == 1
    assert before in got or len(set(got)) == 1
    assert await offices.workspaces.token("T0REDLANDS") != before


async def test_token_that_has_expired_is_waited_for(offices: SlackOffice) -> None:
    """Nobody calls with a token that is good no more: who does not refresh waits for who does."""
    offices.slack.rotates = True
    await installed(offices, "T0REDLANDS", TEACHER)
    before = await token_that_expires_in(offices, timedelta(hours=-1))

    got = await asyncio.gather(*(offices.workspaces.token("T0REDLANDS") for _ in range(5)))

    assert len(set(got)) == 1
    assert got[0] != before


@pytest.mark.parametrize("event", ["app_uninstalled", "tokens_revoked"])
async def test_workspace_that_takes_us_out_is_forgotten_within_the_event(offices: SlackOffice, event: str) -> None:
    """Its tokens are gone; what was to be told there waits, and nothing else of it is answered."""
    await installed(offices, "T0REDLANDS", TEACHER)
    await tie(offices, "T0REDLANDS", "redlands", CHANNEL)
    said = {"type": event, "tokens": {"oauth": [], "bot": ["U0BOT"]}}

    assert (await offices.driver.event(said, team="T0REDLANDS")).status == HTTPStatus.OK

    assert await offices.count("slack_installations") == 0
    with pytest.raises(NotInstalledError):
        await offices.workspaces.token("T0REDLANDS")
    assert (await offices.driver.message(TEACHER, "may I post?")).status == HTTPStatus.OK
    assert await offices.count("inbox") == 0
    assert await offices.count("slack_workspaces") == 1, "it is whose it was, when it comes back"


async def test_revoked_token_of_a_person_is_none_of_ours(offices: SlackOffice) -> None:
    """We hold none."""
    await installed(offices, "T0REDLANDS", TEACHER)
    await offices.driver.event({"type": "tokens_revoked", "tokens": {"oauth": [TEACHER], "bot": []}}, team="T0REDLANDS")

    assert await offices.count("slack_installations") == 1


async def test_district_has_one_specialist_channel(offices: SlackOffice) -> None:
    """A second workspace of a district may be tied, without a channel of its own."""
    await tie(offices, "T0REDLANDS", "redlands", CHANNEL)
    await tie(offices, "T0HESPERIA", "redlands")
    with pytest.raises(WorkspaceTakenError):
        await tie(offices, "T0HESPERIA", "redlands", "C0OTHER")
