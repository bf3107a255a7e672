"""What is made of a finding: kind of message, whether to abstain, which clauses to show, verdict, escalation.

Facts only; the words for them are made in `handlers.wording`.
"""

from dataclasses import dataclass, replace
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

_CAN_FORBID = frozenset({Modality.PROHIBITION, Modality.OBLIGATION, Modality.CAUTION, Modality.APPROVAL})
"""What a clause must do to stand against a post."""

_FORBIDS_UNLESS = frozenset({Modality.PROHIBITION, Modality.APPROVAL})
"""Clauses whose condition must be met before there can be a yes."""

PLAIN_YES_AGAINST_A_BAN_NEEDS = 0.75
"""The same as `PLAIN_YES_NEEDS` where the governing clause forbids unless its condition is met."""

LIVE_TOPICS_NEED, LIVE_KIND_NEEDS = 0.3, 0.15
"""Least chances of a live topic and of the kind escalation, together, to bring in the specialist although another kind
is likelier. Set on the development questions: a missed one costs more than a needless one."""

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
    if kind is Kind.OUT_OF_SCOPE and finding.is_covered:
        kind = Kind.QUESTION
    elif kind is Kind.QUESTION and not finding.is_covered:
        kind = Kind.OUT_OF_SCOPE
    is_alarm = kind in (Kind.QUESTION, Kind.CAN_I_POST, Kind.OUT_OF_SCOPE) and _sounds_live(finding)
    if is_alarm and not is_draft and (kind is not Kind.CAN_I_POST or _urgency(finding) is Urgency.SAFETY):
        kind = Kind.ESCALATION
    verdict = _verdict(finding) if kind is Kind.CAN_I_POST else None
    is_live_post = kind is Kind.CAN_I_POST and (is_alarm or _likeliest_stance(finding) == "specialist")
    if is_live_post and verdict is not Verdict.NOT_ALLOWED:
        verdict = Verdict.ASK_SPECIALIST
    escalate = kind is Kind.ESCALATION or is_live_post
    if finding.tells_of_danger:
        # Overrules every other reading. The text of a post stays a post, which then is not to be published.
        escalate = True
        kind, verdict = (kind, Verdict.NOT_ALLOWED) if is_draft else (Kind.ESCALATION, None)
    matches = finding.matches if finding.is_covered and kind is not Kind.SMALLTALK else ()
    return Judgement(
        kind=kind,
        abstained=kind in (Kind.OUT_OF_SCOPE, Kind.CAN_I_POST) and not finding.is_covered,
        verdict=verdict,
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


def _verdict(finding: Finding) -> Verdict:
    """Give the likeliest verdict that the governing clause can bear and that does no harm.

    The trained stance tells what a typical policy makes of such a post; whether *this* district's does is told by its
    own clause. Where the two do not fit, or no clause governs, the specialist decides.
    """
    if not finding.is_covered:
        return Verdict.ASK_SPECIALIST
    verdict = _VERDICT_OF_STANCE[_likeliest_stance(finding)]
    modality = finding.matches[0].clause.modality
    if verdict is Verdict.ALLOWED:
        needs = PLAIN_YES_AGAINST_A_BAN_NEEDS if modality in _FORBIDS_UNLESS else PLAIN_YES_NEEDS
        if finding.is_unsure or finding.was_cut or finding.stances["fine"] < needs:
            return Verdict.ALLOWED_WITH_CONDITIONS
    if verdict is Verdict.NEEDS_APPROVAL and modality is not Modality.APPROVAL:
        # Only a clause that names an approval makes one; otherwise it is a condition of this clause.
        return Verdict.ALLOWED_WITH_CONDITIONS
    if verdict is Verdict.NOT_ALLOWED and modality not in _CAN_FORBID and not _is_closed_list(finding):
        return Verdict.ASK_SPECIALIST
    return verdict


def _likeliest_stance(finding: Finding) -> str:
    return max(finding.stances, key=lambda stance: finding.stances[stance])


def _is_closed_list(finding: Finding) -> bool:
    """Tell whether a permission is the only one ("the only district-approved platforms are")."""
    return " only " in finding.matches[0].clause.text


def _sounds_live(finding: Finding) -> bool:
    """Tell whether a message that was taken for something else still sounds like a live situation on both counts."""
    live = sum(chance for topic, chance in finding.topics if topic.startswith("live_"))
    return live >= LIVE_TOPICS_NEED and finding.kinds["escalation"] >= LIVE_KIND_NEEDS


def _urgency(finding: Finding) -> Urgency:
    """Mark as safety wherever that is not clearly the lesser chance: a missed danger is the worse mistake."""
    live = {topic: chance for topic, chance in finding.topics if topic.startswith("live_")}
    safety = sum(chance for topic, chance in live.items() if topic in SAFETY_TOPICS)
    return Urgency.SAFETY if safety >= 0.45 * sum(live.values()) and safety > 0 else Urgency.CONTROVERSY
