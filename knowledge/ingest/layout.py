"""Lines into blocks: which lines belong together, which begin a list item, and how deep it lies.

Headings are only told apart here where they are printed differently; `knowledge.ingest.headings` finds the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from knowledge.ingest.blocks import Block, BlockKind, Extract
from knowledge.ingest.lines import Line, mend
from knowledge.ingest.markers import Marker, MarkerReader

FULL_LINE = 0.85
"""Share of the usual width from which a line is full: proportional type varies by about that much."""


def lay_out(lines: Sequence[Line], *, is_wrapped: bool) -> Extract:
    """Turn the lines of a plain text or of printed pages into blocks.

    Parameters
    ----------
    lines
        All lines in reading order; empty ones separate paragraphs.
    is_wrapped
        Whether lines break at the right edge. Otherwise each line is a block.

    Returns
    -------
    Extract
        The lines without running headers and footers as source text, and its blocks.
    """
    kept = mend(lines, is_wrapped=is_wrapped)
    layout = _Layout(width=_width(kept) if is_wrapped else 0)
    offset = 0
    for line in kept:
        layout.read(line, offset)
        offset += len(line.text) + 1
    return Extract(source_text="\n".join(line.text for line in kept), blocks=tuple(layout.blocks))


def _width(lines: Sequence[Line]) -> int:
    """Give the usual length of a full line, in characters."""
    lengths = sorted(len(line.text.rstrip()) for line in lines if not line.is_blank)
    return lengths[int(len(lengths) * 0.9)] if lengths else 0


@dataclass(slots=True)
class _Layout:
    """Blocks so far, and what decides where the next line goes."""

    width: int
    """0 where each line is a block."""

    blocks: list[Block] = field(default_factory=list)
    markers: MarkerReader = field(default_factory=MarkerReader)
    depths: list[tuple[float, str]] = field(default_factory=list)
    """Indentation and style of the list items that the next one may lie in, outermost first."""

    previous: Line | None = None
    after_gap: bool = True
    item_indent: float = 0
    stray: tuple[Marker, int] | None = None
    """A bullet that stands alone on its line, and its offset: its text is on the next line that has some."""

    def read(self, line: Line, offset: int) -> None:
        """Take the next line, which begins at an offset of the source text."""
        if line.is_blank:
            self.after_gap = True
            return
        start = offset + len(line.text) - len(line.text.lstrip())
        end = offset + len(line.text.rstrip())
        breaks_off = self._breaks_off(line)
        marker = self.markers.read(line.content, is_continuation=breaks_off)
        if marker is not None and marker.length >= len(line.content):
            self.stray = marker, start
        elif marker is not None:
            self._add_item(line, marker, start, start + marker.length, end)
            self.stray = None
        elif self.stray is not None:
            stray, at = self.stray
            self._add_item(line, stray, at, start, end)
            self.stray = None
        elif self._continues(line, breaks_off=breaks_off):
            self.blocks[-1] = replace(self.blocks[-1], end=end)
        else:
            self._add_paragraph(line, start, end)
        self.previous, self.after_gap = line, False

    def _breaks_off(self, line: Line) -> bool:
        """Whether the line before this one stops in mid-sentence because it is full."""
        if not self.width or self.previous is None or self.after_gap or self.previous.ends_sentence:
            return False
        return self._is_full(self.previous, line) and self.previous.emphasis == line.emphasis

    def _is_full(self, previous: Line, line: Line) -> bool:
        """Whether the first word of a line would not have fitted on the one before."""
        return len(previous.text.rstrip()) + 1 + len(line.content.split()[0]) > self.width * FULL_LINE

    def _continues(self, line: Line, *, breaks_off: bool) -> bool:
        """Whether a line without marker goes on with the block before it."""
        before = self.previous
        if not self.width or before is None or self.after_gap or not self.blocks:
            return False
        if before.emphasis != line.emphasis or _is_capitals(before) != _is_capitals(line):
            return line.content[0].islower() and not before.ends_sentence
        if line.content[0].islower() or breaks_off:
            return True
        is_item = self.blocks[-1].marker_start is not None
        if before.ends_sentence and is_item and line.indent <= self.item_indent:
            return False
        if before.ends_sentence and not is_item and line.indent > before.indent + 1:
            return False  # The first line of a paragraph set in, as in a book.
        return self._is_full(before, line)

    def _add_paragraph(self, line: Line, start: int, end: int) -> None:
        """Begin a paragraph; set in as far as a list item's text, it belongs to the item."""
        if not self.depths or line.indent <= self.depths[0][0]:
            self.depths.clear()
        level = len([indent for indent, _ in self.depths if indent < line.indent])
        self.blocks.append(Block(kind=BlockKind.PARAGRAPH, start=start, end=end, level=level, emphasis=line.emphasis))

    def _add_item(self, line: Line, marker: Marker, marker_start: int, start: int, end: int) -> None:
        """Begin a list item, as deep as its indentation and its kind of marker say."""
        depths = self.depths
        while depths and depths[-1][0] > line.indent:
            depths.pop()
        styles = [style for _, style in depths]
        if marker.style in styles:
            del depths[styles.index(marker.style) + 1 :]
        else:
            depths.append((line.indent, marker.style))
        self.item_indent = line.indent
        self.blocks.append(
            Block(
                kind=BlockKind.NUMBERED if marker.is_numbered else BlockKind.BULLET,
                start=start,
                end=end,
                level=len(depths),
                marker_start=marker_start,
                style=marker.style,
                ordinal=marker.ordinal,
                emphasis=line.emphasis,
            )
        )


def _is_capitals(line: Line) -> bool:
    """Whether a line is set in capitals."""
    return line.content.isupper() and sum(letter.isalpha() for letter in line.content) > 3
