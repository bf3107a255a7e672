"""Who has written, and where they can be written to."""

from dataclasses import replace
from datetime import timedelta

from knowledge.clock import HeldClock
from knowledge.conversations import ConversationReference
from knowledge.people import Person, Role, Standing
from knowledge.store.unit import Database

COACH = Person(platform="local", id="coach", name="Cal Coach", email="coach@redlands.example")
MESSAGES = ConversationReference(platform="local", address="staff/redlands/1-coach")


async def test_person_is_found_by_e_mail_in_whatever_spelling(database: Database, clock: HeldClock) -> None:
    """Capitals and a +tag make no other person; another address and another district do."""
    async with database.unit() as unit:
        await unit.people.see(district_id="redlands", person=COACH, conversation=MESSAGES, at=clock.now())

        found = await unit.people.by_email(district_id="redlands", email="Coach+band@Redlands.example")

        assert found is not None
        assert (found.person, found.conversation, found.is_active) == (COACH, MESSAGES, True)
        assert await unit.people.by_email(district_id="redlands", email="coach2@redlands.example") is None
        assert await unit.people.by_email(district_id="hesperia", email="coach@redlands.example") is None


async def test_seeing_somebody_again_writes_only_what_is_new_or_a_day_old(database: Database, clock: HeldClock) -> None:
    """Not every message costs a write."""
    async with database.unit() as unit:
        seen = [await unit.people.see(district_id="redlands", person=COACH, conversation=MESSAGES, at=clock.now())]
        seen.append(await unit.people.see(district_id="redlands", person=COACH, conversation=MESSAGES, at=clock.now()))
        renamed = replace(COACH, name="Cal Cortez")
        seen.append(
            await unit.people.see(district_id="redlands", person=renamed, conversation=MESSAGES, at=clock.now())
        )
        tomorrow = clock.now() + timedelta(days=1)
        seen.append(await unit.people.see(district_id="redlands", person=renamed, conversation=None, at=tomorrow))

    assert seen == [True, False, True, True]


async def test_what_a_platform_leaves_out_is_not_forgotten(database: Database, clock: HeldClock) -> None:
    """A press in the channel brings no name, e-mail or address; those known before stay."""
    async with database.unit() as unit:
        await unit.people.see(district_id="redlands", person=COACH, conversation=MESSAGES, at=clock.now())
        bare = Person(platform="local", id="coach", standing=Standing.GUEST)
        await unit.people.see(district_id="redlands", person=bare, conversation=None, at=clock.now())

        found = await unit.people.by_person(district_id="redlands", platform="local", person_id="coach")

    assert found is not None
    assert found.person == replace(COACH, standing=Standing.GUEST)
    assert found.conversation == MESSAGES


async def test_roles_are_never_taken_from_the_past(database: Database, clock: HeldClock) -> None:
    """Who was a specialist once is not one because a row says so."""
    async with database.unit() as unit:
        specialist = replace(COACH, roles=frozenset({Role.SPECIALIST}))
        await unit.people.see(district_id="redlands", person=specialist, conversation=MESSAGES, at=clock.now())

        found = await unit.people.by_person(district_id="redlands", platform="local", person_id="coach")

    assert found is not None
    assert found.person.roles == frozenset()


async def test_person_who_left_is_known_as_gone_until_they_write_again(database: Database, clock: HeldClock) -> None:
    """Deactivating twice changes nothing, and whoever writes is there."""
    async with database.unit() as unit:
        await unit.people.see(district_id="redlands", person=COACH, conversation=MESSAGES, at=clock.now())
        first = await unit.people.deactivate(district_id="redlands", platform="local", person_id="coach")
        second = await unit.people.deactivate(district_id="redlands", platform="local", person_id="coach")
        gone = await unit.people.by_email(district_id="redlands", email=COACH.email)
        await unit.people.see(district_id="redlands", person=COACH, conversation=MESSAGES, at=clock.now())
        back = await unit.people.by_email(district_id="redlands", email=COACH.email)

    assert (first, second) == (True, False)
    assert gone is not None
    assert back is not None
    assert (gone.is_active, back.is_active) == (False, True)


async def test_active_account_of_a_person_with_two_is_preferred(database: Database, clock: HeldClock) -> None:
    """Somebody who is gone from one platform and active on another is written to where they are."""
    async with database.unit() as unit:
        later = clock.now() + timedelta(hours=1)
        slack = replace(COACH, platform="slack", id="U1")
        dm = ConversationReference(platform="slack", address="D1")
        await unit.people.see(district_id="redlands", person=COACH, conversation=MESSAGES, at=clock.now())
        await unit.people.see(district_id="redlands", person=slack, conversation=dm, at=later)
        await unit.people.deactivate(district_id="redlands", platform="slack", person_id="U1")

        found = await unit.people.by_email(district_id="redlands", email=COACH.email)

    assert found is not None
    assert found.conversation == MESSAGES


async def test_person_without_an_address_cannot_be_written_to(database: Database, clock: HeldClock) -> None:
    """Whoever was seen in the channel alone has no direct message yet."""
    async with database.unit() as unit:
        await unit.people.see(district_id="redlands", person=COACH, conversation=None, at=clock.now())

        assert await unit.people.by_email(district_id="redlands", email=COACH.email) is None
