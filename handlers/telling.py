"""Collects whom a turn tells what, and knows who cannot be written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.outcome import ChannelMessage

if TYPE_CHECKING:
    from handlers.context import HandlerContext
    from handlers.replies import Reply
    from knowledge.people import Person


class Telling:
    """The messages of one turn to others than the one who caused it."""

    def __init__(self, context: HandlerContext) -> None:
        self._context = context
        self._posts: list[ChannelMessage] = []

    @property
    def posts(self) -> tuple[ChannelMessage, ...]:
        """What was collected, in the order of telling."""
        return tuple(self._posts)

    def channel(self, reply: Reply, *, card: str = "", thread: str = "", receipt: str = "") -> None:
        """Tell the specialist channel; under the name of a card, the card is edited in place."""
        self._posts.append(
            ChannelMessage(conversation=self._context.channel, reply=reply, card=card, thread=thread, receipt=receipt)
        )

    async def email(self, email: str, reply: Reply, *, card: str = "", thread: str = "", receipt: str = "") -> bool:
        """Tell the person of an e-mail address.

        Returns
        -------
        bool
            False where nobody of this district whom we can write to has that address, or the person left.
        """
        contact = await self._context.unit.people.by_email(district_id=self._context.shelf.district.id, email=email)
        if contact is None or not contact.is_active:
            return False
        self._posts.append(
            ChannelMessage(conversation=contact.conversation, reply=reply, card=card, thread=thread, receipt=receipt)
        )
        return True

    async def person(
        self, person: Person, reply: Reply, *, card: str = "", thread: str = "", receipt: str = ""
    ) -> bool:
        """Tell a person who wrote to us before; False where they left or cannot be written to."""
        contact = await self._context.unit.people.by_person(
            district_id=self._context.shelf.district.id, platform=person.platform, person_id=person.id
        )
        if contact is None or not contact.is_active or not contact.conversation.address:
            if not person.email:
                return False
            return await self.email(person.email, reply, card=card, thread=thread, receipt=receipt)
        self._posts.append(
            ChannelMessage(conversation=contact.conversation, reply=reply, card=card, thread=thread, receipt=receipt)
        )
        return True
