"""Approve, deny, ask for something, acknowledge: each once, by the right person, checked at the click and at the submit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers import cards, carrying_out, forms
from handlers.context import HandlerContext
from handlers.incoming import FormSubmission, Press, number_in
from handlers.outcome import Outcome
from handlers.telling import Telling
from handlers.wording import cards as cards_wording
from handlers.wording import filings as wording
from knowledge.filing_checks import LONGEST_NOTE_CHARACTERS
from knowledge.filings import (
    Filing,
    FilingAlreadyDecidedError,
    FilingChangedError,
    FilingForce,
    FilingKind,
    FilingNotFoundError,
    FilingState,
    Office,
    check_may_decide,
    decider,
)

if TYPE_CHECKING:
    from handlers.replies import Reply
    from knowledge.registry import Account


_ASKS_ONCE_APPROVED = frozenset({FilingKind.ADD_ADMINISTRATOR, FilingKind.HAND_OVER})
"""Kinds whose people are asked to accept only now; those of a new account were asked when it was filed."""


async def approve(press: Press, context: HandlerContext) -> Outcome:
    """Approve a filing and carry it out."""
    found = await _to_decide(press, context, force=FilingForce.APPROVAL)
    settled = await _settle(found, FilingState.APPROVED, press, context)
    telling = Telling(context)
    account = await carrying_out.account_of(settled, context)
    if account is not None:
        account = await carrying_out.carry_out(settled, account, context, telling)
    reply = wording.approved(settled, district=context.shelf.district, account=account)
    outcome = await _told(settled, account, reply, press, context, telling)
    if settled.kind not in _ASKS_ONCE_APPROVED:
        return outcome
    return replace(outcome, reminders=carrying_out.acceptance_reminder(account, context))


async def ask_to_deny(press: Press, context: HandlerContext) -> Outcome:
    """Open the form that asks for the reason."""
    found = await _to_decide(press, context, force=FilingForce.APPROVAL, may_be_asked=True)
    return Outcome(reply=cards_wording.why_denied(found), is_promised=False)


async def deny(submission: FormSubmission, context: HandlerContext) -> Outcome:
    """Deny a filing with the reason that was given."""
    found = await _to_decide(submission, context, force=FilingForce.APPROVAL, may_be_asked=True)
    reason = _said(submission)
    if not reason:
        return Outcome(reply=cards_wording.why_denied(found), is_promised=False, replaces_pressed_message=True)
    settled = await _settle(found, FilingState.DENIED, submission, context, reason=reason)
    telling = Telling(context)
    account = await carrying_out.refuse(settled, context)
    return await _told(
        settled, account, wording.denied(settled, district=context.shelf.district), submission, context, telling
    )


async def what_to_ask(press: Press, context: HandlerContext) -> Outcome:
    """Open the form that asks what is wanted of the filer."""
    found = await _to_decide(press, context, force=FilingForce.APPROVAL)
    return Outcome(reply=cards_wording.what_to_ask(found), is_promised=False)


async def ask_for(submission: FormSubmission, context: HandlerContext) -> Outcome:
    """Hand a filing back to its filer with what is missing, and open the form again for them."""
    found = await _to_decide(submission, context, force=FilingForce.APPROVAL)
    wanted = _said(submission)
    if not wanted:
        return Outcome(reply=cards_wording.what_to_ask(found), is_promised=False, replaces_pressed_message=True)
    settled = await _settle(found, FilingState.ASKED, submission, context, reason=wanted)
    telling = Telling(context)
    account = await carrying_out.account_of(settled, context)
    reopened = await forms.form_for(
        settled.kind,
        person=settled.filer,
        context=context,
        values=forms.values_of(settled.details)
        | ({"account": str(settled.account_number)} if settled.account_number else {}),
        filing=settled,
    )
    reply = wording.asked_again(settled, reopened)
    outcome = await _told(settled, account, reply, submission, context, telling, only_filer=True)
    return Outcome(
        reply=outcome.reply,
        replaces_pressed_message=outcome.replaces_pressed_message,
        posts=outcome.posts,
        reminders=(cards.next_reminder(settled, context),),
        cancelled=outcome.cancelled,
    )


async def acknowledge(press: Press, context: HandlerContext) -> Outcome:
    """Say that a notice was seen."""
    found = await _to_decide(press, context, force=FilingForce.NOTICE)
    settled = await _settle(found, FilingState.ACKNOWLEDGED, press, context)
    account = await carrying_out.account_of(settled, context)
    reply = wording.acknowledged(settled, district=context.shelf.district)
    return await _told(settled, account, reply, press, context, Telling(context))


async def _to_decide(
    incoming: Press | FormSubmission, context: HandlerContext, *, force: FilingForce, may_be_asked: bool = False
) -> Filing:
    """Return the filing that a card is about, where this person may decide it and it is as the card shows it.

    Raises
    ------
    FilingNotFoundError, NotTheDeciderError, OwnFilingError, FilingAlreadyDecidedError, FilingChangedError
        As their names say.
    """
    number, _, revision = incoming.value.partition(".")
    filing_number = number_in(number)
    if filing_number is None:
        raise FilingNotFoundError(0)
    district = context.shelf.district
    found = await context.unit.filings.get(district_id=district.id, number=filing_number)
    # Whoever may see a card of a notice may say that they saw it; approving is the clause's office alone.
    office = decider(found, district.rule(found.kind)) if found.force is FilingForce.APPROVAL else Office.SPECIALIST
    check_may_decide(found, incoming.person, district.roles_of(incoming.person), office)
    if found.state is not FilingState.WAITING and not (may_be_asked and found.state is FilingState.ASKED):
        raise FilingAlreadyDecidedError(found)
    # A card of ours never offers to approve a notice: such a press is of another card.
    if str(found.revision) != revision or found.force is not force:
        raise FilingChangedError(found)
    return found


async def _settle(
    found: Filing,
    state: FilingState,
    incoming: Press | FormSubmission,
    context: HandlerContext,
    *,
    reason: str = "",
) -> Filing:
    now = context.clock.now()
    settled = await context.unit.filings.settle(found, state=state, by=incoming.person, at=now, reason=reason)
    await context.unit.history.write(
        district_id=found.district_id,
        at=now,
        who=incoming.person,
        what=state.value,
        subject=found.subject,
        before={"state": found.state.value, "revision": found.revision},
        after={
            "state": settled.state.value,
            "revision": settled.revision,
            "guideline_version": found.guideline_version,
        },
    )
    return settled


async def _told(  # noqa: PLR0917 - the last step of each decision
    settled: Filing,
    account: Account | None,
    reply_to_filer: Reply,
    incoming: Press | FormSubmission,
    context: HandlerContext,
    telling: Telling,
    *,
    only_filer: bool = False,
) -> Outcome:
    """Tell everybody whom a step concerns, and redraw the card."""
    district = context.shelf.district
    cards.show_card(settled, account, context, telling)
    if not await telling.person(settled.filer, reply_to_filer):
        telling.channel(cards_wording.filer_not_told(settled))
    if not only_filer:
        await cards.tell_others(settled, account, context, telling)
    # In the channel the card itself says it; whoever decided elsewhere is told there.
    is_in_channel = incoming.conversation == context.channel
    return Outcome(
        reply=None if is_in_channel else wording.done_in_channel(settled, district=district),
        replaces_pressed_message=not is_in_channel,
        posts=telling.posts,
        cancelled=(settled.subject,),
    )


def _said(submission: FormSubmission) -> str:
    return submission.fields.get("note", "").strip()[:LONGEST_NOTE_CHARACTERS]
