"""A Slack Web API of our own, with the Socket Mode and the uploads beside it: it remembers, and misbehaves by a script.

What stands in the workspaces is `tests.support.slack_world`. Nothing is judged here but what Slack itself refuses;
where its documentation leaves open what it does, the stricter reading is taken.
"""

import asyncio
import base64
import contextlib
import copy
import json
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.soak.fake_slack import Fault
from tests.support.slack_world import APP_ID, MAX_RESPONSES, Channel, Message, Trigger, User, View, World

MAX_MESSAGE_BLOCKS = 50
"""Source: https://docs.slack.dev/reference/block-kit/blocks"""

MAX_VIEW_BLOCKS = 100
"""Source: https://docs.slack.dev/reference/views"""

MAX_VIEW_BYTES = 250_000
"""Source: https://docs.slack.dev/reference/methods/views.open, view_too_large"""

MAX_STACK = 3
"""Views of one modal. Source: https://docs.slack.dev/reference/methods/views.push, push_limit_reached"""

MAX_TEXT_CHARACTERS = 40_000
"""Longer texts are cut off by Slack. Source: https://docs.slack.dev/reference/methods/chat.postMessage"""

MAX_ALL_BLOCKS_CHARACTERS = 13_200
"""Measured, not documented. Source: https://github.com/slackapi/bolt-js/issues/2509"""

TOKEN_SECONDS = 43_200
"""Life of a token where tokens are rotated. Source: https://docs.slack.dev/authentication/using-token-rotation"""

_JSON = frozenset("attachments blocks files loading_messages metadata prompts unfurls view".split())
"""Arguments that are JSON also inside a form."""

