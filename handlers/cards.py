"""The card of a filing, whom it is put before, and who is told how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from handlers import carrying_out
from handlers.context import HandlerContext
from handlers.outcome import Reminder
from handlers.telling import Telling
from handlers.wording import cards as wording
from handlers.wording import filings
from handlers.wording.clauses import quote_of
from knowledge.calendar import Calendar
from knowledge.filing_checks import platform_problem
from knowledge.filings import Filing, FilingForce, FilingKind, FilingState, Office, decider
from knowledge.registry import POSTWISE, Account

if TYPE_CHECKING:
    from handlers.replies import ClauseQuote, Reply

SCHOOL_DAYS_BETWEEN_REMINDERS = 2
"""How often those who decide are reminded of a filing that waits, in school days. Our own figure."""

SCHOOL_DAYS_BETWEEN_REMINDERS_OF_NOTICES = 5
"""The same for a notice that nobody has acknowledged: nothing waits for it. Our own figure."""


async def tell_others(filing: Filing, account: Account | None, context: HandlerContext, telling: Telling) -> None:
    """Tell the administrators, and the offices that the clause wants told, how far a filing has come."""
    district = context.shelf.district
    step = filings.step_for_others(filing, district=district)
    if account is not None:
        await carrying_out.tell_administrators(account, step, telling, but=filing.filer)
    for office in district.rule(filing.kind).tells:
        for email in await carrying_out.people_of_office(office, None, filing.details.supervisor, context):
            await telling.email(email, step)


def show_card(
    filing: Filing,
    account: Account | None,
    context: HandlerContext,
    telling: Telling,
    *,
    likely: Sequence[Account] = (),
) -> None:
    """Draw the filing's card in the specialist channel, or draw it anew in its place."""
    telling.channel(_card(filing, account, context, likely=likely), card=filing.subject)


def _card(
    filing: Filing,
    account: Account | None,
    context: HandlerContext,
    *,
    likely: Sequence[Account] = (),
    is_of_channel: bool = True,
) -> Reply:
    shelf = context.shelf
    return wording.card(
        filing,
        district=shelf.district,
        account=account,
        quote=quote_of(filing.clause_id, shelf.guideline, shelf.document),
        likely=likely,
        platform_quote=platform_quote(filing, context),
        is_of_channel=is_of_channel,
    )


def platform_quote(filing: Filing, context: HandlerContext) -> ClauseQuote | None:
    """Quote the clause against the platform of an account that is there already; None where nothing stands against it."""
    if filing.kind is not FilingKind.REGISTER:
        return None
    against = platform_problem(filing.details.platform, context.shelf.district)
    return quote_of(against.clause_id, context.shelf.guideline, context.shelf.document) if against else None


def next_reminder(filing: Filing, context: HandlerContext, *, count: int = 1) -> Reminder:
    """Return the reminder of a filing that waits, on a school day in working hours."""
    is_approval = filing.force is FilingForce.APPROVAL
    return Reminder(
        key=f"{filing.subject}/{filing.revision}/{count}",
        verb="filing-waits",
        value=f"{filing.number}.{filing.revision}.{count}",
        subject=filing.subject,
        due_at=Calendar(context.shelf.district.hours).next_moment(
            context.clock.now(),
            school_days=SCHOOL_DAYS_BETWEEN_REMINDERS if is_approval else SCHOOL_DAYS_BETWEEN_REMINDERS_OF_NOTICES,
        ),
    )


async def put_before_decider(
    filing: Filing, account: Account | None, context: HandlerContext, telling: Telling, *, again: bool = False
) -> Office | None:
    """Put the card before who decides in their own direct message, where that is not the specialist.

    Parameters
    ----------
    again
        True to say it anew instead of drawing the card in its place: a reminder has to be noticed.

    Returns
    -------
    Office | None
        The office, where nobody who holds it can be written to.
    """
    if filing.force is not FilingForce.APPROVAL or filing.state is not FilingState.WAITING:
        return None
    office = decider(filing, context.shelf.district.rule(filing.kind))
    if office is Office.SPECIALIST:
        return None
    card = _card(filing, account, context, is_of_channel=False)
    is_reached = False
    for email in await carrying_out.people_of_office(office, filing.details.principal, None, context):
        is_reached = await telling.email(email, card, card="" if again else filing.subject) or is_reached
    if is_reached and not again:
        await context.unit.history.write(
            district_id=filing.district_id,
            at=context.clock.now(),
            who=POSTWISE,
            what=_PUT_BEFORE,
            subject=filing.subject,
            after={"revision": filing.revision},
        )
    return None if is_reached else office


async def was_put_before_decider(filing: Filing, context: HandlerContext) -> bool:
    """Tell whether whoever decides a filing has it before them as it is now."""
    lines = await context.unit.history.of(district_id=filing.district_id, subject=filing.subject)
    return any(line.what == _PUT_BEFORE and line.after == {"revision": filing.revision} for line in lines)


_PUT_BEFORE = "put before who decides"


async def tell_offices(
    filing: Filing, context: HandlerContext, telling: Telling
) -> tuple[Sequence[Office], Sequence[Office]]:
    """Tell whom the clause wants told.

    Returns
    -------
    tuple
        The offices that were told, and those that nobody can be written to of.
    """
    shelf = context.shelf
    told: list[Office] = []
    not_told: list[Office] = []
    for office in shelf.district.rule(filing.kind).tells:
        quote = quote_of(filing.clause_id, shelf.guideline, shelf.document)
        notice = filings.notice_to(filing, office, district=shelf.district, quote=quote)
        is_reached = False
        for email in await carrying_out.people_of_office(office, None, filing.details.supervisor, context):
            is_reached = await telling.email(email, notice) or is_reached
        (told if is_reached else not_told).append(office)
    return told, not_told
