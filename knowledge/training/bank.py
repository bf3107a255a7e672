"""The question bank read from its data files.

The bank is plain text so that people who write no code can add to it: `knowledge/bank/README.md` gives its form.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import PostwiseError
from knowledge.guidelines import Modality

BANK = Path(__file__).parent.parent / "bank"
"""Folder of the committed question bank."""

KIND_OF_CODE = {
    "q": "question",
    "p": "can_i_post",
    "c": "command",
    "e": "escalation",
    "s": "smalltalk",
    "o": "out_of_scope",
}
"""First letter of a line's code to the kind of message it stands for."""

STANCE_OF_MARK = {"+": "fine", "?": "conditional", "a": "approval", "-": "forbidden", "!": "specialist"}
"""Mark behind a ``p`` to what a typical policy makes of the post."""

_LINE = re.compile(r"^(?P<code>[qpceso])(?P<mark>[+?a!-]?): (?P<text>.+?)(?P<topics>(?: \+\+ [a-z_]+)*)$")
_CLAUSE_LINE = re.compile(r"^(?P<modality>[a-z]+): (?P<text>.+?)(?P<topics>(?: \+\+ [a-z_]+)*)$")


class BankLineError(PostwiseError):
    """A line of the question bank does not have the bank's form."""

    def __init__(self, path: Path, line_number: int, line: str) -> None:
        super().__init__(f"{path.name}:{line_number}: {line[:80]!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A matter that school social-media guidelines rule on, narrower than any one district's clause."""

    id: str
    group: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One message as staff would type it, with what it is about."""

    text: str
    topics: tuple[str, ...]
    """The topics that govern it, most governing first: that of the file it stands in, but for look-alikes."""

    kind: str
    """A kind of message as in the JSON contract."""

    stance: str | None
    """For ``can_i_post``: what a typical policy makes of the post, a value of `STANCE_OF_MARK`."""

    is_held_out: bool
    """True for the twelfth part that training never sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankClause:
    """A clause as an imaginary district might phrase it."""

    text: str
    topics: tuple[str, ...]
    modality: Modality
    is_held_out: bool


def read_topics(bank: Path = BANK) -> list[Topic]:
    """Read the topics in the order of their file.

    Raises
    ------
    BankLineError
        Raised if a line does not read ``id | group | about``.
    """
    path = bank / "topics.txt"
    topics = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|", 2)]
        if len(parts) != 3:
            raise BankLineError(path, number, line)
        topics.append(Topic(id=parts[0], group=parts[1], about=parts[2]))
    return topics


def read_wordings(bank: Path = BANK) -> list[Wording]:
    """Read every wording of the bank.

    Raises
    ------
    BankLineError
        Raised if a line does not have the bank's form or names an unknown topic.
    """
    known = {topic.id for topic in read_topics(bank)}
    wordings = []
    for path, number, line in lines_of(bank / "wordings"):
        match = _LINE.match(line)
        topics = (path.stem, *(match["topics"].split(" ++ ")[1:] if match else ()))
        if match is None or not known.issuperset(topics):
            raise BankLineError(path, number, line)
        if path.stem.startswith("live_") and match["code"] == "q" and len(topics) > 1:
            # A look-alike stands beside the live situations it resembles, but another topic governs it.
            topics = topics[1:]
        wordings.append(
            Wording(
                text=match["text"],
                topics=tuple(dict.fromkeys(topics)),
                kind=KIND_OF_CODE[match["code"]],
                stance=STANCE_OF_MARK.get(match["mark"]),
                is_held_out=is_held_out(match["text"]),
            )
        )
    return wordings


def read_bank_clauses(bank: Path = BANK) -> list[BankClause]:
    """Read every imaginary clause of the bank.

    Raises
    ------
    BankLineError
        Raised if a line does not have the bank's form or names an unknown topic or modality.
    """
    known = {topic.id for topic in read_topics(bank)}
    modalities = {modality.value for modality in Modality}
    clauses = []
    for path, number, line in lines_of(bank / "clauses"):
        match = _CLAUSE_LINE.match(line)
        topics = (path.stem, *(match["topics"].split(" ++ ")[1:] if match else ()))
        if match is None or match["modality"] not in modalities or not known.issuperset(topics):
            raise BankLineError(path, number, line)
        clauses.append(
            BankClause(
                text=match["text"],
                topics=tuple(dict.fromkeys(topics)),
                modality=Modality(match["modality"]),
                is_held_out=is_held_out(match["text"]),
            )
        )
    return clauses


def digest(*parts: Sequence[str]) -> str:
    """Name a state of the bank by a hash, so that what was made from it can be recognised as current."""
    accumulator = hashlib.sha256()
    for part in parts:
        for text in part:
            accumulator.update(text.encode())
            accumulator.update(b"\0")
    return accumulator.hexdigest()[:16]


def lines_of(folder: Path) -> Iterator[tuple[Path, int, str]]:
    """Read the lines of a folder's files, without comments: file, line number from 1, text."""
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip() and not line.startswith("#"):
                yield path, number, line.strip()


def is_held_out(text: str) -> bool:
    """Hold out by the text's own hash, so that adding lines never moves an old one between the parts."""
    return hashlib.sha256(text.lower().encode()).digest()[0] < 256 // 12
