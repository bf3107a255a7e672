"""What every step of a case has in common: who takes part, its cards, its timeline, when it is brought up again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from handlers.context import HandlerContext
from handlers.incoming import number_in
from handlers.outcome import Reminder
from handlers.telling import Telling
from handlers.wording import cases as wording
from handlers.wording import escalations
from handlers.wording.clauses import quote_of
from knowledge.alike import tells_the_same
from knowledge.calendar import Calendar
from knowledge.cases import (
    SLOWER_AFTER_THREE,
    Case,
    CaseKind,
    CaseNotFoundError,
    CaseState,
    CaseStep,
    may_work,
)
from knowledge.filings import NotASpecialistError, NotStaffError
from knowledge.people import Person, Role, Standing, same_email

if TYPE_CHECKING:
    from handlers.replies import ClauseQuote, Mentioned, Reply
    from knowledge.cases import TimelineEntry

MOST_SIMILAR = 3
"""Most other cases that are offered as the same matter. Our own figure."""


async def case_of(value: str, context: HandlerContext) -> Case:
    """Return the case that a button or form is about: the number before any dot.

    Raises
    ------
    CaseNotFoundError
        Raised if this district has no such case.
    """
    number = number_in(value.partition(".")[0])
    if number is None:
        raise CaseNotFoundError(0)
    return await context.unit.cases.get(district_id=context.shelf.district.id, number=number)


def check_staff(person: Person) -> None:
    """Refuse guests and programs.

    Raises
    ------
    NotStaffError
        Raised if the person is no member of the workspace.
    """
    if person.standing is not Standing.MEMBER:
        raise NotStaffError


def check_works(person: Person, context: HandlerContext) -> None:
    """Refuse everybody but specialists and deputies.

    Raises
    ------
    NotASpecialistError
        Raised if the person is neither.
    """
    if not may_work(person, context.shelf.district.roles_of(person)):
        raise NotASpecialistError


async def participants(case: Case, context: HandlerContext) -> Sequence[Case]:
    """Return the case and those joined to it by a specialist: each has an opener, who takes part in its talk."""
    joined = await context.unit.cases.joined_to(district_id=case.district_id, number=case.number)
    return (case, *(each for each in joined if each.takes_part))


async def main_case(case: Case, context: HandlerContext) -> Case:
    """Return the case that a joined one is worked on with; itself where it is not joined."""
    if case.joined_to is None:
        return case
    return await context.unit.cases.get(district_id=case.district_id, number=case.joined_to)


async def similar(case: Case, context: HandlerContext) -> Sequence[Case]:
    """Return the other live cases that may tell of the same matter, the oldest first."""
    live = await context.unit.cases.live(district_id=case.district_id)
    return [
        other
        for other in live
        if other.number != case.number and tells_the_same(case.summary, case.links, other.summary, other.links)
    ][:MOST_SIMILAR]


async def show(
    case: Case,
    context: HandlerContext,
    telling: Telling,
    *,
    is_new: bool = False,
    told_already: Case | None = None,
) -> None:
    """Draw the card of a case in the channel and its openers' own, or draw them anew in their places.

    Parameters
    ----------
    is_new
        True for the first card of all, which wakes people; its opener is told by the reply of this very turn.
    told_already
        A case whose opener is told by the reply of this very turn.
    """
    shelf = context.shelf
    account = None
    if case.account_number is not None:
        account = await context.unit.registry.get(district_id=case.district_id, number=case.account_number)
    timeline = await context.unit.cases.timeline(district_id=case.district_id, number=case.number)
    joined = await context.unit.cases.joined_to(district_id=case.district_id, number=case.number)
    card = wording.card(
        case,
        district=shelf.district,
        timeline=timeline,
        account=account,
        similar=await similar(case, context) if case.is_live else (),
        joined=joined,
        quotes=quotes(case, context),
        woken=await woken(context) if is_new else (),
    )
    telling.channel(card, card=case.subject)
    if case.state is CaseState.JOINED:
        return  # its opener's card is drawn with the case that it is worked on with
    for each in (case, *joined):
        if not (is_new and each is case) and (told_already is None or told_already.number != each.number):
            await _show_to_opener(each, case, timeline, context, telling)


async def _show_to_opener(
    own: Case, case: Case, timeline: Sequence[TimelineEntry], context: HandlerContext, telling: Telling
) -> None:
    """Draw the opener's own card, under the name of the case that they opened."""
    district = context.shelf.district
    is_waiting = case.state is CaseState.OPEN
    reply = escalations.status(
        own,
        case,
        district=district,
        timeline=timeline,
        quotes=quotes(own, context) if is_waiting else (),
        contact=escalations.contact_of(contact_quote(context), own.kind, district=district) if is_waiting else (),
        plan=escalations.going_on(own.kind, district=district) if is_waiting else "",
    )
    await telling.person(own.opener, reply, card=own.subject)


