"""How much the names of two organizations, or two handles, are names of one thing.

A name is read as words: short forms in full, words that say nothing left out. Two names are one if every word that counts
finds its like in the other; a word of one alone that sets organizations apart ("boosters", "JV", "2027") makes them two.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Indel

from knowledge.likeness.words import ACTIVITIES, IN_FULL, LEFT_OUT, LEVELS, ONE_WORD, SAYS_NOTHING, SETS_APART

LONGEST_NAME_CHARACTERS = 200
"""What of a name is read. Our own figure; form fields end there."""

SAME_SPELLING = 0.8
"""From which likeness two words are one word with a slip of the fingers. Tuned on the dev half of likeness.tsv."""

_INITIALS_OF_A_SCHOOL = re.compile("[a-z]{1,4}[hm]s")
_NAMES_A_SCHOOL = re.compile("schools?|high|middle|elementary|hs|ms|es|elem|jh|jhs|unified|usd|district")
_OF_ONE_WORD = re.compile("[a-z](?:hs|ms|es|jh)")
_WORD = re.compile(r"[a-z]+|[0-9]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_SHORT_IN_HANDLES = frozenset("asb ffa pta rotc the".split())
_WORDS_IN_HANDLES = "|".join(
    # The longest first: "theatre" is not "the" and "atre".
    sorted(
        (
            word
            for word in ACTIVITIES | SAYS_NOTHING | ONE_WORD.keys() | _SHORT_IN_HANDLES
            # Shorter words are in too many names: "art" in Artesia.
            if len(word) > 3 or word in _SHORT_IN_HANDLES
        ),
        key=lambda word: (-len(word), word),
    )
)
_IN_HANDLE = re.compile(f"(?:{_WORDS_IN_HANDLES})(?:s(?=$|{_WORDS_IN_HANDLES}))?")
"""A word that we know, inside what is written together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name as words."""

    words: tuple[str, ...]
    """Every word, in small letters, short forms in full, without the plural's s."""

    content: frozenset[str]
    """The words that count."""

    levels: frozenset[str]
    """The kinds of schools it names."""

    in_short: str
    """It with its school's initials, as others may have filed it: "rhs asb"; empty where it names no school."""


@lru_cache(maxsize=8192)
def read_name(text: str) -> Name:
    """Read the name of an organization."""
    return _name(_words(text))


@lru_cache(maxsize=8192)
def read_handle(handle: str) -> Name:
    """Read a handle as words: ``RHSBandOfficial`` as RHS, band, official; ``oakhillscheer`` as oak, hills, cheer."""
    words: list[str] = []
    for part in _words(_HUMP.sub(" ", handle[:LONGEST_NAME_CHARACTERS])):
        words.extend(_split(part) if len(part) > 4 and part not in ACTIVITIES else [part])
    return _name(words)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text[:LONGEST_NAME_CHARACTERS])
    # "Peña's" is "penas": accents and apostrophes part no words.
    return _WORD.findall(
        "".join(letter for letter in plain.lower() if letter not in "'’" and not unicodedata.combining(letter))
    )


def _split(part: str) -> list[str]:
    """Split what is written together at the words that we know."""
    pieces: list[str] = []
    at = 0
    for found in _IN_HANDLE.finditer(part):
        pieces += [part[at : found.start()], found[0]]
        at = found.end()
    return [piece for piece in (*pieces, part[at:]) if piece]


def _name(raw: list[str]) -> Name:
    words: list[str] = []
    for word in raw:
        words.extend(_one_form(full) for full in IN_FULL.get(word, word).split())
    # What a name leaves out is put in, or the initials SHS would not be found in "Sultana High".
    whole: list[str] = []
    for word, after in zip(words, [*words[1:], ""], strict=False):
        whole += [word, *(LEFT_OUT.get(word, ()) if after != "school" else ())]
    levels = LEVELS & frozenset(whole)
    content = frozenset(whole) - SAYS_NOTHING - LEVELS
    return Name(
        words=tuple(whole),
        content=content or frozenset(whole),
        # A junior high is no high school.
        levels=levels - {"high"} if "junior" in levels else levels,
        in_short=_in_short(raw, whole),
    )


def _in_short(raw: list[str], whole: list[str]) -> str:
    if "school" not in whole:
        return ""
    school = whole[: whole.index("school") + 1]
    start = next((place for place, word in enumerate(school) if word not in SAYS_NOTHING), 0)
    behind = max((place for place, word in enumerate(raw) if _NAMES_A_SCHOOL.fullmatch(word)), default=len(raw))
    text = " ".join(("".join(word[0] for word in school[start:]), *raw[behind + 1 :]))
    for short, full in IN_FULL.items():
        if " " in full:
            text = text.replace(full, short)
    return text


