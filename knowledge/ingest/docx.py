"""Word documents, read by python-docx: body text with its heading styles, lists and tables.

The text is collected from the XML and not from `Paragraph.text`: python-docx 1.2 leaves out what stands in tracked
insertions and in content controls, and a rule would be lost without a word. Headers, footers and notes are not body
text and stay out.
"""

import io
import re
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.styles.style import ParagraphStyle

from knowledge.guidelines import GuidelineNotReadableError, NotReadable
from knowledge.ingest.blocks import BlockKind, Extract, SourceBuilder, fold
from knowledge.ingest.container import check_container
from knowledge.ingest.markers import MarkerReader

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)


def read_docx(content: bytes) -> Extract:
    """Read a Word document.

    Parameters
    ----------
    content
        The whole file.

    Returns
    -------
    Extract
        Its body text and blocks.

    Raises
    ------
    GuidelineNotReadableError
        Raised if the file is encrypted, damaged, too large once unpacked, or not a Word document.
    """
    check_container(content)
    try:
        document = docx.Document(io.BytesIO(content))
        source = SourceBuilder()
        walk = _Walk(document, source)
        walk.body(document.element.body)
        title = (document.core_properties.title or "").strip()
    except Exception as error:  # python-docx and lxml raise KeyError, ValueError, XMLSyntaxError and others
        raise GuidelineNotReadableError(NotReadable.DAMAGED, detail=type(error).__name__) from error
    return source.extract(title=None if title.lower() in {"", "word document"} else title)


class _Walk:
    """Goes through the body and adds a block for each heading, paragraph, list item and table row."""

    def __init__(self, document: Document, source: SourceBuilder) -> None:
        self.source = source
        self.markers = MarkerReader()
        self.styles = {
            style.style_id: style for style in document.styles if isinstance(style, ParagraphStyle) and style.style_id
        }
        self.formats = _number_formats(document)

    def body(self, parent: BaseOxmlElement) -> None:
        """Read paragraphs, tables and content controls in order."""
        for child in parent.iterchildren():
            if child.tag == qn("w:p"):
                self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                self._table(child)
            elif child.tag == qn("w:sdt") and not _is_contents(child):
                for content in child.iterchildren(qn("w:sdtContent")):
                    self.body(content)
            elif child.tag in {qn("w:ins"), qn("w:moveTo"), qn("w:customXml"), qn("w:smartTag")}:
                self.body(child)

    def _paragraph(self, paragraph: BaseOxmlElement) -> None:
        """Add one paragraph as what its style, numbering, typed marker or look makes it."""
        text = "".join(_text(paragraph))
        if not text.strip():
            return
        style = self._style_names(paragraph)
        outline = self._outline_level(style)
        if any(name.lower().startswith("toc ") for name in style):
            return
        if outline is not None:
            self.source.add(BlockKind.HEADING, fold(text), level=outline)
            return
        emphasis = int(self._is_bold(paragraph, style))
        depth = self._list_depth(paragraph, style)
        if depth is not None:
            kind = BlockKind.NUMBERED if self._counts(paragraph, style, depth) else BlockKind.BULLET
            self.source.add(kind, text, level=depth, style=f"list {kind} {depth}", emphasis=emphasis)
            return
        for part in self._typed_lines(text):
            marker = self.markers.read(part)
            if marker is None or marker.length >= len(part):
                self.source.add(BlockKind.PARAGRAPH, part, emphasis=emphasis)
                continue
            self.source.add(
                BlockKind.NUMBERED if marker.is_numbered else BlockKind.BULLET,
                part[marker.length :],
                level=1,
                style=marker.style,
                ordinal=marker.ordinal,
                emphasis=emphasis,
            )

    def _typed_lines(self, text: str) -> list[str]:
        """Cut a paragraph at its line breaks where they separate typed list items."""
        parts = [part.strip() for part in text.split("\n") if part.strip()]
        typed = sum(MarkerReader().read(part) is not None for part in parts)
        return parts if typed >= 2 or (typed == 1 and len(parts) == 1) else [text.strip()]

    def _table(self, table: BaseOxmlElement) -> None:
        """Add each row, its cells joined; a single column is only a frame around paragraphs."""
        rows = list(table.iterchildren(qn("w:tr")))
        widest = max((len(list(row.iterchildren(qn("w:tc")))) for row in rows), default=0)
        for at, row in enumerate(rows):
            cells = list(row.iterchildren(qn("w:tc")))
            if widest < 2:
                for cell in cells:
                    self.body(cell)
                continue
            texts = [fold(" ".join("".join(_text(part)) for part in cell.iter(qn("w:p")))) for cell in cells]
            is_header = at == 0 and len(rows) > 1 and self._is_header(row)
            kind = BlockKind.TABLE_HEADER if is_header else BlockKind.ROW
            self.source.add(kind, " | ".join(text for text in texts if text), level=1)

    def _is_header(self, row: BaseOxmlElement) -> bool:
        """Whether a first row is marked as header or wholly bold."""
        if row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None:
            return True
        paragraphs = [part for part in row.iter(qn("w:p")) if "".join(_text(part)).strip()]
        return bool(paragraphs) and all(self._is_bold(part, self._style_names(part)) for part in paragraphs)

    def _style_names(self, paragraph: BaseOxmlElement) -> list[str]:
        """Names of a paragraph's style and of those it is based on, the nearest first."""
        node = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        style = self.styles.get(node.get(qn("w:val")) or "") if node is not None else None
        names: list[str] = []
        while style is not None and len(names) < 10:
            names.append(style.name or "")
            base = style.base_style
            style = base if isinstance(base, ParagraphStyle) else None
        return names

    def _outline_level(self, style: list[str]) -> int | None:
        """Level of a heading style, the document's title being the first; None for other styles."""
        for name in style:
            if name.lower() == "title":
                return 1
            if heading := _HEADING.match(name):
                return min(int(heading.group(1)) + 1, 9)
        return None

    def _list_depth(self, paragraph: BaseOxmlElement, style: list[str]) -> int | None:
        """Depth from 1 of a list item, by its numbering or its list style; None for other paragraphs."""
        numbering = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if numbering is not None:
            level = numbering.find(qn("w:ilvl"))
            number = numbering.find(qn("w:numId"))
            if number is None or number.get(qn("w:val")) != "0":
                return 1 + int(level.get(qn("w:val")) or 0) if level is not None else 1
        for name in style:
            if listed := re.match(r"list (?:bullet|number)(?: (\d))?", name, re.IGNORECASE):
                return int(listed.group(1) or 1)
        return None

    def _counts(self, paragraph: BaseOxmlElement, style: list[str], depth: int) -> bool:
        """Whether a list item has a number and not a bullet."""
        number = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
        if number is None:
            return any("number" in name.lower() for name in style)
        return self.formats.get((number.get(qn("w:val")) or "", depth - 1), "bullet") not in {"bullet", "none"}

    def _is_bold(self, paragraph: BaseOxmlElement, style: list[str]) -> bool:
        """Whether every run with words is bold."""
        runs = [run for run in paragraph.iter(qn("w:r")) if "".join(_text(run)).strip()]
        by_style = next((self._bold_of(name) for name in style if self._bold_of(name) is not None), False)
        return bool(runs) and all(by_style if (own := _bold_of_run(run)) is None else own for run in runs)

    def _bold_of(self, name: str) -> bool | None:
        """Whether a paragraph style is bold; None where it does not say."""
        return next((style.font.bold for style in self.styles.values() if style.name == name), None)


