"""What a person does with an answer: says whether it helped, hands the question on, asks for the contact."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.context import HandlerContext, Shelf
from handlers.incoming import Press
from handlers.outcome import ChannelMessage, Outcome
from handlers.wording import answers, referrals
from knowledge.conversations import ConversationReference
from knowledge.questions import Feedback, QuestionRecord, Referral

if TYPE_CHECKING:
    from handlers.replies import ClauseQuote
    from knowledge.store.unit import UnitOfWork

_REASONS = {"reason-wrong": "wrong rule", "reason-unclear": "right rule, still unclear"}


async def refer(press: Press, context: HandlerContext) -> Outcome:
    """Hand a question on to the specialist's channel, once however often the button is pressed.

    Raises
    ------
    QuestionNotFoundError
        Raised if this district does not remember the question.
    """
    questions = context.unit.questions
    question = await questions.get(district_id=press.district_id, question_id=press.value)
    referral, is_new = await questions.refer(
        district_id=press.district_id, question_id=question.id, at=context.clock.now()
    )
    shelf = context.shelf
    posts: tuple[ChannelMessage, ...] = ()
    if is_new:
        posts = (await _post(referral, question, shelf, context.unit, channel=context.channel),)
    reply = referrals.referred(referral, district=shelf.district, is_new=is_new, contact=_contact_quote(shelf))
    return Outcome(reply=reply, posts=posts)


async def contact(_press: Press, context: HandlerContext) -> Outcome:
    """Tell how to reach the specialist, as the document prints it."""
    return Outcome(reply=referrals.contact(_contact_quote(context.shelf), district=context.shelf.district))


async def helpful(press: Press, context: HandlerContext) -> Outcome:
    """Keep that an answer helped."""
    await _keep(press, context, helped=True)
    return Outcome(reply=referrals.glad())


async def unhelpful(press: Press, context: HandlerContext) -> Outcome:
    """Keep that an answer did not help, and ask why."""
    await _keep(press, context, helped=False)
    return Outcome(reply=referrals.why_not(press.value))


async def reason(press: Press, context: HandlerContext) -> Outcome:
    """Keep why an answer did not help, personal data masked."""
    said = _REASONS.get(press.verb) or press.fields.get("text", "")[:500]
    await _keep(press, context, helped=False, said=said)
    return Outcome(reply=referrals.noted(), replaces_pressed_message=True)


async def _keep(press: Press, context: HandlerContext, *, helped: bool, said: str = "") -> None:
    question = await context.unit.questions.get(district_id=press.district_id, question_id=press.value)
    await context.unit.questions.give_feedback(
        Feedback(
            district_id=press.district_id,
            question_id=question.id,
            given_at=context.clock.now(),
            helped=helped,
            reason=said,
        )
    )


async def _post(
    referral: Referral, question: QuestionRecord, shelf: Shelf, unit: UnitOfWork, *, channel: ConversationReference
) -> ChannelMessage:
    """Make the specialist channel's message of a question that was handed on, with what its asker was shown then."""
    then = await unit.guidelines.version(shelf.district.id, question.guideline_version)
    shelf_then = replace(shelf, guideline=then) if then is not None else shelf
    by_id = {clause.id: clause for clause in shelf_then.guideline.clauses}
    quotes = tuple(
        answers.quote(by_id[shown.clause_id], shelf_then.document)
        for shown in question.clauses
        if shown.was_shown and shown.clause_id in by_id
    )
    reply = referrals.new_referral(referral, question, quotes=quotes)
    return ChannelMessage(conversation=channel, reply=reply, card=f"referral/{referral.number}")


def _contact_quote(shelf: Shelf) -> ClauseQuote | None:
    """Quote the clause that prints the contact, where the district has one."""
    return answers.quote(shelf.contact_clause, shelf.document) if shelf.contact_clause else None
