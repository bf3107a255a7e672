"""A reply, a reminder and an event as JSON: what lies in the outbox and the inbox until it is delivered.

Every kind of part has a name of its own here, which outlives the name of its class: what an older version wrote, a newer
one still sends. Fields that are not there get their default, and fields that no class has any more are passed over.
"""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from handlers.incoming import Press, Question
from handlers.outcome import Reminder
from handlers.replies import (
    Bullets,
    ChoiceField,
    Choices,
    ClauseQuote,
    CopyText,
    FileText,
    Form,
    MarkedText,
    Mentions,
    Paragraph,
    Reply,
    Ruling,
    TextField,
    TextPrompt,
    Thread,
)
from knowledge.personal_data import mask

_NAMED: Mapping[str, type] = {
    "paragraph": Paragraph,
    "clause quote": ClauseQuote,
    "bullets": Bullets,
    "ruling": Ruling,
    "mentions": Mentions,
    "thread": Thread,
    "choices": Choices,
    "text prompt": TextPrompt,
    "marked text": MarkedText,
    "copy text": CopyText,
    "file text": FileText,
    "form": Form,
    "text field": TextField,
    "choice field": ChoiceField,
    "question": Question,
    "press": Press,
}
"""Members of the closed unions. A name once given stays."""

_NAMES = {made: name for name, made in _NAMED.items()}

_KIND = "is"
"""Key under which a member of a union says which one it is."""


def reply_json(reply: Reply) -> dict[str, Any]:
    """Return a reply as JSON."""
    kept: dict[str, Any] = _written(reply)
    return kept


def reply_of(kept: Mapping[str, Any]) -> Reply:
    """Return the reply that was written."""
    reply: Reply = _read(Reply, kept)
    return reply


def reminder_json(reminder: Reminder) -> dict[str, Any]:
    """Return a reminder as JSON, without the moment at which it is due: that is the entry's own."""
    kept: dict[str, Any] = _written(reminder)
    del kept["due_at"]
    return kept


def reminder_of(kept: Mapping[str, Any], *, due_at: datetime) -> Reminder:
    """Return the reminder that was written."""
    reminder: Reminder = _read(Reminder, {**kept, "due_at": due_at})
    return reminder


def event_json(event: Question | Press) -> dict[str, Any]:
    """Return an event as JSON, without what tells more of its person than is needed to answer it.

    Parameters
    ----------
    event
        Personal data masked already.
    """
    event = replace(event, person=replace(event.person, name="", email=""))
    if isinstance(event, Question):
        event = replace(event, attachment_names=tuple(mask(name) for name in event.attachment_names))
    kept: dict[str, Any] = _written(event)
    return kept


def event_of(kept: Mapping[str, Any]) -> Question | Press:
    """Return the event that was written."""
    event: Question | Press = _read(Question | Press, kept)
    return event


def _written(value: Any) -> Any:
    if is_dataclass(value):
        kind = {_KIND: _NAMES[type(value)]} if type(value) in _NAMES else {}
        return kind | {field.name: _written(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: _written(each) for key, each in value.items()}
    if isinstance(value, tuple | frozenset):
        return sorted(map(_written, value)) if isinstance(value, frozenset) else [_written(each) for each in value]
    return value


def _read(wanted: Any, kept: Any) -> Any:
    """Make a value of a wanted type."""
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        if kept is None:
            return None
        members = [member for member in arguments if member is not type(None)]
        return _read(members[0] if len(members) == 1 else _NAMED[kept[_KIND]], kept)
    if origin in (tuple, frozenset):
        return origin(_read(arguments[0], each) for each in kept)
    if isinstance(wanted, type) and is_dataclass(wanted):
        hints = _hints(wanted)
        return wanted(**{name: _read(hint, kept[name]) for name, hint in hints.items() if name in kept})
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return wanted(kept)
    return dict(kept) if origin is not None else kept


@cache
def _hints(made: type) -> dict[str, Any]:
    return {field.name: get_type_hints(made)[field.name] for field in fields(made)}
