"""A question in, the governing clauses out, or an honest "the guidelines do not cover this"."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from handlers import accounts, check, escalating, opening
from handlers.context import Finish, HandlerContext, IndexedShelf, ReadingContext, Shelf
from handlers.incoming import Question
from handlers.outcome import Outcome
from handlers.pasted import asks_for_a_check
from handlers.wording import answers, comments, guide, rulings
from knowledge.checking.comments import comment_in
from knowledge.checking.judging import PostChecker
from knowledge.checking.post import Post, Use
from knowledge.checking.signs import describes_picture, platform_named, use_named
from knowledge.guidelines import Clause
from knowledge.people import Standing
from knowledge.questions import QuestionRecord
from knowledge.search.finding import LONGEST_READ_CHARACTERS, Finding, Search
from knowledge.search.followup import joined
from knowledge.search.judging import Judgement, Kind, Urgency, judge, without_answer

if TYPE_CHECKING:
    from handlers.replies import Reply

FOLLOW_UP_WINDOW = timedelta(minutes=20)
"""How long after a question a short message may still lean on it."""

_ASKS_FOR_EMAIL = re.compile(r"\be-?mails?\b|\bwrite to\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The judgement on a message together with the whole reply."""

    judgement: Judgement | None
    """None where the message was answered without searching: nothing in it to search for."""

    reply: Reply
    post: Mapping[str, Any] | None = None
    """The post that was checked, as it is remembered; one without text where the draft is still to come."""


async def answer(question: Question, context: ReadingContext) -> Finish:
    """Answer one question.

    Returns
    -------
    Finish
        Remembers the question, masked, with what was shown, and replies.
    """
    async with context.reading() as unit:
        earlier = await unit.questions.recent_in_conversation(
            district_id=question.district_id,
            conversation_key=context.conversation_key,
            since=context.clock.now() - FOLLOW_UP_WINDOW,
        )
    question_id = str(uuid.uuid4())
    # In a thread: the model takes milliseconds during which other conversations must go on.
    found = await asyncio.to_thread(
        compose,
        question.text,
        shelf=context.shelf,
        search=context.search,
        question_id=question_id,
        checker=context.checker,
        before=earlier,
        attachment_names=question.attachment_names,
    )
    record = QuestionRecord(
        id=question_id,
        district_id=question.district_id,
        asked_at=context.clock.now(),
        platform=question.conversation.platform,
        conversation_key=context.conversation_key,
        asker_key=context.asker_key(question_id),
        event_key=question.event_key,
        masked_text=question.text[:LONGEST_READ_CHARACTERS],
        guideline_version=context.shelf.guideline.version,
        model=context.model,
        post=found.post,
        **check.judged_fields(found.judgement),
    )

    async def finish(kept_in: HandlerContext) -> Outcome:
        if found.judgement is not None and found.judgement.escalate:
            return replace(await _raised(question, record, found, kept_in), is_personal=True)
        return await _told(question, record, found, kept_in)

    return finish


async def _raised(question: Question, record: QuestionRecord, found: Answer, kept_in: HandlerContext) -> Outcome:
    """Answer somebody who reports what is happening now: danger is sent at once, anything else is offered."""
    await kept_in.unit.filings.hold(kept_in.shelf.district.id)
    is_danger = record.urgency == Urgency.SAFETY.value
    if not is_danger and opening.says_it_is_live(question.text):
        address = await opening.address_form(question, kept_in)
        if address is not None:
            return Outcome(reply=address)
    await kept_in.unit.questions.remember(record)
    if question.person.standing is not Standing.MEMBER:
        return Outcome(reply=found.reply)
    if is_danger:
        return await escalating.raise_alarm(record, question, kept_in)
    return Outcome(reply=await escalating.offer(record, question, found.reply, kept_in))


