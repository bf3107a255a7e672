"""Which blocks are headings, where the format does not say so.

A heading is short, says no rule, does not end like a sentence, and has something under it. The last point tells the
numbered heading "1. Purpose" from the list item "1. Names".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from knowledge.ingest.blocks import ITEMS, Block, BlockKind, Extract

MAX_HEADING_CHARACTERS = 110
MAX_HEADING_WORDS = 16

_RULE = re.compile(r"\b(?:must|shall|should|may|cannot|do not|don’t|don't|please|ensure)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"\b(?:will|can|is|are|was|has|have)\b", re.IGNORECASE)
_ASKS = re.compile(r"(?:what|when|where|who|whom|why|how|if)\b", re.IGNORECASE)
_TITLE_WORDS = re.compile(
    r"guideline|polic|protocol|procedure|regulation|handbook|social media|agreement",
    re.IGNORECASE,
)
_SMALL = frozenset(
    "a an and as at but by for from in into nor of off on or per the to up via vs with within under".split()
)
_MARK = re.compile(r"^\(?(?:[IVXLivxl]{1,6}|[A-Za-z]|\d{1,2}(?:\.\d{1,2})*)[.)]?\s+|^(?:section|article|part)\s+\S+\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """Blocks with every heading told, and the headings that are the document's title."""

    blocks: tuple[Block, ...]
    title: str | None


def find_headings(extract: Extract, blocks: Sequence[Block]) -> Outline:
    """Turn blocks that are headings in all but name into headings, and read the title.

    Parameters
    ----------
    extract
        The document that the blocks lie in.
    blocks
        Its blocks without leftovers.

    Returns
    -------
    Outline
        The same blocks in order, without the title lines that name no section.
    """
    told = any(block.kind is BlockKind.HEADING for block in blocks)
    emphasised = any(_is_emphasised_heading(extract, blocks, at) for at in range(len(blocks)))
    numbered = _numbered_headings(extract, blocks)
    found: list[Block] = []
    for at, block in enumerate(blocks):
        text = extract.text(block)
        if block.kind is BlockKind.HEADING:
            found.append(block)
        elif at in numbered:
            found.append(_heading(block, f"outline {block.style}"))
        elif _is_emphasised_heading(extract, blocks, at):
            found.append(_heading(block, f"emphasis {block.emphasis} {text.isupper()}"))
        elif not told and block.kind is BlockKind.PARAGRAPH and block.level == 0 and _has_body(extract, blocks, at):
            if _is_capitals_heading(text):
                found.append(_heading(block, "capitals"))
            elif not emphasised and _is_title_cased(text):
                found.append(_heading(block, "title case"))
            else:
                found.append(block)
        else:
            found.append(block)
    return _read_title(extract, _without_bare_lists(found), told=told)


def _without_bare_lists(blocks: list[Block]) -> list[Block]:
    """Make a run of short lines a list again ("Facebook", "Instagram"): headings have something under them."""
    opening = next((at for at, block in enumerate(blocks) if block.kind is not BlockKind.HEADING), 0)
    return [
        replace(block, kind=BlockKind.PARAGRAPH, style="")
        if at >= opening and block.style == "title case" and following is not None and following.style == block.style
        else block
        for at, (block, following) in enumerate(zip_longest(blocks, blocks[1:]))
    ]


def _heading(block: Block, style: str) -> Block:
    """Make a block a heading, with its number and the place its style gives it."""
    return replace(block, kind=BlockKind.HEADING, level=0, style=style)


def _may_be_heading(text: str) -> bool:
    """Whether a text is short and no sentence."""
    return (
        2 <= len(text) <= MAX_HEADING_CHARACTERS
        and len(text.split()) <= MAX_HEADING_WORDS
        and any(letter.isalpha() for letter in text)
        and not text.endswith((".", ";", ",", "!"))
        and (text.endswith("?") or bool(_ASKS.match(text)) or not _RULE.search(text))
    )


def _is_emphasised_heading(extract: Extract, blocks: Sequence[Block], at: int) -> bool:
    """Whether a bold or larger paragraph is a heading."""
    block = blocks[at]
    return (
        block.kind is BlockKind.PARAGRAPH
        and block.emphasis > 0
        and _may_be_heading(extract.text(block).rstrip("."))
        and _has_body(extract, blocks, at)
    )


