"""Questions are forgotten after their own district's time, and not before."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from bot.retention import forget
from knowledge.clock import HeldClock
from knowledge.district import Retention
from knowledge.search.finding import Search
from knowledge.store.unit import Database
from tests.support.case_desk import CaseDesk
from tests.support.product import talk


async def test_each_district_keeps_its_questions_for_its_own_time(
    database: Database, search: Search, clock: HeldClock, tmp_path: Path
) -> None:
    """Where one district keeps ten days and the other a hundred, twenty days later only the other's are left."""
    staff = await talk(database, search, clock, tmp_path)
    await staff.says("how many admins does our page need?", key="r")
    staff.district_id = "hesperia"
    await staff.says("who approves the logo?", key="h")
    kept = {
        "redlands": staff.districts.all["redlands"].model_copy(update={"retention": Retention(questions_days=10)}),
        "hesperia": staff.districts.all["hesperia"].model_copy(update={"retention": Retention(questions_days=100)}),
    }
    clock.move_to(clock.now() + timedelta(days=20))

    forgotten = await forget(database, kept, clock)

    async with database.engine.begin() as connection:
        left = (await connection.execute(text("SELECT district_id FROM questions"))).scalars().all()
    assert forgotten == 1
    assert list(left) == ["hesperia"]


async def test_what_was_delivered_is_forgotten_after_a_week_and_what_waits_is_not(
    database: Database, search: Search, clock: HeldClock, tmp_path: Path
) -> None:
    """That an event arrived and a message went out is known for a week; what is still to go out stays however long."""
    staff = await talk(database, search, clock, tmp_path)
    await staff.says("how many admins does our page need?", key="r")
    async with database.unit() as unit:
        (entry,) = await unit.outbox.claim(most=1, platforms=["local"], token="t", lease_seconds=30)
        await unit.outbox.sent(entry, message_id="m1", at=clock.now())
    await staff.says("which platforms may we use?", key="s")
    clock.move_to(clock.now() + timedelta(days=8))

    await forget(database, staff.districts.all, clock)

    async with database.engine.begin() as connection:
        events = (await connection.execute(text("SELECT event_key FROM inbox"))).scalars().all()
        messages = (await connection.execute(text("SELECT state FROM outbox"))).scalars().all()
    assert list(events) == []
    assert list(messages) == ["pending"]


async def test_what_was_said_in_a_case_is_forgotten_after_its_districts_time_and_its_times_stay(
    database: Database, search: Search, clock: HeldClock, tmp_path: Path
) -> None:
    """Summary, talk, names and what somebody typed as a school go, also of a case that was joined; figures and numbers stay."""
    staff = await talk(database, search, clock, tmp_path)
    desk = await CaseDesk.open(staff)
    await desk.press("specialist", "mine")
    story = "The paper keeps asking about the coach, and the story is all over town"
    await desk.reports("teacher", story, school="Lincoln High")
    await desk.reports("coach", story + "!", is_same="1")
    await desk.writes("specialist", "We are on it.")
    form = await desk.hits("specialist", "Resolve")
    await desk.fills("specialist", form, outcome="responded", note="A statement is out.")
    clock.move_to(clock.now() + timedelta(days=366))

    await forget(database, staff.districts.all, clock)

    async with database.engine.begin() as connection:
        cases = (await connection.execute(text("SELECT * FROM cases ORDER BY number"))).mappings().all()
        steps = (await connection.execute(text("SELECT * FROM case_timeline"))).all()
    kept = repr([dict(case) for case in cases])
    assert [case["number"] for case in cases] == [1, 2]
    assert cases[0]["resolved_at"] is not None
    assert [word for word in ("coach", "teacher@", "Lincoln", "statement", "Tess") if word in kept] == []
    assert steps == []
