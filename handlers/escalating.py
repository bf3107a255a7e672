"""Bringing something before the specialist: what will be sent is shown first, and danger is sent at once."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers import cases, finding_accounts, reporting
from handlers.context import HandlerContext, asked_it
from handlers.incoming import FormSubmission, Press, Question
from handlers.outcome import Outcome
from handlers.telling import Telling
from handlers.wording import case_forms
from handlers.wording import escalations as wording
from handlers.wording.clauses import quote_of
from knowledge.alike import links_in
from knowledge.cases import (
    LONGEST_SUMMARY_CHARACTERS,
    SAME_MATTER_WINDOW,
    CaseChangedError,
    CaseKind,
    CaseStep,
    NotOfThisCaseError,
)
from knowledge.people import Person, plain_name
from knowledge.questions import QuestionNotFoundError, QuestionRecord
from knowledge.search.danger import tells_of_danger

if TYPE_CHECKING:
    from handlers.replies import ClauseQuote, Reply
    from knowledge.cases import TimelineEntry

ADD_WINDOW = timedelta(minutes=30)
"""How long after a specialist wrote what their opener writes elsewhere may be the answer. Our own figure."""

_CASE_NAMED = re.compile(r"\bc-(?P<number>[0-9]{1,9})\b", re.IGNORECASE)
_MY_CASES = re.compile(
    r"^\W*(?:(?:show |list )?(?:me )?my (?:open )?cases?\W*$|what happened (?:to|with) my case\b|how far is my case\b"
    r"|(?:has|did|is) (?:any ?body|any ?one|some ?one) (?:claim\w*|look\w*|work\w*)\b.{0,20}\bmy case\b)",
    re.IGNORECASE,
)

FEWEST_LETTERS = 3
"""A report with fewer says nothing. Our own figure."""


# ---------------------------------------------------------------- from an answer


async def raise_alarm(record: QuestionRecord, question: Question, context: HandlerContext) -> Outcome:
    """Bring danger before the specialist at once; the words about safety come first.

    A case of danger that the same person has just opened takes it in, with a ping of its own. Any other matter of theirs,
    like a comment storm, does not: danger gets a case of its own, which is pinged for until somebody claims it.
    """
    cases.check_staff(question.person)
    report = reporting.report_of(record, CaseKind.SAFETY)
    telling = Telling(context)
    own = await reporting.own_live_case(question.person, context)
    is_new = own is None or own.kind is not CaseKind.SAFETY or context.clock.now() - own.opened_at >= SAME_MATTER_WINDOW
    if own is None or is_new:
        return await reporting.opened(report, question.person, context, telling)
    main = await cases.main_case(own, context)
    louder = await cases.alarm(main, question.person, report.summary, context, telling)
    await reporting.add(louder, report.summary, question.person, context, telling)
    reminders = cases.reminders_of_alarm(main, louder, context)
    reply = wording.added(own, report.summary, record.id, district=context.shelf.district, is_danger=True)
    return Outcome(
        reply=reply, posts=telling.posts, cancelled=(louder.subject,) if reminders else (), reminders=reminders
    )


async def raise_unread(question: Question, context: HandlerContext) -> Outcome:
    """Bring a message before the specialist that tells of danger and that could not be answered: its words are enough."""
    question_id = str(uuid.uuid4())
    record = QuestionRecord(
        id=question_id,
        district_id=question.district_id,
        asked_at=context.clock.now(),
        platform=question.conversation.platform,
        conversation_key=context.conversation_key,
        asker_key=context.asker_key(question_id),
        event_key=question.event_key,
        masked_text=question.text,
        guideline_version=context.shelf.guideline.version,
        model="",
        kind="escalation",
        verdict=None,
        abstained=False,
        cover=0.0,
        escalate=True,
        urgency=CaseKind.SAFETY.value,
        clauses=(),
    )
    await context.unit.questions.remember(record)
    return await raise_alarm(record, question, context)


async def offer(record: QuestionRecord, question: Question, reply: Reply, context: HandlerContext) -> Reply:
    """Show under the answer to an alarm what one press would send."""
    known = await reporting.own_live_case(question.person, context)
    return wording.with_offer(
        reply,
        wording.told_of(record),
        question_id=record.id,
        quote=_collaboration(context),
        known=known,
        district=context.shelf.district,
    )


async def with_own_case(reply: Reply, record: QuestionRecord, person: Person, context: HandlerContext) -> Reply:
    """Offer somebody whose case is worked on just now to add to it what they wrote."""
    known = await reporting.own_live_case(person, context)
    if known is None:
        return reply
    main = await cases.main_case(known, context)
    timeline = await context.unit.cases.timeline(district_id=main.district_id, number=main.number)
    asked = next((entry for entry in reversed(timeline) if entry.step is CaseStep.TO_PERSON), None)
    if asked is None or _is_old(asked, context) or timeline[-1].step is CaseStep.FROM_PERSON:
        return reply
    return wording.with_add_button(reply, known, question_id=record.id)


def _is_old(entry: TimelineEntry, context: HandlerContext) -> bool:
    """Tell whether a specialist's words are so old that nobody is answering them just now."""
    return context.clock.now() - entry.at > ADD_WINDOW


