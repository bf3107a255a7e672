"""The card of a filing, whom it is put before, and who is told how far it has come."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import carrying_out
from handlers.context import HandlerContext
from handlers.outcome import Reminder
from handlers.telling import Telling
from handlers.wording import cards as wording
from handlers.wording import filings
from handlers.wording.clauses import quote_of
from handlers.wording.names import office_name
from knowledge.calendar import Calendar
from knowledge.filings import Filing, FilingForce, decider
from knowledge.registry import Account

SCHOOL_DAYS_BETWEEN_REMINDERS = 2
"""How often those who decide are reminded of a filing that waits, in school days. Our own figure."""


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
    shelf = context.shelf
    telling.channel(
        wording.card(
            filing,
            district=shelf.district,
            account=account,
            quote=quote_of(filing.clause_id, shelf.guideline, shelf.document),
            likely=likely,
        ),
        card=filing.subject,
    )


def next_reminder(filing: Filing, context: HandlerContext, *, count: int = 1) -> Reminder:
    """Return the reminder of a filing that waits, on a school day in working hours."""
    return Reminder(
        key=f"{filing.subject}/{filing.revision}/{count}",
        verb="filing-waits",
        value=f"{filing.number}.{filing.revision}.{count}",
        subject=filing.subject,
        due_at=Calendar(context.shelf.district.hours).next_moment(
            context.clock.now(), school_days=SCHOOL_DAYS_BETWEEN_REMINDERS
        ),
    )


async def ask_the_decider(filing: Filing, account: Account | None, context: HandlerContext, telling: Telling) -> None:
    """Put the card before a principal in their own direct message, where the clause lets the principal decide."""
    principal = filing.details.principal
    if filing.force is not FilingForce.APPROVAL or not filing.state.is_open:
        return
    shelf = context.shelf
    office = decider(filing, shelf.district.rule(filing.kind))
    card = wording.card(
        filing,
        district=shelf.district,
        account=account,
        quote=quote_of(filing.clause_id, shelf.guideline, shelf.document),
        is_of_channel=False,
    )
    for email in await carrying_out.people_of_office(office, principal, None, context):
        await telling.email(email, card, card=filing.subject)


async def tell_offices(filing: Filing, context: HandlerContext, telling: Telling) -> list[str]:
    """Tell whom the clause wants told; return those who cannot be written to."""
    shelf = context.shelf
    not_told = []
    for office in shelf.district.rule(filing.kind).tells:
        quote = quote_of(filing.clause_id, shelf.guideline, shelf.document)
        notice = filings.notice_to(filing, office, district=shelf.district, quote=quote)
        reached = False
        for email in await carrying_out.people_of_office(office, None, filing.details.supervisor, context):
            reached = await telling.email(email, notice) or reached
        if not reached:
            not_told.append(office_name(office, shelf.district))
    return not_told
