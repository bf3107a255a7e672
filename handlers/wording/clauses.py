"""Clauses as they are quoted under a form, a card or a notice."""

from handlers.replies import ClauseQuote
from handlers.wording.answers import quote
from knowledge.guidelines import Guideline


def quote_of(clause_id: str, guideline: Guideline, document: str) -> ClauseQuote | None:
    """Quote a clause by its whole id; None where this version of the guidelines does not have it."""
    found = next((clause for clause in guideline.clauses if clause.id == clause_id), None)
    return quote(found, document) if found else None
