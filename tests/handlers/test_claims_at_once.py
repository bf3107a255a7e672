"""Many people at one case in the same moment: one gets it, the others are told who, and nothing is said twice."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text as sql

from bot.delivery.looking import Looker
from bot.turn import Turns
from handlers.incoming import FormSubmission, Press, ThreadMessage
from knowledge.cases import CaseState, CaseStep, TimelineEntry
from knowledge.people import Person
from knowledge.store.unit import Database
from tests.soak.scene import NoModel
from tests.support.case_desk import CaseDesk, colleague, specialist_channel_of, whole
from tests.support.product import Talk

STORM = "The paper keeps asking about the coach, and the story is all over town"


@pytest.fixture
async def desk(staff: Talk) -> CaseDesk:
    desk = await CaseDesk.open(staff)
    await desk.press("specialist", "mine")  # a specialist is known once they have done something
    await desk.reports("teacher", STORM)
    await desk.settle()
    return desk


@pytest.fixture
async def beside(desk: CaseDesk) -> AsyncIterator[Database]:
    """The same database as another process has it open."""
    database = Database(desk.database.address)
    yield database
    await database.close()


async def test_fifty_claim_at_once_one_has_it_and_forty_nine_are_told_who(desk: CaseDesk) -> None:
    """Whoever comes first has the case; everybody else reads that person's name, and the timeline one claim."""
    people = [colleague(desk, f"s{number}@redlands.example", role_of="specialist") for number in range(50)]

    outcomes = await asyncio.gather(
        *(desk.turns.take(_claim(desk, person, number)) for number, person in enumerate(people))
    )
    await desk.settle()

    case = await desk.case()
    assert case.claimed_by is not None
    told = Counter(whole(outcome.reply).strip() for outcome in outcomes if outcome.reply is not None)
    assert sum(outcome.reply is None and bool(outcome.posts) for outcome in outcomes) == 1
    assert told == {
        f"{case.claimed_by.name} has C-1 already. Your press changed nothing. Take it over on its card if you must.": 49
    }
    assert await _steps(desk, CaseStep.CLAIMED) == 1
    assert (await desk.thread_of("teacher")).count("has claimed C-1") == 1


async def test_fifty_who_claim_at_two_servers_are_told_of_the_same_one(desk: CaseDesk, beside: Database) -> None:
    """The same holds where every other press reaches another server."""
    servers = [_server(desk, database) for database in (desk.database, beside)]
    people = [colleague(desk, f"s{number}@redlands.example", role_of="specialist") for number in range(50)]

    outcomes = await asyncio.gather(
        *(servers[number % 2].take(_claim(desk, person, number)) for number, person in enumerate(people))
    )

    case = await desk.case()
    assert case.claimed_by is not None
    told = [whole(outcome.reply) for outcome in outcomes if outcome.reply is not None]
    assert len(told) == 49
    assert all(words.startswith(f"{case.claimed_by.name} has C-1 already") for words in told)
    assert await _steps(desk, CaseStep.CLAIMED) == 1


async def test_twenty_resolve_at_once_and_it_is_resolved_once(desk: CaseDesk) -> None:
    """Twenty forms of the one who has it: one outcome is kept, and the opener reads one."""
    await desk.hits("specialist", "Claim")

    outcomes = await asyncio.gather(
        *(
            desk.turns.take(
                _form(
                    desk,
                    desk.person("specialist"),
                    f"resolve-{number}",
                    "case-resolve",
                    outcome="responded",
                    note=f"We posted statement {number}.",
                )
            )
            for number in range(20)
        )
    )
    await desk.settle()

    refused = [whole(outcome.reply) for outcome in outcomes if outcome.reply is not None]
    assert len(refused) == 19
    assert all("C-1 is no longer as this card shows" in words for words in refused)
    assert await _steps(desk, CaseStep.RESOLVED) == 1
    assert (await desk.thread_of("teacher")).count("C-1 is resolved") == 1
    assert (await desk.case()).ruling in (await desk.card_of("teacher")).words


async def test_ten_hand_overs_at_once_reach_one_person(desk: CaseDesk) -> None:
    """Handed to ten people at once, one of them has it, and only that one is told so."""
    names = "ana ben cleo dan eve finn gus hal ida joe".split()
    people = [colleague(desk, f"{name}@redlands.example", role_of="specialist") for name in names]
    for person in people:
        await _is_known(desk, person)
    await desk.hits("specialist", "Claim")

    outcomes = await asyncio.gather(
        *(
            desk.turns.take(
                _form(desk, desk.person("specialist"), f"hand-{person.id}", "case-hand-over", deputy=person.email)
            )
            for person in people
        )
    )
    await desk.settle()

    case = await desk.case()
    assert case.claimed_by is not None
    refused = [whole(outcome.reply) for outcome in outcomes if outcome.reply is not None]
    assert len(refused) == 9
    assert all("Only whoever has C-1 can do this" in words for words in refused)
    assert await _steps(desk, CaseStep.HANDED_OVER) == 1
    told = {person.id: len(await desk.messages(desk.own_conversation(person.id))) for person in people}
    assert told == {person.id: int(person.id == case.claimed_by.id) for person in people}


