"""The matters that a post can raise, as the question bank's ``matters.toml`` defines them."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from knowledge.checking.post import Use

MATTERS_FILE = Path(__file__).parent.parent / "bank" / "matters.toml"
"""The committed definition."""


class State(StrEnum):
    """How a post stands to a matter that it raises."""

    AGAINST = "against"
    """As it stands, a typical guideline is against it."""

    OPEN = "open"
    """It hangs on something that is not said."""

    MET = "met"
    """The matter arises and its condition is said to be met."""


class Force(StrEnum):
    """What a post that is against a matter comes to where the district's clause bears it."""

    FORBIDDEN = "forbidden"
    CONDITION = "condition"
    APPROVAL = "approval"
    SPECIALIST = "specialist"
    HARMLESS = "harmless"


class Matter(BaseModel):
    """Something about a post that guidelines may rule on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    school: tuple[str, ...] = ()
    """Topics that govern it on a school's account, the most fitting first."""

    personal: tuple[str, ...] = ()
    """The same on a personal account."""

    wordings: tuple[str, ...]
    """Topics whose wordings teach it."""

    force: Force = Force.FORBIDDEN
    open: Force = Force.CONDITION
    harmless_on: Literal["personal"] | None = None
    """The use on which nothing stands against it."""

    def topics(self, use: Use) -> tuple[str, ...]:
        """Return the topics that govern the matter under one use; empty where it does not arise there."""
        return self.personal if use is Use.PERSONAL else self.school

    def force_of(self, state: State, use: Use) -> Force:
        """Return what a state of this matter comes to under one use."""
        if state is State.MET or (self.harmless_on == use.value):
            return Force.HARMLESS
        return self.force if state is State.AGAINST else self.open


@cache
def matters() -> Mapping[str, Matter]:
    """Return every matter by its id, in the order of the file."""
    read = tomllib.loads(MATTERS_FILE.read_text(encoding="utf-8"))
    return {name: Matter.model_validate({"id": name, **fields}) for name, fields in read.items()}
