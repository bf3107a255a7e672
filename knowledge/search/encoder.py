"""Turns text into unit-length vectors with the exported model.

Serving runs the exported ONNX file with onnxruntime and tokenizers; it never imports torch. Clauses and questions
must be encoded by the same file: vectors of two models cannot be compared.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from knowledge.search.runtime import onnxruntime
from knowledge.search.vectors import Matrix, Vector

MAX_TOKENS = 256
"""Longest text the encoder reads, in tokens; the rest is left out.

Source: ``max_seq_length`` of all-MiniLM-L6-v2.
"""

MAX_CHARACTERS = 4000
"""Longest text handed to the tokenizer, in characters: 256 tokens of English span some 1,200, and a message
of 100 kB must not be tokenised whole."""

BATCH_SIZE = 8
"""Texts encoded together. Longer batches lose to padding what they gain."""


class Encoder:
    """The exported sentence encoder."""

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Spinning threads would hold a whole core between two questions.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Encode texts, in batches of similar length.

        Parameters
        ----------
        texts
            Any text; what is beyond 256 tokens is not read.

        Returns
        -------
        Matrix
            Unit-length vectors in the order of ``texts``. Shape ``(texts, dimensions)``, float32.
        """
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        cut = [text[:MAX_CHARACTERS] for text in texts]
        order = sorted(range(len(cut)), key=lambda place: len(cut[place]))
        rows: dict[int, Vector] = {}
        for first in range(0, len(order), BATCH_SIZE):
            places = order[first : first + BATCH_SIZE]
            rows.update(zip(places, self._encode_batch([cut[place] for place in places]), strict=True))
        return np.stack([rows[place] for place in range(len(cut))])

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._session.get_outputs()[0].shape[-1])

    def token_ids(self, text: str) -> list[int]:
        """Return the ids the model reads for one text; the benchmark feeds them to the bare session."""
        return list(self._tokenizer.encode(text[:MAX_CHARACTERS]).ids)

    def is_cut(self, text: str) -> bool:
        """Tell whether a text is longer than what the model reads of it."""
        # 600 characters of English are some 150 tokens; only longer texts are worth counting.
        return len(text) > 600 and len(self.token_ids(text)) >= MAX_TOKENS

    def run(self, token_ids: npt.NDArray[np.int64], mask: npt.NDArray[np.int64]) -> Matrix:
        """Run the bare model. Shapes ``(texts, tokens)`` in, ``(texts, dimensions)`` out."""
        (vectors,) = self._session.run(None, {"input_ids": token_ids, "attention_mask": mask})
        return np.asarray(vectors, dtype=np.float32)

    def _encode_batch(self, texts: list[str]) -> Matrix:
        encodings = self._tokenizer.encode_batch(texts)
        return self.run(
            np.array([encoding.ids for encoding in encodings], dtype=np.int64),
            np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64),
        )