def _one_form(word: str) -> str:
    """Return a word without the plural's s, and the one of several that mean the same."""
    stem = word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
    if _INITIALS_OF_A_SCHOOL.fullmatch(word) and stem not in ACTIVITIES:
        stem = word
    return ONE_WORD.get(stem, stem)


def likeness(one: Name, other: Name) -> float:
    """Tell how likely two names are names of one organization.

    Returns
    -------
    float
        From 0, nothing in common or certainly two, to 1, every word that counts in both.
    """
    shared, left, right = _compare(one, other)
    if not shared or (left and right):
        return 0.0
    alone = left | right
    if alone & ACTIVITIES or any(word.isdigit() for word in alone):
        return 0.0
    # What one name has alone is a mascot or the rest of a school's name.
    return shared / (shared + len(alone) / 2)


def are_two(one: Name, other: Name) -> bool:
    """Tell whether two names certainly name two schools: each has a school's name that the other has not."""
    if one.levels and other.levels and not one.levels & other.levels:
        return True
    _, left, right = _compare(one, other)
    return bool(left - ACTIVITIES) and bool(right - ACTIVITIES)


def coverage(wanted: Name, other: Name) -> float:
    """Tell how much of a short name is in a longer one: all of "the band" is in "Redlands High School Band".

    Returns
    -------
    float
        From 0 to 1, for every word that counts.
    """
    shared, left, _ = _compare(wanted, other)
    return 1.0 if shared and not left else shared / (shared + len(left)) if shared else 0.0


def unlike_words(wanted: Name, other: Name) -> int:
    """Count the words that count and are in one of the two names alone."""
    _, left, right = _compare(wanted, other)
    return len(left) + len(right)


def _compare(one: Name, other: Name) -> tuple[float, set[str], set[str]]:
    """Return how many words two names share, and which each has alone."""
    left, right = set(one.content - other.content), set(other.content - one.content)
    if one.levels and other.levels and not one.levels & other.levels:
        return 0.0, left, right
    shared = float(len(one.content & other.content))
    shared += _take_initials(left, other, right) + _take_initials(right, one, left)
    shared += _take_slips(left, right)
    if shared:
        shared += _take_one_word(left, other, right) + _take_one_word(right, one, left)
    return shared, left, right


def _take_initials(left: set[str], other: Name, right: set[str]) -> float:
    """Take initials out of what is left, with the words that they stand for: RHS and Redlands High School."""
    taken = 0.0
    for word in sorted(left):
        if 2 <= len(word) <= 6 and word not in ACTIVITIES and word.isalpha():
            meant = _meant_by(word, other.words)
            if meant:
                left.discard(word)
                right -= meant
                taken += max(1, len(meant & other.content))
    return taken


def _take_one_word(left: set[str], other: Name, right: set[str]) -> int:
    """Take a school's initials and the one word they may stand for: "Redlands Robotics" may be RHS Robotics."""
    schools = right - (ACTIVITIES - SETS_APART)
    initials = [word for word in left if _OF_ONE_WORD.fullmatch(word)]
    if other.levels or len(schools) != 1 or len(initials) != 1:
        return 0
    school = next(iter(schools))
    if school in SETS_APART or len(school) < 4 or school[0] != initials[0][0]:
        return 0
    left -= {initials[0]}
    right -= schools
    return 1


def _meant_by(initials: str, words: tuple[str, ...]) -> frozenset[str]:
    """Return the words that stand together and begin with the initials; none where there are none."""
    plain = re.sub("(?:hs|ms|es|jh)$", "", initials)
    for start in range(len(words)):
        text = ""
        for end in range(start, min(start + 6, len(words))):
            text += words[end][0]
            meant = frozenset(words[start : end + 1])
            # OHHS is Oak Hills where the words High School are left out, and never "Orangewood High".
            if text == initials or (text == plain and end > start and not meant & LEVELS):
                return meant
    return frozenset()


def _take_slips(left: set[str], right: set[str]) -> float:
    """Take pairs of words out of what is left that are one word with a slip of the fingers."""
    taken = 0.0
    for word in sorted(left):
        if word.isdigit():
            continue
        for like in sorted(right):
            if like.isdigit() or (word in ACTIVITIES and like in ACTIVITIES) or min(len(word), len(like)) < 4:
                continue
            alike = Indel.normalized_similarity(word, like)
            if alike >= SAME_SPELLING:
                left.discard(word)
                right.discard(like)
                taken += alike
                break
    return taken
