"""Reads a post: which matters it raises, how it stands to each, and in which of its sentences."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.checking.matters import State
from knowledge.checking.post import Post, Segment, segments_of, whole_of
from knowledge.search.encoder import Encoder
from knowledge.search.vectors import Matrix, Vector
from knowledge.search.wordpieces import vectorise

STATES = (State.AGAINST, State.OPEN, State.MET)
"""Order of the states in the model's outputs."""


RAISED_FROM = 0.25
"""Chance from which a matter counts as raised. Set on the development drafts, as are the next two."""

GRAVE_FROM = 0.3
"""The same for what would forbid a post or send it to somebody: a wrong no teaches people to stop asking."""

DOUBTFUL_FROM = 0.17
"""Chance from which a matter that does not count still forbids a plain yes: a wrong yes exposes a child."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """How surely a post raises one matter."""

    chances: Mapping[State, float]
    """Chance of each state; what is missing to 1 is the chance that the matter is not raised."""

    segment: int | None
    """Place of the sentence (or attachment) that raises it most, among `Reading.segments`; None for the whole."""

    @property
    def chance(self) -> float:
        """Chance that the matter is raised at all."""
        return sum(self.chances.values())

    @property
    def adverse(self) -> float:
        """Chance that it is raised and its condition is not known to be met."""
        return self.chances[State.AGAINST] + self.chances[State.OPEN]

    @property
    def state(self) -> State:
        """The state to go by: what stands against a post or hangs on something outweighs what is likely met."""
        met = self.chances[State.MET]
        if self.adverse <= met:
            return State.MET
        return State.AGAINST if self.chances[State.AGAINST] >= self.chances[State.OPEN] else State.OPEN

    def weight(self, state: State) -> float:
        """How sure a state is: of one that is no yes, what speaks for its likelier neighbour counts for it, too."""
        return self.adverse if state is State.OPEN else self.chances[state]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read in one post."""

    segments: tuple[Segment, ...]
    vector: Vector
    """Of the whole post. Shape ``(dimensions,)``."""

    segment_vectors: Matrix
    """Shape ``(segments, dimensions)``."""

    raised: Mapping[str, Raised]
    """By matter id; every matter, the unlikely ones too."""


class PostReader:
    """The exported model of the matters.

    Three views are added up: the vector of the whole post, the sentence that speaks most for a matter (one bad
    sentence sinks a post of six), and the very words.
    """

    def __init__(self, folder: Path, *, encoder: Encoder) -> None:
        """Read the model from the exported files."""
        note = json.loads((folder / "matters.json").read_text(encoding="utf-8"))
        self.matters: tuple[str, ...] = tuple(note["matters"])
        self._places = {name: place for place, name in enumerate(note["features"])}
        self._encoder = encoder
        with np.load(folder / "matters.npz") as arrays:
            self._whole = tuple(arrays[f"whole_{name}"].astype(np.float32) for name in ("w1", "b1", "w2", "b2"))
            self._part = tuple(arrays[f"part_{name}"].astype(np.float32) for name in ("w1", "b1", "w2", "b2"))
            self._words: npt.NDArray[np.int8] = arrays["words"]
            self._scale: Vector = arrays["scale"]
            self._rarity: Vector = arrays["rarity"]

    def read(self, post: Post) -> Reading:
        """Read one post."""
        segments = segments_of(post)
        # Apart from its parts: in one batch they would be padded to the length of the whole.
        whole = self._encoder.encode([whole_of(post)])[0]
        parts = self._encoder.encode([segment.text for segment in segments])
        return self.weigh(post, whole, segments, parts)

    def weigh(self, post: Post, whole: Vector, segments: Sequence[Segment], parts: Matrix) -> Reading:
        """Weigh a post whose vectors are known.

        Parameters
        ----------
        whole
            Vector of the whole post. Shape ``(dimensions,)``.
        parts
            Vectors of its segments. Shape ``(segments, dimensions)``.
        """
        by_part = two_layers(parts if len(parts) else whole[None, :], self._part)
        most = by_part.max(axis=0)
        where = by_part.argmax(axis=0)
        logits = two_layers(whole[None, :], self._whole)[0] + most + self._by_words(whole_of(post))
        logits = logits.reshape(len(self.matters), len(STATES))
        # The chance of "not raised" competes with the states at a logit of zero.
        powers = np.exp(np.clip(logits, -30, 30))
        chances = powers / (1.0 + powers.sum(axis=1, keepdims=True))
        where = where.reshape(len(self.matters), len(STATES))
        raised = {
            matter: Raised(
                chances={state: float(chances[row, column]) for column, state in enumerate(STATES)},
                segment=int(where[row, int(chances[row].argmax())]) if len(parts) else None,
            )
            for row, matter in enumerate(self.matters)
        }
        return Reading(segments=tuple(segments), vector=whole, segment_vectors=parts, raised=raised)

    def _by_words(self, text: str) -> Vector:
        places, values = vectorise(text, self._places, self._rarity)
        return np.asarray((values @ self._words[places].astype(np.float32)) * self._scale, dtype=np.float32)


def two_layers(vectors: Matrix, layers: tuple[npt.NDArray[np.float32], ...]) -> Matrix:
    """Run a head of two linear layers with a rectifier between them. Shapes ``(n, dimensions)`` to ``(n, outputs)``."""
    first_weights, first_bias, second_weights, second_bias = layers
    hidden = np.maximum(vectors @ first_weights.T + first_bias, 0.0)
    return np.asarray(hidden @ second_weights.T + second_bias, dtype=np.float32)
