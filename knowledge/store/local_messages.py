"""What was said in the conversations of the local page, as rows.

The other platforms keep their conversations themselves; the local page has only this.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.store.locks import hold
from knowledge.store.tables import local_messages

_EPOCH = {"district_id": "", "address": "", "delivery_key": "epoch"}
"""The row of no conversation that names the database; no district has an empty id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalMessage:
    """One message as it stands now."""

    number: int
    """Counts changes over all conversations of the database: higher than that of everything committed before."""

    position: int
    """The number that the message had when it was first said; by it the message is named and put in order."""

    thread_position: int | None
    """Position of the message under which it was said; None where it stands for itself."""

    address: str
    said_at: datetime
    changed_at: datetime
    """When it was edited last; when it was said where it never was."""

    payload: Mapping[str, Any]
    """The reply, as a JSON value."""


class LocalMessageStore:
    """Messages of every district's local conversations; each call names the district it is about."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def epoch(self) -> str:
        """Return what tells this database from every other one: eight hexadecimal digits, made once."""
        row = await self._row(_keyed(**_EPOCH))
        if row is None:
            await self._hold()
            row = await self._row(_keyed(**_EPOCH))
        if row is not None:
            return str(row.payload["epoch"])
        epoch = secrets.token_hex(4)
        moment = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
        await self._connection.execute(
            insert(local_messages).values(**_EPOCH, said_at=moment, changed_at=moment, payload={"epoch": epoch})
        )
        return epoch

    async def post(
        self,
        *,
        district_id: str,
        address: str,
        delivery_key: str,
        payload: Mapping[str, Any],
        at: datetime,
        thread_position: int | None = None,
    ) -> int:
        """Say something once, however often it is posted under one key.

        Parameters
        ----------
        thread_position
            Position of the message under which it is said. Where this conversation has no such message (any more), it
            stands for itself; under one that was said in a thread itself, it joins that thread.

        Returns
        -------
        int
            Position of the message.
        """
        await self._hold()
        known = await self.find(district_id=district_id, address=address, delivery_key=delivery_key)
        if known is not None:
            return known
        if thread_position is not None:
            thread_position = await self._root_of(district_id, address, thread_position)
        inserted = await self._connection.execute(
            insert(local_messages)
            .values(
                district_id=district_id,
                address=address,
                delivery_key=delivery_key,
                thread_position=thread_position,
                said_at=at,
                changed_at=at,
                payload=payload,
            )
            .returning(local_messages.c.number)
        )
        position: int = inserted.scalar_one()
        return position

    async def edit(
        self, *, district_id: str, address: str, position: int, payload: Mapping[str, Any], at: datetime
    ) -> bool:
        """Put something else in the place of a message.

        Returns
        -------
        bool
            False where there is no such message (any more).
        """
        await self._hold()
        row = await self._row(_standing_at(position, district_id=district_id, address=address))
        if row is None:
            return False
        if row.payload == payload:  # done before: pages need not draw it again
            return True
        # A new row, for a new number: a page that has seen the old one asks only for what is newer.
        await self._connection.execute(delete(local_messages).where(local_messages.c.number == row.number))
        await self._connection.execute(
            insert(local_messages).values(
                position=position,
                district_id=district_id,
                address=address,
                delivery_key=row.delivery_key,
                thread_position=row.thread_position,
                said_at=row.said_at,
                changed_at=at,
                payload=payload,
            )
        )
        return True

    async def find(self, *, district_id: str, address: str, delivery_key: str) -> int | None:
        """Return the position of what was posted under a key, or None."""
        row = await self._row(_keyed(district_id=district_id, address=address, delivery_key=delivery_key))
        return None if row is None else _message(row).position

    async def newest_number(self) -> int:
        """Return the number of the latest change in any conversation, 0 before the first."""
        return int(await self._connection.scalar(select(func.max(local_messages.c.number))) or 0)

    async def since(
        self, *, district_id: str, addresses: Sequence[str], number: int, most_of_each: int
    ) -> tuple[list[LocalMessage], frozenset[str]]:
        """Return what was said or edited after a number.

        Parameters
        ----------
        addresses
            The conversations that are followed.
        number
            Number of the latest change that was seen, 0 for none.
        most_of_each
            Of a conversation with more news than this, only the newest are returned.

        Returns
        -------
        tuple
            The messages by their numbers, and the conversations of which older news were left out.
        """
        address, counted = local_messages.c.address, local_messages.c.number
        news = (
            select(
                *local_messages.c,
                func.row_number().over(partition_by=address, order_by=counted.desc()).label("age"),
                func.count().over(partition_by=address).label("in_all"),
            )
            .where(
                local_messages.c.district_id == district_id,
                address.in_(addresses),
                counted > number,
            )
            .subquery()
        )
        rows = (
            await self._connection.execute(select(news).where(news.c.age <= most_of_each).order_by(news.c.number))
        ).all()
        left_out = frozenset(row.address for row in rows if row.in_all > most_of_each)
        return [_message(row) for row in rows], left_out

    async def forget_before(
        self, *, district_id: str, channel: str, channel_before: datetime, others_before: datetime
    ) -> int:
        """Delete what has not been changed since a moment.

        Parameters
        ----------
        channel
            Address of the specialist channel, which has a moment of its own.

        Returns
        -------
        int
            How many messages were forgotten.
        """
        before = case((local_messages.c.address == channel, channel_before), else_=others_before)
        forgotten = await self._connection.execute(
            delete(local_messages).where(
                local_messages.c.district_id == district_id, local_messages.c.changed_at < before
            )
        )
        return forgotten.rowcount

    async def _root_of(self, district_id: str, address: str, position: int) -> int | None:
        """Return the position of the message on which a thread hangs, or None where there is none."""
        row = await self._row(_standing_at(position, district_id=district_id, address=address))
        if row is None:
            return None
        root: int = position if row.thread_position is None else row.thread_position
        return root

    async def _row(self, query: Select[Any]) -> Row[Any] | None:
        row: Row[Any] | None = (await self._connection.execute(query)).one_or_none()
        return row

    async def _hold(self) -> None:
        """Write one after the other: a number committed later would be lower than one that a page has seen already."""
        await hold(self._connection, "local_messages")


def _keyed(*, district_id: str, address: str, delivery_key: str) -> Select[Any]:
    return select(local_messages).where(
        local_messages.c.district_id == district_id,
        local_messages.c.address == address,
        local_messages.c.delivery_key == delivery_key,
    )


def _standing_at(position: int, *, district_id: str, address: str) -> Select[Any]:
    return select(local_messages).where(
        local_messages.c.district_id == district_id,
        local_messages.c.address == address,
        or_(
            local_messages.c.position == position,
            and_(local_messages.c.number == position, local_messages.c.position.is_(None)),
        ),
    )


def _message(row: Row[Any]) -> LocalMessage:
    return LocalMessage(
        number=row.number,
        position=row.number if row.position is None else row.position,
        thread_position=row.thread_position,
        address=row.address,
        said_at=row.said_at,
        changed_at=row.changed_at,
        payload=row.payload,
    )
