"""Promises that must go out, as rows: written in the transaction that made them, finished by whoever sent them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.conversations import ConversationReference
from knowledge.delivery import ClaimedEntry, EntryKind, EntryState, LeaseLostError, NewEntry
from knowledge.store.claiming import claim
from knowledge.store.inserting import insert_on
from knowledge.store.locks import hold
from knowledge.store.moments import moment
from knowledge.store.tables import cards, outbox

_PENDING = EntryState.PENDING.value
_REMINDER = EntryKind.REMINDER.value


class OutboxStore:
    """Messages of every district, and where the cards stand that they edit."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, entries: Iterable[NewEntry]) -> None:
        """Write entries; one that was written before is left as it is."""
        # Always in the order of their lanes: two transactions that wait for each other's lane would never end.
        for entry in sorted(entries, key=lambda entry: entry.lane):
            await self._connection.execute(
                insert_on(self._connection, outbox)
                .values(
                    district_id=entry.district_id,
                    id=entry.id,
                    kind=entry.kind.value,
                    platform=entry.conversation.platform if entry.conversation else "",
                    address=entry.conversation.address if entry.conversation else "",
                    lane=entry.lane,
                    lane_position=await self._next_position(entry),
                    card=entry.card,
                    thread=entry.thread,
                    subject=entry.subject,
                    message_id=entry.message_id or None,
                    payload=dict(entry.payload),
                    created_at=entry.created_at,
                    due=entry.due,
                    wait_seconds=entry.due - entry.created_at.timestamp() if entry.kind is EntryKind.REMINDER else None,
                    state=_PENDING,
                    maybe_sent=False,
                    attempts=0,
                    last_error="",
                )
                .on_conflict_do_nothing(index_elements=["district_id", "id"])
            )

    async def claim(
        self, *, most: int, platforms: Iterable[str], token: str, lease_seconds: float, held: float | None = None
    ) -> list[ClaimedEntry]:
        """Lease messages that are due and whose predecessors in their lane are out.

        What is to be posted is marked as maybe sent by the same transaction, so that the mark stands before the first
        byte leaves, however the sender ends.

        Parameters
        ----------
        platforms
            Those that this worker can send to; the others' messages wait for another worker.
        """
        return await claim(
            self._connection,
            most=most,
            platforms=platforms,
            token=token,
            lease_seconds=lease_seconds,
            held=held,
        )

    async def renew(self, entry: ClaimedEntry, *, lease_seconds: float, held: float | None = None) -> None:
        """Let a lease begin anew.

        Raises
        ------
        LeaseLostError
            Raised if it is no longer this worker's.
        """
        await self._change(entry, lease_until=moment(self._connection, held) + lease_seconds)

    async def lose_target(self, entry: ClaimedEntry) -> None:
        """Note that the message to be edited is gone, and that the entry may be posted anew from now on.

        Raises
        ------
        LeaseLostError
            Raised if the lease is no longer this worker's.
        """
        await self._change(entry, message_id=None, maybe_sent=True)
        await self._connection.execute(
            delete(cards).where(
                cards.c.district_id == entry.district_id,
                cards.c.platform == entry.conversation.platform,
                cards.c.address == entry.conversation.address,
                cards.c.card == entry.card,
                cards.c.message_id == entry.edits,
            )
        )

    async def sent(self, entry: ClaimedEntry, *, message_id: str, at: datetime) -> None:
        """Note that a message is out, and where its card stands.

        Raises
        ------
        LeaseLostError
            Raised if the lease is no longer this worker's.
        """
        await self._change(
            entry,
            state=EntryState.SENT.value,
            message_id=message_id,
            payload=None,
            lease_token=None,
            lease_until=None,
            last_error="",
            finished_at=at,
        )
        if entry.card:
            await self._connection.execute(
                insert_on(self._connection, cards)
                .values(
                    district_id=entry.district_id,
                    platform=entry.conversation.platform,
                    address=entry.conversation.address,
                    card=entry.card,
                    message_id=message_id,
                )
                .on_conflict_do_update(
                    index_elements=["district_id", "platform", "address", "card"], set_={"message_id": message_id}
                )
            )

    async def put_off(
        self, entry: ClaimedEntry, *, seconds: float, maybe_sent: bool, error: str, held: float | None = None
    ) -> None:
        """Give a message back, to be tried again later.

        Raises
        ------
        LeaseLostError
            Raised if the lease is no longer this worker's.
        """
        await self._change(
            entry,
            due=moment(self._connection, held) + seconds,
            maybe_sent=maybe_sent,
            lease_token=None,
            lease_until=None,
            last_error=error[:100],
        )

    async def pause(
        self, *, district_id: str, conversation: ConversationReference, seconds: float, held: float | None = None
    ) -> None:
        """Let nothing more go to a conversation for a while: its platform asked for that."""
        # Two pauses of one conversation change the same rows, and would wait for each other in whatever order they meet.
        await hold(self._connection, f"pause/{district_id}/{conversation.platform}/{conversation.address}")
        until = moment(self._connection, held) + seconds
        await self._connection.execute(
            update(outbox)
            .where(
                outbox.c.district_id == district_id,
                outbox.c.platform == conversation.platform,
                outbox.c.address == conversation.address,
                outbox.c.state == _PENDING,
                outbox.c.lease_token.is_(None),
                outbox.c.due < until,
            )
            .values(due=until)
        )

    async def failed(self, entry: ClaimedEntry, *, error: str, at: datetime) -> None:
        """Note that a message was refused for good. What it said stays until retention, for whoever looks into it.

        Raises
        ------
        LeaseLostError
            Raised if the lease is no longer this worker's.
        """
        await self._change(
            entry,
            state=EntryState.FAILED.value,
            lease_token=None,
            lease_until=None,
            last_error=error[:100],
            finished_at=at,
        )

    async def card_of(self, *, district_id: str, conversation: ConversationReference, message_id: str) -> str:
        """Return the name of the card that a message stands as; empty where it is none of ours."""
        if not message_id:
            return ""
        found = await self._connection.scalar(
            select(cards.c.card).where(
                cards.c.district_id == district_id,
                cards.c.platform == conversation.platform,
                cards.c.address == conversation.address,
                cards.c.message_id == message_id,
            )
        )
        return str(found or "")

    async def forget_before(self, *, before: datetime) -> int:
        """Delete what was finished before a moment. Reminders stay, without their facts: their keys are never used again."""
        forgotten = await self._connection.execute(
            delete(outbox).where(outbox.c.kind != _REMINDER, outbox.c.state != _PENDING, outbox.c.finished_at < before)
        )
        return forgotten.rowcount

    async def _next_position(self, entry: NewEntry) -> int:
        """Return the place at the end of an entry's lane, which nobody else can take before this transaction ends."""
        if entry.lane == entry.id:
            return 0
        await hold(self._connection, f"outbox/{entry.district_id}/{entry.lane}")
        last = await self._connection.scalar(
            select(func.max(outbox.c.lane_position)).where(
                outbox.c.district_id == entry.district_id, outbox.c.lane == entry.lane
            )
        )
        return 0 if last is None else int(last) + 1

    async def _change(self, entry: ClaimedEntry, **values: Any) -> None:
        """Change an entry only while its lease is this worker's."""
        changed = await self._connection.execute(
            update(outbox)
            .where(
                outbox.c.district_id == entry.district_id,
                outbox.c.id == entry.id,
                outbox.c.lease_token == entry.token,
                outbox.c.state == _PENDING,
            )
            .values(**values)
        )
        if changed.rowcount == 0:
            raise LeaseLostError
