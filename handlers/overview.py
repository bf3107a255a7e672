"""The overview of one person: their filings, accounts and cases, what they can do, and for specialists what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import cases, forms
from handlers.context import HandlerContext
from handlers.incoming import Question
from handlers.outcome import Outcome
from handlers.wording import overview as wording
from knowledge.cases import may_work

if TYPE_CHECKING:
    from handlers.replies import Reply
    from knowledge.people import Person


async def show(question: Question, context: HandlerContext) -> Outcome:
    """Show somebody what is theirs; nothing of it is kept, it is drawn anew each time."""
    return Outcome(reply=await overview_of(question.person, context), is_promised=False)


async def overview_of(person: Person, context: HandlerContext) -> Reply:
    """Draw the overview of a person.

    Raises
    ------
    NotStaffError
        Raised if the person is a guest of the workspace or a program.
    """
    cases.check_staff(person)
    district, now = context.shelf.district, context.clock.now()
    registry, filings, kept_cases = context.unit.registry, context.unit.filings, context.unit.cases
    own = wording.Own(
        accounts=await registry.of_person(district_id=district.id, email=person.email) if person.email else (),
        filings=await filings.of_person(district_id=district.id, person=person),
        cases=await kept_cases.of_person(district_id=district.id, person=person),
    )
    at_work = None
    if forms.is_specialist(person, context) or may_work(person, district.roles_of(person)):
        at_work = wording.AtWork(
            filings=await filings.open(district_id=district.id), cases=await kept_cases.live(district_id=district.id)
        )
    return wording.overview(own, at_work, district=district, now=now)
