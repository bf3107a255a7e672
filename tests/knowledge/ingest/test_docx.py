"""Word documents."""

import pytest

from knowledge.guidelines import Clause, Modality
from knowledge.ingest.reading import read_guideline_bytes


@pytest.fixture
def clauses(maple_ridge_docx: bytes) -> dict[str, Clause]:
    """Give the clauses of the Word document by the last two parts of their ids."""
    reading = read_guideline_bytes("maple-ridge.docx", maple_ridge_docx, district_id="maple-ridge")
    return {clause.id.partition("/")[2]: clause for clause in reading.clauses}


def test_heading_styles_and_bold_lines_become_the_section_path(clauses: dict[str, Clause]) -> None:
    """A heading that was only set in bold is one like the others."""
    assert clauses["photographs/1"].section_path == (
        "Social Media Guidelines for Employees",
        "Speaking for a School",
        "Photographs",
    )


def test_tracked_insertion_is_read_and_deletion_is_not(clauses: dict[str, Clause]) -> None:
    """What a reviewer inserted counts, what was struck out does not."""
    assert clauses["photographs/2"].text == "Photographs of evacuation drills shall not be posted."


def test_nested_bullets_keep_both_lead_ins(clauses: dict[str, Clause]) -> None:
    """The inner list says what the outer sentence began."""
    assert clauses["speaking-for-a-school/4"].text == "a complaint about an employee"
    assert clauses["speaking-for-a-school/4"].lead_in == (
        "Employees who post for a school must: obtain the principal's approval before they write about:"
    )
    assert clauses["speaking-for-a-school/4"].modality is Modality.APPROVAL


def test_table_rows_are_clauses_under_their_column_names(clauses: dict[str, Clause]) -> None:
    """Each row of a table can be cited."""
    assert clauses["where-to-post/2"].text == "Nextdoor | The Communications Office only"
    assert clauses["where-to-post/2"].lead_in == "Platform | Who may use it"


def test_typed_bullets_in_one_paragraph_are_two_clauses(clauses: dict[str, Clause]) -> None:
    """Bullets typed with line breaks are bullets."""
    assert clauses["private-life/2"].text == "Employees may follow us."


def test_footer_and_signature_line_are_left_out(clauses: dict[str, Clause]) -> None:
    """Nothing of the page's edge is a rule."""
    assert not any("footer" in clause.text or "Signature" in clause.text for clause in clauses.values())
