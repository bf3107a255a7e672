"""The second gear: what needs the model is kept, acknowledged, and answered behind, by whichever server is still there."""

import contextlib
import uuid
from dataclasses import dataclass, replace
from functools import partial

import structlog

from bot.delivery.payload import event_json, event_of
from bot.failures import noted
from bot.ground import Ground, or_told, welcomed
from handlers.context import Finish, IndexedShelf, ReadingContext, Shelf
from handlers.incoming import Press, Question
from handlers.outcome import Outcome
from handlers.replies import Reply
from handlers.routing import consider, raise_unread
from handlers.wording import problems
from knowledge.checking.judging import PostChecker
from knowledge.delivery import AcceptedEvent, LeaseLostError
from knowledge.errors import PostwiseError
from knowledge.search.danger import tells_of_danger
from knowledge.search.finding import Search
from knowledge.store.unit import UnitOfWork

MOST_ATTEMPTS = 5
"""How often a question is begun before it is given up: one that brings every server down must not do so for ever."""

log = structlog.get_logger()


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


class Answers:
    """Keeps what is asked, and answers it."""

    def __init__(self, *, ground: Ground, model: Model, lease_seconds: float) -> None:
        """Put the parts together.

        Parameters
        ----------
        lease_seconds
            How long what was accepted belongs to the server that accepted it; then any other answers it.
        """
        self._ground = ground
        self._model = model
        self._lease_seconds = lease_seconds

    async def keep(self, incoming: Question | Press, unit: UnitOfWork) -> Accepted | None:
        """Keep an event that is answered later; None where it has arrived before."""
        token = str(uuid.uuid4())
        is_new = await unit.inbox.accept(
            district_id=incoming.district_id,
            event_key=incoming.event_key,
            at=self._ground.clock.now(),
            payload=event_json(incoming),
            token=token,
            lease_seconds=self._lease_seconds,
        )
        if not is_new:
            return None
        await self._ground.see(incoming, unit)
        return Accepted(incoming=incoming, token=token)

    async def answer(self, accepted: Accepted) -> Outcome:
        """Answer an event that was kept, and finish it with the answer in one transaction.

        Returns
        -------
        Outcome
            What to tell whom; empty where another server has answered meanwhile.
        """
        try:
            # Kept with the very guidelines that it was answered from, which are not looked up a second time.
            shelf = await self._ground.shelves.indexed(accepted.incoming.district_id)
            finish = await self._considered(accepted.incoming, shelf)
            outcome = await self._ground.database.keep(lambda unit: self._finish(accepted, finish, shelf, unit))
        except LeaseLostError:
            return Outcome(reply=None)
        except PostwiseError as error:
            outcome = await self._say(accepted, problems.told(error))
        except Exception as error:  # noqa: BLE001 - the last resort: a person is told, and the log says where to look
            outcome = await self._say(accepted, problems.broken(noted(error)))
        self._ground.wake()
        return outcome

    async def answer_what_is_left(self) -> int:
        """Answer what was acknowledged by a server that is gone.

        Returns
        -------
        int
            How many events were taken over.
        """
        number = 0
        while await self._answer_one_left():
            number += 1
        return number

    async def _answer_one_left(self) -> bool:
        """Take over one event and answer it; one alone, so that none counts as begun that was not."""
        database, lease = self._ground.database, self._lease_seconds
        async with database.reading() as unit:
            if not await unit.inbox.has_left(lease_seconds=lease):
                return False
        async with database.unit() as unit:
            left = await unit.inbox.take_over(most=1, token=str(uuid.uuid4()), lease_seconds=lease)
            events = [(event, await self._restored(event, unit)) for event in left]
        for event, accepted in events:
            log.warning("event taken over", district=event.district_id, attempts=event.attempts)
            if event.attempts >= MOST_ATTEMPTS:
                await self._say(accepted, problems.broken(noted(TooManyAttemptsError())))
                self._ground.wake()
            else:
                await self.answer(accepted)
        return bool(events)

    async def _considered(self, incoming: Question | Press, shelf: IndexedShelf) -> Finish:
        """Find the answer while no transaction is open."""
        context = ReadingContext(
            shelf=shelf,
            reading=self._ground.database.reading,
            clock=self._ground.clock,
            conversation_key=self._ground.conversation_key(incoming),
            asker_key=partial(self._ground.asker_key, incoming),
            channel=self._ground.channel_of(incoming.district_id),
            search=self._model.search,
            checker=self._model.checker,
            model=self._model.name,
        )
        return await consider(incoming, context)

    async def _finish(self, accepted: Accepted, finish: Finish, shelf: Shelf, unit: UnitOfWork) -> Outcome:
        # Not under the district's lock: answers would come one after the other. What counts numbers takes it itself.
        await self._close(accepted, unit)
        context = self._ground.context(accepted.incoming, shelf, unit)
        # Nobody waits any more: even a refusal has to be brought to them.
        outcome = await or_told(lambda: finish(context), unit, is_promised=True)
        outcome = await welcomed(accepted.incoming, outcome, context)
        await self._ground.promise(accepted.incoming, outcome, unit)
        return outcome

    async def _say(self, accepted: Accepted, reply: Reply) -> Outcome:
        """Finish an event by saying why it could not be answered; where it tells of danger, whom to call first."""
        incoming = accepted.incoming
        if isinstance(incoming, Question) and tells_of_danger(incoming.text):
            try:
                return await self._raise(accepted, incoming)
            except LeaseLostError:
                return Outcome(reply=None)
            except Exception as error:  # noqa: BLE001 - then at least whom to call
                noted(error)
            with contextlib.suppress(PostwiseError):
                shelf = await self._ground.shelves.shelf(incoming.district_id)
                reply = problems.with_emergency(reply, shelf.district)
        outcome = Outcome(reply=reply)
        try:
            async with self._ground.database.unit() as unit:
                await self._close(accepted, unit)
                await self._ground.promise(accepted.incoming, outcome, unit)
        except LeaseLostError:
            return Outcome(reply=None)
        except Exception as error:  # noqa: BLE001 - the event stays, and is answered once the database is back
            noted(error)
            return replace(outcome, is_promised=False)
        return outcome

    async def _raise(self, accepted: Accepted, question: Question) -> Outcome:
        """Finish an event that tells of danger by opening a case, though it could not be answered."""
        shelf = await self._ground.shelves.shelf(question.district_id)

        async def raised(unit: UnitOfWork) -> Outcome:
            await unit.filings.hold(question.district_id)
            await self._close(accepted, unit)
            outcome = await raise_unread(question, self._ground.context(question, shelf, unit))
            await self._ground.promise(question, outcome, unit)
            return outcome

        return await self._ground.database.keep(raised)

    async def _close(self, accepted: Accepted, unit: UnitOfWork) -> None:
        await unit.inbox.finish(
            district_id=accepted.incoming.district_id,
            event_key=accepted.incoming.event_key,
            token=accepted.token,
            at=self._ground.clock.now(),
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
