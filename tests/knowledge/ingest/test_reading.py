"""Whole documents into clauses: the shipped districts', the invented ones', and files that cannot be read."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from knowledge.guidelines import Clause, GuidelineNotReadableError, Modality, NotReadable
from knowledge.ingest.blocks import fold
from knowledge.ingest.reading import MAX_FILE_BYTES, Reading, read_guideline, read_guideline_bytes

DATA = Path(__file__).parent / "data"
SEED_CLAUSES = json.loads((DATA / "seed-clauses.json").read_text(encoding="utf-8"))
THIRD_DISTRICTS = sorted(path.name for path in DATA.iterdir() if path.suffix != ".json")


def seed(district: str) -> list[dict[str, str]]:
    """Give the clauses of a shipped district as a careful reader cut them."""
    return [clause for clause in SEED_CLAUSES if clause["district"] == district]


def by_seed_id(reading: Reading, district: str) -> dict[str, Clause]:
    """Clauses under the names the careful reader gave them."""
    return {expected["id"]: clause for expected, clause in zip(seed(district), reading.clauses, strict=True)}


def assert_verbatim(reading: Reading) -> None:
    """Every clause is a slice of the source, after the one before it."""
    end = 0
    for clause in reading.clauses:
        assert clause.start >= end
        assert clause.text
        assert clause.text == fold(reading.source_text[clause.start : clause.end])
        end = clause.end


@pytest.mark.parametrize(("district", "count"), [("redlands", 40), ("hesperia", 34)])
def test_shipped_guideline_has_exactly_the_clauses_a_careful_reader_cuts(
    shipped: Callable[[str], Reading], district: str, count: int
) -> None:
    """Each clause of the district's document is there, whole, once, and nothing else."""
    reading = shipped(district)

    assert [fold(clause["text"]) for clause in seed(district)] == [clause.text for clause in reading.clauses]
    assert [clause["section"] for clause in seed(district)] == [clause.section for clause in reading.clauses]
    assert count == len(reading.clauses)


def test_redlands_lead_ins_are_kept_with_their_clauses(shipped: Callable[[str], Reading]) -> None:
    """What is unacceptable at all times says so with each clause, and comment rules keep their opening."""
    clauses = by_seed_id(shipped("redlands"), "redlands")

    expected = {clause["id"]: clause.get("lead_in") for clause in seed("redlands")}
    expected["r18"] = clauses["r17"].text
    assert expected == {name: clause.lead_in for name, clause in clauses.items()}


def test_hesperia_lead_ins_are_clauses_and_are_kept_with_their_bullets(shipped: Callable[[str], Reading]) -> None:
    """What employees are expected to do keeps that sentence, which can be cited alone; the ending has none."""
    clauses = by_seed_id(shipped("hesperia"), "hesperia")

    expected: dict[str, str | None] = {f"h{number:02}": None for number in range(1, 35)}
    expected |= {f"h{number:02}": clauses["h14"].text for number in range(15, 24)}
    expected |= {f"h{number:02}": clauses["h24"].text for number in range(25, 34)}
    assert expected == {name: clause.lead_in for name, clause in clauses.items()}


def test_snapchat_clause_is_the_third_of_its_section(shipped: Callable[[str], Reading]) -> None:
    """The clause on Snapchat has the id that answers and precedents use."""
    (clause,) = (clause for clause in shipped("redlands").clauses if "Snapchat" in clause.text)

    assert clause.id == "redlands/general-social-media-guidelines/3"


@pytest.mark.parametrize(
    ("district", "modality", "names"),
    [
        ("redlands", Modality.PROHIBITION, "r07 r20 r21 r22 r23 r25 r26 r27 r28 r29 r30 r32 r33 r34 r35 r36 r37"),
        ("redlands", Modality.OBLIGATION, "r03 r04 r05 r06 r12 r14 r15 r17 r18 r19"),
        ("redlands", Modality.APPROVAL, "r13"),
        ("redlands", Modality.PERMISSION, "r08 r38"),
        ("redlands", Modality.CAUTION, "r16"),
        ("redlands", Modality.INFORMATION, "r01 r02 r09 r10 r11 r24 r31 r39 r40"),
        ("hesperia", Modality.PROHIBITION, "h05 h07 h08 h15 h21 h22 h23 h27 h29 h30"),
        ("hesperia", Modality.OBLIGATION, "h02 h04 h06 h12 h14 h20 h24 h25 h26 h28 h31"),
        ("hesperia", Modality.APPROVAL, "h33"),
        ("hesperia", Modality.PERMISSION, "h01 h19"),
        ("hesperia", Modality.CAUTION, "h09 h10 h11 h13 h16 h17 h18 h32"),
        ("hesperia", Modality.INFORMATION, "h03 h34"),
    ],
)
def test_shipped_clauses_know_what_they_do_to_their_reader(
    shipped: Callable[[str], Reading], district: str, modality: Modality, names: str
) -> None:
    """Each clause of the shipped districts is told as what it is: forbidden, demanded, allowed, approved, warned."""
    clauses = by_seed_id(shipped(district), district)

    assert names.split() == [name for name, clause in clauses.items() if clause.modality is modality]


