"""Accounts the district knows of, who administers them, and the rules they must keep.

Nothing here reads or writes a database; `knowledge.store.registry` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from knowledge.errors import PostwiseError
from knowledge.people import Person, same_email

CONFIRM_EVERY = timedelta(days=365)
"""How often administrators say that an account is theirs and current. Our own figure: a school year."""

SCHOOL_DAYS_TO_CONFIRM = 10
"""How long they have for it before the account counts as perhaps abandoned, in school days. Our own figure."""

SCHOOL_DAYS_TO_SEND_ADDRESS = 10
"""How long the filer of an approved account has before being asked where it is, in school days. Our own figure."""

SCHOOL_DAYS_TO_MEND = 10
"""How long an account below the minimum has to find an administrator, in school days. Our own figure."""


class AccountStatus(StrEnum):
    """How an account stands to the district."""

    REQUESTED = "requested"
    """Waiting for an approval; it must not exist yet."""

    APPROVED = "approved"
    """Approved, not yet live: its filer has not sent its address."""

    ANNOUNCED = "announced"
    """A notice was given, or it was recorded, before it exists."""

    LIVE = "live"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    ASKED_TO_REMOVE = "asked to remove"

    @property
    def is_official(self) -> bool:
        """True where the district knows the account and stands by it."""
        return self is AccountStatus.LIVE

    @property
    def is_current(self) -> bool:
        """True where the account is there or on its way."""
        return self in {
            AccountStatus.REQUESTED,
            AccountStatus.APPROVED,
            AccountStatus.ANNOUNCED,
            AccountStatus.LIVE,
            AccountStatus.ASKED_TO_REMOVE,
        }


class AdministratorState(StrEnum):
    """How a named administrator stands to the account."""

    ASKED = "asked"
    UNREACHABLE = "unreachable"
    """We know no way to write to them; they count as asked once they write to us."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    REMOVED = "removed"
    LEFT = "left"
    """The person left the district or was deactivated."""

    @property
    def is_named(self) -> bool:
        """True where the person is, or is asked to be, an administrator."""
        return self in {AdministratorState.ASKED, AdministratorState.UNREACHABLE, AdministratorState.ACCEPTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """A named person in charge of an account."""

    name: str
    email: str
    state: AdministratorState
    asked_at: datetime
    changed_at: datetime
    confirmed_at: datetime | None = None
    """When they last said that the account is theirs and current."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A social-media account of the district."""

    district_id: str
    number: int
    platform: str
    handle: str
    """As people read it: "@rhsband"; a wish where the account is not live yet, and empty where there is none."""

    address_key: str | None
    """The one canonical form of its address; None until it is live."""

    organization: str
    status: AccountStatus
    guideline_version: int
    """The version that its approval or registration rests on."""

    created_at: datetime
    changed_at: datetime
    confirmed_at: datetime | None
    administrators: tuple[Administrator, ...] = ()

    @property
    def subject(self) -> str:
        """What its history and its reminders hang on."""
        return f"account/{self.number}"

    @property
    def named(self) -> tuple[Administrator, ...]:
        """Everybody who is, or is asked to be, an administrator."""
        return tuple(person for person in self.administrators if person.state.is_named)

    @property
    def accepted(self) -> tuple[Administrator, ...]:
        """The administrators who said yes."""
        return tuple(person for person in self.administrators if person.state is AdministratorState.ACCEPTED)

    def administrator(self, email: str) -> Administrator | None:
        """Return who is named under an e-mail address, whatever became of it; None for nobody."""
        wanted = same_email(email)
        return next((person for person in self.administrators if same_email(person.email) == wanted), None)

    def is_administered_by(self, person: Person) -> bool:
        """Tell whether a person has accepted to administer it, by the e-mail the platform verified."""
        found = self.administrator(person.email) if person.email else None
        return found is not None and found.state is AdministratorState.ACCEPTED

    def is_below(self, minimum: int | None) -> bool:
        """Tell whether fewer have accepted than the district asks for; never where it asks for no number."""
        return minimum is not None and len(self.accepted) < minimum

    def is_in_order(self, minimum: int | None) -> bool:
        """Tell whether the account is live with the administrators that the district asks for."""
        return self.status is AccountStatus.LIVE and not self.is_below(minimum)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAccount:
    """As much of an account as it is found by: a district's thousands are gone through at each filing."""

    number: int
    platform: str
    handle: str
    address_key: str | None
    organization: str
    is_current: bool


class TaskKind(StrEnum):
    """What has to be mended about an account."""

    BELOW_MINIMUM = "below minimum"
    SEND_ADDRESS = "send address"
    """Approved or announced, and its filer has not sent where it is."""

    CONFIRM = "confirm"
    PERHAPS_ABANDONED = "perhaps abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to be mended about an account, until a day."""

    district_id: str
    number: int
    kind: TaskKind
    account_number: int
    opened_at: datetime
    due_on: date
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the history: who did what, with what it was before and after."""

    district_id: str
    number: int
    at: datetime
    who: Person
    what: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


POSTWISE = Person(platform="postwise", id="postwise", name="Postwise")
"""Who stands in the history where nobody pressed anything."""


class AccountNotFoundError(PostwiseError):
    """The district's registry has no such account."""

    def __init__(self, wanted: str = "") -> None:
        super().__init__(wanted)
        self.wanted = wanted


class AccountAlreadyRegisteredError(PostwiseError):
    """Another account of the district has this address."""

    def __init__(self, account: Account) -> None:
        super().__init__(str(account.number))
        self.account = account


class NotAnAdministratorError(PostwiseError):
    """Only an administrator of the account, or a specialist, may do this."""

    def __init__(self, account: Account) -> None:
        super().__init__(str(account.number))
        self.account = account


class AlreadyAcceptedError(PostwiseError):
    """The person said yes before."""

    def __init__(self, account: Account) -> None:
        super().__init__(str(account.number))
        self.account = account


class NotAskedError(PostwiseError):
    """The person was not asked to administer the account, or is no longer."""

    def __init__(self, account: Account) -> None:
        super().__init__(str(account.number))
        self.account = account
