"""Opens what sends to Slack, from the settings: the same for the server and for delivery alone."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.settings import Settings, SettingsNotValidError
from bot.slack.client import SlackCalls
from bot.slack.sealing import Seal
from bot.slack.sender import SlackSender
from bot.slack.workspaces import ManyWorkspaces, OneWorkspace

if TYPE_CHECKING:
    from knowledge.clock import Clock
    from knowledge.store.unit import Database

SHORTEST_SECRET = 16
"""Fewest characters of a secret that guards something; Slack's own signing secrets have 32. Our own figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Slack, as far as sending needs it."""

    calls: SlackCalls
    workspaces: OneWorkspace | ManyWorkspaces
    sender: SlackSender


@contextlib.asynccontextmanager
async def connected(settings: Settings, *, database: Database, clock: Clock) -> AsyncIterator[Connection]:
    """Open it, until the block is left.

    Raises
    ------
    SettingsNotValidError
        Raised if the settings cannot work.
    """
    check(settings)
    calls = SlackCalls(api_url=settings.slack_api_url, timeout_seconds=settings.delivery_timeout_seconds)
    workspaces = _workspaces(settings, calls=calls, database=database, clock=clock)
    sender = SlackSender(workspaces=workspaces, calls=calls, seconds_per_message=settings.slack_seconds_per_message)
    try:
        yield Connection(calls=calls, workspaces=workspaces, sender=sender)
    finally:
        await calls.close()


def check(settings: Settings) -> None:
    """Refuse settings of Slack that cannot work, before anything is begun.

    Raises
    ------
    SettingsNotValidError
        Raised with every problem at once.
    """
    problems: list[tuple[str, str]] = []
    secret = settings.slack_client_secret
    if settings.slack_bot_token is not None and settings.slack_client_id:
        problems.append(
            ("SLACK_CLIENT_ID", "stands beside SLACK_BOT_TOKEN; one is for many workspaces, one for a single")
        )
    if settings.slack_bot_token is not None and not settings.district:
        problems.append(
            ("POSTWISE_DISTRICT", "names the district whose workspace it is; needed beside SLACK_BOT_TOKEN")
        )
    if bool(settings.slack_client_id) != bool(secret and secret.get_secret_value()):
        problems.append(("SLACK_CLIENT_SECRET", "is needed beside SLACK_CLIENT_ID, and the other way round"))
    if settings.slack_client_id and _length(settings.secret_key) < SHORTEST_SECRET:
        problems.append(
            ("POSTWISE_SECRET_KEY", f"seals the workspaces' tokens; needs at least {SHORTEST_SECRET} characters")
        )
    if problems:
        raise SettingsNotValidError(tuple(problems))


def check_listening(settings: Settings) -> None:
    """Refuse to listen where nobody could tell whether a request is Slack's own.

    Raises
    ------
    SettingsNotValidError
        Raised without a signing secret, unless Slack is reached by Socket Mode alone.
    """
    if settings.slack_app_token is not None and not settings.slack_client_id:
        return
    if _length(settings.slack_signing_secret) < SHORTEST_SECRET:
        raise SettingsNotValidError(
            (
                (
                    "SLACK_SIGNING_SECRET",
                    "is missing or too short; it stands under Basic Information, App Credentials, of the app",
                ),
            )
        )


def _length(secret: object) -> int:
    get = getattr(secret, "get_secret_value", None)
    return len(get().strip()) if get is not None else 0


def _workspaces(
    settings: Settings, *, calls: SlackCalls, database: Database, clock: Clock
) -> OneWorkspace | ManyWorkspaces:
    if settings.slack_bot_token is not None:
        return OneWorkspace(token=settings.slack_bot_token.get_secret_value(), district_id=settings.district)
    assert settings.slack_client_secret is not None, "checked before"
    assert settings.secret_key is not None, "checked before"
    return ManyWorkspaces(
        database=database,
        calls=calls,
        seal=Seal(settings.secret_key.get_secret_value()),
        clock=clock,
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
    )
