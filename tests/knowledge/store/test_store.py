"""What is stored comes back whole, belongs to one district, and is forgotten when it should be."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from knowledge.clock import HeldClock
from knowledge.district import SHIPPED
from knowledge.guidelines import GuidelineVersionNotFoundError
from knowledge.ingest.reading import Reading, read_guideline
from knowledge.questions import Feedback, QuestionNotFoundError, QuestionRecord, ShownClause
from knowledge.store.unit import Database


def redlands() -> Reading:
    return read_guideline(SHIPPED / "redlands" / "social-media-protocols.txt", district_id="redlands")


def question(clock: HeldClock, **changes: object) -> QuestionRecord:
    record = QuestionRecord(
        id="7f3c",
        district_id="redlands",
        asked_at=clock.now(),
        platform="local",
        conversation_key="c1",
        event_key="e1",
        masked_text="may the band page show [student's name]",
        kind="question",
        verdict=None,
        abstained=False,
        cover=0.9,
        escalate=False,
        urgency=None,
        guideline_version=1,
        model="abc",
        clauses=(ShownClause(clause_id="redlands/content-considerations/6", score=0.8, was_shown=True),),
    )
    return replace(record, **changes)  # type: ignore[arg-type]


async def add(database: Database, clock: HeldClock, *, publish: bool = True, district_id: str = "redlands") -> int:
    reading = redlands()
    async with database.unit() as unit:
        version = await unit.guidelines.add(
            district_id=district_id,
            title=reading.title,
            source_name="social-media-protocols.txt",
            source_text=reading.source_text,
            found=reading.clauses,
            imported_at=clock.now(),
        )
        if publish:
            await unit.guidelines.publish(district_id=district_id, version=version, at=clock.now())
    return version


async def test_published_guideline_comes_back_with_every_clause_as_it_was(database: Database, clock: HeldClock) -> None:
    """A guideline read from the database has the very clauses that were imported."""
    await add(database, clock)

    async with database.unit() as unit:
        stored = await unit.guidelines.published("redlands")

    assert stored is not None
    assert stored.clauses == redlands().clauses
    assert stored.source_text == redlands().source_text


async def test_draft_is_not_in_force_until_it_is_published(database: Database, clock: HeldClock) -> None:
    """Importing a new version changes no answer before somebody publishes it."""
    await add(database, clock)
    clock.move_to(clock.now() + timedelta(days=1))
    draft = await add(database, clock, publish=False)

    async with database.unit() as unit:
        before = await unit.guidelines.published_version("redlands")
        await unit.guidelines.publish(district_id="redlands", version=draft, at=clock.now())
        after = await unit.guidelines.published_version("redlands")

    assert before is not None
    assert after is not None
    assert (before[0], after[0]) == (1, 2)


async def test_publishing_a_version_that_is_not_there_is_refused(database: Database, clock: HeldClock) -> None:
    """Nobody can publish another district's version by its number."""
    await add(database, clock)

    async with database.unit() as unit:
        with pytest.raises(GuidelineVersionNotFoundError):
            await unit.guidelines.publish(district_id="hesperia", version=1, at=clock.now())


async def test_one_district_never_sees_anothers_guideline(database: Database, clock: HeldClock) -> None:
    """A district without guidelines has none, whatever others have published."""
    await add(database, clock)

    async with database.unit() as unit:
        assert await unit.guidelines.published("hesperia") is None
        assert not await unit.guidelines.has_any("hesperia")
        assert await unit.guidelines.every_clause("hesperia") == ()
        assert await unit.guidelines.versions("hesperia") == []


async def test_question_comes_back_as_it_was_remembered(database: Database, clock: HeldClock) -> None:
    """What was shown, with which score and version, can be read again."""
    async with database.unit() as unit:
        await unit.questions.remember(question(clock))

    async with database.unit() as unit:
        stored = await unit.questions.get(district_id="redlands", question_id="7f3c")

    assert replace(stored, asked_at=clock.now()) == question(clock)


async def test_question_of_another_district_is_not_found(database: Database, clock: HeldClock) -> None:
    """Knowing a question's number is not enough to read it from another district."""
    async with database.unit() as unit:
        await unit.questions.remember(question(clock))

        with pytest.raises(QuestionNotFoundError):
            await unit.questions.get(district_id="hesperia", question_id="7f3c")


async def test_second_feedback_replaces_the_first(database: Database, clock: HeldClock) -> None:
    """Somebody who changes their mind has one opinion, not two."""
    given = Feedback(district_id="redlands", question_id="7f3c", given_at=clock.now(), helped=True)
    async with database.unit() as unit:
        await unit.questions.remember(question(clock))
        await unit.questions.give_feedback(given)
        await unit.questions.give_feedback(replace(given, helped=False, reason="wrong rule"))

        kept = await unit.questions.feedback_on(district_id="redlands", question_id="7f3c")

    assert kept is not None
    assert (kept.helped, kept.reason) == (False, "wrong rule")


async def test_old_questions_are_gone_from_the_files_after_their_time(
    database: Database, clock: HeldClock, tmp_path: Path
) -> None:
    """What a district no longer keeps is in no row and, on the embedded database, in no file either."""
    async with database.unit() as unit:
        await unit.questions.remember(question(clock, masked_text="a very particular trombone question"))
        await unit.questions.give_feedback(
            Feedback(district_id="redlands", question_id="7f3c", given_at=clock.now(), helped=False, reason="trombone")
        )
        await unit.questions.remember(
            question(clock, id="new", event_key="e2", asked_at=clock.now() + timedelta(days=2))
        )
        forgotten = await unit.questions.forget_before(district_id="redlands", before=clock.now() + timedelta(days=1))
    if database.is_sqlite:
        async with database.engine.connect() as connection:
            await connection.exec_driver_sql("COMMIT")
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    assert forgotten == 1
    assert [path.name for path in tmp_path.iterdir() if b"trombone" in path.read_bytes()] == []
