"""What happened, and what came of it."""

import json
from dataclasses import dataclass

from bot.delivery.payload import reply_json
from handlers.incoming import FormSubmission, Incoming, Press, Question, ThreadMessage
from handlers.outcome import Outcome
from handlers.replies import Reply
from knowledge.people import Person
from tests.stateful.rows import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened, and what came of it."""

    district_id: str
    person: Person | None
    """Who did it; None for a reminder."""

    verb: str
    value: str = ""
    fields: dict[str, str]
    outcome: Outcome
    is_repeated: bool = False
    """True where the same event was delivered a second time."""

    @property
    def said(self) -> str:
        """Everything that somebody is told by it, as JSON."""
        replies = [post.reply for post in self.outcome.posts]
        return "\n".join(json.dumps(reply_json(reply)) for reply in [*replies, *self._reply()])

    def _reply(self) -> list[Reply]:
        return [self.outcome.reply] if self.outcome.reply is not None else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happened between two looks at the database."""

    before: Rows
    after: Rows
    happenings: tuple[Happening, ...]


def silent(district_id: str, verb: str, *, person: Person | None = None, value: str = "") -> Happening:
    """Return what nobody waits for an answer to; what it says to others stands in the outbox."""
    outcome = Outcome(reply=None)
    return Happening(district_id=district_id, person=person, verb=verb, value=value, fields={}, outcome=outcome)


def happening_of(event: Incoming, outcome: Outcome, *, is_repeated: bool) -> Happening:
    match event:
        case Question() | ThreadMessage():
            return Happening(
                district_id=event.district_id,
                person=event.person,
                verb="command",
                fields={"text": event.text},
                outcome=outcome,
                is_repeated=is_repeated,
            )
        case Press() | FormSubmission():
            return Happening(
                district_id=event.district_id,
                person=event.person,
                verb=event.verb,
                value=event.value,
                fields=dict(event.fields),
                outcome=outcome,
                is_repeated=is_repeated,
            )
