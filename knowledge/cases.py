"""Cases: a live situation that a member of staff brought before the Community Relations Specialist, and what became of it.

Nothing here knows a particular district, reads a database or writes a sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from knowledge.errors import PostwiseError
from knowledge.filings import ClauseNumber, is_same_person
from knowledge.people import Person, Role, Standing

LONGEST_SUMMARY_CHARACTERS = 1500
"""What a case says at most of what happened; a longer message is cut, and the cut is said. Our own figure."""

LONGEST_SAID_CHARACTERS = 2000
"""Longest message of a talk, note or outcome. Our own figure."""

SAME_MATTER_WINDOW = timedelta(minutes=30)
"""How long after a case was opened another alarm of the same person belongs to it, unless they say otherwise. Our own figure."""

Minutes = Annotated[int, Field(ge=1, le=10080)]


class CaseKind(StrEnum):
    """What a case is about, and with it how loudly it asks to be claimed."""

    SAFETY = "safety"
    """A person may be in danger."""

    CONTROVERSY = "controversy"
    QUESTION = "question"
    """Somebody asks what the guidelines do not answer, or not clearly enough."""


URGENT_FIRST = (CaseKind.SAFETY, CaseKind.CONTROVERSY, CaseKind.QUESTION)


class CaseState(StrEnum):
    """How far a case has come."""

    OPEN = "open"
    """Nobody has claimed it."""

    CLAIMED = "claimed"
    RESOLVED = "resolved"
    JOINED = "joined"
    """It is worked on as one with another case."""


class CaseOutcome(StrEnum):
    """How a case ended."""

    RESPONDED = "responded"
    ANSWERED = "answered"
    TAKEN_DOWN = "taken_down"
    HANDED_ON = "handed_on"
    NOTHING_TO_DO = "nothing_to_do"


class CaseStep(StrEnum):
    """What happened to a case at one moment."""

    OPENED = "opened"
    PINGED = "pinged"
    DEPUTY_ASKED = "deputy asked"
    PHONE_GIVEN = "phone given"
    CLAIMED = "claimed"
    UNCLAIMED = "unclaimed"
    FORGOTTEN = "forgotten"
    """Unclaimed by Postwise: whoever had it did nothing with it for too long."""

    HANDED_OVER = "handed over"
    TAKEN_OVER = "taken over"
    NOTE = "note"
    TO_PERSON = "to person"
    FROM_PERSON = "from person"
    JOINED = "joined"
    MADE_SAFETY = "made safety"
    RESOLVED = "resolved"
    REOPENED = "reopened"


class Arrival(StrEnum):
    """Whether what was said in a talk has reached the other side."""

    UNDER_WAY = "under way"
    DELIVERED = "delivered"
    NOT_DELIVERED = "not delivered"


class CaseSettings(BaseModel):
    """When whom is asked to claim a case; the district's own settings, but for the clauses."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    clause: ClauseNumber | None = None
    """The clause that asks staff to work on such a matter together with the specialist; None where there is none."""

    duty_clause: ClauseNumber | None = None
    """The clause that tells of the duty to report, quoted where a person may be in danger."""

    safety_minutes: Minutes = 5
    """After how many minutes an unclaimed safety case is brought up again, by day and by night."""

    controversy_minutes: Minutes = 15
    """The same for a controversy, counted in the specialist's hours alone."""

    question_school_days: Annotated[int, Field(ge=1, le=20)] = 2
    """The same for a question, in school days."""

    forgotten_safety_minutes: Minutes = 30
    """After how many minutes without a step a claimed safety case is brought up; after as many again it is unclaimed."""

    forgotten_controversy_minutes: Minutes = 240
    """The same for a controversy, counted in the specialist's hours alone."""

    forgotten_question_school_days: Annotated[int, Field(ge=1, le=60)] = 5
    schools: tuple[str, ...] = ()
    """Schools and offices among which whoever opens a case chooses; free text where the district names none."""


class PingStep(StrEnum):
    """Whom an unclaimed case is brought before."""

    CHANNEL = "channel"
    DEPUTY = "deputy"
    """The channel, and every deputy in person."""

    PHONE = "phone"
    """The channel; and whoever opened it is given the specialist's phone number."""


