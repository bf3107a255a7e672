"""PDF files."""

import io

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from knowledge.ingest.reading import Reading, read_guideline_bytes


@pytest.fixture
def reading(harbor_point_pdf: bytes) -> Reading:
    """Read the PDF of an invented district."""
    return read_guideline_bytes("harbor-point.pdf", harbor_point_pdf, district_id="harbor-point")


def test_running_header_and_footer_are_left_out(reading: Reading) -> None:
    """What repeats on each page is no rule and stands in no sentence."""
    assert "Page" not in reading.source_text
    assert "Harbor Point Unified - Social" not in reading.source_text


def test_paragraph_over_a_page_end_is_one_clause(reading: Reading) -> None:
    """Each of the ten rules is whole, although two pages end within them."""
    rules = [clause.text for clause in reading.clauses if clause.section == "Students in pictures and film"]

    assert len(rules) == 10
    assert all(rule.startswith("Rule ") and rule.endswith("whatever the family has signed.") for rule in rules)


def test_larger_type_makes_headings_and_the_title(reading: Reading) -> None:
    """Headings are told by their type alone."""
    assert reading.title == "Social Media Standards for Staff"
    assert reading.clauses[1].section_path == ("Social Media Standards for Staff", "Official accounts")


def test_bullets_keep_their_lead_in_and_their_wrapped_lines(reading: Reading) -> None:
    """A bullet of two lines is one clause with its opening sentence."""
    (clause,) = (clause for clause in reading.clauses if "booster clubs" in clause.text)

    assert clause.text.startswith("share the password") and clause.text.endswith("travel with a team;")  # noqa: PT018
    assert clause.lead_in == "Keepers of an official account shall not:"


@pytest.mark.parametrize("unit", ["word", "letter"])
def test_words_drawn_piece_by_piece_stay_words(unit: str) -> None:
    """However a program placed its letters, the words and spaces are those that one sees."""
    words = "Employees must wait for the answer of the principal."
    file = io.BytesIO()
    canvas = Canvas(file)
    x = 72.0
    for piece in words.split(" ") if unit == "word" else words:
        canvas.setFont("Helvetica", 11)
        canvas.drawString(x, 700, piece)
        x += stringWidth(piece if unit == "letter" else f"{piece} ", "Helvetica", 11)
    canvas.save()

    assert read_guideline_bytes("a.pdf", file.getvalue(), district_id="x").clauses[0].text == words
