"""Wakes the pages when something was said, by this process or by another one that delivers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog

from knowledge.store.unit import Database

POLL_SECONDS = 0.5
"""How often a process asks the database whether another one said something, while at least one page is open."""

_log = structlog.get_logger(__name__)


class Feed:
    """The bells of the open pages, and the one look-out for what other processes say."""

    def __init__(self, *, database: Database) -> None:
        self.is_closed = False
        self._database = database
        self._bells: set[asyncio.Event] = set()
        self._watch: asyncio.Task[None] | None = None

    def ring(self) -> None:
        """Wake every page: something was said, or Postwise begins or ends a piece of work."""
        for bell in self._bells:
            bell.set()

    def close(self) -> None:
        """Tell every page that nothing more will be said."""
        self.is_closed = True
        self.ring()

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[asyncio.Event]:
        """Hand out a bell that rings whenever there may be something new."""
        bell = asyncio.Event()
        self._bells.add(bell)
        if self._watch is None:
            self._watch = asyncio.create_task(self._look_out())
        try:
            yield bell
        finally:
            self._bells.discard(bell)
            if not self._bells:
                watch, self._watch = self._watch, None
                watch.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await watch

    async def _look_out(self) -> None:
        """Ring when the database holds something newer; once for all pages, whatever their number."""
        newest = -1  # rings at the first look: something may have been said since the page read
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                async with self._database.reading() as unit:
                    number = await unit.local_messages.newest_number()
            except Exception as error:  # noqa: BLE001 - a database away for a minute must not end the look-out
                _log.warning("look_out_failed", error=type(error).__name__)
                continue
            if number != newest:
                newest = number
                self.ring()
