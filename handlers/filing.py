"""From a filled-in form to a filing: read, checked by the district's own clauses, kept once, told to whom it concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import cards, carrying_out, forms
from handlers.context import HandlerContext
from handlers.finding_accounts import account_meant, likely_accounts, shown_names, wished_key
from handlers.incoming import FormSubmission, Press, number_in
from handlers.outcome import Outcome
from handlers.telling import Telling
from handlers.wording import filings as wording
from knowledge.filing_checks import Fault, FormProblem, read_form
from knowledge.filings import (
    NEW_IN_REGISTRY,
    ON_AN_ACCOUNT,
    Details,
    Filing,
    FilingAlreadyDecidedError,
    FilingForce,
    FilingInEffectError,
    FilingKind,
    FilingNotFoundError,
    FilingState,
    is_same_person,
    same_key,
)
from knowledge.people import Person, same_email
from knowledge.registry import Account, AccountStatus, NotAnAdministratorError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """A form that was sent, as far as it could be read."""

    submission: FormSubmission
    kind: FilingKind
    mends: Filing | None
    """The filing that it is to take the place of, where something was asked of its filer."""

    account: Account | None
    details: Details
    problems: tuple[FormProblem, ...]

    @property
    def same_key(self) -> str:
        """What is equal for two forms that say the same."""
        return same_key(self.kind, self.details, self.account.number if self.account else None)


async def file(submission: FormSubmission, context: HandlerContext) -> Outcome:
    """File what was filled in, once; or say at each field what is wrong with it."""
    sent = await _read(submission, context)
    if sent.mends is None or not sent.problems:
        before = await context.unit.filings.same(
            district_id=context.shelf.district.id, same_key=sent.same_key, now=context.clock.now()
        )
        if before is not None and (sent.mends is None or before.number != sent.mends.number):
            reply = wording.already_filed(before, district=context.shelf.district)
            return Outcome(reply=reply, replaces_pressed_message=True)
    if sent.problems:
        return await _again(sent, context, problems=sent.problems)
    likely: Sequence[Account] = ()
    if sent.kind in NEW_IN_REGISTRY:
        own = sent.mends.account_number if sent.mends else None
        likely = [each for each in await likely_accounts(sent.details, context) if each.number != own]
        question = await _which_one(sent, likely, context)
        if question is not None:
            return question
    if sent.mends is not None:
        return await _refile(sent, sent.mends, context)
    return await _keep(sent, likely, context)


async def _read(submission: FormSubmission, context: HandlerContext) -> _Sent:
    """Read a form and find everything that is wrong with it."""
    carried = forms.read_carried(submission.value)
    forms.check_may_file(carried.kind, submission.person, context)
    mends = None
    if carried.filing_number is not None:
        mends = await forms.own_filing(carried.filing_number, submission.person, context)
        if mends.kind is not carried.kind:
            raise FilingNotFoundError(mends.number)
        if mends.state is not FilingState.ASKED:
            raise FilingAlreadyDecidedError(mends)
    # Everybody who files in the district waits here for the others: the registry is looked at, then written.
    await context.unit.filings.hold(context.shelf.district.id)
    account: Account | None = None
    problems: list[FormProblem] = []
    if carried.kind in ON_AN_ACCOUNT:
        # What a filing is about is not changed by mending it.
        named = str(mends.account_number) if mends else submission.fields.get("account", "")
        account, problem = await _account(named, context)
        problems = [problem] if problem else []
    fields = submission.fields
    if account is not None and carried.kind is FilingKind.REMOVE_ADMINISTRATOR:
        fields = {**fields, "administrator": _address_of(fields.get("administrator", ""), account)}
    details, found = read_form(
        carried.kind,
        fields,
        district=context.shelf.district,
        platform=account.platform if account else "",
    )
    problems += found
    principal, own = details.principal, submission.person.email
    if principal is not None and own and same_email(principal.email) == same_email(own):
        problems.append(FormProblem(name="principal", fault=Fault.SELF_NAMED))
    if account is not None:
        await _check_may_change(account, carried.kind, details, submission.person, context)
        problems += _problems_with(account, carried.kind, details, submission.person)
        if carried.kind is FilingKind.RENAME:
            problems += await _taken(account, details, context)
    return _Sent(
        submission=submission,
        kind=carried.kind,
        mends=mends,
        account=account,
        details=details,
        problems=tuple(problems),
    )


async def _again(
    sent: _Sent, context: HandlerContext, *, problems: Sequence[FormProblem] = (), likely: Sequence[Account] = ()
) -> Outcome:
    """Give the form back, with what is wrong or what has to be asked."""
    reply = await forms.form_for(
        sent.kind,
        person=sent.submission.person,
        context=context,
        values=sent.submission.fields,
        problems=problems,
        filing=sent.mends,
        likely=likely,
    )
    return Outcome(reply=reply, is_promised=False, replaces_pressed_message=True)


async def _which_one(sent: _Sent, likely: Sequence[Account], context: HandlerContext) -> Outcome | None:
    """Ask whether an account of the registry is meant; None where there is none, or it was said to be another."""
    said = sent.submission.fields.get("is_same", "")
    meant = next((each for each in likely if str(each.number) == said), None)
    if meant is not None:
        return Outcome(reply=wording.same_account(meant), replaces_pressed_message=True)
    key = sent.details.address_key
    taken = [each for each in likely if key and key in {each.address_key, wished_key(each)}]
    if taken and said == "another":
        problem = FormProblem(name="handle", fault=Fault.ALREADY_REGISTERED, facts={"shown": shown_names(taken)})
        return await _again(sent, context, problems=(problem,), likely=taken)
    if likely and said != "another":
        return await _again(sent, context, likely=taken or likely)
    return None


async def _keep(sent: _Sent, likely: Sequence[Account], context: HandlerContext) -> Outcome:
    """Write the filing and everything that comes of it."""
    shelf, unit, now = context.shelf, context.unit, context.clock.now()
    kind, details, account, submission = sent.kind, sent.details, sent.account, sent.submission
    district, rule = shelf.district, shelf.district.rule(kind)
    telling = Telling(context)
    if kind in NEW_IN_REGISTRY:
        account = await carrying_out.enter(kind, details, force=rule.force, context=context, by=submission.person)
    filing = await unit.filings.add(
        Filing(
            district_id=district.id,
            number=0,
            kind=kind,
            state=_first_state(rule.force, submission.person, context),
            revision=1,
            filed_at=now,
            filer=submission.person,
            details=details,
            account_number=account.number if account else None,
            force=rule.force,
            clause_id=district.clause_id(rule.clause),
            guideline_version=shelf.guideline.version,
            same_key=sent.same_key,
        )
    )
    if account is not None and kind in ON_AN_ACCOUNT:
        # What was said of the account before may be said again, now that something else was said of it.
        await unit.filings.release(district_id=district.id, account_number=account.number, but=filing.number)
    await unit.history.write(
        district_id=district.id,
        at=now,
        who=submission.person,
        what="filed",
        subject=filing.subject,
        after={"kind": kind.value, "force": filing.force.value, "state": filing.state.value},
    )
    if account is not None and kind in NEW_IN_REGISTRY:
        account = await carrying_out.ask_to_accept(account, details.administrators, filing, context, telling)
    elif account is not None and rule.force is not FilingForce.APPROVAL:
        account = await carrying_out.carry_out(filing, account, context, telling)
    told, not_told = await cards.tell_offices(filing, context, telling)
    cards.show_card(filing, account, context, telling, likely=likely)
    absent = await cards.put_before_decider(filing, account, context, telling)
    reply = wording.filed(
        filing,
        district=district,
        account=account,
        unreachable=carrying_out.unreachable(account, details),
        told=told,
        not_told=[*not_told, absent] if absent else not_told,
        platform_quote=cards.platform_quote(filing, context),
    )
    reminders = carrying_out.acceptance_reminder(account, context)
    if filing.state.is_open:
        reminders = (*reminders, cards.next_reminder(filing, context))
    return Outcome(reply=reply, replaces_pressed_message=True, posts=telling.posts, reminders=reminders)


def _first_state(force: FilingForce, filer: Person, context: HandlerContext) -> FilingState:
    """Return the state a filing begins in: a notice that a specialist gives needs nobody to see it."""
    if force is FilingForce.RECORD or (force is FilingForce.NOTICE and forms.is_specialist(filer, context)):
        return FilingState.RECORDED
    return FilingState.WAITING


async def _refile(sent: _Sent, mended_filing: Filing, context: HandlerContext) -> Outcome:
    """Put a mended filing before those who decide it again."""
    telling = Telling(context)
    before = mended_filing
    mended = await context.unit.filings.refile(before, details=sent.details, same_key=sent.same_key)
    account = await carrying_out.account_of(mended, context)
    if account is not None and account.status is AccountStatus.REQUESTED:
        account = await carrying_out.amend(account, mended, context, telling)
    await context.unit.history.write(
        district_id=before.district_id,
        at=context.clock.now(),
        who=before.filer,
        what="filed again",
        subject=before.subject,
        before={"revision": before.revision},
        after={"revision": mended.revision},
    )
    cards.show_card(mended, account, context, telling)
    absent = await cards.put_before_decider(mended, account, context, telling)
    reply = wording.filed(
        mended,
        district=context.shelf.district,
        account=account,
        unreachable=carrying_out.unreachable(account, sent.details),
        not_told=[absent] if absent else [],
    )
    return Outcome(
        reply=reply,
        replaces_pressed_message=True,
        posts=telling.posts,
        reminders=(*carrying_out.acceptance_reminder(account, context), cards.next_reminder(mended, context)),
        cancelled=(mended.subject,),
    )


async def withdraw(press: Press, context: HandlerContext) -> Outcome:
    """Take a filing back that nobody has decided."""
    number = number_in(press.value.partition(".")[0])
    if number is None:
        raise FilingNotFoundError(0)
    filing = await forms.own_filing(number, press.person, context)
    if filing.force is not FilingForce.APPROVAL:
        raise FilingInEffectError(filing)
    now = context.clock.now()
    settled = await context.unit.filings.settle(filing, state=FilingState.WITHDRAWN, by=press.person, at=now)
    telling = Telling(context)
    account = await carrying_out.refuse(settled, context)
    await context.unit.history.write(
        district_id=filing.district_id,
        at=now,
        who=press.person,
        what="withdrawn",
        subject=filing.subject,
        before={"state": filing.state.value},
        after={"state": settled.state.value},
    )
    cards.show_card(settled, account, context, telling)
    await cards.tell_others(settled, account, context, telling)
    return Outcome(
        reply=wording.withdrawn(settled),
        replaces_pressed_message=True,
        posts=telling.posts,
        cancelled=(settled.subject,),
    )


async def _check_may_change(
    account: Account, kind: FilingKind, details: Details, person: Person, context: HandlerContext
) -> None:
    """Let only those who administer an account, and the specialists, file changes to it.

    Whoever brought it into the registry may still name its people and take off who has not accepted: they are who is
    told that somebody declined or cannot be reached.

    Raises
    ------
    NotAnAdministratorError
        Raised if the person is none of them.
    """
    if account.is_administered_by(person) or forms.is_specialist(person, context):
        return
    names_people = kind is FilingKind.ADD_ADMINISTRATOR or (
        kind is FilingKind.REMOVE_ADMINISTRATOR
        and not any(
            same_email(named.email) in {same_email(one.email) for one in account.accepted}
            for named in details.administrators
        )
    )
    filings = await context.unit.filings.on_account(district_id=account.district_id, account_number=account.number)
    if not (
        names_people and any(each.kind in NEW_IN_REGISTRY and is_same_person(each.filer, person) for each in filings)
    ):
        raise NotAnAdministratorError(account)


async def _account(text: str, context: HandlerContext) -> tuple[Account | None, FormProblem | None]:
    """Find the account that a field names, or say what is wrong with it."""
    if not text.strip():
        return None, FormProblem(name="account", fault=Fault.MISSING)
    found = await account_meant(text, context)
    if len(found) == 1:
        return found[0], None
    if not found:
        return None, FormProblem(name="account", fault=Fault.ACCOUNT_NOT_FOUND)
    return None, FormProblem(name="account", fault=Fault.ACCOUNT_UNCLEAR, facts={"shown": shown_names(found[:5])})


def _address_of(typed: str, account: Account) -> str:
    """Return the e-mail address of an administrator who is named without it; what was typed where nobody fits."""
    name = " ".join(typed.casefold().split())
    named = [person for person in account.named if name and "@" not in name and name in person.name.casefold()]
    return named[0].email if len(named) == 1 else typed


async def _taken(account: Account, details: Details, context: HandlerContext) -> list[FormProblem]:
    """Return what is wrong with a new address: another account of the district has it, or waits for it."""
    if not details.address_key:
        return []
    others = [each for each in await likely_accounts(details, context) if each.number != account.number]
    taken = [each for each in others if details.address_key in {each.address_key, wished_key(each)}]
    facts = {"shown": shown_names(taken)}
    return [FormProblem(name="handle", fault=Fault.ALREADY_REGISTERED, facts=facts)] if taken else []


def _problems_with(account: Account, kind: FilingKind, details: Details, person: Person) -> list[FormProblem]:
    """Check the people and the name in a form against the account they are about."""
    problems = []
    if not account.status.is_current:
        return [FormProblem(name="account", fault=Fault.ACCOUNT_CLOSED)]
    if account.status is AccountStatus.REQUESTED:
        return [FormProblem(name="account", fault=Fault.ACCOUNT_REQUESTED)]
    for named in details.administrators:
        known = account.administrator(named.email)
        is_named = known is not None and known.state.is_named
        if kind is FilingKind.ADD_ADMINISTRATOR and is_named:
            facts = {"email": named.email}
            problems.append(FormProblem(name="administrators", fault=Fault.ALREADY_ADMINISTRATOR, facts=facts))
        if kind is FilingKind.REMOVE_ADMINISTRATOR and not is_named:
            facts = {"email": named.email}
            problems.append(FormProblem(name="administrator", fault=Fault.NOT_AN_ADMINISTRATOR, facts=facts))
        if kind is FilingKind.HAND_OVER and person.email and same_email(named.email) == same_email(person.email):
            problems.append(FormProblem(name="successor", fault=Fault.SELF_NAMED))
    is_new = details.organization not in {"", account.organization} or details.handle not in {"", account.handle}
    if kind is FilingKind.RENAME and not is_new:
        problems.append(FormProblem(name="organization", fault=Fault.NOTHING_CHANGES))
    return problems
