"""Addresses of local conversations, and what is sent to them."""

from datetime import UTC, datetime

import pytest

from bot.local.history import Histories
from bot.local.render import Renderer
from bot.local.sender import (
    LocalSender,
    NotALocalConversationError,
    district_of,
    specialist_channel,
    staff_conversation,
)
from handlers.replies import Paragraph, Reply
from knowledge.clock import HeldClock
from knowledge.conversations import ConversationReference

HELLO = Reply(parts=(Paragraph(text="Hello."),))


@pytest.fixture
def histories() -> Histories:
    """Return where things are said."""
    return Histories(clock=HeldClock(datetime(2026, 3, 2, tzinfo=UTC)))


@pytest.fixture
def sender(histories: Histories) -> LocalSender:
    """Return the sender under test."""
    return LocalSender(histories=histories, renderer=Renderer())


def test_conversation_belongs_to_one_district() -> None:
    """Both sides of a district are that district's."""
    assert district_of(staff_conversation("redlands", "0123456789abcdef")) == "redlands"
    assert district_of(specialist_channel("redlands")) == "redlands"


@pytest.mark.parametrize(
    ("platform", "address"),
    [("slack", "specialists/redlands"), ("local", ""), ("local", "specialists/"), ("local", "staff/redlands/../x")],
)
async def test_address_of_no_local_conversation_is_refused(sender: LocalSender, platform: str, address: str) -> None:
    """What is meant for another place is not shown here."""
    with pytest.raises(NotALocalConversationError):
        await sender.send(ConversationReference(platform=platform, address=address), HELLO)


async def test_reply_follows_where_the_replaced_message_is_gone(sender: LocalSender, histories: Histories) -> None:
    """A button that outlived its message still gets its answer."""
    channel = specialist_channel("redlands")

    name = await sender.send(channel, HELLO, replaces="m00000000-1")

    assert name != "m00000000-1"
    assert histories.has_message(channel.address, name)
