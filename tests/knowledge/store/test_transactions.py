"""Transactions that read, that meet each other, and that are taken back in part."""

import asyncio

import pytest
from sqlalchemy import text

from knowledge.clock import HeldClock
from knowledge.questions import QuestionNotFoundError
from knowledge.store.unit import Database, UnitOfWork


async def test_reading_waits_for_no_writer(database: Database, clock: HeldClock) -> None:
    """While a long transaction writes, others go on reading what was committed before."""
    async with database.unit() as unit:
        await unit.inbox.done(district_id="redlands", event_key="e1", at=clock.now())
        async with asyncio.timeout(2), database.reading() as reader:
            found = await reader.backlog.count(at=clock.now(), overdue_after=clock.now() - clock.now())

    assert found.unanswered == 0


async def test_transactions_that_wait_for_each_other_both_come_to_their_end(
    database: Database, clock: HeldClock
) -> None:
    """Two that lock the same things in opposite order are both done: one of them begins anew."""
    keys = ["a", "b"]
    met = asyncio.Barrier(2)
    tries = 0

    async def work(unit: UnitOfWork, *, first: str, second: str) -> None:
        nonlocal tries
        tries += 1
        await unit.inbox.withdraw(district_id="redlands", event_key=first)
        if tries <= 2 and not database.is_sqlite:
            await met.wait()
        await unit.inbox.withdraw(district_id="redlands", event_key=second)

    for key in keys:
        async with database.unit() as unit:
            await unit.inbox.done(district_id="redlands", event_key=key, at=clock.now())
    await asyncio.gather(
        database.keep(lambda unit: work(unit, first="a", second="b")),
        database.keep(lambda unit: work(unit, first="b", second="a")),
    )

    async with database.engine.begin() as connection:
        assert (await connection.execute(text("SELECT * FROM inbox"))).all() == []
    assert tries == (2 if database.is_sqlite else 3)


async def test_part_that_fails_is_taken_back_alone(database: Database, clock: HeldClock) -> None:
    """What was written before the part stays, and what the part wrote is gone."""

    async def part(unit: UnitOfWork) -> None:
        async with unit.savepoint():
            await unit.inbox.done(district_id="redlands", event_key="part", at=clock.now())
            raise QuestionNotFoundError("7f3c")

    async with database.unit() as unit:
        await unit.inbox.done(district_id="redlands", event_key="whole", at=clock.now())
        with pytest.raises(QuestionNotFoundError):
            await part(unit)

    async with database.engine.begin() as connection:
        kept = (await connection.execute(text("SELECT event_key FROM inbox"))).scalars().all()
    assert list(kept) == ["whole"]
