"""What must be true of filings after every step, and of their reminders and their history."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from knowledge.filings import FilingForce, FilingKind, FilingState
from knowledge.people import Person, Standing, is_email, same_email
from tests.stateful.happening import Happening, Step
from tests.stateful.rows import Change, Row, Rows, parsed
from tests.stateful.three_districts import (
    DOMAINS,
    HESPERIA,
    MINIMUM,
    PLATFORMS,
    force_of,
    is_specialist,
    may_decide,
)

OPEN = frozenset(state.value for state in FilingState if state.is_open)
FOUNDING = frozenset({FilingKind.NEW_ACCOUNT.value, FilingKind.REGISTER.value})
_SUFFICES = {
    "approve": FilingState.APPROVED.value,
    "deny": FilingState.DENIED.value,
    "ask-for": FilingState.ASKED.value,
    "acknowledge": FilingState.ACKNOWLEDGED.value,
}
_ITS_OWN = frozenset({"same_key"})
"""What may change of a filing that is settled: it only says what counts as sent twice."""


class BrokenError(AssertionError):
    """A rule of filings or of the registry does not hold."""


def check(step: Step, changes: list[Change]) -> None:
    """Look at what a step did to filings.

    Raises
    ------
    BrokenError
        Raised if a rule does not hold.
    """
    new = [change for change in changes if change.table == "filings" and change.before is None]
    if len(new) > len(step.happenings):
        raise BrokenError(f"{len(new)} filings of {len(step.happenings)} events: {new}")
    for change in changes:
        if change.table == "filings":
            _check_change(change, step)
    for district_id in {happening.district_id for happening in step.happenings}:
        _check_numbers(district_id, step.after)


def effective(step: Step, changes: Iterable[Change]) -> list[Row]:
    """Return the filings that came into effect by this step: those nobody has to approve, and those approved.

    One that was mended and that nobody has to approve comes into effect anew.
    """
    found = []
    for change in changes:
        if change.table != "filings" or change.after is None:
            continue
        row = change.after
        is_free = row["force"] != FilingForce.APPROVAL.value
        was, state = change.before and change.before["state"], row["state"]
        if (
            (is_free and change.before is None)
            or (was != state and state == FilingState.APPROVED.value)
            or (is_free and change.before and is_refiled(change))
        ):
            found.append(row)
    return found


def is_refiled(change: Change) -> bool:
    """Tell whether a filing was put before those who decide it again."""
    if change.before is None or change.after is None:
        return False
    is_newer: bool = change.after["revision"] > change.before["revision"]
    return is_newer and change.after["state"] == FilingState.WAITING.value


def same_person(signed: Mapping[str, str], person: Person) -> bool:
    """Tell whether a signature is a person's, on whatever platform."""
    if (signed["platform"], signed["id"]) == (person.platform, person.id):
        return True
    return bool(signed["email"] and person.email) and same_email(signed["email"]) == same_email(person.email)


def _check_change(change: Change, step: Step) -> None:
    if change.after is None:
        raise BrokenError(f"a filing was deleted: {change}")
    if change.before is None:
        _check_new(change.district_id, change.after, step)
        return
    before, after = change.before, change.after
    changed = {name for name in after if before[name] != after[name]} - _ITS_OWN
    if not changed:
        return
    if before["state"] not in OPEN:
        raise BrokenError(f"a settled filing was changed: {changed} {before} {after}")
    if changed & {"kind", "number", "filed_at", "filer", "account_number", "force", "clause_id"}:
        raise BrokenError(f"what never changes of a filing was changed: {changed} {before} {after}")
    if after["revision"] <= before["revision"]:
        raise BrokenError(f"a change without a new revision: {changed}")
    by = [each for each in step.happenings if each.person and _did(each, before, after)]
    if not by:
        raise BrokenError(f"nobody who may did this: {change}")
    if is_refiled(change):
        _check_details(change.district_id, after)


def _did(happening: Happening, before: Row, after: Row) -> bool:
    """Tell whether what a person did explains how a filing changed, and whether they might do it."""
    person, state = happening.person, after["state"]
    assert person is not None
    filer, details = parsed(before, "filer"), parsed(before, "fields")
    if state == FilingState.WITHDRAWN.value:
        # What came into effect when it was filed cannot be taken back as if it had not.
        waits = before["force"] == FilingForce.APPROVAL.value
        return happening.verb == "withdraw" and same_person(filer, person) and waits
    if state == FilingState.WAITING.value:
        asked = before["state"] == FilingState.ASKED.value
        return happening.verb == "file" and same_person(filer, person) and asked
    signed = parsed(after, "decided_by")
    return bool(
        _SUFFICES.get(happening.verb) == state
        and (state == FilingState.DENIED.value or before["state"] == FilingState.WAITING.value)
        and happening.value == f"{before['number']}.{before['revision']}"
        and (signed["platform"], signed["id"]) == (person.platform, person.id)
        and not same_person(filer, person)
        and (state != FilingState.ACKNOWLEDGED.value or before["force"] == FilingForce.NOTICE.value)
        and (state == FilingState.ACKNOWLEDGED.value or before["force"] == FilingForce.APPROVAL.value)
        and may_decide(happening.district_id, before, details, person)
    )