def _is_capitals_heading(text: str) -> bool:
    """Whether a line in capitals is a heading and not a rule spoken loudly."""
    return text.isupper() and sum(letter.isalpha() for letter in text) > 3 and _may_be_heading(text)


def _is_title_cased(text: str) -> bool:
    """Whether a plain line is a heading by its capitals, or by being a question or a few words alone."""
    if not _may_be_heading(text) or not text[0].isupper():
        return False
    if _SENTENCE.search(text) and not (text.endswith("?") or _ASKS.match(text)):
        return False
    names = [word for word in re.findall(r"[^\W\d_]+", text) if word.casefold() not in _SMALL]
    capitals = sum(word[0].isupper() for word in names)
    if text.endswith(":"):
        return len(names) <= 6 and capitals == len(names)
    return capitals * 10 >= len(names) * 7 or len(text.split()) <= 6


def _has_body(extract: Extract, blocks: Sequence[Block], at: int) -> bool:
    """Whether something stands under a block that it could head."""
    block = blocks[at]
    following = blocks[at + 1] if at + 1 < len(blocks) else None
    if following is None:
        return False
    return following.style != block.style or not block.style or _MARK.match(extract.text(following)) is not None


def _numbered_headings(extract: Extract, blocks: Sequence[Block]) -> set[int]:
    """Find numbered blocks that are headings: most of their series are short and have something under them."""
    series: dict[str, list[int]] = {}
    found: set[int] = set()

    def close(style: str) -> None:
        members = series.pop(style, [])
        short = [at for at in members if _may_be_heading(_words_of(extract, blocks[at]))]
        loud = [at for at in short if _words_of(extract, blocks[at]).isupper() or blocks[at].emphasis]
        headed = [at for at in short if _is_followed_by_content(extract, blocks, at)]
        if len(headed) * 2 > len(members):
            found.update(short)
        elif len(loud) * 2 > len(members):
            found.update(loud)

    for at, block in enumerate(blocks):
        if block.kind is not BlockKind.NUMBERED:
            continue
        if block.ordinal == 1:
            close(block.style)
        series.setdefault(block.style, []).append(at)
    for style in list(series):
        close(style)
    return found


def _words_of(extract: Extract, block: Block) -> str:
    """Text of a numbered block without a closing dot, which some outlines put after headings."""
    text = extract.text(block)
    return text[:-1] if text.endswith(".") and len(text.split()) <= 6 else text


def _is_followed_by_content(extract: Extract, blocks: Sequence[Block], at: int) -> bool:
    """Whether the next block is neither the next of the series nor an item that the series lies in."""
    if at + 1 >= len(blocks):
        return False
    block, following = blocks[at], blocks[at + 1]
    if following.kind is BlockKind.HEADING or following.style == block.style:
        return False
    is_item = following.kind in ITEMS
    text = extract.text(following)
    return following.level > block.level if is_item else len(text) > 40 or not _may_be_heading(text)


def _read_title(extract: Extract, blocks: list[Block], *, told: bool) -> Outline:
    """Read the document's title from the headings it opens with."""
    opening = 0
    while opening < len(blocks) and blocks[opening].kind is BlockKind.HEADING:
        opening += 1
    first = next((extract.text(block) for block in blocks if block.kind is BlockKind.HEADING), None)
    if told or opening == 0 or blocks[0].style.startswith("outline"):
        return Outline(blocks=tuple(blocks), title=extract.title or first)
    plain = [at for at in range(opening) if not blocks[at].style.startswith("outline")]
    if len(plain) == opening > 1 and any(_TITLE_WORDS.search(extract.text(blocks[at])) for at in plain[:-1]):
        plain.pop()  # The title is among the lines before, so the last one heads the first section.
    named = [at for at in plain if _TITLE_WORDS.search(extract.text(blocks[at]))]
    title_at = named[-1] if named else plain[0]
    title = replace(blocks[title_at], style="title", level=0)
    rest = [block for at, block in enumerate(blocks) if at not in plain]
    return Outline(blocks=(title, *rest), title=extract.text(title))
