"""Questions as they are remembered: masked, with what was shown for them. The ground for learning from use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from knowledge.errors import PostwiseError


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownClause:
    """A clause that was found for a question."""

    clause_id: str
    score: float
    """How well it fits, in [0, 1]."""

    was_shown: bool
    """True where the message quoted it; the others were only near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRecord:
    """One question and what became of it."""

    id: str
    district_id: str
    asked_at: datetime
    platform: str
    conversation_key: str
    """A keyed hash of the conversation: enough to know a follow-up, not enough to know a person."""

    asker_key: str = ""
    """A keyed hash of who asked this one question: enough to know them again, not enough to know what else they asked.
    Empty for what was kept before there was one."""

    event_key: str
    masked_text: str
    """The question with personal data masked. The unmasked text is never stored."""

    kind: str
    verdict: str | None
    abstained: bool
    cover: float
    """Chance that the guidelines answer it, as it was judged, in [0, 1]."""

    escalate: bool
    urgency: str | None
    guideline_version: int
    model: str
    """Which exported model judged it: the first letters of the hash of what it was made from."""

    clauses: tuple[ShownClause, ...]
    post: Mapping[str, Any] | None = None
    """The post that was checked, masked, with what its writer answered; None for any other question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What the person said of an answer."""

    district_id: str
    question_id: str
    given_at: datetime
    helped: bool
    reason: str = ""
    """Why it did not help, masked; empty where nothing was said."""


class QuestionNotFoundError(PostwiseError):
    """The question a button belongs to is no longer remembered, or was never this district's."""

    def __init__(self, question_id: str) -> None:
        super().__init__(question_id)
        self.question_id = question_id
