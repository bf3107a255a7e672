"""What a handler returns. It never sends anything itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from handlers.replies import Reply
from knowledge.conversations import ConversationReference


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelMessage:
    """A message to another conversation than the one the turn came from."""

    conversation: ConversationReference
    reply: Reply
    card: str = ""
    """Stable name of the message in its conversation ("filing/12"). A second message of the same name takes the place of the
    first instead of following it; empty where each message stands for itself."""

    thread: str = ""
    """Name of a card of the same conversation under which the message is said; empty where it stands for itself."""

    receipt: str = ""
    """What `handlers.routing.remind` is told by once the message has arrived or was refused; empty where nobody asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """Something to look at again later. When it is due, `handlers.routing.remind` is given it back."""

    key: str
    """Unique within the district, for ever: the same key is never written twice ("filing/12/reminder/3")."""

    verb: str
    """What is to be looked at; a key of the routing table of reminders."""

    value: str
    """Opaque identifier of its subject ("12")."""

    subject: str
    """What it belongs to ("filing/12"); by it the reminder is cancelled."""

    due_at: datetime
    """Aware UTC. Never earlier; later where nobody delivers."""

    facts: Mapping[str, str] = field(default_factory=dict)


ARRIVED = "arrived"
"""Verb of the reminder that tells what became of a message with a receipt: its value is the receipt, its facts are
``state`` (``delivered`` or ``not delivered``) and ``error`` (the platform's word for why not; empty otherwise)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one turn causes."""

    reply: Reply | None
    """What the person who caused the turn is told; None where silence is right (a second delivery of one event)."""

    replaces_pressed_message: bool = False
    """True where the reply takes the place of the message whose button was pressed, instead of following it."""

    card: str = ""
    """Stable name of the reply in the person's conversation, as of a `ChannelMessage`; empty where it stands for itself."""

    is_promised: bool = True
    """False for what may be lost (a form that opens, problems at its fields): it is shown at once, and not kept for delivery."""

    is_failure: bool = False
    """True where nothing could be kept, for a reason that may be gone in a minute: whoever can send the event again should."""

    posts: tuple[ChannelMessage, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    cancelled: tuple[str, ...] = ()
    """Subjects whose reminders are cancelled, before the new ones are written."""
