"""Ids of clauses over several versions of a document."""

from collections.abc import Callable

import pytest

from knowledge.ingest.identity import slug
from knowledge.ingest.reading import Reading

FIRST = """Accounts

Schools may open one account each.

The principal shall name two administrators for the account.

Students

Do not post the last name of a student.
"""


def ids(reading: Reading) -> dict[str, str]:
    """Texts of a reading's clauses by id."""
    return {clause.id: clause.text for clause in reading.clauses}


def test_first_import_counts_the_clauses_of_each_section(read_words: Callable[..., Reading]) -> None:
    """The second clause under "Accounts" is number two there."""
    assert ids(read_words(FIRST)) == {
        "oak-park/accounts/1": "Schools may open one account each.",
        "oak-park/accounts/2": "The principal shall name two administrators for the account.",
        "oak-park/students/1": "Do not post the last name of a student.",
    }


def test_edit_in_another_section_leaves_ids_alone(read_words: Callable[..., Reading]) -> None:
    """A new rule on accounts does not rename the rules on students, even without a former version."""
    edited = FIRST.replace("Students\n", "Close an account that nobody reads.\n\nStudents\n")

    assert ids(read_words(edited))["oak-park/students/1"] == "Do not post the last name of a student."


def test_clause_inserted_before_others_gets_a_new_number(read_words: Callable[..., Reading]) -> None:
    """A new first rule in a section leaves the others their ids."""
    first = read_words(FIRST)
    edited = FIRST.replace("Schools may", "Ask the webmaster for help at any time.\n\nSchools may")

    second = read_words(edited, previous=first.clauses)

    assert ids(second) == {"oak-park/accounts/3": "Ask the webmaster for help at any time."} | ids(first)


def test_reworded_clause_keeps_its_id(read_words: Callable[..., Reading]) -> None:
    """A rule that now wants three administrators instead of two is still the same rule."""
    second = read_words(FIRST.replace("two administrators", "three administrators"), previous=read_words(FIRST).clauses)

    assert ids(second)["oak-park/accounts/2"] == "The principal shall name three administrators for the account."


def test_new_rule_in_the_place_of_an_old_one_is_a_new_clause(read_words: Callable[..., Reading]) -> None:
    """A rule about something else does not inherit the id, and with it the precedents, of the one it replaced."""
    edited = FIRST.replace("Schools may open one account each.", "Live streams end before nine in the evening.")

    second = read_words(edited, previous=read_words(FIRST).clauses)

    assert ids(second)["oak-park/accounts/3"] == "Live streams end before nine in the evening."
    assert "oak-park/accounts/1" not in ids(second)


def test_number_of_a_deleted_clause_is_never_used_again(read_words: Callable[..., Reading]) -> None:
    """An old citation cannot come to point to another rule, not even two versions later."""
    first = read_words(FIRST)
    second = read_words(FIRST.replace("The principal shall name two administrators for the account.\n\n", ""))
    edited = FIRST.replace("The principal shall name two", "Coaches ask before they film. They wait for two other")

    third = read_words(edited, previous=(*first.clauses, *second.clauses))

    assert "oak-park/accounts/3" in ids(third)


def test_moved_clause_keeps_its_id(read_words: Callable[..., Reading]) -> None:
    """A rule moved to another section is found under its former id."""
    moved = FIRST.replace("Schools may open one account each.\n\n", "") + "\nSchools may open one account each.\n"

    second = read_words(moved, previous=read_words(FIRST).clauses)

    assert ids(second)["oak-park/accounts/1"] == "Schools may open one account each."


def test_more_similar_clause_wins_the_former_id(read_words: Callable[..., Reading]) -> None:
    """Of two rules that resemble a former one, the closer has its id, whichever comes first."""
    words = "Employees must ask the principal before they post pictures of a {}."
    first = read_words("Pictures\n\n" + words.format("class trip"))
    second = read_words(
        "Pictures\n\n" + words.format("swim meet") + "\n\n" + words.format("class trips"), previous=first.clauses
    )

    assert ids(second) == {
        "oak-park/pictures/2": words.format("swim meet"),
        "oak-park/pictures/1": words.format("class trips"),
    }


def test_renumbered_section_keeps_its_ids(read_words: Callable[..., Reading]) -> None:
    """That section II is now section III changes no id."""
    before = read_words("I. Accounts\n\nAsk first, and wait for the answer.\n\nII. Students\n\nNever post names.\n")
    after = read_words("I. Students\n\nNever post names.\n\nII. Accounts\n\nAsk first, and wait for the answer.\n")

    assert ids(before) == dict(sorted(ids(after).items()))


def test_sections_of_the_same_name_have_ids_of_their_own(read_words: Callable[..., Reading]) -> None:
    """Two sections called "Photos" under two headings do not share numbers."""
    reading = read_words(
        "# Staff\n\n## Photos\n\nAsk first.\n\n# Coaches\n\n## Photos\n\nNever at practice.\n", name="oak-park.md"
    )

    assert ids(reading) == {"oak-park/photos/1": "Ask first.", "oak-park/coaches-photos/1": "Never at practice."}


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("II. Expectations for the personal use of social media", "expectations-for-the-personal-use-of-social-media"),
        ("1.2 District’s Accounts", "districts-accounts"),
        ("Comunicación con padres", "comunicacion-con-padres"),
        ("A. Scope", "scope"),
        ("规则", "section"),
    ],
)
def test_heading_becomes_a_readable_part_of_an_id(heading: str, expected: str) -> None:
    """An id says in plain letters where its clause stands."""
    assert expected == slug(heading)
