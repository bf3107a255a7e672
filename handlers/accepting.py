"""Named administrators answer: yes, no, still mine; and filers send the address of what went live."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers import cards, carrying_out, forms
from handlers.context import HandlerContext
from handlers.incoming import FormSubmission, Press, number_in
from handlers.outcome import ChannelMessage, Outcome
from handlers.telling import Telling
from handlers.wording import acceptances, accounts
from handlers.wording.clauses import quote_of
from knowledge.filing_checks import read_existing
from knowledge.filings import NEW_IN_REGISTRY, Filing, FilingKind, NamedPerson, is_same_person
from knowledge.handles import AddressNotValidError, AddressProblem
from knowledge.people import Person, Role, Standing, same_email
from knowledge.registry import (
    Account,
    AccountNotFoundError,
    AccountStatus,
    Administrator,
    AdministratorState,
    AlreadyAcceptedError,
    NotAnAdministratorError,
    NotAskedError,
    TaskKind,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


async def accept(press: Press, context: HandlerContext) -> Outcome:
    """Become an administrator."""
    account, person = await _asked(press, context)
    now = context.clock.now()
    accepted = replace(person, state=AdministratorState.ACCEPTED, changed_at=now, confirmed_at=now)
    await context.unit.registry.put_administrator(account, accepted)
    await carrying_out.note(
        account,
        press.person,
        "administrator accepted",
        context,
        before={"email": person.email, "state": person.state.value},
        after={"email": person.email, "state": accepted.state.value},
    )
    telling = Telling(context)
    account = await carrying_out.reread(account, context)
    filings = await _filings_naming(account, person, context)
    for latest in filings[-1:]:
        if latest.kind is FilingKind.HAND_OVER and latest.is_in_effect:
            account = await carrying_out.relinquish(account, latest, context, telling)
    account = await carrying_out.check_minimum(account, context, telling, why="")
    await _redraw_cards(filings, account, context, telling)
    reply = acceptances.accepted(account, district=context.shelf.district)
    return Outcome(reply=reply, replaces_pressed_message=True, posts=telling.posts)


async def welcome(person: Person, context: HandlerContext) -> tuple[ChannelMessage, ...]:
    """Ask somebody who now writes to us what we could not ask before: to accept an account they were named for."""
    if not person.email or person.standing is not Standing.MEMBER:
        return ()
    if not await _waits_for(person.email, context):
        return ()  # nearly always: nobody's answer has to wait for the district's lock
    await context.unit.filings.hold(context.shelf.district.id)
    telling = Telling(context)
    for account, entry in await _unreachable_on(person.email, context):
        for filing in (await _filings_naming(account, entry, context))[-1:]:
            people = [NamedPerson(name=entry.name, email=entry.email)]
            await carrying_out.ask_to_accept(account, people, filing, context, telling)
    for filing in await _waiting_for_principal(person.email, context):
        if not await cards.was_put_before_decider(filing, context):
            await cards.put_before_decider(filing, None, context, telling)
    return telling.posts


async def _waits_for(email: str, context: HandlerContext) -> bool:
    return bool(await _unreachable_on(email, context) or await _waiting_for_principal(email, context))


async def _unreachable_on(email: str, context: HandlerContext) -> list[tuple[Account, Administrator]]:
    """Return the accounts that somebody was named for and could not be asked about."""
    named = await context.unit.registry.of_person(district_id=context.shelf.district.id, email=email)
    entries = ((account, account.administrator(email)) for account in named)
    return [(account, entry) for account, entry in entries if entry and entry.state is AdministratorState.UNREACHABLE]


async def _waiting_for_principal(email: str, context: HandlerContext) -> Sequence[Filing]:
    return await context.unit.filings.waiting_for_principal(district_id=context.shelf.district.id, email=email)


async def decline(press: Press, context: HandlerContext) -> Outcome:
    """Say no; the filer is told what to do."""
    account, person = await _asked(press, context)
    telling = Telling(context)
    account = await carrying_out.end_administrator(
        account, person.email, AdministratorState.DECLINED, press.person, context
    )
    filings = await _filings_naming(account, person, context)
    for filing in filings[-1:]:
        reply = acceptances.declined_to_filer(account, person, filing.kind, district=context.shelf.district)
        await telling.person(filing.filer, reply)
    account = await carrying_out.check_minimum(account, context, telling, why=acceptances.why_declined(person))
    await _redraw_cards(filings, account, context, telling)
    return Outcome(reply=acceptances.declined(account), replaces_pressed_message=True, posts=telling.posts)


async def confirm(press: Press, context: HandlerContext) -> Outcome:
    """Say that an account is still theirs and current."""
    account, person = await _administrator(press, context)
    now = context.clock.now()
    await context.unit.registry.put_administrator(account, replace(person, confirmed_at=now, changed_at=now))
    await context.unit.registry.change(
        replace(account, confirmed_at=now, guideline_version=context.shelf.guideline.version), at=now
    )
    for kind in (TaskKind.CONFIRM, TaskKind.PERHAPS_ABANDONED):
        await context.unit.registry.close_task(account, kind, at=now)
    await carrying_out.note(account, press.person, "confirmed", context)
    return Outcome(reply=acceptances.confirmed(account), replaces_pressed_message=True)


async def not_mine(press: Press, context: HandlerContext) -> Outcome:
    """Say that an account is no longer theirs."""
    account, person = await _administrator(press, context)
    telling = Telling(context)
    account = await carrying_out.end_administrator(
        account, person.email, AdministratorState.LEFT, press.person, context
    )
    why = acceptances.why_left(person)
    await carrying_out.tell_administrators(account, accounts.left(account, person), telling, but=press.person)
    account = await carrying_out.check_minimum(account, context, telling, why=why)
    return Outcome(reply=acceptances.no_longer(account), replaces_pressed_message=True, posts=telling.posts)


async def open_address(press: Press, context: HandlerContext) -> Outcome:
    """Open the form for the address of an account that went live."""
    account = await _account(press.value, context)
    await _check_may_send(account, press.person, context)
    return Outcome(reply=acceptances.asks_address(account), is_promised=False)


async def send_address(submission: FormSubmission, context: HandlerContext) -> Outcome:
    """Take the address of an approved or announced account: from now on it is live."""
    account = await _account(submission.value, context)
    await _check_may_send(account, submission.person, context)
    if account.status not in {AccountStatus.APPROVED, AccountStatus.ANNOUNCED}:
        return Outcome(reply=acceptances.address_not_wanted(account), replaces_pressed_message=True)
    typed = submission.fields.get("handle", "").strip()
    try:
        address = read_existing(typed, account.platform)
    except AddressNotValidError as error:
        return _address_again(account, typed, error.reason, error.platform)
    now = context.clock.now()
    live = replace(
        account,
        handle=address.shown,
        address_key=address.key,
        platform=address.platform,
        status=AccountStatus.LIVE,
        confirmed_at=now,
    )
    await context.unit.registry.change(live, at=now)
    await carrying_out.note(
        account,
        submission.person,
        "live",
        context,
        before={"status": account.status.value, "handle": account.handle},
        after={"status": live.status.value, "handle": live.handle, "address": live.address_key},
    )
    telling = Telling(context)
    shelf = context.shelf
    telling.channel(acceptances.went_live(live, district=shelf.district))
    await carrying_out.tell_administrators(
        live, acceptances.went_live(live, district=shelf.district), telling, but=submission.person
    )
    quote = quote_of(
        shelf.district.clause_id(shelf.district.checks.minimum_administrators), shelf.guideline, shelf.document
    )
    await context.unit.registry.close_task(live, TaskKind.SEND_ADDRESS, at=now)
    reminders = carrying_out.acceptance_reminder(live, context)
    if not reminders:  # nobody is still to answer: then what there is, is all
        live = await carrying_out.check_minimum(live, context, telling, why="")
    reply = acceptances.is_live(live, district=shelf.district, quote=quote)
    return Outcome(reply=reply, replaces_pressed_message=True, posts=telling.posts, reminders=reminders)


def _address_again(account: Account, typed: str, reason: AddressProblem, platform: str) -> Outcome:
    reply = acceptances.asks_address(account, typed=typed[:300], reason=reason, platform=platform)
    return Outcome(reply=reply, is_promised=False, replaces_pressed_message=True)


async def _asked(press: Press, context: HandlerContext) -> tuple[Account, Administrator]:
    """Return the account and the person's own entry, where they were asked to administer it.

    Raises
    ------
    AccountNotFoundError, NotAskedError
        As their names say.
    """
    forms.check_is_staff(press.person)
    account = await _account(press.value, context)
    person = account.administrator(press.person.email) if press.person.email else None
    if person is None or not account.status.is_current:
        raise NotAskedError(account)
    if person.state is AdministratorState.ACCEPTED:
        raise AlreadyAcceptedError(account)
    if person.state not in {AdministratorState.ASKED, AdministratorState.UNREACHABLE}:
        raise NotAskedError(account)
    return account, person


async def _administrator(press: Press, context: HandlerContext) -> tuple[Account, Administrator]:
    """Return the account and the person's own entry, where they administer it.

    Raises
    ------
    AccountNotFoundError, NotAnAdministratorError
        As their names say.
    """
    forms.check_is_staff(press.person)
    account = await _account(press.value, context)
    person = account.administrator(press.person.email) if press.person.email else None
    if person is None or person.state is not AdministratorState.ACCEPTED:
        raise NotAnAdministratorError(account)
    return account, person


async def _account(value: str, context: HandlerContext) -> Account:
    number = number_in(value)
    if number is None:
        raise AccountNotFoundError
    return await context.unit.registry.get(district_id=context.shelf.district.id, number=number)


async def _check_may_send(account: Account, person: Person, context: HandlerContext) -> None:
    """Let the filer, the administrators and the specialists send the address.

    Raises
    ------
    NotAnAdministratorError
        Raised if the person is none of them.
    """
    forms.check_is_staff(person)
    filings = await context.unit.filings.on_account(district_id=account.district_id, account_number=account.number)
    entered = [filing for filing in filings if filing.kind in NEW_IN_REGISTRY]
    if any(is_same_person(filing.filer, person) for filing in entered) or account.is_administered_by(person):
        return
    if not context.shelf.district.roles_of(person) & {Role.SPECIALIST, Role.DEPUTY}:
        raise NotAnAdministratorError(account)


async def _filings_naming(account: Account, person: Administrator, context: HandlerContext) -> list[Filing]:
    """Return the filings by which a person was named, the oldest first."""
    filings = await context.unit.filings.on_account(district_id=account.district_id, account_number=account.number)
    wanted = same_email(person.email)
    return [
        filing
        for filing in filings
        if any(same_email(named.email) == wanted for named in filing.details.administrators)
    ]


async def _redraw_cards(filings: Sequence[Filing], account: Account, context: HandlerContext, telling: Telling) -> None:
    """Show the answer on the cards that still wait."""
    for filing in filings:
        if filing.state.is_open:
            cards.show_card(filing, account, context, telling)
