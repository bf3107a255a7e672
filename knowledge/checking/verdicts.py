"""What a district's clauses make of what was read in a post.

Pure: the same reading, circumstances and clauses always give the same verdict. The worst concern wins, and no concern
counts without a clause of this district.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge.checking.matters import Force, Matter, State, matters
from knowledge.checking.post import Fact, Post, Use, whole_of
from knowledge.checking.reading import Raised, Reading
from knowledge.checking.signs import (
    consent_is_missing,
    disappears,
    masked_types,
    refuses_platform,
    shows_own_children,
    shows_students,
)
from knowledge.guidelines import Clause, Modality, Scope
from knowledge.personal_data import MARKS, PersonalDataType
from knowledge.search.finding import Match
from knowledge.search.index import DistrictIndex
from knowledge.search.judging import Verdict
from knowledge.search.vectors import Vector

RAISED_FROM = 0.25
"""Chance from which a matter counts as raised. Set on the development drafts, as are the next two."""

GRAVE_FROM = 0.4
"""The same for what would forbid a post or send it to somebody: a wrong no teaches people to stop asking."""

DOUBTFUL_FROM = 0.15
"""Chance from which a matter that does not count still forbids a plain yes: a wrong yes exposes a child."""

MOST_QUOTED = 2
"""Most clauses quoted under one verdict; the others are named in the data of the answer."""

MOST_ASKED = 3
"""Most questions under one verdict: a teacher has two minutes."""

GENERAL_MATTER = "good_news"
"""The matter whose clause says what the accounts are for."""

PLATFORM_MATTER = "unapproved_platform"
"""The matter that is decided by the district's own list and not by reading."""

UNLINKED_REACH = 0.02
"""How surely a clause that nobody linked must speak of a topic to govern it."""

LATER_TOPIC = 0.8
"""How much less a matter's second, third, ... topic speaks for a clause."""

NEARNESS = 0.15
"""How much the likeness of the sentence and a clause adds to the clause's score."""

RULING = 0.05
"""What a clause that nobody linked gains by ruling something, and again by ruling on this very use."""

_RULES = frozenset({Modality.PROHIBITION, Modality.OBLIGATION, Modality.APPROVAL})
_CERTAIN = 0.98
_VERDICT_OF_FORCE = {
    Force.FORBIDDEN: Verdict.NOT_ALLOWED,
    Force.SPECIALIST: Verdict.ASK_SPECIALIST,
    Force.APPROVAL: Verdict.NEEDS_APPROVAL,
    Force.CONDITION: Verdict.ALLOWED_WITH_CONDITIONS,
    Force.HARMLESS: Verdict.ALLOWED,
}
_GRAVITY = tuple(_VERDICT_OF_FORCE)
ACCOUNT_CHANGES = frozenset({"new_account", "rename_account", "add_administrator", "close_account"})
"""Matters by which a post announces a change that the specialist has to know of first."""

_DECIDED_BY: Mapping[Fact, frozenset[str]] = {
    Fact.CONSENT: frozenset({"pupil_pictures"}),
    Fact.ADULT_PERMISSION: frozenset({"adult_pictures"}),
    Fact.DETAILS_PERMISSION: frozenset({"screen_names_hobbies", "pupil_names", "contact_details"}),
    Fact.RIGHTS: frozenset({"copyright"}),
    Fact.APPROVAL: frozenset({"district_logo", "school_logo", *ACCOUNT_CHANGES, "unregistered_account"}),
}
"""Which matters an answer settles."""

