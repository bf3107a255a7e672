"""Where Teams' conversations are: refreshed by whatever comes in, on both databases."""

from dataclasses import replace
from datetime import timedelta

from knowledge.clock import HeldClock
from knowledge.store.teams_conversations import TeamsConversation
from knowledge.store.unit import Database

CHAT = TeamsConversation(
    address="user/tess",
    conversation_id="a:1",
    service_url="https://smba.trafficmanager.net/amer/",
    tenant_id="t",
    kind="personal",
    person_id="tess",
    member_id="29:tess",
)


async def test_conversation_is_kept_refreshed_and_written_only_where_something_is_new(
    database: Database, clock: HeldClock
) -> None:
    """The newest address counts; what is known is not written again for a day."""
    moved = replace(CHAT, service_url="https://smba.trafficmanager.net/emea/")
    async with database.unit() as unit:
        store = unit.teams_conversations
        written = [
            await store.see(CHAT, district_id="redlands", at=clock.now()),
            await store.see(CHAT, district_id="redlands", at=clock.now()),
            await store.see(moved, district_id="redlands", at=clock.now()),
            await store.see(moved, district_id="redlands", at=clock.now() + timedelta(days=1)),
        ]
        found = await store.get(district_id="redlands", address="user/tess")
        elsewhere = await store.get(district_id="hesperia", address="user/tess")

    assert written == [True, False, True, True]
    assert found == moved
    assert elsewhere is None


async def test_word_in_a_channel_does_not_forget_the_own_chat_nor_that_it_is_blocked(
    database: Database, clock: HeldClock
) -> None:
    """Who writes in a channel has not unblocked their own chat; who writes in it has."""
    in_channel = replace(CHAT, conversation_id="")
    async with database.unit() as unit:
        store = unit.teams_conversations
        await store.see(CHAT, district_id="redlands", at=clock.now())
        await store.block(district_id="redlands", address="user/tess", reason="MessageWritesBlocked")
        await store.see(in_channel, district_id="redlands", at=clock.now())
        blocked = await store.get(district_id="redlands", address="user/tess")
        await store.see(CHAT, district_id="redlands", at=clock.now())
        back = await store.get(district_id="redlands", address="user/tess")

    assert blocked == replace(CHAT, blocked="MessageWritesBlocked")
    assert back == CHAT


async def test_answers_are_known_until_they_are_forgotten(database: Database, clock: HeldClock) -> None:
    """Each district forgets its own."""
    async with database.unit() as unit:
        store = unit.teams_conversations
        for district in ("redlands", "hesperia"):
            for _ in range(2):
                await store.note_answer(
                    district_id=district, address="user/tess", message_id="17", question_id="q1", at=clock.now()
                )
        known = await store.answered(district_id="redlands", address="user/tess", message_id="17")
        forgotten = await store.forget_answers(district_id="redlands", before=clock.now() + timedelta(days=1))
        after = await store.answered(district_id="redlands", address="user/tess", message_id="17")
        other = await store.answered(district_id="hesperia", address="user/tess", message_id="17")

    assert (known, forgotten, after, other) == ("q1", 1, "", "q1")


async def test_newest_conversation_and_the_chats_of_people_are_found(database: Database, clock: HeldClock) -> None:
    """By the newest one, Teams is reached; the chats are those in which somebody can be looked for."""
    channel = replace(CHAT, address="19:c", conversation_id="19:c", kind="channel", person_id="", member_id="")
    unopened = replace(CHAT, address="user/cal", conversation_id="", person_id="cal", member_id="29:cal")
    async with database.unit() as unit:
        store = unit.teams_conversations
        for number, each in enumerate((CHAT, unopened, channel)):
            await store.see(each, district_id="redlands", at=clock.now() + timedelta(seconds=number))
        newest = await store.newest(district_id="redlands")
        chats = await store.personal(district_id="redlands")
        nothing = await store.newest(district_id="hesperia")

    assert newest == channel
    assert chats == ["user/tess"]
    assert nothing is None
