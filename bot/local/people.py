"""The made-up people of the local page.

The page has no sign-in: whoever opens it chooses who writes. What a person may decide comes from this list alone, never
from the name of a conversation.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.local.conversations import PLATFORM, specialist_channel, staff_conversation
from knowledge.conversations import ConversationReference
from knowledge.district import District
from knowledge.people import Person, Role

Side: TypeAlias = Literal["staff", "specialist"]
"""The two sides of the page: direct messages, and the specialist channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePerson:
    """Somebody in whose name the page can be used."""

    id: str
    name: str
    job: str = ""
    """What they are at the district, where the name does not say it."""

    roles: frozenset[Role] = frozenset()

    def in_district(self, district: District) -> Person:
        """Return the person as handlers see them: with an e-mail address of the district."""
        domain = district.email_domains[0] if district.email_domains else f"{district.id}.example"
        return Person(platform=PLATFORM, id=self.id, name=self.name, email=f"{self.id}@{domain}", roles=self.roles)


STAFF = (
    SamplePerson(id="teacher", name="Tess Teacher"),
    SamplePerson(id="coach", name="Cal Coach"),
    SamplePerson(id="office", name="Olive Office", job="office manager"),
    SamplePerson(id="principal", name="Pete Principal"),
    SamplePerson(id="it", name="Ivy Tech", job="IT staff", roles=frozenset({Role.INFORMATION_TECHNOLOGY})),
    SamplePerson(id="services", name="Ada Services", job="admin services", roles=frozenset({Role.ADMIN_SERVICES})),
)
"""Who writes direct messages and decides nothing; the first one is who writes at first."""

SPECIALISTS = (
    SamplePerson(id="specialist", name="Sam Specialist", roles=frozenset({Role.SPECIALIST})),
    SamplePerson(id="deputy", name="Dee Deputy", roles=frozenset({Role.DEPUTY})),
)
"""Who reads the specialist channel together."""

WRITERS = (*STAFF, *SPECIALISTS)
"""Everybody who has a direct message: specialists too, for their own commands."""

_SIDES: dict[Side, tuple[SamplePerson, ...]] = {"staff": WRITERS, "specialist": SPECIALISTS}


def person_of(side: Side, person_id: str) -> SamplePerson | None:
    """Return a person of one side by id, the first one for an empty id; None where that side has nobody of this id."""
    return next((person for person in _SIDES[side] if person_id in {person.id, ""}), None)


def direct_message(district_id: str, tab: str, person: SamplePerson) -> ConversationReference:
    """Name the direct message that a person has in one browser tab."""
    return staff_conversation(district_id, tab, "" if person is STAFF[0] else person.id)


def logs(district_id: str, tab: str) -> dict[str, str]:
    """Return, by address, the conversations that one browser tab shows: by whose id the page calls each of them.

    The specialist channel, which is nobody's own, is called ``channel``.
    """
    shown = {direct_message(district_id, tab, person).address: person.id for person in WRITERS}
    return shown | {specialist_channel(district_id).address: "channel"}
