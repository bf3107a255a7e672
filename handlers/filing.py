"""From a filled-in form to a filing: read, checked by the district's own clauses, kept once, told to whom it concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import cards, carrying_out, forms
from handlers.context import HandlerContext
from handlers.finding_accounts import account_meant, likely_accounts, shown_names
from handlers.incoming import FormSubmission, Press
from handlers.outcome import Outcome
from handlers.telling import Telling
from handlers.wording import filings as wording
from knowledge.filing_checks import Fault, FormProblem, read_form
from knowledge.filings import (
    NEW_IN_REGISTRY,
    ON_AN_ACCOUNT,
    Details,
    Filing,
    FilingForce,
    FilingKind,
    FilingState,
    same_key,
)
from knowledge.people import Person, same_email
from knowledge.registry import Account, NotAnAdministratorError


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
    if sent.problems:
        return await _again(sent, context, problems=sent.problems)
    if sent.mends is not None:
        return await _refile(sent.mends, sent.details, context)
    unit, district = context.unit, context.shelf.district
    before = await unit.filings.same(district_id=district.id, same_key=sent.same_key, now=context.clock.now())
    if before is not None:
        return Outcome(reply=wording.already_filed(before, district=district), replaces_pressed_message=True)
    likely: Sequence[Account] = ()
    if sent.kind in NEW_IN_REGISTRY:
        likely = await likely_accounts(sent.details, context)
        question = await _which_one(sent, likely, context)
        if question is not None:
            return question
    return await _keep(sent, likely, context)


async def _read(submission: FormSubmission, context: HandlerContext) -> _Sent:
    """Read a form and find everything that is wrong with it."""
    carried = forms.read_carried(submission.value)
    forms.check_may_file(carried.kind, submission.person, context)
    mends = None
    if carried.filing_number is not None:
        mends = await forms.own_filing(carried.filing_number, submission.person, context)
    # Everybody who files in the district waits here for the others: the registry is looked at, then written.
    await context.unit.filings.hold(context.shelf.district.id)
    account: Account | None = None
    problems: list[FormProblem] = []
    if carried.kind in ON_AN_ACCOUNT:
        account, problem = await _account(submission.fields.get("account", ""), context)
        problems = [problem] if problem else []
    details, found = read_form(
        carried.kind,
        submission.fields,
        district=context.shelf.district,
        platform=account.platform if account else "",
    )
    problems += found
    if account is not None:
        _check_may_change(account, submission.person, context)
        problems += _problems_with(account, carried.kind, details, submission.person)
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
    taken = [each for each in likely if key and each.address_key == key]
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
            state=FilingState.RECORDED if rule.force is FilingForce.RECORD else FilingState.WAITING,
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
    not_told = await cards.tell_offices(filing, context, telling)
    cards.show_card(filing, account, context, telling, likely=likely)
    await cards.ask_the_decider(filing, account, context, telling)
    unreachable = carrying_out.unreachable(account, details)
    reply = wording.filed(filing, district=district, account=account, unreachable=unreachable, not_told=not_told)
    reminders = carrying_out.acceptance_reminder(account, context)
    if filing.state.is_open:
        reminders = (*reminders, cards.next_reminder(filing, context))
    return Outcome(reply=reply, replaces_pressed_message=True, posts=telling.posts, reminders=reminders)


async def _refile(filing: Filing, details: Details, context: HandlerContext) -> Outcome:
    """Put a mended filing before those who decide it again."""
    telling = Telling(context)
    mended = await context.unit.filings.refile(
        filing, details=details, same_key=same_key(filing.kind, details, filing.account_number)
    )
    account = await carrying_out.account_of(mended, context)
    if account is not None and filing.kind in NEW_IN_REGISTRY:
        account = await carrying_out.amend(account, mended, context, telling)
    await context.unit.history.write(
        district_id=filing.district_id,
        at=context.clock.now(),
        who=filing.filer,
        what="filed again",
        subject=filing.subject,
        before={"revision": filing.revision},
        after={"revision": mended.revision},
    )
    cards.show_card(mended, account, context, telling)
    await cards.ask_the_decider(mended, account, context, telling)
    unreachable = carrying_out.unreachable(account, details)
    reply = wording.filed(
        mended, district=context.shelf.district, account=account, unreachable=unreachable, not_told=()
    )
    return Outcome(
        reply=reply,
        replaces_pressed_message=True,
        posts=telling.posts,
        reminders=(cards.next_reminder(mended, context),),
        cancelled=(mended.subject,),
    )


async def withdraw(press: Press, context: HandlerContext) -> Outcome:
    """Take a filing back that nobody has decided."""
    filing = await forms.own_filing(int(press.value.partition(".")[0] or 0), press.person, context)
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


def _check_may_change(account: Account, person: Person, context: HandlerContext) -> None:
    """Let only its administrators and the specialists file changes to an account.

    Raises
    ------
    NotAnAdministratorError
        Raised if the person is neither.
    """
    if not account.is_administered_by(person) and not forms.is_specialist(person, context):
        raise NotAnAdministratorError(account)


async def _account(text: str, context: HandlerContext) -> tuple[Account | None, FormProblem | None]:
    """Find the account that a field names, or say what is wrong with it."""
    if not text.strip():
        return None, None  # the empty field has its problem already
    found = await account_meant(text, context)
    if len(found) == 1:
        return found[0], None
    if not found:
        return None, FormProblem(name="account", fault=Fault.ACCOUNT_NOT_FOUND)
    return None, FormProblem(name="account", fault=Fault.ACCOUNT_UNCLEAR, facts={"shown": shown_names(found[:5])})


def _problems_with(account: Account, kind: FilingKind, details: Details, person: Person) -> list[FormProblem]:
    """Check the people and the name in a form against the account they are about."""
    problems = []
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
    if kind is FilingKind.RENAME and not (details.organization or details.handle):
        problems.append(FormProblem(name="organization", fault=Fault.NOTHING_CHANGES))
    return problems
