"""What stands in a file and is not text of the document: menus, editing buttons, tables of contents, signature lines.

Leaving out a sentence of the district would be worse than keeping a menu word, so nothing that is a sentence is ever
left out here.
"""

import re
from collections.abc import Iterable, Sequence

from knowledge.ingest.blocks import Block, BlockKind, Extract, words

_BUTTONS = frozenset(
    re.split(
        r",\s+",
        """edit, edit main, edit page, edit content, edit this page, edit section, add content, print, print page,
        print this page, print friendly, email page, email this page, share page, share this, share this page,
        tweet, follow us, menu, main menu, toggle menu, open menu, close menu, close, navigation, search,
        search site, site search, home, login, log in, sign in, sign out, logout, log out, translate,
        select language, site map, sitemap, top, back to top, return to top, go to top, back, next, previous,
        read more, learn more, show more, expand all, collapse all, download pdf, view pdf, click here,
        accept all, accept cookies, decline, cookie settings, manage cookies, skip to content,
        skip to main content, skip navigation, skip to navigation, quick links, staff directory, our location,
        loading, powered by finalsite, powered by blackboard, powered by edlio, district home, enlarge text,
        page tools, text size""",
    )
)
"""Buttons and menu words of school web sites (Finalsite, Blackboard, Edlio, Catapult), alone on their line.

Words that also head a section ("Accessibility", "Contact us") are not among them."""

_CONTENTS = frozenset({"contents", "table of contents", "in this document", "on this page", "in this section", "index"})

_ICON = re.compile(r"[\w-]*_[\w-]*|[\w-]+\.(?:png|jpe?g|gif|svg|ico)", re.IGNORECASE)
"""Name of a picture, read aloud ("Plus_blue")."""

_NAME = re.compile(
    r"(?:(?:[A-Z][\w.&’'-]*|of|and|the|for)\s){1,8}(?:School District|Schools|District|Office of Education|Academy)",
    re.IGNORECASE,
)
"""Name of the district alone on its line."""

_NO_TEXT = re.compile(
    r"_{4,}|\.{5,}\s*\d*$|(?:\.\s){4,}|"  # a line to sign on; dot leaders of a table of contents
    r"^(?:©|\(c\)\s+\d{4}|copyright\s+(?:©\s*)?\d{4})|"
    r"^(?:home|district)?(?:\s*[>»›/]\s*[\w&' -]{2,40}){2,}$|"  # bread crumbs
    r"^(?!.*\b(?:must|shall|may|should|will|not)\b)(?:(?:last|date|board)\s+)?(?:adopted|approved|revised|reviewed|"
    r"updated|effective|modified|version|adoption|posted|published)\b[^.]{0,50}"
    r"(?:\b(?:19|20)\d\d\b|\d+[/-]\d+[/-]\d+|version \d)[^.]{0,40}$|"
    r"^[\W\d_]*$",
    re.IGNORECASE,
)


def without_leftovers(extract: Extract) -> list[Block]:
    """Leave out the blocks that are no text of the document.

    Parameters
    ----------
    extract
        A document as its reader gave it.

    Returns
    -------
    list[Block]
        The blocks that remain, in order.
    """
    kept = [block for block in extract.blocks if not _is_leftover(block, extract.text(block))]
    return _without_contents(extract, kept)


def _is_leftover(block: Block, text: str) -> bool:
    """Whether a whole block is a button, a picture's name, a leader, a form line or an editing date."""
    if len(text) > 160 or block.kind is BlockKind.HEADING:
        return False
    if block.kind is BlockKind.PARAGRAPH and (_ICON.fullmatch(text) or _NAME.fullmatch(text)):
        return True
    return words(text) in _BUTTONS or _NO_TEXT.search(text) is not None


def _without_contents(extract: Extract, blocks: Sequence[Block]) -> list[Block]:
    """Leave out runs of two or more blocks whose words all come again, in order, as blocks of their own."""
    names = [_name(extract.text(block)) for block in blocks]
    left_out = {at for at, name in enumerate(names) if name in _CONTENTS}
    last = {name: at for at, name in enumerate(names)}
    for run in _runs(at for at, name in enumerate(names) if name and last[name] > at):
        targets = [last[names[at]] for at in run]
        if len(run) >= 2 and targets == sorted(targets) and targets[0] > run[-1]:
            left_out.update(run)
    return [block for at, block in enumerate(blocks) if at not in left_out]


def _runs(numbers: Iterable[int]) -> list[list[int]]:
    """Join numbers that follow each other."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _name(text: str) -> str:
    """Words of an entry without its number and the page it points to; of a longer text none."""
    if len(text) > 160:
        return ""
    text = re.sub(r"^\(?(?:[IVXLivxl]{1,6}|[A-Za-z]|\d{1,2}(?:\.\d{1,2})*)[.)]\s+", "", text)
    return words(re.sub(r"(?:[\s.·…]{2,}|\t)\d{1,3}$", "", text))