def _number_formats(document: Document) -> dict[tuple[str, int], str]:
    """Format ("bullet", "decimal") of each level of each list of the document."""
    found: dict[tuple[str, int], str] = {}
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith("/numbering"):
            continue
        numbering = parse_xml(relation.target_part.blob)
        kinds = {kind.get(qn("w:abstractNumId")): kind for kind in numbering.iter(qn("w:abstractNum"))}
        for number in numbering.iter(qn("w:num")):
            pointer = number.find(qn("w:abstractNumId"))
            kind = kinds.get(pointer.get(qn("w:val"))) if pointer is not None else None
            for level in kind.iter(qn("w:lvl")) if kind is not None else ():
                shape = level.find(qn("w:numFmt"))
                key = number.get(qn("w:numId")) or "", int(level.get(qn("w:ilvl")) or 0)
                found[key] = (shape.get(qn("w:val")) or "") if shape is not None else "bullet"
    return found


def _bold_of_run(run: BaseOxmlElement) -> bool | None:
    """Whether a run is bold; None where it does not say."""
    bold = run.find(f"{qn('w:rPr')}/{qn('w:b')}")
    if bold is None:
        return None
    return bold.get(qn("w:val")) not in {"0", "false", "off"}


_LEFT_OUT = frozenset(
    qn(name) for name in ("w:del", "w:moveFrom", "w:txbxContent", "w:pict", "w:drawing", "w:instrText")
)


def _text(element: BaseOxmlElement) -> Iterator[str]:
    """Words, tabs and line breaks of a paragraph or run; deletions and text boxes left out."""
    for child in element.iterchildren():
        if child.tag in _LEFT_OUT:
            continue
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag == qn("w:tab"):
            yield " "
        elif child.tag in {qn("w:br"), qn("w:cr")}:
            yield "\n"
        elif child.tag == qn("w:noBreakHyphen"):
            yield "-"
        else:
            yield from _text(child)


def _is_contents(control: BaseOxmlElement) -> bool:
    """Whether a content control is Word's own table of contents."""
    return any(
        "table of contents" in (gallery.get(qn("w:val")) or "").lower()
        for gallery in control.iter(qn("w:docPartGallery"))
    )
