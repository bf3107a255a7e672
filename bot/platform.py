"""What a platform beside the local page is to the server, and how its turns are done behind an acknowledgement."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol
from weakref import WeakValueDictionary

import structlog
from aiohttp import web

DRAIN_SECONDS = 10.0
"""How long a stop waits for what is under way."""

MOST_AT_ONCE = 40
"""Most questions that are under way at once; a flood waits its turn, in the order in which it came. Our own figure."""

MOST_OF_ONE = 4
"""Most of them that are one person's: nobody's flood keeps the others waiting. Our own figure."""

log = structlog.get_logger()


class Platform(Protocol):
    """One chat platform: takes its events. Its messages go out through its `bot.delivery.sender.Sender`."""

    @property
    def name(self) -> str:
        """Name of the platform in conversation references and persons."""
        ...

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the routes under which the platform sends."""
        ...

    async def run(self) -> None:
        """Do what is to be done beside the server, until cancelled."""
        ...

    async def unready(self) -> tuple[str, ...]:
        """Name what keeps the platform from working just now; empty where nothing does."""
        ...

    async def drain(self) -> None:
        """Let what is under way come to its end, as long as a stop may wait."""
        ...


class Behind:
    """Work that goes on after its event was acknowledged. What a stop cuts off was kept, and is taken up again."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)
        self._own: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[None]] = set()
        """The loop itself holds a task only weakly."""

    def begin(self, work: Coroutine[Any, Any, object], *, platform: str, whose: str = "") -> None:
        """Begin some work; what goes wrong in it is logged by its kind alone.

        Parameters
        ----------
        whose
            Whose question it is: it waits behind their others, and behind those of everybody. Empty for what somebody looks
            at just now and what waits for nothing, like a form that opens.
        """
        task = asyncio.create_task(self._done(self._in_turn(work, whose) if whose else work, platform))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())  # one that never got its turn

    async def drain(self) -> None:
        """Wait for what is under way, then cut it off."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=DRAIN_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _in_turn(self, work: Coroutine[Any, Any, object], whose: str) -> None:
        own = self._own.setdefault(whose, asyncio.Semaphore(MOST_OF_ONE))
        async with own, self._slots:
            await work

    @staticmethod
    async def _done(work: Coroutine[Any, Any, object], platform: str) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - the error's own words may hold what the person typed
            log.error("work behind an event failed", platform=platform, error=type(error).__name__)  # noqa: TRY400
