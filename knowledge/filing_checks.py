"""What a filled-in form says, and what is wrong with it by the district's own clauses and settings.

No check is made without a clause of the district or a setting of its own, except those that keep nonsense out: an
e-mail address must be one, a name must be readable.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from knowledge.district import District
from knowledge.filings import Details, FilingKind, NamedPerson
from knowledge.handles import AccountAddress, AddressNotValidError, AddressProblem, platform_of, read_address
from knowledge.people import is_email, is_hidden, same_email
from knowledge.people_lists import people_lines, people_on_line
from knowledge.personal_data import find_personal_data

LONGEST_ORGANIZATION_CHARACTERS = 120
LONGEST_NAME_CHARACTERS = 80
LONGEST_NOTE_CHARACTERS = 1000
LONGEST_PEOPLE_CHARACTERS = 4000
MOST_ADMINISTRATORS = 20
"""More than this are surely pasted by mistake. Our own figure."""

FIELDS: Mapping[FilingKind, tuple[str, ...]] = MappingProxyType(
    {
        FilingKind.NEW_ACCOUNT: (
            "organization",
            "platform",
            "page_type",
            "handle",
            "administrators",
            "supervisor",
            "note",
        ),
        FilingKind.REGISTER: (
            "organization",
            "platform",
            "page_type",
            "handle",
            "administrators",
            "supervisor",
            "note",
        ),
        FilingKind.ADD_ADMINISTRATOR: ("account", "administrators", "note"),
        FilingKind.REMOVE_ADMINISTRATOR: ("account", "administrator", "note"),
        FilingKind.RENAME: ("account", "organization", "handle", "note"),
        FilingKind.CLOSE: ("account", "note"),
        FilingKind.HAND_OVER: ("account", "successor", "note"),
        FilingKind.LOGO: ("organization", "logo", "principal", "note"),
        FilingKind.ASKED_TO_REMOVE: ("account", "note"),
    }
)
"""What the form of each kind can hold. `fields_of` leaves out what a district has no clause for."""

_NEVER_MISSING: Mapping[FilingKind, frozenset[str]] = MappingProxyType(
    {
        FilingKind.NEW_ACCOUNT: frozenset({"organization", "platform"}),
        FilingKind.REGISTER: frozenset({"organization", "platform", "handle"}),
        FilingKind.ADD_ADMINISTRATOR: frozenset({"account", "administrators"}),
        FilingKind.REMOVE_ADMINISTRATOR: frozenset({"account", "administrator"}),
        FilingKind.RENAME: frozenset({"account"}),
        FilingKind.CLOSE: frozenset({"account"}),
        FilingKind.HAND_OVER: frozenset({"account", "successor"}),
        FilingKind.LOGO: frozenset({"organization", "logo", "note"}),
        FilingKind.ASKED_TO_REMOVE: frozenset({"account", "note"}),
    }
)
"""What a filing cannot be made without, whatever the district: it would name nothing."""


class Fault(StrEnum):
    """What is wrong with a field; `handlers.wording.forms` says each to a person."""

    MISSING = "missing"
    TOO_LONG = "too long"
    HIDDEN_CHARACTERS = "hidden characters"
    NOT_A_CHOICE = "not a choice"
    NOT_AN_ORGANIZATION = "not an organization"
    NAME_MISSING = "name missing"
    NAME_NOT_READABLE = "name not readable"
    EMAIL_MISSING = "e-mail missing"
    EMAIL_NOT_VALID = "e-mail not valid"
    EMAIL_TWICE = "e-mail twice"
    EMAIL_OF_ELSEWHERE = "e-mail of elsewhere"
    TOO_MANY_PEOPLE = "too many people"
    ONE_PERSON_ONLY = "one person only"
    TOO_FEW_ADMINISTRATORS = "too few administrators"
    PLATFORM_NOT_APPROVED = "platform not approved"
    PLATFORM_TEMPORARY = "platform temporary"
    PERSONAL_PROFILE = "personal profile"
    HOLDS_PERSONAL_DATA = "holds personal data"
    ADDRESS_NOT_VALID = "address not valid"
    ALREADY_REGISTERED = "already registered"
    ACCOUNT_NOT_FOUND = "account not found"
    ACCOUNT_REQUESTED = "account requested"
    ACCOUNT_CLOSED = "account closed"
    ACCOUNT_UNCLEAR = "account unclear"
    ALREADY_ADMINISTRATOR = "already administrator"
    NOT_AN_ADMINISTRATOR = "not an administrator"
    NOTHING_CHANGES = "nothing changes"
    SELF_NAMED = "self named"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormProblem:
    """One thing that is wrong with a form."""

    name: str
    """Of the field."""

    fault: Fault
    clause_id: str = ""
    """Whole id of the clause that it is wrong by; empty where none is."""

    facts: Mapping[str, str] = field(default_factory=dict)
    """What the sentence needs: a number, the platform's name. Never what was typed at length."""


