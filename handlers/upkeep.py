"""What happens to filings and accounts when nobody presses anything: reminders, people who leave, the daily look."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from handlers import cards, carrying_out, forms
from handlers.context import HandlerContext
from handlers.outcome import Outcome, Reminder
from handlers.telling import Telling
from handlers.wording import acceptances, accounts
from handlers.wording import cards as cards_wording
from handlers.wording import filings as wording
from handlers.wording.clauses import quote_of
from knowledge.calendar import Calendar
from knowledge.district import District
from knowledge.filings import Filing, FilingState
from knowledge.guidelines import Guideline
from knowledge.people import Person
from knowledge.registry import (
    CONFIRM_EVERY,
    POSTWISE,
    SCHOOL_DAYS_TO_CONFIRM,
    Account,
    AccountStatus,
    AdministratorState,
    Task,
    TaskKind,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_ASKED_A_DAY = 50
"""Most accounts whose administrators are asked to confirm on one day, so that a new guideline does not flood a district."""


async def filing_waits(reminder: Reminder, context: HandlerContext) -> Outcome:
    """Remind those who decide, or the filer, of a filing that still waits; nothing where it does not."""
    number, revision, count = (int(part) for part in reminder.value.split("."))
    found = await context.unit.filings.get(district_id=context.shelf.district.id, number=number)
    if not found.state.is_open or found.revision != revision:
        return Outcome(reply=None)
    telling = Telling(context)
    if found.state is FilingState.ASKED:
        reopened = await forms.form_for(
            found.kind, person=found.filer, context=context, values=_values(found), filing=found
        )
        if not await telling.person(found.filer, wording.asked_again(found, reopened)):
            telling.channel(cards_wording.filer_is_gone(found, district=context.shelf.district))
    else:
        account = await carrying_out.account_of(found, context)
        absent = await cards.put_before_decider(found, account, context, telling, again=True)
        telling.channel(cards_wording.still_waiting(found, district=context.shelf.district, absent=absent))
    return Outcome(
        reply=None,
        posts=telling.posts,
        reminders=(cards.next_reminder(found, context, count=count + 1),),
    )


def _values(found: Filing) -> dict[str, str]:
    account = {"account": str(found.account_number)} if found.account_number else {}
    return forms.values_of(found.details) | account


async def acceptance_waits(reminder: Reminder, context: HandlerContext) -> Outcome:
    """Tell the filer who has not answered; a live account without enough is marked."""
    district = context.shelf.district
    account = await context.unit.registry.get(district_id=district.id, number=int(reminder.value))
    silent = tuple(
        person for person in account.named if person.state in {AdministratorState.ASKED, AdministratorState.UNREACHABLE}
    )
    if not account.status.is_current or not silent:
        return Outcome(reply=None)
    telling = Telling(context)
    filings = await context.unit.filings.on_account(district_id=district.id, account_number=account.number)
    for found in filings[-1:]:
        await telling.person(found.filer, acceptances.no_answer(account, silent, district=district))
    await carrying_out.check_minimum(account, context, telling, why="")
    return Outcome(reply=None, posts=telling.posts)


async def person_left(person: Person, context: HandlerContext) -> Outcome:
    """Take a person who left off every account, and tell the others and the specialist."""
    telling = Telling(context)
    await leave_everywhere(person.email, person, context, telling)
    return Outcome(reply=None, posts=telling.posts)


async def leave_everywhere(email: str, by: Person, context: HandlerContext, telling: Telling) -> Sequence[Account]:
    """Take the person of an e-mail address off every account; return the accounts."""
    if not email:
        return ()
    found = await context.unit.registry.of_person(district_id=context.shelf.district.id, email=email)
    for each in found:
        person = each.administrator(email)
        account = await carrying_out.end_administrator(each, email, AdministratorState.LEFT, by, context)
        if person is None:
            continue
        await carrying_out.tell_administrators(account, accounts.left(account, person), telling)
        await carrying_out.check_minimum(account, context, telling, why=accounts.why_gone(person))
    return found


async def look_daily(reminder: Reminder, context: HandlerContext) -> Outcome:
    """Look at every account once a school day: who has to confirm, what is overdue; and come back the next day."""
    telling = Telling(context)
    shelf = context.shelf
    now = context.clock.now()
    current = await context.unit.registry.current(district_id=shelf.district.id)
    by_number = {account.number: account for account in current}
    tasks = await context.unit.registry.open_tasks(district_id=shelf.district.id)
    await _look_at_tasks(tasks, by_number, context, telling)
    has_task = {task.account_number for task in tasks if task.kind in {TaskKind.CONFIRM, TaskKind.PERHAPS_ABANDONED}}
    asked = 0
    versions: dict[int, Guideline | None] = {}
    for account in current:
        if account.status is not AccountStatus.LIVE:
            continue
        await _look_at_minimum(account, context, telling)
        if account.number in has_task or asked >= MOST_ASKED_A_DAY:
            continue
        why = await _why_confirm(account, now, context, versions)
        if why:
            asked += 1
            await _ask_to_confirm(account, why, context, telling)
    return Outcome(reply=None, posts=telling.posts, reminders=(next_look(context, after=max(now, reminder.due_at)),))


async def give_next_steps(context: HandlerContext) -> Outcome:
    """Give every open filing a reminder that has none, and the district its daily look; the audit calls it.

    A reminder that is written already is not written twice: its key says which it is.
    """
    waiting = await context.unit.filings.without_next_step(district_id=context.shelf.district.id)
    now = context.clock.now()
    # Counted by the minute: the lost reminder's own key is spent, even where nothing came of it.
    lost = tuple(cards.next_reminder(found, context, count=int(now.timestamp()) // 60) for found in waiting)
    return Outcome(reply=None, reminders=(*lost, next_look(context, after=now)))


async def _look_at_minimum(account: Account, context: HandlerContext, telling: Telling) -> None:
    """Mark a live account that has too few, once nobody who was asked lately may still answer."""
    calendar, now = Calendar(context.shelf.district.hours), context.clock.now()
    if not account.is_below(context.shelf.district.minimum_administrators):
        return
    asked = [person.asked_at for person in account.named if person.state is AdministratorState.ASKED]
    if not any(calendar.next_moment(at, school_days=carrying_out.SCHOOL_DAYS_TO_ACCEPT) > now for at in asked):
        await carrying_out.check_minimum(account, context, telling, why="")


def next_look(context: HandlerContext, *, after: datetime) -> Reminder:
    """Return the daily look of the next school day; each day has one, however often it is written."""
    hours = context.shelf.district.hours
    calendar = Calendar(hours)
    day = calendar.school_day_after(after.astimezone(hours.zone).date(), school_days=1)
    due_at = calendar.opens_at(day)
    return Reminder(
        key=f"registry/look/{day.isoformat()}", verb="look-daily", value="", subject="registry/look", due_at=due_at
    )


async def _why_confirm(
    account: Account, now: datetime, context: HandlerContext, versions: dict[int, Guideline | None]
) -> str:
    """Say why an account has to be confirmed now; empty where it has not."""
    shelf = context.shelf
    if account.guideline_version != shelf.guideline.version:
        if account.guideline_version not in versions:
            versions[account.guideline_version] = await context.unit.guidelines.version(
                shelf.district.id, account.guideline_version
            )
        before = versions[account.guideline_version]
        if before is None or has_relevant_change(before, shelf.guideline, shelf.district):
            return acceptances.GUIDELINES_CHANGED
    if now - (account.confirmed_at or account.created_at) >= CONFIRM_EVERY:
        return acceptances.YEARLY
    return ""


def has_relevant_change(before: Guideline, after: Guideline, district: District) -> bool:
    """Tell whether a clause that filings or their checks rest on reads otherwise, or is gone, in a newer version."""
    wanted = {
        district.clause_id(number)
        for setting, number in district.named_clauses.items()
        if setting.startswith(("filings.", "checks."))
    }

    def said(guideline: Guideline) -> dict[str, tuple[str | None, str]]:
        return {clause.id: (clause.lead_in, clause.text) for clause in guideline.clauses if clause.id in wanted}

    return said(before) != said(after)


async def _ask_to_confirm(account: Account, why: str, context: HandlerContext, telling: Telling) -> None:
    shelf, now = context.shelf, context.clock.now()
    due = Calendar(shelf.district.hours).next_moment(now, school_days=SCHOOL_DAYS_TO_CONFIRM)
    due_on = due.astimezone(shelf.district.hours.zone).date()
    await context.unit.registry.open_task(account, TaskKind.CONFIRM, at=now, due_on=due_on)
    await carrying_out.note(account, POSTWISE, "asked to confirm", context, after={"due_on": due_on.isoformat()})
    reply = acceptances.asks_confirmation(account, district=shelf.district, why=why)
    for person in account.accepted:
        await telling.email(person.email, reply, card=f"{account.subject}/confirm/{due_on.isoformat()}")


async def _look_at_tasks(
    tasks: Sequence[Task], by_number: Mapping[int, Account], context: HandlerContext, telling: Telling
) -> None:
    """Flag what was not confirmed in time, and bring up again what was not mended."""
    shelf, now = context.shelf, context.clock.now()
    today = now.astimezone(shelf.district.hours.zone).date()
    for task in tasks:
        account = by_number.get(task.account_number)
        if account is None or task.due_on > today:
            continue
        if task.kind is TaskKind.CONFIRM:
            await context.unit.registry.close_task(account, TaskKind.CONFIRM, at=now)
            await context.unit.registry.open_task(account, TaskKind.PERHAPS_ABANDONED, at=now, due_on=today)
            await carrying_out.note(account, POSTWISE, "perhaps abandoned", context)
            telling.channel(accounts.perhaps_abandoned(account))
        elif task.kind is TaskKind.SEND_ADDRESS:
            await _ask_for_address(account, task, context, telling)
        elif task.kind is TaskKind.BELOW_MINIMUM and (today - task.due_on).days % 7 == 0:
            quote = quote_of(
                shelf.district.clause_id(shelf.district.checks.minimum_administrators), shelf.guideline, shelf.document
            )
            reply = accounts.below_minimum(
                account, district=shelf.district, quote=quote, why="", due_on=task.due_on, is_again=True
            )
            telling.channel(reply)
            await carrying_out.tell_administrators(account, reply, telling)


async def _ask_for_address(account: Account, task: Task, context: HandlerContext, telling: Telling) -> None:
    """Ask the filer of an account that may exist by now where it is, once a week; close the task once it is known."""
    district = context.shelf.district
    if account.status not in {AccountStatus.APPROVED, AccountStatus.ANNOUNCED}:
        if await context.unit.registry.close_task(account, TaskKind.SEND_ADDRESS, at=context.clock.now()):
            await carrying_out.note(account, POSTWISE, "address not asked for any more", context)
        return
    today = context.clock.now().astimezone(district.hours.zone).date()
    if (today - task.due_on).days % 7:
        return
    filings = await context.unit.filings.on_account(district_id=district.id, account_number=account.number)
    for found in filings[:1]:
        await telling.person(found.filer, acceptances.asks_address(account))