_MATTER_OF_DATA = {
    PersonalDataType.SSN: "id_numbers",
    PersonalDataType.STUDENT_ID: "id_numbers",
    PersonalDataType.CREDIT_CARD: "id_numbers",
    PersonalDataType.PHONE: "contact_details",
    PersonalDataType.EMAIL: "contact_details",
    PersonalDataType.ADDRESS: "contact_details",
    PersonalDataType.DOB: "contact_details",
}
_GRAVE = frozenset({Force.FORBIDDEN, Force.APPROVAL, Force.SPECIALIST})
_PRIVATE_FACTS = frozenset({PersonalDataType.MEDICAL, PersonalDataType.GRADE_OR_DISCIPLINE})
YES, NO, NOBODY = "yes", "no", "nobody"
"""What a person can answer; nobody: there is no pupil, no work of others, no such thing in the post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One matter that a post raises, with what this district's clause makes of it."""

    matter: str
    state: State
    force: Force
    chance: float
    clauses: tuple[Match, ...]
    """The clauses that govern it, best first."""

    segment: int | None
    """Which segment raises it most; None for the whole post."""

    is_doubt: bool = False
    """True where it is too unsure to count for what it would be, and only takes the plain yes away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the guidelines make of one post."""

    verdict: Verdict
    concerns: tuple[Concern, ...]
    """What a clause governs, the gravest first; the harmless ones, which a clause permits, last."""

    unspoken: tuple[str, ...]
    """Matters that are raised and of which this district's guidelines say nothing."""

    asks: tuple[Fact, ...]
    """Facts that would change the verdict, the most telling first, at most three."""

    is_doubtful: bool
    """True where something grave may be raised but not surely."""

    matches: tuple[Match, ...]
    shown: int

    @property
    def has_concerns(self) -> bool:
        """True where something stands against it, sets a condition, or may."""
        return any(concern.force is not Force.HARMLESS for concern in self.concerns)

    @property
    def is_controversy(self) -> bool:
        """True where it speaks on what is going on in public."""
        return any(concern.force is Force.SPECIALIST for concern in self.concerns)

    @property
    def changes_account(self) -> bool:
        """True where it announces a change of an account that is not approved yet."""
        return any(
            concern.matter in ACCOUNT_CHANGES and concern.force is not Force.HARMLESS for concern in self.concerns
        )


class PostJudge:
    """Judges one post by one district's clauses, as often as an answer of its writer changes it."""

    def __init__(self, reading: Reading, index: DistrictIndex, *, approved_platforms: Sequence[str]) -> None:
        """Begin with what was read.

        Parameters
        ----------
        reading
            What was read in the post.
        index
            The district's clauses.
        approved_platforms
            Names and aliases of the platforms that the district approves; empty where it lists none.
        """
        self._reading = reading
        self._index = index
        self._approved = tuple(approved_platforms)
        self._governing: dict[tuple[str, Use], tuple[Match, ...]] = {}

    def check(self, post: Post) -> Check:
        """Judge the post under its circumstances."""
        concerns, unspoken, is_doubtful = self._concerns(_with_circumstances(self._reading, post), post)
        matches, shown = _clauses(concerns)
        if not matches:
            # Nothing was raised: what the accounts are for is the clause that is left to show.
            matches = self._clauses_on(GENERAL_MATTER, post.use or Use.SCHOOL, None)
            shown = min(1, len(matches))
        return Check(
            verdict=_verdict(concerns, is_doubtful=is_doubtful),
            concerns=concerns,
            unspoken=unspoken,
            asks=(),
            is_doubtful=is_doubtful,
            matches=matches,
            shown=shown,
        )

    def check_and_ask(self, post: Post) -> Check:
        """Judge the post, and find which facts would change the verdict: each possible answer is tried out."""
        found = self.check(post)
        asks = []
        for fact, answers in _possible_answers(found, post, self._approved):
            verdicts = {self.check(answered(post, fact, answer)).verdict for answer in answers}
            if len(verdicts) > 1:
                asks.append(fact)
        return replace(found, asks=tuple(asks[:MOST_ASKED]))

    def _concerns(self, raised: Mapping[str, Raised], post: Post) -> tuple[tuple[Concern, ...], tuple[str, ...], bool]:
        """Find the clause for each matter that is raised, and what it comes to."""
        use = post.use or Use.SCHOOL
        concerns, unspoken, is_doubtful = [], [], False
        platform = self._platform_concern(post, use)
        if platform is not None:
            concerns.append(platform)
        for name, matter in matters().items():
            found = raised[name]
            if name == PLATFORM_MATTER or found.chance < DOUBTFUL_FROM or not matter.topics(use):
                continue
            state = found.state
            force = matter.force_of(state, use)
            clauses = self._clauses_on(name, use, found.segment)
            if not clauses:
                if found.chance >= RAISED_FROM:
                    unspoken.append(name)
                    # No clause sends it to anybody, and yet nobody should speak on a live matter alone.
                    # And where nobody has linked the clauses, silence may be a clause that was not recognised.
                    is_doubtful = is_doubtful or force is Force.SPECIALIST or self._may_be_unseen(force)
                continue
            force = force_here(force, clauses[0].clause)
            is_doubt = found.weight(state) < least_chance(force)
            if is_doubt and force is Force.HARMLESS:
                continue
            is_doubtful = is_doubtful or is_doubt
            concerns.append(
                Concern(
                    matter=name,
                    state=state,
                    force=Force.CONDITION if is_doubt else force,
                    is_doubt=is_doubt,
                    chance=found.weight(state),
                    clauses=clauses,
                    segment=found.segment,
                )
            )
        concerns.sort(key=lambda concern: (_GRAVITY.index(concern.force), concern.is_doubt, -concern.chance))
        return tuple(concerns), tuple(unspoken), is_doubtful

    def _may_be_unseen(self, force: Force) -> bool:
        return not self._index.has_links and force in _GRAVE

    def _platform_concern(self, post: Post, use: Use) -> Concern | None:
        """Return the concern that the platform itself is, where the district rules it out."""
        if post.platform is None or use is Use.PERSONAL:
            return None
        found = self._clauses_on(PLATFORM_MATTER, use, None)
        refusing = refuses_platform(post.platform, [match.clause for match in found], self._approved)
        if refusing is None:
            return None
        return Concern(
            matter=PLATFORM_MATTER,
            state=State.AGAINST,
            force=Force.FORBIDDEN,
            chance=_CERTAIN,
            clauses=tuple(sorted(found, key=lambda match: match.clause.id != refusing.id)),
            segment=None,
        )

    def _clauses_on(self, matter: str, use: Use, segment: int | None) -> tuple[Match, ...]:
        """Return the clauses that govern a matter, kept for the next time they are asked for."""
        if (matter, use) not in self._governing:
            vector = self._reading.vector if segment is None else self._reading.segment_vectors[segment]
            self._governing[matter, use] = governing(matters()[matter], use, self._index, self._index.dense(vector))
        return self._governing[matter, use]