@pytest.mark.parametrize("name", THIRD_DISTRICTS)
def test_text_of_every_clause_is_a_slice_of_its_source(third: Callable[[str], Reading], name: str) -> None:
    """No word of a third district's clause is ours."""
    assert_verbatim(third(name))


def test_text_of_word_and_pdf_clauses_is_a_slice_of_the_source(
    maple_ridge_docx: bytes, harbor_point_pdf: bytes
) -> None:
    """No word of a clause from Word or PDF is ours."""
    for name, content in (("maple-ridge.docx", maple_ridge_docx), ("harbor-point.pdf", harbor_point_pdf)):
        assert_verbatim(read_guideline_bytes(name, content, district_id="x"))


@pytest.mark.parametrize("name", THIRD_DISTRICTS)
def test_reading_a_document_twice_gives_the_same_ids(third: Callable[[str], Reading], name: str) -> None:
    """Ids do not depend on the day."""
    ids = [clause.id for clause in third(name).clauses]

    assert ids == [clause.id for clause in third(name).clauses]
    assert len(ids) == len(set(ids))


def test_outline_numbers_become_the_section_path(third: Callable[[str], Reading]) -> None:
    """In a document numbered I., A., 1., a) the headings lead to each clause, and the list keeps its sentence."""
    (clause,) = (clause for clause in third("alder-creek.txt").clauses if "buy advertising" in clause.text)

    assert clause.section_path == (
        "EMPLOYEE GUIDELINES FOR SOCIAL MEDIA",
        "II. Official Accounts",
        "B. Running an account",
    )
    assert clause.lead_in == "Administrators may not:"
    assert clause.text == "buy advertising or followers."


def test_long_paragraph_of_several_rules_is_cut_where_a_new_subject_begins(third: Callable[[str], Reading]) -> None:
    """Five rules in one long paragraph can be cited one by one, and "This includes" stays with its rule."""
    texts = [clause.text for clause in third("alder-creek.txt").clauses if clause.section == "B. Running an account"]

    assert [text.split()[0] for text in texts[-5:]] == ["Account", "Administrators", "The", "School", "Photographs"]
    assert texts[-1].endswith("sent them to the school.")


def test_table_of_contents_signature_line_and_dates_are_left_out(third: Callable[[str], Reading]) -> None:
    """What is no rule in the printed document is no clause."""
    text = " ".join(clause.text for clause in third("alder-creek.txt").clauses)

    assert "Purpose" not in text
    assert "signature" not in text
    assert "Adopted" not in text


def test_hard_wrapped_lines_and_broken_words_become_whole_sentences(third: Callable[[str], Reading]) -> None:
    """A sentence over several lines and a footer is one clause, and "com-munities" is one word again."""
    clauses = {clause.id.partition("/")[2]: clause for clause in third("linden-valley.txt").clauses}

    assert "serves eleven thousand students in nine communities." in clauses["why-we-have-these-procedures/1"].text
    assert clauses["photographs-and-video/1"].text.endswith("or the picture left out altogether.")
    assert not any("Page" in clause.text for clause in clauses.values())


def test_list_inside_a_list_keeps_both_lead_ins(third: Callable[[str], Reading]) -> None:
    """What the principal must approve says so in each point of the inner list."""
    (clause,) = (clause for clause in third("pine-bluff.md").clauses if "lawsuit" in clause.text)

    assert clause.lead_in == "Get the principal's approval for any post about:"
    assert clause.modality is Modality.APPROVAL


def test_dotted_numbers_lead_to_their_clauses(third: Callable[[str], Reading]) -> None:
    """In a regulation numbered 1., 1.1, 1.2 the whole numbers are headings and the others clauses."""
    reading = third("granite-hills.txt")

    assert reading.title == "Social Media Regulation 4140"
    assert [clause.section for clause in reading.clauses if "opt-out card" in clause.text] == ["3. Content"]
    assert next(clause.lead_in for clause in reading.clauses if "campus director" in clause.text) == (
        "Each official account must be administered by:"
    )