def fields_of(kind: FilingKind, district: District) -> tuple[str, ...]:
    """Return the fields of a form in this district: none that no clause, setting or the filing itself asks for."""
    rule = district.rule(kind)
    left_out = set()
    if district.checks.facebook_page is None:
        left_out.add("page_type")
    if "supervisor" not in rule.requires:
        left_out.add("supervisor")
    if kind is FilingKind.LOGO and len(rule.decided_by) < 2:
        left_out |= {"logo", "principal"}
    return tuple(name for name in FIELDS[kind] if name not in left_out)


def is_required(name: str, kind: FilingKind, district: District) -> bool:
    """Tell whether a field has to be filled in: by the district's rule, or because nothing could be filed without."""
    if name == "administrators" and kind in {FilingKind.NEW_ACCOUNT, FilingKind.REGISTER}:
        return name in district.rule(kind).requires or district.minimum_administrators is not None
    return name in _NEVER_MISSING[kind] or name in district.rule(kind).requires


def read_form(
    kind: FilingKind, fields: Mapping[str, str], *, district: District, platform: str = ""
) -> tuple[Details, tuple[FormProblem, ...]]:
    """Read what was filled in.

    Parameters
    ----------
    fields
        By name, as typed; free text is masked already. Names that the form does not have are not looked at.
    platform
        Of the account that the form is about, where it does not ask for one.

    Returns
    -------
    tuple
        What can be read of it, and everything that is wrong, in the order of the form. The account that it is about
        is not looked up here.
    """
    reader = _Reader(kind, fields, district, platform)
    details = reader.read()
    order = {name: position for position, name in enumerate(FIELDS[kind])}
    return details, tuple(sorted(reader.problems, key=lambda problem: order.get(problem.name, 99)))


def read_existing(text: str, platform: str) -> AccountAddress:
    """Read the address of an account that exists: a name of several words is a wish at best, and no handle.

    Raises
    ------
    AddressNotValidError
        Raised if it is no address of an account.
    """
    words = text.split()
    if len(words) > 1 and not any(set(word) & set("@/:.") for word in words):
        raise AddressNotValidError(AddressProblem.NOT_AN_ADDRESS, platform)
    return read_address(text, platform)


def platform_problem(platform: str, district: District) -> FormProblem | None:
    """Return what stands against a platform in this district, or None.

    Parameters
    ----------
    platform
        A key of `knowledge.handles.PLATFORMS`.
    """
    checks = district.checks
    facts = {"platform": platform}
    if platform in {platform_of(name) for name in checks.temporary_platform_names}:
        clause_id = district.clause_id(checks.temporary_platforms)
        return FormProblem(name="platform", fault=Fault.PLATFORM_TEMPORARY, clause_id=clause_id, facts=facts)
    if district.platforms and platform not in {platform_of(each.name) for each in district.platforms}:
        clause_id = district.clause_id(checks.approved_platforms)
        return FormProblem(name="platform", fault=Fault.PLATFORM_NOT_APPROVED, clause_id=clause_id, facts=facts)
    return None


