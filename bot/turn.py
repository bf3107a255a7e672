"""One turn: everything that one incoming event causes.

Personal data is masked first, before anything else sees the text. An event that touches only the database is done in one
transaction, before its platform is told that it has arrived. One that needs the model is kept, acknowledged and answered
behind: what it reads it reads before, what it keeps it keeps in one transaction with the answer. Whatever is promised
goes into the outbox in that transaction, and nothing is sent from here.
"""

import asyncio
import hashlib
import hmac
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from bot.delivery.payload import event_json, event_of
from bot.delivery.promises import promise
from bot.failures import noted
from bot.masking import masked_incoming
from handlers.context import Finish, HandlerContext, IndexedShelf, ReadingContext, Shelf
from handlers.incoming import Departure, Incoming, Press, Question
from handlers.outcome import Outcome
from handlers.routing import consider, needs_model, person_left, route, welcome
from handlers.wording import problems
from knowledge.checking.judging import PostChecker
from knowledge.clock import Clock
from knowledge.conversations import ConversationReference
from knowledge.delivery import AcceptedEvent, LeaseLostError
from knowledge.errors import PostwiseError
from knowledge.search.finding import Search
from knowledge.store.unit import Database, UnitOfWork

LEASE_SECONDS = 30.0
"""Lease on an accepted question, where nothing else is said."""

MOST_ATTEMPTS = 3
"""How often a question is begun before it is given up: one that brings every server down must not do so for ever."""

log = structlog.get_logger()


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


class TooManyAttemptsError(PostwiseError):
    """An event was begun again and again, and no server came to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What answers are found with."""

    search: Search
    checker: PostChecker
    name: str
    """Which exported model is in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An event that was kept and is still to be answered."""

    incoming: Question | Press
    """Personal data masked."""

    token: str
    """Fences the lease on it."""


