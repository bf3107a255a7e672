"""Fits the model of the matters on the exported encoder's own vectors: seconds, so it is made at every export."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from typing_extensions import override

from knowledge.checking.matters import matters
from knowledge.checking.post import segments_of, whole_of
from knowledge.checking.reading import STATES
from knowledge.search.encoder import Encoder
from knowledge.search.wordpieces import features, vectorise
from knowledge.training.posts import ExamplePost, joined_posts, read_example_posts, state_numbers

HIDDEN = 256
FEWEST_TIMES = 8
"""A feature seen in fewer examples is left out: it would be learned by heart."""

EPOCHS, BATCH, RATE = 30, 256, 2e-3
WORDS_RATE = 2e-2
JOINED_SHARE = 0.7
"""How many longer posts are made of the drafts, for each draft."""

DRAFT_WEIGHT = 1.5
"""How much more an example draft counts than a message that asks about a post."""


class _Model(nn.Module):
    """The three views of `knowledge.checking.reading.PostReader`, as they are trained."""

    def __init__(self, dimensions: int, word_features: int, outputs: int) -> None:
        super().__init__()
        self.whole = _head(dimensions, outputs, bias=-3.0)
        self.part = _head(dimensions, outputs, bias=-1.0)
        self.words = nn.EmbeddingBag(word_features, outputs, mode="sum")
        nn.init.zeros_(self.words.weight)

    @override
    def forward(self, whole: Tensor, parts: Tensor, is_part: Tensor, words: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        by_part = self.part(parts).masked_fill(~is_part.unsqueeze(-1), -1e4).amax(dim=1)
        where, first, values = words
        by_words = self.words(where, first, per_sample_weights=values)
        return torch.as_tensor(self.whole(whole) + by_part + by_words)


def _head(dimensions: int, outputs: int, *, bias: float) -> nn.Sequential:
    last = nn.Linear(HIDDEN, outputs)
    # Most posts do not raise most matters.
    nn.init.constant_(last.bias, bias)
    return nn.Sequential(nn.Linear(dimensions, HIDDEN), nn.ReLU(), nn.Dropout(0.3), last)


def export_matters(folder: Path, *, with_held_out: bool = True, seed: int = 7) -> None:
    """Fit the model and write ``matters.json`` and ``matters.npz``.

    Parameters
    ----------
    folder
        Where the exported encoder lies.
    with_held_out
        False leaves the held-out examples out, so that they can be measured on.
    """
    examples = [example for example in read_example_posts() if with_held_out or not example.is_held_out]
    model, names, rarity = fit(examples, Encoder(folder), seed=seed)
    words = model.words.weight.detach().numpy()
    scale = np.abs(words).max(axis=0) / 127 + 1e-9
    arrays: dict[str, Any] = {
        "words": np.round(words / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "rarity": rarity,
    }
    for name, head in (("whole", model.whole), ("part", model.part)):
        state = {key: value.numpy().astype(np.float16) for key, value in head.state_dict().items()}
        arrays |= {
            f"{name}_w1": state["0.weight"],
            f"{name}_b1": state["0.bias"],
            f"{name}_w2": state["3.weight"],
            f"{name}_b2": state["3.bias"],
        }
    np.savez(folder / "matters.npz", **arrays)
    note = {"matters": list(matters()), "features": names}
    (folder / "matters.json").write_text(json.dumps(note), encoding="utf-8")


def fit(examples: list[ExamplePost], encoder: Encoder, *, seed: int) -> tuple[_Model, list[str], np.ndarray]:
    """Fit the model on examples. Returns it with the names and the rarity of its word features."""
    torch.manual_seed(seed)
    drafts = sum(example.is_draft for example in examples)
    joined = joined_posts(examples, count=int(JOINED_SHARE * drafts), chance=random.Random(seed))
    examples = [*examples, *joined]
    texts = [whole_of(example.post) for example in examples]
    wholes = torch.from_numpy(encoder.encode(texts))
    parts, is_part = _parts(examples, wholes, encoder)
    names, rarity = _word_features(texts)
    places = {name: place for place, name in enumerate(names)}
    words = [vectorise(text, places, rarity) for text in texts]
    targets = state_numbers(examples)
    weights = torch.tensor([DRAFT_WEIGHT if example.is_draft else 1.0 for example in examples])
    outputs = len(matters()) * len(STATES)
    model = _Model(wholes.shape[1], len(names), outputs)
    heads = [*model.whole.parameters(), *model.part.parameters()]
    optimiser = torch.optim.AdamW(
        [
            {"params": heads, "lr": RATE, "weight_decay": 0.02},
            {"params": model.words.parameters(), "lr": WORDS_RATE, "weight_decay": 0.05},
        ]
    )
    steps = EPOCHS * ((len(examples) + BATCH - 1) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=[RATE, WORDS_RATE], total_steps=steps, pct_start=0.1
    )
    chance = np.random.default_rng(seed)
    model.train()
    for _ in range(EPOCHS):
        order = chance.permutation(len(examples))
        for first in range(0, len(order), BATCH):
            rows = torch.from_numpy(order[first : first + BATCH])
            logits = model(wholes[rows], parts[rows], is_part[rows], _bag([words[row] for row in rows.tolist()]))
            logits = logits.view(len(rows), len(matters()), len(STATES))
            with_none = torch.cat([torch.zeros(*logits.shape[:2], 1), logits], dim=2)
            loss = nn.functional.cross_entropy(with_none.flatten(0, 1), targets[rows].flatten(), reduction="none")
            loss = (loss.view(len(rows), -1).sum(1) * weights[rows]).mean()
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()
    return model.eval(), names, rarity


def _parts(examples: list[ExamplePost], wholes: Tensor, encoder: Encoder) -> tuple[Tensor, Tensor]:
    """Encode every example's segments; one without any has the whole for its only part."""
    segments = [segments_of(example.post) for example in examples]
    texts = list(dict.fromkeys(segment.text for found in segments for segment in found))
    vectors = torch.from_numpy(encoder.encode(texts))
    places = {text: place for place, text in enumerate(texts)}
    most = max(1, *(len(found) for found in segments))
    parts = torch.zeros(len(examples), most, wholes.shape[1])
    is_part = torch.zeros(len(examples), most, dtype=torch.bool)
    for row, found in enumerate(segments):
        own = vectors[[places[segment.text] for segment in found]] if found else wholes[row : row + 1]
        parts[row, : len(own)] = own
        is_part[row, : len(own)] = True
    return parts, is_part


def _word_features(texts: list[str]) -> tuple[list[str], np.ndarray]:
    counted = [features(text) for text in texts]
    times = Counter(name for count in counted for name in count)
    names = sorted(name for name, number in times.items() if number >= FEWEST_TIMES)
    rarity = np.array([np.log(len(texts) / times[name]) + 1 for name in names], dtype=np.float32)
    return names, rarity


def _bag(words: list[tuple[np.ndarray, np.ndarray]]) -> tuple[Tensor, Tensor, Tensor]:
    """Lay the word features of a batch end to end, as `EmbeddingBag` wants them."""
    first = np.cumsum([0, *(len(where) for where, _ in words[:-1])])
    where = np.concatenate([where for where, _ in words])
    values = np.concatenate([values for _, values in words])
    return torch.from_numpy(where), torch.from_numpy(first), torch.from_numpy(values)
