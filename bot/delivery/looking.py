"""Looks at what is due to be looked at, each in one transaction with everything that comes of it."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.delivery.pace import Pace
from bot.delivery.payload import reminder_of
from bot.delivery.promises import promise
from bot.delivery.steady import Steady
from handlers.context import HandlerContext, Shelf
from knowledge.clock import Clock
from knowledge.conversations import ConversationReference
from knowledge.store.unit import Database, UnitOfWork

if TYPE_CHECKING:
    from handlers.outcome import Outcome

MOST_AT_ONCE = 20
"""Most reminders that are looked at before messages get their turn again."""

MOST_LOOKED_AHEAD = 2000
"""Most reminders that are watched at once, those first whose moment comes first."""

log = structlog.get_logger()


class Shelves(Protocol):
    """Gives each district its published guidelines."""

    async def shelf(self, district_id: str) -> Shelf:
        """Return a district's guidelines."""
        ...


class Looker:
    """Runs the handlers of reminders and of the audit."""

    def __init__(
        self,
        *,
        database: Database,
        shelves: Shelves,
        clock: Clock,
        channel_of: Callable[[str], ConversationReference],
        pace: Pace | None = None,
        held: Callable[[], float | None] = lambda: None,
        steady: Steady | None = None,
    ) -> None:
        """Put the parts together; they are those of `Turns` and of `Worker`."""
        self._steady = steady or Steady()
        self._database = database
        self._shelves = shelves
        self._clock = clock
        self._channel_of = channel_of
        self._pace = pace or Pace()
        self._held = held

    async def look(self) -> int:
        """Look at the reminders that are due.

        Returns
        -------
        int
            How many were looked at; those that failed are put off and do not count.
        """
        async with self._database.reading() as unit:
            near = await unit.reminders.near(most=MOST_LOOKED_AHEAD, held=self._held())
        looked_at = 0
        for reminder in self._steady.ready(near)[:MOST_AT_ONCE]:
            district_id, reminder_id, attempts = reminder.district_id, reminder.id, reminder.attempts
            try:
                looked_at += await self._look_at(district_id, reminder_id)
            except Exception as error:  # noqa: BLE001 - one that fails must not keep the others waiting
                kind = type(error).__name__
                log.error("reminder failed", district=district_id, entry=reminder_id, kind=kind)  # noqa: TRY400
                async with self._database.unit() as unit:
                    await unit.reminders.put_off(
                        district_id=district_id,
                        reminder_id=reminder_id,
                        seconds=self._pace.wait_before(attempts + 1),
                        error=kind,
                        held=self._held(),
                    )
        return looked_at

    async def mend(self, district_id: str, handler: Callable[[HandlerContext], Awaitable[Outcome]]) -> None:
        """Run a handler that gives a next step to what has none."""
        shelf = await self._shelves.shelf(district_id)
        async with self._database.unit() as unit:
            await unit.filings.hold(district_id)
            outcome = await handler(self._context(shelf, unit))
            await self._promise(outcome, unit, district_id, cause=f"audit/{uuid.uuid4()}")

    async def _look_at(self, district_id: str, reminder_id: str) -> bool:
        """Look at one reminder, unless another worker does or it was cancelled meanwhile."""
        # Late: delivery alone starts in a tenth of a second, and most of its time no reminder is due.
        from handlers.routing import remind

        shelf = await self._shelves.shelf(district_id)
        async with self._database.unit() as unit:
            # As in a turn: the district's lock comes before any row, or two transactions could wait for each other.
            await unit.filings.hold(district_id)
            taken = await unit.reminders.take(district_id=district_id, reminder_id=reminder_id, at=self._clock.now())
            if taken is None:
                return False
            reminder = reminder_of(taken.payload, due_at=datetime.fromtimestamp(taken.due, UTC))
            outcome = await remind(reminder, self._context(shelf, unit))
            await self._promise(outcome, unit, district_id, cause=reminder_id)
        return True

    async def _promise(self, outcome: Outcome, unit: UnitOfWork, district_id: str, *, cause: str) -> None:
        await promise(
            outcome,
            unit=unit,
            district_id=district_id,
            cause=cause,
            channel=self._channel_of(district_id),
            at=self._clock.now(),
        )

    def _context(self, shelf: Shelf, unit: UnitOfWork) -> HandlerContext:
        return HandlerContext(
            shelf=shelf,
            unit=unit,
            clock=self._clock,
            conversation_key="",
            channel=self._channel_of(shelf.district.id),
        )
