"""Precedents: a specialist saves the outcome of a case as a ruling, and takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from handlers import cases
from handlers.context import HandlerContext
from handlers.incoming import FormSubmission, Press, Question, number_in
from handlers.outcome import Outcome
from handlers.wording import rulings as wording
from knowledge.cases import Case, CaseChangedError, CaseState
from knowledge.precedents import (
    LONGEST_QUESTION_CHARACTERS,
    LONGEST_RULING_CHARACTERS,
    Precedent,
    PrecedentNotFoundError,
    fingerprint,
)

if TYPE_CHECKING:
    from knowledge.guidelines import Clause

FEWEST_LETTERS = 8
"""A question or ruling with fewer says nothing. Our own figure."""


async def open_form(press: Press, context: HandlerContext) -> Outcome:
    """Open the form in which a ruling is reviewed before it is kept.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError, CaseChangedError
        As their names say.
    """
    case = await _resolved(press, context)
    # The question is left empty: what somebody wrote in a hurry must not be published by one press.
    values = {"question": "", "ruling": case.ruling}
    reply = wording.form(case, _clauses(case, context), values=values, problems={})
    return Outcome(reply=reply, is_promised=False)


async def save(submission: FormSubmission, context: HandlerContext) -> Outcome:
    """Keep a reviewed ruling; it is shown from the next question on.

    Raises
    ------
    NotASpecialistError, CaseNotFoundError, CaseChangedError
        As their names say.
    """
    case = await _resolved(submission, context)
    clauses = _clauses(case, context)
    values = {name: text.strip() for name, text in submission.fields.items()}
    question = values.get("question", "")[:LONGEST_QUESTION_CHARACTERS]
    said = values.get("ruling", "")[:LONGEST_RULING_CHARACTERS]
    chosen = values.get("rests_on", "")
    by_id = {clause.id: clause for clause in clauses}
    problems = {
        name: "Write it in a sentence or more."
        for name, text in (("question", question), ("ruling", said))
        if sum(letter.isalnum() for letter in text) < FEWEST_LETTERS
    }
    if chosen not in {*by_id, wording.ALL_CLAUSES, wording.NO_CLAUSE}:
        problems["rests_on"] = "Choose one of these."
    if problems:
        reply = wording.form(case, clauses, values=values, problems=problems)
        return Outcome(reply=reply, is_promised=False, replaces_pressed_message=True)
    rests_on = clauses if chosen == wording.ALL_CLAUSES else [by_id[chosen]] if chosen in by_id else []
    now = context.clock.now()
    for older in await context.unit.precedents.standing(district_id=case.district_id):
        if older.case_number == case.number:  # ruled anew, or the form was sent twice
            await context.unit.precedents.withdraw(older, at=now)
    precedent = await context.unit.precedents.add(
        Precedent(
            district_id=case.district_id,
            number=0,
            question=question,
            ruling=said,
            rests_on={clause.id: fingerprint(clause) for clause in rests_on},
            ruled_by=submission.person,
            ruled_at=now,
            case_number=case.number,
        )
    )
    await context.unit.history.write(
        district_id=case.district_id,
        at=now,
        who=submission.person,
        what="ruled",
        subject=f"precedent/{precedent.number}",
        after={"case": case.number, "rests_on": sorted(precedent.rests_on)},
    )
    return Outcome(reply=wording.saved(precedent, district=context.shelf.district), replaces_pressed_message=True)


async def withdraw(press: Press, context: HandlerContext) -> Outcome:
    """Take a ruling back, once; nobody is shown it any more.

    Raises
    ------
    NotASpecialistError, PrecedentNotFoundError
        As their names say.
    """
    cases.check_works(press.person, context)
    number = number_in(press.value)
    if number is None:
        raise PrecedentNotFoundError(0)
    precedent = await context.unit.precedents.get(district_id=press.district_id, number=number)
    now = context.clock.now()
    if await context.unit.precedents.withdraw(precedent, at=now):
        await context.unit.history.write(
            district_id=press.district_id,
            at=now,
            who=press.person,
            what="ruling withdrawn",
            subject=f"precedent/{precedent.number}",
        )
    return Outcome(reply=wording.withdrawn(precedent), replaces_pressed_message=True)


async def list_precedents(question: Question, context: HandlerContext) -> Outcome:
    """List the rulings for a specialist.

    Raises
    ------
    NotASpecialistError
        Raised if the person is neither specialist nor deputy.
    """
    cases.check_works(question.person, context)
    shelf = context.shelf
    kept = await context.unit.precedents.standing(district_id=shelf.district.id)
    standing = [each for each in kept if each.stands(shelf.guideline.clauses)]
    lapsed = [each for each in kept if not each.stands(shelf.guideline.clauses)]
    return Outcome(reply=wording.listed(standing, lapsed, district=shelf.district), is_promised=False)


async def _resolved(incoming: Press | FormSubmission, context: HandlerContext) -> Case:
    cases.check_works(incoming.person, context)
    case = await cases.case_of(incoming.value, context)
    if case.state is not CaseState.RESOLVED:
        raise CaseChangedError(case)
    return case


def _clauses(case: Case, context: HandlerContext) -> Sequence[Clause]:
    by_id = {clause.id: clause for clause in context.shelf.guideline.clauses}
    return [by_id[clause_id] for clause_id in case.clause_ids if clause_id in by_id]
