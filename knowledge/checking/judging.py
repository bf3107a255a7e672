"""A post in, the judgement on it out: puts reader, clauses and what search found together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.checking.matters import State
from knowledge.checking.post import Fact, Post
from knowledge.checking.reading import PostReader
from knowledge.checking.verdicts import GENERAL_MATTER, Check, PostJudge
from knowledge.search.danger import tells_of_danger
from knowledge.search.finding import LONGEST_READ_CHARACTERS, Match, Search
from knowledge.search.index import DistrictIndex
from knowledge.search.judging import Judgement, Kind, Urgency, Verdict

FINE_NEEDS = 0.3
"""Least chance of "fine" for a plain yes to a post that was only described. Set on the development questions."""

SURE_COVER_OF_CHECKED = 1.0
"""Cover that is remembered of a draft: what governs it was found by its matters, not by a search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPost:
    """A judgement on a post with what it rests on."""

    judgement: Judgement
    check: Check
    post: Post
    segments: tuple[tuple[int, int], ...]
    """Where each segment of the check stands in the post's text, as offsets in characters; (-1, -1) is the
    attachment."""


class PostChecker:
    """Judges posts by one district's clauses."""

    def __init__(self, folder: Path, *, search: Search) -> None:
        """Load the model of the matters from the exported files."""
        self._reader = PostReader(folder, encoder=search.encoder)

    def draft(
        self,
        post: Post,
        index: DistrictIndex,
        *,
        approved_platforms: Sequence[str],
        specialist_is_named: bool,
        is_read_whole: bool = True,
    ) -> CheckedPost:
        """Judge the text of a post.

        Parameters
        ----------
        post
            The post, personal data masked.
        index
            The clauses of the writer's own district.
        approved_platforms
            Names and aliases of the platforms that the district approves; empty where it lists none.
        specialist_is_named
            True where the guidelines themselves name a specialist, who is then told of what concerns them.
        is_read_whole
            False where some of the draft could not be read, for its length or its language: a person then has to.
        """
        found, segments = self._check(post, index, approved_platforms)
        is_danger = any(tells_of_danger(part[:LONGEST_READ_CHARACTERS]) for part in (post.text, post.attachment))
        verdict = Verdict.NOT_ALLOWED if is_danger else found.verdict
        if not is_read_whole and verdict is not Verdict.NOT_ALLOWED:
            verdict = Verdict.ASK_SPECIALIST
        concerns_specialist = verdict is Verdict.ASK_SPECIALIST or found.is_controversy or found.changes_account
        escalate = is_danger or (concerns_specialist and specialist_is_named)
        urgency = Urgency.SAFETY if is_danger else Urgency.CONTROVERSY
        judgement = Judgement(
            kind=Kind.CAN_I_POST,
            abstained=False,
            verdict=verdict,
            matches=found.matches,
            shown=found.shown,
            is_unsure=found.is_doubtful or not is_read_whole,
            escalate=escalate,
            urgency=urgency if escalate else None,
            topic=found.concerns[0].matter if found.concerns else "",
            cover=SURE_COVER_OF_CHECKED,
            read_with=None,
        )
        return CheckedPost(judgement=judgement, check=replace(found, verdict=verdict), post=post, segments=segments)

    def idea(
        self,
        judgement: Judgement,
        post: Post,
        index: DistrictIndex,
        *,
        approved_platforms: Sequence[str],
        chance_of_fine: float,
    ) -> CheckedPost:
        """Judge a post that was described in a message, after search has judged the message.

        Parameters
        ----------
        judgement
            What search made of the message; its kind is ``can_i_post``.
        chance_of_fine
            Chance that a typical policy has nothing against it, as the message was recognised.
        """
        found, segments = self._check(post, index, approved_platforms)
        verdict, is_doubtful = found.verdict, found.is_doubtful
        if verdict is Verdict.ALLOWED and chance_of_fine < FINE_NEEDS and not _is_settled(found, post):
            # A message tells less than a draft: where neither reader is sure, the more careful one is right.
            verdict, is_doubtful = Verdict.ALLOWED_WITH_CONDITIONS, True
        if judgement.escalate:
            verdict = Verdict.NOT_ALLOWED if verdict is Verdict.NOT_ALLOWED else Verdict.ASK_SPECIALIST
        is_silent = judgement.abstained and (verdict is not Verdict.ALLOWED or bool(found.unspoken))
        if is_silent and not found.has_concerns:
            verdict = Verdict.ASK_SPECIALIST
        is_adverse = found.has_concerns
        matches = (
            () if is_silent and not is_adverse else _merged(judgement.matches, found.matches, check_first=is_adverse)
        )
        checked = replace(
            judgement,
            abstained=judgement.abstained and not matches,
            verdict=verdict,
            matches=matches,
            shown=min(len(matches), max(found.shown if is_adverse else 1, judgement.shown)),
            is_unsure=is_doubtful or (judgement.is_unsure and not is_adverse),
            escalate=judgement.escalate or (verdict is Verdict.ASK_SPECIALIST and found.is_controversy),
            urgency=judgement.urgency or (Urgency.CONTROVERSY if found.is_controversy else None),
        )
        return CheckedPost(judgement=checked, check=replace(found, verdict=verdict), post=post, segments=segments)

    def _check(
        self, post: Post, index: DistrictIndex, approved: Sequence[str]
    ) -> tuple[Check, tuple[tuple[int, int], ...]]:
        reading = self._reader.read(post)
        found = PostJudge(reading, index, approved_platforms=approved).check_and_ask(post)
        return found, tuple((segment.start, segment.end) for segment in reading.segments)


def _is_settled(found: Check, post: Post) -> bool:
    """Tell whether what decides was said: by an answer, or as a condition that is met."""
    return any(fact not in (Fact.USE, Fact.PLATFORM) for fact in post.said) or any(
        concern.state is State.MET and concern.matter != GENERAL_MATTER for concern in found.concerns
    )


def _merged(searched: Sequence[Match], checked: Sequence[Match], *, check_first: bool) -> tuple[Match, ...]:
    """Put the clauses of both ways in one list without doubles, at most five."""
    both = [*checked, *searched] if check_first else [*searched, *checked]
    by_id: dict[str, Match] = {}
    for match in both:
        by_id.setdefault(match.clause.id, match)
    return tuple(by_id.values())[:5]
