"""Texts whose every character can be seen and is plain ASCII, and nothing else gets any further."""

import unicodedata

from knowledge.handles.address import AddressProblem, refuse

LONGEST_ADDRESS_CHARACTERS = 300
"""A longer text is refused before it is looked at. Our own figure; the longest handle of any platform has 253."""

_NOTHING = frozenset(
    "none|no|n/a|na|nil|-|--|?|tbd|tba|unknown|nothing|idk|not yet|none yet|not sure|not sure yet|no idea|don't know|dont know|no handle|no account".split(
        "|"
    )
)
_SHOW_NOTHING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {chr(0xFE00 + n) for n in range(16)}
"""Characters that Unicode counts as letters or marks, and that show nothing."""


def plain(text: str, platform: str) -> str:
    """Return a typed text without what stands around it.

    Raises
    ------
    AddressNotValidError
        Raised if it is too long, says that there is nothing, or holds a character that is hidden or not ASCII. Nothing of
        the kind is mended: a handle with a Cyrillic letter is another handle.
    """
    if len(text) > LONGEST_ADDRESS_CHARACTERS:
        refuse(AddressProblem.TOO_LONG, platform)
    # Word and Outlook put a no-break space behind what is copied from them.
    text = text.strip(" \t\r\n\u00a0")
    check_letters(text, platform)
    if text.lower().rstrip(".!") in _NOTHING:
        refuse(AddressProblem.EMPTY, platform)
    text = text.strip("<>\"'(),; ")
    if not text:
        refuse(AddressProblem.EMPTY, platform)
    return text


def check_letters(text: str, platform: str) -> None:
    """Refuse a text with a character that is hidden or not ASCII.

    Raises
    ------
    AddressNotValidError
        Raised with the graver of the two reasons.
    """
    if text.isascii() and text.isprintable():
        return
    hidden = any(
        # C: control, format, unassigned; Z: every space and separator of lines but the common space.
        (letter != " " and unicodedata.category(letter)[0] in "CZ") or letter in _SHOW_NOTHING
        for letter in text
    )
    refuse(AddressProblem.HIDDEN_CHARACTERS if hidden else AddressProblem.LOOKALIKE, platform)
