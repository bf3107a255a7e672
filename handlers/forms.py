"""The forms of filings: what our buttons carry, who may open which, and how they are filled in beforehand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.context import HandlerContext
from handlers.incoming import Press
from handlers.outcome import Outcome
from handlers.wording import filings, forms
from knowledge.filing_checks import FormProblem
from knowledge.filings import (
    ON_AN_ACCOUNT,
    Details,
    Filing,
    FilingKind,
    FilingNotFoundError,
    FilingState,
    NotASpecialistError,
    NotStaffError,
    NotTheFilerError,
    is_same_person,
)
from knowledge.people import Person, Role, Standing
from knowledge.registry import Account

if TYPE_CHECKING:
    from handlers.replies import Reply


MOST_NUMBERS = 10**9
"""No number of ours is as large; a larger one would not fit its column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a button or form of ours carries, read back; nothing in it is a right."""

    kind: FilingKind
    filing_number: int | None = None
    values: Mapping[str, str]


def read_carried(value: str) -> Carried:
    """Read what a button or form carries.

    Raises
    ------
    FilingNotFoundError
        Raised if it is nothing that this product ever wrote.
    """
    try:
        said: Any = json.loads(value)
        number = said.get("filing")
        if number is not None and not (isinstance(number, int) and 0 < number < MOST_NUMBERS):
            raise FilingNotFoundError(0)
        values = said.get("values", {})
        return Carried(
            kind=FilingKind(said["kind"]),
            filing_number=number,
            values={str(name): str(each) for name, each in values.items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FilingNotFoundError(0) from error


async def open_form(press: Press, context: HandlerContext) -> Outcome:
    """Open the form of one kind of filing, prefilled as the button says."""
    carried = read_carried(press.value)
    filing = None
    values = dict(carried.values)
    if carried.filing_number is not None:
        filing = await own_filing(carried.filing_number, press.person, context)
        values |= values_of(filing.details)
    reply = await form_for(carried.kind, person=press.person, context=context, values=values, filing=filing)
    if filing is not None and filing.state is FilingState.ASKED:
        reply = filings.asked_again(filing, reply)
    return Outcome(reply=reply, is_promised=False)


async def form_for(
    kind: FilingKind,
    *,
    person: Person,
    context: HandlerContext,
    values: Mapping[str, str],
    problems: Sequence[FormProblem] = (),
    filing: Filing | None = None,
    likely: Sequence[Account] = (),
) -> Reply:
    """Draw a form for a person.

    Raises
    ------
    NotStaffError
        Raised if the person is a guest of the workspace or a program.
    NotASpecialistError
        Raised if only a specialist files this.
    """
    check_may_file(kind, person, context)
    shelf = context.shelf
    mine: Sequence[Account] = ()
    if kind in ON_AN_ACCOUNT and person.email:
        mine = await context.unit.registry.of_person(district_id=shelf.district.id, email=person.email)
    return forms.form(
        kind,
        district=shelf.district,
        guideline=shelf.guideline,
        document=shelf.document,
        values=values,
        problems=problems,
        my_accounts=mine,
        filing=filing,
        likely=likely,
    )


def check_may_file(kind: FilingKind, person: Person, context: HandlerContext) -> None:
    """Refuse guests, programs, and staff where only a specialist files.

    Raises
    ------
    NotStaffError, NotASpecialistError
        As their names say.
    """
    check_is_staff(person)
    if kind is FilingKind.ASKED_TO_REMOVE and not is_specialist(person, context):
        raise NotASpecialistError


def check_is_staff(person: Person) -> None:
    """Refuse guests of the workspace and programs.

    Raises
    ------
    NotStaffError
        Raised if the person is either.
    """
    if person.standing is not Standing.MEMBER:
        raise NotStaffError


def is_specialist(person: Person, context: HandlerContext) -> bool:
    """Tell whether a person is a specialist or deputy of the district."""
    return bool(context.shelf.district.roles_of(person) & {Role.SPECIALIST, Role.DEPUTY})


async def own_filing(number: int, person: Person, context: HandlerContext) -> Filing:
    """Return a filing to its filer alone.

    Raises
    ------
    FilingNotFoundError, NotTheFilerError
        As their names say.
    """
    filing = await context.unit.filings.get(district_id=context.shelf.district.id, number=number)
    if not is_same_person(filing.filer, person):
        raise NotTheFilerError(filing)
    return filing


def values_of(details: Details) -> dict[str, str]:
    """Return the fields of a form as they stood when it was filed."""
    people = "\n".join(", ".join(part for part in (each.name, each.email) if part) for each in details.administrators)
    values = {
        "organization": details.organization,
        "platform": details.platform,
        "handle": details.handle,
        "administrators": people,
        "administrator": people,
        "successor": people,
        "logo": details.logo,
        "note": details.note,
    }
    for name, person in (("supervisor", details.supervisor), ("principal", details.principal)):
        if person is not None:
            values[name] = ", ".join(part for part in (person.name, person.email) if part)
    return {name: value for name, value in values.items() if value}
