"""PDF files, read by pypdf: the lines of each page with their place and type, so that gaps and headings are seen.

There is no text recognition: a page that is only a picture cannot be quoted word for word.
"""

import io
import re
import statistics
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from pypdf import PageObject, PdfReader

from knowledge.guidelines import GuidelineNotReadableError, NotReadable
from knowledge.ingest.blocks import INVISIBLE, MAX_CHARACTERS, Extract
from knowledge.ingest.layout import lay_out
from knowledge.ingest.lines import Line

MAX_PAGES = 300
"""Most pages that are read. Our own figure: a whole employee handbook has some 100."""

GAP = 1.35
"""Line distance, in usual ones, from which there is a gap between paragraphs."""

SPACE = 0.13
"""Distance between two letters, in sizes of their type, from which there is a space; a usual one has 0.25."""

_WIDTHS = (("ijl'’|", 0.22), ("ft.,;:!()[]/ I", 0.28), ("r-", 0.33), ("w", 0.72), ("mM", 0.83), ("W", 0.94))
_BOLD = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_NO_TITLE = re.compile(r"untitled|\.\w{3,4}$|^microsoft", re.IGNORECASE)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """Text that one drawing operation put on a page."""

    text: str
    x: float
    y: float
    size: float
    is_bold: bool


def read_pdf(content: bytes) -> Extract:
    """Read a PDF file.

    Parameters
    ----------
    content
        The whole file.

    Returns
    -------
    Extract
        Its text without running headers and footers, and blocks.

    Raises
    ------
    GuidelineNotReadableError
        Raised if the file is encrypted, damaged, too large, or holds pictures of text only.
    """
    if b"%PDF-" not in content[:1024]:
        raise GuidelineNotReadableError(NotReadable.DAMAGED, detail="no %PDF header")
    # pypdf 7.1 repairs a file that broke off and reads the pages it has; the rules on the others would be lost.
    if b"%%EOF" not in content[-2048:]:
        raise GuidelineNotReadableError(NotReadable.DAMAGED, detail="no %%EOF at the end")
    try:
        return _read(content)
    except GuidelineNotReadableError:
        raise
    except Exception as error:
        # pypdf 7.1 raises ValueError, AttributeError, KeyError and RecursionError on damaged files, not only its own.
        raise GuidelineNotReadableError(NotReadable.DAMAGED, detail=type(error).__name__) from error


def _read(content: bytes) -> Extract:
    """Read a file that may still turn out to be damaged."""
    reader = PdfReader(io.BytesIO(content))
    # An owner's password alone only forbids printing and the like; such a file opens with the empty one.
    if reader.is_encrypted and not reader.decrypt(""):
        raise GuidelineNotReadableError(NotReadable.ENCRYPTED)
    if len(reader.pages) > MAX_PAGES:
        raise GuidelineNotReadableError(NotReadable.TOO_LARGE, detail=f"over {MAX_PAGES} pages")
    pages: list[list[_Piece]] = []
    unread: list[int] = []
    length = 0
    for number, page in enumerate(reader.pages, start=1):
        pieces = _pieces(page)
        length += sum(len(piece.text) for piece in pieces)
        if length > MAX_CHARACTERS:
            raise GuidelineNotReadableError(NotReadable.TOO_LARGE, detail=f"over {MAX_CHARACTERS} characters")
        if not any(piece.text.strip() for piece in pieces) and _shows_something(page):
            unread.append(number)
        pages.append(pieces)
    if not reader.pages or (length == 0 and not unread):
        raise GuidelineNotReadableError(NotReadable.EMPTY, detail="no page with content")
    if len(unread) * 2 > len(pages) or length == 0:
        raise GuidelineNotReadableError(NotReadable.SCANNED, detail=f"{len(unread)} of {len(pages)} pages")
    title = reader.metadata.title if reader.metadata is not None else None
    extract = lay_out(_lines(pages), is_wrapped=True)
    is_name = (
        title is not None and len(title) > 8 and not re.search(r"untitled|\.\w{3,4}$|^microsoft", title, re.IGNORECASE)
    )
    return replace(extract, title=title if is_name else None, unread_pages=tuple(unread))


