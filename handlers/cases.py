"""What every step of a case has in common: who takes part, its cards, its timeline, when it is brought up again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from handlers.context import HandlerContext
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

MOST_NUMBERS = 10**9
"""No number of ours is as large; a larger one would not fit its column."""

MOST_SIMILAR = 3
"""Most other cases that are offered as the same matter. Our own figure."""


async def case_of(value: str, context: HandlerContext) -> Case:
    """Return the case that a button or form is about: the number before any dot.

    Raises
    ------
    CaseNotFoundError
        Raised if this district has no such case.
    """
    number = value.partition(".")[0]
    if not (number.isascii() and number.isdigit() and 0 < int(number[:12]) < MOST_NUMBERS):
        raise CaseNotFoundError(0)
    return await context.unit.cases.get(district_id=context.shelf.district.id, number=int(number))


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
    """Return the case and those joined to it: each has an opener, who takes part through a card of that name."""
    joined = await context.unit.cases.joined_to(district_id=case.district_id, number=case.number)
    return (case, *joined)


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
    everybody = await participants(case, context)
    card = wording.card(
        case,
        district=shelf.district,
        timeline=timeline,
        account=account,
        similar=await similar(case, context) if case.is_live else (),
        joined=everybody[1:],
        quotes=quotes(case, context),
        woken=await woken(context) if is_new else (),
    )
    telling.channel(card, card=case.subject)
    for each in everybody:
        if not (is_new and each is case) and (told_already is None or told_already.number != each.number):
            await show_to_opener(each, case, context, telling)


async def show_to_opener(own: Case, case: Case, context: HandlerContext, telling: Telling) -> None:
    """Draw the opener's own card, under the name of the case that they opened."""
    reply = escalations.status(
        own,
        case,
        district=context.shelf.district,
        timeline=await context.unit.cases.timeline(district_id=case.district_id, number=case.number),
    )
    await telling.person(own.opener, reply, card=own.subject)


async def tell_openers(reply: Reply, case: Case, context: HandlerContext, telling: Telling) -> None:
    """Tell everybody who opened the case, or one joined to it, in the thread of their own card."""
    for each in await participants(case, context):
        await telling.person(each.opener, reply, thread=each.subject)


def quotes(case: Case, context: HandlerContext) -> Sequence[ClauseQuote]:
    """Quote the clauses that bear on a case, as they read now; the specialist's own phone number is not among them."""
    shelf = context.shelf
    contact = shelf.district.clause_id(shelf.district.specialist.contact_clause)
    wanted = [clause_id for clause_id in case.clause_ids if clause_id != contact]
    found = (quote_of(clause_id, shelf.guideline, shelf.document) for clause_id in wanted)
    return [quote for quote in found if quote is not None]


async def woken(context: HandlerContext, role: Role = Role.SPECIALIST) -> Sequence[Mentioned]:
    """Return the people of a role whom the channel's own platform can notify."""
    district, platform = context.shelf.district, context.channel.platform
    vouched = await context.unit.people.with_role(district_id=district.id, role=role)
    found = {(each.person.platform, each.person.id): each.person for each in vouched}
    for member in district.people:
        if member.role is role:
            contact = await context.unit.people.by_email(district_id=district.id, email=member.email)
            if contact is not None and contact.is_active:
                found[contact.person.platform, contact.person.id] = contact.person
    return [wording.mentioned(person) for person in found.values() if person.platform == platform]


async def emails_of(role: Role, context: HandlerContext) -> Sequence[str]:
    """Return the e-mail addresses of a role: whom the district names, and whom a platform vouches for."""
    district = context.shelf.district
    named = [member.email for member in district.people if member.role is role]
    vouched = await context.unit.people.with_role(district_id=district.id, role=role)
    found = [*named, *(contact.person.email for contact in vouched if contact.person.email)]
    return list({same_email(email): email for email in reversed(found)}.values())[::-1]


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


def next_ping(case: Case, context: HandlerContext, *, count: int, key: str = "") -> Reminder:
    """Return the n-th time that an unclaimed case is brought up, counted from 1."""
    return Reminder(
        key=f"{case.subject}/ping/{case.turn}/{key or count}",
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


def next_look(case: Case, context: HandlerContext, *, count: int, key: str = "") -> Reminder:
    """Return when a claimed case is looked at: first to remind whoever has it, then to unclaim it."""
    settings = context.shelf.district.cases
    stamp = int(case.active_at.timestamp())
    return Reminder(
        key=f"{case.subject}/look/{case.turn}/{stamp}/{key or count}",
        verb="case-forgotten",
        value=f"{case.number}.{case.turn}.{count}.{stamp}",
        subject=case.subject,
        due_at=_later(
            case.kind,
            context,
            case.active_at if count == 1 else context.clock.now(),
            safety_minutes=settings.forgotten_safety_minutes,
            controversy_minutes=settings.forgotten_controversy_minutes,
            school_days=settings.forgotten_question_school_days,
        ),
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
