"""Which handler a message, a command, a button, a form or a reminder goes to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from rapidfuzz import process

from handlers import (
    accepting,
    accounts,
    answer,
    case_watch,
    casework,
    check,
    deciding,
    escalating,
    feedback,
    figures,
    filing,
    forms,
    guide,
    opening,
    postwise,
    relaying,
    ruling,
    upkeep,
)
from handlers.context import Finish, HandlerContext, ReadingContext
from handlers.incoming import FormSubmission, Incoming, Press, Question, ThreadMessage
from handlers.outcome import ARRIVED, Outcome, Reminder
from handlers.wording import problems
from knowledge.errors import PostwiseError

QuestionHandler: TypeAlias = Callable[[Question, HandlerContext], Awaitable[Outcome]]
PressHandler: TypeAlias = Callable[[Press, HandlerContext], Awaitable[Outcome]]
FormHandler: TypeAlias = Callable[[FormSubmission, HandlerContext], Awaitable[Outcome]]
ReminderHandler: TypeAlias = Callable[[Reminder, HandlerContext], Awaitable[Outcome]]
AuditHandler: TypeAlias = Callable[[HandlerContext], Awaitable[Outcome]]
QuestionConsidered: TypeAlias = Callable[[Question, ReadingContext], Awaitable[Finish]]
PressConsidered: TypeAlias = Callable[[Press, ReadingContext], Awaitable[Finish]]

COMMANDS: Mapping[str, QuestionHandler] = MappingProxyType(
    {
        "help": guide.what_i_can_do,
        "/help": guide.what_i_can_do,
        "/postwise": postwise.command,
        "postwise": postwise.command,
        "/escalate": escalating.command,
        "escalate": escalating.command,
        "/newaccount": opening.new_account,
        "newaccount": opening.new_account,
        "/new": opening.new_account,
        "/addadmin": opening.add_administrator,
        "addadmin": opening.add_administrator,
    }
)
"""First word of a message to the handler of that command."""

PRESSES: Mapping[str, PressHandler] = MappingProxyType(
    {
        "refer": escalating.refer,
        "escalate": escalating.send,
        "escalate-urgent": escalating.send_as_urgent,
        "escalate-same": escalating.send_same,
        "escalate-another": escalating.send_another,
        "escalate-edit": escalating.edit,
        "escalate-cancel": escalating.cancel,
        "case-add": escalating.add,
        "case-mistake": escalating.mistaken,
        "case-claim": casework.claim,
        "case-unclaim": casework.unclaim,
        "case-still": casework.still,
        "case-hand-over": casework.open_hand_over,
        "case-take-over": casework.open_take_over,
        "case-note": casework.open_note,
        "case-resolve": casework.open_resolve,
        "case-reopen": casework.reopen,
        "case-join": casework.join,
        "case-timeline": casework.timeline,
        "precedent": ruling.open_form,
        "precedent-withdraw": ruling.withdraw,
        "contact": feedback.contact,
        "helpful": feedback.helpful,
        "unhelpful": feedback.unhelpful,
        "reason": feedback.reason,
        "reason-wrong": feedback.reason,
        "reason-unclear": feedback.reason,
        "open": forms.open_form,
        "withdraw": filing.withdraw,
        "approve": deciding.approve,
        "deny": deciding.ask_to_deny,
        "ask-for": deciding.what_to_ask,
        "acknowledge": deciding.acknowledge,
        "accept": accepting.accept,
        "decline": accepting.decline,
        "confirm": accepting.confirm,
        "not-mine": accepting.not_mine,
        "send-address": accepting.open_address,
        "export": accounts.export,
        "mine": accounts.my_accounts,
        "left": accounts.ask_who_left,
    }
)
"""Verb of a button to its handler."""

FORMS: Mapping[str, FormHandler] = MappingProxyType(
    {
        "file": filing.file,
        "escalate": escalating.submit,
        "case-hand-over": casework.hand_over,
        "case-take-over": casework.take_over,
        "case-note": casework.add_note,
        "case-resolve": casework.resolve,
        "precedent": ruling.save,
        "deny": deciding.deny,
        "ask-for": deciding.ask_for,
        "send-address": accepting.send_address,
        "left": accounts.record_left,
    }
)
"""Verb of a form to the handler of what was filled in."""

REMINDERS: Mapping[str, ReminderHandler] = MappingProxyType(
    {
        "filing-waits": upkeep.filing_waits,
        "acceptance-waits": upkeep.acceptance_waits,
        "look-daily": upkeep.look_daily,
        "case-unclaimed": case_watch.unclaimed,
        "case-forgotten": case_watch.forgotten,
        "digest-weekly": figures.digest,
        ARRIVED: relaying.arrived,
    }
)
"""Verb of a reminder to the handler that looks again."""

AUDITS: tuple[AuditHandler, ...] = (
    upkeep.give_next_steps,
    case_watch.give_next_steps,
    figures.plan_digest,
)
"""What gives a next step to whatever has none, at the start and at each audit of a district; mostly by a reminder."""

CONSIDERED_PRESSES: Mapping[str, PressConsidered] = MappingProxyType({"said": check.said})
"""Verb of a button to its handler, where that needs the model."""


class ReminderNotKnownError(PostwiseError):
    """No handler looks again at what this reminder is about; it was written by another version."""

    def __init__(self, verb: str) -> None:
        super().__init__(verb)
        self.verb = verb


person_left = upkeep.person_left
"""Takes a person off every account, as their platform says that they left."""

raise_unread = escalating.raise_unread
"""Opens a case for a message that tells of danger where the answer to it could not be found."""

welcome = accepting.welcome
"""Asks somebody who writes what they could not be asked before."""


def needs_model(incoming: Incoming) -> bool:
    """Tell whether an event is considered behind its acknowledgement; everything else is done before it."""
    match incoming:
        case Question():
            return _command_of(incoming) not in COMMANDS
        case Press():
            return incoming.verb in CONSIDERED_PRESSES
        case FormSubmission() | ThreadMessage():
            return False


async def route(incoming: Incoming, context: HandlerContext) -> Outcome:
    """Hand an event that touches only the database to its handler.

    Parameters
    ----------
    incoming
        The event, personal data masked; one that does not need the model.
    context
        What the handler may use; belongs to the person's own district.

    Raises
    ------
    PostwiseError
        Raised if what was asked for cannot be done, for a reason that a person is told.
    """
    match incoming:
        case Question():
            return await COMMANDS[_command_of(incoming)](incoming, context)
        case Press():
            pressed = PRESSES.get(incoming.verb)
            return await pressed(incoming, context) if pressed else Outcome(reply=problems.stale_button())
        case FormSubmission():
            filled_in = FORMS.get(incoming.verb)
            return await filled_in(incoming, context) if filled_in else Outcome(reply=problems.stale_button())
        case ThreadMessage():
            return await relaying.said(incoming, context)


async def consider(incoming: Question | Press, context: ReadingContext) -> Finish:
    """Hand an event that needs the model to its handler.

    Returns
    -------
    Finish
        What keeps the answer, in a transaction that is yet to be opened.

    Raises
    ------
    PostwiseError
        Raised if what was asked for cannot be done, for a reason that a person is told.
    """
    match incoming:
        case Question():
            return await answer.answer(incoming, context)
        case Press():
            return await CONSIDERED_PRESSES[incoming.verb](incoming, context)


async def remind(reminder: Reminder, context: HandlerContext) -> Outcome:
    """Look again at what a reminder is about. Its outcome has no reply: nobody is waiting for one.

    Raises
    ------
    ReminderNotKnownError
        Raised if no handler is there for it.
    """
    if reminder.verb not in REMINDERS:
        raise ReminderNotKnownError(reminder.verb)
    return await REMINDERS[reminder.verb](reminder, context)


def _command_of(question: Question) -> str:
    """Return the command that a message is, or an empty text: "help" asks for help, "help me with the page" a question.

    On a platform where a slash means something else, or that has none, the two names do without it.
    """
    words = question.text.split(maxsplit=1)
    if not words:
        return ""
    first = words[0].lower()
    if first.startswith("/") and first not in COMMANDS:
        close = process.extractOne(first, [name for name in COMMANDS if len(name) > 5], score_cutoff=85)
        return close[0] if close else first
    is_command = first.startswith("/") or len(words) == 1 or first in {"newaccount", "addadmin"}
    return first if is_command else ""
