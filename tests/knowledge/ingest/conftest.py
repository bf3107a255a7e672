"""Documents of districts that we invented, in the formats that are no text files, and shortcuts to read any of them."""

import io
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from reportlab.lib.styles import getSampleStyleSheet  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from reportlab.platypus import BaseDocTemplate, ListFlowable, ListItem, Paragraph, SimpleDocTemplate, Spacer  # type: ignore[import-untyped]

from knowledge.guidelines import Clause
from knowledge.ingest.reading import Reading, read_guideline, read_guideline_bytes

DATA = Path(__file__).parent / "data"

SHIPPED = {
    "redlands": Path("knowledge/shipped/redlands/social-media-protocols.txt"),
    "hesperia": Path("knowledge/shipped/hesperia/social-media-guidelines.txt"),
}


@pytest.fixture
def shipped() -> Callable[[str], Reading]:
    """Give a reader of the guideline of a shipped district."""
    root = Path(__file__).parents[3]
    return lambda district: read_guideline(root / SHIPPED[district], district_id=district)


@pytest.fixture
def third() -> Callable[[str], Reading]:
    """Give a reader of one of the invented districts' documents in the data folder."""
    return lambda name: read_guideline(DATA / name, district_id=Path(name).stem)


@pytest.fixture
def read_words() -> Callable[..., Reading]:
    """Give a reader of a text given in place."""

    def read(text: str, name: str = "oak-park.txt", previous: tuple[Clause, ...] = ()) -> Reading:
        return read_guideline_bytes(name, text.encode(), district_id="oak-park", previous=previous)

    return read


@pytest.fixture(scope="session")
def maple_ridge_docx() -> bytes:
    """Make a Word document with heading styles, bold headings, lists, a table, a tracked insertion and a footer."""
    document = docx.Document()
    document.sections[0].footer.paragraphs[0].text = "Maple Ridge Schools - you must not quote this footer - Page 1"
    document.add_paragraph("Social Media Guidelines for Employees", style="Title")
    document.add_paragraph(
        "Maple Ridge Schools believes that families should hear from us often and plainly. These guidelines say how "
        "employees may use social media on behalf of a school, and what we ask of them in their private lives."
    )
    document.add_paragraph("Speaking for a School", style="Heading 1")
    document.add_paragraph("Employees who post for a school must:")
    for rule in ("use the school's account, never their own", "correct a mistake within one school day"):
        document.add_paragraph(rule, style="List Bullet")
    nested = document.add_paragraph("obtain the principal's approval before they write about:", style="List Bullet")
    assert nested.style is not None
    for topic in ("an accident or arrest", "a complaint about an employee"):
        document.add_paragraph(topic, style="List Bullet 2")
    document.add_paragraph().add_run("Photographs").bold = True
    document.add_paragraph("A photograph of a student may be posted if the family has signed the Media Release Form.")
    changed = document.add_paragraph("Photographs of evacuation drills ")
    changed._p.append(_tracked("w:ins", "w:t", "shall not be posted."))
    changed._p.append(_tracked("w:del", "w:delText", "are welcome."))
    document.add_paragraph("Accounts", style="Heading 1")
    document.add_paragraph("Registering", style="Heading 2")
    for step in ("Write to the Webmaster.", "Wait until the Webmaster has approved the account.", "Post."):
        document.add_paragraph(step, style="List Number")
    document.add_paragraph("Where to Post", style="Heading 2")
    table = document.add_table(rows=3, cols=2)
    for row, cells in zip(
        table.rows,
        (("Platform", "Who may use it"), ("Instagram", "Every school"), ("Nextdoor", "The Communications Office only")),
        strict=True,
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.paragraphs[0].add_run(text).bold = text in {"Platform", "Who may use it"}
    document.add_paragraph("Private Life", style="Heading 1")
    document.add_paragraph("• Employees must not message students from a private account.\n• Employees may follow us.")
    document.add_paragraph("Signature: ____________________")
    return _saved(document)


def _tracked(change: str, tag: str, text: str) -> BaseOxmlElement:
    """Make a tracked insertion or deletion of some words."""
    outer, run, words = OxmlElement(change), OxmlElement("w:r"), OxmlElement(tag)
    words.text = text
    words.set(qn("xml:space"), "preserve")
    run.append(words)
    outer.append(run)
    return outer


def _saved(document: docx.document.Document) -> bytes:
    """Give the bytes of a Word document."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@pytest.fixture(scope="session")
def harbor_point_pdf() -> bytes:
    """Make a PDF of three pages with running header and footer, sized headings, and a paragraph over a page end."""
    styles = getSampleStyleSheet()
    body = styles["BodyText"]
    story = [
        Paragraph("Harbor Point Unified School District", styles["Heading2"]),
        Paragraph("Social Media Standards for Staff", styles["Title"]),
        Paragraph(
            "Harbor Point Unified uses social media to tell the story of our schools. These standards apply to every "
            "employee, and to volunteers while they act for a school.",
            body,
        ),
        Paragraph("Official accounts", styles["Heading2"]),
        Paragraph(
            "The principal shall name two employees who keep each official account. An account with fewer than two "
            "keepers will be closed at the end of the semester, and its followers are told where to find the news "
            "of the school from then on.",
            body,
        ),
        Paragraph("Keepers of an official account shall not:", body),
        _bullets(
            "share the password with students, parents or booster clubs, not even for the week of a tournament or "
            "while they travel with a team;",
            "post between ten at night and six in the morning, except in an emergency;",
            "endorse a candidate, a ballot measure or a business.",
        ),
        Paragraph("Students in pictures and film", styles["Heading2"]),
    ]
    story += [
        Paragraph(
            f"Rule {number}. Staff must look up every student in Synergy before a picture from {place} is posted, and "
            "must leave out those whose families have said no. A picture that shows a student in distress, in a "
            "medical situation or in trouble shall never be posted, whatever the family has signed.",
            body,
        )
        for number, place in zip(
            ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
            ("a classroom", "the library", "a bus", "the stage", "a lab", "the gym", "a camp", "a shop", "art", "band"),
            strict=True,
        )
    ]
    story += [
        Spacer(1, 6),
        Paragraph("Private accounts", styles["Heading2"]),
        Paragraph("Staff may not use a private account to teach, to coach or to counsel students.", body),
        Paragraph("Be careful with humor: it travels badly.", body),
    ]
    file = io.BytesIO()
    template = SimpleDocTemplate(file, title="Social Media Standards for Staff")
    template.build(story, onFirstPage=_edges, onLaterPages=_edges)
    return file.getvalue()


def _bullets(*texts: str) -> ListFlowable:
    """Make a bullet list."""
    body = getSampleStyleSheet()["BodyText"]
    return ListFlowable([ListItem(Paragraph(text, body)) for text in texts], bulletType="bullet")


def _edges(canvas: Canvas, template: BaseDocTemplate) -> None:
    """Draw the running header and footer of a page."""
    canvas.drawString(72, 805, "Harbor Point Unified - Social Media Standards")
    canvas.drawString(72, 30, f"Approved by the Board - Page {template.page} of 3")
