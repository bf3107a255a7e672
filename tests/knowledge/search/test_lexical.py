"""Words shared with a clause, and words put right that were mistyped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.search.lexical import Bm25, Spelling, words

CLAUSES = (
    "There shall be at least two account administrators for each page.",
    "Snapchat is strictly prohibited.",
    "Seek consent before using school logos or mascots.",
)
SPELLING = Spelling(["administrators", "snapchat", "permission", "principal", "mascot", "photos", "students"])


def test_clause_that_shares_the_rare_words_scores_highest() -> None:
    """A question with the clause's own words finds it by them."""
    assert Bm25(CLAUSES).scores("who okays the mascot logo?").argmax() == 2


def test_question_that_shares_no_word_scores_nothing() -> None:
    """No shared word is no evidence, not a small one."""
    assert Bm25(CLAUSES).scores("when is payday").tolist() == [0.0, 0.0, 0.0]


def test_endings_do_not_hide_a_shared_word() -> None:
    """One administrator and administrators are the same word."""
    assert words("administrator") == words("administrators'")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("permision from the pricipal", "permission from the principal"),
        ("snapcaht ok?", "snapchat ok?"),
        ("stduents", "students"),
    ],
)
def test_mistyped_word_is_put_right(typed: str, meant: str) -> None:
    """A letter dropped or swapped does not change what is asked."""
    assert SPELLING.put_right(typed) == meant


@pytest.mark.parametrize("text", ["@rhsbandd", "#photoos", "Zaragoza", "ok", "xqzwvk"])
def test_names_handles_and_short_words_stay_as_they_are(text: str) -> None:
    """What is near to no known word is taken as typed."""
    assert SPELLING.put_right(text) == text


@given(st.text(max_size=300))
def test_any_text_is_put_right_without_an_error_and_only_once(text: str) -> None:
    """Putting right what was put right changes nothing."""
    once = SPELLING.put_right(text)

    assert SPELLING.put_right(once) == once
