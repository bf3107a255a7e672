"""Checks that a reply quotes its district's guidelines word for word, and nobody else's."""

import re
from collections.abc import Sequence

from handlers.context import Shelf
from handlers.replies import (
    Bullets,
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
    TextPrompt,
    Thread,
)


def folded(text: str) -> str:
    return " ".join(text.split())


def check(reply: Reply, shelf: Shelf, others: Sequence[Shelf] = ()) -> int:
    """Check one reply and return how many clauses it quotes."""
    foreign = [folded(clause.text) for other in others for clause in other.guideline.clauses]
    quoted = 0
    for part in reply.parts:
        match part:
            case ClauseQuote():
                quoted += 1
                _check_quote(part, shelf)
            case Form():
                for quote in (each.problem.quote for each in part.fields if each.problem):
                    if quote is not None:
                        quoted += 1
                        _check_quote(quote, shelf)
            case Paragraph():
                assert not any(len(text) > 40 and text in part.text for text in foreign)
                assert not any(
                    len(clause.text) > 40 and folded(clause.text) in part.text for clause in shelf.guideline.clauses
                )
            case Ruling():
                # A ruling is the specialist's own, marked and dated; it never passes for a clause.
                assert part.by == shelf.district.specialist.title
                assert re.fullmatch(r"[A-Z][a-z]+ \d{1,2}, \d{4}", part.on)
            case Bullets() | Choices() | TextPrompt() | MarkedText() | CopyText() | FileText() | Mentions() | Thread():
                pass
    return quoted


def _check_quote(quote: ClauseQuote, shelf: Shelf) -> None:
    clause = next(each for each in shelf.guideline.clauses if each.id == quote.clause_id)
    source = folded(shelf.guideline.source_text)
    assert quote.text == clause.text
    assert quote.lead_in == clause.lead_in
    assert folded(quote.text) in source
    assert quote.lead_in is None or folded(quote.lead_in) in source
