"""Lines of a plain text or a printed page, mended before they are read as blocks.

What repeats at page edges is taken out and words broken at a line end are made whole here, because a clause that runs
over a page must be one slice of the source text.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from knowledge.ingest.blocks import fold
from knowledge.ingest.markers import MarkerReader

EDGE_LINES = 4
"""How many lines from the top and bottom of a page may be a running header or footer."""

MIN_REPEATS = 3
"""How often a line must come again to be a running one where the pages are not told."""

_PAGE_NUMBER = re.compile(
    r"[-–—\s|]*(?:page|pg\.?|p\.)\s*\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?[-–—\s|]*|[-–—]\s*\d{1,3}\s*[-–—]|"
    r"\d{1,3}(?:\s+(?:of|/)\s+\d{1,3})?",
    re.IGNORECASE,
)
_SENTENCE_END = (".", "!", "?", ":", ";", ".”", '."', ".)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as printed; an empty one stands for the gap between paragraphs."""

    text: str
    """With its indentation."""

    page: int = 0
    indent: float = 0
    """Distance from the left edge, in characters or points."""

    emphasis: int = 0

    @property
    def content(self) -> str:
        """The text without indentation."""
        return self.text.strip()

    @property
    def is_blank(self) -> bool:
        """Whether it only separates."""
        return not self.content

    @property
    def ends_sentence(self) -> bool:
        """Whether its last sentence is complete, or breaks off for a list."""
        return self.content.endswith(_SENTENCE_END)


def mend(lines: Sequence[Line], *, is_wrapped: bool) -> list[Line]:
    """Take out running headers and footers, and make words broken at a line end whole.

    Parameters
    ----------
    lines
        All lines of the document in reading order.
    is_wrapped
        Whether lines break at the right edge, so that a hyphen at a line end may be the printer's.

    Returns
    -------
    list[Line]
        The lines of the document itself.
    """
    kept = _without_running_lines(lines)
    return _without_hyphenation(kept) if is_wrapped else kept


def are_wrapped(lines: Sequence[Line]) -> bool:
    """Tell whether the lines of a text file break at a right edge instead of where paragraphs end.

    Parameters
    ----------
    lines
        All lines of the document in reading order.

    Returns
    -------
    bool
        Whether at least two lines, and a tenth of those that could, go on in lower case on the next line.
    """
    lengths = sorted(len(line.content) for line in lines if not line.is_blank)
    if not lengths or lengths[int(len(lengths) * 0.95)] > 132:
        return False
    pairs = [(one, two) for one, two in pairwise(lines) if not one.is_blank and not two.is_blank]
    going_on = sum(1 for one, two in pairs if two.content[0].islower() and not one.ends_sentence)
    return going_on >= 2 and going_on * 10 >= len(pairs)


def _shape(line: Line) -> str:
    """Give a line with its figures made equal, so that page 3 and page 4 compare equal."""
    return re.sub(r"\d+", "#", fold(line.content)).casefold()


def _without_running_lines(lines: Sequence[Line]) -> list[Line]:
    """Leave out headers, footers and page numbers, and close the gap where a sentence runs on over them."""
    running = _running_shapes(lines)
    keep: list[Line] = []
    gap_at: int | None = None
    for line in lines:
        is_number = bool(_PAGE_NUMBER.fullmatch(line.content))
        if not line.is_blank and (is_number or (line.page, _shape(line)) in running):
            gap_at = len(keep) if gap_at is None else gap_at
            continue
        turns_page = bool(keep) and line.page != keep[-1].page
        if gap_at is None and turns_page:
            gap_at = len(keep)
        if line.is_blank or gap_at is None:
            keep.append(line)
            continue
        before = next((earlier for earlier in reversed(keep) if not earlier.is_blank), None)
        if before is not None and not before.ends_sentence and _goes_on(line):
            while keep[-1].is_blank:
                keep.pop()
        keep.append(line)
        gap_at = None
    return keep


def _goes_on(line: Line) -> bool:
    """Whether a line can only be the middle of a sentence."""
    return line.content[0].islower() and MarkerReader().read(line.content) is None


def _running_shapes(lines: Sequence[Line]) -> set[tuple[int, str]]:
    """Pages with the shapes of the lines that repeat at their edges; without pages, that repeat with gaps around."""
    pages: dict[int, list[Line]] = {}
    for line in lines:
        if not line.is_blank:
            pages.setdefault(line.page, []).append(line)
    if len(pages) == 1:
        around = zip([None, *lines], lines, [*lines[1:], None], strict=False)
        alone = [
            line
            for before, line, after in around
            if not line.is_blank and (before is None or before.is_blank) and (after is None or after.is_blank)
        ]
        counted = Counter((line.page, _shape(line)) for line in alone if _may_run(line))
        return {key for key, count in counted.items() if count >= MIN_REPEATS}
    edges = {page: [*of_page[:EDGE_LINES], *of_page[-EDGE_LINES:]] for page, of_page in pages.items()}
    found = {(page, _shape(line)) for page, of_page in edges.items() for line in of_page if _may_run(line)}
    seen = Counter(shape for _, shape in found)
    return {key for key in found if seen[key[1]] >= max(2, len(pages) // 2)}


def _may_run(line: Line) -> bool:
    """Whether a repeated line looks like a header: short, no sentence, no list item."""
    return (
        3 <= len(line.content) <= 90
        and not line.content.endswith((".", ";", ":", ","))
        and MarkerReader().read(line.content) is None
        and len(line.content.split()) > 1
    )


def _without_hyphenation(lines: Sequence[Line]) -> list[Line]:
    """Move the rest of a broken word up to the line where it began."""
    mended = list(lines)
    known = _whole_words(lines)
    for at in range(len(mended) - 1):
        upper, lower = mended[at], mended[at + 1]
        broken = re.search(r"([^\W\d_]{1,40})-$", upper.text.rstrip())
        rest = re.match(r"\s*([^\W\d_]+)(\S*)\s*", lower.text)
        if broken is None or rest is None or not rest.group(1)[0].islower():
            continue
        hyphen = "-" if _keeps_hyphen(broken.group(1), rest.group(1), known) else ""
        whole = upper.text.rstrip()[:-1] + hyphen + rest.group(1) + rest.group(2)
        mended[at] = replace(upper, text=whole)
        mended[at + 1] = replace(lower, text=lower.text[rest.end() :])
    # A line that gave all it had is no gap between paragraphs: it goes.
    return [line for line, former in zip(mended, lines, strict=True) if not line.is_blank or former.is_blank]


def _whole_words(lines: Sequence[Line]) -> set[str]:
    """Words that the document shows unbroken, so that the halves of a broken one prove nothing."""
    known: set[str] = set()
    is_broken = False
    for line in lines:
        found = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*-?", line.content.casefold())
        known.update(found[1:] if is_broken else found)
        is_broken = line.content.endswith("-")
    return known


def _keeps_hyphen(first: str, second: str, known: set[str]) -> bool:
    """Whether the hyphen at a line end is the word's own, as the rest of the document spells it."""
    first, second = first.casefold(), second.casefold()
    if f"{first}-{second}" in known:
        return True
    if first + second in known:
        return False
    return first in {"non", "self", "co", "ex"} or (len(second) > 3 and {first, second} <= known)
