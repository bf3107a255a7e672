"""What a district's clauses make of what was read in a post.

Pure: the same reading, circumstances and clauses always give the same verdict. The worst concern wins, and no concern
counts without a clause of this district.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.checking.circumstances import ACCOUNT_CHANGES, CERTAIN, DECIDED_BY, NO, YES, answered, with_circumstances
from knowledge.checking.governing import force_here, governing
from knowledge.checking.matters import Force, State, matters
from knowledge.checking.post import Fact, Post, Use
from knowledge.checking.reading import DOUBTFUL_FROM, GRAVE_FROM, RAISED_FROM, Raised, Reading
from knowledge.checking.signs import (
    refuses_platform,
)
from knowledge.search.finding import Match
from knowledge.search.index import DistrictIndex
from knowledge.search.judging import Verdict

MOST_QUOTED = 2
"""Most clauses quoted under one verdict; the others are named in the data of the answer."""

MOST_ASKED = 3
"""Most questions under one verdict: a teacher has two minutes."""

GENERAL_MATTER = "good_news"
"""The matter whose clause says what the accounts are for."""

PLATFORM_MATTER = "unapproved_platform"
"""The matter that is decided by the district's own list and not by reading."""

_VERDICT_OF_FORCE = {
    Force.FORBIDDEN: Verdict.NOT_ALLOWED,
    Force.SPECIALIST: Verdict.ASK_SPECIALIST,
    Force.APPROVAL: Verdict.NEEDS_APPROVAL,
    Force.CONDITION: Verdict.ALLOWED_WITH_CONDITIONS,
    Force.HARMLESS: Verdict.ALLOWED,
}
_GRAVITY = tuple(_VERDICT_OF_FORCE)
_GRAVE = frozenset({Force.FORBIDDEN, Force.APPROVAL, Force.SPECIALIST})


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
        concerns, unspoken, is_doubtful = self._concerns(with_circumstances(self._reading, post), post)
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
            chance=CERTAIN,
            clauses=tuple(sorted(found, key=lambda match: match.clause.id != refusing.id)),
            segment=None,
        )

    def _clauses_on(self, matter: str, use: Use, segment: int | None) -> tuple[Match, ...]:
        """Return the clauses that govern a matter, kept for the next time they are asked for."""
        if (matter, use) not in self._governing:
            vector = self._reading.vector if segment is None else self._reading.segment_vectors[segment]
            self._governing[matter, use] = governing(matters()[matter], use, self._index, self._index.dense(vector))
        return self._governing[matter, use]


def _possible_answers(found: Check, post: Post, approved: Sequence[str]) -> Iterable[tuple[Fact, tuple[str, ...]]]:
    raised = {concern.matter: concern for concern in found.concerns}
    for fact, settled in DECIDED_BY.items():
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


def least_chance(force: Force) -> float:
    """Return the chance from which a concern of this force counts: what says no has to be surer than a condition."""
    return GRAVE_FROM if force in _GRAVE else RAISED_FROM


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
