"""Words shared by a question and a clause, scored by BM25, and words put right that were mistyped.

Dense vectors see meaning and miss names; words see names and miss meaning. Weighted together they beat either alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.search.vectors import Vector

K1 = 1.2
"""How fast a repeated word stops counting. Source: Robertson and Zaragoza, The Probabilistic Relevance Framework."""

B = 0.75
"""How much a long clause is held against itself; same source."""

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_ENDINGS = (
    "ations",
    "ation",
    "ingly",
    "ments",
    "ment",
    "ings",
    "ness",
    "ing",
    "ies",
    "ied",
    "ers",
    "ed",
    "es",
    "er",
    "ly",
    "s",
)
_STOP_WORDS = frozenset(
    """
    a an the and or of to in on at for from by with is are be been was were it its this that these those i me my we our
    you your he she they them their his her do does did can could may might shall should will would have has had as if
    not no so but about any some what which who whom how when where why there here than then too very just also im dont
    u ur r w pls please hi hey ok
    """.split()
)


def words(text: str) -> list[str]:
    """Return the lower-case words of a text, without stop words, cut to their stems."""
    folded = text.lower().replace("’", "'")
    return [stem(word) for word in _WORD.findall(folded) if word not in _STOP_WORDS]


def stem(word: str) -> str:
    """Cut one English ending; crude on purpose, since both sides are cut alike."""
    word = word.removesuffix("'s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


class Bm25:
    """BM25 over one district's clauses."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(words(text)) for text in texts]
        lengths = np.array([sum(count.values()) for count in counts], dtype=np.float32)
        mean = float(lengths.mean()) if len(lengths) else 1.0
        self._size = len(texts)
        postings: dict[str, list[tuple[int, int]]] = {}
        for row, count in enumerate(counts):
            for word, times in count.items():
                postings.setdefault(word, []).append((row, times))
        self._postings: dict[str, tuple[np.ndarray, Vector]] = {}
        for word, found in postings.items():
            rows = np.array([row for row, _ in found])
            repeated = np.array([number for _, number in found], dtype=np.float32)
            rarity = float(np.log(1 + (self._size - len(rows) + 0.5) / (len(rows) + 0.5)))
            weights = rarity * repeated * (K1 + 1) / (repeated + K1 * (1 - B + B * lengths[rows] / max(mean, 1.0)))
            self._postings[word] = (rows, weights.astype(np.float32))

    def scores(self, question: str) -> Vector:
        """Score every clause. Shape ``(clauses,)``, float32, 0 where no word is shared."""
        scores = np.zeros(self._size, dtype=np.float32)
        for word in set(words(question)):
            if word in self._postings:
                rows, weights = self._postings[word]
                scores[rows] += weights
        return scores


class Spelling:
    """Puts mistyped words right against the words that the bank and the clauses use."""

    def __init__(self, known_words: Iterable[str], *, sure: float = 84.0) -> None:
        self._known = {word for word in known_words if len(word) > 2}
        self._by_first: Mapping[str, list[str]] = {}
        by_first: dict[str, list[str]] = {}
        for word in sorted(self._known):
            if len(word) >= 4:
                by_first.setdefault(word[0], []).append(word)
        self._by_first = by_first
        self._sure = sure

    def knows(self, word: str) -> bool:
        """Tell whether a lower-case word is one that the bank or the clauses use, or a short common one."""
        return word in self._known or word in _STOP_WORDS

    def put_right(self, text: str) -> str:
        """Return the text with each unknown word of five letters or more replaced by a near known one.

        Two letters are taken as given, the first and the length within two, since those are seldom mistyped; names
        and handles stay as they are because nothing near enough is known.
        """
        return re.sub(r"(?<![@#\w])[A-Za-z]{5,24}(?!\w)", self._near, text)

    def _near(self, match: re.Match[str]) -> str:
        word = match[0].lower()
        if word in self._known:
            return match[0]
        candidates = self._by_first.get(word[0], [])
        found = process.extractOne(word, candidates, scorer=fuzz.ratio, score_cutoff=self._sure)
        if found is None or abs(len(found[0]) - len(word)) > 2:
            return match[0]
        return found[0]