def contact_quote(context: HandlerContext) -> ClauseQuote | None:
    """Quote the clause that prints how to reach the specialist; None where no clause does."""
    shelf = context.shelf
    number = shelf.district.clause_id(shelf.district.specialist.contact_clause)
    return quote_of(number, shelf.guideline, shelf.document)


async def tell_openers(reply: Reply, case: Case, context: HandlerContext, telling: Telling) -> None:
    """Tell everybody who opened the case, or one joined to it, in the thread of their own card."""
    for each in await participants(case, context):
        await telling.person(each.opener, reply, thread=each.subject)


_FREE_AGAIN = frozenset(
    {CaseStep.OPENED, CaseStep.UNCLAIMED, CaseStep.FORGOTTEN, CaseStep.REOPENED, CaseStep.CLAIMED, CaseStep.RESOLVED}
)
_PINGS = frozenset({CaseStep.PINGED, CaseStep.DEPUTY_ASKED, CaseStep.PHONE_GIVEN})


def pings_since_free(timeline: Sequence[TimelineEntry]) -> Sequence[TimelineEntry]:
    """Return the pings of a case since it was opened, given back or claimed last."""
    found: list[TimelineEntry] = []
    for entry in timeline:
        if entry.step in _FREE_AGAIN:
            found = []
        elif entry.step in _PINGS:
            found.append(entry)
    return found


def ping_card(case: Case, entry: TimelineEntry) -> str:
    """Name the message of a ping in the channel, so that it can be put to rest."""
    return f"{case.subject}/ping/{entry.position}"


async def put_pings_to_rest(case: Case, context: HandlerContext, telling: Telling) -> None:
    """Take the button off the last ping: somebody has the case now, or it is brought up anew below.

    To be called before the step is written that ends the wait.
    """
    timeline = await context.unit.cases.timeline(district_id=case.district_id, number=case.number)
    for entry in pings_since_free(timeline)[-1:]:
        at_rest = wording.ping_at_rest(case, entry, district=context.shelf.district)
        telling.channel(at_rest, card=ping_card(case, entry))


async def alarm(case: Case, person: Person, words: str, context: HandlerContext, telling: Telling) -> Case:
    """Wake people because the opener of a live case tells of danger; one of another kind becomes a safety case.

    Returns
    -------
    Case
        As it is now; the caller cancels its reminders and writes `reminders_of_alarm`.
    """
    after = replace(case, kind=CaseKind.SAFETY, turn=case.turn + (case.kind is not CaseKind.SAFETY))
    louder = case
    if case.kind is not CaseKind.SAFETY:
        louder = await step(case, after, CaseStep.MADE_SAFETY, person, context)
    telling.channel(wording.more_danger(louder, words, woken=await woken(context)))
    return louder


def reminders_of_alarm(before: Case, case: Case, context: HandlerContext) -> tuple[Reminder, ...]:
    """Return what brings a case up again whose opener has told of danger; empty where what is planned comes soon enough."""
    if case.state is CaseState.CLAIMED:
        return (next_look(case, context, count=1, is_danger=True),)
    return (next_ping(case, context, count=1),) if before.kind is not case.kind else ()


def quotes(case: Case, context: HandlerContext) -> Sequence[ClauseQuote]:
    """Quote the clauses that bear on a case, as they read now; the specialist's own phone number is not among them."""
    shelf = context.shelf
    contact = shelf.district.clause_id(shelf.district.specialist.contact_clause)
    wanted = [clause_id for clause_id in case.clause_ids if clause_id != contact]
    found = (quote_of(clause_id, shelf.guideline, shelf.document) for clause_id in wanted)
    return [quote for quote in found if quote is not None]


async def holders(role: Role, context: HandlerContext) -> Sequence[Person]:
    """Return the members who hold a role: whom a platform vouches for, and whom the district's settings name.

    Somebody who writes from two platforms is there twice.
    """
    district, people = context.shelf.district, context.unit.people
    contacts = await people.with_role(district_id=district.id, role=role, needs_email=False)
    for email in (member.email for member in district.people if member.role is role):
        named = await people.by_email(district_id=district.id, email=email)
        if named is not None and named.is_active and named.person.standing is Standing.MEMBER:
            contacts.append(named)
    return list({(each.person.platform, each.person.id): each.person for each in contacts}.values())


def once_each(people: Iterable[Person]) -> Sequence[Person]:
    """Return people without those who are there a second time under the same e-mail address."""
    return list({same_email(each.email) if each.email else each.id: each for each in people}.values())


async def woken(context: HandlerContext) -> Sequence[Mentioned]:
    """Return the specialists whom the channel's own platform can notify."""
    specialists = await holders(Role.SPECIALIST, context)
    return [wording.mentioned(each) for each in specialists if each.platform == context.channel.platform]


