"""What may be the reason that an account, or somebody in charge of it, is another than before."""

from collections.abc import Callable, Iterable
from typing import Any

from knowledge.filings import FilingForce, FilingKind, FilingState
from knowledge.people import same_email
from knowledge.registry import AccountStatus, AdministratorState
from tests.stateful.filing_rules import FOUNDING, BrokenError, effective, is_refiled
from tests.stateful.happening import Happening, Step
from tests.stateful.rows import Change, Row, parsed
from tests.stateful.three_districts import force_of, is_specialist

CURRENT = frozenset(status.value for status in AccountStatus if status.is_current)
NAMED = frozenset(state.value for state in AdministratorState if state.is_named)
_ASKED = frozenset({"asked", "unreachable"})


def check(step: Step, changes: list[Change]) -> None:
    """Look for the reason of every change to an account or to its people.

    Raises
    ------
    BrokenError
        Raised if there is none.
    """
    working = effective(step, changes)
    for change in changes:
        match change.table:
            case "accounts":
                _Account(change, step, changes, working).check()
            case "administrators":
                _Administrator(change, step, changes, working).check()
            case _:
                pass


class _Cause:
    """What of a step can be the reason for a change to one account."""

    def __init__(self, change: Change, step: Step, changes: list[Change], working: Iterable[Row]) -> None:
        self.change = change
        self.step = step
        self.district_id = change.district_id
        self.number: int = change.key[0]
        self.working = [row for row in working if self._is_about(row)]
        self.filings = [
            each for each in changes if each.table == "filings" and each.after and self._is_about(each.after)
        ]

    def _is_about(self, row: Row) -> bool:
        return (row["district_id"], row["account_number"]) == (self.district_id, self.number)

    def worked(self, *kinds: FilingKind) -> list[dict[str, Any]]:
        """Return what filings said that came into effect for this account."""
        return [parsed(row, "fields") for row in self.working if row["kind"] in {kind.value for kind in kinds}]

    def refiled(self) -> list[Change]:
        """Return the filing that founded the account, where it was mended by this step."""
        return [each for each in self.filings if is_refiled(each) and (each.after or {})["kind"] in FOUNDING]

    def founding(self, state: FilingState, *kinds: FilingKind) -> bool:
        """Tell whether the filing that founded the account came into a state by this step."""
        wanted = {kind.value for kind in kinds or (FilingKind.NEW_ACCOUNT, FilingKind.REGISTER)}
        return any(
            row["state"] == state.value and row["kind"] in wanted
            for row in (each.after for each in self.filings if each.before)
            if row is not None
        )

    def done(self, *verbs: str, by: Callable[[Happening], bool] = lambda _: True) -> bool:
        """Tell whether somebody pressed or sent something about this account."""
        return any(
            each.verb in verbs and each.value == str(self.number) and by(each)
            for each in self.step.happenings
            if each.person
        )

    def fail(self, why: str) -> None:
        raise BrokenError(f"{why}: {self.change}")


class _Account(_Cause):
    def check(self) -> None:
        before, after = self.change.before, self.change.after
        if after is None:
            self.fail("an account was deleted")
            return
        if before is None:
            self._check_new(after)
            return
        if before["status"] not in CURRENT:
            self.fail("an account that is no more was changed")
        if before["status"] != after["status"] and not self._may_become(before["status"], after["status"]):
            self.fail("a status without a reason")
        names = ("organization", "handle", "platform", "address_key")
        changed = {name for name in names if before[name] != after[name]}
        if after["status"] not in CURRENT:
            changed.discard("address_key")
        if changed and not self._is_explained(after, changed):
            self.fail(f"{changed} changed without a reason")

    def _check_new(self, row: Row) -> None:
        founding = [each.after for each in self.filings if each.before is None and each.after]
        if len(founding) != 1 or founding[0]["kind"] not in FOUNDING:
            self.fail("an account without a filing")
        kind = founding[0]["kind"]
        is_there = kind == FilingKind.REGISTER.value
        wanted = AccountStatus.LIVE if is_there else AccountStatus.ANNOUNCED
        if force_of(self.district_id, kind) is FilingForce.APPROVAL:
            wanted = AccountStatus.REQUESTED
        if row["status"] != wanted.value:
            self.fail(f"a new account begins as {wanted}")
        if bool(row["address_key"]) != is_there:
            self.fail("an address before there is one, or none")

    def _may_become(self, was: str, now: str) -> bool:
        match AccountStatus(now):
            case AccountStatus.APPROVED:
                return was == "requested" and self.founding(FilingState.APPROVED, FilingKind.NEW_ACCOUNT)
            case AccountStatus.LIVE:
                registered = was == "requested" and self.founding(FilingState.APPROVED, FilingKind.REGISTER)
                return registered or (was in {"approved", "announced"} and self.done("send-address"))
            case AccountStatus.DENIED:
                return was in {"requested", "asked to remove"} and self.founding(FilingState.DENIED)
            case AccountStatus.WITHDRAWN:
                return self.founding(FilingState.WITHDRAWN)
            case AccountStatus.CLOSED:
                return bool(self.worked(FilingKind.CLOSE))
            case AccountStatus.ASKED_TO_REMOVE:
                return bool(self.worked(FilingKind.ASKED_TO_REMOVE))
            case _:
                return False

    def _is_explained(self, after: Row, changed: set[str]) -> bool:
        sent = changed <= {"handle", "address_key", "platform"} and after["status"] == "live"
        approved = changed == {"address_key"} and self.founding(FilingState.APPROVED, FilingKind.REGISTER)
        return bool(
            self.worked(FilingKind.RENAME) or self.refiled() or approved or (sent and self.done("send-address"))
        )


