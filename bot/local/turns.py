"""The turns that pages wait for: taken as far as the acknowledgement, answered behind it, counted while under way."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary

import structlog
from aiohttp import web

from bot.local.conversations import PLATFORM
from bot.local.feed import Feed
from handlers.incoming import Incoming
from handlers.outcome import Outcome

MAX_TURNS_AT_ONCE = 20
"""Most messages of one conversation that may wait for their answer."""

DRAIN_SECONDS = 10.0
"""How long a stop waits for the answers that are under way."""

_log = structlog.get_logger(__name__)


class Kept(Protocol):
    """An event that was kept and is still to be answered."""

    @property
    def incoming(self) -> Incoming:
        """What arrived."""
        ...


AnyKept = TypeVar("AnyKept", bound=Kept)


class TurnTaker(Protocol[AnyKept]):
    """Takes incoming events through everything they cause; what is promised comes through a sender."""

    async def accept(self, incoming: Incoming) -> AnyKept | Outcome:
        """Take an event as far as its acknowledgement must wait for it."""
        ...

    async def answer(self, accepted: AnyKept, /) -> Outcome:
        """Answer an event that was kept."""
        ...


class PageTurns:
    """The turns of every page of this process."""

    def __init__(self, *, turns: TurnTaker[Any], feed: Feed) -> None:
        self._turns = turns
        self._feed = feed
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: Counter[str] = Counter()
        self._arrival: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._order: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def under_way(self, address: str) -> int:
        """Return at how many things said in a conversation Postwise is at work."""
        return self._under_way[address]

    async def take(self, incoming: Incoming) -> Outcome | None:
        """Take an event as far as its acknowledgement; what remains to be done is done behind.

        Returns
        -------
        Outcome | None
            What it has caused; None where that is still being found out.

        Raises
        ------
        web.HTTPServiceUnavailable
            Raised if the server is stopping.
        web.HTTPTooManyRequests
            Raised if too much of this conversation waits already.
        """
        address = incoming.conversation.address
        if self._feed.is_closed:
            raise web.HTTPServiceUnavailable(text="Postwise is stopping.", headers={"Retry-After": "5"})
        if self._under_way[address] >= MAX_TURNS_AT_ONCE:
            raise web.HTTPTooManyRequests(text="Wait for the answers first.", headers={"Retry-After": "2"})
        with self._counted(address):
            async with self._arrival.setdefault(address, asyncio.Lock()):  # nothing overtakes what was sent before it
                step = await self._turns.accept(incoming)
                if isinstance(step, Outcome):
                    return step
                task = asyncio.create_task(self._answer(step))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        return None

    async def drain(self) -> None:
        """Let the answers under way be found, as long as that takes no longer than a stop may."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=DRAIN_SECONDS)
        for task in self._tasks:
            task.cancel()  # another server answers it, or this one when it is started again
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _answer(self, accepted: Kept) -> None:
        address = accepted.incoming.conversation.address
        lock = self._order.setdefault(address, asyncio.Lock())
        with self._counted(address):
            async with lock:  # answers come in the order of the questions
                try:
                    await self._turns.answer(accepted)
                except Exception as error:  # noqa: BLE001 - it was kept, and is answered later
                    # The error's own words are left out: they may hold what the person typed.
                    _log.error("turn_failed", platform=PLATFORM, error=type(error).__name__)

    @contextmanager
    def _counted(self, address: str) -> Iterator[None]:
        """Let the pages see that Postwise is at work."""
        self._under_way[address] += 1
        self._feed.ring()
        try:
            yield
        finally:
            self._under_way[address] -= 1
            if not self._under_way[address]:
                del self._under_way[address]
            self._feed.ring()
