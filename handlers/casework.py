"""Claim, give back, hand over, take over, note, resolve, open again, join: each once, by the right people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers import cases
from handlers.context import HandlerContext
from handlers.incoming import FormSubmission, Press
from handlers.outcome import Outcome, Reminder
from handlers.telling import Telling
from handlers.wording import case_forms, escalations
from handlers.wording import cases as wording
from handlers.wording.names import person_name
from knowledge.cases import (
    LONGEST_SAID_CHARACTERS,
    URGENT_FIRST,
    Case,
    CaseAlreadyClaimedError,
    CaseChangedError,
    CaseOutcome,
    CaseState,
    CaseStep,
    NotTheClaimerError,
)
from knowledge.filings import is_same_person
from knowledge.people import Person, Role, same_email


async def claim(press: Press, context: HandlerContext) -> Outcome:
    """Take a case that nobody has; of many who press at once one gets it, and the others are told who.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError, CaseAlreadyClaimedError, CaseChangedError
        As their names say.
    """
    case = await _case(press, context)
    if case.state is CaseState.CLAIMED:
        raise CaseAlreadyClaimedError(case)
    if case.state is not CaseState.OPEN:
        raise CaseChangedError(case)
    telling = Telling(context)
    await cases.put_pings_to_rest(case, context, telling)
    claimed = await _have(case, press.person, CaseStep.CLAIMED, press.person, context)
    await cases.tell_openers(escalations.claimed(claimed), claimed, context, telling)
    return await _shown(claimed, press, context, telling)


async def unclaim(press: Press, context: HandlerContext) -> Outcome:
    """Give a case back to everybody; it is pinged for again.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError, NotTheClaimerError
        As their names say.
    """
    case = await _had(press, context)
    free = await cases.step(case, cases.freed(case), CaseStep.UNCLAIMED, press.person, context)
    telling = Telling(context)
    telling.channel(wording.given_back(free, press.person, woken=await cases.woken(context)))
    district = context.shelf.district
    await cases.tell_openers(escalations.given_back(free, district=district), free, context, telling)
    return await _shown(free, press, context, telling)


async def still(press: Press, context: HandlerContext) -> Outcome:
    """Say that one is still at work on a case.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError, NotTheClaimerError
        As their names say.
    """
    case = await _had(press, context)
    active = await context.unit.cases.change(case, cases.active(case, context))
    return Outcome(
        reply=wording.done(active, district=context.shelf.district),
        replaces_pressed_message=True,
        cancelled=(active.subject,),
        reminders=cases.reminders(active, context),
    )


async def open_hand_over(press: Press, context: HandlerContext) -> Outcome:
    """Ask to whom a case is handed.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError, NotTheClaimerError
        As their names say.
    """
    case = await _had(press, context)
    people = await _others_who_work(press.person, context)
    reply = case_forms.hand_over_form(case, people) if people else case_forms.nobody_to_hand_to(case)
    return Outcome(reply=reply, is_promised=False)


async def hand_over(submission: FormSubmission, context: HandlerContext) -> Outcome:
    """Hand a case to another specialist or deputy.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError, NotTheClaimerError
        As their names say.
    """
    case = await _had(submission, context)
    people = await _others_who_work(submission.person, context)
    wanted = same_email(submission.fields.get("deputy", ""))
    to = next((person for person in people if same_email(person.email) == wanted), None)
    if to is None:
        reply = case_forms.hand_over_form(case, people, is_empty=True) if people else case_forms.nobody_to_hand_to(case)
        return Outcome(reply=reply, is_promised=False, replaces_pressed_message=True)
    handed = await _have(case, to, CaseStep.HANDED_OVER, submission.person, context, text=f"to {person_name(to)}")
    telling = Telling(context)
    if not await telling.person(to, wording.got_claim(handed, submission.person)):
        telling.channel(wording.got_claim(handed, submission.person))
    await cases.tell_openers(escalations.claimed(handed), handed, context, telling)
    return await _shown(handed, submission, context, telling)


async def open_take_over(press: Press, context: HandlerContext) -> Outcome:
    """Ask why a case is taken from whoever has it.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError, CaseChangedError
        As their names say.
    """
    case = await _case(press, context)
    if case.state is not CaseState.CLAIMED or case.is_had_by(press.person):
        raise CaseChangedError(case)
    return Outcome(reply=case_forms.take_over_form(case), is_promised=False)


async def take_over(submission: FormSubmission, context: HandlerContext) -> Outcome:
    """Take a case from whoever has it: they are told, and it stands in the timeline with the reason.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError, CaseChangedError
        As their names say.
    """
    case = await _case(submission, context)
    before = case.claimed_by
    is_stale = submission.value != f"{case.number}.{case.turn}"
    if case.state is not CaseState.CLAIMED or before is None or is_stale or case.is_had_by(submission.person):
        raise CaseChangedError(case)
    why = _said(submission)
    if not why:
        return Outcome(
            reply=case_forms.take_over_form(case, is_empty=True), is_promised=False, replaces_pressed_message=True
        )
    taken = await _have(case, submission.person, CaseStep.TAKEN_OVER, submission.person, context, text=why)
    telling = Telling(context)
    if not await telling.person(before, wording.lost_claim(taken, submission.person)):
        telling.channel(wording.lost_claim(taken, submission.person))
    await cases.tell_openers(escalations.claimed(taken), taken, context, telling)
    return await _shown(taken, submission, context, telling)


async def open_note(press: Press, context: HandlerContext) -> Outcome:
    """Ask for a note.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError
        As their names say.
    """
    return Outcome(reply=case_forms.note_form(await _case(press, context)), is_promised=False)


async def add_note(submission: FormSubmission, context: HandlerContext) -> Outcome:
    """Keep a note that its opener does not see.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError
        As their names say.
    """
    case = await _case(submission, context)
    said = _said(submission)
    if not said:
        return Outcome(
            reply=case_forms.note_form(case, is_empty=True), is_promised=False, replaces_pressed_message=True
        )
    noted = await cases.step(case, case, CaseStep.NOTE, submission.person, context, text=said)
    return await _shown(noted, submission, context, Telling(context), keeps_pings=noted.state is CaseState.OPEN)


async def open_resolve(press: Press, context: HandlerContext) -> Outcome:
    """Ask how a case ended.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError, CaseAlreadyClaimedError, CaseChangedError
        As their names say.
    """
    return Outcome(reply=case_forms.resolve_form(await _to_resolve(press, context)), is_promised=False)


async def resolve(submission: FormSubmission, context: HandlerContext) -> Outcome:
    """Resolve a case with its outcome, and tell everybody who opened it.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError, CaseAlreadyClaimedError, CaseChangedError
        As their names say.
    """
    case = await _to_resolve(submission, context)
    chosen, said = submission.fields.get("outcome", ""), _said(submission)
    if chosen not in set(CaseOutcome) or not said:
        known = chosen if chosen in set(CaseOutcome) else ""
        return Outcome(
            reply=case_forms.resolve_form(case, is_empty=True, chosen=known),
            is_promised=False,
            replaces_pressed_message=True,
        )
    now, outcome = context.clock.now(), CaseOutcome(chosen)
    after = replace(
        case,
        state=CaseState.RESOLVED,
        resolved_by=submission.person,
        resolved_at=now,
        outcome=outcome,
        ruling=said,
        turn=case.turn + 1,
        claimed_by=case.claimed_by or submission.person,
        claimed_at=case.claimed_at or now,
        first_claimed_at=case.first_claimed_at or now,
    )
    words = wording.OUTCOMES[outcome]
    telling = Telling(context)
    if case.state is CaseState.OPEN:
        await cases.put_pings_to_rest(case, context, telling)
    resolved = await cases.step(case, after, CaseStep.RESOLVED, submission.person, context, text=f"{words}. {said}")
    await cases.tell_openers(escalations.resolved(resolved, words), resolved, context, telling)
    for each in await context.unit.cases.joined_to(district_id=case.district_id, number=case.number):
        if not each.takes_part:
            await telling.person(each.opener, escalations.settled(each), thread=each.subject)
    return await _shown(resolved, submission, context, telling)


async def reopen(press: Press, context: HandlerContext) -> Outcome:
    """Open a resolved case again; whoever presses has it.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError, CaseChangedError
        As their names say.
    """
    case = await _case(press, context)
    if case.state is not CaseState.RESOLVED:
        raise CaseChangedError(case)
    blank = replace(case, resolved_at=None, resolved_by=None, outcome=None, ruling="")
    opened = await _have(blank, press.person, CaseStep.REOPENED, press.person, context)
    telling = Telling(context)
    reply = escalations.reopened(opened, person_name(press.person))
    await cases.tell_openers(reply, opened, context, telling)
    return await _shown(opened, press, context, telling)


async def join(press: Press, context: HandlerContext) -> Outcome:
    """Work on a case as one with another: its opener takes part in the other's talk from now on.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError, CaseAlreadyClaimedError, CaseChangedError
        As their names say.
    """
    case = await _case(press, context)
    main = await cases.case_of(press.value.partition(".")[2], context)
    if case.state is CaseState.JOINED and case.joined_to == main.number and not case.takes_part:
        return await _let_in(case, main, press, context)
    if not (case.is_live and main.is_live) or case.number == main.number:
        raise CaseChangedError(case)
    if case.state is CaseState.CLAIMED and not case.is_had_by(press.person):
        raise CaseAlreadyClaimedError(case)
    for other in await context.unit.cases.joined_to(district_id=case.district_id, number=case.number):
        await context.unit.cases.change(other, replace(other, joined_to=main.number))
    telling = Telling(context)
    if case.state is CaseState.OPEN:
        await cases.put_pings_to_rest(case, context, telling)
    after = replace(case, state=CaseState.JOINED, joined_to=main.number, turn=case.turn + 1)
    joined = await cases.step(case, after, CaseStep.JOINED, press.person, context, text=main.name)
    kind = min(case.kind, main.kind, key=URGENT_FIRST.index)
    louder = replace(main, kind=kind, turn=main.turn + (kind is not main.kind))
    main_now = await cases.step(main, louder, CaseStep.JOINED, press.person, context, text=joined.name)
    await telling.person(joined.opener, escalations.joined(joined, main_now), thread=joined.subject)
    await cases.show(joined, context, telling)
    outcome = await _shown(main_now, press, context, telling, keeps_pings=kind is main.kind)
    return replace(outcome, cancelled=(*outcome.cancelled, joined.subject))


async def _let_in(case: Case, main: Case, press: Press, context: HandlerContext) -> Outcome:
    """Let somebody take part in the talk who said that theirs is the same."""
    joined = await cases.step(
        case, replace(case, turn=case.turn + 1), CaseStep.JOINED, press.person, context, text=main.name
    )
    telling = Telling(context)
    await telling.person(joined.opener, escalations.joined(joined, main), thread=joined.subject)
    return await _shown(main, press, context, telling, keeps_pings=True)


async def timeline(press: Press, context: HandlerContext) -> Outcome:
    """Tell a specialist everything that happened to a case.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError
        As their names say.
    """
    case = await _case(press, context)
    entries = await context.unit.cases.timeline(district_id=case.district_id, number=case.number)
    return Outcome(reply=wording.whole_timeline(case, entries, district=context.shelf.district), is_promised=False)


async def _case(incoming: Press | FormSubmission, context: HandlerContext) -> Case:
    """Return the case of a card, for somebody who may work on it."""
    cases.check_works(incoming.person, context)
    return await cases.case_of(incoming.value, context)


async def _had(incoming: Press | FormSubmission, context: HandlerContext) -> Case:
    """Return the case of a card that this person has claimed."""
    case = await _case(incoming, context)
    if case.state is not CaseState.CLAIMED or not case.is_had_by(incoming.person):
        raise NotTheClaimerError(case)
    return case


async def _to_resolve(incoming: Press | FormSubmission, context: HandlerContext) -> Case:
    """Return a case that this person may resolve: one that nobody has, or their own."""
    case = await _case(incoming, context)
    if not case.is_live:
        raise CaseChangedError(case)
    if case.state is CaseState.CLAIMED and not case.is_had_by(incoming.person):
        raise CaseAlreadyClaimedError(case)
    return case


async def _have(
    case: Case, who: Person, what: CaseStep, by: Person, context: HandlerContext, *, text: str = ""
) -> Case:
    """Let somebody have a case."""
    return await cases.step(case, cases.had_by(case, who, context), what, by, context, text=text)


async def _others_who_work(person: Person, context: HandlerContext) -> Sequence[Person]:
    """Return the specialists and deputies but one, each once; the form tells them apart by their e-mail address."""
    found = [each for role in (Role.SPECIALIST, Role.DEPUTY) for each in await cases.holders(role, context)]
    return cases.once_each(each for each in found if each.email and not is_same_person(each, person))


async def _shown(
    case: Case,
    incoming: Press | FormSubmission,
    context: HandlerContext,
    telling: Telling,
    *,
    keeps_pings: bool = False,
) -> Outcome:
    """Redraw the cards of a case that was just changed, and let it be brought up again when it should.

    Parameters
    ----------
    keeps_pings
        True where it goes on being brought up as before: what was done does not put a ping off.
    """
    await cases.show(case, context, telling)
    reminders: tuple[Reminder, ...] = () if keeps_pings else cases.reminders(case, context)
    is_in_channel = incoming.conversation == context.channel
    return Outcome(
        reply=None if is_in_channel else wording.done(case, district=context.shelf.district),
        replaces_pressed_message=not is_in_channel,
        posts=telling.posts,
        cancelled=() if keeps_pings else (case.subject,),
        reminders=reminders,
    )


def _said(submission: FormSubmission) -> str:
    typed = submission.fields.get("note", "")
    return typed.strip()[:LONGEST_SAID_CHARACTERS]
