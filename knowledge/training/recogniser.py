"""Makes what the recogniser reads at serving: trained heads, the bank's vectors, and the model over words."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from torch import nn

from knowledge.search.encoder import Encoder
from knowledge.search.wordpieces import features, vectorise
from knowledge.training.bank import Wording, read_topics, read_wordings
from knowledge.training.model import KINDS, STANCES, Recogniser

NEIGHBOUR_DIMENSIONS = 128
"""Dimensions in which neighbours are looked for: a third of the encoder's, at a third of the time and memory, and no
figure of `docs/quality.md` moved by more than two messages."""

FEWEST_TIMES = 3
"""A feature seen in fewer wordings is left out: it would be learned by heart."""


def export_recogniser(model: Recogniser, folder: Path, *, with_held_out: bool = True) -> None:
    """Write ``recogniser.json``, ``recogniser.npz``, ``wordpieces.json`` and ``wordpieces.npz``.

    Parameters
    ----------
    model
        The trained model, whose heads are written.
    folder
        Where the exported encoder lies; its int8 vectors are the ones kept, since questions will be encoded by it.
    with_held_out
        False leaves the held-out wordings out of the neighbours and the words, so that they can be measured on.
    """
    topics = read_topics()
    names = [topic.id for topic in topics]
    wordings = [wording for wording in read_wordings() if with_held_out or not wording.is_held_out]
    vectors = Encoder(folder).encode([wording.text for wording in wordings])
    directions = _widest_directions(vectors)
    scale = float(model.topic_scale.exp().detach())
    prototypes = model.topic_prototypes.detach()
    prototypes = prototypes / prototypes.norm(dim=-1, keepdim=True) * scale
    arrays: dict[str, Any] = dict(
        prototypes=prototypes.numpy().astype(np.float16),
        bias=model.topic_bias.detach().numpy().astype(np.float16),
        neighbours=(vectors @ directions).astype(np.float16),
        directions=directions.astype(np.float32),
        neighbour_topics=np.array([names.index(wording.topics[0]) for wording in wordings], dtype=np.int16),
        neighbour_kinds=np.array([KINDS.index(wording.kind) for wording in wordings], dtype=np.int8),
        **_layers("kind", model.kind_head),
        **_layers("stance", model.stance_head),
    )
    np.savez(folder / "recogniser.npz", **arrays)
    vocabulary = Counter(word for wording in wordings for word in set(wording.text.lower().replace("’", "'").split()))
    note = {
        "topics": names,
        "kinds": list(KINDS),
        "stances": list(STANCES),
        "vocabulary": sorted(word for word, times in vocabulary.items() if times >= FEWEST_TIMES and word.isalpha()),
    }
    (folder / "recogniser.json").write_text(json.dumps(note), encoding="utf-8")
    _export_words(wordings, names, folder)


def _widest_directions(vectors: np.ndarray) -> np.ndarray:
    """Return the directions in which the bank's vectors differ most. Shape ``(dimensions, NEIGHBOUR_DIMENSIONS)``."""
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    return np.asarray(directions[:, ::-1][:, :NEIGHBOUR_DIMENSIONS], dtype=np.float32)


def _layers(name: str, head: nn.Module) -> dict[str, np.ndarray]:
    """Name the two linear layers of a head for the file."""
    state = {key: value.numpy().astype(np.float16) for key, value in head.state_dict().items()}
    return {
        f"{name}_w1": state["0.weight"],
        f"{name}_b1": state["0.bias"],
        f"{name}_w2": state["3.weight"],
        f"{name}_b2": state["3.bias"],
    }


def _export_words(wordings: list[Wording], topic_names: list[str], folder: Path) -> None:
    """Fit the linear model over words and keep its weights in one byte each."""
    counted = [features(wording.text) for wording in wordings]
    times = Counter(name for count in counted for name in count)
    names = sorted(name for name, number in times.items() if number >= FEWEST_TIMES)
    places = {name: place for place, name in enumerate(names)}
    rarity = np.array([np.log(len(wordings) / times[name]) + 1 for name in names], dtype=np.float32)
    rows, columns, values = [], [], []
    for row, wording in enumerate(wordings):
        where, what = vectorise(wording.text, places, rarity)
        rows.extend([row] * len(where))
        columns.extend(where.tolist())
        values.extend(what.tolist())
    matrix = csr_matrix((values, (rows, columns)), shape=(len(wordings), len(names)), dtype=np.float32)
    topics = _fit(matrix, np.array([topic_names.index(wording.topics[0]) for wording in wordings]), len(topic_names))
    kinds = _fit(matrix, np.array([KINDS.index(wording.kind) for wording in wordings]), len(KINDS))
    weights = np.concatenate([topics[0], kinds[0]], axis=1)
    scale = np.abs(weights).max(axis=0) / 127 + 1e-9
    np.savez(
        folder / "wordpieces.npz",
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=np.concatenate([topics[1], kinds[1]]).astype(np.float32),
        rarity=rarity,
        topic_count=np.array(len(topic_names)),
    )
    (folder / "wordpieces.json").write_text(json.dumps(names), encoding="utf-8")


def _fit(matrix: csr_matrix, labels: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Fit a multinomial logistic regression. Returns weights ``(features, count)`` and bias ``(count,)``."""
    fitted = LogisticRegression(C=30.0, max_iter=60, tol=1e-3).fit(matrix, labels)
    weights = np.zeros((matrix.shape[1], count), dtype=np.float32)
    bias = np.full(count, -20.0, dtype=np.float32)
    weights[:, fitted.classes_] = (
        fitted.coef_.T if len(fitted.classes_) > 2 else np.stack([-fitted.coef_[0], fitted.coef_[0]], 1)
    )
    bias[fitted.classes_] = (
        fitted.intercept_ if len(fitted.classes_) > 2 else np.array([-fitted.intercept_[0], fitted.intercept_[0]])
    )
    return weights, bias
