"""The stream by which a page follows its conversation: server-sent events, resumed after a lost connection.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import json
from collections.abc import Mapping

from aiohttp import web

from bot.local.history import Event, Histories, Turns

HEARTBEAT_SECONDS = 15.0
"""A line is written this often even if nothing is said, so that both sides notice a dead connection."""

RETRY_MILLISECONDS = 1000
"""How long a browser waits before it connects anew."""


def read_position(request: web.Request, histories: Histories) -> int:
    """Return the number of the last event that the page has seen, 0 where it has seen none of this epoch.

    The browser itself sends ``Last-Event-ID`` when it connects anew; the script sends ``after`` where it does.
    """
    position = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    epoch, _, number = position.partition("-")
    if epoch != histories.epoch or not (number.isascii() and number.isdigit()) or len(number) > 18:
        return 0
    return int(number)


async def follow(
    request: web.Request, histories: Histories, *, sides: Mapping[str, str], position: int
) -> web.StreamResponse:
    """Write what is said in some conversations until the page goes away or the server stops.

    Parameters
    ----------
    request
        The request of the page.
    histories
        Where it is said.
    sides
        By address, what the page calls that conversation.
    position
        Number of the last event that the page has seen.
    """
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    try:
        hello = json.dumps({"epoch": histories.epoch})
        await response.write(f"retry: {RETRY_MILLISECONDS}\nevent: hello\ndata: {hello}\n\n".encode())
        with histories.listening() as bell:
            told: dict[str, Turns] | None = None
            while not histories.is_closed:
                bell.clear()
                events, has_gap = histories.since(sides, position)
                if has_gap:
                    await response.write(b"event: gap\ndata: {}\n\n")
                for event in events:
                    await response.write(_said(event, sides[event.address], histories.epoch))
                    position = event.number
                turns = {side: histories.turns(address) for address, side in sides.items()}
                if turns != told:
                    told = turns
                    await response.write(f"event: turns\ndata: {_turns(turns)}\n\n".encode())
                await _wait(bell, response)
    except ConnectionError:
        pass  # the page is gone; it comes back with its position
    return response


async def _wait(bell: asyncio.Event, response: web.StreamResponse) -> None:
    """Wait until something is said; write a comment line while nothing is."""
    while True:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await bell.wait()
        except TimeoutError:
            await response.write(b": still here\n\n")
        else:
            return


def _said(event: Event, side: str, epoch: str) -> bytes:
    """Put one event into the form of the wire."""
    data = json.dumps({"side": side, "message": event.message, "at": event.at.isoformat(), "html": event.html})
    return f"id: {epoch}-{event.number}\nevent: said\ndata: {data}\n\n".encode()


def _turns(turns: Mapping[str, Turns]) -> str:
    """Write, by side, what Postwise is at work on and what it has finished."""
    return json.dumps({side: {"underWay": each.under_way, "finished": each.finished} for side, each in turns.items()})
