"""Puts the parts of delivery together: for the server, and for delivery alone, which loads no model."""

from __future__ import annotations

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


def channels(settings: Settings) -> Callable[[str], ConversationReference]:
    """Return what names a district's specialist channel: Slack's or Teams' where it is set for that district, else the page's."""

    def channel_of(district_id: str) -> ConversationReference:
        if settings.slack_specialist_channel and district_id == settings.district:
            return ConversationReference(platform="slack", address=settings.slack_specialist_channel)
        if settings.teams_specialist_conversation and district_id == settings.district:
            return ConversationReference(platform="teams", address=settings.teams_specialist_conversation)
        return ConversationReference(platform="local", address=f"specialists/{district_id}")

    return channel_of


@contextlib.asynccontextmanager
async def senders_of(settings: Settings, *, database: Database, clock: Clock) -> AsyncIterator[dict[str, Sender]]:
    """Open the senders of the platforms that are set up, but for the page's own."""
    senders: dict[str, Sender] = {}
    async with contextlib.AsyncExitStack() as opened:
        # Late, each of them: who does not use a platform need not wait for its library.
        if settings.slack_bot_token is not None:
            from bot.slack import sender as slack

            senders[slack.PLATFORM] = sender = slack.SlackSender(
                token=settings.slack_bot_token.get_secret_value(),
                api_url=settings.slack_api_url,
                timeout_seconds=settings.delivery_timeout_seconds,
            )
            opened.push_async_callback(sender.close)
        if settings.has_teams:
            from bot.teams.addresses import PLATFORM
            from bot.teams.line import opened_line
            from bot.teams.sender import TeamsSender

            line = await opened.enter_async_context(opened_line(settings, database=database, clock=clock))
            senders[PLATFORM] = teams = TeamsSender(line, database=database, clock=clock)
            opened.push_async_callback(teams.close)
        yield senders


def dispatch(
    settings: Settings,
    *,
    database: Database,
    shelves: Shelves,
    districts: Callable[[], Mapping[str, District]],
    senders: Mapping[str, Sender],
    clock: Clock,
) -> Dispatch:
    """Put worker and auditor together.

    Parameters
    ----------
    senders
        By platform; one may still be added before the worker runs.
    """
    pace = Pace(call_timeout=settings.delivery_timeout_seconds)
    looker = Looker(database=database, shelves=shelves, clock=clock, channel_of=channels(settings), pace=pace)
    worker = Worker(database=database, senders=senders, clock=clock, pace=pace, posts_once=POSTS_ONCE, reminding=looker)
    registry = CollectorRegistry()
    auditor = Auditor(
        database=database, districts=districts, looker=looker, clock=clock, registry=registry, wake=worker.wake
    )
    return Dispatch(worker=worker, auditor=auditor, registry=registry)
