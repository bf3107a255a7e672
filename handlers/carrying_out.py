"""What a filing does to the registry: accounts entered, changed and closed, administrators asked and taken off.

Every change is written into the history, with what it was before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.outcome import Reminder
from handlers.wording import acceptances, accounts
from handlers.wording.clauses import quote_of
from knowledge.calendar import Calendar
from knowledge.filings import (
    NEW_IN_REGISTRY,
    Details,
    Filing,
    FilingChangedError,
    FilingForce,
    FilingKind,
    NamedPerson,
    Office,
)
from knowledge.people import Person, Role, same_email
from knowledge.registry import (
    POSTWISE,
    SCHOOL_DAYS_TO_MEND,
    SCHOOL_DAYS_TO_SEND_ADDRESS,
    Account,
    AccountStatus,
    Administrator,
    AdministratorState,
    TaskKind,
)

if TYPE_CHECKING:
    from handlers.context import HandlerContext
    from handlers.replies import Reply
    from handlers.telling import Telling

SCHOOL_DAYS_TO_ACCEPT = 3
"""How long a named administrator has before the filer is told that no answer came, in school days. Our own figure."""

_ROLE_OF_OFFICE = {
    Office.INFORMATION_TECHNOLOGY: Role.INFORMATION_TECHNOLOGY,
    Office.ADMIN_SERVICES: Role.ADMIN_SERVICES,
}


async def enter(
    kind: FilingKind, details: Details, *, force: FilingForce, context: HandlerContext, by: Person
) -> Account:
    """Enter a new or an existing account into the registry, with nobody in charge of it yet.

    Raises
    ------
    AccountAlreadyRegisteredError
        Raised if another account of the district has the same address.
    """
    now = context.clock.now()
    is_there = kind is FilingKind.REGISTER
    status = AccountStatus.LIVE if is_there else AccountStatus.ANNOUNCED
    if force is FilingForce.APPROVAL:
        status = AccountStatus.REQUESTED
    account = await context.unit.registry.add(
        Account(
            district_id=context.shelf.district.id,
            number=0,
            platform=details.platform,
            handle=details.handle,
            address_key=details.address_key or None if is_there else None,
            organization=details.organization,
            status=status,
            guideline_version=context.shelf.guideline.version,
            created_at=now,
            changed_at=now,
            confirmed_at=now if is_there else None,
        )
    )
    if status is AccountStatus.ANNOUNCED:
        await open_address_task(account, context)
    await context.unit.history.write(
        district_id=account.district_id,
        at=now,
        who=by,
        what="entered",
        subject=account.subject,
        after=_values(account),
    )
    return account


async def open_address_task(account: Account, context: HandlerContext) -> None:
    """Remember that the address of an account that may exist now is still to come."""
    hours, now = context.shelf.district.hours, context.clock.now()
    due = Calendar(hours).next_moment(now, school_days=SCHOOL_DAYS_TO_SEND_ADDRESS).astimezone(hours.zone).date()
    await context.unit.registry.open_task(account, TaskKind.SEND_ADDRESS, at=now, due_on=due)


async def account_of(filing: Filing, context: HandlerContext) -> Account | None:
    """Return the account that a filing is about; None for a logo."""
    if filing.account_number is None:
        return None
    return await context.unit.registry.get(district_id=filing.district_id, number=filing.account_number)


async def ask_to_accept(
    account: Account, people: Iterable[NamedPerson], filing: Filing, context: HandlerContext, telling: Telling
) -> Account:
    """Name administrators and ask each to accept; whoever named themselves has accepted by that."""
    now = context.clock.now()
    shelf = context.shelf
    for person in people:
        known = account.administrator(person.email)
        if known is not None and known.state is AdministratorState.ACCEPTED:
            continue  # said yes already
        asked = acceptances.asked(
            account,
            filing,
            quote=quote_of(
                shelf.district.clause_id(shelf.district.checks.minimum_administrators), shelf.guideline, shelf.document
            ),
        )
        if filing.filer.email and same_email(person.email) == same_email(filing.filer.email):
            state = AdministratorState.ACCEPTED
        elif await telling.email(person.email, asked, card=f"{account.subject}/acceptance/{filing.number}"):
            state = AdministratorState.ASKED
        else:
            state = AdministratorState.UNREACHABLE
        named = Administrator(
            name=person.name,
            email=person.email,
            state=state,
            asked_at=now,
            changed_at=now,
            confirmed_at=now if state is AdministratorState.ACCEPTED else None,
        )
        await context.unit.registry.put_administrator(account, named)
        await note(
            account, filing.filer, "administrator named", context, after={"email": person.email, "state": state.value}
        )
    return await reread(account, context)


async def amend(account: Account, filing: Filing, context: HandlerContext, telling: Telling) -> Account:
    """Bring an account that still waits for approval in line with its mended filing."""
    details = filing.details
    changed = replace(
        account,
        platform=details.platform,
        handle=details.handle,
        address_key=details.address_key or None if filing.kind is FilingKind.REGISTER else None,
        organization=details.organization,
    )
    if changed != account:
        await context.unit.registry.change(changed, at=context.clock.now())
        await note(account, filing.filer, "amended", context, before=_values(account), after=_values(changed))
    wanted = {same_email(person.email) for person in details.administrators}
    for person in account.named:
        if same_email(person.email) not in wanted:
            await _leave(account, person, AdministratorState.REMOVED, filing.filer, context)
    known = {same_email(person.email) for person in account.named}
    new = [person for person in details.administrators if same_email(person.email) not in known]
    return await ask_to_accept(changed, new, filing, context, telling)


async def carry_out(  # noqa: C901, PLR0911 - one branch for each kind
    filing: Filing, account: Account, context: HandlerContext, telling: Telling
) -> Account:
    """Do to the registry what a filing says, once nothing stands before it any more."""
    match filing.kind:
        case FilingKind.NEW_ACCOUNT | FilingKind.REGISTER if account.status is not AccountStatus.REQUESTED:
            raise FilingChangedError(filing)
        case FilingKind.NEW_ACCOUNT:
            await open_address_task(account, context)
            return await _set_status(account, AccountStatus.APPROVED, filing, context)
        case FilingKind.REGISTER:
            live = await _go_live(account, filing, context)
            # Those who were asked may still answer; where nobody is left to, what there is, is all.
            return live if acceptance_reminder(live, context) else await check_minimum(live, context, telling, why="")
        case FilingKind.ADD_ADMINISTRATOR:
            asked = await ask_to_accept(account, filing.details.administrators, filing, context, telling)
            if asked.is_below(context.shelf.district.minimum_administrators):
                return asked  # as before, or until those who were asked have answered
            return await check_minimum(asked, context, telling, why="")
        case FilingKind.HAND_OVER:
            asked = await ask_to_accept(account, filing.details.administrators, filing, context, telling)
            return await relinquish(asked, filing, context, telling)
        case FilingKind.REMOVE_ADMINISTRATOR:
            return await _remove(account, filing, context, telling)
        case FilingKind.RENAME:
            return await _rename(account, filing, context, telling)
        case FilingKind.CLOSE:
            closed = await _set_status(account, AccountStatus.CLOSED, filing, context)
            for kind in TaskKind:
                await context.unit.registry.close_task(closed, kind, at=context.clock.now())
            await tell_administrators(closed, accounts.closed(closed, filing), telling, but=filing.filer)
            return closed
        case FilingKind.ASKED_TO_REMOVE:
            asked = await _set_status(account, AccountStatus.ASKED_TO_REMOVE, filing, context)
            shelf = context.shelf
            quote = quote_of(filing.clause_id, shelf.guideline, shelf.document)
            reply = accounts.asked_to_remove(asked, district=shelf.district, quote=quote)
            await tell_administrators(asked, reply, telling, but=filing.filer)
            return asked
        case FilingKind.LOGO:
            return account


async def refuse(filing: Filing, context: HandlerContext) -> Account | None:
    """Take an account off again whose filing was denied or withdrawn before anything was done."""
    account = await account_of(filing, context)
    if account is None or filing.kind not in NEW_IN_REGISTRY or account.status is not AccountStatus.REQUESTED:
        return account
    refused = AccountStatus.DENIED if filing.state.value == "denied" else AccountStatus.WITHDRAWN
    by = filing.decided_by or filing.filer
    changed = replace(account, status=refused, address_key=None)
    await context.unit.registry.change(changed, at=context.clock.now())
    await note(account, by, refused.value, context, before=_values(account), after=_values(changed))
    return changed


async def relinquish(account: Account, filing: Filing, context: HandlerContext, telling: Telling) -> Account:
    """Take off who handed an account over, once the person it was handed to has accepted; else leave all as it is."""
    [successor] = filing.details.administrators
    entry, leaving = account.administrator(successor.email), account.administrator(filing.filer.email or "?")
    if entry is None or entry.state is not AdministratorState.ACCEPTED or leaving is None or not leaving.state.is_named:
        return account
    account = await end_administrator(account, leaving.email, AdministratorState.LEFT, filing.filer, context)
    await telling.person(filing.filer, acceptances.handed_over(account, entry))
    return await check_minimum(account, context, telling, why=acceptances.why_left(leaving))


async def check_minimum(account: Account, context: HandlerContext, telling: Telling, *, why: str) -> Account:
    """Open the task of an account that has fallen below the minimum, or close it where it is mended.

    Parameters
    ----------
    why
        What happened, as a sentence for the administrators who are left.
    """
    shelf, now = context.shelf, context.clock.now()
    minimum = shelf.district.minimum_administrators
    if account.status is not AccountStatus.LIVE:
        is_mended = not account.is_below(minimum)  # a task that was opened while it was live still
        if is_mended and await context.unit.registry.close_task(account, TaskKind.BELOW_MINIMUM, at=now):
            await note(account, POSTWISE, "minimum restored", context)
        return account
    if not account.named and why:
        telling.channel(accounts.nobody_left(account, why=why))
    if not account.is_below(minimum):
        if await context.unit.registry.close_task(account, TaskKind.BELOW_MINIMUM, at=now):
            await note(account, POSTWISE, "minimum restored", context)
            telling.channel(accounts.mended(account, district=shelf.district))
        return account
    due = Calendar(shelf.district.hours).next_moment(now, school_days=SCHOOL_DAYS_TO_MEND)
    due_on = due.astimezone(shelf.district.hours.zone).date()
    task = await context.unit.registry.open_task(account, TaskKind.BELOW_MINIMUM, at=now, due_on=due_on)
    if task is not None:
        await note(account, POSTWISE, "below minimum", context, after={"due_on": due_on.isoformat()})
        quote = quote_of(
            shelf.district.clause_id(shelf.district.checks.minimum_administrators), shelf.guideline, shelf.document
        )
        reply = accounts.below_minimum(account, district=shelf.district, quote=quote, why=why, due_on=due_on)
        telling.channel(reply)
        await tell_administrators(account, reply, telling)
    return account


async def tell_administrators(account: Account, reply: Reply, telling: Telling, *, but: Person | None = None) -> None:
    """Tell everybody in charge of an account, except the person who did it."""
    for person in account.named:
        if but is None or not but.email or same_email(person.email) != same_email(but.email):
            await telling.email(person.email, reply)


async def people_of_office(
    office: Office, principal: NamedPerson | None, supervisor: NamedPerson | None, context: HandlerContext
) -> Sequence[str]:
    """Return the e-mail addresses of an office: the person whom the filing names, or whom the district has for it."""
    match office:
        case Office.PRINCIPAL:
            return (principal.email,) if principal else ()
        case Office.SUPERVISOR:
            return (supervisor.email,) if supervisor else ()
        case Office.SPECIALIST:
            return ()  # reads the channel
        case _:
            role = _ROLE_OF_OFFICE[office]
            district = context.shelf.district
            set_here = [member.email for member in district.people if member.role is role]
            vouched = await context.unit.people.with_role(district_id=district.id, role=role)
            return tuple(dict.fromkeys([*set_here, *(contact.person.email for contact in vouched)]))


def unreachable(account: Account | None, details: Details) -> Sequence[Administrator]:
    """Return whom of a filing's people we know no way to write to."""
    if account is None:
        return ()
    named = {same_email(person.email) for person in details.administrators}
    return tuple(
        person
        for person in account.administrators
        if person.state is AdministratorState.UNREACHABLE and same_email(person.email) in named
    )


