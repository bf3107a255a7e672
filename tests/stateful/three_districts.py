"""Three districts that live in one database, their people, and what the rules must be, written down a second time.

Nothing here is read from the product's settings: a mistake in them, or in who reads them, must be noticed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from knowledge.conversations import ConversationReference
from knowledge.filings import FilingForce, FilingKind
from knowledge.people import Person, Role, Standing, same_email

REDLANDS, HESPERIA, PINECREST = "redlands", "hesperia", "pinecrest"
DISTRICTS = (REDLANDS, HESPERIA, PINECREST)
SHORT_NAMES = {REDLANDS: "Redlands", HESPERIA: "Hesperia", PINECREST: "Pinecrest"}

MARK = re.compile(r"zq[a-z0-9]+")
"""What is typed in a district carries such words, so that none can turn up in another unnoticed."""

PREFIX = {REDLANDS: "zqr", HESPERIA: "zqh", PINECREST: "zqp"}

PINECREST_SETTINGS = """
name = "Pinecrest Union School District"
short_name = "Pinecrest"
email_domains = ["pinecrest.example", "both.example"]
guideline_file = "rules.md"
minimum_administrators = 3
people = [
    { email = "zqpspecialist@pinecrest.example", role = "specialist" },
    { email = "zqpit@pinecrest.example", role = "information technology" },
]

[specialist]
title = "Web Editor"

[filings.new_account]
force = "notice"
clause = "accounts/1"

[filings.register]
force = "approval"
clause = "accounts/2"

[filings.add_administrator]
force = "approval"
clause = "accounts/3"

[filings.remove_administrator]
force = "notice"
clause = "accounts/3"

[filings.rename]
force = "approval"
clause = "accounts/3"

[filings.close]
force = "approval"
clause = "accounts/3"

[filings.hand_over]
force = "approval"
clause = "accounts/3"

[filings.asked_to_remove]
force = "approval"
clause = "accounts/4"

[filings.logo]
force = "approval"
clause = "accounts/5"
decided_by = ["information_technology"]

[checks]
minimum_administrators = "accounts/3"
"""

PINECREST_RULES = """# Web Rules

## Accounts

- Tell the web editor before you open an account in Pinecrest's name.
- Whoever has an account already asks the web editor to enter it.
- Three people run each account, and each change of them or of its name is approved by the web editor first.
- The web editor may ask the people of an account to take it down.
- The technology office approves each use of the tree.
"""

FORCE: Mapping[str, Mapping[FilingKind, FilingForce]] = {
    REDLANDS: {
        FilingKind.NEW_ACCOUNT: FilingForce.APPROVAL,
        FilingKind.REGISTER: FilingForce.NOTICE,
        FilingKind.ADD_ADMINISTRATOR: FilingForce.NOTICE,
        FilingKind.RENAME: FilingForce.NOTICE,
        FilingKind.CLOSE: FilingForce.NOTICE,
    },
    HESPERIA: {FilingKind.NEW_ACCOUNT: FilingForce.NOTICE, FilingKind.LOGO: FilingForce.APPROVAL},
    PINECREST: {
        FilingKind.NEW_ACCOUNT: FilingForce.NOTICE,
        FilingKind.REGISTER: FilingForce.APPROVAL,
        FilingKind.ADD_ADMINISTRATOR: FilingForce.APPROVAL,
        FilingKind.REMOVE_ADMINISTRATOR: FilingForce.NOTICE,
        FilingKind.RENAME: FilingForce.APPROVAL,
        FilingKind.CLOSE: FilingForce.APPROVAL,
        FilingKind.HAND_OVER: FilingForce.APPROVAL,
        FilingKind.ASKED_TO_REMOVE: FilingForce.APPROVAL,
        FilingKind.LOGO: FilingForce.APPROVAL,
    },
}
"""The force of each kind by the districts' clauses; a kind that is not here is a record."""

MINIMUM: Mapping[str, int] = {REDLANDS: 2, HESPERIA: 0, PINECREST: 3}
"""The fewest administrators of an account; 0 where no clause and no setting asks for a number."""

PLATFORMS: Mapping[str, frozenset[str]] = {
    REDLANDS: frozenset({"twitter", "instagram", "facebook", "linkedin"}),
    HESPERIA: frozenset(),
    PINECREST: frozenset(),
}
"""Approved platforms; empty where every one is taken."""

DOMAINS: Mapping[str, tuple[str, ...]] = {
    REDLANDS: (),
    HESPERIA: (),
    PINECREST: ("pinecrest.example", "both.example"),
}

