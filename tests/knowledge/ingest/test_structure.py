"""Plain text into clauses: bullets, outlines, wrapped lines, lead-ins and leftovers."""

from collections.abc import Callable

import pytest

from knowledge.guidelines import Modality
from knowledge.ingest.reading import Reading


def texts(reading: Reading) -> list[str]:
    """Texts of a reading's clauses."""
    return [clause.text for clause in reading.clauses]


@pytest.mark.parametrize("glyph", ["•", "◦", "▪", "-", "*", "–", "o", "\uf0b7", "➢", "✓"])
def test_bullets_of_any_glyph_are_clauses_without_it(read_words: Callable[..., Reading], glyph: str) -> None:
    """The bullet in front of a rule is not part of it."""
    reading = read_words(f"Rules\n\nStaff must:\n\n{glyph} ask first\n{glyph} wait for the answer\n")

    assert texts(reading) == ["ask first", "wait for the answer"]
    assert {clause.lead_in for clause in reading.clauses} == {"Staff must:"}


def test_bullet_alone_on_its_line_belongs_to_the_next_text(read_words: Callable[..., Reading]) -> None:
    """A bullet that a web page split from its text is put back."""
    assert texts(read_words("Never:\n•\n\nPost grades.\n•\nPost names.\n")) == ["Post grades.", "Post names."]


def test_list_after_the_list_has_no_lead_in(read_words: Callable[..., Reading]) -> None:
    """The paragraph that closes a section does not complete the sentence before the bullets."""
    reading = read_words("Staff must not:\n- post grades\n- post names\nQuestions go to the principal of the school.\n")

    assert reading.clauses[-1].lead_in is None
    assert reading.clauses[-1].modality is Modality.INFORMATION


def test_lead_in_without_a_list_is_a_clause(read_words: Callable[..., Reading]) -> None:
    """A sentence that ends in a colon and leads to nothing is not lost."""
    assert texts(read_words("Pictures\n\nStaff must always ask:\n")) == ["Staff must always ask:"]


def test_plain_lines_after_a_lead_in_complete_it(read_words: Callable[..., Reading]) -> None:
    """A list that lost its bullets still keeps its sentence."""
    reading = read_words("Employees may not post:\n\ngrades of students;\n\nnames of students; or\n\nschedules.\n")

    assert [clause.lead_in for clause in reading.clauses] == ["Employees may not post:"] * 3


def test_heading_that_ends_in_a_colon_leads_its_list(read_words: Callable[..., Reading]) -> None:
    """Bullets under the heading "Employees must never:" are forbidden and say so."""
    reading = read_words("# Rules\n\n## Employees must never:\n\n- post grades\n", name="oak-park.md")

    assert [clause.lead_in for clause in reading.clauses] == ["Employees must never:"]
    assert [clause.modality for clause in reading.clauses] == [Modality.PROHIBITION]


def test_letter_i_after_h_is_no_roman_number(read_words: Callable[..., Reading]) -> None:
    """In a list from a) to j) the ninth point is a point like the others."""
    points = "\n".join(f"{letter}) point {letter} of the list;" for letter in "abcdefghij")
    reading = read_words(f"Staff must not post:\n{points}\n")

    assert len(reading.clauses) == 10
    assert {clause.lead_in for clause in reading.clauses} == {"Staff must not post:"}


def test_initial_of_a_name_is_no_outline_letter(read_words: Callable[..., Reading]) -> None:
    """A line that begins with "J. Alvarez" keeps the initial."""
    assert texts(read_words("J. Alvarez answers questions about these guidelines.\n")) == [
        "J. Alvarez answers questions about these guidelines."
    ]


def test_short_numbered_list_is_no_series_of_headings(read_words: Callable[..., Reading]) -> None:
    """A "1. Names" followed by "2. Addresses" is a list of what not to post."""
    reading = read_words("Never post:\n\n1. Names\n2. Addresses\n3. Grades\n\nThese rules hold on weekends as well.\n")

    assert texts(reading)[:3] == ["Names", "Addresses", "Grades"]
    assert {clause.section for clause in reading.clauses} == {""}


def test_rule_in_capitals_is_no_heading(read_words: Callable[..., Reading]) -> None:
    """A rule that shouts is still a rule."""
    assert "STAFF MUST NOT POST GRADES" in texts(read_words("STAFF MUST NOT POST GRADES\n\nGrades are private.\n"))