async def _told(question: Question, record: QuestionRecord, found: Answer, kept_in: HandlerContext) -> Outcome:
    """Answer everything else; what asks the registry or wants a form is no question to the guidelines."""
    from_records = await _from_records(question, kept_in)
    if from_records is not None:
        return Outcome(reply=from_records, is_personal=True)
    if found.judgement is not None or found.post is not None:
        await kept_in.unit.questions.remember(record)
    if found.judgement is None:
        return Outcome(reply=found.reply, is_personal=found.post is not None)
    if found.judgement.kind is Kind.COMMAND:
        form = await opening.form_wanted(question, found.judgement.topic, kept_in)
        return Outcome(reply=form or found.reply, is_personal=True)
    kind = opening.form_button(found.judgement.topic, question, kept_in)
    if found.judgement.kind is Kind.QUESTION and kind is not None:
        return Outcome(reply=guide.with_form_button(found.reply, kind))
    reply = await escalating.with_own_case(found.reply, record, question.person, kept_in)
    # Whoever shows a draft has not published it yet.
    return Outcome(reply=reply, is_personal=found.post is not None or reply is not found.reply)


async def _from_records(question: Question, kept_in: HandlerContext) -> Reply | None:
    """Answer from what is filed, registered or worked on; None where the guidelines are meant."""
    if opening.says_it_is_live(question.text):
        address = await opening.address_form(question, kept_in)
        if address is not None:
            return address
    of_cases = await escalating.about_cases(question, kept_in)
    if of_cases is not None:
        return of_cases
    return await accounts.answer(question, kept_in) if accounts.may_ask_registry(question.text) else None


def compose(
    text: str,
    *,
    shelf: IndexedShelf,
    search: Search,
    checker: PostChecker,
    question_id: str = "",
    before: Sequence[QuestionRecord] = (),
    draft: Post | None = None,
    platform: str | None = None,
    use: Use | None = None,
    attachment_names: Sequence[str] = (),
) -> Answer:
    """Judge a message and make the reply to it; stores nothing.

    Parameters
    ----------
    text
        The message as typed, of any length.
    before
        What was asked before in the same conversation, newest first.
    draft
        The post itself, where the text is known to be that of a post about to be published.
    platform, use
        Where and on whose account a post that the text describes would be, where that is known.
    attachment_names
        Names of the files that came with it; they are not looked into.
    """
    files = len(attachment_names)
    post = draft or check.post_in(text, before=before, has_files=files > 0)
    if post is not None and draft is None and search.sounds_like_alarm(text):
        post = None  # whoever reports what is happening now is heard before anything is taken for a draft
    if post is not None and any(character.isalnum() for character in post.text + post.attachment):
        return _checked(post, shelf=shelf, search=search, checker=checker, question_id=question_id, unseen_files=files)
    if asks_for_a_check(text):
        reply = answers.needs_the_draft()
        if files:
            reply = answers.with_attachment_not_read(reply, attachment_names)
        return Answer(judgement=None, reply=reply, post=check.awaited(before, has_files=files > 0))
    if not any(character.isalnum() for character in text):
        reply = answers.empty()
        return Answer(
            judgement=None, reply=answers.with_attachment_not_read(reply, attachment_names) if files else reply
        )
    finding = search.find(text, shelf.index, earlier=before[0].masked_text if before else None)
    judgement = judge(finding)
    if not search.is_readable(text) and not judgement.escalate:
        judgement = without_answer(judgement)
        reply = answers.not_understood(district=shelf.district, question_id=question_id)
    elif judgement.kind is Kind.CAN_I_POST:
        whole = joined(before[0].masked_text, text) if judgement.read_with and before else text
        described = Post(
            text=whole,
            is_described=True,
            platform=platform or platform_named(whole),
            use=use or use_named(whole),
            has_unseen_files=files > 0 and not describes_picture(whole),
        )
        found = _checked(
            described,
            shelf=shelf,
            search=search,
            checker=checker,
            question_id=question_id,
            unseen_files=files,
            finding=finding,
        )
        return replace(found, reply=answers.with_read_together(found.reply)) if judgement.read_with else found
    elif judgement.kind is Kind.QUESTION and (about := comment_in(text, finding, shelf.index)) is not None:
        judgement = replace(judgement, matches=about.matches, shown=len(about.matches), is_unsure=False)
        reply = comments.on_comment(about, district=shelf.district, document=shelf.document, question_id=question_id)
    else:
        reply = _reply(text, judgement, shelf=shelf, question_id=question_id)
    reply = _with_rulings(text, judgement, reply, shelf=shelf)
    if attachment_names:
        reply = answers.with_attachment_not_read(reply, attachment_names)
    return Answer(judgement=judgement, reply=reply)


