"""The exported encoder: what serving runs instead of the training libraries."""

from pathlib import Path

import numpy as np
import pytest

from knowledge.search.encoder import Encoder
from knowledge.search.finding import Search
from knowledge.search.runtime import onnxruntime
from knowledge.training.bank import read_wordings

MODEL = Path(__file__).parents[3] / "var" / "model"
TEXTS = [wording.text for wording in read_wordings() if wording.is_held_out][:150]


@pytest.fixture(scope="module")
def encoder(search: Search) -> Encoder:
    return search.encoder


def test_vectors_have_unit_length_and_keep_their_order(encoder: Encoder) -> None:
    """A text has the same vector alone and among others, whatever their lengths."""
    together = encoder.encode(TEXTS)

    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-3)
    for place in (0, 17, 149):
        assert float(together[place] @ encoder.encode([TEXTS[place]])[0]) > 0.97


def test_quantised_encoder_stays_near_the_exact_one(encoder: Encoder) -> None:
    """Eight bits instead of thirty-two cost next to nothing: cosine above 0.97 on average, and the same nearest text."""
    session = onnxruntime.InferenceSession(str(MODEL / "encoder.fp32.onnx"), providers=["CPUExecutionProvider"])
    exact = []
    for text in TEXTS:
        ids = np.array([encoder.token_ids(text)], dtype=np.int64)
        exact.append(session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0])
    small = np.stack([encoder.encode([text])[0] for text in TEXTS])
    reference = np.stack(exact)

    cosines = (small * reference).sum(axis=1)
    nearest_small = (small @ small.T - 2 * np.eye(len(TEXTS))).argmax(axis=1)
    nearest_exact = (reference @ reference.T - 2 * np.eye(len(TEXTS))).argmax(axis=1)

    assert cosines.mean() > 0.97
    assert (nearest_small == nearest_exact).mean() > 0.8


def test_no_text_is_no_error(encoder: Encoder) -> None:
    """An empty list has no vectors, an empty text has one."""
    assert encoder.encode([]).shape == (0, 384)
    assert encoder.encode([""]).shape == (1, 384)


def test_enormous_text_is_read_in_part(encoder: Encoder) -> None:
    """What is beyond the model's reach is left out, not refused."""
    assert encoder.encode(["student photo " * 50_000]).shape == (1, 384)
