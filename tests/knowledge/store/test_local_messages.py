"""Messages of the local page in a real database: said once, edited in place, never missed, forgotten in time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from knowledge.store.local_messages import LocalMessage
from knowledge.store.migrate import migrate
from knowledge.store.unit import Database

MORNING = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
DIRECT = "staff/redlands/0123456789abcdef"
CHANNEL = "specialists/redlands"


async def say(
    database: Database,
    words: str,
    *,
    key: str = "",
    address: str = DIRECT,
    at: datetime = MORNING,
    thread: int | None = None,
) -> int:
    """Say a few words, and return where they stand."""
    async with database.unit() as unit:
        return await unit.local_messages.post(
            district_id="redlands",
            address=address,
            delivery_key=key or words,
            payload={"words": words},
            at=at,
            thread_position=thread,
        )


async def edit(database: Database, position: int, words: str, *, district_id: str = "redlands") -> bool:
    """Put other words in the place of a message, an hour later."""
    async with database.unit() as unit:
        return await unit.local_messages.edit(
            district_id=district_id,
            address=DIRECT,
            position=position,
            payload={"words": words},
            at=MORNING + timedelta(hours=1),
        )


async def news(
    database: Database, number: int = 0, *, district_id: str = "redlands", most: int = 100
) -> tuple[list[LocalMessage], frozenset[str]]:
    """Return what both conversations hold after a number."""
    async with database.unit() as unit:
        return await unit.local_messages.since(
            district_id=district_id, addresses=[DIRECT, CHANNEL], number=number, most_of_each=most
        )


def words(found: tuple[list[LocalMessage], frozenset[str]]) -> list[str]:
    """Return what the messages say."""
    return [message.payload["words"] for message in found[0]]


async def test_what_is_posted_twice_under_one_key_is_said_once(database: Database) -> None:
    """A delivery that does not know whether it has arrived may try again."""
    first = await say(database, "Filed as R-1.", key="one")
    second = await say(database, "Filed as R-1.", key="one")

    assert first == second
    assert words(await news(database)) == ["Filed as R-1."]


async def test_posted_message_is_found_by_its_key_in_its_own_conversation_alone(database: Database) -> None:
    """Before something is sent again, it is looked for."""
    position = await say(database, "Filed as R-1.", key="one")

    async with database.unit() as unit:
        found = [
            await unit.local_messages.find(district_id=district_id, address=address, delivery_key="one")
            for district_id, address in (("redlands", DIRECT), ("redlands", CHANNEL), ("hesperia", DIRECT))
        ]

    assert found == [position, None, None]


async def test_edited_message_keeps_its_place_and_is_news_again(database: Database) -> None:
    """A page that has seen a message sees its edit, in the same place."""
    position = await say(database, "Waiting", key="card")
    await say(database, "Something else")
    seen = (await news(database))[0][-1].number

    assert await edit(database, position, "Approved")
    assert await edit(database, position, "Closed")
    (card,), _ = await news(database, seen)

    assert card.payload == {"words": "Closed"}
    assert (card.position, card.said_at, card.changed_at) == (position, MORNING, MORNING + timedelta(hours=1))
    assert card.number > seen
    assert len((await news(database))[0]) == 2
    assert await say(database, "Waiting", key="card") == position, "the key still finds it"


async def test_message_of_a_thread_stays_under_its_root(database: Database) -> None:
    """Whichever of the two is edited, and however often it is posted, what was said under a card stands under it."""
    card = await say(database, "Waiting")
    seen = await say(database, "Which day?", thread=card)
    await edit(database, card, "Claimed")
    await edit(database, seen, "Which day is it?")
    answer = await say(database, "June 4", thread=card)
    again = await say(database, "June 4", thread=None)

    found, _ = await news(database)

    assert answer == again
    assert {message.position: message.thread_position for message in found} == {card: None, seen: card, answer: card}


@pytest.mark.parametrize("wrong", ["forgotten", "a number of an edit", "of another conversation"])
async def test_thread_under_nothing_is_no_thread(database: Database, wrong: str) -> None:
    """A message whose root is not in its own conversation stands for itself."""
    card = await say(database, "Waiting", address=CHANNEL if wrong == "of another conversation" else DIRECT)
    await edit(database, card, "Claimed")
    number = (await news(database))[0][-1].number
    thread = {"forgotten": 99, "a number of an edit": number, "of another conversation": card}[wrong]

    await say(database, "Which day?", thread=thread)

    assert (await news(database))[0][-1].thread_position is None


async def test_same_edit_made_twice_is_news_once(database: Database) -> None:
    """An edit that is tried again draws nothing anew."""
    position = await say(database, "Waiting")
    await edit(database, position, "Approved")
    seen = (await news(database))[0][-1].number

    assert await edit(database, position, "Approved")
    assert words(await news(database, seen)) == []


@pytest.mark.parametrize("wrong", ["forgotten", "of another district", "a number of an edit"])
async def test_edit_of_a_message_that_is_not_there_is_refused(database: Database, wrong: str) -> None:
    """Nothing is said where nothing stands."""
    position = await say(database, "Waiting")
    await edit(database, position, "Approved")
    number = (await news(database))[0][-1].number

    match wrong:
        case "forgotten":
            assert not await edit(database, 99, "Closed")
        case "of another district":
            assert not await edit(database, position, "Closed", district_id="hesperia")
        case _:
            assert not await edit(database, number, "Closed")

    assert words(await news(database)) == ["Approved"]


async def test_conversation_with_too_much_news_gives_the_newest_and_says_so(database: Database) -> None:
    """A page that was away for long gets the end of it, and knows that something is missing."""
    for number in range(4):
        await say(database, f"answer {number}")
    await say(database, "New filing", address=CHANNEL)

    found = await news(database, most=3)

    assert words(found) == ["answer 1", "answer 2", "answer 3", "New filing"]
    assert found[1] == {DIRECT}


async def test_number_is_never_seen_before_a_lower_one(database: Database) -> None:
    """Two replicas write at the same moment: the later number waits for the earlier, or a page would pass over that."""
    async with database.unit() as unit:
        await unit.local_messages.post(
            district_id="redlands", address=DIRECT, delivery_key="1", payload={"words": "first"}, at=MORNING
        )
        second = asyncio.create_task(say(database, "second", address=CHANNEL))
        done, _ = await asyncio.wait([second], timeout=0.3)
    await second

    assert done == set()
    assert words(await news(database)) == ["first", "second"]


async def test_number_of_a_forgotten_message_is_never_given_again(database: Database) -> None:
    """A page counts by numbers: one given twice would hide a message from it."""
    await say(database, "old")
    async with database.unit() as unit:
        newest = await unit.local_messages.newest_number()
        await unit.local_messages.forget_before(
            district_id="redlands", channel=CHANNEL, channel_before=MORNING, others_before=MORNING + timedelta(1)
        )

    assert words(await news(database)) == []
    assert await say(database, "new") > newest


async def test_direct_messages_and_the_channel_are_forgotten_each_in_its_time(database: Database) -> None:
    """What was said to one person goes in the evening, the channel's cards stay; another district's stay too."""
    for address in (DIRECT, CHANNEL):
        await say(database, f"old {address[:5]}", address=address)
        await say(database, f"new {address[:5]}", address=address, at=MORNING + timedelta(hours=2))
    moments = {"channel_before": MORNING - timedelta(1), "others_before": MORNING + timedelta(hours=1)}

    async with database.unit() as unit:
        of_hesperia = await unit.local_messages.forget_before(district_id="hesperia", channel=CHANNEL, **moments)
        forgotten = await unit.local_messages.forget_before(district_id="redlands", channel=CHANNEL, **moments)

    assert (of_hesperia, forgotten) == (0, 1)
    assert words(await news(database)) == ["new staff", "old speci", "new speci"]


async def test_database_keeps_its_name(database: Database) -> None:
    """After a restart pages know that it is the same database; another one has another name."""
    names = []
    for _ in range(2):
        async with database.unit() as unit:
            names.append(await unit.local_messages.epoch())
    other = Database("sqlite://")
    await migrate(other.engine)
    async with other.unit() as unit:
        names.append(await unit.local_messages.epoch())
    await other.close()

    assert names[0] == names[1] != names[2]
    assert words(await news(database)) == []