async def step(
    before: Case, after: Case, what: CaseStep, who: Person, context: HandlerContext, *, text: str = ""
) -> Case:
    """Change a case and write the step into its timeline; whoever was there first keeps it.

    Raises
    ------
    CaseChangedError
        Raised if somebody else changed the case meanwhile.
    """
    now = context.clock.now()
    changed = await context.unit.cases.change(before, replace(after, active_at=now))
    await note(changed, what, who, context, text=text)
    return changed


def had_by(case: Case, who: Person, context: HandlerContext) -> Case:
    """Return a case as it is once somebody has it."""
    now = context.clock.now()
    return replace(
        case,
        state=CaseState.CLAIMED,
        turn=case.turn + 1,
        claimed_by=who,
        claimed_at=now,
        first_claimed_at=case.first_claimed_at or now,
    )


def freed(case: Case) -> Case:
    """Return a case as it is once nobody has it any more."""
    return replace(case, state=CaseState.OPEN, turn=case.turn + 1, claimed_by=None, claimed_at=None)


def active(case: Case, context: HandlerContext) -> Case:
    """Return a case with which something was just done."""
    return replace(case, active_at=context.clock.now())


async def note(case: Case, what: CaseStep, who: Person, context: HandlerContext, *, text: str = "") -> TimelineEntry:
    """Write a step into the timeline of a case."""
    return await context.unit.cases.note(case, what, who=who, at=context.clock.now(), text=text)


def reminders(case: Case, context: HandlerContext) -> tuple[Reminder, ...]:
    """Return what brings a case up again that has just come into its present state."""
    match case.state:
        case CaseState.OPEN:
            return (next_ping(case, context, count=1),)
        case CaseState.CLAIMED:
            return (next_look(case, context, count=1),)
        case _:
            return ()


def next_ping(case: Case, context: HandlerContext, *, count: int) -> Reminder:
    """Return the n-th time that an unclaimed case is brought up, counted from 1."""
    return Reminder(
        key=f"{case.subject}/ping/{case.turn}/{count}/{_fresh(case, context)}",
        verb="case-unclaimed",
        value=f"{case.number}.{case.turn}.{count}",
        subject=case.subject,
        due_at=ping_at(case.kind, context, count=count),
    )


def ping_at(kind: CaseKind, context: HandlerContext, *, count: int) -> datetime:
    """Return when an unclaimed case is brought up for the n-th time, counted from now."""
    settings = context.shelf.district.cases
    slower = SLOWER_AFTER_THREE if count > 3 else 1
    return _later(
        kind,
        context,
        context.clock.now(),
        safety_minutes=settings.safety_minutes * slower,
        controversy_minutes=settings.controversy_minutes * slower,
        school_days=settings.question_school_days,
    )


def _fresh(case: Case, context: HandlerContext) -> str:
    """Return what makes the key of a reminder one that was never used: the same, cancelled, would not be written again."""
    return f"{case.revision}/{context.clock.now().isoformat()}"


async def pings_so_far(case: Case, context: HandlerContext) -> int:
    """Return how often a case was brought up since nobody has had it."""
    timeline = await context.unit.cases.timeline(district_id=case.district_id, number=case.number)
    return len(pings_since_free(timeline))


def next_look(case: Case, context: HandlerContext, *, count: int, is_danger: bool = False) -> Reminder:
    """Return when a claimed case is looked at: first to remind whoever has it, then to unclaim it.

    Parameters
    ----------
    is_danger
        True where its opener has just told of danger: whoever has it is reminded as soon as a safety case is brought up.
    """
    settings = context.shelf.district.cases
    now = context.clock.now()
    due_at = now + timedelta(minutes=settings.safety_minutes)
    if not is_danger:
        due_at = _later(
            case.kind,
            context,
            case.active_at if count == 1 else now,
            safety_minutes=settings.forgotten_safety_minutes,
            controversy_minutes=settings.forgotten_controversy_minutes,
            school_days=settings.forgotten_question_school_days,
        )
    why = "danger" if is_danger else "look"
    return Reminder(
        key=f"{case.subject}/{why}/{case.turn}/{count}/{_fresh(case, context)}",
        verb="case-forgotten",
        value=f"{case.number}.{case.turn}.{count}.{int(case.active_at.timestamp())}",
        subject=case.subject,
        due_at=due_at,
    )


def _later(
    kind: CaseKind,
    context: HandlerContext,
    after: datetime,
    *,
    safety_minutes: int,
    controversy_minutes: int,
    school_days: int,
) -> datetime:
    calendar = Calendar(context.shelf.district.hours)
    match kind:
        case CaseKind.SAFETY:
            return after + timedelta(minutes=safety_minutes)
        case CaseKind.CONTROVERSY:
            return calendar.open_minutes_later(after, minutes=controversy_minutes)
        case CaseKind.QUESTION:
            return calendar.next_moment(after, school_days=school_days)
