"""Figures for the specialist: the weekly digest, the lists and the files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from handlers import cases
from handlers.context import HandlerContext
from handlers.incoming import Question
from handlers.outcome import Outcome, Reminder
from handlers.telling import Telling
from handlers.wording import cases as case_wording
from handlers.wording import escalations
from handlers.wording import figures as wording
from knowledge.alike import Group, groups
from knowledge.calendar import Calendar
from knowledge.cases import may_work
from knowledge.figures import figures_of

UNANSWERED_DAYS = 30
_WEEK = timedelta(days=7)


async def list_cases(question: Question, context: HandlerContext) -> Outcome:
    """List the live cases for a specialist, or give all as a file; whoever is none is shown their own."""
    cases.check_staff(question.person)
    district, now = context.shelf.district, context.clock.now()
    if not may_work(question.person, district.roles_of(question.person)):
        own = await context.unit.cases.of_person(district_id=district.id, person=question.person)
        return Outcome(reply=escalations.mine(own, district=district, now=now), is_promised=False)
    if _wants_file(question):
        found = await context.unit.cases.times(district_id=district.id)
        return Outcome(reply=wording.cases_csv(found, district=district), is_promised=False)
    live = await context.unit.cases.live(district_id=district.id)
    return Outcome(reply=case_wording.open_cases(live, district=district, now=now), is_promised=False)


async def list_unanswered(question: Question, context: HandlerContext) -> Outcome:
    """List the questions that the guidelines did not answer, for a specialist.

    Raises
    ------
    NotASpecialistError
        Raised if the person is neither specialist nor deputy.
    """
    cases.check_works(question.person, context)
    found = await _unanswered(context, since=context.clock.now() - timedelta(days=UNANSWERED_DAYS))
    if _wants_file(question):
        return Outcome(reply=wording.unanswered_csv(found, district=context.shelf.district), is_promised=False)
    return Outcome(reply=wording.unanswered_list(found), is_promised=False)


async def show_digest(question: Question, context: HandlerContext) -> Outcome:
    """Show the figures of the last seven days to a specialist.

    Raises
    ------
    NotASpecialistError
        Raised if the person is neither specialist nor deputy.
    """
    cases.check_works(question.person, context)
    now = context.clock.now()
    telling = Telling(context)
    await _tell_digest(context, telling, since=now - _WEEK, until=now, is_weekly=False)
    [post] = telling.posts
    return Outcome(reply=post.reply, is_promised=False)


async def digest(reminder: Reminder, context: HandlerContext) -> Outcome:
    """Post the digest of the week that is over, unless nothing happened in it, and plan the next one."""
    until = datetime.fromisoformat(reminder.value)
    telling = Telling(context)
    await _tell_digest(context, telling, since=until - _WEEK, until=until, is_weekly=True)
    after = max(context.clock.now(), reminder.due_at)
    return Outcome(reply=None, posts=telling.posts, reminders=(next_digest(context, after=after),))


async def plan_digest(context: HandlerContext) -> Outcome:
    """Plan the next digest, where it is not planned yet; the audit calls it."""
    return Outcome(reply=None, reminders=(next_digest(context, after=context.clock.now()),))


def next_digest(context: HandlerContext, *, after: datetime) -> Reminder:
    """Return the digest of the week that a moment is in: it comes when the office opens next week."""
    hours = context.shelf.district.hours
    local = after.astimezone(hours.zone)
    monday = (local - timedelta(days=local.weekday())).date() + _WEEK
    until = datetime.combine(monday, time(), tzinfo=hours.zone)
    return Reminder(
        key=f"cases/digest/{monday.isoformat()}",
        verb="digest-weekly",
        value=until.isoformat(),
        subject="cases/digest",
        due_at=Calendar(hours).next_opening(until),
    )


async def _tell_digest(
    context: HandlerContext, telling: Telling, *, since: datetime, until: datetime, is_weekly: bool
) -> None:
    district = context.shelf.district
    times = await context.unit.cases.times(district_id=district.id, since=since)
    live = await context.unit.cases.live(district_id=district.id)
    unanswered = await _unanswered(context, since=since)
    found = figures_of(times, since=since, until=until)
    if is_weekly and not (sum(found.opened.values()) or found.resolved or live or unanswered):
        return
    telling.channel(wording.digest(found, unanswered, live, district=district, is_weekly=is_weekly))


async def _unanswered(context: HandlerContext, *, since: datetime) -> Sequence[Group]:
    texts = await context.unit.questions.unanswered(district_id=context.shelf.district.id, since=since)
    return groups(texts)


def _wants_file(question: Question) -> bool:
    return "csv" in question.text.lower().split()
