"""What must be true of accounts, of their administrators and of the tasks about them after every step."""

from collections.abc import Mapping
from typing import Any

from knowledge.filings import FilingForce, FilingKind, FilingState
from knowledge.handles import read_address
from knowledge.people import same_email
from knowledge.registry import AccountStatus
from tests.stateful.account_rules import CURRENT, NAMED
from tests.stateful.filing_rules import FOUNDING, OPEN, BrokenError, effective
from tests.stateful.happening import Step
from tests.stateful.rows import Change, Row, Rows, parsed
from tests.stateful.three_districts import MINIMUM

_ASKED = frozenset({"asked", "unreachable"})


def check(step: Step, changes: list[Change]) -> None:
    """Look at what a step did to the registry.

    Raises
    ------
    BrokenError
        Raised if a rule does not hold.
    """
    for change in changes:
        if change.table == "tasks":
            _check_task(change)
    for row in effective(step, changes):
        _check_effect(row, step)
    for district_id in {happening.district_id for happening in step.happenings}:
        _check_addresses(district_id, step.after)
        _check_waiting(district_id, step.after)
        _check_tasks(district_id, step.after)
        _check_asked(district_id, step.after)


def _check_effect(row: Row, step: Step) -> None:
    """What came into effect stands in the registry."""
    district_id, number = row["district_id"], row["account_number"]
    if number is None:
        return
    account = step.after.of("accounts", district_id)[number,]
    people = {
        key[1]: each["state"] for key, each in step.after.of("administrators", district_id).items() if key[0] == number
    }
    if not _has_effect(row, account, people):
        raise BrokenError(f"a filing without its effect: {row} {account} {people}")


def _has_effect(row: Row, account: Row, people: Mapping[str, str]) -> bool:
    details: dict[str, Any] = parsed(row, "fields")
    emails = {same_email(person["email"]) for person in details["administrators"]}
    was_approved = row["state"] == FilingState.APPROVED.value
    match FilingKind(row["kind"]):
        case FilingKind.NEW_ACCOUNT | FilingKind.REGISTER if was_approved:
            return bool(account["status"] == ("live" if row["kind"] == FilingKind.REGISTER.value else "approved"))
        case FilingKind.NEW_ACCOUNT | FilingKind.REGISTER:
            return account["organization"] == details["organization"] and all(
                people.get(each) in NAMED for each in emails
            )
        case FilingKind.ADD_ADMINISTRATOR | FilingKind.HAND_OVER:
            return all(people.get(email) in NAMED for email in emails)
        case FilingKind.REMOVE_ADMINISTRATOR:
            return all(people.get(email) not in NAMED for email in emails)
        case FilingKind.RENAME:
            return all(details[name] in {"", account[name]} for name in ("organization", "handle"))
        case FilingKind.CLOSE:
            return bool(account["status"] == AccountStatus.CLOSED.value)
        case FilingKind.ASKED_TO_REMOVE:
            return bool(account["status"] == AccountStatus.ASKED_TO_REMOVE.value)
        case FilingKind.LOGO:
            return True


def _check_addresses(district_id: str, rows: Rows) -> None:
    """An address belongs to one current account, and to none that is no more; a live account has the one it shows."""
    owners: dict[str, int] = {}
    for (number,), row in rows.of("accounts", district_id).items():
        key = row["address_key"]
        if key is None:
            if row["status"] == AccountStatus.LIVE.value:
                raise BrokenError(f"a live account without an address: {row}")
            continue
        if row["status"] not in CURRENT:
            raise BrokenError(f"an account that is no more keeps its address: {row}")
        if key in owners:
            raise BrokenError(f"{key} belongs to {owners[key]} and {number} of {district_id}")
        owners[key] = number
        if row["status"] == AccountStatus.LIVE.value and read_address(row["handle"], row["platform"]).key != key:
            raise BrokenError(f"a live account shows another address than it has: {row}")


def _check_waiting(district_id: str, rows: Rows) -> None:
    """What waits for approval has had no effect, and what was refused never has one."""
    accounts = rows.of("accounts", district_id)
    for row in rows.of("filings", district_id).values():
        if row["kind"] not in FOUNDING:
            continue
        status = accounts[row["account_number"],]["status"]
        waits = row["state"] in OPEN and row["force"] == FilingForce.APPROVAL.value
        if waits and status in {"approved", "announced", "live"}:
            raise BrokenError(f"{status} while it waits for approval: {row}")
        if row["state"] in {"denied", "withdrawn"} and status in CURRENT:
            raise BrokenError(f"{status} although it was {row['state']}: {row}")


def _check_task(change: Change) -> None:
    before, after = change.before, change.after
    if after is None:
        raise BrokenError(f"a task was deleted: {change}")
    if before is not None and (before["closed_at"] is not None or after["closed_at"] is None):
        raise BrokenError(f"a task was changed otherwise than by closing it: {change}")
    if before is None and after["closed_at"] is not None:
        raise BrokenError(f"a task begins open: {change}")


def _check_tasks(district_id: str, rows: Rows) -> None:
    """One open task of a kind for an account; too few administrators have theirs, and no other account has."""
    is_open: set[tuple[str, int]] = set()
    for row in rows.of("tasks", district_id).values():
        if row["closed_at"] is not None:
            continue
        name = (row["kind"], row["account_number"])
        if name in is_open:
            raise BrokenError(f"twice open: {name} of {district_id}")
        is_open.add(name)
    states: dict[int, list[str]] = {}
    for key, row in rows.of("administrators", district_id).items():
        states.setdefault(key[0], []).append(row["state"])
    for (number,), account in rows.of("accounts", district_id).items():
        people = states.get(number, [])
        is_below = people.count("accepted") < MINIMUM[district_id]
        has_task = ("below minimum", number) in is_open
        is_live = account["status"] == AccountStatus.LIVE.value
        if is_live and is_below and not has_task and not _ASKED & set(people):
            raise BrokenError(f"too few administrators, and nobody sees to it: {account} {people}")
        if has_task and not is_below:
            raise BrokenError(f"enough administrators, and still a task: {account} {people}")
        if ("send address", number) in is_open and account["status"] not in {
            "approved",
            "announced",
            "asked to remove",
        }:
            raise BrokenError(f"asked for an address that is not wanted: {account}")
        if account["status"] not in CURRENT and any(name[1] == number for name in is_open):
            raise BrokenError(f"a task about an account that is no more: {account} {is_open}")


def _check_asked(district_id: str, rows: Rows) -> None:
    """Whoever has not answered is looked at again, or was once since they were asked: the filer hears of the silence."""
    looks: dict[str, list[Row]] = {}
    for row in rows.of("outbox", district_id).values():
        if row["kind"] == "reminder" and row["subject"].endswith("/acceptance"):
            looks.setdefault(row["subject"], []).append(row)
    for key, row in rows.of("administrators", district_id).items():
        account = rows.of("accounts", district_id)[key[0],]
        if row["state"] not in _ASKED or account["status"] not in CURRENT:
            continue
        found = looks.get(f"account/{key[0]}/acceptance", [])
        was_looked_at = any(each["state"] == "sent" and each["finished_at"] >= row["asked_at"] for each in found)
        if not was_looked_at and not any(each["state"] == "pending" for each in found):
            raise BrokenError(f"nobody looks whether {row} ever answers")
