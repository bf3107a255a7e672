"""Filings: what staff tell or ask of their district about accounts, with the force that the district's own clause gives it.

Nothing here knows a particular district, reads a database or writes a sentence.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, StringConstraints

from knowledge.errors import PostwiseError
from knowledge.people import Person, Role, Standing, same_email


class FilingKind(StrEnum):
    """What a filing is about."""

    NEW_ACCOUNT = "new_account"
    REGISTER = "register"
    ADD_ADMINISTRATOR = "add_administrator"
    REMOVE_ADMINISTRATOR = "remove_administrator"
    RENAME = "rename"
    CLOSE = "close"
    HAND_OVER = "hand_over"
    LOGO = "logo"
    ASKED_TO_REMOVE = "asked_to_remove"
    """Recorded by a specialist alone: after a violation, the account's people were asked to remove it."""


NEW_IN_REGISTRY = frozenset({FilingKind.NEW_ACCOUNT, FilingKind.REGISTER})
"""Kinds that bring an account into the registry."""

ON_AN_ACCOUNT = frozenset(FilingKind) - NEW_IN_REGISTRY - {FilingKind.LOGO}
"""Kinds about an account that is in the registry."""


class FilingForce(StrEnum):
    """What a filing does under the district's own clause."""

    APPROVAL = "approval"
    """Nothing may be done before somebody approves."""

    NOTICE = "notice"
    """The district must be told first; nobody has to agree."""

    RECORD = "record"
    """The guidelines are silent: it is written down, and that is all."""


class Office(StrEnum):
    """Whom a clause names as the one to be told or to approve."""

    SPECIALIST = "specialist"
    SUPERVISOR = "supervisor"
    INFORMATION_TECHNOLOGY = "information_technology"
    ADMIN_SERVICES = "admin_services"
    PRINCIPAL = "principal"


ClauseNumber = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[0-9]+$", max_length=250)]
"""A clause within its district: ``section/number``."""


class FilingRule(BaseModel):
    """What a district's guideline, or the district's own setting, makes of one kind of filing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    force: FilingForce = FilingForce.RECORD
    clause: ClauseNumber | None = None
    """The clause that the force rests on; None where it is a setting of the district's own."""

    requires: tuple[str, ...] = ()
    """Form fields that the clause or the district's setting asks for, beyond what the filing cannot be made without."""

    tells: tuple[Office, ...] = ()
    decided_by: tuple[Office, ...] = (Office.SPECIALIST,)
    """Who approves. Two where it depends on what is asked for, the district's own first (a district's logo, a school's)."""


class FilingChecks(BaseModel):
    """The clauses that the checks of a form rest on. A check without a clause or a setting is not made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    CLAUSES: ClassVar = ("approved_platforms", "temporary_platforms", "minimum_administrators", "facebook_page")
    """The settings here that name a clause."""

    approved_platforms: ClauseNumber | None = None
    temporary_platforms: ClauseNumber | None = None
    """The clause that forbids platforms whose pictures vanish."""

    temporary_platform_names: tuple[str, ...] = ()
    minimum_administrators: ClauseNumber | None = None
    facebook_page: ClauseNumber | None = None
    """The clause that asks for a page and not a personal profile on Facebook."""


class FilingState(StrEnum):
    """How far a filing has come."""

    WAITING = "waiting"
    """For a decision, or for a notice to be acknowledged."""

    ASKED = "asked"
    """Something was asked of the filer; the form is open again."""

    APPROVED = "approved"
    DENIED = "denied"
    ACKNOWLEDGED = "acknowledged"
    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """True while somebody still has to do something."""
        return self in {FilingState.WAITING, FilingState.ASKED}

    @property
    def is_refused(self) -> bool:
        """True where nothing came of it."""
        return self in {FilingState.DENIED, FilingState.WITHDRAWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """Somebody named in a form."""

    name: str
    email: str
    """Well-formed, in small letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a form said. Empty where the kind of filing does not ask for it."""

    organization: str = ""
    platform: str = ""
    handle: str = ""
    """As it is shown to people: "@rhsband"."""

    address_key: str = ""
    """The one canonical form of an address that exists: "instagram/rhsband"."""

    administrators: tuple[NamedPerson, ...] = ()
    supervisor: NamedPerson | None = None
    principal: NamedPerson | None = None
    logo: str = ""
    """``district`` or ``school``, where a logo's use is asked for."""

    note: str = ""
    """In the filer's own words, personal data masked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One filing and what became of it."""

    district_id: str
    number: int
    """Counts from 1 in each district; people read it as R-12."""

    kind: FilingKind
    state: FilingState
    revision: int
    """Counts up with every change, so that a press on an outdated card is noticed."""

    filed_at: datetime
    filer: Person
    details: Details
    account_number: int | None
    force: FilingForce
    clause_id: str
    """Whole id of the clause that the force rests on; empty where no clause does."""

    guideline_version: int
    same_key: str | None = None
    decided_at: datetime | None = None
    decided_by: Person | None = None
    reason: str = ""
    """Why it was denied, or what was asked of the filer; masked."""

    @property
    def name(self) -> str:
        """How people call it: R-12."""
        return f"R-{self.number}"

    @property
    def is_in_effect(self) -> bool:
        """True once nothing stands before what it says: a notice or a record at once, an approval once it is given."""
        if self.force is FilingForce.APPROVAL:
            return self.state is FilingState.APPROVED
        return not self.state.is_refused

    @property
    def subject(self) -> str:
        """What its reminders and its history hang on."""
        return f"filing/{self.number}"


