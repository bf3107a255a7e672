"""A Slack Web API of our own that misbehaves: by a script, or by chance. Runs inside a test, or as a process of its own.

It knows what the real one never tells: whether a call that failed took effect all the same.
"""

import argparse
import asyncio
import itertools
import json
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web

LATE_SECONDS = 0.8
"""How long after its connection was reset a late message still lands, at most."""


class Fault(StrEnum):
    """What may happen to a call that writes."""

    LIMITED = "429"
    """Refused, with a Retry-After."""

    FAILED_BEFORE = "500 before applying"
    FAILED_AFTER = "500 after applying"
    SILENT_AFTER = "no answer after applying"
    RESET_BEFORE = "reset before applying"
    RESET_AFTER = "reset after applying"
    LATE = "reset, and applied later"
    GARBAGE = "applied, and answered with what nobody can read"


@dataclass
class Message:
    """A message as it stands in a channel."""

    channel: str
    ts: str
    key: str
    text: str
    edits: int = 0
    thread: str = ""
    """The message under which it stands; empty where it stands for itself."""


@dataclass
class FakeSlack:
    """Channels, messages and faults."""

    chance: float = 0.0
    """Share of writing calls that are met by a fault."""

    history_chance: float = 0.0
    late_seconds: float = LATE_SECONDS
    silent_seconds: float = 3.0
    """How long a call without an answer is left hanging; longer than the caller waits."""

    retry_after: str = "1"
    seed: int = 0
    script: dict[str, deque[Fault]] = field(default_factory=dict)
    """By method and channel ("chat.postMessage C0"), the faults of the next calls, before chance has its say."""

    messages: list[Message] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    """By method, the error that every call of it is refused with."""

    keeps_client_ids: bool = False
    """True for a Slack that knows a repeated client_msg_id."""

    _counter: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def application(self) -> web.Application:
        """Return the Web API, and two routes for the harness."""
        application = web.Application()
        application.add_routes(
            [
                web.post("/api/chat.postMessage", self._write("chat.postMessage", self._post)),
                web.post("/api/chat.update", self._write("chat.update", self._update)),
                web.route("*", "/api/conversations.history", self._history),
                web.route("*", "/api/conversations.replies", self._replies),
                web.post("/api/conversations.open", self._open),
                web.get("/inspect", self._inspect),
                web.post("/plan", self._plan),
            ]
        )
        return application

    def posted(self, channel: str | None = None) -> list[Message]:
        """Return what stands in a channel, or in all of them."""
        return [message for message in self.messages if channel in (None, message.channel)]

    def plan(self, method: str, channel: str, *faults: Fault) -> None:
        """Say how the next calls of a method on a channel fail."""
        self.script[f"{method} {channel}"] = deque(faults)

    def _next_fault(self, method: str, channel: str) -> Fault | None:
        planned = self.script.get(f"{method} {channel}")
        if planned:
            return planned.popleft()
        return self._random.choice(list(Fault)) if self._random.random() < self.chance else None

    def _write(  # noqa: C901 - as below
        self, method: str, apply: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Make the route of a method that writes."""

        async def route(request: web.Request) -> web.StreamResponse:  # noqa: C901 - one case for each fault
            self.calls.append(method)
            body = await _body(request)
            if method in self.errors:
                return web.json_response({"ok": False, "error": self.errors[method]})
            fault = self._next_fault(method, body["channel"])
            match fault:
                case None:
                    return web.json_response(apply(body))
                case Fault.LIMITED:
                    return web.json_response(
                        {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": self.retry_after}
                    )
                case Fault.FAILED_BEFORE:
                    return web.Response(status=500, text="broken")
                case Fault.FAILED_AFTER:
                    apply(body)
                    return web.json_response({"ok": False, "error": "fatal_error"}, status=500)
                case Fault.SILENT_AFTER:
                    apply(body)
                    await asyncio.sleep(self.silent_seconds)
                case Fault.RESET_AFTER:
                    apply(body)
                case Fault.LATE:
                    task = asyncio.create_task(self._apply_later(apply, body))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
                case Fault.GARBAGE:
                    apply(body)
                    return web.Response(text="<html>a proxy of somebody's</html>", content_type="text/html")
                case Fault.RESET_BEFORE:
                    pass
            if request.transport is not None:  # the caller may have gone away by itself
                request.transport.abort()
            return web.Response()

        return route

    async def _apply_later(self, apply: Callable[[dict[str, Any]], dict[str, Any]], body: dict[str, Any]) -> None:
        await asyncio.sleep(self._random.uniform(0.0, self.late_seconds))
        apply(body)

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        key = body["metadata"]["event_payload"]["key"]
        if self.keeps_client_ids and any(message.key == body.get("client_msg_id") for message in self.messages):
            return {"ok": False, "error": "duplicate_message_not_found"}
        number = next(self._counter)
        message = Message(
            channel=body["channel"],
            ts=f"{1700000000 + number}.000100",
            key=key,
            text=body["text"],
            thread=str(body.get("thread_ts") or ""),
        )
        self.messages.append(message)
        return {"ok": True, "channel": message.channel, "ts": message.ts}

    def _update(self, body: dict[str, Any]) -> dict[str, Any]:
        for message in self.messages:
            if (message.channel, message.ts) == (body["channel"], body["ts"]):
                message.text = body["text"]
                message.edits += 1
                return {"ok": True, "channel": message.channel, "ts": message.ts}
        return {"ok": False, "error": "message_not_found"}

    async def _history(self, request: web.Request) -> web.StreamResponse:
        """Answer as Slack does: the newest first, and without what was said in threads."""
        return await self._listed(
            "conversations.history",
            request,
            lambda body: [
                message
                for message in reversed(self.messages)
                if message.channel == body["channel"] and not message.thread
            ],
        )

    async def _replies(self, request: web.Request) -> web.StreamResponse:
        """Answer as Slack does: the message itself and what was said under it, the oldest first."""
        return await self._listed(
            "conversations.replies",
            request,
            lambda body: [
                message
                for message in self.messages
                if message.channel == body["channel"] and body["ts"] in (message.ts, message.thread)
            ],
        )

    async def _listed(
        self, method: str, request: web.Request, found_in: Callable[[dict[str, Any]], list[Message]]
    ) -> web.StreamResponse:
        self.calls.append(method)
        body = await _body(request)
        if method in self.errors:
            return web.json_response({"ok": False, "error": self.errors[method]})
        if self._random.random() < self.history_chance:
            return web.Response(status=500, text="broken")
        found = found_in(body)
        first = int(body.get("cursor") or 0)
        page = found[first : first + int(body["limit"])]
        has_more = first + len(page) < len(found)
        return web.json_response(
            {
                "ok": True,
                "messages": [
                    {
                        "ts": message.ts,
                        "text": message.text,
                        "metadata": {"event_type": "postwise_delivery", "event_payload": {"key": message.key}},
                    }
                    for message in page
                ],
                "has_more": has_more,
                "response_metadata": {"next_cursor": str(first + len(page)) if has_more else ""},
            }
        )

    async def _open(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        return web.json_response({"ok": True, "channel": {"id": "D" + body["users"][1:]}})

    async def _plan(self, request: web.Request) -> web.StreamResponse:
        for plan in await request.json():
            self.plan(plan["method"], plan["channel"], *map(Fault, plan["faults"]))
        return web.json_response({"ok": True})

    async def _inspect(self, request: web.Request) -> web.StreamResponse:
        wanted = request.query.get("channels", "").split()
        shown = [vars(message) for message in self.messages if not wanted or message.channel in wanted]
        return web.json_response({"messages": shown, "calls": len(self.calls)})


async def _body(request: web.Request) -> dict[str, Any]:
    """Read a call's arguments, however the library sent them."""
    if request.content_type == "application/json":
        body: dict[str, Any] = await request.json()
        return body
    sent = {**request.query, **await request.post()}
    return {name: json.loads(str(value)) if name in ("metadata", "blocks") else value for name, value in sent.items()}


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--chance", type=float, default=0.3)
    parser.add_argument("--history-chance", type=float, default=0.15)
    parser.add_argument("--late-seconds", type=float, default=LATE_SECONDS)
    parser.add_argument("--silent-seconds", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=0)
    parsed = parser.parse_args()
    fake = FakeSlack(
        chance=parsed.chance,
        history_chance=parsed.history_chance,
        late_seconds=parsed.late_seconds,
        silent_seconds=parsed.silent_seconds,
        seed=parsed.seed,
    )
    web.run_app(fake.application(), host="127.0.0.1", port=parsed.port, print=None, access_log=None)


if __name__ == "__main__":
    main()
