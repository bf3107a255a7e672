"""The product on a database of its own with three districts in it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from bot.delivery.looking import Looker
from bot.delivery.steady import Steady
from bot.districts import Districts
from bot.turn import Model, Turns
from handlers import accounts, upkeep
from handlers.context import HandlerContext
from handlers.incoming import Departure, FormSubmission, Incoming, Press, Question, ThreadMessage
from handlers.outcome import Outcome
from knowledge.clock import HeldClock
from knowledge.people import Person
from knowledge.store.migrate import migrate
from knowledge.store.unit import Database
from tests.stateful.happening import Happening, happening_of, silent
from tests.stateful.three_districts import DISTRICTS, RESIDENTS, Marks, channel_of, conversation_of, person_of

if TYPE_CHECKING:
    from knowledge.checking.judging import PostChecker
    from knowledge.search.finding import Search

MONDAY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
Result = TypeVar("Result")


class Untouchable:
    """Stands where the model would: nothing here may need it."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a press or a form asked the model for {name}")


class Town:
    """Three districts on one database."""

    def __init__(self, path: Path, marks: Marks, *, added: Path, events: int = 0) -> None:
        """Open a town on a database.

        Parameters
        ----------
        added
            Folder of the district that does not ship.
        events
            The number of the first event; no two towns on copies of one database may count from the same.
        """
        self.path = path
        self.marks = marks
        self.clock = HeldClock(MONDAY)
        self._runner = asyncio.Runner()
        self.database = Database(f"sqlite:///{path}")
        self._events = itertools.count(events)
        self.districts = Districts(search=None, database=self.database, clock=self.clock, added=added)
        self.turns = Turns(
            database=self.database,
            shelves=cast("Any", self.districts),
            model=Model(
                search=cast("Search", Untouchable()), checker=cast("PostChecker", Untouchable()), name="untouchable"
            ),
            clock=self.clock,
            pepper=b"three districts",
            channel_of=channel_of,
        )
        self.looker = Looker(
            database=self.database,
            shelves=self.districts,
            clock=self.clock,
            channel_of=channel_of,
            held=lambda: self.clock.now().timestamp(),
            steady=Steady(lambda: self.clock.now().timestamp()),
        )
        self.last: Incoming | None = None

    def close(self) -> None:
        """Give back everything but the file."""
        self.run(self.database.close())
        self._runner.close()

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run something to its end."""
        return self._runner.run(coroutine)

    # ------------------------------------------------------------ what can happen

    def press(self, district_id: str, person: Person, verb: str, value: str, *, in_channel: bool = False) -> Incoming:
        """Return a press of a button."""
        return Press(**self._came(district_id, person, in_channel=in_channel), verb=verb, value=value)

    def form(
        self,
        district_id: str,
        person: Person,
        verb: str,
        value: str,
        fields: dict[str, str],
        *,
        in_channel: bool = False,
    ) -> Incoming:
        """Return a form that was sent."""
        return FormSubmission(
            **self._came(district_id, person, in_channel=in_channel), verb=verb, value=value, fields=fields
        )

    def command(self, district_id: str, person: Person, text: str) -> Incoming:
        """Return a typed command."""
        return Question(**self._came(district_id, person, in_channel=False), text=text)

    def take(self, *events: Incoming) -> tuple[Happening, ...]:
        """Take events through the product, all at once where there are several."""
        for event in events:
            self._typed(event)
        outcomes = self.run(_together([self.turns.take(event) for event in events]))
        repeated = [event is self.last for event in events]
        self.last = events[-1]
        return tuple(
            happening_of(event, outcome, is_repeated=again)
            for event, outcome, again in zip(events, outcomes, repeated, strict=True)
        )

    def leave(self, district_id: str, person: Person) -> tuple[Happening, ...]:
        """Let a platform say that a person was deactivated."""
        key = f"left-{next(self._events)}"
        self.run(self.turns.depart(Departure(district_id=district_id, person=person, event_key=key)))
        return (silent(district_id, "person-left", person=person),)

    def look_at(self, district_id: str, reminder_id: str, due: float) -> tuple[Happening, ...]:
        """Let a reminder fall due, in the way of delivery."""
        self.clock.move_to(max(self.clock.now(), datetime.fromtimestamp(due, UTC)))
        self.run(self.looker._look_at(district_id, reminder_id))
        return (silent(district_id, "reminder", value=reminder_id),)

    def asks(self, district_id: str, person: Person, text: str) -> tuple[Happening, ...]:
        """Ask the registry in plain words, as `handlers.answer` does once the model has spoken."""
        question = self.command(district_id, person, text)
        assert isinstance(question, Question)
        self._typed(question)

        async def answered(context: HandlerContext) -> Outcome:
            return Outcome(reply=await accounts.answer(question, context), is_promised=False)

        return (self._kept(district_id, answered, person=person, verb="question", fields={"text": text}),)

    def sees_everybody(self) -> None:
        """Let each person who is reachable have written once."""

        async def seen() -> None:
            async with self.database.unit() as unit:
                for district_id in DISTRICTS:
                    for who, resident in RESIDENTS.items():
                        if not resident.is_reachable:
                            continue
                        person = person_of(district_id, who)
                        self.marks.note(district_id, person.name, person.email)
                        await unit.people.see(
                            district_id=district_id,
                            person=person,
                            conversation=conversation_of(district_id, who),
                            at=self.clock.now(),
                        )

        self.run(seen())

    def looks_daily(self) -> None:
        """Write each district's first daily look."""

        async def first(context: HandlerContext) -> Outcome:
            return Outcome(reply=None, reminders=(upkeep.next_look(context, after=context.clock.now()),))

        for district_id in DISTRICTS:
            self.run(self.looker.mend(district_id, first))

    def publishes(self) -> None:
        """Prepare the database and publish every district's guideline."""
        self.run(migrate(self.database.engine))
        self.run(self.districts.publish_shipped())

    def clauses_of(self, district_id: str) -> dict[str, str]:
        """Return the texts of a district's published clauses, by id."""
        shelf = self.run(self.districts.shelf(district_id))
        return {clause.id: clause.text for clause in shelf.guideline.clauses}

    def _kept(
        self,
        district_id: str,
        handler: Callable[[HandlerContext], Awaitable[Outcome]],
        *,
        person: Person,
        verb: str,
        fields: dict[str, str] | None = None,
    ) -> Happening:
        outcomes: list[Outcome] = []

        async def noted(context: HandlerContext) -> Outcome:
            outcomes.append(await handler(context))
            return outcomes[-1]

        self.run(self.looker.mend(district_id, noted))
        return Happening(district_id=district_id, person=person, verb=verb, fields=fields or {}, outcome=outcomes[-1])

    def _came(self, district_id: str, person: Person, *, in_channel: bool) -> dict[str, Any]:
        own = conversation_of(district_id, person.id if person.id in RESIDENTS else "teacher")
        if person.id not in RESIDENTS:
            own = replace(own, address=f"staff/{district_id}/{person.id}")
        return {
            "district_id": district_id,
            "person": person,
            "conversation": channel_of(district_id) if in_channel else own,
            "event_key": f"event-{next(self._events)}",
        }

    def _typed(self, event: Incoming) -> None:
        texts = [event.person.name, event.person.email, event.person.id]
        match event:
            case Question() | ThreadMessage():
                texts.append(event.text)
            case Press():
                texts.append(event.value)
            case FormSubmission():
                texts += [event.value, *event.fields.values()]
        self.marks.note(event.district_id, *texts)


async def _together(turns: list[Coroutine[Any, Any, Outcome]]) -> list[Outcome]:
    return await asyncio.gather(*cast("list[Awaitable[Outcome]]", turns))