@pytest.mark.parametrize("who", ["specialist", "teacher"])
async def test_message_that_arrives_three_times_at_once_is_said_once(desk: CaseDesk, who: str) -> None:
    """However often the platform delivers what was written, the other side reads it once, and the writer one receipt."""
    await desk.hits("specialist", "Claim")
    card = await desk.card_of(who)
    other = "teacher" if who == "specialist" else "specialist"
    event = ThreadMessage(
        district_id="redlands",
        person=desk.person(who),
        conversation=desk.seat(who),
        event_key="said-three-times",
        message=card.name,
        text="Please hide nothing yet.",
    )

    outcomes = await asyncio.gather(*(desk.turns.take(event) for _ in range(3)))
    await desk.settle()

    said = [each for each in await desk.sees(other) if each.thread and "Please hide nothing yet." in each.words]
    receipts = [each for each in await desk.sees(who) if each.thread and "Delivered to" in each.words]
    assert sum(bool(outcome.posts) for outcome in outcomes) == 1
    assert await _steps(desk, CaseStep.TO_PERSON) + await _steps(desk, CaseStep.FROM_PERSON) == 1
    assert len(said) == 1
    assert len(receipts) == 1


async def test_two_processes_that_look_at_one_due_ping_at_once_ping_once(desk: CaseDesk, beside: Database) -> None:
    """Two workers see the same moment come: the channel reads one ping, and one reminder is pending afterwards."""
    for count in (1, 2, 3, 4):
        desk.clock.move_to(await _next_due(desk))
        lookers = [_looker(desk, database) for database in (desk.database, beside) for _ in range(2)]

        looked_at = await asyncio.gather(*(looker.look() for looker in lookers))
        await desk.settle()

        assert sum(looked_at) == 1
        assert len(re.findall("C-1 (?:still waits|was brought up at)", await desk.words("specialist"))) == count
    steps = [entry.step for entry in await _timeline(desk)]
    assert steps == [
        CaseStep.OPENED,
        CaseStep.PINGED,
        CaseStep.DEPUTY_ASKED,
        CaseStep.PHONE_GIVEN,
        CaseStep.PINGED,
    ]
    assert (await desk.thread_of("teacher")).count("Please call.") == 1


async def test_claim_and_ping_in_one_moment_leave_one_next_step(desk: CaseDesk, beside: Database) -> None:
    """Whichever comes first, a claimed case is not pinged for any more, and is looked at once."""
    desk.clock.move_to(await _next_due(desk))
    lookers = [_looker(desk, database) for database in (desk.database, beside)]

    await asyncio.gather(
        *(looker.look() for looker in lookers), desk.turns.take(_claim(desk, desk.person("specialist"), 1))
    )
    await desk.settle()

    pinged = await _steps(desk, CaseStep.PINGED)
    assert (await desk.case()).state is CaseState.CLAIMED
    assert pinged <= 1
    assert len(re.findall("C-1 (?:still waits|was brought up at)", await desk.words("specialist"))) == pinged
    assert len(await _pending(desk)) == 1


def _claim(desk: CaseDesk, person: Person, number: int) -> Press:
    return Press(
        district_id="redlands",
        person=person,
        conversation=desk.seat("specialist"),
        event_key=f"claim-{number}",
        verb="case-claim",
        value="1",
    )


def _form(desk: CaseDesk, person: Person, key: str, verb: str, **fields: str) -> FormSubmission:
    return FormSubmission(
        district_id="redlands",
        person=person,
        conversation=desk.seat("specialist"),
        event_key=key,
        verb=verb,
        value="1",
        fields=fields,
    )


def _server(desk: CaseDesk, database: Database) -> Turns:
    """Another server; nothing here needs its model."""
    return Turns(
        database=database,
        shelves=desk.talk.districts,
        model=NoModel(),
        clock=desk.clock,
        pepper=b"test",
        channel_of=specialist_channel_of,
    )


def _looker(desk: CaseDesk, database: Database) -> Looker:
    """Another worker's look at what is due, by the clock that the test moves."""
    return Looker(
        database=database,
        shelves=desk.talk.districts,
        clock=desk.clock,
        channel_of=specialist_channel_of,
        held=lambda: desk.clock.now().timestamp(),
        steady=desk.steady,
    )


async def _is_known(desk: CaseDesk, person: Person) -> None:
    """Let somebody be written to."""
    async with desk.database.unit() as unit:
        await unit.people.see(
            district_id="redlands", person=person, conversation=desk.own_conversation(person.id), at=desk.clock.now()
        )


async def _timeline(desk: CaseDesk) -> list[TimelineEntry]:
    async with desk.database.unit() as unit:
        return await unit.cases.timeline(district_id="redlands", number=1)


async def _steps(desk: CaseDesk, step: CaseStep) -> int:
    return [entry.step for entry in await _timeline(desk)].count(step)


async def _pending(desk: CaseDesk) -> list[float]:
    """When the case is brought up again, by its reminders."""
    async with desk.database.engine.begin() as connection:
        due = await connection.scalars(
            sql("SELECT due FROM outbox WHERE kind = 'reminder' AND state = 'pending' AND subject = 'case/1'")
        )
    return [float(each) for each in due]


async def _next_due(desk: CaseDesk) -> datetime:
    [due] = await _pending(desk)
    return datetime.fromtimestamp(due, UTC)
