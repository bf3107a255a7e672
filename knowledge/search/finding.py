"""The question in, the governing clauses out: puts encoder, recogniser and a district's index together."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.guidelines import Clause
from knowledge.search.danger import tells_of_danger
from knowledge.search.encoder import Encoder
from knowledge.search.followup import is_follow_up, joined
from knowledge.search.index import DistrictIndex
from knowledge.search.lexical import Spelling
from knowledge.search.ranking import (
    MOST_CLAUSES,
    MOST_SHOWN,
    Weights,
    chance_of_cover,
    clause_scores,
    cover_features,
)
from knowledge.search.recogniser import Recogniser, Recognition
from knowledge.search.vectors import Vector

LONGEST_READ_CHARACTERS = 4000
"""What is beyond is not read; the reply says so."""

SURE_COVER = 0.75
"""Chance of cover from which the answer is given without a word of doubt."""

SURE_SCORE = 0.25
"""Score of the first clause from which the answer is given without a word of doubt."""

SHOW_WITH_FIRST = 0.5
"""Share of the first clause's score that a further clause needs to be shown with it."""

SHOW_WITH_FIRST_OF_TWO_PARTS = 0.25
"""The same where the message has several parts: somebody who asks two things needs two clauses."""

ALARM_CHANCE = 0.25
"""Chance of a live situation from which a short message stands alone. Low: a missed danger is the worse mistake."""

SURE_ALARM_CHANCE = 0.7
"""Chance from which a message is surely a report, even where it could be a draft."""

PART_SCORE = 0.3
"""Score from which a part of a message brings in the clause it puts first."""

FEWEST_KNOWN_WORDS = 0.25
"""Share of a message's words that must be known for it to be taken as English."""

ALL_KNOWN_WORDS = 0.9
"""Share of known words from which stray signs are emoticons and emphasis, not code."""

