"""People, channels, messages and views of a Slack of our own, and a driver that acts on our server as they do.

`tests.support.slack_api` serves the Web API on the same world. Nothing here opens a port; the driver only calls.
"""

import asyncio
import itertools
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal, Protocol, Self
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

Check = Callable[[str, Mapping[str, Any]], list[str]]
"""Says what is wrong with the arguments of a call; nothing where all is well."""


class CheckResponse(Protocol):
    """Says what is wrong with an answer, to the submission of a view where one is given."""

    def __call__(self, body: object, *, view: Mapping[str, Any] | None = None) -> list[str]: ...


APP_ID = "A0POSTWISE"
"""Identifier of our app, in every workspace."""

TRIGGER_SECONDS = 3.0
"""How long a trigger opens a view. Source: https://docs.slack.dev/interactivity/handling-user-interaction"""

MAX_RESPONSES = 5
"""Uses of one response_url. Source: https://docs.slack.dev/interactivity/handling-user-interaction"""

_UNSEEN = frozenset(
    "action_id block_id callback_id dispatch_action emoji event_payload external_id filter hash image_url "
    "negative_value private_metadata style type url value verbatim".split()
)
"""Fields of blocks and views that no person reads."""

_SEEN = ("text", "alt_text", "title", "initial_value")


@dataclass(kw_only=True)
class Team:
    """A workspace, and our app's bot in it."""

    id: str
    name: str
    domain: str
    bot_user: str
    bot_id: str


@dataclass(kw_only=True)
class User:
    """A member of a workspace."""

    id: str
    team: str
    """The workspace this person belongs to."""

    name: str
    real_name: str
    email: str = ""
    is_bot: bool = False
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    """True for somebody of another workspace who is met in shared channels."""

    locale_zone: str = "America/Los_Angeles"

    def as_object(self, *, with_email: bool = True) -> dict[str, Any]:
        """Return what users.info says.

        Source: https://docs.slack.dev/reference/objects/user-object
        """
        profile: dict[str, Any] = {
            "real_name": self.real_name,
            "display_name": self.name,
            "real_name_normalized": self.real_name,
            "display_name_normalized": self.name,
            "team": self.team,
            "image_72": "https://a.slack-edge.com/avatar-72.png",
        }
        if with_email and self.email and not self.is_bot:
            profile["email"] = self.email
        shown: dict[str, Any] = {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "deleted": self.deleted,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1700000000,
        }
        if self.is_stranger:
            shown["is_stranger"] = True
        if self.deleted:  # what belongs to a seat in the workspace is left out of a closed account
            return shown
        return shown | {
            "real_name": self.real_name,
            "tz": self.locale_zone,
            "tz_label": "Pacific Standard Time",
            "tz_offset": -28800,
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
        }


@dataclass(kw_only=True)
class Channel:
    """A channel, or the direct message of one person with our bot."""

    id: str
    team: str
    name: str = ""
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_archived: bool = False
    is_shared: bool = False
    """True where people of other workspaces are in it."""

    with_user: str = ""
    """The person of a direct message; empty for a channel."""

    @property
    def kind(self) -> str:
        """What events call it."""
        if self.with_user:
            return "im"
        return "group" if self.is_private else "channel"

    def as_object(self) -> dict[str, Any]:
        """Return what conversations.info says."""
        if self.with_user:
            return {
                "id": self.id,
                "created": 1700000000,
                "is_archived": False,
                "is_im": True,
                "is_org_shared": False,
                "user": self.with_user,
                "context_team_id": self.team,
            }
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "created": 1700000000,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_archived": self.is_archived,
            "is_general": False,
            "is_shared": self.is_shared,
            "is_ext_shared": self.is_shared,
            "is_org_shared": False,
            "is_member": True,
            "context_team_id": self.team,
        }


@dataclass(kw_only=True)
class Message:
    """A message as people see it now."""

    channel: str
    ts: str
    user: str
    team: str
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str = ""
    """The message it answers; empty where it stands for itself."""

    metadata: dict[str, Any] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    ephemeral_for: str = ""
    """The only person who sees it; empty where all do."""

    bot_id: str = ""
    edits: int = 0

    @property
    def seen(self) -> str:
        """What a person reads in it."""
        names = [str(file["name"]) for file in self.files]
        return "\n".join([text_in(self.blocks) if self.blocks else _unescaped(self.text), *names])

    def as_object(self, *, with_metadata: bool = False) -> dict[str, Any]:
        """Return what the history says."""
        shown: dict[str, Any] = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        shown["team"] = self.team
        if self.bot_id:
            shown |= {"bot_id": self.bot_id, "app_id": APP_ID}
        if self.blocks:
            shown["blocks"] = self.blocks
        if self.thread_ts:
            shown["thread_ts"] = self.thread_ts
        if self.files:
            shown |= {"files": self.files, "upload": False}
        if self.edits:
            shown["edited"] = {"user": self.user, "ts": self.ts}
        if self.metadata and with_metadata:
            shown["metadata"] = self.metadata
        return shown