@pytest.mark.parametrize("name", THIRD_DISTRICTS)
def test_every_rule_of_a_third_district_is_in_exactly_one_clause(third: Callable[[str], Reading], name: str) -> None:
    """No sentence with must, shall or may not is lost, and none is quoted twice, lead-ins aside."""
    reading = third(name)

    taken = [False] * len(reading.source_text)
    for clause in reading.clauses:
        assert not any(taken[clause.start : clause.end])
        taken[clause.start : clause.end] = [True] * (clause.end - clause.start)
    left = "".join(" " if is_taken else letter for letter, is_taken in zip(reading.source_text, taken, strict=True))
    for clause in reading.clauses:
        for sentence in {clause.lead_in or "", *clause.section_path}:
            left = fold(left).replace(fold(sentence), "")
    assert not [word for word in ("must", "shall", "may not", "Never", "prohibited") if word in left]


# Files that cannot be read.


def reason_of(name: str, content: bytes) -> NotReadable:
    """Why a file cannot be read."""
    with pytest.raises(GuidelineNotReadableError) as caught:
        read_guideline_bytes(name, content, district_id="x")
    return caught.value.reason


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.docx", "a.pdf"])
def test_empty_file_is_told(name: str) -> None:
    """A file without a byte, or of white space, is empty in every format."""
    assert reason_of(name, b"") is NotReadable.EMPTY
    assert reason_of(name, b" \n\n ") is NotReadable.EMPTY


def test_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is told as missing."""
    with pytest.raises(GuidelineNotReadableError) as caught:
        read_guideline(tmp_path / "guidelines.txt", district_id="x")

    assert caught.value.reason is NotReadable.MISSING


def test_unknown_ending_is_told() -> None:
    """Old Word files, spreadsheets and files without ending are of no format we read."""
    assert reason_of("guidelines.doc", b"text") is NotReadable.UNKNOWN_FORMAT
    assert reason_of("guidelines", b"text") is NotReadable.UNKNOWN_FORMAT


def test_binary_junk_named_as_text_is_told() -> None:
    """A program named .txt is no text."""
    assert reason_of("guidelines.txt", bytes(range(256)) * 20) is NotReadable.UNKNOWN_FORMAT


def test_oversized_file_is_told_before_it_is_read(tmp_path: Path) -> None:
    """A file of more than ten megabytes is refused, from disk and from an upload."""
    path = tmp_path / "guidelines.txt"
    path.write_bytes(b"a" * (MAX_FILE_BYTES + 1))
    with pytest.raises(GuidelineNotReadableError) as caught:
        read_guideline(path, district_id="x")

    assert caught.value.reason is NotReadable.TOO_LARGE
    assert reason_of("guidelines.txt", path.read_bytes()) is NotReadable.TOO_LARGE


def test_overlong_text_is_told() -> None:
    """A text of more than a million characters is refused."""
    assert reason_of("guidelines.txt", b"Do not post this.\n" * 60_000) is NotReadable.TOO_LARGE


def test_document_of_headings_only_is_told() -> None:
    """A document that says nothing under its headings has no clauses."""
    assert reason_of("guidelines.md", b"# Social Media\n\n## Purpose\n") is NotReadable.NO_CLAUSES


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_truncated_word_file_is_told(maple_ridge_docx: bytes, share: float) -> None:
    """A Word file that broke off while it was sent is damaged."""
    assert reason_of("a.docx", maple_ridge_docx[: int(len(maple_ridge_docx) * share)]) is NotReadable.DAMAGED


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95, 0.999])
def test_truncated_pdf_is_told(harbor_point_pdf: bytes, share: float) -> None:
    """A PDF that broke off while it was sent is not read as if it were whole."""
    assert reason_of("a.pdf", harbor_point_pdf[: int(len(harbor_point_pdf) * share)]) is NotReadable.DAMAGED


def test_text_named_pdf_or_docx_is_told() -> None:
    """A text file with another format's ending is damaged as such."""
    assert reason_of("a.pdf", b"Do not post.") is NotReadable.DAMAGED
    assert reason_of("a.docx", b"Do not post.") is NotReadable.DAMAGED


