"""What must go out, and when: the entries of the outbox, and the events of the inbox that wait for their answer.

What is written here in the transaction that made it true goes out later, whatever crashes in between.
"""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from knowledge.conversations import ConversationReference
from knowledge.errors import PostwiseError

_NAMESPACE = uuid.UUID("5f0a5d3e-7c1b-5a0e-9a53-0f4c3d2b1a90")
"""Ours alone, so that no other program's uuid5 meets one of these."""

LONGEST_LANE_CHARACTERS = 300
"""What the column of lanes holds; a longer name is hashed."""

AT_ONCE = 0.0
"""Due moment of what should go out as soon as somebody can send it: before any clock, however wrong it is set."""


SHORT_WAIT_SECONDS = 7200.0
"""What was to wait no longer than this goes by a steady clock. Our own figure: every usual interval of a ping is shorter."""


class EntryKind(StrEnum):
    """What an entry of the outbox is."""

    REPLY = "reply"
    REPLACEMENT = "replacement"
    """A reply that takes the place of an earlier message."""

    POST = "post"
    REMINDER = "reminder"
    """Nothing to send: something to look at again when it is due."""


class EntryState(StrEnum):
    """What has become of an entry."""

    PENDING = "pending"
    SENT = "sent"
    """Delivered; a reminder, looked at."""

    FAILED = "failed"
    """The platform refused it for good; trying again cannot help."""

    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry as it is written."""

    district_id: str
    id: str
    """From `entry_id`; the key under which the message can be found again on its platform."""

    kind: EntryKind
    conversation: ConversationReference | None
    """None for a reminder."""

    lane: str
    """Entries of one lane go out one after the other, in the order in which they were written."""

    card: str = ""
    thread: str = ""
    """Name of a card of the conversation under which the message is said; empty where it stands for itself."""

    subject: str = ""
    """For a reminder, what it belongs to; for a message, the receipt by which its arrival is told."""

    message_id: str = ""
    """The message whose place a replacement takes."""

    payload: Mapping[str, Any]
    created_at: datetime
    due: float = AT_ONCE
    """Seconds since 1970 UTC by the database's clock; never earlier, later where nobody delivers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedEntry:
    """A message that this worker alone may send while its lease lasts."""

    district_id: str
    id: str
    conversation: ConversationReference
    lane: str
    card: str
    payload: Mapping[str, Any]
    created_at: datetime
    attempts: int
    """How often it was claimed before."""

    edits: str
    """The platform's name of the message whose place it takes; empty where it is posted anew."""

    thread: str
    """The platform's name of the message under which it is said; empty where it stands for itself."""

    receipt: str
    """By what its arrival is told; empty where nobody asks."""

    was_maybe_sent: bool
    """True where an earlier attempt may have reached the platform: look before it is posted again."""

    looks_back_to: str
    """The platform's name of an older message of the conversation: whoever looks for this one need look no further
    back. It was there before this one could be, by the order of transactions and not by any clock. Empty for none."""

    token: str
    """Fences the lease: who lost it can no longer finish the entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReminder:
    """A reminder whose moment has come."""

    district_id: str
    id: str
    payload: Mapping[str, Any]
    due: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NearReminder:
    """A reminder whose moment has come, or comes soon."""

    district_id: str
    id: str
    attempts: int
    """How often looking at it has failed."""

    due: float
    seconds_left: float
    """Until its moment by the database's clock; negative where that has passed."""

    wait_seconds: float
    """How long it was to wait when it was written; infinite where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedEvent:
    """An event that was acknowledged and is still to be answered."""

    district_id: str
    event_key: str
    payload: Mapping[str, Any]
    """The event itself, personal data masked."""

    attempts: int
    """How often somebody began to answer it."""

    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How much waits to go out or to be answered."""

    pending: int
    """Messages that are not out yet, and reminders whose moment has come."""

    oldest_seconds: float
    """How long the oldest of them has waited; 0 where nothing waits."""

    overdue: int
    """How many have waited so long that somebody should look into it."""

    scheduled: int
    """Reminders whose moment is still to come."""

    sent: int
    """Messages that went out lately and are still remembered."""

    failed: int
    unanswered: int
    """Events that were acknowledged and not answered, and that nobody is at work on."""


class LeaseLostError(PostwiseError):
    """Another worker has taken this over, or it was finished meanwhile; whatever was about to be written is void."""


def lane_of(conversation: ConversationReference, card: str = "") -> str:
    """Name the lane of a conversation, or of one card in it."""
    lane = f"{conversation.platform}/{conversation.address}" + (f"/{card}" if card else "")
    if len(lane) <= LONGEST_LANE_CHARACTERS:
        return lane
    return hashlib.sha256(lane.encode()).hexdigest()


def entry_id(*, district_id: str, cause: str, kind: EntryKind, number: int = 0) -> str:
    """Return the id that one promise always has, however often it is written.

    Parameters
    ----------
    cause
        Key of the event that made the promise, or of the reminder.
    number
        Which of the promises of this kind.
    """
    return str(uuid.uuid5(_NAMESPACE, "\0".join((district_id, cause, kind, str(number)))))
