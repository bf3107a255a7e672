"""Who can write on the page, and from where."""

from bot.local.conversations import district_of, specialist_channel
from bot.local.people import SPECIALISTS, STAFF, WRITERS, direct_message, logs, person_of
from knowledge.district import read_districts
from knowledge.people import Role, is_email

TAB = "0123456789abcdef"


def test_people_have_addresses_of_their_district() -> None:
    """A form of the district takes them for administrators; without a domain of its own they have an example's."""
    redlands = read_districts()["redlands"][0]
    with_domain = redlands.model_copy(update={"email_domains": ("redlandsusd.net", "old.example")})
    without = redlands.model_copy(update={"email_domains": ()})

    assert STAFF[1].in_district(with_domain).email == "coach@redlandsusd.net"
    assert STAFF[1].in_district(without).email == "coach@redlands.example"
    assert all(is_email(person.in_district(redlands).email) for person in STAFF + SPECIALISTS)


def test_every_person_has_a_conversation_that_the_page_follows() -> None:
    """Nobody's messages are lost, and nobody reads another's."""
    addresses = {direct_message("redlands", TAB, person).address: person.id for person in WRITERS}

    assert len(addresses) == len(WRITERS)
    assert logs("redlands", TAB) == addresses | {"specialists/redlands": "channel"}
    assert {district_of(direct_message("redlands", TAB, person)) for person in STAFF} == {"redlands"}


def test_roles_are_those_of_the_list_alone() -> None:
    """The two of the channel decide; of the staff only the two offices are more than staff."""
    roles = {person.id: set(person.roles) for person in STAFF + SPECIALISTS if person.roles}

    assert roles == {
        "it": {Role.INFORMATION_TECHNOLOGY},
        "services": {Role.ADMIN_SERVICES},
        "specialist": {Role.SPECIALIST},
        "deputy": {Role.DEPUTY},
    }
    assert person_of("staff", "specialist") == SPECIALISTS[0]
    assert person_of("specialist", "principal") is None
    assert person_of("specialist", "") == SPECIALISTS[0]
    assert specialist_channel("redlands").address not in {
        direct_message("redlands", TAB, each).address for each in STAFF
    }