@dataclass(kw_only=True)
class View:
    """A modal, or what is published in a Home tab."""

    id: str
    user: str
    team: str
    bot_id: str
    content: dict[str, Any]
    root: str
    previous: str = ""
    hash: str = ""
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    """By block, what the last submission was refused with."""

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """What stands in it."""
        return list(self.content.get("blocks") or ())

    @property
    def seen(self) -> str:
        """What a person reads in it, and under its fields."""
        return "\n".join([text_in(self.content), *self.errors.values()])

    def as_object(self) -> dict[str, Any]:
        """Return what answers and payloads say.

        Source: https://docs.slack.dev/reference/views
        """
        defaults = {"private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": False}
        defaults |= {"notify_on_close": False, "close": None, "submit": None, "title": None}
        return (
            defaults
            | self.content
            | {
                "id": self.id,
                "team_id": self.team,
                "app_id": APP_ID,
                "app_installed_team_id": self.team,
                "bot_id": self.bot_id,
                "hash": self.hash,
                "root_view_id": self.root,
                "previous_view_id": self.previous or None,
                "state": {"values": self.state},
            }
        )


@dataclass(kw_only=True)
class Trigger:
    """Leave to open one view."""

    user: str
    team: str
    at: float
    """When it was given, in seconds of the monotonic clock."""

    is_used: bool = False


@dataclass(kw_only=True)
class ResponseHook:
    """What a response_url leads to."""

    channel: str
    user: str
    message: Message | None
    used: int = 0


