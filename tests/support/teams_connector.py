"""A Bot Connector of our own: signs what it sends with a test key, serves and rotates the keys, and misbehaves where it is told to.

It knows what the real one never tells: whether a call that failed took effect all the same.
"""

import asyncio
import itertools
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import ClientSession, web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

APP_ID = "3f1c2a77-0000-4000-8000-00000000b07a"
APP_SECRET = "a-secret-of-the-tests"
TENANT = "aaaaaaaa-1111-4222-8333-444444444444"
TEAM = "19:team-of-the-district@thread.tacv2"
SPECIALISTS = "19:specialists@thread.tacv2"
ISSUER = "https://api.botframework.com"

MAX_MESSAGE_BYTES = 80_000
"""What a message may have; Teams itself stops near 100 kB."""

MAX_CARD_BYTES = 28_000


def make_key() -> rsa.RSAPrivateKey:
    """Make a key pair."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Posted:
    """A message as it stands in a conversation."""

    id: str
    conversation: str
    """With ``;messageid=`` where it stands in a thread."""

    activity: dict[str, Any]
    edits: int = 0
    is_late: bool = False

    @property
    def card(self) -> dict[str, Any]:
        """Its card; empty where it has none."""
        for attachment in self.activity.get("attachments") or ():
            return dict(attachment["content"])
        return {}

    @property
    def words(self) -> str:
        """Everything it shows, in lines."""
        return "\n".join([str(self.activity.get("text") or ""), *_words(self.card.get("body", []))]).strip()

    def actions(self) -> dict[str, dict[str, Any]]:
        """What can be pressed, by its label."""
        return {each["title"]: each for each in _actions(self.card.get("body", []))}

    def inputs(self) -> dict[str, Any]:
        """What can be typed, by the name of the input, with what stands in it."""
        return {each["id"]: each.get("value", "") for each in _inputs(self.card.get("body", []))}


@dataclass
class Member:
    """Somebody of the roster."""

    id: str
    name: str
    email: str
    object_id: str
    role: str = "user"
    tenant: str = TENANT
    is_gone: bool = False

    @property
    def chat(self) -> str:
        """Their own chat with the bot, as Teams names it."""
        return f"a:chat-of-{self.object_id}"


@dataclass
class Refusal:
    """How a call is answered instead."""

    status: int
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    html: bool = False
    applies: bool = False
    """True where it took effect all the same."""

    seconds: float = 0.0
    """How long the answer is held back."""

    resets: bool = False


@dataclass
class FakeConnector:
    """Bot Framework and the roster of one tenant."""

    members: dict[str, Member] = field(default_factory=dict)
    posted: list[Posted] = field(default_factory=list)
    typing: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    oversized: list[str] = field(default_factory=list)
    refusals: dict[str, deque[Refusal]] = field(default_factory=dict)
    """By kind of call ("post", "edit", "member", "open", "token", "keys"), how the next ones are refused."""

    blocked: set[str] = field(default_factory=set)
    """People who have blocked the bot, by object id; conversations, by name."""

    tokens_given: int = 0
    token_requests: list[dict[str, str]] = field(default_factory=list)
    keys_asked: int = 0
    keys_seconds: float = 0.0
    connections: set[int] = field(default_factory=set)
    url: str = ""
    endorsements: list[str] | None = field(default_factory=lambda: ["msteams"])
    expects: str = "token-of-the-tests"
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    on_post: Callable[[Posted], None] = lambda _: None

    def __post_init__(self) -> None:
        self.key = make_key()
        self.key_name = "key-1"

    def rotate(self) -> None:
        """Sign with another key from now on, and publish only that one."""
        self.key = make_key()
        self.key_name = f"key-{int(self.key_name.removeprefix('key-')) + 1}"

    def join(self, member: Member) -> Member:
        """Add somebody to the roster."""
        self.members[member.id] = member
        return member

    def refuse(self, kind: str, *refusals: Refusal) -> None:
        """Say how the next calls of a kind are refused."""
        self.refusals.setdefault(kind, deque()).extend(refusals)

    def token(
        self, *, key: rsa.RSAPrivateKey | None = None, headers: dict[str, Any] | None = None, **changed: Any
    ) -> str:
        """Sign a token as Bot Framework does; a claim that is changed to None is left out."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": APP_ID,
            "exp": now + 3600,
            "nbf": now - 10,
            "serviceurl": self.service_url,
        }
        claims = {name: value for name, value in (claims | changed).items() if value is not None}
        return jwt.encode(claims, key or self.key, algorithm="RS256", headers={"kid": self.key_name} | (headers or {}))

    @property
    def service_url(self) -> str:
        """What activities name to be answered at."""
        return f"{self.url}/amer/"

    @property
    def metadata_url(self) -> str:
        """Where the keys are found."""
        return f"{self.url}/openid"

    @property
    def token_url(self) -> str:
        """Where the bot asks for its token."""
        return f"{self.url}/token"

    def in_conversation(self, conversation: str) -> list[Posted]:
        """What stands in a conversation, in order; a channel's with its threads."""
        return [each for each in self.posted if each.conversation.partition(";")[0] == conversation]

    def application(self) -> web.Application:
        """Return everything that the bot calls."""
        application = web.Application(client_max_size=4 * 1024 * 1024, middlewares=[self._watch])
        application.add_routes(
            [
                web.get("/openid", self._openid),
                web.get("/keys", self._keys),
                web.route("*", "/token", self._token),
                web.post("/amer/v3/conversations", self._open),
                web.post("/amer/v3/conversations/{conversation}/activities", self._post),
                web.put("/amer/v3/conversations/{conversation}/activities/{activity}", self._edit),
                web.get("/amer/v3/conversations/{conversation}/members/{member}", self._member),
            ]
        )
        return application

    @web.middleware
    async def _watch(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path.startswith("/amer/"):
            self.connections.add(id(request.transport))
            if request.headers.get("Authorization") != f"Bearer {self.expects}":
                return web.json_response({"error": {"code": "Unauthorized", "message": "token"}}, status=401)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _openid(self, request: web.Request) -> web.Response:
        self.keys_asked += 1
        await asyncio.sleep(self.keys_seconds)
        refused = self._refused("keys")
        if refused is not None:
            return web.Response(status=refused.status, text="<html>")
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"})

    async def _keys(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self.keys_seconds)
        key = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        if self.endorsements is not None:
            key["endorsements"] = self.endorsements
        return web.json_response({"keys": [key | {"kid": self.key_name, "use": "sig"}]})

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.token_requests.append(form | dict(request.query) | {"method": request.method})
        refused = self._refused("token")
        if refused is not None:
            return web.json_response({"error": "invalid_client"}, status=refused.status)
        self.tokens_given += 1
        return web.json_response({"token_type": "Bearer", "expires_in": "3599", "access_token": self.expects})

    async def _open(self, request: web.Request) -> web.StreamResponse:
        self.calls.append("open")
        refused = self._refused("open")
        if refused is not None:
            return await self._refusal(refused, request)
        body = await request.json()
        wanted = body["members"][0]["id"]
        member = next((each for each in self.members.values() if wanted in (each.id, each.object_id)), None)
        if member is None or body["tenantId"] != member.tenant:
            return _error(404, "ConversationNotFound")
        if member.object_id in self.blocked:
            return _error(403, "ForbiddenOperationException", "BotNotInConversationRoster: not installed")
        return web.json_response({"id": member.chat}, status=201)

    async def _post(self, request: web.Request) -> web.StreamResponse:
        conversation, activity = request.match_info["conversation"], await request.json()
        if activity["type"] == "typing":
            self.typing.append(conversation)
            return web.json_response({"id": ""})
        self.calls.append(f"post {conversation}")
        return await self._applied("post", request, conversation, lambda: self._put(conversation, activity, request))

    async def _edit(self, request: web.Request) -> web.StreamResponse:
        conversation, name = request.match_info["conversation"], request.match_info["activity"]
        activity = await request.json()
        self.calls.append(f"edit {conversation}")

        def edit() -> web.StreamResponse:
            for each in self.posted:
                if each.id == name and each.conversation.partition(";")[0] == conversation.partition(";")[0]:
                    each.activity, each.edits = activity, each.edits + 1
                    return web.json_response({"id": name})
            return _error(404, "ActivityNotFoundInConversation")

        return await self._applied("edit", request, conversation, edit)

    async def _applied(
        self, kind: str, request: web.Request, conversation: str, apply: Callable[[], web.StreamResponse]
    ) -> web.StreamResponse:
        owner = next((each for each in self.members.values() if each.chat == conversation), None)
        if conversation in self.blocked or (owner is not None and owner.object_id in self.blocked):
            return _error(403, "MessageWritesBlocked")
        refused = self._refused(kind)
        if refused is None:
            return apply()
        if refused.applies:
            apply()
        return await self._refusal(refused, request)

    def _put(self, conversation: str, activity: dict[str, Any], request: web.Request) -> web.StreamResponse:
        size = request.content_length or 0
        cards = [len(json.dumps(each["content"])) for each in activity.get("attachments") or ()]
        if size > MAX_MESSAGE_BYTES or any(card > MAX_CARD_BYTES for card in cards):
            self.oversized.append(f"{size} {cards}")
            return web.Response(status=413, text="<html>Request Entity Too Large</html>", content_type="text/html")
        posted = Posted(id=f"17000000{next(self._numbers):05}", conversation=conversation, activity=activity)
        self.posted.append(posted)
        self.on_post(posted)
        return web.json_response({"id": posted.id}, status=201)

    async def _member(self, request: web.Request) -> web.StreamResponse:
        self.calls.append("member")
        refused = self._refused("member")
        if refused is not None:
            return await self._refusal(refused, request)
        member = self.members.get(request.match_info["member"])
        if member is None or member.is_gone:
            return _error(404, "MemberNotFoundInConversation")
        return web.json_response(
            {
                "id": member.id,
                "name": member.name,
                "email": member.email,
                "userPrincipalName": member.email,
                "aadObjectId": member.object_id,
                "userRole": member.role,
                "tenantId": member.tenant,
            }
        )

    def _refused(self, kind: str) -> Refusal | None:
        planned = self.refusals.get(kind)
        return planned.popleft() if planned else None

    @staticmethod
    async def _refusal(refused: Refusal, request: web.Request) -> web.StreamResponse:
        if refused.seconds:
            await asyncio.sleep(refused.seconds)
        if refused.resets and request.transport is not None:
            request.transport.abort()
            return web.Response()
        if refused.html:
            return web.Response(
                status=refused.status, text="<html>a proxy</html>", content_type="text/html", headers=refused.headers
            )
        return _error(refused.status, refused.code, headers=refused.headers)


def _error(status: int, code: str, message: str = "no", headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status, headers=headers)


@asynccontextmanager
async def running(fake: FakeConnector) -> AsyncIterator[FakeConnector]:
    """Serve it until the block ends."""
    runner = web.AppRunner(fake.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()


@dataclass
class Line:
    """Somebody in front of Teams: what they do arrives at the bot signed, over HTTP."""

    fake: FakeConnector
    bot_url: str
    session: ClientSession
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def activity(self, member: Member, *, conversation: str = "", **said: Any) -> dict[str, Any]:
        """Return an activity of somebody, in their own chat where nothing else is named."""
        conversation = conversation or member.chat
        is_personal = conversation == member.chat
        kind = "personal" if is_personal else "channel" if "tacv2" in conversation else "groupChat"
        data: dict[str, Any] = {"tenant": {"id": member.tenant}}
        if kind == "channel":
            data |= {"team": {"id": TEAM}, "channel": {"id": conversation.partition(";")[0]}}
        return {
            "type": "message",
            "id": f"f:{next(self.numbers)}-{time.monotonic_ns()}",
            "timestamp": "2026-11-23T17:00:00.000Z",
            "channelId": "msteams",
            "serviceUrl": self.fake.service_url,
            "from": {"id": member.id, "name": member.name, "aadObjectId": member.object_id},
            "recipient": {"id": f"28:{APP_ID}", "name": "Postwise"},
            "conversation": {"id": conversation, "conversationType": kind, "tenantId": member.tenant}
            | ({} if is_personal else {"isGroup": True}),
            "channelData": data,
        } | said

    async def send(self, activity: Any, *, token: str | None = None, **options: Any) -> tuple[int, Any]:
        """Send something to the bot, signed unless another token is given; return status and body."""
        headers = {"Authorization": f"Bearer {self.fake.token() if token is None else token}"} | options.pop(
            "headers", {}
        )
        if "data" not in options:
            options["json"] = activity
        async with self.session.post(f"{self.bot_url}/api/messages", headers=headers, **options) as response:
            body = await response.read()
            try:
                return response.status, json.loads(body)
            except ValueError:
                return response.status, body.decode(errors="replace")


def _words(elements: list[Any]) -> Iterator[str]:
    for each in elements:
        if each["type"] == "RichTextBlock":
            yield "".join(run if isinstance(run, str) else run["text"] for run in each["inlines"])
        elif each["type"] == "TextBlock":
            yield each["text"]
        elif each["type"].startswith("Input."):
            yield each.get("label", "")
        elif each["type"] == "ActionSet":
            yield " ".join(f"<{action['title']}>" for action in each["actions"])
        yield from _words(each.get("items", []))


def _actions(elements: list[Any]) -> Iterator[dict[str, Any]]:
    for each in elements:
        yield from each.get("actions", [])
        yield from _actions(each.get("items", []))


def _inputs(elements: list[Any]) -> Iterator[dict[str, Any]]:
    for each in elements:
        if each["type"].startswith("Input."):
            yield each
        yield from _inputs(each.get("items", []))
