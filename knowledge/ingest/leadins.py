"""Sentences that lists complete ("At no time is it acceptable to:") and the clauses they belong to.

Without its lead-in such a clause reads as its opposite, so each of them keeps it. A lead-in that says enough to be
cited alone is a clause of its own as well; a few words are not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from knowledge.ingest.blocks import ITEMS, Block, BlockKind, Extract

MIN_CITED_WORDS = 10
"""Words from which a lead-in sentence can be cited without its list."""

_OPENS = re.compile(r"(?::|:\s*[–—-]|\b(?:the following|as follows)\.?)[*_\"”’]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A block that becomes a clause, with the sentence it completes."""

    block: Block
    section_path: tuple[str, ...]
    lead_in: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A lead-in whose list goes on."""

    text: str
    level: int
    """Items of this depth and deeper complete it; 0 where plain paragraphs do."""

    only_next: bool = False
    """Whether nothing tells where its list would end, so that it reaches one block."""


def with_lead_ins(extract: Extract, sectioned: Sequence[tuple[Block, tuple[str, ...]]]) -> list[Passage]:
    """Give each block the lead-in it completes, and leave out lead-ins too short to be cited.

    A list inside a list completes both sentences, so its lead-in is the two one after the other.

    Parameters
    ----------
    extract
        The document that the blocks lie in.
    sectioned
        Its blocks without headings, each with its section path.

    Returns
    -------
    list[Passage]
        The blocks that become clauses, in order.
    """
    passages: list[Passage] = []
    opened: list[_Open] = []
    before: tuple[Block, tuple[str, ...]] | None = None
    for (block, section_path), after in zip_longest(sectioned, sectioned[1:]):
        if before is not None and before[1] != section_path:
            opened = []
        elif before is not None:
            opened = [lead for lead in opened if _reaches(lead, extract, before[0], block)]
        sentences = [lead.text for lead in opened]
        if section_path and section_path[-1].endswith(":") and (block.kind in ITEMS or block.level):
            sentences.insert(0, section_path[-1])
        following = after[0] if after is not None and after[1] == section_path else None
        opening = _opens(extract, block, following)
        if opening is None or _is_cited_alone(block, opening.text):
            passages.append(
                Passage(block=block, section_path=section_path, lead_in=" ".join(sentences) if sentences else None)
            )
        opened = [lead for lead in opened if not lead.only_next]
        if opening is not None:
            opened.append(opening)
        before = block, section_path
    return passages


def _reaches(lead: _Open, extract: Extract, before: Block, block: Block) -> bool:
    """Whether a block still completes a lead-in sentence."""
    if lead.only_next:
        return True
    if lead.level:
        return (block.kind in ITEMS or block.level > 0) and block.level >= lead.level
    text, former = extract.text(block), extract.text(before)
    return former == lead.text or text[0].islower() or former.endswith((";", ",", " and", " or"))


def _opens(extract: Extract, block: Block, following: Block | None) -> _Open | None:
    """Read a block as a lead-in sentence, if a list follows that it leads to."""
    if following is None:
        return None
    text = extract.text(block)
    is_item = following.kind in ITEMS or following.kind is BlockKind.TABLE_HEADER
    if block.kind is BlockKind.TABLE_HEADER:
        return _Open(text=text, level=max(following.level, 1)) if following.kind is BlockKind.ROW else None
    if is_item and following.level > block.level:
        breaks_off = block.kind in ITEMS and not text.endswith((".", "!", "?", ";"))
        return _Open(text=text, level=following.level) if breaks_off or _OPENS.search(text) else None
    if not _OPENS.search(text) or (is_item and following.level < block.level):
        return None
    reaches_on = block.kind is BlockKind.PARAGRAPH and following.kind is BlockKind.PARAGRAPH
    return _Open(text=text, level=0, only_next=not reaches_on)


def _is_cited_alone(block: Block, text: str) -> bool:
    """Whether a sentence that a list completes tells enough to stand as a clause without it."""
    if block.kind is BlockKind.TABLE_HEADER:
        return False
    return not _OPENS.search(text) or len(text.split()) >= MIN_CITED_WORDS
