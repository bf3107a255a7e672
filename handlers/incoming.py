"""What reaches a handler: plain values that every platform translates its events into."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from knowledge.conversations import ConversationReference
from knowledge.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A direct message as a person typed it, personal data already masked."""

    district_id: str
    person: Person
    conversation: ConversationReference
    event_key: str
    """The platform's own key of the event: the same event delivered twice has the same key."""

    text: str
    attachment_names: tuple[str, ...] = ()
    """Names of files or pictures that came with the message. Their content is never read."""

    home: ConversationReference | None = None
    """Where the person alone is told things; None where that is this conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button pressed under an earlier reply."""

    district_id: str
    person: Person
    conversation: ConversationReference
    event_key: str
    verb: str
    """What the button stands for; a key of the routing table."""

    value: str = ""
    """What the button carries: an opaque identifier, never a right or a role."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """Text typed beside the button, by field name, personal data already masked."""

    message: str = ""
    """The platform's own name of the message that carries the button; empty where the platform did not say."""

    home: ConversationReference | None = None
    """Where the person alone is told things; None where that is this conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmission:
    """A form filled in and sent: the fields of `KEPT_AS_TYPED` as typed, the others masked and without what cannot be seen."""

    district_id: str
    person: Person
    conversation: ConversationReference
    event_key: str
    verb: str
    """The form's own verb; a key of the routing table."""

    value: str = ""
    """What the form carries: an opaque identifier, never a right or a role."""

    fields: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    """The platform's own name of the message that the form belongs to; empty where it belongs to none."""

    home: ConversationReference | None = None
    """Where the person alone is told things; None where that is this conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadMessage:
    """What somebody wrote under a card of ours, personal data already masked."""

    district_id: str
    person: Person
    conversation: ConversationReference
    event_key: str
    message: str
    """The platform's own name of the message that the thread hangs on."""

    text: str
    attachment_names: tuple[str, ...] = ()
    """Names of files or pictures that came with it. They are named on the other side, and never copied."""

    home: ConversationReference | None = None
    """Where the person alone is told things; None where that is this conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A person left the district or was deactivated, as their platform says. Nobody waits for a reply."""

    district_id: str
    person: Person
    """As the platform names them; an e-mail address that it no longer tells is remembered here."""

    event_key: str


FORM_FIELDS = frozenset(
    "organization platform page_type handle administrators administrator successor supervisor principal logo account "
    "note is_same happened links school kind deputy outcome question ruling rests_on".split()
)
"""Every field that a form of ours has; any other is dropped before it is looked at."""

KEPT_AS_TYPED = frozenset(
    "account administrators administrator handle organization platform successor supervisor principal deputy rests_on".split()
)
"""Form fields whose names and addresses are the record itself: masking them would file nothing.

They are read strictly by the handler (an e-mail address, a person's name, a handle, what an account is called in public)
and nothing else of them is kept.
"""


def number_in(value: str) -> int | None:
    """Return the number that a button or form of ours carries; None for anything that we never wrote."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


Incoming: TypeAlias = Question | Press | FormSubmission | ThreadMessage