async def about_cases(question: Question, context: HandlerContext) -> Reply | None:
    """Answer how far somebody's cases are, or one of them; None where the message asks something else."""
    district = context.shelf.district
    named = _CASE_NAMED.search(question.text)
    if not named and not _MY_CASES.search(question.text):
        return None
    found = await context.unit.cases.of_person(district_id=district.id, person=question.person)
    one = next((case for case in found if named and case.number == int(named["number"])), None)
    if one is not None:
        return wording.one_of_mine(one, await cases.main_case(one, context), district=district)
    return wording.mine(found, district=district, now=context.clock.now())


# ---------------------------------------------------------------- the buttons


async def refer(press: Press, context: HandlerContext) -> Outcome:
    """Show what would be sent of a question; nothing is sent yet.

    Raises
    ------
    QuestionNotFoundError, NotStaffError
        As their names say.
    """
    record = await _own_question(press, press.value, context)
    known = await _known_already(record.id, context)
    if known is not None:
        return Outcome(reply=known)
    own = await reporting.own_live_case(press.person, context)
    is_lately = own is not None and context.clock.now() - own.opened_at < SAME_MATTER_WINDOW
    reply = wording.preview(
        wording.told_of(record),
        reporting.kind_of(record),
        district=context.shelf.district,
        question_id=record.id,
        quote=_collaboration(context),
        known=own if is_lately and record.escalate else None,
    )
    return Outcome(reply=reply)


async def send(press: Press, context: HandlerContext) -> Outcome:
    """Send what was shown, unless somebody has told of the same: then ask."""
    return await _send(press, context, asks_whether_same=True)


async def send_another(press: Press, context: HandlerContext) -> Outcome:
    """Send what was shown as a matter of its own."""
    return await _send(press, context)


async def send_as_urgent(press: Press, context: HandlerContext) -> Outcome:
    """Send what was shown, as a controversial-post situation."""
    return await _send(press, context, is_urgent=True, asks_whether_same=True)


async def _send(
    press: Press, context: HandlerContext, *, is_urgent: bool = False, asks_whether_same: bool = False
) -> Outcome:
    record = await _own_question(press, press.value, context)
    known = await _known_already(record.id, context)
    if known is not None:
        return Outcome(reply=known, replaces_pressed_message=True)
    kind = reporting.kind_of(record)
    if is_urgent and kind is CaseKind.QUESTION:
        kind = CaseKind.CONTROVERSY
    report = reporting.report_of(record, kind)
    same = await reporting.same_matter(report, context) if asks_whether_same and kind is CaseKind.CONTROVERSY else None
    if same is not None:
        reply = wording.same_matter(same, question_id=record.id, district=context.shelf.district)
        return Outcome(reply=reply, replaces_pressed_message=True)
    outcome = await reporting.opened(report, press.person, context, Telling(context), came_from=press.conversation)
    return replace(outcome, replaces_pressed_message=True)