def answered(post: Post, fact: Fact, answer: str) -> Post:
    """Return the post with one more answer of its writer."""
    said = {**post.said, fact: answer}
    match fact:
        case Fact.USE:
            return replace(post, said=said, use=Use(answer))
        case Fact.PLATFORM:
            return replace(post, said=said, platform=answer)
        case _:
            return replace(post, said=said)


def _possible_answers(found: Check, post: Post, approved: Sequence[str]) -> Iterable[tuple[Fact, tuple[str, ...]]]:
    raised = {concern.matter: concern for concern in found.concerns}
    for fact, settled in _DECIDED_BY.items():
        if fact in post.said:
            continue
        open_now = [raised[name] for name in settled if name in raised and raised[name].state is State.OPEN]
        to_approve = [raised[name] for name in settled if name in raised and raised[name].force is Force.APPROVAL]
        if open_now or (fact is Fact.APPROVAL and to_approve):
            yield fact, (YES, NO)
    if post.use is None:
        yield Fact.USE, (Use.SCHOOL.value, Use.PERSONAL.value)
    if post.platform is None and approved and post.use is not Use.PERSONAL:
        yield Fact.PLATFORM, (approved[0].lower(), "snapchat")


def _with_circumstances(reading: Reading, post: Post) -> dict[str, Raised]:
    """Overrule what was read by what is known: masked data, platform, words on consent, the writer's answers."""
    raised = dict(reading.raised)
    raised |= _by_masked_data(reading, post)
    raised |= _by_pictures(raised, post)
    if disappears(post):
        raised["disappearing"] = _certainly(State.AGAINST, raised["disappearing"].segment)
    for fact, settled in _DECIDED_BY.items():
        answer = post.said.get(fact)
        for matter in settled:
            # An answer settles what hung on it; what is against the rules anyway stays so.
            hangs_on_it = raised[matter].state is State.OPEN or fact is Fact.APPROVAL
            if answer and hangs_on_it and raised[matter].chance >= DOUBTFUL_FROM:
                raised[matter] = _settled(answer, raised[matter])
    return raised


def _by_masked_data(reading: Reading, post: Post) -> dict[str, Raised]:
    """Return the matters that masked personal data raises for certain, each in the sentence where the data stood."""
    raised, types = reading.raised, masked_types(whole_of(post))
    found = {}
    for kind, matter in _MATTER_OF_DATA.items():
        # A private number may be published with its owner's permission; nobody's social security number may.
        is_permitted = matter == "contact_details" and raised[matter].chances[State.MET] >= GRAVE_FROM
        if kind in types and not is_permitted:
            found[matter] = _certainly(State.AGAINST, _segment_with(kind, reading))
    if PersonalDataType.STUDENT_NAME in types:
        where = _segment_with(PersonalDataType.STUDENT_NAME, reading)
        if not _PRIVATE_FACTS.isdisjoint(types):
            found["pupil_facts"] = _certainly(State.AGAINST, where)
        elif raised["pupil_names"].chance < GRAVE_FROM:
            found["pupil_names"] = _certainly(State.OPEN, where)
    return found


def _segment_with(kind: PersonalDataType, reading: Reading) -> int | None:
    """Return the place of the first sentence in which data of a type was masked; None for the whole post."""
    return next((place for place, part in enumerate(reading.segments) if MARKS[kind] in part.text), None)