_DECIDES = frozenset({Role.SPECIALIST, Role.DEPUTY})
OFFICES: Mapping[tuple[str, str], frozenset[Role]] = {
    (HESPERIA, "district"): frozenset({Role.ADMIN_SERVICES}),
    (PINECREST, "district"): frozenset({Role.INFORMATION_TECHNOLOGY}),
    (PINECREST, ""): frozenset({Role.INFORMATION_TECHNOLOGY}),
    (REDLANDS, "district"): _DECIDES,
    (REDLANDS, ""): _DECIDES,
}
"""Who approves a logo, by district and by whose logo it is; a school's in Hesperia is the named principal's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """Somebody of a district, by the same short name in each of them."""

    id: str
    role: Role | None = None
    standing: Standing = Standing.MEMBER
    platform: str = "local"
    email: str = "{mark}@{district}.example"
    """Filled in for each district; empty for somebody whose platform says none."""

    is_reachable: bool = True
    """False where the person has not written a direct message to Postwise yet."""


RESIDENTS: Mapping[str, Resident] = {
    each.id: each
    for each in (
        Resident(id="teacher"),
        Resident(id="coach"),
        Resident(id="office"),
        Resident(id="principal"),
        # The same person works in all three districts, under one e-mail address.
        Resident(id="pat", email="pat@both.example"),
        # The teacher once more, writing from another platform.
        Resident(id="twin", platform="slack", email="{teacher}+phone@{district}.example"),
        Resident(id="specialist", role=Role.SPECIALIST),
        # Writes in the channel alone, so that nobody knows a way to write to them alone.
        Resident(id="deputy", role=Role.DEPUTY, is_reachable=False),
        Resident(id="it", role=Role.INFORMATION_TECHNOLOGY),
        Resident(id="services", role=Role.ADMIN_SERVICES),
        Resident(id="guest", standing=Standing.GUEST),
        Resident(id="robot", standing=Standing.BOT),
        Resident(id="nameless", email=""),
        Resident(id="ghost", is_reachable=False),
    )
}

STAFF = ("teacher", "coach", "office", "principal", "pat")
DECIDERS = ("specialist", "deputy", "it", "services")


def email_of(district_id: str, who: str) -> str:
    """Return a resident's e-mail address in a district."""
    prefix = PREFIX[district_id]
    return RESIDENTS[who].email.format(mark=f"{prefix}{who}", teacher=f"{prefix}teacher", district=district_id)


def person_of(district_id: str, who: str) -> Person:
    """Return a resident as the platform of the district names them, or a visitor."""
    if who == "visitor":
        # A specialist of another district, who is nobody here.
        other = HESPERIA if district_id == PINECREST else PINECREST
        return replace(person_of(other, "specialist"), id="visitor", roles=frozenset())
    resident = RESIDENTS[who]
    # Pinecrest's settings name some by e-mail; for the others their platform vouches.
    vouched = district_id != PINECREST or resident.role in {Role.ADMIN_SERVICES, Role.DEPUTY}
    return Person(
        platform=resident.platform,
        id=who,
        name=f"Zq{PREFIX[district_id][2]}{who} Person",
        email=email_of(district_id, who),
        standing=resident.standing,
        roles=frozenset({resident.role} if resident.role and vouched else ()),
    )


def person_at(district_id: str, email: str) -> Person:
    """Return the resident of an e-mail address, or somebody who has it and no other place here."""
    for who in RESIDENTS:
        own = email_of(district_id, who)
        if own and same_email(own) == same_email(email):
            return person_of(district_id, who)
    return Person(platform="local", id="visitor", name="Zq Somebody", email=email)


def conversation_of(district_id: str, who: str) -> ConversationReference:
    """Return where a resident is written to."""
    return ConversationReference(platform=RESIDENTS[who].platform, address=f"staff/{district_id}/{who}")


def channel_of(district_id: str) -> ConversationReference:
    """Return where a district's specialists read."""
    return ConversationReference(platform="local", address=f"specialists/{district_id}")


def force_of(district_id: str, kind: str) -> FilingForce:
    """Return the force that a kind of filing has in a district."""
    return FORCE[district_id].get(FilingKind(kind), FilingForce.RECORD)


def roles_of(district_id: str, person: Person) -> frozenset[Role]:
    """Return what a person is to a district, by the list above."""
    held = {
        each.role
        for each in RESIDENTS.values()
        if each.role and person.email and same_email(email_of(district_id, each.id)) == same_email(person.email)
    }
    return frozenset(held)


def is_specialist(district_id: str, person: Person) -> bool:
    """Tell whether a person is a specialist or deputy there."""
    return bool(roles_of(district_id, person) & _DECIDES)


def may_decide(district_id: str, filing: Mapping[str, object], details: Mapping[str, object], person: Person) -> bool:
    """Tell whether a person holds the office that decides a filing; their being its filer is another question."""
    if filing["kind"] == FilingKind.LOGO.value and filing["force"] == FilingForce.APPROVAL.value:
        logo = str(details["logo"])
        if (district_id, logo) == (HESPERIA, "school"):
            principal = details["principal"]
            assert isinstance(principal, dict)
            return bool(person.email) and same_email(principal["email"]) == same_email(person.email)
        return bool(roles_of(district_id, person) & OFFICES[district_id, logo])
    return is_specialist(district_id, person)


@dataclass(slots=True)
class Marks:
    """The marked words that were typed in each district."""

    typed: dict[str, set[str]] = field(default_factory=lambda: {district_id: set() for district_id in DISTRICTS})

    def note(self, district_id: str, *texts: str) -> None:
        """Remember what was typed in a district."""
        for text in texts:
            self.typed[district_id] |= set(MARK.findall(text.lower()))

    def strange_in(self, district_id: str, text: str) -> set[str]:
        """Return the marked words of a text that nobody ever typed in this district."""
        return set(MARK.findall(text.lower())) - self.typed[district_id]

    def copy(self) -> "Marks":
        """Return marks of their own with the same words."""
        return Marks({district_id: set(words) for district_id, words in self.typed.items()})