class _Administrator(_Cause):
    def check(self) -> None:
        before, after = self.change.before, self.change.after
        if after is None:
            self.fail("an administrator was deleted")
            return
        if before is not None and before["state"] == after["state"]:
            return
        was = before["state"] if before else ""
        if not self._may_become(was, after["state"], self.change.key[1]):
            self.fail("an administrator without a reason")

    def _may_become(self, was: str, now: str, email: str) -> bool:
        match AdministratorState(now):
            case AdministratorState.ASKED | AdministratorState.UNREACHABLE:
                return was != "accepted" and (self._is_named(email) or (was == "unreachable" and self._wrote(email)))
            case AdministratorState.ACCEPTED:
                return (was in _ASKED and self._self("accept", email)) or self._named_themselves(email)
            case AdministratorState.DECLINED:
                return was in _ASKED and self._self("decline", email)
            case AdministratorState.REMOVED:
                return was in NAMED and (self._is_removed(email) or self._is_unnamed(email))
            case AdministratorState.LEFT:
                return was in NAMED and (
                    (was == "accepted" and self._self("not-mine", email))
                    or self._has_left(email)
                    or self._handed_over(email)
                )

    def _emails(self, details: dict[str, Any]) -> set[str]:
        return {same_email(person["email"]) for person in details["administrators"]}

    def _is_named(self, email: str) -> bool:
        """Named by what came into effect, or by a new account: its people are asked before it is decided."""
        asks = self.worked(FilingKind.ADD_ADMINISTRATOR, FilingKind.HAND_OVER)
        asks += [parsed(each.after, "fields") for each in self.filings if each.after and self._founds(each)]
        return any(email in self._emails(details) for details in asks)

    def _founds(self, change: Change) -> bool:
        row = change.after
        return row is not None and row["kind"] in FOUNDING and (change.before is None or is_refiled(change))

    def _named_themselves(self, email: str) -> bool:
        filers = [parsed(row, "filer")["email"] for row in self.working]
        filers += [parsed(each.after, "filer")["email"] for each in self.filings if each.after and self._founds(each)]
        return self._is_named(email) and any(filer and same_email(filer) == email for filer in filers)

    def _wrote(self, email: str) -> bool:
        """Whoever could not be asked is asked once they write."""
        return any(_is(each, email) for each in self.step.happenings)

    def _self(self, verb: str, email: str) -> bool:
        return self.done(verb, by=lambda each: bool(each.person) and _is(each, email))

    def _is_removed(self, email: str) -> bool:
        return any(email in self._emails(details) for details in self.worked(FilingKind.REMOVE_ADMINISTRATOR))

    def _is_unnamed(self, email: str) -> bool:
        """Left out of the mended filing that had named them."""
        return any(
            each.before
            and email in self._emails(parsed(each.before, "fields"))
            and email not in self._emails(parsed(each.after or {}, "fields"))
            for each in self.refiled()
        )

    def _has_left(self, email: str) -> bool:
        for each in self.step.happenings:
            if each.verb == "person-left" and _is(each, email):
                return True
            typed = each.fields.get("administrator", "")
            if each.verb == "left" and each.person and is_specialist(self.district_id, each.person):
                return bool(typed) and same_email(typed) == email
        return False

    def _handed_over(self, email: str) -> bool:
        """Their successor has accepted, by a hand-over of their own that nothing stands before any more.

        One who has administered the account before has accepted already.
        """
        people = self.step.after.of("administrators", self.district_id)
        for row in self.working:
            is_theirs = row["kind"] == FilingKind.HAND_OVER.value and same_email(parsed(row, "filer")["email"]) == email
            successors = self._emails(parsed(row, "fields"))
            if is_theirs and all(people[self.number, each]["state"] == "accepted" for each in successors):
                return True
        for row in self.step.before.of("filings", self.district_id).values():
            filer = parsed(row, "filer")["email"]
            is_theirs = row["kind"] == FilingKind.HAND_OVER.value and filer and same_email(filer) == email
            if not is_theirs or row["account_number"] != self.number:
                continue
            waits = row["force"] == FilingForce.APPROVAL.value and row["state"] != FilingState.APPROVED.value
            refused = row["state"] in {"denied", "withdrawn"}
            successors = self._emails(parsed(row, "fields"))
            if not waits and not refused and any(self._self("accept", each) for each in successors):
                return True
        return False


def _is(happening: Happening, email: str) -> bool:
    person = happening.person
    return person is not None and bool(person.email) and same_email(person.email) == email
