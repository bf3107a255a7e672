"""What a platform beside the local page is to the server, and how its turns are done behind an acknowledgement."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol

import structlog
from aiohttp import web

DRAIN_SECONDS = 10.0
"""How long a stop waits for what is under way."""

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
        self._tasks: set[asyncio.Task[None]] = set()
        """The loop itself holds a task only weakly."""

    def begin(self, work: Coroutine[Any, Any, object], *, platform: str) -> None:
        """Begin some work; what goes wrong in it is logged by its kind alone."""
        task = asyncio.create_task(self._done(work, platform))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self) -> None:
        """Wait for what is under way, then cut it off."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=DRAIN_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @staticmethod
    async def _done(work: Coroutine[Any, Any, object], platform: str) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - the error's own words may hold what the person typed
            log.error("work behind an event failed", platform=platform, error=type(error).__name__)  # noqa: TRY400
