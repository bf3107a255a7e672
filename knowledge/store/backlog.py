"""How much waits to go out or to be answered: for those who watch over the delivery."""

from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.delivery import Backlog, EntryKind, EntryState
from knowledge.store.moments import moment
from knowledge.store.tables import inbox, outbox

_IS_PENDING = outbox.c.state == EntryState.PENDING.value
_IS_REMINDER = outbox.c.kind == EntryKind.REMINDER.value


class BacklogStore:
    """Counts over every district. Reads only."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def count(self, *, at: datetime, overdue_after: timedelta, held: float | None = None) -> Backlog:
        """Count what waits, and what became of the rest.

        Parameters
        ----------
        at
            The present moment by the clock that stamps the entries.
        overdue_after
            How long a message may be under way before somebody should look into it.
        """
        now = moment(self._connection, held)
        is_message = and_(_IS_PENDING, ~_IS_REMINDER)
        is_due_reminder = and_(_IS_PENDING, _IS_REMINDER, outbox.c.due <= now)
        is_overdue = or_(
            and_(is_message, outbox.c.created_at < at - overdue_after),
            and_(is_due_reminder, outbox.c.due < now - overdue_after.total_seconds()),
        )
        row = (
            await self._connection.execute(
                select(
                    func.count().filter(or_(is_message, is_due_reminder)).label("pending"),
                    func.count().filter(is_overdue).label("overdue"),
                    func.count().filter(and_(_IS_PENDING, _IS_REMINDER, outbox.c.due > now)).label("scheduled"),
                    func.count().filter(and_(~_IS_REMINDER, outbox.c.state == EntryState.SENT.value)).label("sent"),
                    func.count().filter(outbox.c.state == EntryState.FAILED.value).label("failed"),
                    func.min(outbox.c.created_at).filter(is_message).label("oldest_message"),
                    (now - func.min(outbox.c.due).filter(is_due_reminder)).label("oldest_reminder_seconds"),
                )
            )
        ).one()
        message_age = at - row.oldest_message if row.oldest_message else timedelta()
        unanswered = await self._connection.scalar(
            select(func.count()).where(inbox.c.state == "accepted", inbox.c.lease_until < now)
        )
        return Backlog(
            pending=row.pending,
            oldest_seconds=max(message_age.total_seconds(), float(row.oldest_reminder_seconds or 0), 0.0),
            overdue=row.overdue,
            scheduled=row.scheduled,
            sent=row.sent,
            failed=row.failed,
            unanswered=int(unanswered or 0),
        )
