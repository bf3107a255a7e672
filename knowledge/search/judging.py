"""What is made of a finding: kind of message, whether to abstain, which clauses to show, verdict, escalation.

Facts only; the words for them are made in `handlers.wording`.
"""

from dataclasses import dataclass
from enum import StrEnum

from knowledge.guidelines import Modality
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

_VERDICT_OF_STANCE = {
    "fine": Verdict.ALLOWED,
    "conditional": Verdict.ALLOWED_WITH_CONDITIONS,
    "approval": Verdict.NEEDS_APPROVAL,
    "forbidden": Verdict.NOT_ALLOWED,
    "specialist": Verdict.ASK_SPECIALIST,
}

PLAIN_YES_NEEDS = 0.55
"""Least probability of "fine" for a plain yes. Below it the verdict states a condition: a wrong yes exposes a child,
an unneeded condition costs a minute."""


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


def judge(finding: Finding, *, is_draft: bool = False) -> Judgement:
    """Decide what to say about a message.

    Parameters
    ----------
    finding
        What search made of it.
    is_draft
        True where the text is known to be the text of a post.
    """
    kind = Kind.CAN_I_POST if is_draft else Kind(finding.kind)
    topic = finding.topics[0][0]
    escalate = kind is Kind.ESCALATION
    verdict = None
    if kind is Kind.CAN_I_POST:
        verdict = _verdict(finding)
        escalate = verdict is Verdict.ASK_SPECIALIST
    says_clauses = kind in (Kind.QUESTION, Kind.CAN_I_POST, Kind.COMMAND, Kind.ESCALATION)
    abstained = False
    if kind in (Kind.QUESTION, Kind.OUT_OF_SCOPE) or (kind is Kind.CAN_I_POST and not is_draft):
        abstained = not finding.is_covered
    if kind is Kind.OUT_OF_SCOPE and finding.is_covered:
        kind = Kind.QUESTION
        says_clauses = True
    if abstained and kind is Kind.QUESTION:
        kind = Kind.OUT_OF_SCOPE
    matches = finding.matches if says_clauses and finding.is_covered else ()
    return Judgement(
        kind=kind,
        abstained=abstained,
        verdict=verdict,
        matches=matches,
        shown=min(finding.shown, len(matches)),
        is_unsure=bool(matches) and finding.is_unsure,
        escalate=escalate,
        urgency=_urgency(finding) if escalate else None,
        topic=topic,
        cover=finding.cover,
        read_with=finding.read_with,
    )


def _verdict(finding: Finding) -> Verdict:
    """Give the likeliest verdict that does no harm: a doubtful yes becomes a conditional one."""
    stances = finding.stances
    likeliest = max(stances, key=lambda stance: stances[stance])
    verdict = _VERDICT_OF_STANCE[likeliest]
    if verdict is Verdict.ALLOWED and stances["fine"] < PLAIN_YES_NEEDS:
        return Verdict.ALLOWED_WITH_CONDITIONS
    governing = finding.matches[0].clause if finding.matches and finding.is_covered else None
    if verdict is Verdict.NEEDS_APPROVAL and (governing is None or governing.modality is not Modality.APPROVAL):
        # Only a clause that names an approval makes one; otherwise it is a condition of this clause.
        return Verdict.ALLOWED_WITH_CONDITIONS
    return verdict


def _urgency(finding: Finding) -> Urgency:
    """Mark as safety wherever that is not clearly the lesser chance: a missed danger is the worse mistake."""
    live = {topic: chance for topic, chance in finding.topics if topic.startswith("live_")}
    safety = sum(chance for topic, chance in live.items() if topic in SAFETY_TOPICS)
    return Urgency.SAFETY if safety >= 0.45 * sum(live.values()) and safety > 0 else Urgency.CONTROVERSY