_SCOPES = {
    "assistant.threads.setStatus": ("chat:write",),
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "assistant.threads.setTitle": ("assistant:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.open": ("im:write", "channels:manage", "groups:write", "mpim:write"),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "users.info": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
}
"""Any one of these is enough. Source: the page of each method, https://docs.slack.dev/reference/methods"""

_KIND_SCOPES = {
    "conversations.history": "history",
    "conversations.info": "read",
    "conversations.members": "read",
    "conversations.replies": "history",
}
"""Methods whose scope goes by the kind of the conversation."""

_PREFIXES = {"im": "im", "group": "groups", "channel": "channels"}


class RefusedError(Exception):
    """Slack says no."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.answer = {"ok": False, "error": code, **more}


@dataclass(kw_only=True)
class Grant:
    """What a token allows."""

    token: str
    team: str
    kind: Literal["bot", "app"] = "bot"
    state: Literal["valid", "token_revoked", "account_inactive", "token_expired"] = "valid"
    scopes: frozenset[str] | None = None
    """None allows everything."""


@dataclass(kw_only=True)
class Call:
    """A call as it came, and what became of it."""

    method: str
    token: str
    arguments: dict[str, Any]
    at: float
    """In seconds of the monotonic clock."""

    answer: dict[str, Any] | None = None
    """What the caller was told; None where no readable answer was given."""

    fault: str = ""
    """The fault it met; empty for none."""


@dataclass(kw_only=True)
class FakeWorkspace:
    """The Web API of several workspaces in one.

    Serve it with `served`. Only what `World` holds and `grant` allows is there.
    """

    world: World
    client_id: str = "1111.2222"
    client_secret: str = "client-secret"
    rotates: bool = False
    """True where installations get tokens that expire, and a token to refresh them."""

    retry_after: str = "1"
    silent_seconds: float = 3.0
    """How long a call without an answer is left hanging; longer than the caller waits."""

    slow_seconds: dict[str, float] = field(default_factory=dict)
    """By method, how long every call of it takes before anything happens; "" for all that are not named."""

    late_seconds: float = 0.2
    """How long after its connection was reset a late call still takes effect."""

    grants: dict[str, Grant] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    """By method, the error that every call of it is refused with."""

    script: dict[str, deque[Fault | str]] = field(default_factory=dict)
    statuses: dict[tuple[str, str], str] = field(default_factory=dict)
    """By channel and thread, what the bot is said to be doing."""

    prompts: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    """By channel and thread, the questions that are suggested."""

    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    responses: list[tuple[str, Any]] = field(default_factory=list)
    """What was posted to response_urls: the address, and the body."""

    codes: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)
    """Of installations under way, by code: workspace, person, scopes, organization."""

    refreshers: dict[str, Grant] = field(default_factory=dict)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    """Open connections of Socket Mode, the newest last."""

    _tickets: set[str] = field(default_factory=set)
    _uploads: dict[str, tuple[str, int]] = field(default_factory=dict)
    _acks: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    _transports: dict[int, asyncio.Transport] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _closing: asyncio.Event = field(default_factory=asyncio.Event)
    _connected: asyncio.Event = field(default_factory=asyncio.Event)

    # What a test sets and reads.

    def grant(self, token: str, team: str = "", *, kind: Literal["bot", "app"] = "bot", scopes: str = "") -> Grant:
        """Let a token in, to the first workspace where none is named; with all scopes where none are."""
        given = frozenset(scopes.replace(",", " ").split()) or None
        self.grants[token] = Grant(token=token, team=team or self.world.first_team.id, kind=kind, scopes=given)
        return self.grants[token]

    def code(self, team: str = "", *, user: str, scopes: str = "chat:write", enterprise: str = "") -> str:
        """Return a code as the redirect of an installation carries it; it is exchanged once.

        Parameters
        ----------
        team
            The workspace; the first where not given.
        user
            Who installs.
        scopes
            What was asked for.
        enterprise
            An organization, where the app is installed for all of it: the answer then names no workspace.
        """
        name = f"{secrets.randbelow(10**10)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self.codes[name] = (team or self.world.first_team.id, user, scopes, enterprise)
        return name

    def plan(self, method: str, *faults: Fault | str, channel: str = "") -> None:
        """Say how the next calls of a method fail, on one channel or on any.

        Parameters
        ----------
        method
            Name of the method; "upload" and "response_url" for those routes.
        faults
            One for each call: a `Fault`, "error:<code>" for an error of Slack's, "ok" for a call that passes.
        channel
            The channel as the call names it; empty for any.
        """
        self.script.setdefault(f"{method} {channel}".strip(), deque()).extend(faults)

    def called(self, method: str) -> list[Call]:
        """Return the calls of a method, the first one first."""
        return [call for call in self.calls if call.method == method]

    # Serving.

    def application(self) -> web.Application:
        """Return the Web API, the routes beside it, and Socket Mode."""
        application = web.Application(client_max_size=64 * 2**20)
        application.add_routes(
            [
                web.route("*", "/api/{method}", self._called),
                web.get("/oauth/v2/authorize", self._authorize),
                web.post("/upload/v1/{file}", self._upload),
                web.get("/files-pri/{path:.+}", self._download),
                web.post("/response/{hook}", self._respond),
                web.get("/link/", self._socket),
            ]
        )
        application.on_shutdown.append(self._shut)
        return application

    async def _shut(self, _: web.Application) -> None:
        self._closing.set()
        for task in self._tasks:
            task.cancel()
        for socket in list(self.sockets):
            await socket.close()

    async def _called(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments, problem = await _arguments(request)
        header = request.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ") if header.startswith("Bearer ") else str(arguments.pop("token", ""))
        call = Call(method=method, token=token, arguments=arguments, at=time.monotonic())
        self.calls.append(call)
        if method.startswith(("chat.", "views.")):
            self.world.looked_at(method, arguments)
        if header.startswith("Basic "):
            login, _, password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
            arguments |= {"client_id": login, "client_secret": password}

        def apply() -> dict[str, Any]:
            if problem:
                return {"ok": False, "error": problem}
            try:
                return {"ok": True, **self._answer(call)}
            except RefusedError as error:
                return error.answer

        channel = str(arguments.get("channel") or arguments.get("channel_id") or "")
        return await self._faulted(request, call, channel, apply)

    async def _faulted(  # noqa: C901 - one case for each fault
        self, request: web.Request, call: Call, channel: str, apply: Callable[[], dict[str, Any]]
    ) -> web.StreamResponse:
        """Answer a call, or do with it what the script says."""
        await asyncio.sleep(self.slow_seconds.get(call.method, self.slow_seconds.get("", 0.0)))
        fault = self._next_fault(call.method, channel)
        call.fault = "" if fault in (None, "ok") else str(fault)
        match fault:
            case None | "ok":
                # A copy: what stands in the world changes, what was said does not.
                call.answer = copy.deepcopy(apply())
                return web.json_response(call.answer, headers=self._scopes(call.token))
            case Fault.LIMITED:
                call.answer = {"ok": False, "error": "ratelimited"}
                return web.json_response(call.answer, status=429, headers={"Retry-After": self.retry_after})
            case Fault.FAILED_BEFORE:
                return web.Response(status=500, text="broken")
            case Fault.FAILED_AFTER:
                apply()
                call.answer = {"ok": False, "error": "fatal_error"}
                return web.json_response(call.answer, status=500)
            case Fault.SILENT_AFTER:
                apply()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), self.silent_seconds)
            case Fault.RESET_AFTER:
                apply()
            case Fault.LATE:
                self._later(apply)
            case Fault.GARBAGE:
                apply()
                return web.Response(text="<html>a proxy of somebody's</html>", content_type="text/html")
            case Fault.RESET_BEFORE:
                pass
            case str() if fault.startswith("error:"):
                call.answer = {"ok": False, "error": fault.removeprefix("error:")}
                return web.json_response(call.answer)
            case _:
                raise ValueError(f"no such fault: {fault}")
        if request.transport is not None:  # the caller may have gone away by itself
            request.transport.abort()
        return web.Response()

    def _scopes(self, token: str) -> dict[str, str]:
        """Return the header that says what the token allows. Source: https://docs.slack.dev/authentication."""
        grant = self.grants.get(token)
        return {} if grant is None or grant.scopes is None else {"X-OAuth-Scopes": ",".join(sorted(grant.scopes))}

    def _next_fault(self, method: str, channel: str) -> Fault | str | None:
        for key in (f"{method} {channel}", method):
            if self.script.get(key):
                return self.script[key].popleft()
        return f"error:{self.errors[method]}" if method in self.errors else None

    def _later(self, apply: Callable[[], Any]) -> None:
        async def wait() -> None:
            await asyncio.sleep(self.late_seconds)
            apply()

        task = asyncio.create_task(wait())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _answer(self, call: Call) -> dict[str, Any]:
        """Do what a call asks, and return what it is answered with.

        Raises
        ------
        RefusedError
            Raised where Slack answers with an error.
        """
        methods: dict[str, Callable[[Grant, dict[str, Any]], dict[str, Any]]] = {
            "apps.connections.open": self._connections_open,
            "assistant.threads.setStatus": self._set_status,
            "assistant.threads.setSuggestedPrompts": self._set_prompts,
            "assistant.threads.setTitle": self._set_title,
            "auth.revoke": self._revoke,
            "auth.test": self._auth_test,
            "chat.getPermalink": self._permalink,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.info": self._info,
            "conversations.members": self._members,
            "conversations.open": self._open,
            "conversations.replies": self._replies,
            "files.completeUploadExternal": self._complete_upload,
            "files.getUploadURLExternal": self._upload_url,
            "users.info": self._user_info,
            "users.lookupByEmail": self._user_by_email,
            "views.open": self._view_open,
            "views.publish": self._view_publish,
            "views.push": self._view_push,
            "views.update": self._view_update,
        }
        if call.method == "oauth.v2.access":
            return self._oauth(call.arguments)
        if call.method not in methods:
            raise RefusedError("unknown_method", req_method=call.method)
        grant = self._granted(call.token)
        if (grant.kind == "app") != (call.method == "apps.connections.open"):
            raise RefusedError("not_allowed_token_type")
        _allowed(grant, _SCOPES.get(call.method, ()))
        return methods[call.method](grant, call.arguments)

    def _granted(self, token: str) -> Grant:
        if not token:
            raise RefusedError("not_authed")
        if token not in self.grants:
            raise RefusedError("invalid_auth")
        grant = self.grants[token]
        if grant.state != "valid":
            raise RefusedError(grant.state)
        return grant

    # Tokens.

    def _auth_test(self, grant: Grant, _: dict[str, Any]) -> dict[str, Any]:
        team = self.world.teams[grant.team]
        return {
            "url": f"https://{team.domain}.slack.com/",
            "team": team.name,
            "user": self.world.users[team.bot_user].name,
            "team_id": team.id,
            "user_id": team.bot_user,
            "bot_id": team.bot_id,
            "is_enterprise_install": False,
        }

    def _revoke(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        if _is_set(arguments.get("test")):
            return {"revoked": False}
        grant.state = "token_revoked"
        return {"revoked": True}

    def _oauth(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if arguments.get("client_id") != self.client_id:
            raise RefusedError("invalid_client_id")
        if arguments.get("client_secret") != self.client_secret:
            raise RefusedError("bad_client_secret")
        match arguments.get("grant_type") or "authorization_code":
            case "refresh_token":
                earlier = self.refreshers.pop(str(arguments.get("refresh_token")), None)
                if earlier is None:
                    raise RefusedError("invalid_refresh_token")
                return self._installed(earlier.team, " ".join(earlier.scopes or ()), rotates=True)
            case "authorization_code":
                installed = self.codes.pop(str(arguments.get("code")), None)
                if installed is None:
                    raise RefusedError("invalid_code")
                team, user, scopes, enterprise = installed
                answer = self._installed(team, scopes, rotates=self.rotates) | {"authed_user": {"id": user}}
                if enterprise:
                    answer |= {"team": None, "enterprise": {"id": enterprise, "name": enterprise.lower()}}
                return answer | {"is_enterprise_install": bool(enterprise)}
            case _:
                raise RefusedError("invalid_grant_type")

    def _installed(self, team_id: str, scopes: str, *, rotates: bool) -> dict[str, Any]:
        """Give a token.

        Source: https://docs.slack.dev/reference/methods/oauth.v2.access
        """
        team = self.world.teams[team_id]
        bare = f"xoxb-{secrets.token_hex(16)}"
        grant = self.grant(f"xoxe.{bare}" if rotates else bare, team_id, scopes=scopes)
        answer: dict[str, Any] = {
            "app_id": APP_ID,
            "token_type": "bot",
            "access_token": grant.token,
            "bot_user_id": team.bot_user,
            "scope": ",".join(scopes.replace(",", " ").split()),
            "team": {"id": team.id, "name": team.name},
            "enterprise": None,
        }
        if rotates:
            refresher = f"xoxe-1-{secrets.token_hex(16)}"
            self.refreshers[refresher] = grant
            answer |= {"refresh_token": refresher, "expires_in": TOKEN_SECONDS}
        return answer

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        """Redirect as if somebody had pressed Allow; who and where is said by ``team`` and ``user``, ours alone."""
        asked = request.query
        if asked.get("client_id") != self.client_id:
            return web.Response(status=400, text="Invalid client_id parameter")
        back = {"state": asked.get("state", "")}
        if "denied" in asked:
            back["error"] = "access_denied"
        else:
            people = [one.id for one in self.world.users.values() if not one.is_bot]
            user = asked.get("user") or people[0]
            back["code"] = self.code(asked.get("team", ""), user=user, scopes=asked.get("scope", ""))
        raise web.HTTPFound(f"{asked['redirect_uri']}?{urlencode(back)}")

    # People and channels.

    def _user(self, grant: Grant, user_id: object, error: str = "user_not_found") -> User:
        user = self.world.users.get(str(user_id))
        if user is None or (user.team != grant.team and not user.is_stranger):
            raise RefusedError(error)
        return user

    def _user_info(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        user = self._user(grant, arguments.get("user"))
        # Without this scope the address is left out, and nothing says so. So is a stranger's.
        sees_email = (grant.scopes is None or "users:read.email" in grant.scopes) and not user.is_stranger
        return {"user": user.as_object(with_email=sees_email)}

    def _user_by_email(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        wanted = str(_needed(arguments, "email")).lower()
        for user in self.world.users.values():
            if user.team == grant.team and user.email.lower() == wanted and not user.deleted and not user.is_bot:
                return {"user": user.as_object()}
        raise RefusedError("users_not_found")

    def _channel(self, grant: Grant, channel_id: object, *, method: str = "") -> Channel:
        """Return a channel that this bot may know of."""
        channel = self.world.channels.get(str(channel_id))
        if channel is None or channel.team != grant.team:
            raise RefusedError("channel_not_found")
        if channel.is_private and self.world.teams[grant.team].bot_user not in channel.members:
            raise RefusedError("channel_not_found")
        if method in _KIND_SCOPES:
            _allowed(grant, (f"{_PREFIXES[channel.kind]}:{_KIND_SCOPES[method]}",))
        return channel

    def _own_channel(self, grant: Grant, channel_id: object, *, method: str = "") -> Channel:
        """Return a channel in which this bot is."""
        channel = self._channel(grant, channel_id, method=method)
        if self.world.teams[grant.team].bot_user not in channel.members:
            raise RefusedError("not_in_channel")
        return channel

    def _open(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        if arguments.get("channel"):
            channel = self._channel(grant, arguments["channel"])
        else:
            named = str(arguments.get("users") or "").split(",")
            if named == [""]:
                raise RefusedError("users_list_not_supplied")
            if len(named) > 1:
                raise RefusedError("method_not_supported_for_channel_type")  # we never ask for it
            channel = self._direct(grant, named[0])
        shown = channel.as_object() if _is_set(arguments.get("return_im")) else {"id": channel.id}
        return {"no_op": True, "already_open": True, "channel": shown}

    def _direct(self, grant: Grant, user_id: str) -> Channel:
        user = self._user(grant, user_id)
        if user.deleted:
            raise RefusedError("user_disabled")
        if user.is_bot:
            raise RefusedError("cannot_dm_bot")
        return self.world.direct(user_id, grant.team)

    def _info(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._channel(grant, arguments.get("channel"), method="conversations.info")
        shown = channel.as_object()
        if not channel.with_user:
            shown["is_member"] = self.world.teams[grant.team].bot_user in channel.members
        if _is_set(arguments.get("include_num_members")):
            shown["num_members"] = len(channel.members)
        return {"channel": shown}

    def _members(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._channel(grant, arguments.get("channel"), method="conversations.members")
        page, more = _page(channel.members, arguments, default=100)
        return {"members": page, "response_metadata": more["response_metadata"]}

    # Messages.

    def _post(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        _check_said(arguments)
        address = str(_needed(arguments, "channel"))
        person = address.startswith(("U", "W"))
        channel = self._direct(grant, address) if person else self._own_channel(grant, address)
        if channel.is_archived:
            raise RefusedError("is_archived")
        if channel.with_user and self.world.users[channel.with_user].deleted:
            raise RefusedError("user_disabled")
        thread = str(arguments.get("thread_ts") or "")
        if thread and self.world.message(channel.id, thread) is None:
            # What Slack does with a thread that is not there is not documented; this is the refusal nearest to it.
            raise RefusedError("cannot_reply_to_message")
        message = self._ours(grant, channel, arguments)
        self.world.post(message)
        self.statuses.pop((channel.id, thread), None)
        return {"channel": channel.id, "ts": message.ts, "message": message.as_object(with_metadata=True)}

    def _ours(self, grant: Grant, channel: Channel, arguments: dict[str, Any]) -> Message:
        team = self.world.teams[grant.team]
        return Message(
            channel=channel.id,
            ts=self.world.stamp(),
            user=team.bot_user,
            team=team.id,
            bot_id=team.bot_id,
            text=str(arguments.get("text") or arguments.get("markdown_text") or ""),
            blocks=arguments.get("blocks") or [],
            thread_ts=str(arguments.get("thread_ts") or ""),
            metadata=arguments.get("metadata") or {},
        )

    def _post_ephemeral(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        _check_said(arguments)
        channel = self._own_channel(grant, _needed(arguments, "channel"))
        if channel.is_archived:
            raise RefusedError("is_archived")
        if str(_needed(arguments, "user")) not in channel.members:
            raise RefusedError("user_not_in_channel")
        message = self._ours(grant, channel, arguments)
        message.ephemeral_for = str(arguments["user"])
        self.world.post(message)
        return {"message_ts": message.ts}

    def _update(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        _check_said(arguments)
        channel = self._channel(grant, _needed(arguments, "channel"))
        message = self.world.message(channel.id, str(_needed(arguments, "ts")))
        if message is None or message.ephemeral_for:
            raise RefusedError("message_not_found")
        if message.bot_id != self.world.teams[grant.team].bot_id:
            raise RefusedError("cant_update_message")
        if channel.is_archived:
            raise RefusedError("is_inactive")
        fresh = self._ours(grant, channel, arguments)
        # A text without blocks takes the blocks away; metadata stay unless others are sent.
        # Source: https://docs.slack.dev/reference/methods/chat.update
        self.world.fill_message(message, text=fresh.text, blocks=fresh.blocks)
        if arguments.get("metadata") is not None:
            message.metadata = fresh.metadata
        return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message.as_object()}

    def _permalink(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._channel(grant, _needed(arguments, "channel"))
        message = self.world.message(channel.id, str(_needed(arguments, "message_ts")))
        if message is None:
            raise RefusedError("message_not_found")
        link = f"https://{self.world.teams[grant.team].domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
        if message.thread_ts:
            link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
        return {"channel": channel.id, "permalink": link}

    def _history(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        """List the newest first, without what was said in threads."""
        channel = self._own_channel(grant, _needed(arguments, "channel"), method="conversations.history")
        return self._listed([one for one in reversed(self.world.messages(channel.id)) if not one.thread_ts], arguments)

    def _replies(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        """List the message itself and what was said under it, the oldest first."""
        channel = self._own_channel(grant, _needed(arguments, "channel"), method="conversations.replies")
        ts = str(_needed(arguments, "ts"))
        if self.world.message(channel.id, ts) is None:
            raise RefusedError("thread_not_found")
        return self._listed(self.world.thread(channel.id, ts), arguments)

    def _listed(self, found: list[Message], arguments: dict[str, Any]) -> dict[str, Any]:
        inclusive = _is_set(arguments.get("inclusive"))
        oldest, latest = (_place(arguments.get(name)) for name in ("oldest", "latest"))

        def is_between(message: Message) -> bool:
            place = _place(message.ts)
            assert place is not None
            after = oldest is None or place > oldest or (inclusive and place == oldest)
            return after and (latest is None or place < latest or (inclusive and place == latest))

        page, more = _page([one for one in found if not one.ephemeral_for and is_between(one)], arguments, default=100)
        with_metadata = _is_set(arguments.get("include_all_metadata"))
        shown = []
        for message in page:
            under = [one for one in self.world.thread(message.channel, message.ts) if one is not message]
            counted = (
                {"thread_ts": message.ts, "reply_count": len(under), "latest_reply": under[-1].ts} if under else {}
            )
            shown.append(message.as_object(with_metadata=with_metadata) | counted)
        return {"messages": shown, **more}

    # Views.

    def _triggered(self, arguments: dict[str, Any]) -> Trigger:
        trigger = self.world.triggers.get(str(_needed(arguments, "trigger_id")))
        if trigger is None:
            raise RefusedError("invalid_trigger_id")
        if trigger.is_used:
            raise RefusedError("exchanged_trigger_id")
        if time.monotonic() - trigger.at >= self.world.trigger_seconds:
            raise RefusedError("expired_trigger_id")
        return trigger

    def _content(self, arguments: dict[str, Any], kind: str, *, of: View | None = None) -> dict[str, Any]:
        content = _needed(arguments, "view")
        if not isinstance(content, dict) or content.get("type") != kind or not isinstance(content.get("blocks"), list):
            raise _invalid(f"invalid `view`: not a {kind}")
        if kind == "modal" and not content.get("title"):
            raise _invalid("[ERROR] missing required field: title")
        if len(content["blocks"]) > MAX_VIEW_BLOCKS:
            raise _invalid(f"[ERROR] no more than {MAX_VIEW_BLOCKS} items allowed [json-pointer:/view/blocks]")
        if len(json.dumps(content)) > MAX_VIEW_BYTES:
            raise RefusedError("view_too_large")
        name = content.get("external_id")
        if name and self._view_called(str(name)) not in (None, of):
            raise RefusedError("duplicate_external_id")
        return content

    def _view_called(self, external_id: str) -> View | None:
        every = [*self.world.homes.values(), *(view for stack in self.world.views.values() for view in stack)]
        return next((view for view in every if view.content.get("external_id") == external_id), None)

    def _view_open(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        trigger = self._triggered(arguments)
        if trigger.team != grant.team:
            raise RefusedError("invalid_trigger_id")
        view = self.world.new_view(trigger.user, grant.team, self._content(arguments, "modal"))
        trigger.is_used = True
        self.world.views[trigger.user] = [view]
        return {"view": view.as_object()}

    def _view_push(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        trigger = self._triggered(arguments)
        stack = self.world.views.get(trigger.user)
        if trigger.team != grant.team:
            raise RefusedError("invalid_trigger_id")
        if not stack:
            raise RefusedError("not_found")
        if len(stack) >= MAX_STACK:
            raise RefusedError("push_limit_reached")
        view = self.world.new_view(trigger.user, grant.team, self._content(arguments, "modal"), below=stack[-1])
        trigger.is_used = True
        stack.append(view)
        return {"view": view.as_object()}

    def _view_update(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        if not arguments.get("view_id") and not arguments.get("external_id"):
            raise _invalid("one of the required fields is missing: view_id, external_id")
        by_id = self.world.view(str(arguments.get("view_id") or ""))
        view = by_id or self._view_called(str(arguments.get("external_id") or " "))
        if view is None or view.team != grant.team:
            raise RefusedError("not_found")
        if arguments.get("hash") and arguments["hash"] != view.hash:
            raise RefusedError("hash_conflict")
        self.world.fill(view, self._content(arguments, str(view.content["type"]), of=view))
        return {"view": view.as_object()}

    def _view_publish(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        user = self._user(grant, _needed(arguments, "user_id"))
        earlier = self.world.home(user.id)
        content = self._content(arguments, "home", of=earlier)
        if arguments.get("hash") and earlier is not None and arguments["hash"] != earlier.hash:
            raise RefusedError("hash_conflict")
        if earlier is None:
            self.world.homes[user.id] = self.world.new_view(user.id, grant.team, content)
        else:
            self.world.fill(earlier, content)
        return {"view": self.world.homes[user.id].as_object()}

    # What an agent shows beside its messages.

    def _thread_of(self, grant: Grant, arguments: dict[str, Any], *, needs_thread: bool) -> tuple[str, str]:
        channel = self._channel(grant, _needed(arguments, "channel_id"))
        thread = str(arguments.get("thread_ts") or "")
        if (thread or needs_thread) and self.world.message(channel.id, thread) is None:
            raise RefusedError("invalid_thread_ts")
        return channel.id, thread

    def _set_status(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        place = self._thread_of(grant, arguments, needs_thread=True)
        self.statuses[place] = str(arguments.get("status") or "")
        return {}

    def _set_prompts(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        prompts = _needed(arguments, "prompts")
        # Since the Messages tab takes the place of threads, prompts need none.
        # Source: https://docs.slack.dev/ai/migrating-to-agent-messaging
        self.prompts[self._thread_of(grant, arguments, needs_thread=False)] = list(prompts)
        return {}

    def _set_title(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        self.titles[self._thread_of(grant, arguments, needs_thread=True)] = str(_needed(arguments, "title"))
        return {}

    # Files.

    def _upload_url(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        name, length = str(_needed(arguments, "filename")), int(_needed(arguments, "length"))
        team = self.world.teams[grant.team]
        described = self.world.file(name, b"", user=team.bot_user, team_id=team.id)
        ticket = secrets.token_urlsafe(16)
        self._uploads[ticket] = (described["id"], length)
        return {"upload_url": f"{self.world.address}/upload/v1/{ticket}", "file_id": described["id"]}

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        if request.content_type.startswith("multipart/"):
            part = next(iter((await request.post()).values()))
            content = part.file.read() if isinstance(part, web.FileField) else str(part).encode()
        else:
            content = await request.read()
        ticket = request.match_info["file"]
        call = Call(method="upload", token="", arguments={"bytes": len(content)}, at=time.monotonic())
        self.calls.append(call)
        if ticket not in self._uploads or not content:
            return web.Response(status=400, text="invalid upload")
        name, length = self._uploads[ticket]

        def apply() -> dict[str, Any]:
            described, _ = self.world.files[name]
            described["size"] = len(content)
            self.world.files[name] = (described, content)
            return {"ok": True}

        answer = await self._faulted(request, call, "", apply)
        if call.fault:
            return answer
        return web.Response(text=f"OK - {length}")

    def _complete_upload(self, grant: Grant, arguments: dict[str, Any]) -> dict[str, Any]:
        found = [self.world.files.get(str(one.get("id"))) for one in _needed(arguments, "files")]
        known = [one[0] for one in found if one is not None and one[1]]
        if len(known) != len(found):
            raise RefusedError("file_not_found")
        for described, given in zip(known, arguments["files"], strict=True):
            described["title"] = given.get("title") or described["name"]
        if arguments.get("channel_id"):
            channel = self._own_channel(grant, arguments["channel_id"])
            shared = self._ours(grant, channel, {**arguments, "text": arguments.get("initial_comment")})
            shared.files = known
            self.world.post(shared)
        return {"files": [{"id": one["id"], "title": one["title"]} for one in known]}

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """Give a file to who may see it; anybody else gets the page to sign in, as Slack does."""
        name = request.match_info["path"].split("/")[0].partition("-")[2]
        grant = self.grants.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        kept = self.world.files.get(name)
        is_allowed = (
            grant is not None and grant.state == "valid" and (grant.scopes is None or "files:read" in grant.scopes)
        )
        if kept is None:
            return web.Response(status=404, text="File not found")
        if not is_allowed:
            return web.Response(text="<!DOCTYPE html><title>Sign in to Slack</title>", content_type="text/html")
        return web.Response(body=kept[1], content_type=kept[0]["mimetype"])

    # Addresses to answer at.

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        """Take what is posted to a response_url, and show it."""
        body = await request.json()
        self.responses.append((str(request.url), body))
        call = Call(method="response_url", token="", arguments=body, at=time.monotonic())
        self.calls.append(call)
        hook = self.world.hooks.get(request.match_info["hook"])
        if hook is None or hook.used >= MAX_RESPONSES:
            call.answer = {"ok": False, "error": "expired_url" if hook is None else "used_url"}
            return web.json_response(call.answer, status=404)

        def apply() -> dict[str, Any]:
            hook.used += 1
            self.world.respond(hook, body)
            return {"ok": True}

        return await self._faulted(request, call, hook.channel, apply)

    # Socket Mode. Source: https://docs.slack.dev/apis/events-api/using-socket-mode

    def _connections_open(self, _: Grant, __: dict[str, Any]) -> dict[str, Any]:
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        address = self.world.address.replace("http", "ws", 1)
        return {"url": f"{address}/link/?ticket={ticket}&app_id={APP_ID}"}

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        assert request.transport is not None
        self._transports[id(socket)] = request.transport
        self.sockets.append(socket)
        info = {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060}
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.sockets),
                "debug_info": info,
                "connection_info": {"app_id": APP_ID},
            }
        )
        self._connected.set()
        try:
            async for received in socket:
                if received.type is not aiohttp.WSMsgType.TEXT:
                    continue
                ack = json.loads(received.data)
                waiting = self._acks.pop(str(ack.get("envelope_id")), None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(ack.get("payload"))
        finally:
            self.sockets.remove(socket)
            if not self.sockets:
                self._connected.clear()
        return socket

    async def connected(self, *, timeout_seconds: float = 5.0) -> None:
        """Wait until somebody listens."""
        async with asyncio.timeout(timeout_seconds):
            await self._connected.wait()

    async def envelope(
        self, kind: str, payload: Mapping[str, Any], *, timeout_seconds: float = 3.0, **more: Any
    ) -> Any:
        """Send one envelope on the newest connection, and return what came with the ack; None where nothing did.

        Raises
        ------
        TimeoutError
            Raised if no ack came in time, as Slack would then send it again.
        """
        name = f"{secrets.token_hex(4)}-{secrets.token_hex(2)}-{secrets.token_hex(6)}"
        self._acks[name] = asyncio.get_running_loop().create_future()
        accepts = kind != "events_api"
        async with asyncio.timeout(timeout_seconds):
            await self.connected()
            await self.sockets[-1].send_json(
                {"envelope_id": name, "type": kind, "payload": payload, "accepts_response_payload": accepts, **more}
            )
            return await self._acks[name]

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the newest connection to come again, and close it as Slack does."""
        socket = self.sockets[-1]
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})
        await socket.close()

    def abort(self) -> None:
        """Cut the newest connection without a word."""
        self._transports[id(self.sockets[-1])].abort()


@contextlib.asynccontextmanager
async def served(fake: FakeWorkspace) -> AsyncIterator[str]:
    """Serve on a port of its own; gives the address of the Web API, with the slash at its end."""
    async with TestServer(fake.application()) as server:
        fake.world.address = str(server.make_url("")).rstrip("/")
        yield f"{fake.world.address}/api/"


async def _arguments(request: web.Request) -> tuple[dict[str, Any], str]:
    """Read a call's arguments, however the library sent them; and the error where they cannot be read."""
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            return {}, "invalid_json"
        return (dict(request.query) | body, "") if isinstance(body, dict) else ({}, "json_not_object")
    sent = {**request.query, **await request.post()}
    arguments: dict[str, Any] = {}
    for name, value in sent.items():
        if name in _JSON and str(value)[:1] in ("[", "{"):
            try:
                arguments[name] = json.loads(str(value))
            except ValueError:
                return arguments, "invalid_arguments"
        else:
            arguments[name] = str(value)
    return arguments, ""


def _invalid(*messages: str) -> RefusedError:
    return RefusedError("invalid_arguments", response_metadata={"messages": list(messages)})


def _needed(arguments: Mapping[str, Any], name: str) -> Any:
    if arguments.get(name) in (None, ""):
        raise _invalid(f"[ERROR] missing required field: {name}")
    return arguments[name]


def _is_set(value: object) -> bool:
    return value in (True, 1, "1", "true", "True")


def _allowed(grant: Grant, enough: tuple[str, ...]) -> None:
    if grant.scopes is not None and enough and not grant.scopes & set(enough):
        raise RefusedError("missing_scope", needed=",".join(enough), provided=",".join(sorted(grant.scopes)))


def _check_said(arguments: Mapping[str, Any]) -> None:
    """Refuse a message as Slack does."""
    text, blocks, markdown = (arguments.get(name) for name in ("text", "blocks", "markdown_text"))
    if markdown and (text or blocks):
        raise RefusedError("markdown_text_conflict")
    if not any((text, blocks, markdown, arguments.get("attachments"))):
        raise RefusedError("no_text")
    if blocks is not None and (not isinstance(blocks, list) or not all(isinstance(one, dict) for one in blocks)):
        raise RefusedError("invalid_blocks_format")
    if len(blocks or ()) > MAX_MESSAGE_BLOCKS:
        more = {"messages": [f"[ERROR] no more than {MAX_MESSAGE_BLOCKS} items allowed [json-pointer:/blocks]"]}
        raise RefusedError("invalid_blocks", response_metadata=more)
    if len(str(text or "")) > MAX_TEXT_CHARACTERS:
        raise RefusedError("msg_too_long")
    if len("".join(_texts_of(blocks or []))) > MAX_ALL_BLOCKS_CHARACTERS:
        raise RefusedError("msg_blocks_too_long")
    metadata = arguments.get("metadata")
    if metadata and not (isinstance(metadata, dict) and {"event_type", "event_payload"} <= metadata.keys()):
        raise RefusedError("invalid_metadata_format")


def _texts_of(drawn: Any) -> list[str]:
    if isinstance(drawn, list):
        return [text for one in drawn for text in _texts_of(one)]
    if not isinstance(drawn, dict):
        return []
    return [
        text
        for name, value in drawn.items()
        for text in ([value] if name == "text" and isinstance(value, str) else _texts_of(value))
    ]


def _page(found: list[Any], arguments: Mapping[str, Any], *, default: int) -> tuple[list[Any], dict[str, Any]]:
    """Return one page, and what says where the next one begins."""
    try:
        first, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit") or default)
    except ValueError:
        raise RefusedError("invalid_cursor") from None
    page = found[first : first + min(limit, 999)]
    has_more = first + len(page) < len(found)
    return page, {
        "has_more": has_more,
        "response_metadata": {"next_cursor": str(first + len(page)) if has_more else ""},
    }


def _place(ts: object) -> tuple[int, ...] | None:
    """Return what orders messages; None where no moment is given."""
    if ts in (None, "", "0", 0):
        return None
    whole, _, rest = str(ts).partition(".")
    return int(whole), int(rest.ljust(6, "0") or 0)
