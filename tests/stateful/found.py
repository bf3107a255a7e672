"""What there is to do something about at one moment, in all districts; and what the runs came to so far."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from knowledge.filings import FilingState
from knowledge.registry import AccountStatus, AdministratorState
from tests.stateful.rows import Change, Key, Row, Rows
from tests.stateful.three_districts import DISTRICTS

Thing = TypeVar("Thing")

_CURRENT = {status.value for status in AccountStatus if status.is_current}
_NAMED = {state.value for state in AdministratorState if state.is_named}
_EXPECTED = {AccountStatus.APPROVED.value, AccountStatus.ANNOUNCED.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Filings and accounts by district and number, administrators by e-mail address beside them."""

    open_filings: Sequence[tuple[str, int]] = ()
    waiting_filings: Sequence[tuple[str, int]] = ()
    asked_filings: Sequence[tuple[str, int]] = ()
    accounts: Sequence[tuple[str, int]] = ()
    expected: Sequence[tuple[str, int]] = ()
    """Accounts that are not live yet and wait for their address."""

    named: Sequence[tuple[str, int, str]] = ()
    asked: Sequence[tuple[str, int, str]] = ()
    """Administrators who have not answered."""

    reminders: Sequence[tuple[str, str, float]] = ()
    """With the moment at which they are due, the next one last."""

    @classmethod
    def in_rows(cls, rows: Rows) -> "Found":
        """Sort what stands in the database."""
        filings = _all(rows, "filings")
        accounts = {(where, key[0]): row for where, key, row in _all(rows, "accounts")}
        people = [
            (where, key[0], key[1], row["state"])
            for where, key, row in _all(rows, "administrators")
            if accounts[where, key[0]]["status"] in _CURRENT and row["state"] in _NAMED
        ]

        def in_state(*states: FilingState) -> list[tuple[str, int]]:
            return [(where, key[0]) for where, key, row in filings if row["state"] in states]

        return cls(
            open_filings=in_state(FilingState.WAITING, FilingState.ASKED),
            waiting_filings=in_state(FilingState.WAITING),
            asked_filings=in_state(FilingState.ASKED),
            accounts=[key for key, row in accounts.items() if row["status"] in _CURRENT],
            expected=[key for key, row in accounts.items() if row["status"] in _EXPECTED],
            named=[(where, number, email) for where, number, email, _ in people],
            asked=[(where, number, email) for where, number, email, state in people if state != "accepted"],
            reminders=sorted(
                (
                    (where, key[0], row["due"])
                    for where, key, row in _all(rows, "outbox")
                    if row["kind"] == "reminder" and row["state"] == "pending"
                ),
                key=lambda reminder: -reminder[2],
            ),
        )


def _all(rows: Rows, table: str) -> list[tuple[str, Key, Row]]:
    return [(where, key, row) for where in DISTRICTS for key, row in rows.of(table, where).items()]


def chosen_of(things: Sequence[Thing], nth: int) -> Thing:
    """Return one of some things, the last one first."""
    return things[-1 - nth % len(things)]


@dataclass(slots=True)
class Tally:
    """What the runs of this process came to."""

    runs: int = 0
    steps: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    """How often each state was reached, so that a machine which never gets anywhere is noticed."""

    def count(self, change: Change) -> None:
        """Count what a step has brought about."""
        before = change.before or {}
        match change.table, change.after:
            case "filings" | "administrators" as table, {"state": state} if state != before.get("state"):
                self.seen[f"{table}: {state}"] += 1
            case "accounts", {"status": status} if status != before.get("status"):
                self.seen[f"accounts: {status}"] += 1
            case "tasks", {"kind": kind, "closed_at": closed_at}:
                self.seen[f"tasks: {kind} {'closed' if closed_at else 'opened'}"] += 1
            case _:
                pass
        if change.table == "filings" and change.after:
            kind, state = change.after["kind"], change.after["state"]
            if change.before is None:
                self.seen[f"filed: {kind}"] += 1
            elif state == FilingState.APPROVED.value:
                self.seen[f"approved: {kind}"] += 1

    def missing(self, wanted: Iterable[str]) -> list[str]:
        """Return what was never reached."""
        return [name for name in wanted if not self.seen[name]]
