"""The flow by which a workspace installs Postwise, and the store that keeps what it gives, sealed."""

from __future__ import annotations

import hashlib
import html
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from typing_extensions import override

from bot.slack.manifest import bot_scopes
from knowledge.workspaces import Installation as Kept

if TYPE_CHECKING:
    from slack_sdk.oauth.installation_store import Bot, Installation

    from bot.slack.sealing import Seal
    from knowledge.clock import Clock
    from knowledge.store.unit import Database

STATE_SECONDS = 600
"""How long somebody has to allow the installation, from the first click on."""

log = structlog.get_logger()


class SealedInstallations(AsyncInstallationStore):
    """Keeps installations in our own tables, one a workspace, tokens sealed, each in one transaction."""

    def __init__(self, *, database: Database, seal: Seal, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    @override
    async def async_save(self, installation: Installation) -> None:
        """Keep an installation."""
        expires_at = installation.bot_token_expires_at
        kept = Kept(
            team_id=str(installation.team_id),
            team_name=installation.team_name or "",
            app_id=installation.app_id or "",
            bot_user_id=installation.bot_user_id or "",
            scopes=tuple(installation.bot_scopes or ()),
            sealed_token=self._seal.close(installation.bot_token or ""),
            sealed_refresh_token=self._seal.close(installation.bot_refresh_token or ""),
            expires_at=datetime.fromtimestamp(expires_at, UTC) if expires_at else None,
            installed_by=installation.user_id,
            installed_at=self._clock.now(),
        )
        async with self._database.unit() as unit:
            await unit.slack.install(kept)
        log.info("installed", team=kept.team_id)

    @override
    async def async_save_bot(self, bot: Bot) -> None:
        """Do nothing: `async_save` keeps the bot, too."""

    @override
    async def async_delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget a workspace."""
        async with self._database.unit() as unit:
            await unit.slack.uninstall(team_id or "")


class SingleUseStates(AsyncOAuthStateStore):
    """Remembers who set out to install; each state is good once, and its hash alone is kept."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    @override
    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """Make up a state and remember it."""
        state = secrets.token_urlsafe(32)
        expires_at = self._clock.now() + timedelta(seconds=STATE_SECONDS)
        async with self._database.unit() as unit:
            await unit.slack.begin_installing(_hash(state), expires_at=expires_at)
        return state

    @override
    async def async_consume(self, state: str) -> bool:
        """Use a state up; True for the first who asks in time."""
        async with self._database.unit() as unit:
            return await unit.slack.end_installing(_hash(state), now=self._clock.now())


class WorkspaceFlow(AsyncOAuthFlow):
    """Installs into workspaces; a whole Enterprise Grid organization at once is refused before anything of it is kept."""

    @override
    async def run_installation(self, code: str) -> Installation | None:
        """Exchange the code that Slack sent a browser with."""
        installation = await super().run_installation(code)
        if installation is None or installation.is_enterprise_install or not installation.team_id:
            return None
        return installation if installation.bot_token else None


def flow(
    *,
    client_id: str,
    client_secret: str,
    api_url: str,
    database: Database,
    seal: Seal,
    clock: Clock,
) -> AsyncOAuthFlow:
    """Put the flow together."""
    states = SingleUseStates(database=database, clock=clock)
    return WorkspaceFlow(
        client=AsyncWebClient(base_url=api_url, timeout=10),
        settings=AsyncOAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=list(bot_scopes()),
            user_scopes=[],
            install_path="/slack/install",
            # Bolt's own page needs scripts and styles that no page of ours may have; the browser goes to Slack at once.
            install_page_rendering_enabled=False,
            redirect_uri_path="/slack/oauth_redirect",
            # Slack's own pages stand beside its Web API, for GovSlack as well.
            authorization_url=api_url.removesuffix("api/") + "oauth/v2/authorize",
            installation_store=SealedInstallations(database=database, seal=seal, clock=clock),
            installation_store_bot_only=True,
            state_store=states,
            state_expiration_seconds=STATE_SECONDS,
            callback_options=AsyncCallbackOptions(success=_succeeded, failure=_failed),
        ),
    )


async def _succeeded(args: AsyncSuccessArgs) -> BoltResponse:
    """Tell the installer what is left to do, and by whom."""
    team = html.escape(args.installation.team_name or "your workspace")
    team_id = html.escape(args.installation.team_id or "")
    return _page(
        200,
        f"Postwise is installed in {team}",
        f"One step is left: whoever runs Postwise ties this workspace, {team_id}, to your district with "
        f"<code>postwise slack tie {team_id} --district DISTRICT --channel CHANNEL</code>. Until then it answers nobody. "
        "You can close this page.",
    )


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    """Tell the installer that nothing was installed, and what to do."""
    status = args.suggested_status_code if 400 <= args.suggested_status_code < 500 else 400
    log.warning("not installed", kind=str(args.reason)[:40])
    return _page(
        status,
        "Postwise was not installed",
        "Nothing was kept. The link is good once and for ten minutes, and for one workspace at a time: "
        '<a href="/slack/install">begin again here</a>. If it fails again, tell whoever runs Postwise.',
    )


def _page(status: int, title: str, body: str) -> BoltResponse:
    return BoltResponse(
        status=status,
        body=f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1><p>{body}</p></html>',
        headers={"content-type": "text/html; charset=utf-8"},
    )


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