def _with_rulings(text: str, judgement: Judgement, reply: Reply, *, shelf: IndexedShelf) -> Reply:
    """Put the specialist's rulings on a question like this one beside its clauses; never into what is live."""
    if judgement.escalate or judgement.kind not in {Kind.QUESTION, Kind.OUT_OF_SCOPE, Kind.CAN_I_POST}:
        return reply
    is_silent = judgement.abstained or not judgement.matches
    shown = () if is_silent else judgement.matches[: judgement.shown]
    found = shelf.precedents.near(text, shown={match.clause.id for match in shown})
    return rulings.beside(reply, found, district=shelf.district, is_silent=is_silent)


def _checked(
    post: Post,
    *,
    shelf: IndexedShelf,
    search: Search,
    checker: PostChecker,
    question_id: str,
    unseen_files: int,
    finding: Finding | None = None,
) -> Answer:
    checked, reply = check.check_post(
        post,
        shelf=shelf,
        search=search,
        checker=checker,
        question_id=question_id,
        unseen_files=unseen_files,
        finding=finding,
    )
    reply = _with_rulings(post.text, checked.judgement, reply, shelf=shelf)
    return Answer(judgement=checked.judgement, reply=reply, post=check.as_json(checked.post))


def _reply(text: str, judgement: Judgement, *, shelf: Shelf, question_id: str) -> Reply:
    """Choose the wording for a judgement."""
    district, document = shelf.district, shelf.document
    was_cut = len(text) > LONGEST_READ_CHARACTERS
    match judgement.kind:
        case Kind.SMALLTALK:
            return guide.small_talk(judgement.topic, district=district, question_id=question_id)
        case Kind.ESCALATION:
            return answers.live_situation(judgement, district=district, document=document, question_id=question_id)
        case Kind.COMMAND:
            kind = opening.kind_wanted(text, judgement.topic)
            command = opening.command_of(kind) if kind else None
            return answers.account_action(
                judgement, district=district, document=document, question_id=question_id, command=command
            )
        case Kind.OUT_OF_SCOPE if judgement.topic.startswith("other_"):
            return answers.not_about_guidelines(district=district, question_id=question_id)
        case Kind.OUT_OF_SCOPE | Kind.QUESTION | Kind.CAN_I_POST:  # a post was checked before it could come here
            if judgement.abstained or not judgement.matches:
                return answers.silent(
                    district=district,
                    document=document,
                    question_id=question_id,
                    absent_reference=_absent_reference(text, judgement, shelf.guideline.clauses),
                    was_cut=was_cut,
                )
            shown = judgement.matches[: judgement.shown]
            misses_email = (
                judgement.topic == "contact_specialist"
                and bool(_ASKS_FOR_EMAIL.search(text))
                and not any("@" in match.clause.text for match in shown)
            )
            return answers.answer(
                judgement,
                district=district,
                document=document,
                question_id=question_id,
                was_cut=was_cut,
                misses_email=misses_email,
            )


def _absent_reference(text: str, judgement: Judgement, clauses: Sequence[Clause]) -> str | None:
    """Return what the guidelines refer to without containing it, if that is what was asked for."""
    if judgement.topic != "referenced_document_text":
        return None
    asked = _squeezed(text)
    for clause in clauses:
        for reference in clause.references:
            if len(_squeezed(reference)) >= 3 and _squeezed(reference) in asked:
                return reference
    if "example" in asked and any("see example" in clause.text for clause in clauses):
        return "an example at the end of the document"
    return None


def _squeezed(text: str) -> str:
    """Letters and digits only, so that "bp1113" is "BP 1113"."""
    return re.sub(r"[^a-z0-9]", "", text.lower())
