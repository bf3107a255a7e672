"""Addresses of local conversations, and what is sent to them, on real databases."""

from datetime import timedelta

import pytest

from bot.delivery.payload import reply_of
from bot.delivery.sender import DeliveryError
from bot.local.conversations import (
    NotALocalConversationError,
    district_of,
    forget_old_messages,
    specialist_channel,
    staff_conversation,
)
from bot.local.feed import Feed
from bot.local.sender import LocalSender
from handlers.replies import Paragraph, Reply
from knowledge.clock import HeldClock
from knowledge.conversations import ConversationReference
from knowledge.district import District, read_districts
from knowledge.store.unit import Database
from tests.bot.local.small_filings import new_account

HELLO = Reply(parts=(Paragraph(text="Hello."),))
DIRECT = staff_conversation("redlands", "0123456789abcdef")
OF_COACH = staff_conversation("redlands", "0123456789abcdef", "coach")
CHANNEL = specialist_channel("redlands")


@pytest.fixture
def sender(database: Database, clock: HeldClock) -> LocalSender:
    """Return the sender under test, as a process without pages has it."""
    return LocalSender(database=database, clock=clock)


async def said(database: Database, *conversations: ConversationReference) -> list[Reply]:
    """Return what stands in some conversations."""
    async with database.reading() as unit:
        messages, _ = await unit.local_messages.since(
            district_id="redlands",
            addresses=[conversation.address for conversation in conversations],
            number=0,
            most_of_each=100,
        )
    return [reply_of(message.payload) for message in messages]


def test_conversation_belongs_to_one_district() -> None:
    """Both sides of a district are that district's, whoever writes."""
    assert {district_of(each) for each in (DIRECT, OF_COACH, CHANNEL)} == {"redlands"}


@pytest.mark.parametrize(
    ("platform", "address"),
    [
        ("slack", "specialists/redlands"),
        ("local", ""),
        ("local", "specialists/"),
        ("local", "staff/redlands/../x"),
        ("local", "staff/redlands/0123456789abcdef-Coach"),
    ],
)
async def test_address_of_no_local_conversation_is_refused_for_good(
    sender: LocalSender, database: Database, platform: str, address: str
) -> None:
    """What is meant for another place is not shown here, and trying again cannot help."""
    conversation = ConversationReference(platform=platform, address=address)
    with pytest.raises(NotALocalConversationError):
        district_of(conversation)

    with pytest.raises(DeliveryError) as refusal:
        await sender.post(key="1", conversation=conversation, reply=HELLO)
    assert refusal.value.is_permanent


async def test_what_is_posted_twice_is_said_once_and_can_be_found(sender: LocalSender, database: Database) -> None:
    """A delivery that does not know whether it arrived may look, or simply post again."""
    name = await sender.post(key="1", conversation=DIRECT, reply=HELLO)
    again = await sender.post(key="1", conversation=DIRECT, reply=HELLO)

    assert name == again == await sender.find(key="1", conversation=DIRECT)
    assert await sender.find(key="2", conversation=DIRECT) is None
    assert await said(database, DIRECT, OF_COACH) == [HELLO]


async def test_form_comes_back_as_it_was_said(sender: LocalSender, database: Database) -> None:
    """What is kept is the reply itself, whole: it is drawn anew each time a page is opened."""
    form = new_account({"organization": "", "platform": "", "existing": "", "administrators": "", "note": "ü\n<b>"})

    await sender.post(key="1", conversation=DIRECT, reply=form)

    assert await said(database, DIRECT) == [form]


async def test_another_process_edits_what_this_one_posted(
    sender: LocalSender, database: Database, clock: HeldClock
) -> None:
    """After a restart a card is still the same card."""
    name = await sender.post(key="1", conversation=CHANNEL, reply=HELLO)
    bye = Reply(parts=(Paragraph(text="Bye."),))

    await LocalSender(database=database, clock=clock).edit(key="2", conversation=CHANNEL, message_id=name, reply=bye)

    assert await said(database, CHANNEL) == [bye]


@pytest.mark.parametrize("message_id", ["m00000000-1", "", "once-1", "m-1"])
async def test_edit_of_a_message_that_is_gone_is_refused_for_good(sender: LocalSender, message_id: str) -> None:
    """A message of another database, or none at all, cannot be edited: whoever wants to say it posts it anew."""
    await sender.post(key="1", conversation=CHANNEL, reply=HELLO)

    with pytest.raises(DeliveryError) as refusal:
        await sender.edit(key="2", conversation=CHANNEL, message_id=message_id, reply=HELLO)

    assert (refusal.value.kind, refusal.value.is_permanent) == ("message_not_found", True)


