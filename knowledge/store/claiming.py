"""Which messages a worker may send now, and that nobody else does while it tries."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.conversations import ConversationReference
from knowledge.delivery import ClaimedEntry, EntryKind, EntryState
from knowledge.store.moments import moment
from knowledge.store.tables import cards, outbox

FARTHEST_DUE_SECONDS = 3600.0
"""A message is never put off as far as this; one that is has its due moment from before the clock was set back."""

_PENDING = EntryState.PENDING.value
_REMINDER = EntryKind.REMINDER.value


async def claim(
    connection: AsyncConnection,
    *,
    most: int,
    platforms: Iterable[str],
    token: str,
    lease_seconds: float,
    held: float | None,
) -> list[ClaimedEntry]:
    """Do what `OutboxStore.claim` says."""
    now = moment(connection, held)
    earlier = outbox.alias("earlier")
    first_of_lane = ~(
        select(earlier.c.id)
        .where(
            earlier.c.district_id == outbox.c.district_id,
            earlier.c.lane == outbox.c.lane,
            earlier.c.lane_position < outbox.c.lane_position,
            earlier.c.state == _PENDING,
        )
        .exists()
    )
    rows = (
        await connection.execute(
            select(
                outbox,
                _message_of(outbox.c.card).label("stands_as"),
                _message_of(outbox.c.thread).label("hangs_on"),
            )
            .where(
                outbox.c.state == _PENDING,
                outbox.c.kind != _REMINDER,
                outbox.c.platform.in_(sorted(platforms)),
                or_(outbox.c.due <= now, outbox.c.due > now + FARTHEST_DUE_SECONDS),
                is_left(now, lease_seconds),
                first_of_lane,
            )
            .order_by(outbox.c.due, outbox.c.created_at)
            .limit(most)
            .with_for_update(of=outbox, skip_locked=True)
        )
    ).all()
    claimed = [_claimed(row, token) for row in rows]
    if claimed:
        await connection.execute(
            update(outbox)
            .where(_any_of(claimed))
            .values(
                lease_token=token,
                lease_until=now + lease_seconds,
                attempts=outbox.c.attempts + 1,
            )
        )
    posted = [entry for entry in claimed if not entry.edits and not entry.was_maybe_sent]
    if posted:
        await connection.execute(
            update(outbox).where(_any_of(posted)).values(maybe_sent=True, looks_back_to=_last_sent_in_conversation())
        )
    return claimed


def _message_of(card: ColumnElement[str]) -> ScalarSelect[Any]:
    """Return the message as which a card of an entry's conversation stands, as a part of a statement on entries."""
    return (
        select(cards.c.message_id)
        .where(
            cards.c.district_id == outbox.c.district_id,
            cards.c.platform == outbox.c.platform,
            cards.c.address == outbox.c.address,
            cards.c.card == card,
        )
        .scalar_subquery()
    )


def is_left(now: ColumnElement[Any], lease_seconds: float) -> ColumnElement[bool]:
    """Say of an entry that nobody has it: no lease, one that ran out, or one from before the clock was set back."""
    until = outbox.c.lease_until
    return or_(until.is_(None), until < now, until > now + 2 * lease_seconds)


def _last_sent_in_conversation() -> ScalarSelect[Any]:
    """Return the message that went to an entry's conversation last, as a part of a statement on entries."""
    earlier = outbox.alias("earlier")
    return (
        select(earlier.c.message_id)
        .where(
            earlier.c.district_id == outbox.c.district_id,
            earlier.c.platform == outbox.c.platform,
            earlier.c.address == outbox.c.address,
            earlier.c.state == EntryState.SENT.value,
        )
        .order_by(earlier.c.finished_at.desc())
        .limit(1)
        .correlate(outbox)
        .scalar_subquery()
    )


def _any_of(entries: Iterable[ClaimedEntry]) -> ColumnElement[bool]:
    return tuple_(outbox.c.district_id, outbox.c.id).in_([(entry.district_id, entry.id) for entry in entries])


def _claimed(row: Row[Any], token: str) -> ClaimedEntry:
    edits = (row.stands_as if row.card else "") or row.message_id
    return ClaimedEntry(
        district_id=row.district_id,
        id=row.id,
        conversation=ConversationReference(platform=row.platform, address=row.address),
        lane=row.lane,
        card=row.card,
        payload=row.payload,
        created_at=row.created_at,
        attempts=row.attempts,
        edits=edits or "",
        thread=row.hangs_on or "",
        receipt=row.subject if row.kind != _REMINDER else "",
        was_maybe_sent=row.maybe_sent,
        looks_back_to=row.looks_back_to or "",
        token=token,
    )
