"""Writes what a turn promised into the outbox, in that turn's own transaction."""

from collections.abc import Iterator
from datetime import datetime

from bot.delivery.payload import reminder_json, reply_json
from handlers.outcome import ChannelMessage, Outcome, Reminder
from handlers.replies import Paragraph, Reply
from knowledge.conversations import ConversationReference
from knowledge.delivery import AT_ONCE, EntryKind, NewEntry, entry_id, lane_of
from knowledge.store.unit import UnitOfWork


async def promise(
    outcome: Outcome,
    *,
    unit: UnitOfWork,
    district_id: str,
    cause: str,
    channel: ConversationReference,
    at: datetime,
    conversation: ConversationReference | None = None,
    home: ConversationReference | None = None,
    pressed: str = "",
) -> None:
    """Write the posts, the reply and the reminders of an outcome, and cancel what it cancels.

    Parameters
    ----------
    cause
        Key of the event or the reminder that made the outcome: the same cause promises the same only once.
    channel
        The district's specialist channel.
    conversation
        Where the reply goes; None where nobody waits for one.
    home
        Where the person alone is told things, where that is another place: their cards stand there.
    pressed
        The platform's name of the message whose button was pressed; empty where there is none.
    """
    if outcome.cancelled:
        await unit.reminders.cancel(district_id=district_id, subjects=outcome.cancelled, at=at)

    def reply_entry(reply: Reply, place: ConversationReference, *, card: str = "", replaced: str = "") -> NewEntry:
        kind = EntryKind.REPLACEMENT if replaced else EntryKind.REPLY
        return NewEntry(
            district_id=district_id,
            id=entry_id(district_id=district_id, cause=cause, kind=kind),
            kind=kind,
            conversation=place,
            lane=lane_of(place, card),
            card=card,
            message_id=replaced,
            payload=reply_json(reply),
            created_at=at,
        )

    def entries() -> Iterator[NewEntry]:
        for number, post in enumerate(outcome.posts):
            yield _post(post, number, district_id=district_id, cause=cause, channel=channel, at=at)
        if outcome.reply is not None and outcome.is_promised and conversation is not None:
            replaced = pressed if outcome.replaces_pressed_message else ""
            if outcome.card and home is not None and home != conversation:
                # What is written under a card goes on to somebody, so it must not stand in the thread of a question.
                yield reply_entry(outcome.reply, home, card=outcome.card)
                if replaced:
                    yield reply_entry(_headline(outcome.reply), conversation, replaced=replaced)
            else:
                yield reply_entry(outcome.reply, conversation, card=outcome.card, replaced=replaced)
        for reminder in outcome.reminders:
            yield reminder_entry(reminder, district_id=district_id, at=at)

    await unit.outbox.add(entries())


def _headline(reply: Reply) -> Reply:
    """Return what stays in the place of a message whose card stands elsewhere."""
    return Reply(parts=tuple(part for part in reply.parts if isinstance(part, Paragraph))[:1])


def _post(
    post: ChannelMessage, number: int, *, district_id: str, cause: str, channel: ConversationReference, at: datetime
) -> NewEntry:
    key = entry_id(district_id=district_id, cause=cause, kind=EntryKind.POST, number=number)
    if post.thread:
        # Behind the card that it hangs on, and behind what was said under it before.
        lane = lane_of(post.conversation, post.thread)
    elif post.card:
        lane = lane_of(post.conversation, post.card)
    else:
        # What stands for itself in the channel waits for nothing; what a person is told comes in order.
        lane = key if post.conversation == channel else lane_of(post.conversation)
    return NewEntry(
        district_id=district_id,
        id=key,
        kind=EntryKind.POST,
        conversation=post.conversation,
        lane=lane,
        card=post.card,
        thread=post.thread,
        subject=post.receipt,
        payload=reply_json(post.reply),
        created_at=at,
    )


def reminder_entry(reminder: Reminder, *, district_id: str, at: datetime, is_due: bool = False) -> NewEntry:
    """Return a reminder as an entry of the outbox.

    Parameters
    ----------
    is_due
        True for what is to be looked at as soon as somebody can, whatever the clock says.
    """
    key = entry_id(district_id=district_id, cause=reminder.key, kind=EntryKind.REMINDER)
    return NewEntry(
        district_id=district_id,
        id=key,
        kind=EntryKind.REMINDER,
        conversation=None,
        lane=key,
        subject=reminder.subject,
        payload=reminder_json(reminder),
        created_at=at,
        due=AT_ONCE if is_due else reminder.due_at.timestamp(),
    )
