"""Slack as a platform of the server: Bolt inside our own application, over HTTP or over a connection that we open."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web
from pydantic import BaseModel
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.addresses import PLATFORM
from bot.slack.incoming import Translator
from bot.slack.listening import Ack, Listeners, NotAsItMustBeError, guarded, read
from bot.slack.payloads import BlockActions, Command, Event, MessageAction, ViewSubmission
from bot.slack.people import People
from bot.slack.showing import Shower
from bot.slack.workspaces import ManyWorkspaces

if TYPE_CHECKING:
    from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow

    from bot.platform import Behind
    from bot.slack.connecting import Connection
    from bot.slack.guard import Guard
    from bot.slack.socket import SocketMode
    from bot.turn import Turns
    from knowledge.district import District
    from knowledge.store.unit import Database

EVENTS_PATH = "/slack/events"
"""Where Slack sends events, commands and interactions. Source: the contract."""

_INTERACTIONS: Mapping[str, type[BaseModel]] = {
    "block_actions": BlockActions,
    "view_submission": ViewSubmission,
    "message_action": MessageAction,
}

log = structlog.get_logger()

_ANY = re.compile(r"(?s).*")


class SlackPlatform:
    """Takes what Slack sends."""

    name = PLATFORM

    def __init__(
        self,
        *,
        connection: Connection,
        turns: Turns,
        database: Database,
        districts: Callable[[], Mapping[str, District]],
        behind: Behind,
        guard: Guard | None,
        installing: AsyncOAuthFlow | None = None,
    ) -> None:
        """Put the parts together.

        Parameters
        ----------
        guard
            None where nothing comes over HTTP.
        installing
            The flow by which a workspace installs Postwise; None where there is one workspace.
        """
        self._connection = connection
        self._behind = behind
        self._guard = guard
        self._installing = installing
        self._socket: SocketMode | None = None
        workspaces = connection.workspaces
        people = People(workspaces=workspaces, calls=connection.calls, database=database)
        self._listeners = Listeners(
            turns=turns,
            translator=Translator(workspaces=workspaces, people=people, database=database),
            people=people,
            shower=Shower(workspaces=workspaces, calls=connection.calls, sender=connection.sender),
            behind=behind,
            districts=districts,
            workspaces=workspaces,
            uninstalling=workspaces if isinstance(workspaces, ManyWorkspaces) else None,
        )
        self.bolt = self._app()

    def use(self, socket: SocketMode) -> None:
        """Take events over a connection of our own, too."""
        self._socket = socket

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the routes of the contract, as far as they are set up."""
        routes: list[web.AbstractRouteDef] = []
        if self._guard is not None:
            routes.append(web.post(EVENTS_PATH, self._take))
        if self._installing is not None:
            routes.append(web.get("/slack/install", self._install))
            routes.append(web.get("/slack/oauth_redirect", self._installed))
        return routes

    async def run(self) -> None:
        """Keep the connection of Socket Mode, where it is used."""
        if self._socket is not None:
            await self._socket.run()

    async def unready(self) -> tuple[str, ...]:
        """Name the connection, where it is down."""
        return ("slack",) if self._socket is not None and not await self._socket.is_up() else ()

    async def drain(self) -> None:
        """Take no more over the connection, and end what is under way."""
        if self._socket is not None:
            await self._socket.close()
        await self._behind.drain()

    async def dispatch(self, body: Mapping[str, Any], make: Callable[[], AsyncBoltRequest]) -> BoltResponse:
        """Hand a request to Bolt, once it is sure that Bolt can read it.

        Parameters
        ----------
        body
            What stands in it.
        make
            Makes Bolt's request of it, which raises anything where a body is odd enough.

        Returns
        -------
        BoltResponse
            Never an error of ours, but 503 for what could not be kept just now.
        """
        try:
            check_shape(body)
            request = make()
        except NotAsItMustBeError:
            return BoltResponse(status=400, body="Not as Slack's requests are.")
        except Exception as error:  # noqa: BLE001 - slack_bolt 1.30 reads identifiers without looking what they are
            log.warning("bolt could not read a request", kind=type(error).__name__)
            return BoltResponse(status=400, body="Not as Slack's requests are.")
        try:
            is_ours = await self._connection.workspaces.is_installed(request.context.team_id or "")
        except Exception as error:  # noqa: BLE001 - the database is away; what is sent again finds it back
            log.error("workspace not looked up", kind=type(error).__name__)  # noqa: TRY400 - a traceback may quote a row
            return BoltResponse(status=503, body="Not kept. Send it again.")
        if not is_ours:
            return BoltResponse(status=200, body="")  # a workspace that took us out: nobody is left to be answered
        response = await self.bolt.async_dispatch(request)
        if response.status == web.HTTPInternalServerError.status_code:
            log.error("bolt could not read a request", type=str(request.body.get("type", "command"))[:40])
            return BoltResponse(status=400, body="Not as Slack's requests are.")
        return response

    async def _take(self, request: web.Request) -> web.Response:
        assert self._guard is not None, "without it there is no such route"
        letter = await self._guard.let_in(request)
        if letter.is_ssl_check:
            return web.Response()
        if letter.body.get("type") == "url_verification":
            return web.json_response({"challenge": str(letter.body.get("challenge", ""))[:1000]})
        headers = {"content-type": request.headers.get("Content-Type", "")}
        response = await self.dispatch(
            letter.body,
            lambda: AsyncBoltRequest(body=letter.raw, headers=headers),  # type: ignore[arg-type]
        )
        return await to_aiohttp_response(response)

    async def _install(self, request: web.Request) -> web.Response:
        assert self._installing is not None, "without it there is no such route"
        return await to_aiohttp_response(await self._installing.handle_installation(await _bolt_request(request)))

    async def _installed(self, request: web.Request) -> web.Response:
        assert self._installing is not None, "without it there is no such route"
        return await to_aiohttp_response(await self._installing.handle_callback(await _bolt_request(request)))

    def _app(self) -> AsyncApp:
        app = AsyncApp(
            logger=_quiet_logger(),
            client=AsyncWebClient(token=None),
            authorize=_authorized,
            oauth_flow=None,
            # Or what it raises after an acknowledgement would take that back (bolt-python 1.30); it saves 10 ms, too.
            process_before_response=True,
            # Done by `Guard`, which logs no body.
            request_verification_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        listeners = self._listeners
        for kind, work in (
            ("message", listeners.message),
            ("app_mention", listeners.mention),
            ("app_home_opened", listeners.home_opened),
            ("user_change", listeners.user_change),
            ("app_uninstalled", listeners.uninstalled),
            ("tokens_revoked", listeners.revoked),
        ):
            app.event(kind)(_for_event(work))
        app.event(_ANY)(_for_event(_pass_over))
        app.command(_ANY)(_acknowledging(listeners.command))
        app.action(_ANY)(_acknowledging(listeners.press))
        app.view(_ANY)(_acknowledging(listeners.submit))
        app.message_shortcut(_ANY)(_acknowledging(listeners.shortcut))
        return app


async def _authorized(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    """Let Bolt pass: whose workspace it is was looked up before, and its token is fetched by whoever calls Slack."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="-")  # noqa: S106 - none at all


async def _bolt_request(request: web.Request) -> AsyncBoltRequest:
    return AsyncBoltRequest(body="", query=request.query_string, headers=dict(request.headers))


def check_shape(body: Mapping[str, Any]) -> None:
    """Check what Bolt and we read of a body.

    Raises
    ------
    NotAsItMustBeError
        Raised if it is no event, command or interaction that we take.
    """
    kind = body.get("type")
    if "command" in body and kind is None:
        read(Command, body)
    elif kind == "event_callback":
        read(Event, body)
    elif isinstance(kind, str) and kind in _INTERACTIONS:
        read(_INTERACTIONS[kind], body)
    else:
        raise NotAsItMustBeError


async def _pass_over(body: Mapping[str, Any]) -> None:
    """Acknowledge an event that says nothing to us: unanswered, Slack would send it again."""


def _for_event(work: Callable[[Mapping[str, Any]], Awaitable[None]]) -> Callable[..., Awaitable[BoltResponse | None]]:
    async def listener(body: dict[str, Any]) -> BoltResponse | None:
        return await guarded(work(body), None)

    return listener


def _acknowledging(
    work: Callable[[Mapping[str, Any], Ack], Awaitable[None]],
) -> Callable[..., Awaitable[BoltResponse | None]]:
    async def listener(body: dict[str, Any], ack: Ack) -> BoltResponse | None:
        return await guarded(work(body, ack), ack)

    return listener


def _quiet_logger() -> logging.Logger:
    """Return a logger for Bolt that says nothing: at INFO and above it quotes bodies and payloads."""
    logger = logging.getLogger("postwise.slack.bolt")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    return logger
