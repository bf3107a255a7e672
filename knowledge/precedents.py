"""Precedents: what a specialist ruled once, reviewed and kept, to be shown beside the clause from then on."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from knowledge.errors import PostwiseError
from knowledge.guidelines import Clause
from knowledge.people import Person

LONGEST_QUESTION_CHARACTERS = 400
LONGEST_RULING_CHARACTERS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """One ruling of a district's specialist."""

    district_id: str
    number: int
    """Counts from 1 in each district; people read it as P-3."""

    question: str
    """The question that was ruled on, as the specialist reviewed it, personal data masked."""

    ruling: str
    rests_on: Mapping[str, str]
    """By id of a clause, the fingerprint of its text at the time; empty where the guidelines were silent."""

    ruled_by: Person
    ruled_at: datetime
    case_number: int
    withdrawn_at: datetime | None = None

    @property
    def name(self) -> str:
        """As people read it."""
        return f"P-{self.number}"

    def stands(self, clauses: Iterable[Clause]) -> bool:
        """Tell whether it still counts: not withdrawn, and every clause that it rests on reads as it did."""
        now = {clause.id: fingerprint(clause) for clause in clauses}
        return self.withdrawn_at is None and all(now.get(clause) == read for clause, read in self.rests_on.items())


def fingerprint(clause: Clause) -> str:
    """Return by what a clause is recognised as unchanged: its text with the lead-in that it completes."""
    return hashlib.sha256(f"{clause.lead_in or ''}\n{clause.text}".encode()).hexdigest()[:32]


class PrecedentNotFoundError(PostwiseError):
    """The district has no precedent of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number