def _by_pictures(raised: Mapping[str, Raised], post: Post) -> dict[str, Raised]:
    """Return what is certain of pupils in pictures: an unseen file, missing consent, one's own children."""
    pictures = raised["pupil_pictures"]
    if pictures.chance < RAISED_FROM and (post.has_unseen_files or shows_students(post)):
        state = State.AGAINST if consent_is_missing(post) else State.OPEN
        return {"pupil_pictures": _certainly(state, None)}
    if pictures.chance < DOUBTFUL_FROM:
        return {}
    if consent_is_missing(post):
        # Not certain where an answer given later says otherwise.
        state = State.OPEN if Fact.CONSENT in post.said else State.AGAINST
        return {"pupil_pictures": _certainly(state, pictures.segment)}
    if post.use is Use.PERSONAL and shows_own_children(post):
        return {"pupil_pictures": _settled(NOBODY, pictures)}
    return {"pupil_pictures": _certainly(State.OPEN, None)} if post.has_unseen_files else {}


def _settled(answer: str, before: Raised) -> Raised:
    if answer == NOBODY:
        return Raised(chances=dict.fromkeys(State, 0.0), segment=None)
    return _certainly(State.MET if answer == YES else State.AGAINST, before.segment)


def _certainly(state: State, segment: int | None) -> Raised:
    return Raised(chances={**dict.fromkeys(State, 0.0), state: _CERTAIN}, segment=segment)


def governing(matter: Matter, use: Use, index: DistrictIndex, dense: Vector) -> tuple[Match, ...]:
    """Return the clauses of a district that govern a matter under one use, best first, at most three.

    Parameters
    ----------
    dense
        Likeness of what raises the matter to each clause. Shape ``(clauses,)``.
    """
    weights = np.zeros(len(index.clauses), dtype=np.float32)
    for rank, topic in enumerate(matter.topics(use)):
        weights = np.maximum(weights, index.topic(topic) * LATER_TOPIC**rank)
    own, other = Scope.EDUCATIONAL_USE, Scope.PERSONAL_USE
    if use is Use.PERSONAL:
        own, other = other, own
    scored = []
    for place in np.flatnonzero(weights > (0.0 if index.has_links else UNLINKED_REACH)).tolist():
        clause = index.clauses[place]
        if clause.scope is other:
            continue
        score = float(weights[place]) + NEARNESS * float(dense[place])
        if not index.has_links:
            # Of clauses that only seem to speak of it, the one that rules comes before the one that tells.
            score += RULING * (clause.modality in _RULES) + RULING * (clause.scope is own)
        scored.append((score, place))
    scored.sort(key=lambda pair: -pair[0])
    return tuple(
        Match(clause=index.clauses[place], score=round(min(1.0, max(0.0, score)), 4)) for score, place in scored[:3]
    )


def least_chance(force: Force) -> float:
    """Return the chance from which a concern of this force counts: what says no has to be surer than a condition."""
    return GRAVE_FROM if force in _GRAVE else RAISED_FROM


def force_here(force: Force, clause: Clause) -> Force:
    """Return what a concern comes to by the force of the district's own clause."""
    match force, clause.modality:
        case Force.FORBIDDEN, Modality.CAUTION:
            return Force.CONDITION
        case Force.FORBIDDEN, Modality.PERMISSION if " only " not in clause.text:
            return Force.CONDITION
        case _:
            return force


def _verdict(concerns: Sequence[Concern], *, is_doubtful: bool) -> Verdict:
    """Take the gravest concern's verdict; a doubt makes of a plain yes a conditional one."""
    worst = min((_GRAVITY.index(concern.force) for concern in concerns), default=len(_GRAVITY) - 1)
    verdict = _VERDICT_OF_FORCE[_GRAVITY[worst]]
    return Verdict.ALLOWED_WITH_CONDITIONS if verdict is Verdict.ALLOWED and is_doubtful else verdict


def _clauses(concerns: Sequence[Concern]) -> tuple[tuple[Match, ...], int]:
    """Line up the clauses to cite: of each concern its best first, then their seconds."""
    grave = [concern for concern in concerns if concern.force is not Force.HARMLESS]
    told = grave or list(concerns[:1])
    firsts = [concern.clauses[0] for concern in told]
    seconds = [match for concern in told for match in concern.clauses[1:]]
    others = [concern.clauses[0] for concern in concerns if concern not in told]
    by_id = {match.clause.id: match for match in reversed([*firsts, *seconds, *others])}
    order = list(dict.fromkeys(match.clause.id for match in [*firsts, *seconds, *others]))
    return tuple(by_id[clause_id] for clause_id in order[:5]), min(
        MOST_QUOTED, len({match.clause.id for match in firsts})
    )