class _Reader:
    def __init__(self, kind: FilingKind, fields: Mapping[str, str], district: District, platform: str) -> None:
        self.problems: list[FormProblem] = []
        self._kind = kind
        self._district = district
        self._platform_of_account = platform
        self._names = fields_of(kind, district)
        self._fields = {name: fields.get(name, "").strip() for name in self._names}

    def read(self) -> Details:
        platform = self._platform() or self._platform_of_account
        address = self._address(platform)
        if platform == "facebook" and "page_type" in self._names:
            self._check_page()
        logo = self._choice("logo", ("district", "school"))
        organization = self._text("organization", LONGEST_ORGANIZATION_CHARACTERS)
        if organization and not _is_organization(organization):
            self._fault("organization", Fault.NOT_AN_ORGANIZATION)
        return Details(
            organization=organization,
            platform=address.platform if address else platform if "platform" in self._names else "",
            handle=address.shown if address else "",
            address_key=address.key if address else "",
            administrators=self._administrators(),
            supervisor=self._one_person("supervisor"),
            principal=self._one_person("principal", is_wanted=logo == "school"),
            logo=logo,
            note=self._text("note", LONGEST_NOTE_CHARACTERS),
        )

    def _fault(self, name: str, fault: Fault, clause: str | None = None, **facts: str) -> None:
        self.problems.append(
            FormProblem(name=name, fault=fault, clause_id=self._district.clause_id(clause), facts=facts)
        )

    def _given(self, name: str, most_characters: int) -> str:
        """Return what stands in a field, after the checks that every text has to pass."""
        text = self._fields.get(name, "")
        if not text:
            if name in self._names and is_required(name, self._kind, self._district):
                rule = self._district.rule(self._kind)
                self._fault(name, Fault.MISSING, rule.clause if name in rule.requires else None)
            return ""
        if len(text) > most_characters:
            self._fault(name, Fault.TOO_LONG, most=str(most_characters))
            return ""
        if has_hidden_characters(text):
            self._fault(name, Fault.HIDDEN_CHARACTERS)
            return ""
        return text

    def _text(self, name: str, most_characters: int) -> str:
        text = self._given(name, most_characters)
        return text if name == "note" else " ".join(text.split())

    def _choice(self, name: str, options: tuple[str, ...]) -> str:
        chosen = self._given(name, 60)
        if chosen and chosen not in options:
            self._fault(name, Fault.NOT_A_CHOICE)
            return ""
        return chosen

    def _platform(self) -> str:
        typed = self._given("platform", 60)
        if not typed:
            return ""
        platform = platform_of(typed)
        if not platform:
            self._fault("platform", Fault.NOT_A_CHOICE)
            return ""
        against = platform_problem(platform, self._district)
        # An account that exists already has to be told of, most of all where it should not.
        if against is not None and self._kind is not FilingKind.REGISTER:
            self.problems.append(against)
        return platform

    def _address(self, platform: str) -> AccountAddress | None:
        typed = self._given("handle", 300)
        if not typed:
            return None
        try:
            address = (
                read_existing(typed, platform) if self._kind is FilingKind.REGISTER else read_address(typed, platform)
            )
        except AddressNotValidError as error:
            if error.reason is AddressProblem.EMPTY and not is_required("handle", self._kind, self._district):
                return None
            self._fault("handle", Fault.ADDRESS_NOT_VALID, reason=error.reason.value, platform=error.platform)
            return None
        # A link copied from a form or a portal can carry whom it was opened for.
        if find_personal_data(address.shown):
            self._fault("handle", Fault.HOLDS_PERSONAL_DATA)
            return None
        return address

    def _check_page(self) -> None:
        """Ask whether it is a page: the address alone does not tell, Facebook gives both the same form."""
        clause = self._district.checks.facebook_page
        kind = self._choice("page_type", ("page", "profile"))
        if kind == "profile":
            self._fault("page_type", Fault.PERSONAL_PROFILE, clause)
        elif not kind and not any(problem.name == "page_type" for problem in self.problems):
            self._fault("page_type", Fault.MISSING, clause)

    def _administrators(self) -> tuple[NamedPerson, ...]:
        name = {
            FilingKind.REMOVE_ADMINISTRATOR: "administrator",
            FilingKind.HAND_OVER: "successor",
        }.get(self._kind, "administrators")
        if name != "administrators":
            person = self._one_person(name)
            return (person,) if person else ()
        people = self._people("administrators")
        minimum = self._district.minimum_administrators
        if (
            self._kind in {FilingKind.NEW_ACCOUNT, FilingKind.REGISTER}
            and minimum is not None
            and len(people) < minimum
            and not any(problem.name == "administrators" for problem in self.problems)
        ):
            self._fault(
                "administrators",
                Fault.TOO_FEW_ADMINISTRATORS,
                self._district.checks.minimum_administrators,
                have=str(len(people)),
                need=str(minimum),
            )
        return people

    def _one_person(self, name: str, *, is_wanted: bool = True) -> NamedPerson | None:
        if name not in self._names or not is_wanted:
            return None
        people = self._people(name)
        if len(people) > 1:
            self._fault(name, Fault.ONE_PERSON_ONLY)
        if name == "principal" and not self._fields.get(name):
            self._fault(name, Fault.MISSING, self._district.rule(self._kind).clause)
        return people[0] if len(people) == 1 else None

    def _people(self, name: str) -> tuple[NamedPerson, ...]:
        text = self._given(name, LONGEST_PEOPLE_CHARACTERS)
        found: dict[str, NamedPerson] = {}
        for line in people_lines(text):
            for called, email in people_on_line(line):
                person = self._person(name, called, email)
                if person is None:
                    continue
                if same_email(person.email) in found:
                    self._fault(name, Fault.EMAIL_TWICE, email=person.email)
                found.setdefault(same_email(person.email), person)
        if text and not found and not any(problem.name == name for problem in self.problems):
            self._fault(name, Fault.EMAIL_MISSING, shown=_cut(text))  # something was typed, and it names nobody
        if len(found) > MOST_ADMINISTRATORS:
            self._fault(name, Fault.TOO_MANY_PEOPLE, most=str(MOST_ADMINISTRATORS))
        return tuple(found.values())

    def _person(self, name: str, called: str, email: str) -> NamedPerson | None:
        if not email:
            self._fault(name, Fault.EMAIL_MISSING, shown=_cut(called))
            return None
        if not is_email(email):
            self._fault(name, Fault.EMAIL_NOT_VALID, shown=_cut(email))
            return None
        domains = self._district.email_domains
        domain = email.rpartition("@")[2]
        if domains and not any(domain == own or domain.endswith(f".{own}") for own in domains):
            self._fault(name, Fault.EMAIL_OF_ELSEWHERE, email=_cut(email), domains=", ".join(domains))
            return None
        if len(called) > LONGEST_NAME_CHARACTERS or not _is_name(called):
            self._fault(name, Fault.NAME_NOT_READABLE, email=_cut(email))
            return None
        if not called and "administrator_names" in self._district.rule(self._kind).requires:
            self._fault(name, Fault.NAME_MISSING, self._district.rule(self._kind).clause, email=_cut(email))
        return NamedPerson(name=called, email=email)


def has_hidden_characters(text: str) -> bool:
    """Tell whether a text holds control, direction or invisible characters, by which it reads as something else."""
    return any(is_hidden(character) and character not in "\n\t\r" for character in text)


def _is_organization(text: str) -> bool:
    """Tell whether a text can be what people call a club, a school or a department."""
    has_link = "://" in text or "www." in text.lower()
    return sum(character.isalpha() for character in text) >= 2 and not has_link and not set(text) & set("<>{}=")


def _is_name(text: str) -> bool:
    return all(
        character.isalpha() or character in " .'’-" or unicodedata.category(character) == "Mn" for character in text
    )


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
