"""The least that answers must reach on labelled messages, the shipped districts and strange ones alike."""

import pytest

from bench.labels import figures
from bench.quality import answer_all, indexes, labelled_sets
from knowledge.checking.judging import PostChecker
from knowledge.search.finding import Search

LABELS = labelled_sets()


@pytest.mark.parametrize("name", ["dev", "held out"])
def test_shipped_districts_reach_the_floors(name: str, search: Search, checker: PostChecker) -> None:
    """The floors that the product's owner set, on our own labelled messages."""
    labels = LABELS[name]
    found = figures(labels, answer_all(search, checker, indexes(search, with_links=True), labels))

    assert (found["clause_at_1"] or 0) >= 0.70, found
    assert (found["clause_at_3"] or 0) >= 0.88, found
    assert (found["two_clause_both_shown"] or 0) >= 0.60, found
    assert (found["abstains_when_not_covered"] or 0) >= 0.80, found
    assert (found["abstains_when_covered"] or 0) <= 0.10, found
    assert (found["kind"] or 0) >= 0.85, found


@pytest.mark.parametrize("name", ["dev", "held out", "third district"])
def test_document_that_nobody_linked_reaches_its_floor(name: str, search: Search, checker: PostChecker) -> None:
    """A district whose clauses are reached through topics, vectors and words alone is served well, too."""
    labels = LABELS[name]
    found = figures(labels, answer_all(search, checker, indexes(search, with_links=False), labels))

    assert (found["clause_at_3"] or 0) >= 0.75, found