@dataclass(kw_only=True)
class World:
    """Workspaces with their people, and everything that stands there.

    A new world has no workspace; begin with `add_team`.
    """

    address: str = "http://127.0.0.1:9"
    """Where the Web API answers, without a slash at the end; known once it is served."""

    check: Check | None = None
    """Looks at every chat and views call; what it finds is in `problems`."""

    check_response: CheckResponse | None = None
    """Looks at every answer to a command or an interaction, and at what is posted to a response_url."""

    trigger_seconds: float = TRIGGER_SECONDS
    problems: list[str] = field(default_factory=list)
    teams: dict[str, Team] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    posted: list[Message] = field(default_factory=list)
    """All messages, the oldest first, ephemeral ones among them."""

    views: dict[str, list[View]] = field(default_factory=dict)
    """Open modals by person; the last is on top."""

    homes: dict[str, View] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    hooks: dict[str, ResponseHook] = field(default_factory=dict)
    files: dict[str, tuple[dict[str, Any], bytes]] = field(default_factory=dict)
    """By identifier, a file's description and what is in it."""

    _counter: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _second: int = 0

    def add_team(self, team_id: str, *, name: str = "Redlands USD", domain: str = "") -> Team:
        """Found a workspace; our bot's user is in it."""
        team = Team(
            id=team_id,
            name=name,
            domain=domain or name.lower().replace(" ", "-"),
            bot_user=f"U0BOT{team_id[1:]}",
            bot_id=f"B0BOT{team_id[1:]}",
        )
        self.teams[team_id] = team
        self.add_user(team.bot_user, name="postwise", real_name="Postwise", team=team_id, is_bot=True)
        return team

    def add_user(
        self, user_id: str, *, name: str = "", real_name: str = "", email: str = "", team: str = "", **flags: bool
    ) -> User:
        """Let somebody join; the first workspace where none is named."""
        user = User(
            id=user_id,
            team=team or self.first_team.id,
            name=name or user_id.lower(),
            real_name=real_name or name or user_id.title(),
            email=email,
            **flags,  # type: ignore[arg-type]
        )
        self.users[user_id] = user
        return user

    def add_channel(
        self,
        channel_id: str,
        *,
        name: str = "",
        members: Iterable[str] = (),
        team: str = "",
        with_bot: bool = True,
        **flags: bool,
    ) -> Channel:
        """Open a channel; our bot is in it unless said otherwise."""
        of_team = self.teams[team] if team else self.first_team
        channel = Channel(
            id=channel_id,
            team=of_team.id,
            name=name or channel_id.lower(),
            members=list(dict.fromkeys([*members, *([of_team.bot_user] if with_bot else [])])),
            **flags,  # type: ignore[arg-type]
        )
        self.channels[channel_id] = channel
        return channel

    @property
    def first_team(self) -> Team:
        """The workspace that is meant where none is named."""
        return next(iter(self.teams.values()))

    def direct(self, user_id: str, team_id: str = "") -> Channel:
        """Return the direct message of a person with our bot, opened now if need be."""
        # A stranger has a direct message in the workspace that is looked from, not in their own.
        team = self.teams.get(team_id) or self.teams.get(self.users[user_id].team) or self.first_team
        name = (
            f"D{user_id[1:]}"
            if len(self.teams) == 1 or team.id == self.users[user_id].team
            else f"D{user_id[1:]}{team.id}"
        )
        if name not in self.channels:
            self.channels[name] = Channel(id=name, team=team.id, members=[user_id, team.bot_user], with_user=user_id)
        return self.channels[name]

    def stamp(self) -> str:
        """Return the name of the next message: later ones sort after earlier ones, whatever the clock does."""
        self._second = max(self._second, int(time.time()))
        return f"{self._second}.{next(self._counter):06d}"

    def post(self, message: Message) -> Message:
        """Put a message where it belongs; blocks get the identifiers that Slack gives."""
        message.blocks = with_ids(message.blocks)
        self.posted.append(message)
        return message

    def fill_message(self, message: Message, *, text: str, blocks: Iterable[Mapping[str, Any]]) -> None:
        """Put something else in the place of what a message said."""
        message.text = text
        message.blocks = with_ids(blocks)
        message.edits += 1

    def respond(self, hook: ResponseHook, body: Mapping[str, Any]) -> None:
        """Show what was posted to a response_url.

        Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
        """
        if hook.message is not None and body.get("delete_original"):
            self.posted = [one for one in self.posted if one is not hook.message]
            return
        self.answered(body)
        text, blocks = str(body.get("text") or ""), body.get("blocks") or []
        if hook.message is not None and body.get("replace_original"):
            self.fill_message(hook.message, text=text, blocks=blocks)
            return
        team = self.teams[self.channels[hook.channel].team]
        is_for_all = body.get("response_type") == "in_channel"
        self.post(
            Message(
                channel=hook.channel,
                ts=self.stamp(),
                user=team.bot_user,
                team=team.id,
                bot_id=team.bot_id,
                text=text,
                blocks=list(blocks),
                thread_ts=str(body.get("thread_ts") or ""),
                ephemeral_for="" if is_for_all else hook.user,
            )
        )

    def message(self, channel: str, ts: str) -> Message | None:
        """Return one message."""
        return next((one for one in self.posted if (one.channel, one.ts) == (channel, ts)), None)

    def messages(self, channel: str, *, seen_by: str = "") -> list[Message]:
        """Return what stands in a channel, its threads included, the oldest first; ephemeral ones name their person.

        Parameters
        ----------
        channel
            Identifier of the channel.
        seen_by
            A person; what is ephemeral for others is then left out. Empty: everything.
        """
        return [
            one for one in self.posted if one.channel == channel and (not seen_by or one.ephemeral_for in ("", seen_by))
        ]

    def dm(self, user: str) -> list[Message]:
        """Return what a person sees in the direct message with our bot, the oldest first."""
        return self.messages(self.direct(user).id, seen_by=user)

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Return a message and what was said under it, the oldest first."""
        return [one for one in self.messages(channel) if ts in (one.ts, one.thread_ts)]

    def top_view(self, user: str) -> View | None:
        """Return the modal a person has in front of them."""
        return self.views[user][-1] if self.views.get(user) else None

    def home(self, user: str) -> View | None:
        """Return what was published in a person's Home tab."""
        return self.homes.get(user)

    def view(self, view_id: str) -> View | None:
        """Return an open modal or a Home tab."""
        every = itertools.chain(self.homes.values(), *self.views.values())
        return next((one for one in every if one.id == view_id), None)

    def new_view(self, user: str, team_id: str, content: Mapping[str, Any], below: View | None = None) -> View:
        """Make a view; whoever calls puts it where it is seen."""
        identifier = f"V{next(self._counter):08d}"
        view = View(
            id=identifier,
            user=user,
            team=team_id,
            bot_id=self.teams[team_id].bot_id,
            content={},
            root=below.root if below else identifier,
            previous=below.id if below else "",
        )
        self.fill(view, content)
        return view

    def fill(self, view: View, content: Mapping[str, Any]) -> None:
        """Put something else into a view; what was typed stays where block and action are the same."""
        view.content = {**content, "blocks": with_ids(content.get("blocks") or [])}
        view.hash = f"{int(time.time())}.{secrets.token_hex(4)}"
        view.errors = {}
        kept = {
            str(block["block_id"]): {str(one.get("action_id")) for one in _elements(block)} for block in view.blocks
        }
        view.state = {
            block: {action: value for action, value in values.items() if action in kept[block]}
            for block, values in view.state.items()
            if block in kept
        }

    def trigger(self, user: str, team_id: str = "") -> str:
        """Give leave to open one view, for three seconds."""
        number = next(self._counter)
        name = f"{number:012d}.{number + 1:012d}.{secrets.token_hex(16)}"
        team = team_id or self.users[user].team
        self.triggers[name] = Trigger(user=user, team=team, at=time.monotonic())
        return name

    def hook(self, channel: str, user: str, message: Message | None = None) -> str:
        """Return a new response_url."""
        name = secrets.token_urlsafe(12)
        # Who presses in an old copy of a message answers to the one that stands there now.
        now = self.message(channel, message.ts) if message else None
        self.hooks[name] = ResponseHook(channel=channel, user=user, message=now)
        return f"{self.address}/response/{name}"

    def file(self, name: str, content: bytes, *, user: str, team_id: str, mimetype: str = "") -> dict[str, Any]:
        """Keep a file, and return how messages describe it."""
        identifier = f"F{next(self._counter):08d}"
        kind = name.rpartition(".")[2].lower()
        described = {
            "id": identifier,
            "created": int(time.time()),
            "name": name,
            "title": name,
            "mimetype": mimetype or _MIMETYPES.get(kind, "application/octet-stream"),
            "filetype": kind,
            "user": user,
            "user_team": team_id,
            "size": len(content),
            "mode": "hosted",
            "is_external": False,
            "file_access": "visible",
            "url_private": f"{self.address}/files-pri/{team_id}-{identifier}/{name}",
            "url_private_download": f"{self.address}/files-pri/{team_id}-{identifier}/download/{name}",
            "permalink": f"https://{self.teams[team_id].domain}.slack.com/files/{user}/{identifier}/{name}",
        }
        self.files[identifier] = (described, content)
        return described

    def looked_at(self, method: str, arguments: Mapping[str, Any]) -> None:
        """Let the check see a call."""
        if self.check is not None:
            self.problems += [f"{method}: {problem}" for problem in self.check(method, arguments)]

    def answered(self, body: object, *, view: Mapping[str, Any] | None = None) -> None:
        """Let the check see an answer."""
        if self.check_response is not None:
            self.problems += [f"answer: {problem}" for problem in self.check_response(body, view=view)]


