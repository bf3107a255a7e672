"""Fine-tunes the encoder on the question bank and keeps the result as a small adapter.

Neither the shipped districts' clauses nor the labelled samples are read here, so what is learned holds for a
district the bank has never seen.
"""

import argparse
import json
import math
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from knowledge.checking.matters import matters
from knowledge.checking.post import whole_of
from knowledge.checking.reading import STATES
from knowledge.personal_data import mask
from knowledge.training.augment import spoil
from knowledge.training.bank import BankClause, Wording, digest, read_bank_clauses, read_topics, read_wordings
from knowledge.training.model import KINDS, STANCES, Recogniser
from knowledge.training.posts import ExamplePost, read_example_posts, state_numbers

Example = TypeVar("Example")

ADAPTER = Path(__file__).parent / "adapter"
"""Folder of the committed adapter."""


MAX_POST_TOKENS = 112
"""Longest post that training reads, in tokens."""

CLAUSES_A_STEP = 8
"""Clauses read in one step: they are several times longer than wordings and would take most of the time."""


def train(*, epochs: int = 6, batch_size: int = 48, rank: int = 16, seed: int = 1, rate: float = 8e-4) -> Recogniser:
    """Train adapter and heads on the bank's wordings and clauses.

    Parameters
    ----------
    epochs
        How often the whole bank is read.
    batch_size
        Wordings in one step; `CLAUSES_A_STEP` clauses go with them.
    rank
        Rank of the low-rank adapter.
    seed
        Seed of every random choice.
    rate
        Highest learning rate of the adapter; the heads learn three times as fast.
    """
    torch.manual_seed(seed)
    chance = random.Random(seed)
    topics = {topic.id: number for number, topic in enumerate(read_topics())}
    wordings = [wording for wording in read_wordings() if not wording.is_held_out]
    clauses = [clause for clause in read_bank_clauses() if not clause.is_held_out]
    clauses_of: dict[str, list[BankClause]] = {}
    for clause in clauses:
        for topic in clause.topics:
            clauses_of.setdefault(topic, []).append(clause)
    posts = [example for example in read_example_posts() if example.is_draft and not example.is_held_out]
    model = Recogniser(len(topics), matters=len(matters()), rank=rank)
    heads = [
        *model.matter_head.parameters(),
        *model.kind_head.parameters(),
        *model.stance_head.parameters(),
        model.topic_prototypes,
        model.topic_bias,
        model.topic_scale,
    ]
    adapter = [parameter for parameter in model.backbone.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": adapter, "lr": rate, "weight_decay": 0.01}, {"params": heads, "lr": 3 * rate, "weight_decay": 0.01}]
    )
    steps = epochs * math.ceil(len(wordings) / batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, step / (0.06 * steps + 1)) * max(0.02, 1 - step / steps)
    )
    started = time.monotonic()
    for epoch in range(epochs):
        model.train()
        total = 0.0
        batches = _batches(wordings, batch_size, lambda wording: wording.text, chance)
        posts_a_step = math.ceil(len(posts) / len(batches))
        post_batches = _batches(posts, posts_a_step, lambda example: whole_of(example.post), chance)
        for step, batch in enumerate(batches):
            # Half precision doubles the speed on processors that have it and costs nothing measurable here.
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = _loss(model, batch, topics, clauses_of, chance)
                loss = loss + 0.1 * _post_loss(model, post_batches[step % len(post_batches)])
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_([*adapter, *heads], 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item() * len(batch)
        print(
            f"epoch {epoch + 1}/{epochs} loss {total / len(wordings):.3f} after {time.monotonic() - started:.0f} s",
            flush=True,
        )
    model.eval()
    return model


def _batches(
    examples: list[Example], batch_size: int, text_of: Callable[[Example], str], chance: random.Random
) -> list[list[Example]]:
    """Cut examples into batches of similar length, since a long one makes its whole batch as long as itself."""
    by_length = sorted(examples, key=lambda example: len(text_of(example)) + chance.uniform(0, 12))
    batches = [by_length[first : first + batch_size] for first in range(0, len(by_length), batch_size)]
    chance.shuffle(batches)
    return batches


def _loss(
    model: Recogniser,
    batch: list[Wording],
    topics: dict[str, int],
    clauses_of: dict[str, list[BankClause]],
    chance: random.Random,
) -> Tensor:
    """Sum what the batch gets wrong about topics, kinds, stances and clauses."""
    vectors = model.encode([_as_typed(wording.text, chance) for wording in batch])
    targets = _targets([wording.topics for wording in batch], topics)
    topic_loss = _soft_cross_entropy(model.topic_logits(vectors).float(), targets)
    kinds = torch.tensor([KINDS.index(wording.kind) for wording in batch])
    kind_loss = nn.functional.cross_entropy(model.kind_head(vectors).float(), kinds, label_smoothing=0.03)
    stances = torch.tensor([STANCES.index(wording.stance) if wording.stance else -100 for wording in batch])
    stance_loss = torch.zeros(())
    if bool((stances >= 0).any()):
        stance_loss = nn.functional.cross_entropy(model.stance_head(vectors).float(), stances, label_smoothing=0.05)
    loss = topic_loss + 0.5 * kind_loss + 0.3 * stance_loss
    pairs = [
        (row, chance.choice(clauses_of[topic]))
        for row, wording in enumerate(batch)
        for topic in (chance.choice(wording.topics),)
        if topic in clauses_of
    ]
    pairs = chance.sample(pairs, min(len(pairs), CLAUSES_A_STEP))
    if len(pairs) > 1:
        clause_vectors = model.encode([clause.text for _, clause in pairs])
        clause_targets = _targets([clause.topics for _, clause in pairs], topics)
        loss = loss + 0.5 * _soft_cross_entropy(model.topic_logits(clause_vectors).float(), clause_targets)
        similarity = vectors[[row for row, _ in pairs]] @ clause_vectors.T * 20.0
        agreement = (_targets([batch[row].topics for row, _ in pairs], topics) @ clause_targets.T > 0).float()
        loss = loss + 0.7 * _soft_cross_entropy(similarity.float(), agreement / agreement.sum(1, keepdim=True))
    return loss


def _post_loss(model: Recogniser, batch: list[ExamplePost]) -> Tensor:
    """Sum what the batch gets wrong about the matters that posts raise."""
    vectors = model.encode([whole_of(example.post) for example in batch], max_tokens=MAX_POST_TOKENS)
    logits = model.matter_head(vectors).float().view(len(batch), len(matters()), len(STATES))
    with_none = torch.cat([torch.zeros(*logits.shape[:2], 1), logits], dim=2)
    loss = nn.functional.cross_entropy(
        with_none.flatten(0, 1), state_numbers(batch).flatten(), reduction="sum", label_smoothing=0.02
    )
    return loss / len(batch)


def _as_typed(text: str, chance: random.Random) -> str:
    """Spoil a wording, and now and then mask it, since serving reads masked text."""
    return spoil(mask(text) if chance.random() < 0.5 else text, chance)


def _targets(topics_of_rows: list[tuple[str, ...]], topics: dict[str, int]) -> Tensor:
    """Share each row's weight among its topics, the first counting double. Shape ``(rows, topics)``."""
    targets = torch.zeros(len(topics_of_rows), len(topics))
    for row, names in enumerate(topics_of_rows):
        for place, name in enumerate(names):
            targets[row, topics[name]] = 1.0 if place else 1.5
    return targets / targets.sum(1, keepdim=True)


def _soft_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    return -(targets * logits.log_softmax(-1)).sum(-1).mean()


def save(model: Recogniser, folder: Path) -> None:
    """Write adapter and heads as half-precision safetensors beside a note of what they were made from."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {
        name: value.detach().half().contiguous()
        for name, value in model.state_dict().items()
        if "lora_" in name or not name.startswith(("backbone.", "matter_head."))
    }
    save_file(wanted, str(folder / "adapter.safetensors"))
    topics = read_topics()
    note = {
        "topics": [topic.id for topic in topics],
        "kinds": list(KINDS),
        "stances": list(STANCES),
        "rank": model.rank,
        "bank": digest([wording.text for wording in read_wordings()]),
    }
    (folder / "adapter.json").write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=48)
    parser.add_argument("--rate", type=float, default=8e-4)
    parser.add_argument("--to", type=Path, default=ADAPTER)
    arguments = parser.parse_args()
    model = train(
        epochs=arguments.epochs,
        rank=arguments.rank,
        seed=arguments.seed,
        batch_size=arguments.batch_size,
        rate=arguments.rate,
    )
    save(model, arguments.to)


if __name__ == "__main__":
    main()
