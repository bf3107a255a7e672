"""What every turn stands on: the database, the districts, the clock, and what a handler is given of them."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from bot.delivery.promises import promise
from handlers.context import HandlerContext, IndexedShelf, Shelf
from handlers.incoming import FormSubmission, Incoming, Press
from handlers.outcome import Outcome
from handlers.routing import welcome
from handlers.wording import problems
from knowledge.clock import Clock
from knowledge.conversations import ConversationReference
from knowledge.errors import PostwiseError
from knowledge.people import plain_name
from knowledge.store.unit import Database, UnitOfWork


class Shelves(Protocol):
    """Gives each district its published guidelines.

    Both methods raise `DistrictNotFoundError` if no such district is set up.
    """

    async def shelf(self, district_id: str) -> Shelf:
        """Return a district's guidelines."""
        ...

    async def indexed(self, district_id: str) -> IndexedShelf:
        """Return a district's guidelines, ready to be searched."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The parts of a turn that have nothing to do with what is asked."""

    database: Database
    shelves: Shelves
    clock: Clock
    pepper: bytes
    """Secret under which conversations are hashed, so that a key in the log cannot be traced to a person."""

    channel_of: Callable[[str], ConversationReference]
    """Names a district's specialist channel."""

    wake: Callable[[], None]
    """Called after something was promised, so that it goes out at once."""

    def context(self, incoming: Incoming, shelf: Shelf, unit: UnitOfWork) -> HandlerContext:
        """Return what the handler of an event may use in a transaction."""
        return HandlerContext(
            shelf=shelf,
            unit=unit,
            clock=self.clock,
            conversation_key=self.conversation_key(incoming),
            asker_key=partial(self.asker_key, incoming),
            channel=self.channel_of(incoming.district_id),
        )

    def conversation_key(self, incoming: Incoming) -> str:
        """Return the keyed hash of an event's conversation."""
        address = f"{incoming.conversation.platform}\0{incoming.conversation.address}".encode()
        return hmac.new(self.pepper, address, hashlib.sha256).hexdigest()

    def asker_key(self, incoming: Incoming, question_id: str) -> str:
        """Return the keyed hash of an event's person for one question.

        A person is known by where they alone are told things: on the local page, which has no sign-in, that is one tab.
        """
        own = incoming.home or incoming.conversation
        asker = f"{question_id}\0{own.platform}\0{own.address}".encode()
        return hmac.new(self.pepper, asker, hashlib.sha256).hexdigest()

    async def promise(self, incoming: Incoming, outcome: Outcome, unit: UnitOfWork) -> None:
        """Write what an event's outcome promises into the outbox."""
        await promise(
            outcome,
            unit=unit,
            district_id=incoming.district_id,
            cause=incoming.event_key,
            channel=self.channel_of(incoming.district_id),
            at=self.clock.now(),
            conversation=incoming.conversation,
            home=incoming.home,
            private=incoming.private,
            is_private=incoming.is_private,
            pressed=incoming.message if isinstance(incoming, Press | FormSubmission) else "",
        )

    async def see(self, incoming: Incoming, unit: UnitOfWork) -> Incoming:
        """Note who wrote and where they can be written to; the specialist channel is nobody's own.

        Returns
        -------
        Incoming
            The event with what is known of its person from before, where the platform left it out this time: without
            the e-mail address somebody would not be recognised as who filed what they now decide.
        """
        incoming = replace(incoming, person=replace(incoming.person, name=plain_name(incoming.person.name)))
        is_own = incoming.conversation != self.channel_of(incoming.district_id)
        home = incoming.home or (incoming.conversation if is_own else None)
        await unit.people.see(
            district_id=incoming.district_id,
            person=incoming.person,
            conversation=home,
            at=self.clock.now(),
        )
        if incoming.person.email:
            return incoming
        known = await unit.people.by_person(
            district_id=incoming.district_id, platform=incoming.person.platform, person_id=incoming.person.id
        )
        return replace(incoming, person=replace(incoming.person, email=known.person.email)) if known else incoming


async def or_told(handler: Callable[[], Awaitable[Outcome]], unit: UnitOfWork, *, is_promised: bool) -> Outcome:
    """Run a handler; where it refuses, undo what it wrote and say why.

    Parameters
    ----------
    is_promised
        False where somebody waits for the acknowledgement: a refusal is theirs alone, and not for a whole channel.
    """
    try:
        async with unit.savepoint():
            return await handler()
    except PostwiseError as error:
        return Outcome(reply=problems.told(error), is_promised=is_promised)


async def welcomed(incoming: Incoming, outcome: Outcome, context: HandlerContext) -> Outcome:
    """Add what this person was to be asked as soon as they could be written to."""
    return replace(outcome, posts=(*outcome.posts, *await welcome(incoming.person, context)))