_MIMETYPES = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "png": "image/png",
    "txt": "text/plain",
}


async def until(condition: Callable[[], object], *, timeout_seconds: float = 3.0) -> None:
    """Wait for what our server does after its acknowledgement.

    Raises
    ------
    TimeoutError
        Raised if the condition does not come true in time.
    """
    async with asyncio.timeout(timeout_seconds):
        while not condition():  # noqa: ASYNC110 - a condition is whatever a test asks, and nobody tells of it
            await asyncio.sleep(0.005)


def with_ids(blocks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return blocks with the identifiers that Slack gives where the app gave none."""
    given: list[dict[str, Any]] = json.loads(json.dumps(list(blocks)))
    for block in given:
        block.setdefault("block_id", secrets.token_urlsafe(4)[:5])
        for element in _elements(block):
            element.setdefault("action_id", secrets.token_urlsafe(4)[:5])
    return given


def _elements(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what can be used in a block."""
    if block.get("type") in ("rich_text", "context"):
        return []
    every = [*(block.get("elements") or ()), block.get("accessory"), block.get("element")]
    return [one for one in every if isinstance(one, dict) and one.get("type") not in ("image", None)]


def text_in(drawn: object) -> str:
    """Return every text that a person sees in blocks or in a view, in their order, a line for each.

    Placeholders, options and questions for confirmation are among them; values and identifiers are not.
    """
    return "\n".join(_texts(drawn))


def _texts(drawn: object) -> Iterator[str]:
    if isinstance(drawn, list | tuple):
        for one in drawn:
            yield from _texts(one)
    if not isinstance(drawn, Mapping):
        return
    if drawn.get("type") in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
        yield "".join(_inline(one) for one in drawn["elements"])
        return
    for name, value in drawn.items():
        if name in _SEEN and isinstance(value, str):
            yield _unescaped(value) if drawn.get("type") in ("mrkdwn", "markdown") else value
        elif name not in _UNSEEN:
            yield from _texts(value)


def _inline(element: Mapping[str, Any]) -> str:
    """Return what stands in a line: mentions as they are written, pictures by their names."""
    match element["type"]:
        case "link":
            return str(element.get("text") or element["url"])
        case "user":
            return f"<@{element['user_id']}>"
        case "channel":
            return f"<#{element['channel_id']}>"
        case "emoji":
            return f":{element['name']}:"
        case _:
            return str(element.get("text") or element.get("fallback") or "")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What our server answered."""

    status: int
    body: Any
    """Parsed where it was JSON, text otherwise; None where it was empty."""

    headers: Mapping[str, str]
    elapsed_seconds: float


Envelope = Callable[..., Awaitable[Any]]
"""Sends one envelope of Socket Mode and returns what came with the ack, as `FakeWorkspace.envelope` does."""


class SlackDriver:
    """Acts as Slack does, and the people in it, towards our server.

    Parameters
    ----------
    world
        Who acts, and on what.
    base_url
        Where our server listens, without a slash at the end.
    signing_secret
        The secret both sides know.
    path
        Where our server takes events, commands and interactions.
    envelope
        Given, everything goes through Socket Mode instead of HTTP.
    """

    def __init__(
        self,
        world: World,
        *,
        base_url: str = "",
        signing_secret: str = "no secret",
        path: str = "/slack/events",
        envelope: Envelope | None = None,
    ) -> None:
        self.world = world
        self.verifier = SignatureVerifier(signing_secret)
        self.address = base_url.rstrip("/") + path
        self.envelope = envelope
        self.sent: list[tuple[bytes, Mapping[str, str]]] = []
        """Every body that was posted, with its headers: `raw` takes both to deliver it again."""
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.end()

    async def end(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()

    # What goes over the wire.

    def signed_headers(
        self, body: bytes | str, *, at: float | None = None, content_type: str = "application/json"
    ) -> dict[str, str]:
        """Return the headers that Slack sends with a body.

        Parameters
        ----------
        body
            What is signed, byte by byte.
        at
            Moment of signing, in seconds since 1970; now where not given.
        content_type
            How the body is written.
        """
        stamp = str(int(time.time() if at is None else at))
        return {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "Accept": "*/*",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": str(self.verifier.generate_signature(timestamp=stamp, body=body)),
        }

    async def raw(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post a body as it is."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        self.sent.append((body, headers))
        started = time.monotonic()
        async with self._session.post(self.address, data=body, headers=headers) as response:
            text = await response.text()
            elapsed = time.monotonic() - started
        try:
            parsed = json.loads(text) if text else None
        except ValueError:
            parsed = text
        return Answer(status=response.status, body=parsed, headers=dict(response.headers), elapsed_seconds=elapsed)

    async def _sent(
        self,
        kind: Literal["events_api", "slash_commands", "interactive"],
        payload: dict[str, Any],
        headers: Mapping[str, str],
    ) -> Answer:
        if self.envelope is not None:
            started = time.monotonic()
            retried: dict[str, Any] = {"retry_attempt": int(headers.get("X-Slack-Retry-Num", 0))}
            retried["retry_reason"] = headers.get("X-Slack-Retry-Reason", "")
            body = await self.envelope(kind, payload, **(retried if kind == "events_api" else {}))
            return Answer(status=HTTPStatus.OK, body=body, headers={}, elapsed_seconds=time.monotonic() - started)
        if kind == "events_api":
            raw = json.dumps(payload).encode()
            return await self.raw(raw, {**self.signed_headers(raw), **headers})
        raw = urlencode(payload if kind == "slash_commands" else {"payload": json.dumps(payload)}).encode()
        form = "application/x-www-form-urlencoded"
        return await self.raw(raw, {**self.signed_headers(raw, content_type=form), **headers})

    async def event(
        self,
        event: Mapping[str, Any],
        *,
        team: str = "",
        event_id: str | None = None,
        retry: int | None = None,
        retry_reason: str | None = None,
    ) -> Answer:
        """Tell of an event.

        Source: https://docs.slack.dev/apis/events-api/#event-type-structure

        Parameters
        ----------
        event
            What happened: the inner event.
        team
            The workspace that is told; the first where not given.
        event_id
            Name of the delivery; a new one where not given.
        retry
            Which repetition this is, from 1; None for the first delivery.
        retry_reason
            Why it is repeated, "http_timeout" for one.
        """
        of_team = self.world.teams[team] if team else self.world.first_team
        channel = self.world.channels.get(str(event.get("channel", "")))
        payload = {
            "token": "verification",
            "team_id": of_team.id,
            "context_team_id": of_team.id,
            "context_enterprise_id": None,
            "api_app_id": APP_ID,
            "event": dict(event),
            "type": "event_callback",
            "event_id": event_id or f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(time.time()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": of_team.id,
                    "user_id": of_team.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": bool(channel and channel.is_shared),
            "event_context": f"4-{secrets.token_urlsafe(24)}",
        }
        headers = {} if retry is None else {"X-Slack-Retry-Num": str(retry)}
        if retry_reason is not None:
            headers["X-Slack-Retry-Reason"] = retry_reason
        return await self._sent("events_api", payload, headers)

    async def command(self, command: str, text: str = "", *, user: str, channel: str = "", team: str = "") -> Answer:
        """Type a slash command; in the direct message with our bot where no channel is named.

        Source: https://docs.slack.dev/interactivity/implementing-slash-commands
        """
        of_team = self._team(user, team)
        where = self.world.channels[channel] if channel else self.world.direct(user, of_team.id)
        payload = {
            "token": "verification",
            "team_id": of_team.id,
            "team_domain": of_team.domain,
            "channel_id": where.id,
            "channel_name": "directmessage" if where.with_user else where.name,
            "user_id": user,
            "user_name": self.world.users[user].name,
            "command": command,
            "text": text,
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": self.world.hook(where.id, user),
            "trigger_id": self.world.trigger(user, of_team.id),
        }
        answer = await self._sent("slash_commands", payload, {})
        said = answer.body if isinstance(answer.body, dict) else {"text": answer.body}
        if answer.status == HTTPStatus.OK and (said.get("text") or said.get("blocks")):
            self.world.respond(ResponseHook(channel=where.id, user=user, message=None), said)
        return answer

    async def press(
        self,
        user: str,
        where: Message | View,
        action: str,
        *,
        value: Any = None,
        even_unseen: bool = False,
        at: str | None = None,
    ) -> Answer:
        """Press a button, choose in a select, give feedback.

        Source: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload

        Parameters
        ----------
        user
            Who presses.
        where
            The message or view as the world has it now; an old copy presses what stood there before.
        action
            Identifier of the action, its label, or the label or value of one of its options.
        value
            What is chosen or typed, where the action does not say it: an option's value, a person or several.
        even_unseen
            True to press what this person cannot see, as an attacker would.
        at
            The action's own ts, to deliver one press twice.

        Raises
        ------
        LookupError
            Raised if nothing there is called so, or the person does not see it.
        """
        if not even_unseen and not self._sees(user, where):
            raise LookupError(f"{user} does not see this")
        block, element, chosen = _find(where.blocks, action)
        team = self._team(user, where.team)
        pressed = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            **_choice(element, chosen, value),
            "action_ts": at or f"{time.time():.6f}",
        }
        payload = self._interaction("block_actions", user, team) | {
            "trigger_id": self.world.trigger(user, team.id),
            "actions": [pressed],
        }
        if isinstance(where, View):
            if element["type"] not in ("button", "feedback_buttons", "icon_button", "overflow"):
                where.state.setdefault(block["block_id"], {})[element["action_id"]] = {
                    "type": element["type"],
                    **_choice(element, chosen, value),
                }
            payload |= {"container": {"type": "view", "view_id": where.id}, "view": where.as_object()}
        else:
            payload |= self._message_of(where)
            payload |= {"state": {"values": {}}, "response_url": self.world.hook(where.channel, user, where)}
        return await self._sent("interactive", payload, {})

    async def submit(
        self, user: str, view: View, values: Mapping[str, Any] | None = None, *, even_unanswered: bool = False
    ) -> Answer:
        """Send a modal; what our server answers is done to it, as Slack does.

        Source: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload

        Parameters
        ----------
        user
            Who sends.
        view
            The modal.
        values
            By block, action or label: a text, an option's value or label, a person, several of them.
        even_unanswered
            True to send it although a field that must be filled is empty, which Slack's own client refuses.

        Raises
        ------
        LookupError
            Raised if a field is not there, or one that must be filled is empty.
        """
        team = self._team(user, view.team)
        view.state = _filled(view, dict(values or {}), even_unanswered=even_unanswered)
        payload = self._interaction("view_submission", user, team) | {
            "trigger_id": self.world.trigger(user, team.id),
            "view": view.as_object(),
            "response_urls": [],
        }
        answer = await self._sent("interactive", payload, {})
        if answer.status == HTTPStatus.OK:
            self._responded(user, view, answer.body)
        return answer

    async def close(self, view: View, *, clears: bool = False) -> Answer | None:
        """Close a modal, or all of the stack; our server hears of it only where the view asks for that."""
        user = view.user
        stack = self.world.views.get(user, [])
        if view in stack:
            del stack[0 if clears else stack.index(view) :]
        if not view.content.get("notify_on_close"):
            return None
        payload = self._interaction("view_closed", user, self._team(user, view.team))
        return await self._sent("interactive", payload | {"view": view.as_object(), "is_cleared": clears}, {})

    async def shortcut(self, user: str, callback_id: str, message: Message | None = None) -> Answer:
        """Use a shortcut on a message, or from the search bar where no message is given."""
        team = self._team(user, message.team if message else "")
        payload = self._interaction("message_action" if message else "shortcut", user, team) | {
            "callback_id": callback_id,
            "trigger_id": self.world.trigger(user, team.id),
            "action_ts": f"{time.time():.6f}",
        }
        if message is not None:
            payload |= {
                "response_url": self.world.hook(message.channel, user, message),
                "message_ts": message.ts,
                "channel": self._named(message.channel),
                "message": message.as_object(),
            }
        return await self._sent("interactive", payload, {})

    async def message(
        self,
        user: str,
        text: str,
        channel: str = "",
        thread: str = "",
        files: Sequence[tuple[str, bytes]] = (),
        **sent: Any,
    ) -> Answer:
        """Write in a channel, or in the direct message with our bot where none is named.

        Source: https://docs.slack.dev/reference/events/message.im

        Parameters
        ----------
        user
            Who writes.
        text
            What is typed.
        channel
            Identifier of the channel; empty for the direct message.
        thread
            The ts of the message under which it is written.
        files
            Name and content of what is attached.
        sent
            As for `event`: event_id, retry, retry_reason.
        """
        message = self._said(user, text, channel, thread, files)
        return await self.event(self.event_of(message), team=self.world.channels[message.channel].team, **sent)

    def event_of(self, message: Message) -> dict[str, Any]:
        """Return the event that tells of a message, as `event` takes it: to tell of it once more, or late."""
        where, person = self.world.channels[message.channel], self.world.users[message.user]
        event = message.as_object() | {
            "channel": message.channel,
            "channel_type": where.kind,
            "event_ts": message.ts,
            "client_msg_id": f"{secrets.token_hex(4)}-{secrets.token_hex(2)}-4{secrets.token_hex(2)[1:]}",
        }
        if message.files:
            event["subtype"] = "file_share"
        parent = self.world.message(message.channel, message.thread_ts) if message.thread_ts else None
        if parent is not None:
            event["parent_user_id"] = parent.user
        if person.team != where.team:
            event |= {"user_team": person.team, "source_team": person.team, "team": person.team}
        return event

    async def mention(self, user: str, text: str, channel: str, thread: str = "", **sent: Any) -> Answer:
        """Call our bot in a channel.

        Source: https://docs.slack.dev/reference/events/app_mention
        """
        team = self.world.teams[self.world.channels[channel].team]
        message = self._said(user, f"<@{team.bot_user}> {text}", channel, thread, ())
        event = self.event_of(message) | {"type": "app_mention"}
        del event["channel_type"]
        return await self.event(event, team=team.id, **sent)

    async def opens_home(self, user: str, tab: Literal["home", "messages"] = "home", **sent: Any) -> Answer:
        """Open our app.

        Source: https://docs.slack.dev/reference/events/app_home_opened
        """
        where = self.world.direct(user)
        event: dict[str, Any] = {"type": "app_home_opened", "user": user, "channel": where.id, "tab": tab}
        event["event_ts"] = f"{time.time():.6f}"
        home = self.world.home(user)
        if tab == "home" and home is not None:
            event["view"] = home.as_object()
        return await self.event(event, team=where.team, **sent)

    async def user_change(self, user: str, **sent: Any) -> Answer:
        """Tell that somebody's account has changed, to what the world says of it now."""
        person = self.world.users[user]
        event = {"type": "user_change", "user": person.as_object(), "cache_ts": int(time.time())}
        return await self.event({**event, "event_ts": f"{time.time():.6f}"}, team=person.team, **sent)

    # How payloads are made.

    def _team(self, user: str, team_id: str = "") -> Team:
        """Return the workspace in which a person acts: a stranger acts in ours."""
        person = self.world.users[user]
        return self.world.teams.get(team_id) or self.world.teams.get(person.team) or self.world.first_team

    def _sees(self, user: str, where: Message | View) -> bool:
        if isinstance(where, View):
            return where.user == user and self.world.view(where.id) is not None
        return where.ephemeral_for in ("", user) and user in self.world.channels[where.channel].members

    def _named(self, channel: str) -> dict[str, str]:
        where = self.world.channels[channel]
        return {"id": channel, "name": "directmessage" if where.with_user else where.name}

    def _interaction(self, kind: str, user: str, team: Team) -> dict[str, Any]:
        person = self.world.users[user]
        return {
            "type": kind,
            "user": {"id": user, "username": person.name, "name": person.name, "team_id": person.team},
            "api_app_id": APP_ID,
            "token": "verification",
            "team": {"id": team.id, "domain": team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _message_of(self, message: Message) -> dict[str, Any]:
        container: dict[str, Any] = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
        container["is_ephemeral"] = bool(message.ephemeral_for)
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = {"container": container, "channel": self._named(message.channel)}
        # Slack keeps no ephemeral message, so none can come with a press.
        return payload if message.ephemeral_for else payload | {"message": message.as_object(with_metadata=True)}

    def _said(self, user: str, text: str, channel: str, thread: str, files: Sequence[tuple[str, bytes]]) -> Message:
        where = self.world.channels[channel] if channel else self.world.direct(user)
        described = [self.world.file(name, content, user=user, team_id=where.team) for name, content in files]
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        bot = self.world.teams[where.team].bot_user
        escaped = escaped.replace(f"&lt;@{bot}&gt;", f"<@{bot}>")
        typed = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        return self.world.post(
            Message(
                channel=where.id,
                ts=self.world.stamp(),
                user=user,
                team=where.team,
                text=escaped,
                blocks=[{"type": "rich_text", "elements": [typed]}] if text else [],
                thread_ts=thread,
                files=described,
            )
        )

    # What Slack does with our answers.

    def _responded(self, user: str, view: View, body: Any) -> None:
        """Do to a modal what the answer to its submission says."""
        said = body if isinstance(body, dict) else {}
        stack = self.world.views.get(user, [])
        self.world.answered(body, view=view.content)
        match said.get("response_action"):
            case "errors":
                view.errors = dict(said["errors"])
            case "update":
                self.world.fill(view, said["view"])
            case "push":
                stack.append(self.world.new_view(user, view.team, said["view"], below=view))
            case "clear":
                stack.clear()
            case _:
                self.world.views[user] = [one for one in stack if one is not view]


def _find(blocks: Iterable[Mapping[str, Any]], wanted: str) -> tuple[Mapping[str, Any], dict[str, Any], Any]:
    """Return the block, the element and, where one was named, the option."""
    candidates = [(block, element) for block in blocks for element in _elements(block)]
    for block, element in candidates:
        if element.get("action_id") == wanted:
            return block, element, None
    for block, element in candidates:
        if wanted in (_label(element.get("text")), _label(element.get("placeholder")), _label(block.get("label"))):
            return block, element, None
        for option in _options(element):
            if wanted in (_label(option.get("text")), option.get("value")):
                return block, element, option
    names = sorted(
        _label(one)
        for _, element in candidates
        for one in (element.get("text"), *(o.get("text") for o in _options(element)))
    )
    raise LookupError(f"nothing to press is called {wanted!r}; there is {names}")


def _label(text: Any) -> str:
    return str(text.get("text", "")) if isinstance(text, Mapping) else ""


def _options(element: Mapping[str, Any]) -> list[Any]:
    """Return what can be chosen in an element."""
    grouped = [option for group in element.get("option_groups") or () for option in group["options"]]
    feedback = [element[name] for name in ("positive_button", "negative_button") if name in element]
    return [*(element.get("options") or ()), *grouped, *feedback]


def _option(element: Mapping[str, Any], wanted: Any) -> Any:
    """Return the option of that value or label."""
    for option in _options(element):
        if wanted == option or wanted in (option.get("value"), _label(option.get("text"))):
            return option
    raise LookupError(f"no option {wanted!r}")


def _several(value: Any) -> list[Any]:
    return [value] if isinstance(value, str | Mapping) else list(value)


def _choice(element: Mapping[str, Any], chosen: Any, value: Any) -> dict[str, Any]:  # noqa: C901 - a case for each kind
    """Return what an action says about what was chosen."""
    given = chosen if chosen is not None else value
    match str(element["type"]):
        case "button":
            return {name: element[name] for name in ("text", "value", "style", "url") if name in element}
        case "icon_button":
            return {name: element[name] for name in ("icon", "text", "value") if name in element}
        case "feedback_buttons":
            button = _option(element, given if given is not None else "")
            return {"text": button["text"], "value": button.get("value")}
        case "checkboxes" | "multi_static_select":
            return {"selected_options": [_option(element, one) for one in _several(given or [])]}
        case "multi_users_select":
            return {"selected_users": _several(given or [])}
        case "multi_conversations_select":
            return {"selected_conversations": _several(given or [])}
        case "users_select":
            return {"selected_user": given}
        case "conversations_select":
            return {"selected_conversation": given}
        case "channels_select":
            return {"selected_channel": given}
        case "datepicker":
            return {"selected_date": given}
        case "static_select" | "radio_buttons" | "overflow":
            return {"selected_option": None if given is None else _option(element, given)}
        case _:
            return {"value": given}


_INITIAL = (
    "initial_value initial_option initial_options initial_user initial_users initial_date initial_conversation".split()
)


def _filled(view: View, values: dict[str, Any], *, even_unanswered: bool) -> dict[str, dict[str, Any]]:
    """Return the state of a view in which somebody has answered."""
    state: dict[str, dict[str, Any]] = {}
    for block in view.blocks:
        for element in _elements(block):
            if element["type"] in ("button", "overflow", "feedback_buttons", "icon_button"):
                continue
            names = (block["block_id"], element["action_id"], _label(block.get("label")))
            name = next((one for one in names if one in values), None)
            earlier = view.state.get(block["block_id"], {}).get(element["action_id"])
            initial = next((element[one] for one in _INITIAL if one in element), None)
            said = _choice(element, None, initial) if earlier is None else earlier
            if name is not None:
                said = _choice(element, None, values.pop(name))
            is_empty = all(not one for key, one in said.items() if key != "type")
            if block["type"] == "input" and not block.get("optional") and is_empty and not even_unanswered:
                raise LookupError(f"{names} must be filled")
            state.setdefault(block["block_id"], {})[element["action_id"]] = {"type": element["type"], **said}
    if values:
        raise LookupError(f"no such fields: {sorted(values)}")
    return state
