"""Which handler a message, a command or a button goes to."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from handlers import answer, check, guide, referrals
from handlers.context import HandlerContext
from handlers.incoming import Incoming, Press, Question
from handlers.outcome import Outcome
from handlers.wording import problems
from knowledge.errors import PostwiseError

QuestionHandler: TypeAlias = Callable[[Question, HandlerContext], Awaitable[Outcome]]
PressHandler: TypeAlias = Callable[[Press, HandlerContext], Awaitable[Outcome]]

COMMANDS: Mapping[str, QuestionHandler] = MappingProxyType(
    {
        "help": guide.what_i_can_do,
        "/help": guide.what_i_can_do,
        "/postwise": guide.what_i_can_do,
        "/newaccount": guide.account_command,
        "/addadmin": guide.account_command,
    }
)
"""First word of a message to the handler of that command; anything else is a question."""

PRESSES: Mapping[str, PressHandler] = MappingProxyType(
    {
        "said": check.said,
        "refer": referrals.refer,
        "contact": referrals.contact,
        "helpful": referrals.helpful,
        "unhelpful": referrals.unhelpful,
        "reason": referrals.reason,
        "reason-wrong": referrals.reason,
        "reason-unclear": referrals.reason,
    }
)
"""Verb of a button to its handler."""


async def route(incoming: Incoming, context: HandlerContext) -> Outcome:
    """Hand an event to its handler; an error that a person can meet becomes a reply.

    Parameters
    ----------
    incoming
        The event, personal data masked.
    context
        What the handler may use; belongs to the asker's own district.
    """
    try:
        match incoming:
            case Question():
                words = incoming.text.split(maxsplit=1)
                handler = COMMANDS.get(words[0].lower()) if words else None
                # "help" alone asks for help; "help me with the band page" asks a question.
                if handler is not None and (words[0].startswith("/") or len(words) == 1):
                    return await handler(incoming, context)
                return await answer.answer(incoming, context)
            case Press():
                if incoming.verb not in PRESSES:
                    return Outcome(reply=problems.stale_button())
                return await PRESSES[incoming.verb](incoming, context)
    except PostwiseError as error:
        return Outcome(reply=problems.told(error))
