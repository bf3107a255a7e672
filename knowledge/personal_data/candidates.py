"""Stretches of a text that could be somebody's name, before anyone asks whose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from knowledge.personal_data.given_names import ALSO_WORDS, GIVEN_NAMES
from knowledge.personal_data.reading import Token
from knowledge.personal_data.words import (
    FAMOUS,
    GROUP_NOUNS,
    PLACE_WORDS,
    PUPIL_NOUNS,
    SENTENCE_STARTERS,
    SURNAMES_TOO,
    TITLES,
)

_LONGEST_RUN = 8
_LONGEST_NAME = 4
_TITLES_WRITTEN_SMALL = frozenset({"mr", "mrs", "ms", "miss", "dr", "coach", "principal", "officer", "superintendent"})
_CONTRACTION = re.compile(r"'(?:re|ve|d|ll|m|t)$")
_PARTICLES = frozenset({"de", "del", "la", "las", "los", "da", "di", "van", "von", "der", "bin", "al", "el"})


class Nature(Enum):
    """What the words of a run themselves tell."""

    NAME = auto()
    ADULT = auto()
    PLACE = auto()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run of capitalised words, without the words that only begin its sentence."""

    first: int
    """Place of its first token."""

    start: int
    """Offset of its first character."""

    end: int
    """Offset after its last character, the full stop of an initial included."""

    words: tuple[str, ...]
    """Its words in lower case."""

    nature: Nature
    """What the words themselves tell."""

    is_possessive: bool
    """Whether 's follows."""

    is_plain: bool
    """Whether it is written in lower case or in capitals only, so that its shape says nothing."""

    @property
    def is_given(self) -> bool:
        """Whether its first word is a common first name."""
        return self.words[0].split("-")[0] in GIVEN_NAMES

    @property
    def is_known(self) -> bool:
        """Whether its shape alone makes a name likely: a common first name, or two words and more."""
        return self.is_given or len(self.words) > 1

    @property
    def is_ambiguous(self) -> bool:
        """Whether it is one word that may be another thing than a name."""
        return len(self.words) == 1 and self.words[0] in ALSO_WORDS


def find_candidates(tokens: list[Token], text: str) -> Iterator[Candidate]:
    """Find every stretch that could be a name, and the places and titled adults among them."""
    place = 0
    while place < len(tokens):
        run = _run(tokens, text, place)
        if run:
            yield from _candidates_of(tokens, run)
            place = run[-1] + 1
        else:
            place += 1


def _run(tokens: list[Token], text: str, place: int) -> list[int]:
    """Return the places of the words that belong together, beginning at a place."""
    token = tokens[place]
    if token.text.islower():
        return [place] if token.lower in GIVEN_NAMES and token.lower not in ALSO_WORDS else []
    if not _is_written_as_name(tokens, place):
        return []
    run = [place]
    while len(run) < _LONGEST_RUN:
        following = _following(tokens, text, run[-1])
        # "AVID Mia" is a programme and a pupil, not one name.
        if following is None or (
            tokens[following].is_capitals != token.is_capitals and len(tokens[following].text) > 1
        ):
            break
        run.append(following)
    return run


def _is_written_as_name(tokens: list[Token], place: int) -> bool:
    """Whether a token is a capitalised word, a shouted one or an initial."""
    token = tokens[place]
    return (token.is_name_shaped or token.is_capitals or _is_initial(tokens, place)) and not _CONTRACTION.search(
        token.lower
    )


def _following(tokens: list[Token], text: str, place: int) -> int | None:
    """Return the place of the word that carries a run on, one space after the word at a place."""
    after = place + 1 + _is_initial(tokens, place)
    if tokens[place].is_possessive or after >= len(tokens) or text[tokens[after - 1].end : tokens[after].start] != " ":
        return None
    is_particle = tokens[after].text in _PARTICLES and after + 1 < len(tokens) and tokens[after + 1].is_name_shaped
    return after if is_particle or _is_written_as_name(tokens, after) else None


def _is_initial(tokens: list[Token], place: int) -> bool:
    """Whether a token is a capital letter with its full stop."""
    token = tokens[place]
    return (
        len(token.text) == 1
        and token.text.isupper()
        and place + 1 < len(tokens)
        and tokens[place + 1].text == "."
        and tokens[place + 1].start == token.end
    )


def _candidates_of(tokens: list[Token], run: list[int]) -> Iterator[Candidate]:
    """Cut a run at titles and leading words, and say what the rest is."""
    title = next((number for number, place in enumerate(run) if tokens[place].lower in TITLES), None)
    if title is not None:
        if title:
            yield from _candidates_of(tokens, run[:title])
        if run[title + 1 :]:
            yield _candidate(tokens, run[title + 1 :], Nature.ADULT)
        return
    run = _without_leading_words(tokens, run)
    if run:
        nature = _nature(tokens, run)
        if nature is not Nature.NAME or len(run) <= _LONGEST_NAME:
            yield _candidate(tokens, run, nature)


def _without_leading_words(tokens: list[Token], run: list[int]) -> list[int]:
    """Drop the words that only begin the sentence or say who follows, as in "Congrats Senior Marcus Bell"."""
    words = [tokens[place].lower for place in run]
    begin = max((number + 1 for number, word in enumerate(words) if word in PUPIL_NOUNS), default=0)
    while begin < len(words) and words[begin] in SENTENCE_STARTERS:
        begin += 1
    return run[begin:]


def _nature(tokens: list[Token], run: list[int]) -> Nature:
    """Say what the words of a run tell by themselves, or by a title before them."""
    words = [tokens[place].lower for place in run]
    before = run[0] - 1
    if before > 0 and tokens[before].text == ".":
        before -= 1
    if before >= 0 and _is_title(tokens[before]):
        return Nature.ADULT
    if _is_place(tokens, run, words):
        return Nature.PLACE
    return Nature.ADULT if " ".join(words) in FAMOUS or " ".join(words[:2]) in FAMOUS else Nature.NAME


def _is_title(token: Token) -> bool:
    """Whether a word before a name is a title; in lower case "nurse Hailey" may be two people."""
    return token.lower in (TITLES if token.text[0].isupper() else _TITLES_WRITTEN_SMALL) and not token.is_possessive


def _is_place(tokens: list[Token], run: list[int], words: list[str]) -> bool:
    """Whether a run names a place, a body or a thing rather than a person."""
    is_given = words[0] in GIVEN_NAMES
    for number, word in enumerate(words):
        is_surname = is_given and number == len(words) - 1 > 0 and word in SURNAMES_TOO
        if word in PLACE_WORDS and not is_surname and not (number == 0 and is_given and len(words) > 1):
            return True
    after = run[-1] + 1
    return after < len(tokens) and tokens[after].lower in GROUP_NOUNS and not tokens[run[-1]].is_possessive


def _candidate(tokens: list[Token], run: list[int], nature: Nature) -> Candidate:
    """Put a candidate together."""
    texts = [tokens[place].text for place in run]
    last = tokens[run[-1]]
    has_stop = len(run) > 1 and _is_initial(tokens, run[-1])
    return Candidate(
        first=run[0],
        start=tokens[run[0]].start,
        end=last.end + has_stop,
        words=tuple(tokens[place].lower for place in run),
        nature=nature,
        is_possessive=last.is_possessive,
        is_plain=all(text.islower() or (text.isupper() and len(text) > 1) for text in texts),
    )
