"""Accounts that a sentence names."""

import re
from collections.abc import Sequence

from knowledge.handles.address import AccountAddress, AddressNotValidError
from knowledge.handles.hosts import platform_of_host
from knowledge.handles.letters import LONGEST_ADDRESS_CHARACTERS
from knowledge.handles.links import WEB_ENDINGS
from knowledge.handles.platforms import OTHER, platform_of
from knowledge.handles.reading import read_address

LONGEST_SENTENCE_CHARACTERS = 4000
"""How much of a text is searched. Our own figure, as long as the longest message of Slack's."""

MOST_ACCOUNTS = 20
"""How many words that could be accounts are looked at. Our own figure; it bounds the time that a hostile text takes."""


def mentioned_in(text: str) -> tuple[AccountAddress | str, ...]:
    """Find the accounts that a sentence names: "who runs @rhsband?", "is facebook.com/RHSBand official".

    Parameters
    ----------
    text
        Any text; only its first `LONGEST_SENTENCE_CHARACTERS` are read.

    Returns
    -------
    tuple[AccountAddress | str, ...]
        In the order of the sentence, each once: an address where the platform is known, else the
        bare handle without @, as it was written.
    """
    words = [word.strip("<>()[]{}\"'“”‘’.,;:!?*") for word in text[:LONGEST_SENTENCE_CHARACTERS].split()]
    found: dict[str, AccountAddress | str] = {}
    places = [place for place, word in enumerate(words) if "@" in word or "." in word]
    for place in places[:MOST_ACCOUNTS]:
        account = _account(words[place], words, place)
        if account is not None:
            found.setdefault(account.lower() if isinstance(account, str) else account.key, account)
    return tuple(found.values())


def _account(word: str, words: Sequence[str], place: int) -> AccountAddress | str | None:
    """Return the account that one word names; None where it names none."""
    if len(word) > LONGEST_ADDRESS_CHARACTERS:
        return None
    try:
        if word.startswith("@"):
            platform = _platform_beside(words, place)
            # Without its platform a handle is only held to what every platform asks.
            return read_address(word, platform) if platform else read_address(word, OTHER).handle.removeprefix("@")
        return read_address(word) if _is_web_address(word.lower()) else None
    except AddressNotValidError:
        return None


def _is_web_address(word: str) -> bool:
    host = re.split(r"[/?#]", word.partition("://")[2] or word, maxsplit=1)[0]
    if "." not in host:
        return False
    return "://" in word or host.rpartition(".")[2] in WEB_ENDINGS or platform_of_host(host) is not None


def _platform_beside(words: Sequence[str], place: int) -> str:
    """Return the platform that stands beside a handle: "@rhsband on insta", "instagram @rhsband"."""
    after = words[place + 1 : place + 3]
    if after and after[0].lower() in ("on", "at", "in"):
        after = after[1:]
    before = words[place - 1 : place] if place else ()
    return next((platform for word in (*after[:1], *before) if (platform := platform_of(word))), "")