_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_MASKED_SWEARING = re.compile(r"(?<=\w)\*+\w*")
_CODE = re.compile(r"[{}<>=;*|\\^~]|\w\((?!s\))")
_PART_BREAK = re.compile(r"(?<=[.?!])\s+|\s+(?:and also|and|also|plus|&)\s+|,\s+(?:and|also|but)\s+|\n+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A clause with how well it fits one question."""

    clause: Clause
    score: float
    """In [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What search makes of one message."""

    matches: tuple[Match, ...]
    """The clauses that may govern it, best first, at most five. Empty where the guidelines do not answer."""

    shown: int
    """How many of the matches are sure enough to be shown."""

    cover: float
    """Calibrated chance that this district's guidelines answer, in [0, 1]."""

    is_covered: bool
    is_unsure: bool
    """True where the guidelines probably answer but which clause does is doubtful."""

    kind: str
    kinds: Mapping[str, float]
    stances: Mapping[str, float]
    topics: tuple[tuple[str, float], ...]
    """The topics recognised, most likely first, at most five."""

    read_with: str | None = None
    """The earlier question that this follow-up was read with."""

    tells_of_danger: bool = False
    """True where the words speak of danger to a person, whatever else the message is about."""

    was_cut: bool = False
    """True where the message is longer than what is read of it."""


class Search:
    """Finds the clauses that govern a message within one district."""

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        """Load the exported model from its folder."""
        self.encoder = Encoder(folder, threads=threads)
        self.recogniser = Recogniser(folder)
        self.weights = Weights.load()
        self.spelling = Spelling(self.recogniser.vocabulary)

    def index(self, clauses: Sequence[Clause], links: Mapping[str, Sequence[str]] | None) -> DistrictIndex:
        """Index one district's published clauses; see `DistrictIndex`."""
        return DistrictIndex(clauses, encoder=self.encoder, recogniser=self.recogniser, links=links)

    def find(self, text: str, index: DistrictIndex, *, earlier: str | None = None) -> Finding:
        """Find what governs a message.

        Parameters
        ----------
        text
            The message as typed.
        index
            The asker's own district.
        earlier
            The question asked before it in the same conversation, if any.
        """
        read_with = earlier if earlier and is_follow_up(text) and not self._is_alarm(text) else None
        read = joined(read_with, text) if read_with else text
        read = self.spelling.put_right(read[:LONGEST_READ_CHARACTERS])
        parts = parts_of(read)
        vectors = self.encoder.encode([read, *parts])
        recognition = self.recogniser.recognise(read, vectors[0])
        dense, lexical = index.dense(vectors[0]), index.lexical(read)
        scores = clause_scores(index, recognition.topics, dense, lexical, self.weights)
        features = cover_features(index, recognition, scores, dense, lexical)
        cover = chance_of_cover(features, index, self.weights)
        part_scores = [self._part_scores(part, vector, index) for part, vector in zip(parts, vectors[1:], strict=True)]
        matches, shown = _choose(index, scores, part_scores)
        is_covered = cover >= self.weights.threshold(index) and bool(matches)
        return Finding(
            matches=matches,
            shown=shown,
            cover=cover,
            is_covered=is_covered,
            is_unsure=is_covered and (cover < SURE_COVER or matches[0].score < SURE_SCORE),
            kind=self._kind(recognition),
            kinds=dict(zip(self.recogniser.kinds, recognition.kinds.tolist(), strict=True)),
            stances=dict(zip(self.recogniser.stances, recognition.stances.tolist(), strict=True)),
            topics=tuple(
                (self.recogniser.topics[place], float(recognition.topics[place]))
                for place in np.argsort(-recognition.topics)[:5]
            ),
            read_with=read_with,
            tells_of_danger=tells_of_danger(text[:LONGEST_READ_CHARACTERS]),
            was_cut=len(text) > LONGEST_READ_CHARACTERS or self.encoder.is_cut(read),
        )

    def sounds_like_alarm(self, text: str) -> bool:
        """Tell whether a message surely reports a live situation, or speaks of danger to a person."""
        return tells_of_danger(text[:LONGEST_READ_CHARACTERS]) or self._chance_of_alarm(text) >= SURE_ALARM_CHANCE

    def _is_alarm(self, text: str) -> bool:
        """Tell whether a message alone reports a live situation: it is then never read as part of an earlier question."""
        return self._chance_of_alarm(text) >= ALARM_CHANCE

    def _chance_of_alarm(self, text: str) -> float:
        kinds = self.recogniser.recognise(text[:LONGEST_READ_CHARACTERS], self.encoder.encode([text])[0]).kinds
        return float(kinds[self.recogniser.kinds.index("escalation")])

    def is_readable(self, text: str) -> bool:
        """Tell whether a message is English enough to be judged: other languages, code and noise are not."""
        text = _MASKED_SWEARING.sub("", text[:LONGEST_READ_CHARACTERS])
        found = [word.strip("'") for word in _WORDS.findall(text.lower().replace("’", "'"))]
        letters = "".join(found)
        if not letters or (not letters.isascii() and sum(letter > "\u024f" for letter in letters) > len(letters) / 2):
            return False
        known = sum(self.spelling.knows(word) for word in found) / len(found)
        if known < ALL_KNOWN_WORDS and len(_CODE.findall(text)) >= max(3, 0.05 * len(letters)):
            return False
        return len(found) < 6 or known >= FEWEST_KNOWN_WORDS

    def _kind(self, recognition: Recognition) -> str:
        return self.recogniser.kinds[int(recognition.kinds.argmax())]

    def _part_scores(self, part: str, vector: Vector, index: DistrictIndex) -> Vector:
        recognition = self.recogniser.recognise(part, vector)
        return clause_scores(index, recognition.topics, index.dense(vector), index.lexical(part), self.weights)


def parts_of(text: str) -> list[str]:
    """Cut a message that may ask two things into its parts; empty where it is one piece."""
    parts = [part.strip() for part in _PART_BREAK.split(text)]
    long_enough = [part for part in parts if len(part.split()) >= 3]
    return long_enough[:6] if len(long_enough) > 1 else []


def _choose(index: DistrictIndex, scores: Vector, part_scores: Sequence[Vector]) -> tuple[tuple[Match, ...], int]:
    """Order the clauses and decide how many to show.

    A message of two parts may need two clauses: the clause that a part puts first by itself is moved up behind the
    whole message's first.
    """
    order = [int(place) for place in np.argsort(-scores)[:MOST_CLAUSES]]
    shown = 1
    wanted = [int(part.argmax()) for part in part_scores if float(part.max()) >= PART_SCORE]
    for place in dict.fromkeys(wanted):
        if place != order[0] and shown < MOST_SHOWN:
            if place in order:
                order.remove(place)
            order.insert(shown, place)
            shown += 1
    order = order[:MOST_CLAUSES]
    share = SHOW_WITH_FIRST_OF_TWO_PARTS if part_scores else SHOW_WITH_FIRST
    while shown < min(MOST_SHOWN, len(order)) and scores[order[shown]] >= share * scores[order[0]]:
        shown += 1
    matches = tuple(Match(clause=index.clauses[place], score=round(float(scores[place]), 4)) for place in order)
    return matches, min(shown, len(matches))
