"""When an unclaimed case is brought up, whom it goes to, and what figures are made of cases."""

from datetime import UTC, datetime, timedelta

import pytest

from knowledge.calendar import Calendar
from knowledge.cases import CaseKind, CaseState, CaseTimes, PingStep, ping_step
from knowledge.district import Hours
from knowledge.figures import figures_of

MONDAY_NINE = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def test_deputy_then_phone_then_the_channel_for_ever() -> None:
    """A question wakes nobody but the channel."""
    steps = [ping_step(CaseKind.CONTROVERSY, count) for count in range(1, 6)]
    assert steps == [PingStep.CHANNEL, PingStep.DEPUTY, PingStep.PHONE, PingStep.CHANNEL, PingStep.CHANNEL]
    assert {ping_step(CaseKind.QUESTION, count) for count in range(1, 6)} == {PingStep.CHANNEL}


@pytest.mark.parametrize(
    ("local", "minutes", "expected"),
    [
        ("2026-11-23 09:00", 15, "2026-11-23 09:15"),
        ("2026-11-23 16:20", 15, "2026-11-24 08:05"),
        ("2026-11-23 16:15", 15, "2026-11-24 08:00"),  # at closing time, the next opening
        ("2026-11-23 07:00", 15, "2026-11-23 08:15"),
        ("2026-11-25 16:25", 15, "2026-11-30 08:10"),  # Thanksgiving and the day after it, a holiday in California
        ("2026-11-23 09:00", 600, "2026-11-24 10:30"),
        ("2026-10-30 16:25", 10, "2026-11-02 08:05"),  # the clocks go back in between
    ],
)
def test_minutes_of_opening_hours(local: str, minutes: int, expected: str) -> None:
    """Nights, weekends, holidays and the change of the clocks do not count."""
    hours = Hours()
    zone = hours.zone
    after = datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)
    wanted = datetime.fromisoformat(expected).replace(tzinfo=zone).astimezone(UTC)
    assert Calendar(hours).open_minutes_later(after, minutes=minutes) == wanted


def times(number: int, *, opened: timedelta, claimed: timedelta | None = None, school: str = "") -> CaseTimes:
    opened_at = MONDAY_NINE + opened
    return CaseTimes(
        number=number,
        kind=CaseKind.SAFETY if number == 3 else CaseKind.CONTROVERSY,
        state=CaseState.OPEN if claimed is None else CaseState.RESOLVED,
        school=school,
        opened_at=opened_at,
        first_claimed_at=None if claimed is None else opened_at + claimed,
        resolved_at=None if claimed is None else opened_at + claimed + timedelta(hours=1),
        outcome=None,
    )


def test_figures_count_what_was_opened_in_the_week_and_what_is_open_now() -> None:
    """A case of the week before counts only as long as it is open; one of after the week does not count as opened."""
    week = timedelta(days=7)
    found = figures_of(
        [
            times(1, opened=timedelta(hours=1), claimed=timedelta(minutes=4), school="Lincoln"),
            times(2, opened=timedelta(hours=2), claimed=timedelta(minutes=10), school="Lincoln"),
            times(3, opened=timedelta(hours=3)),
            times(4, opened=-timedelta(days=2)),
            times(5, opened=week),
        ],
        since=MONDAY_NINE,
        until=MONDAY_NINE + week,
    )
    assert found.opened == {CaseKind.SAFETY: 1, CaseKind.CONTROVERSY: 2, CaseKind.QUESTION: 0}
    assert (found.resolved, found.live) == (2, 3)
    assert found.time_to_claim == {CaseKind.CONTROVERSY: timedelta(minutes=7)}
    assert found.by_school == {"Lincoln": 2}
    assert found.time_to_claim_by_school == {"Lincoln": timedelta(minutes=7)}
