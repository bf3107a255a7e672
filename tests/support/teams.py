"""The whole bot as Teams sees it: signed activities over HTTP into the real application, real database, real worker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession
from pydantic import SecretStr

from bot.delivery.pace import Pace
from bot.delivery.sender import Sender
from bot.delivery.worker import Worker
from bot.dispatch import POSTS_ONCE
from bot.settings import Settings
from bot.teams.app import TeamsPlatform, Turns
from bot.teams.line import Line, opened_line
from bot.teams.sender import TeamsSender
from bot.web import make_application, serving
from knowledge.clock import Clock
from knowledge.store.unit import Database
from tests.support.teams_connector import APP_ID, APP_SECRET, SPECIALISTS, TENANT, FakeConnector, Member

TEACHER = Member(id="29:tess", name="Tess Teacher", email="teacher@redlands.example", object_id="0b1e0001-tess")


def settings_of(fake: FakeConnector, **changed: Any) -> Settings:
    """Return the settings of a bot that talks to a fake."""
    values: dict[str, Any] = {
        "district": "redlands",
        "MICROSOFT_APP_ID": APP_ID,
        "MICROSOFT_APP_PASSWORD": SecretStr(APP_SECRET),
        "MICROSOFT_APP_TENANT_ID": TENANT,
        "teams_openid_metadata_url": fake.metadata_url,
        "teams_token_url": fake.token_url,
        "teams_service_urls": f"{fake.url}/amer/",
        "teams_specialist_conversation": SPECIALISTS,
        "delivery_timeout_seconds": 2.0,
    }
    return Settings(_env_file=None, **(values | changed))


class Bot:
    """The bot, and what its delivery brings out."""

    def __init__(
        self, *, address: str, platform: TeamsPlatform, sender: TeamsSender, line: Line, worker: Worker
    ) -> None:
        self.address = address
        self.platform = platform
        self.sender = sender
        self.line = line
        self.worker = worker


@asynccontextmanager
async def running_bot(
    fake: FakeConnector,
    turns: Turns,
    database: Database,
    clock: Clock,
    *,
    reminding: Any = None,
    others: Mapping[str, Sender] | None = None,
    held: Callable[[], float | None] = lambda: None,
    wakes: bool = True,
    make_sender: Callable[..., TeamsSender] = TeamsSender,
    **changed: Any,
) -> AsyncIterator[Bot]:
    """Run the bot with authentication on, until the block ends."""
    settings = settings_of(fake, **changed)
    async with opened_line(settings, database=database, clock=clock) as line:
        sender = make_sender(line, database=database, clock=clock)
        platform = TeamsPlatform(
            sender=sender, turns=turns, database=database, specialists=settings.teams_specialist_conversation
        )
        worker = Worker(
            database=database,
            senders={"teams": sender, **(others or {})},
            clock=clock,
            pace=Pace(call_timeout=settings.delivery_timeout_seconds),
            posts_once=POSTS_ONCE,
            reminding=reminding,
            held=held,
        )

        async def unready() -> tuple[str, ...]:
            return ()

        delivering = asyncio.create_task(worker.run()) if wakes else None
        async with serving(
            make_application(unready=unready, platforms=[platform]), host="127.0.0.1", port=0
        ) as address:
            yield Bot(address=address, platform=platform, sender=sender, line=line, worker=worker)
        worker.stop()
        if delivering is not None:
            await delivering
        await sender.close()


async def until(condition: Callable[[], Any], *, seconds: float = 20.0) -> Any:
    """Wait until something is there, and return it."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if isinstance(found, Awaitable):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.01)


@asynccontextmanager
async def session() -> AsyncIterator[ClientSession]:
    """Open what Teams sends with."""
    async with ClientSession() as opened:
        yield opened
