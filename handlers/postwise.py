"""What stands behind ``/postwise``: the registry, the filings, the cases and the precedents, in words after it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from handlers import accounts, figures, guide, overview, ruling
from handlers.context import HandlerContext
from handlers.incoming import Question
from handlers.outcome import Outcome
from knowledge.filings import NotStaffError
from knowledge.people import Standing

_Command: TypeAlias = Callable[[Question, HandlerContext], Awaitable[Outcome]]

COMMANDS: Mapping[str, _Command] = MappingProxyType(
    {
        **accounts.COMMANDS,
        "home": overview.show,
        "cases": figures.list_cases,
        "silent": figures.list_unanswered,
        "digest": figures.show_digest,
        "precedents": ruling.list_precedents,
    }
)
"""Second word of ``/postwise`` to what it does; `handlers.wording.guide` names them."""


async def command(question: Question, context: HandlerContext) -> Outcome:
    """Do what stands behind ``/postwise``; help where nothing does.

    Raises
    ------
    NotASpecialistError, NotStaffError
        As their names say.
    """
    words = question.text.lower().split()
    verb = words[1] if len(words) > 1 else "help"
    if verb not in COMMANDS:
        return await guide.what_i_can_do(question, context)
    if question.person.standing is not Standing.MEMBER:
        raise NotStaffError
    return await COMMANDS[verb](question, context)
