"""The append-only history of filings and accounts, as rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.people import Person
from knowledge.registry import Change
from knowledge.store.signatures import signature, signer
from knowledge.store.tables import changes


class HistoryStore:
    """Who changed what, when, in every district; each call names the one it is about."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def write(
        self,
        *,
        district_id: str,
        at: datetime,
        who: Person,
        what: str,
        subject: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a line; the database refuses to change or delete one.

        Parameters
        ----------
        what
            A few words that never change their meaning ("approved", "administrator accepted").
        subject
            ``filing/12`` or ``account/3``.
        before, after
            What it was and what it is now, as JSON values; None where there is nothing to compare.
        """
        await self._connection.execute(
            insert(changes).values(
                district_id=district_id,
                at=at,
                who=signature(who),
                what=what,
                subject=subject,
                before=before,
                after=after,
            )
        )

    async def of(self, *, district_id: str, subject: str, most: int = 50) -> list[Change]:
        """Return the latest lines about a subject, the newest first."""
        rows = await self._connection.execute(
            select(changes)
            .where(changes.c.district_id == district_id, changes.c.subject == subject)
            .order_by(changes.c.number.desc())
            .limit(most)
        )
        return [_change(row) for row in rows]


def _change(row: Row[Any]) -> Change:
    return Change(
        district_id=row.district_id,
        number=row.number,
        at=row.at,
        who=signer(row.who),
        what=row.what,
        subject=row.subject,
        before=row.before,
        after=row.after,
    )