def encrypted(content: bytes, *, user_password: str) -> bytes:
    """Make a PDF under a password; an empty one for the reader locks only printing and the like."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(user_password, owner_password="superintendent", algorithm="AES-256")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_pdf_under_a_password_is_told(harbor_point_pdf: bytes) -> None:
    """A PDF that asks for a password cannot be read."""
    assert reason_of("a.pdf", encrypted(harbor_point_pdf, user_password="cougars")) is NotReadable.ENCRYPTED


def test_pdf_that_only_forbids_printing_is_read(harbor_point_pdf: bytes) -> None:
    """A PDF that anyone can open is read although its owner locked it against changes."""
    locked = read_guideline_bytes("a.pdf", encrypted(harbor_point_pdf, user_password=""), district_id="x")

    assert locked.clauses == read_guideline_bytes("a.pdf", harbor_point_pdf, district_id="x").clauses


def test_word_file_under_a_password_is_told() -> None:
    """A Word file that asks for a password cannot be read; an old .doc in disguise is of no format we read."""
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600

    assert reason_of("a.docx", container + "EncryptedPackage".encode("utf-16-le")) is NotReadable.ENCRYPTED
    assert reason_of("a.docx", container) is NotReadable.UNKNOWN_FORMAT


def scanned(pages: int, *, text_pages: int = 0) -> bytes:
    """Make a PDF whose pages are pictures, and some more with text."""
    picture = ImageReader(Image.new("L", (200, 260), color=230))
    file = io.BytesIO()
    canvas = Canvas(file)
    for _ in range(pages):
        canvas.drawImage(picture, 0, 0, 595, 842)
        canvas.showPage()
    for _ in range(text_pages):
        canvas.drawString(72, 700, "Staff must not post pictures of students without a release.")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def test_scanned_pdf_is_told() -> None:
    """A PDF of pictures holds no words that could be quoted."""
    assert reason_of("a.pdf", scanned(3)) is NotReadable.SCANNED
    assert reason_of("a.pdf", scanned(3, text_pages=1)) is NotReadable.SCANNED


def test_picture_page_among_text_pages_is_named() -> None:
    """A cover picture is no obstacle, but whoever checks the draft hears which page was not read."""
    reading = read_guideline_bytes("a.pdf", scanned(1, text_pages=2), district_id="x")

    assert reading.unread_pages == (1,)


def test_word_file_that_unpacks_to_gigabytes_is_told(maple_ridge_docx: bytes) -> None:
    """A small Word file that would fill the memory is refused before it is unpacked."""
    file = io.BytesIO(maple_ridge_docx)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("word/footnotes.xml", b"<w:p/>" * 3_000_000)

    assert len(file.getvalue()) < MAX_FILE_BYTES
    assert reason_of("a.docx", file.getvalue()) is NotReadable.TOO_LARGE


def test_word_file_of_countless_parts_is_told(maple_ridge_docx: bytes) -> None:
    """A Word file of thousands of parts is refused."""
    file = io.BytesIO(maple_ridge_docx)
    with zipfile.ZipFile(file, "a") as archive:
        for number in range(2100):
            archive.writestr(f"word/media/{number}.png", b"")

    assert reason_of("a.docx", file.getvalue()) is NotReadable.TOO_LARGE


# Any text at all.

LINES = st.sampled_from(
    [
        "I. Purpose", "A. Scope", "1. Names", "a) first", "(i) one", "1.1 Use", "• bullet", "-", "- Post nothing.",
        "o\tsub", "MUST NOT", "Staff shall not:", "the following.", "", "  ", "\f", "Page 3 of 7", "Plus_blue",
        "Employees must post com-", "plete sentences.", "| a | b |", "| --- | --- |", "# Head", "<b>bold</b>",
        "<ul><li>x", "</ul>", "<table><tr><th>A<th>B<tr><td>1<td>2", "> quote", "\ufeff", "\u200b", "\r", "ß İ ǰ",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.one_of(st.text(max_size=400), st.lists(st.one_of(LINES, st.text(max_size=90)), max_size=30).map("\n".join)),
    name=st.sampled_from(["a.txt", "a.md", "a.html"]),
)
def test_any_text_is_read_verbatim_or_refused(text: str, name: str) -> None:
    """Whatever is uploaded, each clause is a slice of the source with an id of its own, or the file is refused."""
    try:
        reading = read_guideline_bytes(name, text.encode("utf-8", "surrogatepass"), district_id="x")
    except GuidelineNotReadableError:
        return

    assert_verbatim(reading)
    assert len({clause.id for clause in reading.clauses}) == len(reading.clauses)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(min_value=0), junk=st.binary(min_size=1, max_size=40), is_word=st.booleans())
def test_mutated_files_are_read_verbatim_or_refused(
    maple_ridge_docx: bytes, harbor_point_pdf: bytes, at: int, junk: bytes, is_word: bool
) -> None:
    """A few wrong bytes in a Word or PDF file never do more than make it unreadable."""
    content = maple_ridge_docx if is_word else harbor_point_pdf
    at %= len(content)
    try:
        reading = read_guideline_bytes(
            "a.docx" if is_word else "a.pdf", content[:at] + junk + content[at + len(junk) :], district_id="x"
        )
    except GuidelineNotReadableError:
        return

    assert_verbatim(reading)