async def test_database_that_is_away_may_have_taken_it(database: Database, clock: HeldClock) -> None:
    """A transaction that broke may have been committed: it is tried again, and nothing is doubled."""
    away = Database("postgresql://postgres@127.0.0.1:1/away")
    sender = LocalSender(database=away, clock=clock)

    with pytest.raises(DeliveryError) as failure:
        await sender.post(key="1", conversation=CHANNEL, reply=HELLO)
    await away.close()

    assert (failure.value.is_ambiguous, failure.value.is_permanent) == (True, False)


async def test_pages_of_the_same_process_are_woken_at_once(database: Database, clock: HeldClock) -> None:
    """A page does not wait for its next look at the database."""
    feed = Feed(database=database)
    sender = LocalSender(database=database, clock=clock, feed=feed)

    async with feed.listening() as bell:
        name = await sender.post(key="1", conversation=CHANNEL, reply=HELLO)
        rang = bell.is_set()
        bell.clear()
        await sender.edit(key="2", conversation=CHANNEL, message_id=name, reply=Reply(parts=()))

        assert (rang, bell.is_set()) == (True, True)


async def test_direct_messages_go_in_the_evening_and_the_channel_stays(
    sender: LocalSender, database: Database, clock: HeldClock
) -> None:
    """What was said to one person is forgotten after twelve hours, the channel as the district keeps questions."""
    redlands: District = read_districts()["redlands"][0]
    for conversation in (DIRECT, OF_COACH, CHANNEL):
        await sender.post(key="1", conversation=conversation, reply=HELLO)
    forgotten = []
    for passed in (timedelta(hours=11), timedelta(hours=13), timedelta(days=redlands.retention.questions_days + 1)):
        async with database.unit() as unit:
            forgotten.append(await forget_old_messages(unit, redlands, now=clock.now() + passed))

    assert forgotten == [0, 2, 1]


async def threads(database: Database, *conversations: ConversationReference) -> list[tuple[int, int | None]]:
    """Return of each message where it stands, and under which other one."""
    async with database.reading() as unit:
        messages, _ = await unit.local_messages.since(
            district_id="redlands",
            addresses=[conversation.address for conversation in conversations],
            number=0,
            most_of_each=100,
        )
    return sorted((message.position, message.thread_position) for message in messages)


def position_of(name: str) -> int:
    """Return the position that a name carries."""
    return int(name.split("-")[1])


async def test_message_is_said_under_another_one_and_found_there(sender: LocalSender, database: Database) -> None:
    """What is said under a card stands there after both were edited, and under the card still where it is answered itself."""
    card = await sender.post(key="1", conversation=CHANNEL, reply=HELLO)
    under = await sender.post(key="2", conversation=CHANNEL, reply=HELLO, thread=card)
    for name in (card, under):
        await sender.edit(key="", conversation=CHANNEL, message_id=name, reply=Reply(parts=()))
    below = await sender.post(key="3", conversation=CHANNEL, reply=HELLO, thread=under)

    root = position_of(card)
    expected = [(root, None), (position_of(under), root), (position_of(below), root)]
    assert expected == await threads(database, CHANNEL)
    assert under == await sender.find(key="2", conversation=CHANNEL, thread=card)
    assert under == await sender.post(key="2", conversation=CHANNEL, reply=HELLO, thread=card)


@pytest.mark.parametrize(
    "wrong", ["gone", "of another database", "no name", "of another conversation", "of another district"]
)
async def test_thread_that_is_not_there_is_no_thread(sender: LocalSender, database: Database, wrong: str) -> None:
    """What was to be said under a message that this conversation does not have is said for itself."""
    in_channel = await sender.post(key="1", conversation=CHANNEL, reply=HELLO)
    direct = await sender.post(key="1", conversation=DIRECT, reply=HELLO)
    in_hesperia = await sender.post(key="1", conversation=specialist_channel("hesperia"), reply=HELLO)
    thread = {
        "gone": f"m{await sender.epoch()}-999",
        "of another database": f"m00000000-{position_of(direct)}",
        "no name": "1732290000.000100",
        "of another conversation": in_channel,
        "of another district": in_hesperia,
    }[wrong]

    name = await sender.post(key="2", conversation=DIRECT, reply=HELLO, thread=thread)

    assert [(position_of(direct), None), (position_of(name), None)] == await threads(database, DIRECT)
