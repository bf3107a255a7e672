"""What a handler is given to work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.checking.judging import PostChecker
from knowledge.clock import Clock
from knowledge.district import District
from knowledge.guidelines import Clause, Guideline
from knowledge.search.finding import Search
from knowledge.search.index import DistrictIndex

if TYPE_CHECKING:
    # Answering from the command line needs no database, and importing one takes a third of a second.
    from knowledge.store.unit import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One district's published guidelines, ready to be searched."""

    district: District
    guideline: Guideline
    index: DistrictIndex

    @property
    def document(self) -> str:
        """Title and version of the document, as a citation prints it."""
        title = self.district.guideline_title or self.guideline.title
        return f"{self.district.short_name}, {title}, version {self.guideline.version}"

    @property
    def contact_clause(self) -> Clause | None:
        """The clause that prints how to reach the specialist, where the document has one."""
        wanted = f"{self.district.id}/{self.district.specialist.contact_clause}"
        return next((clause for clause in self.guideline.clauses if clause.id == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerContext:
    """Everything a handler may use in one turn. Nothing of another district can be reached from here."""

    shelf: Shelf
    search: Search
    checker: PostChecker
    unit: UnitOfWork
    clock: Clock
    conversation_key: str
    """Keyed hash of the conversation, under which its questions are remembered."""

    model: str
    """Which exported model is in use."""
