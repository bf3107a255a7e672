"""What every reader hands on: the extracted text, and where in it headings, paragraphs and list items lie.

A block never holds text of its own, only offsets; that is why a clause cannot differ from the document.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
"""Soft hyphens, zero-width spaces and byte order marks: nobody sees them, and words compare unequal with them."""

MAX_CHARACTERS = 1_000_000
"""Longest text that is read. Our own figure: some 400 pages, ten times a board's whole section on technology."""


class BlockKind(StrEnum):
    """What a piece of a document is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    NUMBERED = "numbered"
    ROW = "row"
    TABLE_HEADER = "table header"


ITEMS = frozenset({BlockKind.BULLET, BlockKind.NUMBERED, BlockKind.ROW})
"""Kinds that complete a lead-in sentence before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One piece of a document: ``source_text[start:end]``."""

    kind: BlockKind
    start: int
    end: int

    level: int = 0
    """For a heading 1 to 6 (0: not told); for a list item its depth from 1; for a paragraph that of its item, or 0."""

    marker_start: int | None = None
    """Offset of the bullet or number before the text, or None where the text has none in the source."""

    style: str = ""
    """Kind of bullet or numbering ("upper-roman.", "bullet •"): siblings have the same."""

    ordinal: int = 0
    """1 for "1.", "A." and "I."; 0 without a number."""

    emphasis: int = 0
    """0 for plain body text; the more it stands out (bold, larger), the greater."""

    @property
    def outer_start(self) -> int:
        """Offset with the bullet or number included."""
        return self.start if self.marker_start is None else self.marker_start


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """The text of one document and its blocks, in reading order."""

    source_text: str
    blocks: tuple[Block, ...]

    title: str | None = None
    """The title that the file itself carries, or None."""

    unread_pages: tuple[int, ...] = ()
    """Pages, from 1, that hold a picture and no text."""

    def text(self, block: Block) -> str:
        """Words of a block on one line; a heading's with its number."""
        start = block.outer_start if block.kind is BlockKind.HEADING else block.start
        return fold(self.source_text[start : block.end])


@dataclass(slots=True)
class SourceBuilder:
    """Puts the source text of a format together that has none of its own."""

    parts: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    length: int = 0

    def add(
        self, kind: BlockKind, text: str, *, level: int = 0, style: str = "", ordinal: int = 0, emphasis: int = 0
    ) -> None:
        """Append one block; white space around it stays outside, and an empty one is left out."""
        text = INVISIBLE.sub("", text).strip()
        if not text:
            return
        self.blocks.append(
            Block(
                kind=kind,
                start=self.length,
                end=self.length + len(text),
                level=level,
                style=style,
                ordinal=ordinal,
                emphasis=emphasis,
            )
        )
        self.parts.append(text)
        self.length += len(text) + 2

    def extract(self, *, title: str | None = None) -> Extract:
        """Give what was added so far."""
        return Extract(source_text="\n\n".join(self.parts), blocks=tuple(self.blocks), title=title)


def fold(text: str) -> str:
    """Put a text on one line: each run of white space becomes one space.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The same words with single spaces and none around.
    """
    return " ".join(text.split())


def words(text: str) -> str:
    """Reduce a text to its words, to tell whether two headings are the same.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        Lower-case words and digits, single-spaced; without leaders, numbering dots and quotes.
    """
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))
