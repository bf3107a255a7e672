"""Deciding: once, by the right people, and everybody concerned is told."""

import asyncio
from datetime import UTC, datetime

import pytest

from knowledge.filings import FilingKind, FilingState
from knowledge.registry import AccountStatus
from tests.support.desk import ROBOTICS, Desk, form_of, state_of, status_of, text
from tests.support.product import Talk


@pytest.fixture
async def desk(staff: Talk) -> Desk:
    """Redlands' people, with the robotics club's account waiting as R-1."""
    desk = await Desk.open(staff)
    await desk.files_robotics()
    return desk


async def test_approval_is_told_to_the_filer_who_may_now_create_it(desk: Desk) -> None:
    """Approved, not yet live: the filer is asked for the address."""
    await desk.presses("specialist", "Approve")

    assert "R-1 is approved" in desk.told("teacher")
    assert "You may create it now" in desk.told("teacher")
    assert "It was approved by Sam Specialist" in desk.card()
    assert "<Approve>" not in desk.card()
    assert await status_of(desk) is AccountStatus.APPROVED


async def test_administrators_are_told_of_the_approval(desk: Desk) -> None:
    """Whoever was named hears how it went."""
    await desk.presses("specialist", "Approve")

    assert "It was approved by Sam Specialist" in desk.told("coach")


async def test_second_decision_is_refused_and_names_the_first(desk: Desk) -> None:
    """The loser of a double click reads who decided, and nothing changes."""
    approve = desk.button("specialist", "Approve")
    await desk.press("specialist", approve.verb, approve.value)

    again = await desk.press("deputy", approve.verb, approve.value)

    assert "R-1 is approved already, by Sam Specialist" in text(again.reply)
    assert await state_of(desk) is FilingState.APPROVED


async def test_two_specialists_who_press_at_the_same_moment_decide_once(desk: Desk) -> None:
    """One wins, the other is told."""
    approve, deny = desk.button("specialist", "Approve"), "1.1"

    first, second = await asyncio.gather(
        desk.press("specialist", approve.verb, approve.value),
        desk.sends("deputy", "deny", deny, {"note": "No"}),
    )

    refused = [outcome for outcome in (first, second) if "already" in text(outcome.reply)]
    assert len(refused) == 1
    assert await state_of(desk) in {FilingState.APPROVED, FilingState.DENIED}


@pytest.mark.parametrize("verb", ["approve", "deny", "ask-for"])
async def test_staff_cannot_decide_at_the_click(desk: Desk, verb: str) -> None:
    """The role is checked in the handler, whatever button somebody got hold of."""
    outcome = await desk.press("principal", verb, "1.1")

    assert "decided by the specialist or a deputy" in text(outcome.reply)
    assert await state_of(desk) is FilingState.WAITING


@pytest.mark.parametrize("verb", ["deny", "ask-for"])
async def test_staff_cannot_decide_at_the_submit(desk: Desk, verb: str) -> None:
    """A form that is sent is checked again."""
    outcome = await desk.sends("principal", verb, "1.1", {"note": "Because"})

    assert "decided by the specialist or a deputy" in text(outcome.reply)
    assert await state_of(desk) is FilingState.WAITING


async def test_nobody_decides_their_own_filing(staff: Talk) -> None:
    """A specialist who files leaves the decision to the deputy."""
    desk = await Desk.open(staff)
    await desk.files("specialist", FilingKind.NEW_ACCOUNT, **ROBOTICS)

    own = await desk.press("specialist", "approve", "1.1")
    await desk.press("deputy", "approve", "1.1")

    assert "You filed R-1 yourself" in text(own.reply)
    assert await state_of(desk) is FilingState.APPROVED


async def test_denial_needs_a_reason_and_the_filer_reads_it(desk: Desk) -> None:
    """Deny opens a form; without a word in it nothing is denied."""
    opened = await desk.presses("specialist", "Deny")
    form = form_of(opened.reply)
    empty = await desk.sends("specialist", form.verb, form.value, {"note": "  "})
    assert await state_of(desk) is FilingState.WAITING
    await desk.sends("specialist", form.verb, form.value, {"note": "The school has a robotics page already."})

    assert form_of(empty.reply).verb == "deny"
    assert "R-1 was denied" in desk.told("teacher")
    assert "The school has a robotics page already." in desk.told("teacher")
    assert await status_of(desk) is AccountStatus.DENIED