SLOWER_AFTER_THREE = 4
"""From the fourth time on an unclaimed case is brought up this many times more slowly, and never stops. Our own figure."""

_STEPS = {2: PingStep.DEPUTY, 3: PingStep.PHONE}


def ping_step(kind: CaseKind, count: int) -> PingStep:
    """Return whom the n-th ping of an unclaimed case goes to, counted from 1; a question wakes nobody."""
    return PingStep.CHANNEL if kind is CaseKind.QUESTION else _STEPS.get(count, PingStep.CHANNEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case as it is now."""

    district_id: str
    number: int
    """Counts from 1 in each district; people read it as C-12."""

    kind: CaseKind
    state: CaseState
    revision: int
    """Counts every change; what was pressed on an older card changes nothing."""

    opened_at: datetime
    opener: Person
    summary: str
    """What happened, as its opener wrote it, personal data masked."""

    links: tuple[str, ...] = ()
    platform: str = ""
    account_number: int | None = None
    school: str = ""
    clause_ids: tuple[str, ...] = ()
    """The clauses that bear on it, of the guideline version below."""

    guideline_version: int
    question_id: str = ""
    """The question that it came of; empty for one that was opened directly."""

    turn: int = 0
    """Counts claims and their ends: what was to be looked at in an earlier turn is looked at no more."""

    claimed_by: Person | None = None
    claimed_at: datetime | None = None
    first_claimed_at: datetime | None = None
    active_at: datetime
    """When somebody last did something with it."""

    resolved_by: Person | None = None
    resolved_at: datetime | None = None
    outcome: CaseOutcome | None = None
    ruling: str = ""
    """What was decided or answered, in the specialist's words, personal data masked."""

    joined_to: int | None = None

    @property
    def takes_part(self) -> bool:
        """True where a specialist has joined it with another: then its opener takes part in the talk of that one.

        Who only says that theirs is the same reads how far it is, and nothing that is written to somebody else.
        """
        return self.state is CaseState.JOINED and self.turn > 0

    @property
    def subject(self) -> str:
        """Name of its card, its reminders and its history."""
        return f"case/{self.number}"

    @property
    def name(self) -> str:
        """As people read it."""
        return f"C-{self.number}"

    @property
    def is_live(self) -> bool:
        """True while somebody has to do something about it."""
        return self.state in {CaseState.OPEN, CaseState.CLAIMED}

    def is_had_by(self, person: Person) -> bool:
        """Tell whether a person has claimed it."""
        return self.claimed_by is not None and is_same_person(self.claimed_by, person)

    def is_of(self, person: Person) -> bool:
        """Tell whether a person opened it."""
        return is_same_person(self.opener, person)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One step of a case."""

    district_id: str
    case_number: int
    position: int
    """Counts from 1 in each case."""

    at: datetime
    step: CaseStep
    who: Person
    text: str = ""
    """What was said, personal data masked; empty where the step says it all."""

    arrivals: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """For a message: by receipt, whether it has arrived, and where it has not, why ("not delivered: left")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTimes:
    """What figures need of a case; nothing of what was said."""

    number: int
    kind: CaseKind
    state: CaseState
    school: str
    opened_at: datetime
    first_claimed_at: datetime | None
    resolved_at: datetime | None
    outcome: CaseOutcome | None


WORKS_ON_CASES = frozenset({Role.SPECIALIST, Role.DEPUTY})
"""Who may claim, work on and resolve a case."""


def may_work(person: Person, roles: frozenset[Role]) -> bool:
    """Tell whether a person may work on cases.

    Parameters
    ----------
    roles
        What the person is to this district: by its settings and by what the platform vouches for.
    """
    return person.standing is Standing.MEMBER and bool(roles & WORKS_ON_CASES)


class CaseNotFoundError(PostwiseError):
    """The district has no case of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


class CaseAlreadyClaimedError(PostwiseError):
    """Somebody else has the case."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.name)
        self.case = case


class CaseChangedError(PostwiseError):
    """The case is no longer as the card shows whose button was pressed."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.name)
        self.case = case


class NotTheClaimerError(PostwiseError):
    """Only whoever has claimed the case may do this."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.name)
        self.case = case


class NotOfThisCaseError(PostwiseError):
    """The person neither opened the case nor works on cases."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.name)
        self.case = case
