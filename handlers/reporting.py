"""What is brought before the specialist becomes a case: opened, joined with another, or added to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handlers import cases, finding_accounts
from handlers.context import HandlerContext
from handlers.outcome import Outcome
from handlers.telling import Telling
from handlers.wording import cases as case_cards
from handlers.wording import escalations as wording
from handlers.wording import relays
from knowledge.alike import links_in, tells_the_same
from knowledge.calendar import Calendar
from knowledge.cases import LONGEST_SUMMARY_CHARACTERS, Arrival, Case, CaseKind, CaseState, CaseStep
from knowledge.checking.signs import platform_named
from knowledge.people import Person
from knowledge.personal_data import mask
from knowledge.questions import QuestionRecord

if TYPE_CHECKING:
    from knowledge.cases import TimelineEntry
    from knowledge.conversations import ConversationReference


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody brings before the specialist, personal data masked."""

    kind: CaseKind
    summary: str
    links: tuple[str, ...] = ()
    account: str = ""
    """Handle or name of an account, as typed; empty where none was named."""

    school: str = ""
    clause_ids: tuple[str, ...] = ()
    question_id: str = ""


async def opened(
    report: Report,
    person: Person,
    context: HandlerContext,
    telling: Telling,
    *,
    came_from: ConversationReference | None = None,
) -> Outcome:
    """Open a case, put its card into the channel, and tell its opener.

    Parameters
    ----------
    came_from
        Where it was sent from; in the channel the card of that name is the specialists' own.
    """
    shelf, now = context.shelf, context.clock.now()
    district = shelf.district
    case = await context.unit.cases.add(await _new(report, person, context))
    await cases.note(case, CaseStep.OPENED, person, context)
    await cases.show(case, context, telling, is_new=True)
    [reminder] = cases.reminders(case, context)
    calendar = Calendar(district.hours)
    reply = wording.opened(
        case,
        district=district,
        quotes=cases.quotes(case, context),
        contact=cases.contact_quote(context),
        plan=wording.plan(
            case.kind,
            district=district,
            is_open=calendar.is_open(now),
            opens_at=calendar.next_opening(now),
            again_at=reminder.due_at,
            now=now,
        ),
    )
    card = "" if came_from == context.channel else case.subject
    return Outcome(reply=reply, card=card, posts=telling.posts, reminders=(reminder,))


async def joined(report: Report, main: Case, person: Person, context: HandlerContext, telling: Telling) -> Outcome:
    """Keep a report as a case that is worked on as one with another."""
    own = await context.unit.cases.add(
        replace(await _new(report, person, context), state=CaseState.JOINED, joined_to=main.number)
    )
    await cases.note(own, CaseStep.OPENED, person, context)
    is_danger = report.kind is CaseKind.SAFETY
    louder = await cases.alarm(main, person, report.summary, context, telling) if is_danger else main
    await add(louder, report.summary, person, context, telling, own=own)
    reminders = cases.reminders_of_alarm(main, louder, context) if is_danger else ()
    district = context.shelf.district
    timeline = await context.unit.cases.timeline(district_id=district.id, number=main.number)
    return Outcome(
        reply=wording.status(own, louder, district=district, timeline=timeline),
        card=own.subject,
        posts=telling.posts,
        cancelled=(main.subject,) if reminders else (),
        reminders=reminders,
    )


async def _new(report: Report, person: Person, context: HandlerContext) -> Case:
    shelf, now = context.shelf, context.clock.now()
    named = report.account or report.summary
    accounts = (
        await finding_accounts.account_meant(report.account, context)
        if report.account
        else (await finding_accounts.mentioned(report.summary, context))[0]
    )
    account = accounts[0] if len(accounts) == 1 else None
    summary = report.summary[:LONGEST_SUMMARY_CHARACTERS]
    if report.account and account is None:  # what somebody typed is not dropped because we do not know it
        summary = f"{summary}\n{wording.UNKNOWN_ACCOUNT} {mask(report.account)}"
    settings = shelf.district.cases
    asked_for = (settings.duty_clause if report.kind is CaseKind.SAFETY else None, settings.clause)
    own = [shelf.district.clause_id(number) for number in asked_for if number and report.kind is not CaseKind.QUESTION]
    return Case(
        district_id=shelf.district.id,
        number=0,
        kind=report.kind,
        state=CaseState.OPEN,
        revision=1,
        opened_at=now,
        opener=person,
        summary=summary,
        links=report.links,
        platform=account.platform if account else platform_named(" ".join([named, *report.links])) or "",
        account_number=account.number if account else None,
        school=report.school,
        clause_ids=tuple(dict.fromkeys([*own, *report.clause_ids])),
        guideline_version=shelf.guideline.version,
        question_id=report.question_id,
        active_at=now,
    )


async def add(
    case: Case,
    words: str,
    person: Person,
    context: HandlerContext,
    telling: Telling,
    *,
    attachments: Sequence[str] = (),
    own: Case | None = None,
) -> TimelineEntry:
    """Bring what an opener adds into the thread of a case, with a receipt, and redraw its cards.

    Parameters
    ----------
    attachments
        Names of what came with it; they are told, and nothing is copied.
    own
        A case whose opener is told by the reply of this very turn.
    """
    said = relays.with_names(words, attachments)
    entry = await cases.note(case, CaseStep.FROM_PERSON, person, context, text=said)
    receipt = f"{case.number}.{entry.position}.0"
    entry = await context.unit.cases.set_arrivals(entry, {receipt: Arrival.UNDER_WAY.value})
    woken = [case_cards.mentioned(case.claimed_by)] if case.claimed_by else await cases.woken(context)
    reply = relays.from_person(case, person, words, attachments, woken=woken)
    telling.channel(reply, thread=case.subject, receipt=receipt)
    await cases.show(case, context, telling, told_already=own)
    return entry


async def own_live_case(person: Person, context: HandlerContext) -> Case | None:
    """Return the newest case that a person opened and that somebody still works on, also as one with another."""
    found = await context.unit.cases.of_person(district_id=context.shelf.district.id, person=person, most=5)
    for case in found:
        main = await cases.main_case(case, context)
        if main.is_live and case.kind is not CaseKind.QUESTION:
            return case
    return None


async def same_matter(report: Report, context: HandlerContext) -> Case | None:
    """Return the oldest live case that tells of the same matter."""
    live = await context.unit.cases.live(district_id=context.shelf.district.id)
    return next((case for case in live if tells_the_same(report.summary, report.links, case.summary, case.links)), None)


def report_of(record: QuestionRecord, kind: CaseKind) -> Report:
    """Make a report of a remembered question, with the clauses that its asker was shown."""
    summary = wording.told_of(record)
    return Report(
        kind=kind,
        summary=summary[:LONGEST_SUMMARY_CHARACTERS],
        links=links_in(summary),
        clause_ids=shown_clauses(record),
        question_id=record.id,
    )


def shown_clauses(record: QuestionRecord) -> tuple[str, ...]:
    """Return the ids of the clauses that an asker was shown, best first."""
    return tuple(clause.clause_id for clause in record.clauses if clause.was_shown)


def kind_of(record: QuestionRecord) -> CaseKind:
    """Return the kind of case that a question becomes, as it was judged when it was asked."""
    if not record.escalate:
        return CaseKind.QUESTION
    return CaseKind.SAFETY if record.urgency == CaseKind.SAFETY.value else CaseKind.CONTROVERSY