async def test_what_was_asked_for_reopens_the_form_and_the_mended_filing_waits_again(desk: Desk) -> None:
    """The filer finds the form filled in, with the specialist's words above it."""
    form = form_of((await desk.presses("specialist", "Ask for something")).reply)
    await desk.sends("specialist", form.verb, form.value, {"note": "Which school site is it?"})
    reopened = desk.posts_to("teacher")[-1].reply
    again = form_of(reopened)

    typed = {each.name: each.value for each in again.fields}
    mended = await desk.sends(
        "teacher", again.verb, again.value, typed | {"organization": "Lincoln High Robotics, main site"}
    )

    assert "Sam Specialist asks about R-1: Which school site is it?" in text(reopened)
    assert typed["organization"] == ROBOTICS["organization"]
    assert "Filed as R-1" in text(mended.reply)
    assert "main site" in desk.card()
    assert await state_of(desk) is FilingState.WAITING


async def test_button_of_a_card_from_before_the_filing_was_mended_decides_nothing(desk: Desk) -> None:
    """Nobody approves what they have not seen."""
    old = desk.button("specialist", "Approve")
    form = form_of((await desk.presses("specialist", "Ask for something")).reply)
    await desk.sends("specialist", form.verb, form.value, {"note": "Which site?"})
    again = form_of(desk.posts_to("teacher")[-1].reply)
    await desk.sends("teacher", again.verb, again.value, {each.name: each.value for each in again.fields})

    outcome = await desk.press("specialist", old.verb, old.value)

    assert "was changed since this card was drawn" in text(outcome.reply)
    assert await state_of(desk) is FilingState.WAITING


async def test_only_the_filer_can_mend_or_withdraw(desk: Desk) -> None:
    """Somebody else's filing is not theirs to change."""
    mended = await desk.sends("coach", "file", '{"kind": "new_account", "filing": 1}', dict(ROBOTICS))
    withdrawn = await desk.press("coach", "withdraw", "1.1")

    assert "Only whoever filed R-1" in text(mended.reply)
    assert "Only whoever filed R-1" in text(withdrawn.reply)
    assert await state_of(desk) is FilingState.WAITING


async def test_withdrawn_filing_is_decided_by_nobody_and_can_be_filed_anew(desk: Desk) -> None:
    """The filer takes it back; the same filing is then a new one."""
    await desk.presses("teacher", "Withdraw R-1")

    late = await desk.press("specialist", "approve", "1.1")
    anew = await desk.files_robotics()

    assert "withdrawn already" in text(late.reply)
    assert "Filed as R-2" in text(anew.reply)


async def test_notice_is_acknowledged_and_cannot_be_approved(desk: Desk) -> None:
    """A notice has no approval to give."""
    await desk.files(
        "teacher",
        FilingKind.REGISTER,
        organization="Citrus Valley Chess",
        platform="instagram",
        handle="@cvchess",
        administrators=ROBOTICS["administrators"],
        is_same="another",
    )

    refused = await desk.press("specialist", "approve", "2.1")
    await desk.presses("specialist", "Seen")

    assert "waiting already" not in text(refused.reply)
    assert "R-2 was seen" in desk.told("teacher")
    assert await state_of(desk, 2) is FilingState.ACKNOWLEDGED


async def test_reminder_comes_on_a_school_day_and_again_until_it_is_decided(desk: Desk) -> None:
    """Filed on a Friday evening, brought up on the second school day in working hours; never after the decision."""
    reminder = next(each for each in desk.outcomes[0].reminders if each.verb == "filing-waits")
    local = reminder.due_at.astimezone(desk.talk.districts.all["redlands"].hours.zone)
    first = await desk.remind(reminder)
    await desk.presses("specialist", "Approve")
    late = await desk.remind(first.reminders[0])

    assert local.weekday() < 5
    assert 8 <= local.hour < 17
    assert "R-1 still waits" in text(first.posts[0].reply)
    assert first.reminders[0].key != reminder.key
    assert late.posts == ()
    assert late.reminders == ()
    assert desk.outcomes[-2].cancelled == ("filing/1",)


async def test_every_step_stands_in_the_history(desk: Desk) -> None:
    """Who did what, when, before and after."""
    await desk.presses("specialist", "Approve")

    async with desk.database.unit() as unit:
        steps = await unit.history.of(district_id="redlands", subject="filing/1")
    assert [step.what for step in steps] == ["approved", "filed"]
    assert steps[0].who.name == "Sam Specialist"
    assert steps[0].before is not None
    assert steps[0].before["state"] == "waiting"
    assert steps[0].at == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


async def test_open_filing_whose_reminder_was_lost_gets_another_at_the_audit(desk: Desk) -> None:
    """Nothing waits for ever because a row went missing."""
    async with desk.database.unit() as unit:
        cancelled = await unit.reminders.cancel(district_id="redlands", subjects=["filing/1"], at=desk.clock.now())
        lost = await unit.filings.without_next_step(district_id="redlands")

    audited = await desk.audit()

    assert cancelled == 1
    assert [filing.number for filing in lost] == [1]
    assert {reminder.verb for reminder in audited.reminders} == {"filing-waits", "look-daily"}