def acceptance_reminder(account: Account | None, context: HandlerContext) -> tuple[Reminder, ...]:
    """Return the look at who has not answered yet; none where nobody was asked."""
    if account is None or not account.status.is_current or len(account.accepted) == len(account.named):
        return ()
    due_at = Calendar(context.shelf.district.hours).next_moment(context.clock.now(), school_days=SCHOOL_DAYS_TO_ACCEPT)
    return (
        Reminder(
            key=f"{account.subject}/acceptance/{context.clock.now().isoformat()}",
            verb="acceptance-waits",
            value=str(account.number),
            subject=f"{account.subject}/acceptance",
            due_at=due_at,
        ),
    )


async def reread(account: Account, context: HandlerContext) -> Account:
    """Return an account as it is now."""
    return await context.unit.registry.get(district_id=account.district_id, number=account.number)


async def end_administrator(
    account: Account, email: str, state: AdministratorState, by: Person, context: HandlerContext
) -> Account:
    """Take a person off an account; the account as it is now comes back."""
    person = account.administrator(email)
    if person is not None and person.state.is_named:
        await _leave(account, person, state, by, context)
    return await reread(account, context)


async def _leave(
    account: Account, person: Administrator, state: AdministratorState, by: Person, context: HandlerContext
) -> None:
    now = context.clock.now()
    await context.unit.registry.put_administrator(account, replace(person, state=state, changed_at=now))
    before = {"email": person.email, "state": person.state.value}
    await note(
        account, by, f"administrator {state.value}", context, before=before, after=before | {"state": state.value}
    )


