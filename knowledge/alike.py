"""Whether two texts tell of the same matter: by a link they share, or by nearly the same words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from rapidfuzz import fuzz, process

SAME_WORDS_SCORE = 84
"""Least likeness of two reports, in [0, 100] by rapidfuzz, to be offered as one. Our own figure: a person decides."""

SAME_QUESTION_SCORE = 72
"""The same for questions that are counted together."""

FEWEST_WORDS = 4
"""A shorter report is like many others."""

MOST_LINKS = 10
LONGEST_LINK_CHARACTERS = 500

_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"')]{3,500}", re.IGNORECASE)
_NAMES_A_POST = frozenset(["v", "id", "story_fbid", "fbid", "p", "list", "set", "post", "comment_id"])
"""Parameters by which platforms name a post; all others are dropped: they track, or tell of a person."""

_SIDE_DOORS = re.compile(r"^(?:www|m|mobile|web|l|old)\.")
_OTHER_NAMES = {"twitter.com": "x.com", "fb.com": "facebook.com", "instagr.am": "instagram.com"}
_WORDS = re.compile(r"[a-z0-9']+")
_FILLERS = frozenset(
    "a an the is are was be to of in on at for and or it its this that we our us my i you your they them can could should may do "
    "does did have has if with what when where who how which please".split()
)


def links_in(text: str) -> tuple[str, ...]:
    """Return the web addresses in a masked text, each once, without what only tells who looked."""
    found = (_bare(match.group().rstrip(".,;:!?")) for match in _LINK.finditer(text))
    return tuple(dict.fromkeys(link for link in found if link))[:MOST_LINKS]


def _bare(link: str) -> str:
    """Return a link without what only says who looked and from where; empty for one that holds masked data."""
    if "[" in link:
        return ""
    try:
        parts = urlsplit(link if "//" in link else f"//{link}")
    except ValueError:
        return ""
    start = f"{parts.scheme}://" if parts.scheme else ""
    kept = _naming(parts.query)
    return f"{start}{parts.netloc.rpartition('@')[2]}{parts.path}{f'?{kept}' if kept else ''}"


def _naming(query: str) -> str:
    """Return what of a query names a post, in one order."""
    return urlencode(sorted((name, value) for name, value in parse_qsl(query) if name.lower() in _NAMES_A_POST))


def same_link(link: str) -> str:
    """Return the form under which two spellings of one web address are equal."""
    address = link if "//" in link else f"https://{link}"
    try:
        parts = urlsplit(address)
        host = _SIDE_DOORS.sub("", (parts.hostname or "").lower())
    except ValueError:
        return link.lower()
    kept = _naming(parts.query)
    if host == "youtu.be":
        return f"youtube.com/watch?v={parts.path.strip('/')}"
    return f"{_OTHER_NAMES.get(host, host)}{parts.path.rstrip('/')}{f'?{kept}' if kept else ''}"


def tells_the_same(text: str, links: Iterable[str], other: str, other_links: Iterable[str]) -> bool:
    """Tell whether two reports are likely about the same matter."""
    if {same_link(link) for link in links} & {same_link(link) for link in other_links}:
        return True
    one, two = _said(text), _said(other)
    if min(len(one.split()), len(two.split())) < FEWEST_WORDS:
        return False
    return fuzz.token_sort_ratio(one, two) >= SAME_WORDS_SCORE


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions that ask nearly the same."""

    example: str
    """The one that is most like the others."""

    count: int


def groups(texts: Sequence[str]) -> tuple[Group, ...]:
    """Put questions together that ask nearly the same, the most frequent group first.

    Parameters
    ----------
    texts
        Up to some thousand; the time grows with the square of how many differ.
    """
    said = [_said(text) for text in texts]
    left = list(dict.fromkeys(range(len(texts))))
    found: list[Group] = []
    while left:
        first, *others = left
        near = process.extract(
            said[first],
            {place: said[place] for place in others},
            scorer=fuzz.token_sort_ratio,
            score_cutoff=SAME_QUESTION_SCORE,
            limit=None,
        )
        members = [first, *(place for _, _, place in near)]
        found.append(Group(example=min((texts[place] for place in members), key=len), count=len(members)))
        taken = set(members)
        left = [place for place in left if place not in taken]
    return tuple(sorted(found, key=lambda group: -group.count))


def _said(text: str) -> str:
    """Return what a text says in the words that matter."""
    words = _WORDS.findall(_LINK.sub(" ", text.lower()))
    return " ".join(word for word in words if word not in _FILLERS)
