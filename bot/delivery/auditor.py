"""Watches over the delivery: finds what has no next step, gives it one where it can, and says so where it cannot."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import structlog
from prometheus_client import CollectorRegistry, Gauge

from bot.delivery.looking import Looker
from handlers.context import HandlerContext
from handlers.outcome import Outcome
from knowledge.clock import Clock
from knowledge.delivery import Backlog
from knowledge.district import District, NoGuidelineInForceError
from knowledge.store.unit import Database

COUNT_SECONDS = 15.0
"""How often what waits is counted, for `/metrics`."""

AUDIT_SECONDS = 600.0
"""How often everything is gone through. Source: rule 10 of docs/reliability.md."""

OVERDUE_AFTER = timedelta(minutes=10)
"""How long a message may be under way; longer, somebody should look into it."""

log = structlog.get_logger()


class Auditor:
    """Counts what waits, and looks for what waits for nothing."""

    def __init__(
        self,
        *,
        database: Database,
        districts: Callable[[], Mapping[str, District]],
        looker: Looker,
        clock: Clock,
        registry: CollectorRegistry | None = None,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """Put an auditor together.

        Parameters
        ----------
        districts
            By district id; there may be more at the next call.
        registry
            Where the figures are shown; they are the database's, whichever process sends.
        wake
            Called after something was given a next step.
        """
        self._database = database
        self._districts = districts
        self._looker = looker
        self._clock = clock
        self._wake = wake
        self._gauges = {
            name: Gauge(f"postwise_delivery_{name}", words, registry=registry)
            for name, words in (
                ("pending", "Messages that are not out yet, and reminders whose moment has come."),
                ("oldest_seconds", "How long the oldest of them has waited."),
                ("overdue", "Messages and reminders that have waited for more than ten minutes."),
                ("scheduled", "Reminders whose moment is still to come."),
                ("sent", "Messages that went out in the last seven days."),
                ("failed", "Messages that a platform refused for good in the last seven days."),
                ("unanswered", "Events that were acknowledged, not answered, and that no server is at work on."),
                (
                    "without_next_step",
                    "Open filings and cases that no reminder would ever bring up again, at the last audit.",
                ),
            )
        }

    async def run(self, *, audits: bool = True) -> None:
        """Count, and audit, until cancelled.

        Parameters
        ----------
        audits
            False for a process that leaves the delivery to others: it only shows the figures.
        """
        # The first audit comes after the first messages: what a crash left should go out before it is counted.
        until_audit = COUNT_SECONDS
        while True:
            try:
                if audits and until_audit <= 0:
                    await self.audit()
                    until_audit = AUDIT_SECONDS
                else:
                    await self.count()
            except Exception as error:  # noqa: BLE001 - a database away for a minute must not end the watch
                log.error("audit failed", kind=type(error).__name__)  # noqa: TRY400
            await asyncio.sleep(COUNT_SECONDS)
            until_audit -= COUNT_SECONDS

    async def count(self) -> Backlog:
        """Count what waits, and show it."""
        async with self._database.reading() as unit:
            backlog = await unit.backlog.count(at=self._clock.now(), overdue_after=OVERDUE_AFTER)
        for name in ("pending", "oldest_seconds", "overdue", "scheduled", "sent", "failed", "unanswered"):
            self._gauges[name].set(getattr(backlog, name))
        return backlog

    async def audit(self) -> int:
        """Go through everything that waits, and give a next step to what has none.

        Returns
        -------
        int
            How many open filings and cases are still without one.
        """
        backlog = await self.count()
        if backlog.overdue or backlog.unanswered:
            log.error(
                "delivery is behind",
                overdue=backlog.overdue,
                unanswered=backlog.unanswered,
                oldest_seconds=round(backlog.oldest_seconds),
            )
        # Late: delivery alone starts in a tenth of a second, and the handlers take longer than that to import.
        from handlers.routing import AUDITS

        left = 0
        for district_id in self._districts():
            for handler in AUDITS:
                await self._mend(district_id, handler)
            async with self._database.reading() as unit:
                left += len(await unit.filings.without_next_step(district_id=district_id))
                left += len(await unit.cases.without_next_step(district_id=district_id))
        self._gauges["without_next_step"].set(left)
        if left:
            log.error("something is without a next step", number=left)
        self._wake()
        return left

    async def _mend(self, district_id: str, handler: Callable[[HandlerContext], Awaitable[Outcome]]) -> None:
        try:
            await self._looker.mend(district_id, handler)
        except NoGuidelineInForceError:
            return  # nothing can be filed there yet
        except Exception as error:  # noqa: BLE001 - one district's trouble must not keep the others unwatched
            log.error("audit failed", district=district_id, kind=type(error).__name__)  # noqa: TRY400
