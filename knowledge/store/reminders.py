"""What is to be looked at again later, as rows of the outbox."""

import math
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.delivery import SHORT_WAIT_SECONDS, DueReminder, EntryKind, EntryState, NearReminder
from knowledge.store.moments import moment
from knowledge.store.tables import outbox

_IS_PENDING = and_(outbox.c.kind == EntryKind.REMINDER.value, outbox.c.state == EntryState.PENDING.value)


class ReminderStore:
    """Reminders of every district; `OutboxStore.add` writes them beside the messages."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def cancel(self, *, district_id: str, subjects: Iterable[str], at: datetime) -> int:
        """Cancel the reminders of some subjects that have not been looked at yet.

        Returns
        -------
        int
            How many were cancelled.
        """
        changed = await self._connection.execute(
            update(outbox)
            .where(outbox.c.district_id == district_id, outbox.c.subject.in_(sorted(subjects)), _IS_PENDING)
            .values(state=EntryState.CANCELLED.value, payload=None, finished_at=at)
        )
        return changed.rowcount

    async def near(self, *, most: int, held: float | None = None) -> list[NearReminder]:
        """Return the reminders whose moment has come by the database's clock, and all that wait only a short while.

        The earliest come first.
        """
        now = moment(self._connection, held)
        rows = await self._connection.execute(
            select(
                outbox.c.district_id,
                outbox.c.id,
                outbox.c.attempts,
                outbox.c.due,
                outbox.c.wait_seconds,
                (outbox.c.due - now).label("seconds_left"),
            )
            .where(_IS_PENDING, or_(outbox.c.due <= now, outbox.c.wait_seconds <= SHORT_WAIT_SECONDS))
            .order_by(outbox.c.due)
            .limit(most)
        )
        return [
            NearReminder(
                district_id=row.district_id,
                id=row.id,
                attempts=row.attempts,
                due=row.due,
                seconds_left=float(row.seconds_left),
                wait_seconds=math.inf if row.wait_seconds is None else row.wait_seconds,
            )
            for row in rows
        ]

    async def take(self, *, district_id: str, reminder_id: str, at: datetime) -> DueReminder | None:
        """Finish a reminder in the transaction that does what it asks for; None where another has it, or it is off.

        Whether its moment has come was judged before: not always by the clock of the database.
        """
        this = and_(outbox.c.district_id == district_id, outbox.c.id == reminder_id)
        row = (
            await self._connection.execute(
                select(outbox.c.payload, outbox.c.due).where(this, _IS_PENDING).with_for_update(skip_locked=True)
            )
        ).one_or_none()
        if row is None:
            return None
        await self._connection.execute(
            update(outbox).where(this).values(state=EntryState.SENT.value, payload=None, finished_at=at)
        )
        return DueReminder(district_id=district_id, id=reminder_id, payload=row.payload, due=row.due)

    async def put_off(
        self, *, district_id: str, reminder_id: str, seconds: float, error: str, held: float | None = None
    ) -> None:
        """Look at a reminder again later: what it asks for could not be done now."""
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.district_id == district_id, outbox.c.id == reminder_id, _IS_PENDING)
            .values(
                due=moment(self._connection, held) + seconds,
                attempts=outbox.c.attempts + 1,
                last_error=error[:100],
            )
        )
