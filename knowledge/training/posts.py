"""Example posts of the question bank, and the bank's wordings about single posts, as what teaches the matters."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from knowledge.checking.matters import State, matters
from knowledge.checking.post import Post, Use
from knowledge.checking.reading import STATES
from knowledge.personal_data import mask
from knowledge.training.bank import BANK, BankLineError, is_held_out, lines_of, read_wordings

_LINE = re.compile(
    r"^(?P<use>[ep]) (?P<platform>[a-z]+) \| (?P<text>.+?) \| (?P<attachment>.+?) \|\|(?P<raised>[^|]*)$"
)
FEWEST_JOINED_WORDS = 4
"""A shorter post is a caption that says nothing among other sentences."""

_STATE_OF_STANCE = {
    "fine": State.MET,
    "conditional": State.OPEN,
    "approval": State.AGAINST,
    "forbidden": State.AGAINST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamplePost:
    """A post with what it raises."""

    post: Post
    raised: Mapping[str, State]
    """How it stands to each matter that it raises, by the matter's id; every other matter it does not raise."""

    is_draft: bool
    """True for the text of a post, False for a message that asks about one."""

    is_held_out: bool


def read_example_posts(bank: Path = BANK) -> list[ExamplePost]:
    """Read ``posts/`` and the wordings of kind ``can_i_post``, personal data masked as in serving.

    Raises
    ------
    BankLineError
        Raised if a line does not have the form that the bank's README gives, or names an unknown matter or state.
    """
    found = []
    for path, number, line in lines_of(bank / "posts"):
        match = _LINE.match(line)
        raised = _raised(match["raised"]) if match else None
        if match is None or raised is None:
            raise BankLineError(path, number, line)
        post = Post(
            text=mask(match["text"].replace(" // ", "\n")),
            attachment="" if match["attachment"] == "-" else mask(match["attachment"]),
            platform=match["platform"],
            use=Use.PERSONAL if match["use"] == "p" else Use.SCHOOL,
        )
        found.append(ExamplePost(post=post, raised=raised, is_draft=True, is_held_out=is_held_out(match["text"])))
    return found + _from_wordings(bank)


def joined_posts(examples: Sequence[ExamplePost], *, count: int, chance: random.Random) -> list[ExamplePost]:
    """Make longer posts of several drafts, so that one bad sentence among harmless ones is learned to sink a post.

    Parameters
    ----------
    examples
        Where the drafts come from; messages that ask about a post are passed over.
    count
        How many to make.

    Returns
    -------
    list[ExamplePost]
        Each of one draft and one to three others of the same use that raise nothing against them; what it raises is
        what its parts raise, the gravest state of each matter.
    """
    found = []
    by_use: dict[Use | None, list[ExamplePost]] = {}
    harmless: dict[Use | None, list[ExamplePost]] = {}
    for example in examples:
        if example.is_draft and len(example.post.text.split()) >= FEWEST_JOINED_WORDS:
            by_use.setdefault(example.post.use, []).append(example)
            if not example.post.attachment and set(example.raised.values()) <= {State.MET}:
                harmless.setdefault(example.post.use, []).append(example)
    every = [example for members in by_use.values() for example in members]
    for _ in range(count):
        first = chance.choice(every)
        others = chance.choices(harmless[first.post.use], k=chance.choice((1, 1, 2, 3)))
        together = [first, *others]
        raised: dict[str, State] = {}
        for example in together:
            for matter, state in example.raised.items():
                if matter not in raised or STATES.index(state) < STATES.index(raised[matter]):
                    raised[matter] = state
        chance.shuffle(together)
        text = " ".join(_ended(example.post.text) for example in together)
        found.append(replace(first, post=replace(first.post, text=text), raised=raised))
    return found


def _ended(text: str) -> str:
    """Return a post's text with an end that the next sentence can follow."""
    return text if text[-1] in ".!?…" else f"{text}."


def state_numbers(examples: Sequence[ExamplePost]) -> Tensor:
    """Number the state of every matter: 0 where it is not raised. Shape ``(examples, matters)``."""
    numbers = torch.zeros(len(examples), len(matters()), dtype=torch.long)
    for row, example in enumerate(examples):
        for column, matter in enumerate(matters()):
            if matter in example.raised:
                numbers[row, column] = STATES.index(example.raised[matter]) + 1
    return numbers


def _raised(text: str) -> dict[str, State] | None:
    """Read what stands behind the ``||``; None where it names something unknown."""
    found = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        if pair == "plain":
            continue
        matter, _, state = pair.partition("=")
        if matter not in matters() or state not in set(State):
            return None
        found[matter] = State(state)
    return found


def _from_wordings(bank: Path) -> list[ExamplePost]:
    """Turn "can I post ...?" wordings into examples by the topics that teach a matter."""
    matter_of = {topic: matter.id for matter in matters().values() for topic in matter.wordings}
    found = []
    for wording in read_wordings(bank):
        if wording.kind != "can_i_post" or wording.stance is None:
            continue
        raised: dict[str, State] = {}
        if wording.stance == "specialist":
            raised["controversy"] = State.AGAINST
        for topic in wording.topics:
            if wording.stance != "specialist" and topic in matter_of:
                raised[matter_of[topic]] = _STATE_OF_STANCE[wording.stance]
        if not raised:
            if wording.stance != "fine":
                continue
            raised["good_news"] = State.MET
        found.append(
            ExamplePost(
                post=Post(text=mask(wording.text)), raised=raised, is_draft=False, is_held_out=wording.is_held_out
            )
        )
    return found
