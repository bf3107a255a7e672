"""A linear model over words, word pairs and word pieces: it sees the very words that an embedding blurs."""

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.search.vectors import Vector, softmax

_WORD = re.compile(r"[a-z0-9']+|[?!]")


def features(text: str) -> Counter[str]:
    """Count a text's words, neighbouring word pairs, and pieces of three to five letters inside words."""
    found: Counter[str] = Counter()
    line = _WORD.findall(text.lower().replace("’", "'"))
    found.update(line)
    found.update(f"{first} {second}" for first, second in pairwise(line))
    for word in line:
        padded = f"<{word}>"
        for size in (3, 4, 5):
            found.update("#" + padded[start : start + size] for start in range(len(padded) - size + 1))
    return found


class WordPieceModel:
    """Multinomial logistic regression over weighted features, for topics and for kinds."""

    def __init__(self, folder: Path) -> None:
        """Read the model from the exported files."""
        names = json.loads((folder / "wordpieces.json").read_text(encoding="utf-8"))
        self._places = {name: place for place, name in enumerate(names)}
        with np.load(folder / "wordpieces.npz") as arrays:
            # One byte a weight, and so it stays in memory: a message touches a few hundred of the rows.
            self._weights: npt.NDArray[np.int8] = arrays["weights"]
            self._scale: Vector = arrays["scale"]
            self._bias: Vector = arrays["bias"]
            self._rarity: Vector = arrays["rarity"]
            self._topic_count = int(arrays["topic_count"])

    def probabilities(self, text: str) -> tuple[Vector, Vector]:
        """Return the probabilities of the topics and of the kinds. Shapes ``(topics,)`` and ``(kinds,)``."""
        places, values = vectorise(text, self._places, self._rarity)
        logits = self._bias + (values @ self._weights[places].astype(np.float32)) * self._scale
        return softmax(logits[: self._topic_count]), softmax(logits[self._topic_count :])


def vectorise(text: str, places: dict[str, int], rarity: Vector) -> tuple[npt.NDArray[np.int64], Vector]:
    """Return the places and unit-length values of a text's known features. Shapes ``(features,)`` both."""
    counted = [(places[name], times) for name, times in features(text).items() if name in places]
    where = np.array([place for place, _ in counted], dtype=np.int64)
    values = (
        (1.0 + np.log(np.array([times for _, times in counted], dtype=np.float32))) * rarity[where]
        if counted
        else np.zeros(0)
    )
    length = float(np.linalg.norm(values)) or 1.0
    return where, np.asarray(values / length, dtype=np.float32)