class Turns:
    """Takes events and returns what they cause."""

    def __init__(
        self,
        *,
        database: Database,
        shelves: Shelves,
        model: Model,
        clock: Clock,
        pepper: bytes,
        channel_of: Callable[[str], ConversationReference],
        wake: Callable[[], None] = lambda: None,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        """Put a turn's parts together.

        Parameters
        ----------
        pepper
            Secret under which conversations are hashed, so that a key in the log cannot be traced to a person.
        channel_of
            Names a district's specialist channel.
        wake
            Called after something was promised, so that it goes out at once.
        lease_seconds
            How long an accepted question belongs to the server that accepted it; then any other answers it.
        """
        self._database = database
        self._shelves = shelves
        self._model = model
        self._clock = clock
        self._pepper = pepper
        self._channel_of = channel_of
        self._wake = wake
        self._lease_seconds = lease_seconds

    async def take(self, incoming: Incoming) -> Outcome:
        """Take one event through everything it causes.

        Returns
        -------
        Outcome
            What to tell whom; after this returned, what it says was stored is stored.
        """
        step = await self.accept(incoming)
        return await self.answer(step) if isinstance(step, Accepted) else step

    async def accept(self, incoming: Incoming) -> Accepted | Outcome:
        """Take one event as far as its acknowledgement must wait for it.

        Returns
        -------
        Accepted | Outcome
            What an event has caused that touches only the database; an event that needs the model is kept, and `answer`
            answers it. The outcome of an event that has arrived before is empty.
        """
        try:
            shelf = await self._shelves.shelf(incoming.district_id)
            # In a thread: hostile text takes a quarter of a second, during which other conversations must go on.
            masked = await asyncio.to_thread(masked_incoming, incoming)
            if isinstance(masked, Question | Press) and needs_model(masked):
                return await self._database.keep(lambda unit: self._keep(masked, unit))
            outcome = await self._database.keep(lambda unit: self._do(masked, shelf, unit))
        except PostwiseError as error:
            return Outcome(reply=problems.told(error), is_promised=False)
        except Exception as error:  # noqa: BLE001 - the last resort: a person is told, and the log says where to look
            return Outcome(reply=problems.broken(noted(error)), is_promised=False)
        self._wake()
        return outcome

    async def depart(self, departure: Departure) -> None:
        """Take in that a person left: off every account, and the others are told.

        Raises
        ------
        DistrictNotFoundError
            Raised if no such district is set up.
        """
        shelf = await self._shelves.shelf(departure.district_id)
        await self._database.keep(lambda unit: self._depart(departure, shelf, unit))
        self._wake()

    async def _depart(self, departure: Departure, shelf: Shelf, unit: UnitOfWork) -> None:
        district_id, person, at = departure.district_id, departure.person, self._clock.now()
        if not await unit.inbox.done(district_id=district_id, event_key=departure.event_key, at=at):
            return
        known = await unit.people.by_person(district_id=district_id, platform=person.platform, person_id=person.id)
        await unit.people.deactivate(district_id=district_id, platform=person.platform, person_id=person.id)
        if known is not None and not person.email:
            person = known.person
        channel = self._channel_of(district_id)
        context = HandlerContext(shelf=shelf, unit=unit, clock=self._clock, conversation_key="", channel=channel)
        outcome = await person_left(person, context)
        await promise(outcome, unit=unit, district_id=district_id, cause=departure.event_key, channel=channel, at=at)

    async def answer(self, accepted: Accepted) -> Outcome:
        """Answer an event that was kept, and finish it with the answer in one transaction.

        Returns
        -------
        Outcome
            What to tell whom; empty where another server has answered meanwhile.
        """
        try:
            finish = await self._considered(accepted.incoming)
            shelf = await self._shelves.shelf(accepted.incoming.district_id)
            outcome = await self._database.keep(lambda unit: self._finish(accepted, finish, shelf, unit))
        except LeaseLostError:
            return Outcome(reply=None)
        except PostwiseError as error:
            outcome = await self._say(accepted, Outcome(reply=problems.told(error)))
        except Exception as error:  # noqa: BLE001 - the last resort, as above
            outcome = await self._say(accepted, Outcome(reply=problems.broken(noted(error))))
        self._wake()
        return outcome

    async def answer_what_is_left(self) -> int:
        """Answer what was acknowledged by a server that is gone.

        Returns
        -------
        int
            How many events were taken over.
        """
        async with self._database.reading() as unit:
            if not await unit.inbox.has_left(lease_seconds=self._lease_seconds):
                return 0
        async with self._database.unit() as unit:
            left = await unit.inbox.take_over(most=10, token=str(uuid.uuid4()), lease_seconds=self._lease_seconds)
            events = [await self._restored(event, unit) for event in left]
        for event, accepted in zip(left, events, strict=True):
            log.warning("event taken over", district=event.district_id, attempts=event.attempts)
            if event.attempts >= MOST_ATTEMPTS:
                await self._say(accepted, Outcome(reply=problems.broken(noted(TooManyAttemptsError()))))
                self._wake()
            else:
                await self.answer(accepted)
        return len(left)

    async def _do(self, incoming: Incoming, shelf: Shelf, unit: UnitOfWork) -> Outcome:
        """Do everything that an event causes, unless it was done before."""
        district_id, event_key = incoming.district_id, incoming.event_key
        if not await unit.inbox.done(district_id=district_id, event_key=event_key, at=self._clock.now()):
            return Outcome(reply=None)
        await self._see(incoming, unit)
        context = self._context(incoming, shelf, unit)
        outcome = await _or_told(lambda: route(incoming, context), unit, is_promised=False)
        outcome = await _welcomed(incoming, outcome, context)
        await self._promise(incoming, outcome, unit)
        if not outcome.is_promised:
            # It may be lost on its way, so the same event must be able to bring it once more.
            await unit.inbox.withdraw(district_id=district_id, event_key=event_key)
        return outcome

    async def _keep(self, incoming: Question | Press, unit: UnitOfWork) -> Accepted | Outcome:
        """Keep an event that is answered later, unless it has arrived before."""
        token = str(uuid.uuid4())
        is_new = await unit.inbox.accept(
            district_id=incoming.district_id,
            event_key=incoming.event_key,
            at=self._clock.now(),
            payload=event_json(incoming),
            token=token,
            lease_seconds=self._lease_seconds,
        )
        if not is_new:
            return Outcome(reply=None)
        await self._see(incoming, unit)
        return Accepted(incoming=incoming, token=token)

    async def _considered(self, incoming: Question | Press) -> Finish:
        """Find the answer while no transaction is open."""
        context = ReadingContext(
            shelf=await self._shelves.indexed(incoming.district_id),
            reading=self._database.reading,
            clock=self._clock,
            conversation_key=self._conversation_key(incoming),
            channel=self._channel_of(incoming.district_id),
            search=self._model.search,
            checker=self._model.checker,
            model=self._model.name,
        )
        return await consider(incoming, context)

    async def _finish(self, accepted: Accepted, finish: Finish, shelf: Shelf, unit: UnitOfWork) -> Outcome:
        await self._close(accepted, unit)
        context = self._context(accepted.incoming, shelf, unit)
        outcome = await _or_told(lambda: finish(context), unit)
        outcome = await _welcomed(accepted.incoming, outcome, context)
        await self._promise(accepted.incoming, outcome, unit)
        return outcome

    async def _say(self, accepted: Accepted, outcome: Outcome) -> Outcome:
        """Finish an event by saying why it could not be answered."""
        try:
            async with self._database.unit() as unit:
                await self._close(accepted, unit)
                await self._promise(accepted.incoming, outcome, unit)
        except LeaseLostError:
            return Outcome(reply=None)
        except Exception as error:  # noqa: BLE001 - the event stays, and is answered once the database is back
            noted(error)
            return replace(outcome, is_promised=False)
        return outcome

    async def _close(self, accepted: Accepted, unit: UnitOfWork) -> None:
        await unit.inbox.finish(
            district_id=accepted.incoming.district_id,
            event_key=accepted.incoming.event_key,
            token=accepted.token,
            at=self._clock.now(),
        )

    async def _promise(self, incoming: Incoming, outcome: Outcome, unit: UnitOfWork) -> None:
        await promise(
            outcome,
            unit=unit,
            district_id=incoming.district_id,
            cause=incoming.event_key,
            channel=self._channel_of(incoming.district_id),
            at=self._clock.now(),
            conversation=incoming.conversation,
            pressed="" if isinstance(incoming, Question) else incoming.message,
        )

    async def _see(self, incoming: Incoming, unit: UnitOfWork) -> None:
        """Note who wrote and where they can be written to; the specialist channel is nobody's own."""
        is_own = incoming.conversation != self._channel_of(incoming.district_id)
        await unit.people.see(
            district_id=incoming.district_id,
            person=incoming.person,
            conversation=incoming.conversation if is_own else None,
            at=self._clock.now(),
        )

    async def _restored(self, event: AcceptedEvent, unit: UnitOfWork) -> Accepted:
        """Return an event as it was accepted; name and address of the person come from where people are kept."""
        incoming = event_of(event.payload)
        known = await unit.people.by_person(
            district_id=event.district_id, platform=incoming.person.platform, person_id=incoming.person.id
        )
        if known is not None:
            person = replace(incoming.person, name=known.person.name, email=known.person.email)
            incoming = replace(incoming, person=person)
        return Accepted(incoming=incoming, token=event.token)

    def _context(self, incoming: Incoming, shelf: Shelf, unit: UnitOfWork) -> HandlerContext:
        return HandlerContext(
            shelf=shelf,
            unit=unit,
            clock=self._clock,
            conversation_key=self._conversation_key(incoming),
            channel=self._channel_of(incoming.district_id),
        )

    def _conversation_key(self, incoming: Incoming) -> str:
        address = f"{incoming.conversation.platform}\0{incoming.conversation.address}".encode()
        return hmac.new(self._pepper, address, hashlib.sha256).hexdigest()


async def _welcomed(incoming: Incoming, outcome: Outcome, context: HandlerContext) -> Outcome:
    """Add what this person was to be asked as soon as they could be written to."""
    return replace(outcome, posts=(*outcome.posts, *await welcome(incoming.person, context)))


async def _or_told(handler: Callable[[], Awaitable[Outcome]], unit: UnitOfWork, *, is_promised: bool = True) -> Outcome:
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
