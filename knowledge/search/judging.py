"""What is made of a finding: kind of message, whether to abstain, which clauses to show, verdict, escalation.

Facts only; the words for them are made in `handlers.wording`.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from knowledge.search.finding import Finding, Match


class Kind(StrEnum):
    """What a message is, with the names of the JSON contract."""

    QUESTION = "question"
    CAN_I_POST = "can_i_post"
    COMMAND = "command"
    ESCALATION = "escalation"
    SMALLTALK = "smalltalk"
    OUT_OF_SCOPE = "out_of_scope"


class Verdict(StrEnum):
    """What the guidelines make of a post, with the names of the JSON contract."""

    ALLOWED = "allowed"
    ALLOWED_WITH_CONDITIONS = "allowed_with_conditions"
    NEEDS_APPROVAL = "needs_approval"
    NOT_ALLOWED = "not_allowed"
    ASK_SPECIALIST = "ask_specialist"


class Urgency(StrEnum):
    """How an escalation is marked, with the names of the JSON contract."""

    SAFETY = "safety"
    CONTROVERSY = "controversy"


SAFETY_TOPICS = frozenset(
    {"live_threat", "live_self_harm", "live_abuse", "live_predator_stranger", "live_student_harassed"}
)
"""Live situations in which a person may be in danger or the law asks for a report."""

LIVE_TOPICS_NEED, LIVE_KIND_NEEDS = 0.2, 0.05
"""Least chances of a live topic and of the kind escalation, together, to bring in the specialist although another kind
is likelier. Set on the development questions and a quarter of our own labelled alarms and look-alikes (docs/quality.md): a missed
one costs more than a needless one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is to be said about one message, as facts."""

    kind: Kind
    abstained: bool
    verdict: Verdict | None
    matches: tuple[Match, ...]
    """Governing clauses, best first; empty where abstained."""

    shown: int
    """How many of them the message quotes."""

    is_unsure: bool
    """True where the best clause is only probably the governing one; the message then says so."""

    escalate: bool
    urgency: Urgency | None
    topic: str
    """The topic recognised first."""

    cover: float
    read_with: str | None


def judge(finding: Finding) -> Judgement:
    """Decide what to say about a message.

    The verdict on a post is left open: `knowledge.checking` gives it.

    Parameters
    ----------
    finding
        What search made of it.
    """
    kind = Kind(finding.kind)
    if kind is Kind.OUT_OF_SCOPE and finding.is_covered:
        kind = Kind.QUESTION
    elif kind is Kind.QUESTION and not finding.is_covered:
        kind = Kind.OUT_OF_SCOPE
    is_alarm = kind in (Kind.QUESTION, Kind.CAN_I_POST, Kind.OUT_OF_SCOPE) and _sounds_live(finding)
    if finding.tells_of_danger:
        kind = Kind.ESCALATION  # overrules every other reading
    elif is_alarm and (kind is not Kind.CAN_I_POST or _urgency(finding) is Urgency.SAFETY):
        kind = Kind.ESCALATION
    is_live_post = kind is Kind.CAN_I_POST and (is_alarm or _likeliest_stance(finding) == "specialist")
    escalate = kind is Kind.ESCALATION or is_live_post
    matches = finding.matches if finding.is_covered and kind is not Kind.SMALLTALK else ()
    return Judgement(
        kind=kind,
        abstained=kind in (Kind.OUT_OF_SCOPE, Kind.CAN_I_POST) and not finding.is_covered,
        verdict=None,
        matches=matches,
        shown=min(finding.shown, len(matches)),
        is_unsure=bool(matches) and finding.is_unsure,
        escalate=escalate,
        urgency=(Urgency.SAFETY if finding.tells_of_danger else _urgency(finding)) if escalate else None,
        topic=finding.topics[0][0],
        cover=finding.cover,
        read_with=finding.read_with,
    )


def without_answer(judgement: Judgement) -> Judgement:
    """Return the judgement on a message that could not be read: no clause, no verdict."""
    return replace(
        judgement, kind=Kind.OUT_OF_SCOPE, abstained=True, verdict=None, matches=(), shown=0, is_unsure=False
    )


def _likeliest_stance(finding: Finding) -> str:
    return max(finding.stances, key=lambda stance: finding.stances[stance])


def _sounds_live(finding: Finding) -> bool:
    """Tell whether a message that was taken for something else still sounds like a live situation on both counts."""
    live = sum(chance for topic, chance in finding.topics if topic.startswith("live_"))
    return live >= LIVE_TOPICS_NEED and finding.kinds["escalation"] >= LIVE_KIND_NEEDS


def _urgency(finding: Finding) -> Urgency:
    """Mark as safety wherever that is not clearly the lesser chance: a missed danger is the worse mistake."""
    live = {topic: chance for topic, chance in finding.topics if topic.startswith("live_")}
    safety = sum(chance for topic, chance in live.items() if topic in SAFETY_TOPICS)
    return Urgency.SAFETY if safety >= 0.45 * sum(live.values()) and safety > 0 else Urgency.CONTROVERSY
