"""Help, and account commands typed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.context import HandlerContext, Shelf
from handlers.incoming import Question
from handlers.outcome import Outcome
from handlers.wording import answers, guide
from knowledge.search.finding import Search
from knowledge.search.judging import judge

if TYPE_CHECKING:
    from handlers.replies import Reply

_ASKED_BY = {
    "/newaccount": "How do I request a new social media account?",
    "/addadmin": "How do I add another administrator to our account?",
}


async def what_i_can_do(_question: Question, context: HandlerContext) -> Outcome:
    """Tell what can be asked."""
    return Outcome(reply=guide.what_i_can_do(district=context.shelf.district))


async def account_command(question: Question, context: HandlerContext) -> Outcome:
    """Show the rule on an account action and say that this version files nothing itself."""
    command = question.text.split(maxsplit=1)[0].lower()
    return Outcome(reply=account_rule(command, shelf=context.shelf, search=context.search))


def account_rule(command: str, *, shelf: Shelf, search: Search) -> Reply:
    """Make the reply to an account command."""
    judgement = judge(search.find(_ASKED_BY[command], shelf.index))
    return answers.account_action(
        judgement, district=shelf.district, document=shelf.document, question_id="", command=command
    )
