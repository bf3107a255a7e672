"""What a person says of an answer: whether it helped, and why not; and how to reach the specialist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.context import HandlerContext, Shelf, asked_it
from handlers.incoming import Press
from handlers.outcome import Outcome
from handlers.wording import answers
from handlers.wording import feedback as wording
from knowledge.questions import Feedback, QuestionNotFoundError

if TYPE_CHECKING:
    from handlers.replies import ClauseQuote

_REASONS = {"reason-wrong": "wrong rule", "reason-unclear": "right rule, still unclear"}


async def contact(_press: Press, context: HandlerContext) -> Outcome:
    """Tell how to reach the specialist, as the document prints it."""
    return Outcome(reply=wording.contact(_contact_quote(context.shelf), district=context.shelf.district))


async def helpful(press: Press, context: HandlerContext) -> Outcome:
    """Keep that an answer helped."""
    await _keep(press, context, helped=True)
    return Outcome(reply=wording.glad())


async def unhelpful(press: Press, context: HandlerContext) -> Outcome:
    """Keep that an answer did not help, and ask why."""
    await _keep(press, context, helped=False)
    return Outcome(reply=wording.why_not(press.value))


async def reason(press: Press, context: HandlerContext) -> Outcome:
    """Keep why an answer did not help, personal data masked."""
    said = _REASONS.get(press.verb) or press.fields.get("text", "")[:500]
    await _keep(press, context, helped=False, said=said)
    return Outcome(reply=wording.noted(), replaces_pressed_message=True)


async def _keep(press: Press, context: HandlerContext, *, helped: bool, said: str = "") -> None:
    question = await context.unit.questions.get(district_id=press.district_id, question_id=press.value)
    if question.asker_key and not asked_it(question, context):
        raise QuestionNotFoundError(press.value)
    await context.unit.questions.give_feedback(
        Feedback(
            district_id=press.district_id,
            question_id=question.id,
            given_at=context.clock.now(),
            helped=helped,
            reason=said,
        )
    )


def _contact_quote(shelf: Shelf) -> ClauseQuote | None:
    """Quote the clause that prints the contact, where the district has one."""
    return answers.quote(shelf.contact_clause, shelf.document) if shelf.contact_clause else None