def _check_new(district_id: str, row: Row, step: Step) -> None:
    filer = parsed(row, "filer")
    by = [each for each in step.happenings if each.person and each.verb == "file" and same_person(filer, each.person)]
    if not by:
        raise BrokenError(f"a filing that nobody made: {row}")
    person = by[0].person
    assert person is not None
    force = force_of(district_id, row["kind"])
    if person.standing is not Standing.MEMBER:
        raise BrokenError(f"{person.standing} filed {row}")
    if f'"{row["kind"]}"' not in by[0].value:
        raise BrokenError(f"another kind was filed than {by[0].value}: {row}")
    if row["force"] != force.value:
        raise BrokenError(f"force {row['force']} where the clause says {force}: {row}")
    needs_nobody = force is FilingForce.RECORD or (force is FilingForce.NOTICE and is_specialist(district_id, person))
    wanted = FilingState.RECORDED if needs_nobody else FilingState.WAITING
    if row["state"] != wanted.value or row["revision"] != 1 or row["decided_by"]:
        raise BrokenError(f"a new filing begins as {wanted}: {row}")
    if row["clause_id"] and not row["clause_id"].startswith(f"{district_id}/"):
        raise BrokenError(f"another district's clause: {row}")
    if row["kind"] not in FOUNDING | {FilingKind.LOGO.value}:
        _check_may_change(district_id, row, person, step)
    _check_details(district_id, row)


def _check_may_change(district_id: str, row: Row, person: Person, step: Step) -> None:
    """Only administrators of an account, and specialists, file a change to it; who brought it in may name its people."""
    number, named = row["account_number"], step.before.of("administrators", district_id)
    own = named.get((number, same_email(person.email))) if person.email else None
    may = (own is not None and own["state"] == "accepted") or is_specialist(district_id, person)
    if not may and row["kind"] in {"add_administrator", "remove_administrator"}:
        emails = [same_email(each["email"]) for each in parsed(row, "fields")["administrators"]]
        has_accepted = any(named.get((number, email), {}).get("state") == "accepted" for email in emails)
        may = not has_accepted and any(
            filing["account_number"] == number and same_person(parsed(filing, "filer"), person)
            for filing in step.before.of("filings", district_id).values()
            if filing["kind"] in FOUNDING
        )
    if not may:
        raise BrokenError(f"a stranger filed a change: {person} {row}")
    if row["kind"] == FilingKind.ASKED_TO_REMOVE.value and not is_specialist(district_id, person):
        raise BrokenError(f"only a specialist asks to remove: {person} {row}")


def _check_details(district_id: str, row: Row) -> None:  # noqa: C901 - one rule after the other
    """No filing is kept that a form should have been sent back for."""
    details: dict[str, Any] = parsed(row, "fields")
    kind, people = row["kind"], details["administrators"]
    emails = {same_email(person["email"]) for person in people}
    everybody = [*people, *(each for each in (details["supervisor"], details["principal"]) if each)]

    def demand(condition: object, what: str) -> None:
        if not condition:
            raise BrokenError(f"{what}: {row}")

    demand(len(emails) == len(people), "one administrator twice")
    for person in everybody:
        demand(is_email(person["email"]), "no e-mail address")
        if DOMAINS[district_id]:
            demand(person["email"].rpartition("@")[2] in DOMAINS[district_id], "an e-mail address of elsewhere")
    for text in (details["organization"], details["handle"], details["note"], *(each["name"] for each in everybody)):
        demand(
            not any(unicodedata.category(letter) in {"Cc", "Cf"} for letter in text if letter not in "\n\t\r"), "hidden"
        )
    if kind in FOUNDING:
        demand(details["organization"], "an account of nobody")
        demand(details["platform"], "an account nowhere")
        demand(len(emails) >= MINIMUM[district_id], "too few administrators")
        demand((district_id, kind) != (HESPERIA, "new_account") or details["supervisor"], "no supervisor")
    if kind == FilingKind.NEW_ACCOUNT.value and PLATFORMS[district_id]:
        demand(details["platform"] in PLATFORMS[district_id], "platform not approved")
    if kind == FilingKind.REGISTER.value:
        demand(details["address_key"], "an account that is there has an address")
    if kind == FilingKind.ADD_ADMINISTRATOR.value:
        demand(emails, "nobody is added")
    if kind in {FilingKind.REMOVE_ADMINISTRATOR.value, FilingKind.HAND_OVER.value}:
        demand(len(emails) == 1, "one person alone")
    if kind == FilingKind.HAND_OVER.value:
        demand(same_email(parsed(row, "filer")["email"] or "@") not in emails, "handed over to oneself")
    if kind == FilingKind.RENAME.value:
        demand(details["organization"] or details["handle"], "renamed to nothing")


def _check_numbers(district_id: str, rows: Rows) -> None:
    for table in ("filings", "accounts", "tasks"):
        numbers = sorted(key[0] for key in rows.of(table, district_id))
        if numbers != list(range(1, len(numbers) + 1)):
            raise BrokenError(f"{table} of {district_id} are numbered {numbers}")