@pytest.mark.parametrize(
    "leftover",
    [
        "EDIT MAIN", "Plus_blue", "Skip to main content", "Home > Departments > Communications", "Back to Top",
        "Page 2 of 9", "© 2024 Oak Park Schools", "Board Adopted: June 3, 2022", "Name: ______________", "...", "★ ★ ★",
    ],
)  # fmt: skip
def test_leftovers_of_a_page_are_no_clauses(read_words: Callable[..., Reading], leftover: str) -> None:
    """Buttons, bread crumbs, page numbers, form lines and dates are nothing to cite."""
    assert texts(read_words(f"{leftover}\n\nDo not post grades.\n\n{leftover}\n")) == ["Do not post grades."]


def test_heading_that_is_also_a_menu_word_stays(read_words: Callable[..., Reading]) -> None:
    """A section "Accessibility" keeps its name."""
    (clause,) = read_words("Accessibility\n\nEvery picture needs a text that describes it.\n").clauses

    assert clause.section == "Accessibility"


def test_list_that_names_later_sections_is_a_table_of_contents(read_words: Callable[..., Reading]) -> None:
    """The list of sections at the top is left out; a list of other things is not."""
    sections = "Accounts\n\nAsk the webmaster.\n\nPictures\n\nAsk the family.\n"

    assert texts(read_words(f"- Accounts\n- Pictures\n{sections}")) == ["Ask the webmaster.", "Ask the family."]
    assert texts(read_words(f"Approved sites:\n- Facebook\n- Instagram\n{sections}"))[:2] == ["Facebook", "Instagram"]


def test_footer_between_the_lines_of_a_sentence_is_taken_out(read_words: Callable[..., Reading]) -> None:
    """A sentence that runs over a printed page is one clause, verbatim without the footer."""
    page = "Oak Park Schools Handbook - {}\f"
    reading = read_words(
        "Employees of every school shall look at the release list of the\noffice before they post any picture that\n"
        f"\n{page.format(1)}\nshows a student, a volunteer or a visitor of one of our schools and\nsay who took it.\n"
        f"\n{page.format(2)}\nNever post grades.\n\n{page.format(3)}"
    )

    first, second = texts(reading)
    assert "any picture that shows a student, a volunteer or a visitor of one of our schools and say who" in first
    assert second == "Never post grades."


def test_word_broken_at_a_line_end_is_whole_and_a_hyphen_of_its_own_stays(read_words: Callable[..., Reading]) -> None:
    """The word "pic-tures" is whole again, and "school-sponsored" keeps the hyphen it has elsewhere."""
    reading = read_words(
        "All school-sponsored accounts are listed by the office, with their pic-\n"
        "tures and names, and every account that is not school-\n"
        "sponsored is left out of the list that the office publishes\n"
        "in the fall.\n"
    )

    assert "with their pictures and names" in reading.clauses[0].text
    assert "not school-sponsored is left out" in reading.clauses[0].text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_of_any_usual_encoding_is_read(encoding: str) -> None:
    """Curly quotes and accents of a file from Notepad or an old Word come through."""
    from knowledge.ingest.reading import read_guideline_bytes

    words = "Employees don’t post “first names” of niños.\r\n"
    (clause,) = read_guideline_bytes("oak-park.txt", words.encode(encoding), district_id="oak-park").clauses

    assert clause.text == words.strip()


def test_long_bullet_stays_whole(read_words: Callable[..., Reading]) -> None:
    """A bullet is its author's own cut, however long."""
    bullet = "Employees must ask first. " + "Pictures of students shall not be sold. " * 25
    (clause,) = read_words(f"- {bullet}\n").clauses

    assert clause.text == bullet.strip()


def test_long_paragraph_is_not_cut_before_a_sentence_that_leans_back(read_words: Callable[..., Reading]) -> None:
    """A sentence with "They", "This" or "such" stays with the rule that it explains."""
    paragraph = (
        "Employees must ask the family before they post a picture. They must also ask the student. This includes film. "
        "Such pictures may not be sold. " + "The office keeps the answers of families in a list. " * 12
    ) + "Volunteers may not post pictures at all."
    reading = read_words(paragraph)

    assert [text.split()[0] for text in texts(reading)] == ["Employees", "Volunteers"]


def test_empty_table_head_and_rows_are_read(read_words: Callable[..., Reading]) -> None:
    """Each row of a table is a clause, and the names of its columns come with it."""
    reading = read_words("| Site | Use |\n| --- | --- |\n| X | Not allowed |\n| Y | Schools |\n", name="oak-park.md")

    assert texts(reading) == ["X | Not allowed", "Y | Schools"]
    assert {clause.lead_in for clause in reading.clauses} == {"Site | Use"}
    assert reading.clauses[0].modality is Modality.PROHIBITION
