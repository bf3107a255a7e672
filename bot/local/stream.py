"""The stream by which a page follows its conversations: server-sent events, resumed after a lost connection.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from aiohttp import web

from bot.delivery.payload import reply_of
from bot.local.feed import Feed
from bot.local.render import Renderer
from bot.local.sender import message_name
from knowledge.store.local_messages import LocalMessage
from knowledge.store.unit import Database

HEARTBEAT_SECONDS = 15.0
"""A line is written this often even if nothing is said, so that both sides notice a dead connection."""

RETRY_MILLISECONDS = 1000
"""How long a browser waits before it connects anew."""

MOST_MESSAGES = 200
"""Most messages of one conversation that a page is given at once; of more, the newest."""

_log = structlog.get_logger(__name__)


class Stream:
    """Writes what is said in some conversations of one district until the page goes away or the server stops."""

    def __init__(
        self,
        *,
        feed: Feed,
        database: Database,
        renderer: Renderer,
        epoch: str,
        district_id: str,
        logs: Mapping[str, str],
        under_way: Callable[[str], int],
    ) -> None:
        """Say what is followed.

        Parameters
        ----------
        epoch
            Tells this database from every other one, so that a page sees when its position no longer counts.
        logs
            By address, what the page calls that conversation.
        under_way
            Returns how many turns of an address are under way.
        """
        self._feed = feed
        self._database = database
        self._renderer = renderer
        self._epoch = epoch
        self._district_id = district_id
        self._logs = logs
        self._under_way = under_way

    async def follow(self, request: web.Request, *, kept_since: datetime) -> web.StreamResponse:
        """Answer the request of a page.

        Parameters
        ----------
        kept_since
            What was said to one person before this moment is no longer there.
        """
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        await response.prepare(request)
        hello = {"epoch": self._epoch, "keptSince": kept_since.isoformat()}
        try:
            await response.write(f"retry: {RETRY_MILLISECONDS}\n{_event('hello', hello)}".encode())
            await self._write_news(response, self._position(request))
        except ConnectionError:
            pass  # the page is gone; it comes back with its position
        except Exception as error:  # noqa: BLE001 - the headers are sent: all that is left is to end, and the page comes back
            _log.error("stream_ended", error=type(error).__name__)
        return response

    async def _write_news(self, response: web.StreamResponse, position: int) -> None:
        async with self._feed.listening() as bell:
            told: dict[str, int] | None = None
            while not self._feed.is_closed:
                bell.clear()
                # Counted before the messages are read: a turn is never said to be over before its answer is there.
                working = {log: self._under_way(address) for address, log in self._logs.items()}
                async with self._database.reading() as unit:
                    messages, left_out = await unit.local_messages.since(
                        district_id=self._district_id,
                        addresses=tuple(self._logs),
                        number=position,
                        most_of_each=MOST_MESSAGES,
                    )
                for address in left_out:
                    await response.write(_event("gap", {"log": self._logs[address]}).encode())
                for message in messages:
                    await response.write(self._said(message))
                    position = message.number
                if working != told:
                    told = working
                    await response.write(_event("working", working).encode())
                await _wait(bell, response)

    def _said(self, message: LocalMessage) -> bytes:
        """Draw a message; nothing where a later version said what this one cannot read."""
        try:
            reply = reply_of(message.payload)
        except (LookupError, TypeError, ValueError) as error:
            _log.warning("message_not_readable", number=message.number, error=type(error).__name__)
            return b""
        name = message_name(self._epoch, message.position)
        data = {
            "log": self._logs[message.address],
            "message": name,
            "thread": "" if message.thread_position is None else message_name(self._epoch, message.thread_position),
            "position": message.position,
            "at": message.said_at.isoformat(),
            "changedAt": message.changed_at.isoformat(),
            "html": self._renderer.message(reply, district_id=self._district_id, message=name),
        }
        return f"id: {self._epoch}-{message.number}\n{_event('said', data)}".encode()

    def _position(self, request: web.Request) -> int:
        """Return the number of the last change that the page has seen, 0 where it has seen none of this database.

        The browser itself sends ``Last-Event-ID`` when it connects anew; the script sends ``after`` where it does.
        """
        position = request.headers.get("Last-Event-ID") or request.query.get("after", "")
        epoch, _, number = position.partition("-")
        if epoch != self._epoch or not (number.isascii() and number.isdigit()) or len(number) > 18:
            return 0
        return int(number)


async def _wait(bell: asyncio.Event, response: web.StreamResponse) -> None:
    """Wait until there may be something new; write a comment line while there is not."""
    while True:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await bell.wait()
        except TimeoutError:
            await response.write(b": still here\n\n")
        else:
            return


def _event(name: str, data: Mapping[str, object]) -> str:
    """Put an event into the form of the wire."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
