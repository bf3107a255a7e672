"""Events that have arrived, each once, as rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.delivery import AcceptedEvent, LeaseLostError
from knowledge.store.inserting import insert_on
from knowledge.store.moments import moment
from knowledge.store.tables import inbox

_ACCEPTED, _DONE = "accepted", "done"


class InboxStore:
    """Events of every district; the same event delivered twice is the same row."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def done(self, *, district_id: str, event_key: str, at: datetime) -> bool:
        """Note an event that this transaction does whole.

        Returns
        -------
        bool
            False where it has arrived before: nothing is left to do.
        """
        return await self._insert(
            district_id=district_id,
            event_key=event_key,
            received_at=at,
            state=_DONE,
            attempts=1,
            finished_at=at,
        )

    async def accept(
        self,
        *,
        district_id: str,
        event_key: str,
        at: datetime,
        payload: Mapping[str, Any],
        token: str,
        lease_seconds: float,
    ) -> bool:
        """Keep an event that is answered later, leased to whoever accepts it.

        Parameters
        ----------
        payload
            The event, personal data masked.

        Returns
        -------
        bool
            False where it has arrived before.
        """
        return await self._insert(
            district_id=district_id,
            event_key=event_key,
            received_at=at,
            state=_ACCEPTED,
            payload=dict(payload),
            attempts=1,
            lease_token=token,
            lease_until=moment(self._connection) + lease_seconds,
        )

    async def finish(self, *, district_id: str, event_key: str, token: str, at: datetime) -> None:
        """Note that an event is answered, and forget what it said.

        Raises
        ------
        LeaseLostError
            Raised if somebody else has taken it over meanwhile.
        """
        changed = await self._connection.execute(
            update(inbox)
            .where(
                inbox.c.district_id == district_id,
                inbox.c.event_key == event_key,
                inbox.c.state == _ACCEPTED,
                inbox.c.lease_token == token,
            )
            .values(state=_DONE, payload=None, lease_token=None, lease_until=None, finished_at=at)
        )
        if changed.rowcount == 0:
            raise LeaseLostError

    async def take_over(self, *, most: int, token: str, lease_seconds: float) -> list[AcceptedEvent]:
        """Lease accepted events whose lease has run out: whoever had them is gone."""
        now = moment(self._connection)
        rows = (
            await self._connection.execute(
                select(inbox)
                .where(inbox.c.state == _ACCEPTED, self._is_left(now, lease_seconds))
                .order_by(inbox.c.received_at)
                .limit(most)
                .with_for_update(skip_locked=True)
            )
        ).all()
        if rows:
            await self._connection.execute(
                update(inbox)
                .where(
                    tuple_(inbox.c.district_id, inbox.c.event_key).in_(
                        [(row.district_id, row.event_key) for row in rows]
                    )
                )
                .values(lease_token=token, lease_until=now + lease_seconds, attempts=inbox.c.attempts + 1)
            )
        return [
            AcceptedEvent(
                district_id=row.district_id,
                event_key=row.event_key,
                payload=row.payload,
                attempts=row.attempts,
                token=token,
            )
            for row in rows
        ]

    async def withdraw(self, *, district_id: str, event_key: str) -> None:
        """Forget an event that came to nothing, so that it may be sent again."""
        await self._connection.execute(
            delete(inbox).where(inbox.c.district_id == district_id, inbox.c.event_key == event_key)
        )

    async def has_left(self, *, lease_seconds: float) -> bool:
        """Tell whether there is anything for `take_over`."""
        now = moment(self._connection)
        found = select(inbox.c.event_key).where(inbox.c.state == _ACCEPTED, self._is_left(now, lease_seconds)).limit(1)
        return await self._connection.scalar(found) is not None

    async def forget_before(self, *, before: datetime) -> int:
        """Delete events that were done before a moment: their platform will not send them again."""
        forgotten = await self._connection.execute(
            delete(inbox).where(inbox.c.state == _DONE, inbox.c.finished_at < before)
        )
        return forgotten.rowcount

    @staticmethod
    def _is_left(now: Any, lease_seconds: float) -> Any:
        """Say of a row that its lease has run out, or reaches further than any lease: the clock was set back."""
        return or_(inbox.c.lease_until < now, inbox.c.lease_until > now + 2 * lease_seconds)

    async def _insert(self, **values: Any) -> bool:
        inserted = await self._connection.execute(
            insert_on(self._connection, inbox).values(**values).on_conflict_do_nothing()
        )
        return inserted.rowcount > 0
