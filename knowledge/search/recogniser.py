"""Recognises what a message is about and what kind of message it is, from its vector and its words.

Topics are what carries over between districts: the bank maps wording to topics, and a district's clauses are mapped
to the same topics. Three views are fused, because each sees what the others miss: the trained topic prototypes, the
nearest wordings of the bank, and a linear model over words and word pieces.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.search.vectors import Matrix, Vector, softmax
from knowledge.search.wordpieces import WordPieceModel

PROTOTYPES_WEIGHT, NEIGHBOURS_WEIGHT, WORDS_WEIGHT = 0.4, 0.3, 0.3
"""Shares of the three views. Set on the development questions; `docs/quality.md` shows what each adds."""

NEIGHBOUR_SHARPNESS = 18.0
"""How much nearer a wording must be to outvote another; cosine differences are multiplied by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """What a message was recognised as."""

    topics: Vector
    """Probability of each topic. Shape ``(topics,)``, sums to 1."""

    kinds: Vector
    """Probability of each kind, in the order of `Recogniser.kinds`."""

    stances: Vector
    """Probability of each stance of a typical policy, in the order of `Recogniser.stances`; means something only
    where the message is about one particular post."""


class Recogniser:
    """The exported heads and the bank's vectors."""

    def __init__(self, folder: Path) -> None:
        note = json.loads((folder / "recogniser.json").read_text(encoding="utf-8"))
        self.topics: tuple[str, ...] = tuple(note["topics"])
        self.kinds: tuple[str, ...] = tuple(note["kinds"])
        self.stances: tuple[str, ...] = tuple(note["stances"])
        self.vocabulary: tuple[str, ...] = tuple(note["vocabulary"])
        with np.load(folder / "recogniser.npz") as arrays:
            self._prototypes: Matrix = arrays["prototypes"].astype(np.float32)
            self._bias: Vector = arrays["bias"].astype(np.float32)
            self._kind_layers = tuple(arrays[f"kind_{name}"].astype(np.float32) for name in ("w1", "b1", "w2", "b2"))
            self._stance_layers = tuple(
                arrays[f"stance_{name}"].astype(np.float32) for name in ("w1", "b1", "w2", "b2")
            )
            self._neighbours: Matrix = arrays["neighbours"].astype(np.float32)
            self._directions: Matrix = arrays["directions"]
            self._neighbour_topics = arrays["neighbour_topics"].astype(np.int64)
            self._neighbour_kinds = arrays["neighbour_kinds"].astype(np.int64)
        self._words = WordPieceModel(folder)

    def recognise(self, text: str, vector: Vector) -> Recognition:
        """Recognise one message.

        Parameters
        ----------
        text
            The message.
        vector
            Its unit-length embedding. Shape ``(dimensions,)``.
        """
        word_topics, word_kinds = self._words.probabilities(text)
        near_topics, near_kinds = self._vote(vector)
        prototypes = softmax(self._prototypes @ vector + self._bias)
        topics = PROTOTYPES_WEIGHT * prototypes + NEIGHBOURS_WEIGHT * near_topics + WORDS_WEIGHT * word_topics
        kinds = (
            PROTOTYPES_WEIGHT * softmax(_two_layers(vector, self._kind_layers))
            + NEIGHBOURS_WEIGHT * near_kinds
            + WORDS_WEIGHT * word_kinds
        )
        return Recognition(topics=topics, kinds=kinds, stances=softmax(_two_layers(vector, self._stance_layers)))

    def clause_topics(self, vectors: Matrix) -> Matrix:
        """Return the topics that clauses speak of. Shapes ``(clauses, dimensions)`` to ``(clauses, topics)``."""
        return softmax(vectors @ self._prototypes.T + self._bias)

    def _vote(self, vector: Vector) -> tuple[Vector, Vector]:
        """Let the 24 nearest wordings of the bank vote for topics and kinds."""
        similarity = self._neighbours @ (vector @ self._directions)
        nearest = np.argpartition(similarity, -24)[-24:]
        votes = np.exp(NEIGHBOUR_SHARPNESS * (similarity[nearest] - similarity[nearest].max()))
        votes /= votes.sum()
        topics = np.bincount(self._neighbour_topics[nearest], weights=votes, minlength=len(self.topics))
        kinds = np.bincount(self._neighbour_kinds[nearest], weights=votes, minlength=len(self.kinds))
        return topics.astype(np.float32), kinds.astype(np.float32)


def _two_layers(vector: Vector, layers: tuple[Matrix, ...]) -> Vector:
    """Run a head of two linear layers with the exact GELU between them."""
    first_weights, first_bias, second_weights, second_bias = layers
    hidden = first_weights @ vector + first_bias
    hidden = hidden * 0.5 * (1.0 + _erf(hidden / np.float32(np.sqrt(2.0))))
    return np.asarray(second_weights @ hidden + second_bias, dtype=np.float32)


def _erf(values: Vector) -> Vector:
    """Error function to 1.5e-7. Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26."""
    sign, size = np.sign(values), np.abs(values)
    t = 1.0 / (1.0 + 0.3275911 * size)
    polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.asarray(sign * (1.0 - polynomial * np.exp(-size * size)), dtype=np.float32)
