"""One event, one effect: whatever is delivered twice, breaks off or is taken over by another server."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.masking import masked_incoming
from bot.turn import Accepted, Turns
from handlers import routing
from handlers.context import HandlerContext
from handlers.incoming import FormSubmission, Press
from handlers.outcome import Outcome, Reminder
from handlers.replies import Paragraph, Reply
from knowledge.clock import HeldClock
from knowledge.conversations import ConversationReference
from knowledge.people import Person
from knowledge.questions import QuestionNotFoundError
from knowledge.store.unit import Database
from tests.support.product import Talk, specialist_channel, words

TEACHER = Person(platform="local", id="teacher", name="Tess Teacher", email="teacher@redlands.example")
MESSAGES = ConversationReference(platform="local", address="staff/redlands/1")


def form(verb: str, value: str = "", **fields: str) -> FormSubmission:
    return FormSubmission(
        district_id="redlands",
        person=TEACHER,
        conversation=MESSAGES,
        event_key="f1",
        verb=verb,
        value=value,
        fields=fields,
    )


async def outbox(database: Database) -> list[tuple[str, str]]:
    async with database.engine.begin() as connection:
        rows = (await connection.execute(text("SELECT kind, state FROM outbox ORDER BY created_at, kind"))).all()
    return [(row.kind, row.state) for row in rows]


async def inbox(database: Database) -> list[tuple[str, bool]]:
    async with database.engine.begin() as connection:
        rows = (await connection.execute(text("SELECT state, payload FROM inbox"))).all()
    return [(row.state, row.payload is None) for row in rows]


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[FormSubmission]:
    """Let a form of the tests be filled in, and remember each time it was."""
    taken: list[FormSubmission] = []

    async def keep(submission: FormSubmission, context: HandlerContext) -> Outcome:
        taken.append(submission)
        await context.unit.reminders.cancel(district_id="redlands", subjects=["filing/1"], at=context.clock.now())
        if submission.value == "refuse":
            await context.unit.history.write(
                district_id="redlands", at=context.clock.now(), who=submission.person, what="tried", subject="filing/1"
            )
            raise QuestionNotFoundError("7f3c")
        if submission.value == "break":
            raise RuntimeError("Maria Lopez was suspended")
        reply = Reply(parts=(Paragraph(text="Filed as R-1."),))
        due_at = context.clock.now() + timedelta(days=2)
        reminder = Reminder(key="filing/1/1", verb="filing-waits", value="1", subject="filing/1", due_at=due_at)
        return Outcome(reply=reply, reminders=(reminder,), is_promised=submission.value != "open")

    monkeypatch.setattr(routing, "FORMS", {"test": keep})
    return taken


async def test_event_delivered_twice_has_its_effect_once(staff: Talk, handled: list[FormSubmission]) -> None:
    """A platform that sends a form again gets silence, and nothing is filed or promised a second time."""
    first = await staff.turns.take(form("test"))
    second = await staff.turns.take(form("test"))

    assert first.reply is not None
    assert second == Outcome(reply=None)
    assert len(handled) == 1
    assert await outbox(staff.database) == [("reminder", "pending"), ("reply", "pending")]


async def test_event_delivered_twice_at_the_same_moment_has_its_effect_once(
    staff: Talk, handled: list[FormSubmission]
) -> None:
    """Ten deliveries of one event that meet each other file one thing."""
    outcomes = await asyncio.gather(*(staff.turns.take(form("test")) for _ in range(10)))

    assert sum(outcome.reply is not None for outcome in outcomes) == 1
    assert len(await outbox(staff.database)) == 2


async def test_same_key_in_another_district_is_another_event(staff: Talk, handled: list[FormSubmission]) -> None:
    """Two districts' platforms may use the same keys."""
    await staff.turns.take(form("test"))
    other = await staff.turns.take(replace(form("test"), district_id="hesperia"))

    assert other.reply is not None
    assert len(handled) == 2


async def test_what_may_be_lost_is_not_kept_and_can_be_asked_for_again(
    staff: Talk, handled: list[FormSubmission]
) -> None:
    """A form that opens is answered directly; the same event brings it once more."""
    first = await staff.turns.take(form("test", "open"))
    again = await staff.turns.take(form("test", "open"))

    assert first.reply == again.reply
    assert ("reply", "pending") not in await outbox(staff.database)
    assert await inbox(staff.database) == []


async def test_refusal_takes_back_what_was_written_before_it_and_is_told(
    staff: Talk, handled: list[FormSubmission]
) -> None:
    """A handler that refuses half-way leaves nothing of its half behind, and the person alone is told why."""
    outcome = await staff.turns.take(form("test", "refuse"))

    async with staff.database.engine.begin() as connection:
        changes = (await connection.execute(text("SELECT * FROM changes"))).all()
    assert outcome.reply is not None
    assert "no longer kept" in words(outcome.reply)
    assert not outcome.is_promised
    assert changes == []
    assert await outbox(staff.database) == []


async def test_break_down_leaves_nothing_and_names_a_reference(
    staff: Talk, handled: list[FormSubmission], capsys: pytest.CaptureFixture[str]
) -> None:
    """Where we fail ourselves, nothing is kept, the same event may come again, and the log has no words of it."""
    outcome = await staff.turns.take(form("test", "break"))

    assert outcome.reply is not None
    assert "went wrong on our side" in words(outcome.reply)
    assert not outcome.is_promised
    assert await inbox(staff.database) == []
    assert await outbox(staff.database) == []
    assert "Lopez" not in capsys.readouterr().out