SAME_FILING_WINDOW = timedelta(hours=24)
"""How long after a filing that needs nobody any more the same one counts as sent twice. Our own figure."""


def same_key(kind: FilingKind, details: Details, account_number: int | None) -> str:
    """Return what is equal for two filings that say the same, however they are spelled."""
    said = [
        kind.value,
        account_number,
        "".join(details.organization.casefold().split()),
        details.platform,
        details.address_key or details.handle.casefold().lstrip("@"),
        sorted(same_email(person.email) for person in details.administrators),
        details.logo,
        same_email(details.principal.email) if details.principal else "",
        "".join(details.note.casefold().split()) if kind is FilingKind.LOGO else "",
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def decider(filing: Filing, rule: FilingRule) -> Office:
    """Return the office that decides a filing."""
    if len(rule.decided_by) > 1 and filing.details.logo == "school":
        return rule.decided_by[1]
    return rule.decided_by[0] if rule.decided_by else Office.SPECIALIST


_ROLES_OF_OFFICE: Mapping[Office, frozenset[Role]] = {
    Office.SPECIALIST: frozenset({Role.SPECIALIST, Role.DEPUTY}),
    Office.ADMIN_SERVICES: frozenset({Role.ADMIN_SERVICES}),
    Office.INFORMATION_TECHNOLOGY: frozenset({Role.INFORMATION_TECHNOLOGY}),
}


def check_may_decide(filing: Filing, person: Person, roles: frozenset[Role], office: Office) -> None:
    """Refuse everybody but the right people.

    Parameters
    ----------
    roles
        What the person is to this district: by its settings and by what the platform vouches for.
    office
        Who decides it, from `decider`.

    Raises
    ------
    OwnFilingError
        Raised if the person filed it.
    NotTheDeciderError
        Raised if the person does not hold the office, or is not the principal whom the filing names.
    NotStaffError
        Raised if the person is a guest of the workspace or a program.
    """
    if person.standing is not Standing.MEMBER:
        raise NotStaffError
    if is_same_person(filing.filer, person):
        raise OwnFilingError(filing)
    if office is Office.PRINCIPAL:
        named = filing.details.principal
        if named is None or not person.email or same_email(named.email) != same_email(person.email):
            raise NotTheDeciderError(filing, office)
    elif not roles & _ROLES_OF_OFFICE.get(office, frozenset()):
        raise NotTheDeciderError(filing, office)


def is_same_person(one: Person, other: Person) -> bool:
    """Tell whether two are the same person, also where they write from two platforms under one e-mail address."""
    if (one.platform, one.id) == (other.platform, other.id):
        return True
    return bool(one.email) and bool(other.email) and same_email(one.email) == same_email(other.email)


class FilingNotFoundError(PostwiseError):
    """The district has no filing of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


class FilingAlreadyDecidedError(PostwiseError):
    """Somebody else was faster, or the filing needs nobody any more."""

    def __init__(self, filing: Filing) -> None:
        super().__init__(filing.name)
        self.filing = filing


class FilingChangedError(PostwiseError):
    """The filing was changed after the card was drawn whose button was pressed."""

    def __init__(self, filing: Filing) -> None:
        super().__init__(filing.name)
        self.filing = filing


class OwnFilingError(PostwiseError):
    """Nobody decides their own filing."""

    def __init__(self, filing: Filing) -> None:
        super().__init__(filing.name)
        self.filing = filing


class NotTheDeciderError(PostwiseError):
    """Somebody who does not hold the office tried to decide a filing."""

    def __init__(self, filing: Filing, office: Office) -> None:
        super().__init__(filing.name)
        self.filing = filing
        self.office = office


class NotTheFilerError(PostwiseError):
    """Somebody else than its filer tried to change or withdraw a filing."""

    def __init__(self, filing: Filing) -> None:
        super().__init__(filing.name)
        self.filing = filing


class FilingInEffectError(PostwiseError):
    """What a notice or a record says has been done; taking it back is a filing of its own."""

    def __init__(self, filing: Filing) -> None:
        super().__init__(filing.name)
        self.filing = filing


class NotASpecialistError(PostwiseError):
    """Only a specialist or deputy of the district may do this."""


class NotStaffError(PostwiseError):
    """A guest of the workspace, or a program, tried to do what only staff may."""
