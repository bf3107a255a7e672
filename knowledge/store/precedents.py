"""Precedents, as rows."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.precedents import Precedent, PrecedentNotFoundError
from knowledge.store.signatures import signature, signer
from knowledge.store.tables import precedents


class PrecedentStore:
    """Precedents of every district; each call names the one it is about."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, precedent: Precedent) -> Precedent:
        """Keep a ruling under the next number of its district; the caller holds the district (`FilingStore.hold`)."""
        highest = await self._connection.scalar(
            select(func.max(precedents.c.number)).where(precedents.c.district_id == precedent.district_id)
        )
        numbered = replace(precedent, number=(highest or 0) + 1)
        await self._connection.execute(
            insert(precedents).values(
                district_id=numbered.district_id,
                number=numbered.number,
                question=numbered.question,
                ruling=numbered.ruling,
                rests_on=dict(numbered.rests_on),
                ruled_by=signature(numbered.ruled_by),
                ruled_at=numbered.ruled_at,
                case_number=numbered.case_number,
                withdrawn_at=numbered.withdrawn_at,
            )
        )
        return numbered

    async def get(self, *, district_id: str, number: int) -> Precedent:
        """Return one precedent.

        Raises
        ------
        PrecedentNotFoundError
            Raised if this district has no such precedent.
        """
        row = (
            await self._connection.execute(
                select(precedents).where(precedents.c.district_id == district_id, precedents.c.number == number)
            )
        ).one_or_none()
        if row is None:
            raise PrecedentNotFoundError(number)
        return _precedent(row)

    async def withdraw(self, precedent: Precedent, *, at: datetime) -> bool:
        """Take a ruling back; False where it was taken back before."""
        changed = await self._connection.execute(
            update(precedents)
            .where(
                precedents.c.district_id == precedent.district_id,
                precedents.c.number == precedent.number,
                precedents.c.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=at)
        )
        return changed.rowcount == 1

    async def forget_before(self, *, district_id: str, before: datetime) -> int:
        """Forget what was said in rulings that were withdrawn before a moment; return how many there were."""
        changed = await self._connection.execute(
            update(precedents)
            .where(
                precedents.c.district_id == district_id,
                precedents.c.withdrawn_at < before,
                precedents.c.ruling != "",
            )
            .values(question="", ruling="")
        )
        return changed.rowcount

    async def edition(self, *, district_id: str) -> tuple[int, int]:
        """Return what tells one set of standing rulings from another: how many there are, and the highest number."""
        row = (
            await self._connection.execute(
                select(func.count().label("many"), func.max(precedents.c.number).label("highest")).where(
                    precedents.c.district_id == district_id, precedents.c.withdrawn_at.is_(None)
                )
            )
        ).one()
        return row.many, row.highest or 0

    async def standing(self, *, district_id: str) -> list[Precedent]:
        """Return the rulings that were not taken back, the oldest first."""
        rows = await self._connection.execute(
            select(precedents)
            .where(precedents.c.district_id == district_id, precedents.c.withdrawn_at.is_(None))
            .order_by(precedents.c.number)
        )
        return [_precedent(row) for row in rows]


def _precedent(row: Row[Any]) -> Precedent:
    return Precedent(
        district_id=row.district_id,
        number=row.number,
        question=row.question,
        ruling=row.ruling,
        rests_on=dict(row.rests_on),
        ruled_by=signer(row.ruled_by),
        ruled_at=row.ruled_at,
        case_number=row.case_number,
        withdrawn_at=row.withdrawn_at,
    )
