"""Help, and account commands typed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.context import HandlerContext, IndexedShelf
from handlers.incoming import Question
from handlers.outcome import Outcome
from handlers.wording import answers, guide
from knowledge.people import Role
from knowledge.search.finding import Search
from knowledge.search.judging import judge

if TYPE_CHECKING:
    from handlers.replies import Reply

_ASKED_BY = {
    "/newaccount": "How do I request a new social media account?",
    "/addadmin": "How do I add another administrator to our account?",
}


async def what_i_can_do(question: Question, context: HandlerContext) -> Outcome:
    """Tell what can be asked, and specialists what they can do beside."""
    district = context.shelf.district
    is_specialist = bool(district.roles_of(question.person) & {Role.SPECIALIST, Role.DEPUTY})
    return Outcome(reply=guide.what_i_can_do(district=district, is_specialist=is_specialist))


def account_rule(command: str, *, shelf: IndexedShelf, search: Search) -> Reply:
    """Make the reply to an account command."""
    judgement = judge(search.find(_ASKED_BY[command], shelf.index))
    return answers.account_action(
        judgement, district=shelf.district, document=shelf.document, question_id="", command=command
    )
