"""The least that answers must reach on labelled messages, the shipped districts and strange ones alike."""

import pytest

from bench.labels import DATA, figures, read_labels
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


def test_alarms_are_heard_and_look_alikes_wake_nobody(search: Search, checker: PostChecker) -> None:
    """On messages that were kept out of the bank: a missed alarm is the worst failure, and a needless one comes next."""
    labels = read_labels(DATA / "alarms.heldout.jsonl")
    given = answer_all(search, checker, indexes(search, with_links=True), labels)
    heard = [answer.escalate for answer in given]
    real = [label["escalate"] for label in labels]
    both = sum(one and other for one, other in zip(heard, real, strict=True))
    safety = [
        answer.urgency == "safety" for answer, label in zip(given, labels, strict=True) if label["urgency"] == "safety"
    ]

    assert both / sum(real) >= 0.82
    assert both / sum(heard) >= 0.90
    assert sum(safety) / len(safety) >= 0.82
