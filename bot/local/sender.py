"""Puts replies where the pages of a local conversation find them."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from bot.delivery.payload import reply_json
from bot.delivery.sender import MESSAGE_GONE, DeliveryError
from bot.local.conversations import NotALocalConversationError, district_of
from bot.local.feed import Feed
from handlers.replies import Reply
from knowledge.clock import Clock
from knowledge.conversations import ConversationReference
from knowledge.store.unit import Database, UnitOfWork

_NAME = re.compile(r"m(?P<epoch>[0-9a-f]{8})-(?P<position>[0-9]{1,18})")


def message_name(epoch: str, position: int) -> str:
    """Return by what name a message can be edited; no other database has a message of that name."""
    return f"m{epoch}-{position}"


class LocalSender:
    """Sends to local conversations, whether or not a page looks at them just now, from any process."""

    def __init__(self, *, database: Database, clock: Clock, feed: Feed | None = None) -> None:
        """Prepare the sender.

        Parameters
        ----------
        feed
            Wakes the pages of this process at once; those of another process look for themselves.
        """
        self._database = database
        self._clock = clock
        self._feed = feed
        self._epoch = ""

    async def post(self, *, key: str, conversation: ConversationReference, reply: Reply, thread: str = "") -> str:
        """Say something in a conversation, once however often it is posted under one key.

        Parameters
        ----------
        thread
            Name of the message under which it is said. Where that is gone, or stands in another conversation, it is said
            for itself: better in the wrong place than not at all.

        Returns
        -------
        str
            Name of the message.

        Raises
        ------
        DeliveryError
            Raised if the reference names no conversation of this platform, or the database is away.
        """
        thread_position = await self._position_of(thread)
        async with self._unit(conversation) as (unit, district_id):
            position = await unit.local_messages.post(
                district_id=district_id,
                address=conversation.address,
                delivery_key=key,
                payload=reply_json(reply),
                at=self._clock.now(),
                thread_position=thread_position,
            )
        self._ring()
        return message_name(await self.epoch(), position)

    async def edit(self, *, key: str, conversation: ConversationReference, message_id: str, reply: Reply) -> None:  # noqa: ARG002 - an edit is found by the message, not by its key
        """Put a reply in the place of an earlier message. Doing it twice does no harm.

        Raises
        ------
        DeliveryError
            Raised if the message is no longer kept, or for what `post` raises it.
        """
        position = await self._position_of(message_id)
        async with self._unit(conversation) as (unit, district_id):
            is_edited = position is not None and await unit.local_messages.edit(
                district_id=district_id,
                address=conversation.address,
                position=position,
                payload=reply_json(reply),
                at=self._clock.now(),
            )
        if not is_edited:
            raise DeliveryError(MESSAGE_GONE, is_permanent=True)
        self._ring()

    async def find(
        self,
        *,
        key: str,
        conversation: ConversationReference,
        back_to: str = "",  # noqa: ARG002 - every key is found at once
        thread: str = "",  # noqa: ARG002 - wherever it stands
    ) -> str | None:
        """Return the name of the message that was posted under a key, or None where none was.

        Raises
        ------
        DeliveryError
            Raised for what `post` raises it.
        """
        async with self._unit(conversation, reads_only=True) as (unit, district_id):
            position = await unit.local_messages.find(
                district_id=district_id, address=conversation.address, delivery_key=key
            )
        return None if position is None else message_name(await self.epoch(), position)

    async def epoch(self) -> str:
        """Return what tells this database's messages from every other one's.

        Raises
        ------
        DeliveryError
            Raised if the database is away.
        """
        if not self._epoch:
            with _told():
                # In a transaction of its own: one that fails later would take back a name that was handed out already.
                async with self._database.unit() as unit:
                    epoch = await unit.local_messages.epoch()
            self._epoch = epoch
        return self._epoch

    async def _position_of(self, message: str) -> int | None:
        """Return where a message of this database stands; None for any other name."""
        name = _NAME.fullmatch(message)
        if name is None or name["epoch"] != await self.epoch():
            return None
        return int(name["position"])

    @asynccontextmanager
    async def _unit(
        self, conversation: ConversationReference, *, reads_only: bool = False
    ) -> AsyncIterator[tuple[UnitOfWork, str]]:
        """Open a transaction on the conversation's district."""
        with _told():
            district_id = district_of(conversation)
            async with self._database.reading() if reads_only else self._database.unit() as unit:
                yield unit, district_id

    def _ring(self) -> None:
        if self._feed is not None:
            self._feed.ring()


@contextmanager
def _told() -> Iterator[None]:
    """Turn whatever breaks into a `DeliveryError`."""
    try:
        yield
    except NotALocalConversationError as error:
        raise DeliveryError("not_a_local_conversation", is_permanent=True) from error
    except Exception as error:
        # Ambiguous: a database that goes away while it commits may have committed. Posting again does no harm.
        raise DeliveryError(type(error).__name__, is_ambiguous=True) from error
