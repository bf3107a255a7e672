"""Puts the parts of delivery together: for the server, and for delivery alone, which loads no model."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from bot.delivery.auditor import Auditor
from bot.delivery.looking import Looker, Shelves
from bot.delivery.pace import Pace
from bot.delivery.worker import Worker
from knowledge.conversations import ConversationReference

if TYPE_CHECKING:
    from bot.delivery.sender import Sender
    from bot.settings import Settings
    from bot.slack.connecting import Connection
    from knowledge.clock import Clock
    from knowledge.district import District
    from knowledge.store.unit import Database

POSTS_ONCE = frozenset({"local"})
"""Platforms that keep one message a key; the others must be looked through before a message is posted again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """The delivery of this process."""

    worker: Worker
    auditor: Auditor
    registry: CollectorRegistry
    """Where its figures are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The platforms beside the page, as far as sending needs them."""

    senders: dict[str, Sender]
    """By platform; the page adds its own."""

    slack: Connection | None
    """None where Slack is not set up."""

    channel_of: Callable[[str], ConversationReference]
    """Names a district's specialist channel."""

    async def begin(self) -> None:
        """Read what the database says of the platforms, as soon as it is up to date."""
        if self.slack is not None:
            await self.slack.workspaces.begin()


def channels(
    settings: Settings, tied: Callable[[str], ConversationReference | None] = lambda _: None
) -> Callable[[str], ConversationReference]:
    """Return what names a district's specialist channel: Slack's or Teams' where it is set for that district, else the page's.

    Parameters
    ----------
    tied
        Names the channel that a workspace of many brings along; None where it brings none.
    """

    def channel_of(district_id: str) -> ConversationReference:
        if settings.slack_specialist_channel and district_id == settings.district:
            return ConversationReference(platform="slack", address=settings.slack_specialist_channel)
        if settings.teams_specialist_conversation and district_id == settings.district:
            return ConversationReference(platform="teams", address=settings.teams_specialist_conversation)
        return tied(district_id) or ConversationReference(platform="local", address=f"specialists/{district_id}")

    return channel_of


@contextlib.asynccontextmanager
async def outside(settings: Settings, *, database: Database, clock: Clock) -> AsyncIterator[Outside]:
    """Open what sends to the platforms that are set up, but for the page's own.

    Raises
    ------
    SettingsNotValidError
        Raised if the settings of one cannot work.
    """
    async with contextlib.AsyncExitStack() as opened:
        senders: dict[str, Sender] = {}
        # Late, each of them: who does not use a platform need not wait for its library.
        if settings.has_teams:
            from bot.teams.addresses import PLATFORM
            from bot.teams.line import opened_line
            from bot.teams.sender import TeamsSender

            line = await opened.enter_async_context(opened_line(settings, database=database, clock=clock))
            senders[PLATFORM] = teams = TeamsSender(line, database=database, clock=clock)
            opened.push_async_callback(teams.close)
        if not settings.has_slack:
            yield Outside(senders=senders, slack=None, channel_of=channels(settings))
            return
        from bot.slack.connecting import connected
        from bot.slack.workspaces import ManyWorkspaces

        slack = await opened.enter_async_context(connected(settings, database=database, clock=clock))
        many = slack.workspaces if isinstance(slack.workspaces, ManyWorkspaces) else None
        reading = asyncio.create_task(many.keep_reading_ties()) if many else None
        try:
            yield Outside(
                senders=senders | {"slack": slack.sender},
                slack=slack,
                channel_of=channels(settings, many.channel_of) if many else channels(settings),
            )
        finally:
            if reading is not None:
                reading.cancel()


def dispatch(
    settings: Settings,
    *,
    database: Database,
    shelves: Shelves,
    districts: Callable[[], Mapping[str, District]],
    senders: Mapping[str, Sender],
    channel_of: Callable[[str], ConversationReference],
    clock: Clock,
) -> Dispatch:
    """Put worker and auditor together.

    Parameters
    ----------
    senders
        By platform; one may still be added before the worker runs.
    """
    pace = Pace(call_timeout=settings.delivery_timeout_seconds)
    looker = Looker(database=database, shelves=shelves, clock=clock, channel_of=channel_of, pace=pace)
    worker = Worker(database=database, senders=senders, clock=clock, pace=pace, posts_once=POSTS_ONCE, reminding=looker)
    registry = CollectorRegistry()
    auditor = Auditor(
        database=database, districts=districts, looker=looker, clock=clock, registry=registry, wake=worker.wake
    )
    return Dispatch(worker=worker, auditor=auditor, registry=registry)
