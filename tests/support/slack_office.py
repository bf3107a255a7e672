"""The real product behind a real port, with Slack as its platform: people act through the front door, Slack is a fake."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from aiohttp.test_utils import TestServer
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from sqlalchemy import text as sql

from bot.delivery.looking import Looker
from bot.delivery.pace import Pace
from bot.delivery.worker import Worker
from bot.districts import Districts
from bot.platform import Behind
from bot.slack.app import SlackPlatform
from bot.slack.client import SlackCalls
from bot.slack.connecting import Connection
from bot.slack.guard import Guard
from bot.slack.installing import flow
from bot.slack.sealing import Seal
from bot.slack.sender import SlackSender
from bot.slack.workspaces import ManyWorkspaces, OneWorkspace
from bot.turn import Model, Turns
from bot.web import make_application
from knowledge.checking.judging import PostChecker
from knowledge.clock import HeldClock
from knowledge.conversations import ConversationReference
from knowledge.district import SHIPPED
from knowledge.search.finding import Search
from knowledge.store.unit import Database
from tests.support.product import MODEL
from tests.support.slack_api import FakeWorkspace, served
from tests.support.slack_shapes import problems_of_call, problems_of_response
from tests.support.slack_world import Message, SlackDriver, World, text_in

SECRET = "0123456789abcdef0123456789abcdef"
TOKEN = "xoxb-redlands"
CHANNEL = "C0SPECIALISTS"
PACE = Pace(call_timeout=1.0)

TEACHER, COACH, SPECIALIST, DEPUTY = "U0TEACHER", "U0COACH", "U0SPECIALIST", "U0DEPUTY"
GUEST, STRANGER, PROGRAM = "U0GUEST", "U0STRANGER", "U0PROGRAM"


def people_of_redlands(world: World) -> None:
    """Fill the first workspace."""
    team = world.first_team.id
    for user, name, email in (
        (TEACHER, "Tess Teacher", "tess@redlandsusd.net"),
        (COACH, "Cal Coach", "cal@redlandsusd.net"),
        (SPECIALIST, "Sam Specialist", "sam@redlandsusd.net"),
        (DEPUTY, "Dee Deputy", "dee@redlandsusd.net"),
    ):
        world.add_user(user, name=name, email=email, team=team)
    world.add_user(GUEST, name="Gus Guest", email="gus@elsewhere.example", team=team, is_restricted=True)
    world.add_user(STRANGER, name="Stan Stranger", email="stan@elsewhere.example", team=team, is_stranger=True)
    world.add_user(PROGRAM, name="Otherbot", email="", team=team, is_bot=True)
    world.add_channel(CHANNEL, name="specialists", members=[SPECIALIST, DEPUTY, world.first_team.bot_user])
    world.add_channel("C0STAFF", name="staff", members=[TEACHER, COACH, SPECIALIST, world.first_team.bot_user])


@dataclass
class SlackOffice:
    """Everybody around one workspace."""

    world: World
    slack: FakeWorkspace
    driver: SlackDriver
    database: Database
    clock: HeldClock
    districts: Districts
    turns: Turns
    behind: Behind
    worker: Worker
    platform: SlackPlatform
    address: str
    workspaces: OneWorkspace | ManyWorkspaces

    async def settle(self) -> None:
        """Let everything come to its end: what goes on behind, and what is to be delivered."""
        for _ in range(4):
            while self.behind._tasks:
                await asyncio.gather(*self.behind._tasks)
            await self.worker.deliver_what_is_due()
        while self.behind._tasks:
            await asyncio.gather(*self.behind._tasks)

    def newest(self, channel: str) -> Message:
        """The message that was posted last in a channel or direct message."""
        return self.world.messages(channel)[-1]

    def seen(self, channel: str, *, by: str = "") -> str:
        """Everything that somebody reads in a channel."""
        return "\n".join(text_in(each.blocks) or each.text for each in self.world.messages(channel, seen_by=by))

    def dm(self, user: str) -> str:
        """Everything that somebody reads in their direct message."""
        return self.seen(self.world.direct(user).id, by=user)

    def card(self, channel: str, words: str) -> Message:
        """The message of a channel that shows some words."""
        found = [each for each in self.world.messages(channel) if words in text_in(each.blocks)]
        assert found, f"no message shows {words!r}:\n{self.seen(channel)}"
        return found[-1]

    async def count(self, query: str) -> int:
        """How many rows there are."""
        async with self.database.engine.connect() as connection:
            return int(await connection.scalar(sql(f"SELECT count(*) FROM {query}")) or 0)


def districts_with_people(folder: Path) -> Path:
    """Write Redlands as its operator would set it up: with its specialist and deputy."""
    shutil.copytree(SHIPPED / "redlands", folder / "redlands")
    settings = folder / "redlands" / "district.toml"
    people = "".join(
        f'\n[[people]]\nemail = "{email}"\nrole = "{role}"\n'
        for email, role in (("sam@redlandsusd.net", "specialist"), ("dee@redlandsusd.net", "deputy"))
    )
    settings.write_text(settings.read_text(encoding="utf-8") + people, encoding="utf-8")
    return folder


@contextlib.asynccontextmanager
async def slack_office(
    database: Database, search: Search, clock: HeldClock, folder: Path, *, checks: bool = True
) -> AsyncIterator[SlackOffice]:
    """Open an office with one workspace, that of Redlands."""
    world = World()
    world.add_team("T0REDLANDS", name="Redlands USD")
    people_of_redlands(world)
    if checks:
        world.check, world.check_response = problems_of_call, problems_of_response
    slack = FakeWorkspace(world=world)
    slack.grant(TOKEN)
    async with served(slack) as slack_address:
        calls = SlackCalls(api_url=slack_address, timeout_seconds=PACE.call_timeout)
        workspaces = OneWorkspace(token=TOKEN, district_id="redlands")
        async with _office(world, slack, calls, workspaces, database, search, clock, folder) as office:
            yield office


@contextlib.asynccontextmanager
async def many_offices(
    database: Database, search: Search, clock: HeldClock, folder: Path
) -> AsyncIterator[SlackOffice]:
    """Open an office that any workspace can install: two of them in the world, none installed yet."""
    world = World()
    world.add_team("T0REDLANDS", name="Redlands USD")
    people_of_redlands(world)
    world.add_team("T0HESPERIA", name="Hesperia USD")
    world.add_user("U0HANNA", name="Hanna Hesperia", email="hanna@hesperiausd.org", team="T0HESPERIA")
    world.check, world.check_response = problems_of_call, problems_of_response
    slack = FakeWorkspace(world=world)
    seal = Seal("a secret of this installation")
    async with served(slack) as slack_address:
        calls = SlackCalls(api_url=slack_address, timeout_seconds=PACE.call_timeout)
        secrets = {"client_id": slack.client_id, "client_secret": slack.client_secret}
        workspaces = ManyWorkspaces(database=database, calls=calls, seal=seal, clock=clock, **secrets)
        installing = flow(api_url=slack_address, database=database, seal=seal, clock=clock, **secrets)
        async with _office(
            world, slack, calls, workspaces, database, search, clock, folder, installing=installing
        ) as office:
            yield office


@contextlib.asynccontextmanager
async def _office(
    world: World,
    slack: FakeWorkspace,
    calls: SlackCalls,
    workspaces: OneWorkspace | ManyWorkspaces,
    database: Database,
    search: Search,
    clock: HeldClock,
    folder: Path,
    installing: AsyncOAuthFlow | None = None,
) -> AsyncIterator[SlackOffice]:
    connection = Connection(
        calls=calls,
        workspaces=workspaces,
        sender=SlackSender(workspaces=workspaces, calls=calls, seconds_per_message=0.0),
    )
    added = districts_with_people(folder / "districts")
    districts = Districts(search=search, database=database, clock=clock, added=added)
    await districts.publish_shipped()
    behind = Behind()

    def channel_of(district_id: str) -> ConversationReference:
        if isinstance(workspaces, ManyWorkspaces):
            tied = workspaces.channel_of(district_id)
        else:
            tied = ConversationReference(platform="slack", address=CHANNEL) if district_id == "redlands" else None
        return tied or ConversationReference(platform="local", address=f"specialists/{district_id}")

    def held() -> float:
        return clock.now().timestamp()

    looker = Looker(database=database, shelves=districts, clock=clock, channel_of=channel_of, pace=PACE, held=held)
    worker = Worker(
        database=database, senders={"slack": connection.sender}, clock=clock, pace=PACE, reminding=looker, held=held
    )
    turns = Turns(
        database=database,
        shelves=districts,
        model=Model(search=search, checker=PostChecker(MODEL, search=search), name="test"),
        clock=clock,
        pepper=b"test",
        channel_of=channel_of,
    )
    platform = SlackPlatform(
        connection=connection,
        turns=turns,
        database=database,
        districts=lambda: districts.all,
        behind=behind,
        guard=Guard(SECRET),
        installing=installing,
    )

    async def unready() -> tuple[str, ...]:
        return await platform.unready()

    async with TestServer(make_application(unready=unready, platforms=[platform])) as server:
        address = str(server.make_url("/")).rstrip("/")
        async with SlackDriver(world, base_url=address, signing_secret=SECRET) as driver:
            yield SlackOffice(
                world=world,
                slack=slack,
                driver=driver,
                database=database,
                clock=clock,
                districts=districts,
                turns=turns,
                behind=behind,
                worker=worker,
                platform=platform,
                address=address,
                workspaces=workspaces,
            )
    await calls.close()