async def send_same(press: Press, context: HandlerContext) -> Outcome:
    """Send what was shown as what somebody has told of already.

    Raises
    ------
    QuestionNotFoundError, CaseNotFoundError, NotStaffError
        As their names say.
    """
    record = await _own_question(press, press.value.partition(".")[2], context)
    known = await _known_already(record.id, context)
    if known is not None:
        return Outcome(reply=known, replaces_pressed_message=True)
    main = await cases.main_case(await cases.case_of(press.value, context), context)
    report = reporting.report_of(record, reporting.kind_of(record))
    if not main.is_live:
        outcome = await reporting.opened(report, press.person, context, Telling(context), came_from=press.conversation)
    else:
        outcome = await reporting.joined(report, main, press.person, context, Telling(context))
    return replace(outcome, replaces_pressed_message=True)


async def _own_question(press: Press | FormSubmission, question_id: str, context: HandlerContext) -> QuestionRecord:
    """Return a question that was asked in the conversation of this press: nobody sends another's words.

    Raises
    ------
    QuestionNotFoundError, NotStaffError
        As their names say.
    """
    cases.check_staff(press.person)
    record = await context.unit.questions.get(district_id=context.shelf.district.id, question_id=question_id)
    if not asked_it(record, context):
        raise QuestionNotFoundError(question_id)
    return record


async def _known_already(question_id: str, context: HandlerContext) -> Reply | None:
    district = context.shelf.district
    known = await context.unit.cases.of_question(district_id=district.id, question_id=question_id)
    if known is None:
        return None
    return wording.known_already(known, await cases.main_case(known, context), district=district)


async def add(press: Press, context: HandlerContext) -> Outcome:
    """Add a question to a case of the same person.

    Raises
    ------
    QuestionNotFoundError, CaseNotFoundError, NotOfThisCaseError
        As their names say.
    """
    cases.check_staff(press.person)
    case = await cases.case_of(press.value, context)
    main = await cases.main_case(case, context)
    if not case.is_of(press.person):
        raise NotOfThisCaseError(case)
    if not main.is_live:
        raise CaseChangedError(case)
    record = await _own_question(press, press.value.partition(".")[2], context)
    telling = Telling(context)
    summary = wording.told_of(record)
    await reporting.add(main, summary, press.person, context, telling)
    reply = wording.added(case, summary, "", district=context.shelf.district, is_danger=main.kind is CaseKind.SAFETY)
    return Outcome(reply=reply, replaces_pressed_message=True, posts=telling.posts)


async def mistaken(press: Press, context: HandlerContext) -> Outcome:
    """Tell the specialists that the opener says it was a mistake; whether it was, they judge.

    Raises
    ------
    CaseNotFoundError, NotOfThisCaseError
        As their names say.
    """
    cases.check_staff(press.person)
    case = await cases.case_of(press.value, context)
    if not case.is_of(press.person):
        raise NotOfThisCaseError(case)
    main = await cases.main_case(case, context)
    telling = Telling(context)
    await reporting.add(main, wording.A_MISTAKE, press.person, context, telling)
    return Outcome(reply=wording.mistake_told(case), posts=telling.posts)


async def edit(press: Press, context: HandlerContext) -> Outcome:
    """Open the form, filled in with what a question or a message said."""
    cases.check_staff(press.person)
    summary, kind = press.fields.get("text", ""), CaseKind.CONTROVERSY
    if press.value:
        record = await _own_question(press, press.value, context)
        summary, kind = wording.told_of(record), reporting.kind_of(record)
    return Outcome(reply=await _form(summary, kind, context, question_id=press.value), is_promised=False)


async def cancel(_press: Press, _context: HandlerContext) -> Outcome:
    """Send nothing."""
    return Outcome(reply=wording.dropped(), replaces_pressed_message=True)


async def command(question: Question, context: HandlerContext) -> Outcome:
    """Do what stands behind ``/escalate``: open the form, filled in with what stands behind the word."""
    cases.check_staff(question.person)
    summary = question.text.partition(" ")[2].strip()
    if summary.lower() == "help":
        return Outcome(reply=wording.how_to(district=context.shelf.district), is_promised=False)
    return Outcome(reply=await _form(summary, CaseKind.CONTROVERSY, context), is_promised=False)


