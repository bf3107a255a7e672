"""Which clauses govern a message, in what order, and whether any does.

Pure functions over arrays: the fused score of every clause, the calibrated chance that the district's guidelines
answer at all, and how many clauses to show.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from knowledge.search.index import DistrictIndex
from knowledge.search.recogniser import Recognition
from knowledge.search.vectors import Vector, softmax

DENSE_SHARPNESS = 20.0
"""Cosines are multiplied by this before they compete, as in training."""

MOST_CLAUSES = 5
"""Longest list of governing clauses. Source: the JSON contract."""

MOST_SHOWN = 3
"""Most clauses in one message: a phone screen holds no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Numbers fitted on the development questions by ``bench/calibrate.py``."""

    topical: float
    dense: float
    lexical: float
    cover: tuple[float, ...]
    """Intercept and coefficients of the chance that the guidelines answer; `cover_features` names them."""

    unlinked_topical: float
    unlinked_dense: float
    unlinked_lexical: float
    unlinked_cover: tuple[float, ...]
    cover_threshold: float
    """Least chance of cover with which the guidelines are said to answer."""

    unlinked_cover_threshold: float
    """The same where nobody has linked the clauses; lower, since their topics are only recognised."""

    def threshold(self, index: DistrictIndex) -> float:
        """Return the least chance of cover for an index."""
        return self.cover_threshold if index.has_links else self.unlinked_cover_threshold

    @classmethod
    def load(cls) -> Self:
        """Read the committed numbers."""
        read = json.loads((Path(__file__).parent / "weights.json").read_text(encoding="utf-8"))
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in read.items()
        }
        return cls(**fields)


def clause_scores(index: DistrictIndex, topics: Vector, dense: Vector, lexical: Vector, weights: Weights) -> Vector:
    """Fuse what topics, vectors and words say of every clause.

    Parameters
    ----------
    topics
        Probability of each topic. Shape ``(topics,)``.
    dense
        Cosine of the question with each clause. Shape ``(clauses,)``.
    lexical
        BM25 of the question with each clause. Shape ``(clauses,)``.

    Returns
    -------
    Vector
        Scores in [0, 1]. Shape ``(clauses,)``, float32.
    """
    topical = index.topics @ topics
    near = softmax(DENSE_SHARPNESS * dense)
    shared = lexical / (lexical.max() + 4.0)
    if index.has_links:
        mix = (weights.topical, weights.dense, weights.lexical)
    else:
        mix = (weights.unlinked_topical, weights.unlinked_dense, weights.unlinked_lexical)
    return np.asarray((mix[0] * topical + mix[1] * near + mix[2] * shared) / sum(mix), dtype=np.float32)


def cover_features(
    index: DistrictIndex, recognition: Recognition, scores: Vector, dense: Vector, lexical: Vector
) -> Vector:
    """Return what tells whether the guidelines answer at all. Shape ``(features + 1,)``, the first being 1."""
    covered = float(index.reach @ recognition.topics)
    best = int(recognition.topics.argmax())
    return np.array(
        [
            1.0,
            covered,
            float(index.reach[best] > 0),
            float(recognition.topics[best]),
            float(scores.max()),
            float(dense.max()),
            float(np.log1p(lexical.max())),
            float(recognition.kinds[-1]),
        ],
        dtype=np.float32,
    )


def chance_of_cover(features: Vector, index: DistrictIndex, weights: Weights) -> float:
    """Return the calibrated probability that a clause of this district answers."""
    coefficients = np.array(weights.cover if index.has_links else weights.unlinked_cover, dtype=np.float32)
    return float(1.0 / (1.0 + np.exp(-float(features @ coefficients))))