def test_what_a_form_records_is_kept_as_typed_and_everything_else_is_masked() -> None:
    """Names and addresses of administrators are the record itself; a phone number in a note is not."""
    masked = masked_incoming(
        form("file", administrators="Cal Coach, coach@redlands.example", note="call her mom at 909-555-0144")
    )

    assert isinstance(masked, FormSubmission)
    assert masked.fields["administrators"] == "Cal Coach, coach@redlands.example"
    assert "0144" not in masked.fields["note"]
    assert masked.person == TEACHER


async def test_question_is_kept_masked_until_it_is_answered_and_forgotten_then(staff: Talk) -> None:
    """Between the acknowledgement and the answer the masked text lies in the database, and not after."""
    question = staff.question("may I post that 909-555-0144 is our coach's number?", key="q1")

    accepted = await staff.turns.accept(question)

    assert isinstance(accepted, Accepted)
    async with staff.database.engine.begin() as connection:
        kept = str((await connection.execute(text("SELECT payload FROM inbox"))).scalar_one())
    assert "coach's number" in kept
    assert "0144" not in kept
    answer = await staff.turns.answer(accepted)
    assert answer.reply is not None
    assert await inbox(staff.database) == [("done", True)]
    assert await outbox(staff.database) == [("reply", "pending")]


async def test_question_left_by_a_server_that_is_gone_is_answered_by_another(staff: Talk) -> None:
    """What was acknowledged and not answered is answered from what was kept, once its lease is over."""
    impatient = _with_lease(staff.turns, 0.05)
    assert isinstance(await impatient.accept(staff.question("how many admins does our page need?", key="q1")), Accepted)
    await asyncio.sleep(0.1)

    taken_over = await impatient.answer_what_is_left()
    again = await impatient.answer_what_is_left()

    assert (taken_over, again) == (1, 0)
    assert await outbox(staff.database) == [("reply", "pending")]


async def test_server_that_comes_back_after_its_lease_answers_nothing(staff: Talk) -> None:
    """Where another server has answered meanwhile, the first one's answer is void: nobody is answered twice."""
    impatient = _with_lease(staff.turns, 0.05)
    accepted = await impatient.accept(staff.question("how many admins does our page need?", key="q1"))
    assert isinstance(accepted, Accepted)
    await asyncio.sleep(0.1)
    await impatient.answer_what_is_left()

    late = await impatient.answer(accepted)

    assert late == Outcome(reply=None)
    assert await outbox(staff.database) == [("reply", "pending")]


async def test_server_whose_question_another_has_taken_over_leaves_it_to_that_one(staff: Talk) -> None:
    """While the other one is still at it, the first one's late answer is void already."""
    impatient = _with_lease(staff.turns, 0.05)
    accepted = await impatient.accept(staff.question("how many admins does our page need?", key="q1"))
    assert isinstance(accepted, Accepted)
    await asyncio.sleep(0.1)
    async with staff.database.unit() as unit:
        await unit.inbox.take_over(most=1, token="other", lease_seconds=0.05)

    late = await impatient.answer(accepted)

    assert late == Outcome(reply=None)
    assert await inbox(staff.database) == [("accepted", False)]


async def test_question_that_brings_servers_down_is_given_up_and_its_asker_is_told(staff: Talk) -> None:
    """After five servers began it in vain, nobody tries again, and the asker hears that it failed."""
    impatient = _with_lease(staff.turns, 0.05)
    await impatient.accept(staff.question("how many admins does our page need?", key="q1"))
    async with staff.database.engine.begin() as connection:
        await connection.execute(text("UPDATE inbox SET attempts = 5"))
    await asyncio.sleep(0.1)

    await impatient.answer_what_is_left()

    async with staff.database.engine.begin() as connection:
        said = str((await connection.execute(text("SELECT payload FROM outbox"))).scalar_one())
        questions = (await connection.execute(text("SELECT * FROM questions"))).all()
    assert "went wrong on our side" in said
    assert questions == []


async def test_command_is_done_before_its_acknowledgement(staff: Talk) -> None:
    """Help needs no model, so nobody waits behind the acknowledgement for it."""
    outcome = await staff.turns.accept(staff.question("/help", key="h1"))

    assert isinstance(outcome, Outcome)
    assert outcome.reply is not None


async def test_whoever_writes_can_be_written_to_but_not_in_the_channel(staff: Talk, clock: HeldClock) -> None:
    """A person's address is their own direct message; a press in the specialist channel changes no address."""
    press = Press(
        district_id="redlands", person=TEACHER, conversation=MESSAGES, event_key="p1", verb="contact", fields={}
    )
    await staff.turns.take(press)
    await staff.turns.take(replace(press, conversation=specialist_channel("redlands"), event_key="p2"))

    async with staff.database.reading() as unit:
        contact = await unit.people.by_email(district_id="redlands", email="Teacher+page@redlands.example")
    assert contact is not None
    assert contact.conversation == MESSAGES
    assert contact.person.name == "Tess Teacher"


async def test_unknown_district_is_told_and_keeps_nothing(staff: Talk) -> None:
    """A wrong address is answered, and leaves no row."""
    outcome = await staff.turns.take(replace(staff.question("hello", key="q1"), district_id="nowhere"))

    assert isinstance(outcome, Outcome)
    assert not outcome.is_promised
    assert await inbox(staff.database) == []


def _with_lease(turns: Turns, seconds: float) -> Turns:
    """Return the same turns with a shorter lease on what they accept."""
    turns._answers._lease_seconds = seconds
    return turns
