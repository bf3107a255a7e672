"""What a handler is given to work with.

There are two gears. A command, a press or a form touches only the database: its handler gets a `HandlerContext` and does
everything in that context's one transaction. What needs the model gets a `ReadingContext`: its handler looks up what it
needs, computes while no transaction is open, and returns a `Finish` that keeps what came of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from handlers.outcome import Outcome
from knowledge.clock import Clock
from knowledge.conversations import ConversationReference
from knowledge.district import District
from knowledge.guidelines import Clause, Guideline

if TYPE_CHECKING:
    # Answering from the command line needs no database, and importing one takes a third of a second; delivery needs
    # no model, and importing what runs one takes half a second.
    from knowledge.checking.judging import PostChecker
    from knowledge.questions import QuestionRecord
    from knowledge.search.finding import Search
    from knowledge.search.index import DistrictIndex
    from knowledge.search.precedents import PrecedentIndex
    from knowledge.store.unit import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One district's published guidelines."""

    district: District
    guideline: Guideline

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
class IndexedShelf(Shelf):
    """One district's published guidelines, ready to be searched."""

    index: DistrictIndex
    precedents: PrecedentIndex
    """The rulings of its specialist that stand."""


def nobodys(_question_id: str) -> str:
    """Return no hash: nobody acts, a reminder is due."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerContext:
    """Everything a handler may use in one transaction. Nothing of another district can be reached from here."""

    shelf: Shelf
    unit: UnitOfWork
    clock: Clock
    conversation_key: str
    """Keyed hash of the conversation, under which its questions are remembered; empty for a reminder, which has none."""

    channel: ConversationReference
    """Where the district's specialist reads: filings, cases and questions go there."""

    asker_key: Callable[[str], str] = nobodys
    """Gives the keyed hash of this person for a question's id; by it they are known as whoever asked it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingContext:
    """What a handler that needs the model may use. It holds no transaction: the model must never keep one waiting."""

    shelf: IndexedShelf
    reading: Callable[[], AbstractAsyncContextManager[UnitOfWork]]
    """Opens a transaction in which to look something up, and only that."""

    clock: Clock
    conversation_key: str
    channel: ConversationReference
    asker_key: Callable[[str], str] = nobodys
    search: Search
    checker: PostChecker
    model: str
    """Which exported model is in use."""


Finish: TypeAlias = Callable[[HandlerContext], Awaitable[Outcome]]
"""Keeps what was computed, in the transaction that also finishes the event."""


def asked_it(record: QuestionRecord, context: HandlerContext | ReadingContext) -> bool:
    """Tell whether whoever acts asked a question: nobody sends or judges another's words, though they stand in one thread."""
    if record.asker_key:
        return record.asker_key == context.asker_key(record.id)
    return record.conversation_key == context.conversation_key
