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


Incoming: TypeAlias = Question | Press