async def _form(summary: str, kind: CaseKind, context: HandlerContext, *, question_id: str = "") -> Reply:
    found, shown = await finding_accounts.mentioned(summary, context)
    district = context.shelf.district
    school = next((name for name in district.cases.schools if name.lower() in summary.lower()), "")
    if tells_of_danger(summary):
        kind = CaseKind.SAFETY
    values = {
        "happened": summary[:LONGEST_SUMMARY_CHARACTERS],
        "kind": kind.value,
        "links": " ".join(links_in(summary)),
        "account": shown if found else "",
        "school": school,
    }
    was_cut = len(summary) > LONGEST_SUMMARY_CHARACTERS
    return case_forms.report_form(
        values, district=district, question_id=question_id, problems={}, known=None, was_cut=was_cut
    )


# ---------------------------------------------------------------- the form


async def submit(submission: FormSubmission, context: HandlerContext) -> Outcome:
    """Open a case from the form, or say what is wrong with it."""
    cases.check_staff(submission.person)
    district = context.shelf.district
    values = {name: text.strip() for name, text in submission.fields.items()}
    question_id = submission.value
    if question_id:
        known_reply = await _known_already(question_id, context)
        if known_reply is not None:
            return Outcome(reply=known_reply, replaces_pressed_message=True)
    report = await _read(values, submission, context)
    problems = _problems(values, context)
    known = None
    if not problems:
        known = await reporting.same_matter(report, context)
        is_same = values.get("is_same", "")
        if known is not None and is_same not in {str(known.number), "another"}:
            problems["is_same"] = "Please say whether it is the same."
    if problems:
        reply = case_forms.report_form(
            values, district=district, question_id=question_id, problems=problems, known=known
        )
        return Outcome(reply=reply, is_promised=False, replaces_pressed_message=True)
    telling = Telling(context)
    if known is not None and values["is_same"] == str(known.number):
        outcome = await reporting.joined(report, known, submission.person, context, telling)
    else:
        outcome = await reporting.opened(report, submission.person, context, telling, came_from=submission.conversation)
    return replace(outcome, replaces_pressed_message=True)


async def _read(values: dict[str, str], submission: FormSubmission, context: HandlerContext) -> reporting.Report:
    kind = values.get("kind", "")
    summary = values.get("happened", "")[:LONGEST_SUMMARY_CHARACTERS]
    clause_ids: tuple[str, ...] = ()
    question_id = submission.value
    if question_id:
        clause_ids = reporting.shown_clauses(await _own_question(submission, question_id, context))
    links = links_in(" ".join([values.get("links", ""), summary]))
    chosen = CaseKind(kind) if kind in set(CaseKind) else CaseKind.CONTROVERSY
    return reporting.Report(
        # Whatever was chosen in a hurry: what tells of danger is never left to wait.
        kind=CaseKind.SAFETY if tells_of_danger(summary) else chosen,
        summary=summary,
        links=links,
        account=plain_name(values.get("account", "")),
        school=values.get("school", "")[:100],
        clause_ids=clause_ids,
        question_id=question_id,
    )


def _problems(values: dict[str, str], context: HandlerContext) -> dict[str, str]:
    problems = {}
    if sum(letter.isalnum() for letter in values.get("happened", "")) < FEWEST_LETTERS:
        problems["happened"] = "Say what happened, in a sentence or two."
    if values.get("kind", CaseKind.CONTROVERSY.value) not in set(CaseKind):
        problems["kind"] = "Choose one of the three."
    schools = context.shelf.district.cases.schools
    if schools and values.get("school") and values["school"] not in schools:
        problems["school"] = "Choose one of the list."
    return problems


def _collaboration(context: HandlerContext) -> ClauseQuote | None:
    """Quote the clause that asks to work on such a matter together with the specialist."""
    shelf = context.shelf
    return quote_of(shelf.district.clause_id(shelf.district.cases.clause), shelf.guideline, shelf.document)