def _shows_something(page: PageObject) -> bool:
    """Whether a page without text draws anything, a scanned picture above all."""
    contents = page.get_contents()
    return contents is not None and bool(contents.get_data().strip())


def _pieces(page: PageObject) -> list[_Piece]:
    """Collect what a page draws as text, in drawing order, which is reading order in what office programs write."""
    pieces: list[_Piece] = []

    def visit(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if not text.strip():
            return
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = abs(tm[3] * cm[3]) or abs(tm[0] * cm[0]) or 1.0
        name = str(font.get("/BaseFont", "")) if font else ""
        clean = INVISIBLE.sub("", text.translate(_LIGATURES))
        rows = clean.strip("\n").split("\n")
        is_bold = bool(_BOLD.search(name))
        for at, row in enumerate(rows):
            pieces.append(_Piece(text=row, x=x, y=y - at * size * scale * 1.2, size=size * scale, is_bold=is_bold))

    page.extract_text(visitor_text=visit)
    return pieces


def _lines(pages: list[list[_Piece]]) -> list[Line]:
    """Join pieces into lines, and put an empty line where the distance shows a gap."""
    sizes = [round(piece.size, 1) for pieces in pages for piece in pieces for _ in range(len(piece.text))]
    body_size = statistics.mode(sizes) if sizes else 0.0
    lines: list[Line] = []
    for number, pieces in enumerate(pages):
        rows = _rows(pieces)
        steps = [upper[0].y - lower[0].y for upper, lower in pairwise(rows)]
        usual = statistics.median_low([step for step in steps if step > 0] or [0.0])
        for at, row in enumerate(rows):
            if at and (not 0 < steps[at - 1] <= usual * GAP):
                lines.append(Line(text="", page=number))
            lines.append(_line(row, page=number, body_size=body_size))
    return lines


def _rows(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Put pieces at the same height into one row, from left to right."""
    rows: list[list[_Piece]] = []
    for piece in pieces:
        row = rows[-1] if rows else None
        if row is not None and abs(row[0].y - piece.y) < max(piece.size, row[0].size) * 0.4:
            row.append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.x) for row in rows]


def _line(row: list[_Piece], *, page: int, body_size: float) -> Line:
    """Make one line of a row; it stands out if its words are larger than the body or bold."""
    text = row[0].text
    for before, piece in pairwise(row):
        text += (" " if _are_apart(before, piece) else "") + piece.text
    worded = [piece for piece in row if any(letter.isalnum() for letter in piece.text)] or row
    size = max(piece.size for piece in worded)
    is_bold = all(piece.is_bold for piece in worded)
    larger = round((size - body_size) * 2) if size > body_size * 1.1 else 0
    return Line(
        text=" ".join(text.split()), page=page, indent=round(row[0].x), emphasis=max(larger, 0) * 2 + int(is_bold)
    )


def _are_apart(before: _Piece, piece: _Piece) -> bool:
    """Whether two pieces of a row are separate words.

    pypdf 7.1 gives a piece that follows without a move the place of the one before, and its space as text. Otherwise
    the distance tells, as far as letters have the widths of a common typeface; of long pieces the error grows, and
    they are cut between words far more often than within one.
    """
    if piece.x == before.x or before.text.endswith(" ") or piece.text.startswith(" "):
        return False
    if len(before.text) > 12:
        return piece.text[0] not in ".,;:!?)”’"
    width = sum(_width(letter) for letter in before.text) * before.size
    return piece.x - before.x - width > SPACE * before.size


def _width(letter: str) -> float:
    """Usual width of a letter, in sizes of its type (as in Helvetica)."""
    for letters, width in _WIDTHS:
        if letter in letters:
            return width
    return 0.69 if letter.isupper() else 0.54