async def _remove(account: Account, filing: Filing, context: HandlerContext, telling: Telling) -> Account:
    for person in filing.details.administrators:
        account = await end_administrator(account, person.email, AdministratorState.REMOVED, filing.filer, context)
        reply = accounts.removed(account, filing, district=context.shelf.district)
        if not filing.filer.email or same_email(filing.filer.email) != same_email(person.email):
            await telling.email(person.email, reply)
        await tell_administrators(account, accounts.other_removed(account, person, filing), telling, but=filing.filer)
        why = accounts.why_removed(person, filing)
        account = await check_minimum(account, context, telling, why=why)
    return account


async def _rename(account: Account, filing: Filing, context: HandlerContext, telling: Telling) -> Account:
    details = filing.details
    moves = bool(details.handle)
    changed = replace(
        account,
        organization=details.organization or account.organization,
        platform=details.platform or account.platform,
        handle=details.handle or account.handle,
        address_key=details.address_key if moves and account.address_key else account.address_key,
    )
    await context.unit.registry.change(changed, at=context.clock.now())
    await note(account, filing.filer, "renamed", context, before=_values(account), after=_values(changed))
    await tell_administrators(changed, accounts.renamed(account, changed, filing), telling, but=filing.filer)
    return changed


async def _go_live(account: Account, filing: Filing, context: HandlerContext) -> Account:
    now = context.clock.now()
    live = replace(
        account,
        status=AccountStatus.LIVE,
        address_key=filing.details.address_key or account.address_key,
        confirmed_at=now,
        guideline_version=filing.guideline_version,
    )
    await context.unit.registry.change(live, at=now)
    await note(
        account, filing.decided_by or filing.filer, "live", context, before=_values(account), after=_values(live)
    )
    return live


async def _set_status(account: Account, status: AccountStatus, filing: Filing, context: HandlerContext) -> Account:
    by = filing.decided_by or filing.filer
    keeps_address = status.is_current
    changed = replace(
        account,
        status=status,
        address_key=account.address_key if keeps_address else None,
        guideline_version=filing.guideline_version,
    )
    await context.unit.registry.change(changed, at=context.clock.now())
    await note(account, by, status.value, context, before=_values(account), after=_values(changed))
    return changed


async def note(
    account: Account,
    by: Person,
    what: str,
    context: HandlerContext,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write a line about an account into the history."""
    await context.unit.history.write(
        district_id=account.district_id,
        at=context.clock.now(),
        who=by,
        what=what,
        subject=account.subject,
        before=before,
        after=after,
    )


def _values(account: Account) -> dict[str, object]:
    return {
        "platform": account.platform,
        "handle": account.handle,
        "address": account.address_key,
        "organization": account.organization,
        "status": account.status.value,
        "guideline_version": account.guideline_version,
    }
