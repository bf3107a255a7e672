"""Web pages."""

from collections.abc import Callable

import pytest

from knowledge.guidelines import GuidelineNotReadableError, NotReadable
from knowledge.ingest.reading import Reading, read_guideline_bytes


@pytest.fixture
def page(third: Callable[[str], Reading]) -> Reading:
    """Read the web page of an invented district."""
    return third("cedar-falls.html")


@pytest.mark.parametrize(
    "furniture",
    ["cookies", "Skip to", "Board", "must not be read", "Related", "web policy", "visitors", "EDIT", "Plus_"],
)
def test_furniture_of_the_page_is_left_out(page: Reading, furniture: str) -> None:
    """Menus, cookie banner, scripts, side column and footer are no rules, even where they say must."""
    assert furniture not in page.source_text or furniture in {"EDIT", "Plus_"}
    assert not any(furniture in clause.text for clause in page.clauses)


def test_title_comes_from_the_page_itself(page: Reading) -> None:
    """The document's name is its main heading."""
    assert page.title == "Social Media Guidelines"


def test_list_inside_a_list_keeps_both_lead_ins(page: Reading) -> None:
    """What goes into the profile says who shall put it there."""
    (clause,) = (clause for clause in page.clauses if "link to the school" in clause.text)

    assert clause.lead_in == "Account managers shall: Include in the profile:"


def test_list_typed_with_line_breaks_is_a_list(page: Reading) -> None:
    """Bullets typed into a paragraph are clauses of their own with their lead-in."""
    leads = {clause.text: clause.lead_in for clause in page.clauses}

    assert leads["post during instructional time"] == "Employees must not:"


def test_page_that_marks_no_main_part_is_read_without_its_furniture() -> None:
    """On an old page without a marked main part, menus and side columns are known by their names and links."""
    markup = """<div class="site-menu"><p>You must log in.</p></div><div id="sidebar">Staff must park outside.</div>
    <ul><li><a href="/a">Schools</a></li><li><a href="/b">Jobs</a></li></ul>
    <div class="content social-media"><h2>Rules</h2><p>Ask the family before you post a picture of a child.</p></div>"""
    reading = read_guideline_bytes("a.html", markup.encode(), district_id="x")

    assert [clause.text for clause in reading.clauses] == ["Ask the family before you post a picture of a child."]


def test_bold_paragraph_is_a_heading(page: Reading) -> None:
    """A line that was only set in bold heads what follows."""
    (clause,) = (clause for clause in page.clauses if "first name." in clause.text)

    assert clause.section_path == ("Social Media Guidelines", "Students", "Elementary students")


def test_table_used_for_layout_is_no_row() -> None:
    """A page that places its text in a table is read as paragraphs and lists."""
    markup = "<table><tr><td>menu</td><td><h2>Rules</h2><ul><li>Ask first.</li><li>Wait.</li></ul></td></tr></table>"
    reading = read_guideline_bytes("a.html", markup.encode(), district_id="x")

    assert [clause.text for clause in reading.clauses if clause.section == "Rules"] == ["Ask first.", "Wait."]


@pytest.mark.parametrize("element", ["<div>", "<ul><li>", "<b>", "<table><tr><td>"])
def test_page_of_elements_inside_each_other_is_told(element: str) -> None:
    """Ten thousand elements inside each other neither end the program nor stop it for minutes."""
    with pytest.raises(GuidelineNotReadableError) as caught:
        read_guideline_bytes("a.html", (element * 10_000 + "<p>Ask first.</p>").encode(), district_id="x")

    assert caught.value.reason is NotReadable.TOO_LARGE
