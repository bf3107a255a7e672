"""One turn: everything that one incoming event causes.

Personal data is masked first, before anything else sees the text. An event that touches only the database is done in one
transaction, before its platform is told that it has arrived. One that needs the model is kept, acknowledged and answered
behind: what it reads it reads before, what it keeps it keeps in one transaction with the answer. Whatever is promised
goes into the outbox in that transaction, and nothing is sent from here.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from bot.answering import Accepted, Answers, Model
from bot.delivery.promises import promise
from bot.failures import noted
from bot.ground import Ground, Shelves, or_told, welcomed
from bot.masking import masked_incoming
from handlers.context import HandlerContext, Shelf
from handlers.incoming import Departure, Incoming, Press, Question
from handlers.outcome import Outcome
from handlers.routing import needs_model, person_left, route
from handlers.wording import problems
from knowledge.clock import Clock
from knowledge.conversations import ConversationReference
from knowledge.errors import PostwiseError
from knowledge.people import Standing
from knowledge.store.unit import Database, UnitOfWork

__all__ = ["Accepted", "Model", "Turns"]

LEASE_SECONDS = 30.0
"""Lease on an accepted question, where nothing else is said."""


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
        self._ground = Ground(
            database=database, shelves=shelves, clock=clock, pepper=pepper, channel_of=channel_of, wake=wake
        )
        self._answers = Answers(ground=self._ground, model=model, lease_seconds=lease_seconds)

    async def take(self, incoming: Incoming, *, told_at: ConversationReference | None = None) -> Outcome:
        """Take one event through everything it causes; for `told_at` see `accept`.

        Returns
        -------
        Outcome
            What to tell whom; after this returned, what it says was stored is stored.
        """
        step = await self.accept(incoming, told_at=told_at)
        return await self.answer(step) if isinstance(step, Accepted) else step

    async def accept(self, incoming: Incoming, *, told_at: ConversationReference | None = None) -> Accepted | Outcome:
        """Take one event as far as its acknowledgement must wait for it.

        Parameters
        ----------
        told_at
            Where what may be lost is promised to after all; None where somebody waits for the outcome and is shown it. A
            message in a chat has nobody waiting: what it is answered with has to be brought, once, like everything else.

        Returns
        -------
        Accepted | Outcome
            What an event has caused that touches only the database; an event that needs the model is kept, and `answer`
            answers it. The outcome of an event that has arrived before is empty.
        """
        database = self._ground.database
        if incoming.person.standing is not Standing.MEMBER:
            return Outcome(reply=problems.for_strangers(), is_promised=False)
        try:
            shelf = await self._ground.shelves.shelf(incoming.district_id)
            # In a thread: hostile text takes a quarter of a second, during which other conversations must go on.
            masked = await asyncio.to_thread(masked_incoming, incoming)
            if isinstance(masked, Question | Press) and needs_model(masked):
                kept = await database.keep(lambda unit: self._answers.keep(masked, unit))
                return kept or Outcome(reply=None)
            outcome = await database.keep(lambda unit: self._do(masked, shelf, unit, told_at))
        except PostwiseError as error:
            return Outcome(reply=problems.told(error), is_promised=False)
        except Exception as error:  # noqa: BLE001 - the last resort: a person is told, and the log says where to look
            return Outcome(reply=problems.broken(noted(error)), is_promised=False, is_failure=True)
        self._ground.wake()
        return outcome

    async def answer(self, accepted: Accepted) -> Outcome:
        """Answer an event that was kept; its outcome is empty where another server has answered meanwhile."""
        return await self._answers.answer(accepted)

    async def answer_what_is_left(self) -> int:
        """Answer what was acknowledged by a server that is gone, and return how much that was."""
        return await self._answers.answer_what_is_left()

    async def depart(self, departure: Departure) -> None:
        """Take in that a person left: off every account, and the others are told.

        Raises
        ------
        DistrictNotFoundError
            Raised if no such district is set up.
        """
        shelf = await self._ground.shelves.shelf(departure.district_id)
        await self._ground.database.keep(lambda unit: self._depart(departure, shelf, unit))
        self._ground.wake()

    async def _depart(self, departure: Departure, shelf: Shelf, unit: UnitOfWork) -> None:
        district_id, person, at = departure.district_id, departure.person, self._ground.clock.now()
        if not await unit.inbox.done(district_id=district_id, event_key=departure.event_key, at=at):
            return
        await unit.filings.hold(district_id)
        known = await unit.people.by_person(district_id=district_id, platform=person.platform, person_id=person.id)
        await unit.people.deactivate(district_id=district_id, platform=person.platform, person_id=person.id)
        if known is not None and not person.email:
            person = known.person
        elsewhere = await unit.people.by_email(district_id=district_id, email=person.email) if person.email else None
        if elsewhere is not None and elsewhere.is_active:
            return  # gone from one platform and still here on another: nobody left the district
        channel = self._ground.channel_of(district_id)
        context = HandlerContext(shelf=shelf, unit=unit, clock=self._ground.clock, conversation_key="", channel=channel)
        outcome = await person_left(person, context)
        await promise(outcome, unit=unit, district_id=district_id, cause=departure.event_key, channel=channel, at=at)

    async def _do(
        self, incoming: Incoming, shelf: Shelf, unit: UnitOfWork, told_at: ConversationReference | None
    ) -> Outcome:
        """Do everything that an event causes, unless it was done before."""
        district_id, event_key = incoming.district_id, incoming.event_key
        if not await unit.inbox.done(district_id=district_id, event_key=event_key, at=self._ground.clock.now()):
            return Outcome(reply=None)
        # Before any row is touched: everybody who files or decides in a district takes its lock first, and none the other way round.
        await unit.filings.hold(district_id)
        incoming = await self._ground.see(incoming, unit)
        context = self._ground.context(incoming, shelf, unit)
        outcome = await or_told(lambda: route(incoming, context), unit, is_promised=False)
        if outcome.is_promised:  # what is asked beside a reply that may be lost would be asked again with it
            outcome = await welcomed(incoming, outcome, context)
        elif told_at is not None:
            outcome, incoming = replace(outcome, is_promised=True), replace(incoming, conversation=told_at)
        await self._ground.promise(incoming, outcome, unit)
        if not outcome.is_promised:
            # It may be lost on its way, so the same event must be able to bring it once more.
            await unit.inbox.withdraw(district_id=district_id, event_key=event_key)
        return outcome
