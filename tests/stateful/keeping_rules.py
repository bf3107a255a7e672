"""What must be true of reminders, of the history and of what is said, whatever happened."""

from collections.abc import Mapping

from knowledge.filings import FilingState
from tests.stateful.filing_rules import OPEN, BrokenError
from tests.stateful.happening import Happening, Step
from tests.stateful.rows import Change, Row, Rows, parsed
from tests.stateful.three_districts import is_specialist


def check(step: Step, changes: list[Change]) -> None:
    """Look at what a step left to do, and at what it says of itself.

    Raises
    ------
    BrokenError
        Raised if a rule does not hold.
    """
    for change in changes:
        if change.table == "changes" and change.before is not None:
            raise BrokenError(f"the history was rewritten: {change}")
        if change.table == "inbox" and change.after is not None and change.after["state"] != "done":
            raise BrokenError(f"an event was left undone: {change}")
        if change.table == "outbox" and change.after is not None and change.after["last_error"]:
            raise BrokenError(f"a reminder failed: {change}")
    for district_id in {happening.district_id for happening in step.happenings}:
        _check_reminders(district_id, step.after)
    _check_history(step, changes)
    for happening in step.happenings:
        _check_said(happening)
        if happening.is_repeated and any(change.table not in {"inbox", "people"} for change in changes):
            raise BrokenError(f"one event was done twice: {', '.join(map(str, changes))}")


def _check_reminders(district_id: str, rows: Rows) -> None:
    """An open filing has one reminder to come, a settled one none; and the daily look comes back."""
    pending: dict[str, int] = {}
    for row in rows.of("outbox", district_id).values():
        if row["kind"] == "reminder" and row["state"] == "pending":
            pending[row["subject"]] = pending.get(row["subject"], 0) + 1
    for (number,), filing in rows.of("filings", district_id).items():
        wanted, found = int(filing["state"] in OPEN), pending.get(f"filing/{number}", 0)
        if found != wanted:
            raise BrokenError(f"{found} reminders of {district_id} R-{number}, which is {filing['state']}")
    if pending.get("registry/look", 0) != 1:
        raise BrokenError(f"{pending.get('registry/look', 0)} daily looks to come in {district_id}")


def _check_history(step: Step, changes: list[Change]) -> None:
    """Each change of state has its line, written in the same step and saying what it is now."""
    lines: dict[tuple[str, str], list[Row]] = {}
    for change in changes:
        if change.table == "changes" and change.after is not None:
            lines.setdefault((change.district_id, change.after["subject"]), []).append(change.after)
    people = {(each.person.platform, each.person.id) for each in step.happenings if each.person}
    for written in lines.values():
        for line in written:
            who = parsed(line, "who")
            if who["platform"] != "postwise" and step.happenings[0].verb != "reminder":
                signed = (who["platform"], who["id"])
                is_filer = any(signed == _filer(row) for row in step.before.tables["filings"].values())
                if signed not in people and not is_filer:
                    raise BrokenError(f"the history names somebody who was not there: {line}")
    for change in changes:
        subject, now = _state(change)
        if not subject:
            continue
        found = lines.get((change.district_id, subject), [])
        if not any(not now or now in json_values(line) for line in found):
            raise BrokenError(f"no line in the history says that {subject} is {now or 'changed'}: {change} {found}")


def _filer(row: Row) -> tuple[str, str]:
    signed = parsed(row, "filer")
    return signed["platform"], signed["id"]


def json_values(line: Row) -> set[str]:
    """Return what a line of the history says that it is now."""
    return {str(value) for value in parsed(line, "after").values()} | {line["what"]}


def _state(change: Change) -> tuple[str, str]:
    """Return whose line a change needs and what the line must say; nothing where it is no change of state."""
    after, before = change.after, change.before
    if after is None:
        return "", ""
    match change.table:
        case "filings" if before is None or before["state"] != after["state"]:
            refiled = before is not None and after["state"] == FilingState.WAITING.value
            return f"filing/{after['number']}", "filed again" if refiled else after["state"]
        case "accounts" if before is None or before["status"] != after["status"]:
            return f"account/{after['number']}", after["status"]
        case "administrators" if before is None or before["state"] != after["state"]:
            return f"account/{after['account_number']}", after["state"]
        case "tasks":
            return f"account/{after['account_number']}", ""
        case _:
            return "", ""


def _check_said(happening: Happening) -> None:
    if "went wrong on our side" in happening.said:
        raise BrokenError(f"something went wrong: {happening.verb} {happening.value[:200]} {happening.fields}")
    reply = happening.outcome.reply
    has_file = reply is not None and any(type(part).__name__ == "FileText" for part in reply.parts)
    if has_file and not (happening.person and is_specialist(happening.district_id, happening.person)):
        raise BrokenError(f"an export for somebody who is no specialist: {happening.person}")


def check_lengths(changes: list[Change], lengths: Mapping[str, Mapping[str, int]]) -> None:
    """Look whether every text fits into its column: PostgreSQL refuses what is longer, SQLite does not look.

    Raises
    ------
    BrokenError
        Raised if one does not.
    """
    for change in changes:
        for name, most in lengths[change.table].items():
            if change.after is not None and len(change.after[name] or "") > most:
                raise BrokenError(f"{change.table}.{name} holds at most {most} characters: {change.after[name]}")
