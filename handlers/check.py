"""Checks a post, or the idea of one, against the clauses of its writer's own district."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from handlers.context import Finish, HandlerContext, IndexedShelf, ReadingContext, asked_it
from handlers.incoming import Press
from handlers.outcome import Outcome
from handlers.pasted import asks_for_a_check, find_pasted
from handlers.wording import answers, checks, problems
from knowledge.checking.circumstances import answered
from knowledge.checking.judging import CheckedPost, PostChecker
from knowledge.checking.post import Fact, Post, Use
from knowledge.checking.signs import consent_is_missing, describes_picture, platform_named, use_named
from knowledge.questions import QuestionRecord, ShownClause
from knowledge.search.finding import LONGEST_READ_CHARACTERS, Finding, Search
from knowledge.search.judging import Judgement, Kind, judge

if TYPE_CHECKING:
    from handlers.replies import Reply

LONGEST_ADDITION_WORDS = 20
"""A longer message after a check is a new question and no addition to the post."""

LONGEST_ADDITIONS_CHARACTERS = 600
"""What is kept of everything that is said of a post afterwards."""

LONGEST_QUESTION_CHARACTERS = 160
"""A longer message is a post even where it begins like a question."""

_ADDS_A_FACT = re.compile(
    r"\b(?:releases?|consent|permission|approved|opted|on file|cleared|our own (?:photo|picture|video|music|song)|my own (?:photo|picture|video|page|account)|(?:we|i) (?:took|made) it|"
    r"personal (?:page|account)|school (?:page|account)|no (?:kids|students|people|faces)|"
    r"(?:it'?s|its|it is|this is|that'?s) (?:for (?:our|my|the)|on (?:our|my|the)|going (?:on|to)|a photo|a picture|a video)|the (?:photo|picture|video|song|music) (?:is|shows|has))\b",
    re.IGNORECASE,
)
_ASKS_SOMETHING = re.compile(
    r"^\W*(?:what|who|whom|when|where|why|how|which|can|could|do|does|did|is|are|am|may|should|would)\b", re.IGNORECASE
)
_LETS_IT_BE = re.compile(
    r"^\W*(?:never ?mind|nvm|forget it|cancel|thanks?|thank you|ok(?:ay)?|no|nothing|one sec(?:ond)?|hold on|wait|sorry|hi|hello|hey|yes|sure|here|coming)\W*(?:thanks?|you)?\W*$",
    re.IGNORECASE,
)


def awaited(before: Sequence[QuestionRecord], *, has_files: bool) -> dict[str, Any]:
    """Return what is remembered of a conversation in which the draft is still to come.

    Parameters
    ----------
    before
        The latest messages of the conversation, newest first: files that came with an earlier request count still.
    has_files
        True where files came with this one.
    """
    earlier = _post_before(before)
    had_files = earlier is not None and not earlier.text and earlier.has_unseen_files
    return as_json(Post(text="", has_unseen_files=has_files or had_files))


def post_in(text: str, *, before: Sequence[QuestionRecord] = (), has_files: bool = False) -> Post | None:
    """Return the post that a message holds or adds something to, or None where it does neither.

    Parameters
    ----------
    text
        The message, personal data masked.
    before
        The latest messages of the same conversation, newest first.
    has_files
        True where files came with it.
    """
    earlier = _post_before(before)
    if earlier is not None and not earlier.text and _is_the_draft(text):
        pasted = find_pasted(text)
        draft, around = (pasted.draft, pasted.around) if pasted else (text, _leading_circumstances(text))
        return _post(draft, around, has_files=has_files or earlier.has_unseen_files)
    if earlier is not None and earlier.text and _adds_to_post(text):
        return _with_addition(earlier, text, has_files=has_files)
    found = find_pasted(text)
    return _post(found.draft, found.around, has_files=has_files) if found else None


def _post_before(before: Sequence[QuestionRecord]) -> Post | None:
    """Return the post that the conversation is about; small talk in between does not end it."""
    for record in before:
        if record.post is not None:
            return from_json(record.post)
        if record.kind != Kind.SMALLTALK.value:
            return None
    return None


def _post(draft: str, around: str, *, has_files: bool) -> Post:
    return Post(
        text=draft,
        attachment=around,
        platform=platform_named(around),
        use=use_named(around),
        has_unseen_files=has_files and not describes_picture(around),
    )


def _with_addition(earlier: Post, text: str, *, has_files: bool) -> Post:
    """Add to a post what its writer says of it afterwards; the newer word replaces an older answer."""
    platform, use = platform_named(text), use_named(text)
    outdated = {Fact.PLATFORM} if platform else set()
    outdated |= {Fact.USE} if use else set()
    post = replace(
        earlier,
        platform=platform or earlier.platform,
        use=use or earlier.use,
        has_unseen_files=(earlier.has_unseen_files or has_files) and not describes_picture(text),
    )
    told = f"{earlier.attachment}; {text}" if earlier.attachment else text
    post = replace(post, attachment=told[-LONGEST_ADDITIONS_CHARACTERS:])
    if consent_is_missing(replace(post, attachment=text)):
        outdated |= {Fact.CONSENT}
    return replace(post, said={fact: answer for fact, answer in earlier.said.items() if fact not in outdated})


def _leading_circumstances(text: str) -> str:
    """Return a first sentence that only says where a post is for: "It is for our TikTok."."""
    first = re.split(r"(?<=[.!:\n])\s", text, maxsplit=1)[0]
    is_circumstance = len(first.split()) <= 7 and re.match(r"\W*(?:it'?s|it is|this is|for)\b", first, re.IGNORECASE)
    return first if is_circumstance else ""


def _is_the_draft(text: str) -> bool:
    """Tell whether the message after "can I post this?" is the post, and not something else that came to mind."""
    is_question = (
        len(text) < LONGEST_QUESTION_CHARACTERS
        and bool(_ASKS_SOMETHING.match(text))
        and not re.search(r"[!\n]|\.\s", text)
    )
    return not (is_question or _LETS_IT_BE.match(text) or asks_for_a_check(text))


def _adds_to_post(text: str) -> bool:
    return (
        len(text.split()) <= LONGEST_ADDITION_WORDS
        and bool(_ADDS_A_FACT.search(text))
        and "?" not in text
        and not _ASKS_SOMETHING.match(text)
        and find_pasted(text) is None
    )


def check_post(
    post: Post,
    *,
    shelf: IndexedShelf,
    search: Search,
    checker: PostChecker,
    question_id: str,
    unseen_files: int = 0,
    finding: Finding | None = None,
) -> tuple[CheckedPost, Reply]:
    """Judge a post, drafted or described, and make the reply.

    Parameters
    ----------
    finding
        What search made of a described post, where it was searched for already.
    """
    read = replace(post, text=post.text[:LONGEST_READ_CHARACTERS])
    was_cut = len(post.text) > LONGEST_READ_CHARACTERS
    if post.is_described:
        finding = finding or search.find(read.text, shelf.index)
        checked = _check_idea(read, finding, shelf=shelf, checker=checker, was_cut=was_cut)
    else:
        checked = checker.draft(
            read,
            shelf.index,
            approved_platforms=shelf.district.platform_names,
            specialist_is_named=shelf.district.specialist.named_in_guidelines,
            is_read_whole=search.is_readable(read.text) and not was_cut,
        )
    # Remembered as it came, so that after an answer it is known again that it was too long.
    checked = replace(checked, post=post)
    if checked.judgement.abstained:
        return checked, answers.silent(
            district=shelf.district,
            document=shelf.document,
            question_id=question_id,
            absent_reference=None,
            was_cut=was_cut,
        )
    return checked, checks.checked_reply(
        checked,
        district=shelf.district,
        document=shelf.document,
        question_id=question_id,
        contact=answers.quote(shelf.contact_clause, shelf.document) if shelf.contact_clause else None,
        was_cut=was_cut,
        unseen_files=unseen_files,
    )


def _check_idea(
    post: Post, finding: Finding, *, shelf: IndexedShelf, checker: PostChecker, was_cut: bool
) -> CheckedPost:
    """Judge a post that a message describes: search has a say in it, too."""
    judgement = replace(judge(finding), kind=Kind.CAN_I_POST)
    return checker.idea(
        judgement,
        post,
        shelf.index,
        approved_platforms=shelf.district.platform_names,
        chance_of_fine=0.0 if was_cut else finding.stances["fine"],
    )


async def said(press: Press, context: ReadingContext) -> Finish:
    """Take the answer to a question about a post, and judge the post again.

    Returns
    -------
    Finish
        Replaces what was made of the post, and shows it in the place of the message.

    Raises
    ------
    QuestionNotFoundError
        Raised if this district does not remember the post.
    """
    question_id, _, rest = press.value.partition(" ")
    fact_name, _, answer = rest.partition(" ")
    if fact_name not in set(Fact) or not checks.is_answer(Fact(fact_name), answer, context.shelf.district):
        return _stale
    async with context.reading() as unit:
        record = await unit.questions.get(district_id=press.district_id, question_id=question_id)
    # The id alone is no right: only the conversation that holds the post may answer for it, and reads it back.
    if not record.post or not record.post["text"] or not asked_it(record, context):
        return _stale
    post = answered(from_json(record.post), Fact(fact_name), answer)
    checked, reply = await asyncio.to_thread(
        check_post,
        post,
        shelf=context.shelf,
        search=context.search,
        checker=context.checker,
        question_id=record.id,
        unseen_files=int(post.has_unseen_files),
    )
    judged_now = replace(
        record,
        post=as_json(checked.post),
        guideline_version=context.shelf.guideline.version,
        model=context.model,
        **judged_fields(checked.judgement),
    )

    async def finish(kept_in: HandlerContext) -> Outcome:
        await kept_in.unit.questions.judge_again(judged_now)
        return Outcome(reply=reply, replaces_pressed_message=True)

    return finish


async def _stale(_kept_in: HandlerContext) -> Outcome:
    return Outcome(reply=problems.stale_button())


def judged_fields(judgement: Judgement | None) -> dict[str, Any]:
    """Return what a judgement fills of a record; without one the post itself is still to come."""
    if judgement is None:
        return {
            "kind": Kind.CAN_I_POST.value,
            "verdict": None,
            "abstained": False,
            "cover": 0.0,
            "escalate": False,
            "urgency": None,
            "clauses": (),
        }
    return {
        "kind": judgement.kind.value,
        "verdict": judgement.verdict.value if judgement.verdict else None,
        "abstained": judgement.abstained,
        "cover": judgement.cover,
        "escalate": judgement.escalate,
        "urgency": judgement.urgency.value if judgement.urgency else None,
        "clauses": tuple(
            ShownClause(clause_id=match.clause.id, score=match.score, was_shown=place < judgement.shown)
            for place, match in enumerate(judgement.matches)
        ),
    }


def as_json(post: Post) -> dict[str, Any]:
    """Return a post as it is remembered."""
    return {**asdict(post), "use": post.use.value if post.use else None, "said": {**post.said}}


def from_json(kept: Mapping[str, Any]) -> Post:
    """Return the post that was remembered."""
    use = Use(kept["use"]) if kept["use"] else None
    said_before = {Fact(fact): answer for fact, answer in kept["said"].items()}
    return Post(**{**kept, "use": use, "said": said_before})
