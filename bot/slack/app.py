"""Slack as a platform of the server: Bolt inside our own application, over HTTP or over a connection that we open."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.acknowledging import Ack, NotAsItMustBeError, guarded, read
from bot.slack.addresses import PLATFORM
from bot.slack.events import Events
from bot.slack.home import HomeTab
from bot.slack.incoming import Translator
from bot.slack.interactions import Interactions
from bot.slack.payloads import BlockActions, Command, Event, MessageAction, ViewSubmission
from bot.slack.people import People
from bot.slack.quiet import quiet_logger
from bot.slack.showing import Shower
from bot.slack.workspaces import ManyWorkspaces

if TYPE_CHECKING:
    from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow

    from bot.platform import Behind
    from bot.slack.connecting import Connection
    from bot.slack.guard import Guard
    from bot.slack.socket import SocketMode
    from bot.turn import Turns
    from knowledge.clock import Clock
    from knowledge.district import District
    from knowledge.store.unit import Database

EVENTS_PATH = "/slack/events"
"""Where Slack sends events, commands and interactions. Source: the contract."""

LOOK_AGAIN_SECONDS = 15.0
"""How soon the token is looked at again, where Slack did not take it."""

INTRODUCE_AGAIN_SECONDS = 3600.0
"""How often whoever the districts name is looked up: they may have joined the workspace meanwhile."""

_INTERACTIONS: Mapping[str, type[BlockActions | ViewSubmission | MessageAction]] = {
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
        clock: Clock,
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
        self._districts = districts
        self._behind = behind
        self._is_known = False
        self._guard = guard
        self._installing = installing
        self._socket: SocketMode | None = None
        workspaces = connection.workspaces
        people = People(workspaces=workspaces, calls=connection.calls, database=database, clock=clock)
        self._people = people
        translator = Translator(workspaces=workspaces, people=people, database=database, channel_of=turns.channel_of)
        shower = Shower(workspaces=workspaces, calls=connection.calls, sender=connection.sender)
        home = HomeTab(turns=turns, translator=translator, shower=shower)
        self._events = Events(
            turns=turns,
            translator=translator,
            people=people,
            shower=shower,
            home=home,
            behind=behind,
            districts=districts,
            workspaces=workspaces,
            uninstalling=workspaces if isinstance(workspaces, ManyWorkspaces) else None,
        )
        self._interactions = Interactions(turns=turns, translator=translator, shower=shower, home=home, behind=behind)
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
        """Keep the connection of Socket Mode, and get to know whoever the districts name, so that they can be woken."""
        async with asyncio.TaskGroup() as works:
            works.create_task(self._get_to_know())
            if self._socket is not None:
                works.create_task(self._socket.run())

    async def unready(self) -> tuple[str, ...]:
        """Name what keeps Slack from working: its token, or the connection."""
        waiting_for = () if self._is_known else ("slack token",)
        is_down = self._socket is not None and not await self._socket.is_up()
        return (*waiting_for, "slack connection") if is_down else waiting_for

    async def _get_to_know(self) -> None:
        """Look at the token, and look up the people whom the districts name, now and every hour."""
        while True:
            try:
                await self._connection.workspaces.own_team("")
                self._is_known = True
                await self._introduce_named()
            except Exception as error:  # noqa: BLE001 - whatever keeps Slack or the database away must not end the looking
                kind = str(getattr(error, "kind", type(error).__name__))
                log.error("slack does not take the token" if not self._is_known else "people not looked up", kind=kind)  # noqa: TRY400
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            else:
                await asyncio.sleep(INTRODUCE_AGAIN_SECONDS)

    async def _introduce_named(self) -> None:
        for district in self._districts().values():
            for team_id in await self._connection.workspaces.teams_of(district.id):
                for member in district.people:
                    if not await self._people.introduce(member.email, team_id, district_id=district.id):
                        log.warning(
                            "somebody named by the district is not in slack",
                            district=district.id,
                            role=member.role.value,
                        )

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
            team = team_of(body)
            request = make()
        except NotAsItMustBeError:
            return BoltResponse(status=400, body="Not as Slack's requests are.")
        except Exception as error:  # noqa: BLE001 - slack_bolt 1.30 reads identifiers without looking what they are
            log.warning("bolt could not read a request", kind=type(error).__name__)
            return BoltResponse(status=400, body="Not as Slack's requests are.")
        try:
            is_ours = await self._connection.workspaces.is_installed(team)
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
            logger=quiet_logger(),
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
        events, interactions = self._events, self._interactions
        for kind, work in (
            ("message", events.message),
            ("app_mention", events.mention),
            ("app_home_opened", events.home_opened),
            ("user_change", events.user_change),
            ("app_uninstalled", events.uninstalled),
            ("tokens_revoked", events.revoked),
        ):
            app.event(kind)(_for_event(work))
        app.event(_ANY)(_for_event(_pass_over))
        app.command(_ANY)(_acknowledging(interactions.command))
        app.action(_ANY)(_acknowledging(interactions.press))
        app.view(_ANY)(_acknowledging(interactions.submit))
        app.message_shortcut(_ANY)(_acknowledging(interactions.shortcut))
        return app


async def _authorized(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    """Let Bolt pass: whose workspace it is was looked up before, and its token is fetched by whoever calls Slack."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="-")  # noqa: S106 - none at all


async def _bolt_request(request: web.Request) -> AsyncBoltRequest:
    return AsyncBoltRequest(body="", query=request.query_string, headers=dict(request.headers))


def team_of(body: Mapping[str, Any]) -> str:
    """Check what Bolt and we read of a body, and return the workspace of ours that it concerns.

    Raises
    ------
    NotAsItMustBeError
        Raised if it is no event, command or interaction that we take.
    """
    kind = body.get("type")
    if "command" in body and kind is None:
        return read(Command, body).our_team
    if kind == "event_callback":
        return read(Event, body).our_team
    if isinstance(kind, str) and kind in _INTERACTIONS:
        return read(_INTERACTIONS[kind], body).our_team
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
