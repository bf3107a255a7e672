"""School days and opening hours, so that nobody is reminded at night, on a weekend or in the summer."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.calendar import Calendar
from knowledge.district import Hours

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def at(text: str) -> datetime:
    """Return a moment of Redlands' local time."""
    return datetime.fromisoformat(text).replace(tzinfo=LOS_ANGELES)


@pytest.fixture
def calendar() -> Calendar:
    """Redlands' days, with Thanksgiving week and a winter break."""
    return Calendar(Hours(closed=("2026-11-25", "2026-12-21/2027-01-08")))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-23", True),
        ("2026-11-21", False),
        ("2026-11-25", False),
        ("2026-11-26", False),
        ("2026-12-18", True),
        ("2026-12-21", False),
        ("2027-01-08", False),
        ("2027-01-11", True),
        ("2027-01-18", False),
        ("2026-07-03", False),
        ("2021-12-31", False),
    ],
)
def test_weekends_holidays_and_breaks_are_no_school_days(calendar: Calendar, day: str, expected: bool) -> None:
    """Saturday, Thanksgiving, the day set as closed, both ends of a break and an observed holiday are free."""
    assert calendar.is_school_day(date.fromisoformat(day)) is expected


def test_public_holidays_are_those_of_the_districts_own_state() -> None:
    """Nevada Day is free in Nevada, and nothing is where no holidays are named."""
    nevada_day = date(2026, 10, 30)

    free = [Calendar(Hours(holidays_of=code)).is_school_day(nevada_day) for code in ("US-NV", "US-CA", "")]

    assert free == [False, True, True]


def test_office_keeps_its_local_hours_when_the_clocks_change(calendar: Calendar) -> None:
    """Eight in the morning is eight in the morning in March and in November, an hour apart in UTC."""
    opens = [
        calendar.opens_at(date.fromisoformat(day)) for day in ("2026-03-06", "2026-03-09", "2026-10-30", "2026-11-02")
    ]

    assert [moment.strftime("%d %H:%M %Z") for moment in opens] == [
        "06 16:00 UTC",
        "09 15:00 UTC",
        "30 15:00 UTC",
        "02 16:00 UTC",
    ]  # fmt: skip


def test_office_is_open_from_the_first_minute_and_not_at_the_last(calendar: Calendar) -> None:
    """Open at eight sharp, closed at half past four sharp, and on no free day."""
    moments = ("2026-11-23 07:59", "2026-11-23 08:00", "2026-11-23 16:29", "2026-11-23 16:30", "2026-11-26 10:00")

    assert [calendar.is_open(at(moment)) for moment in moments] == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23 10:15", "2026-11-23 10:15"),
        ("2026-11-23 05:00", "2026-11-23 08:00"),
        ("2026-11-20 23:00", "2026-11-23 08:00"),
        ("2026-11-24 16:30", "2026-11-30 08:00"),
        ("2026-12-18 20:00", "2027-01-11 08:00"),
    ],
)
def test_next_opening_passes_over_nights_weekends_and_breaks(calendar: Calendar, moment: str, expected: str) -> None:
    """What comes on the Tuesday night before Thanksgiving waits until Monday morning."""
    assert calendar.next_opening(at(moment)) == at(expected)


@pytest.mark.parametrize(
    ("after", "school_days", "expected"),
    [
        ("2026-11-23 10:15", 1, "2026-11-24 10:15"),
        ("2026-11-24 10:15", 1, "2026-11-30 10:15"),
        ("2026-11-20 10:15", 3, "2026-11-30 10:15"),
        ("2026-11-21 23:00", 1, "2026-11-24 08:00"),
        ("2026-11-23 05:00", 1, "2026-11-24 08:00"),
        ("2026-11-23 22:00", 1, "2026-11-30 08:00"),
        ("2026-11-23 22:00", 0, "2026-11-24 08:00"),
        ("2026-12-18 16:29", 1, "2027-01-11 16:29"),
        ("2026-10-30 09:00", 1, "2026-11-02 09:00"),
        ("2026-03-06 09:00", 1, "2026-03-09 09:00"),
        ("2026-12-17 09:00", 2, "2027-01-11 09:00"),
    ],
)
def test_reminder_comes_at_the_same_time_of_day_some_school_days_later(
    calendar: Calendar, after: str, school_days: int, expected: str
) -> None:
    """Days without school do not count, the clocks' change does not shift it, and a night's filing counts from morning."""
    assert calendar.next_moment(at(after), school_days=school_days) == at(expected)


def test_day_some_school_days_later_is_a_school_day(calendar: Calendar) -> None:
    """A task of two school days opened on Tuesday before Thanksgiving is due on the Tuesday after."""
    tuesday, free_day = date(2026, 11, 24), date(2026, 11, 26)

    assert calendar.school_day_after(tuesday, school_days=2) == date(2026, 12, 1)
    assert calendar.school_day_after(tuesday, school_days=0) == tuesday
    assert calendar.school_day_after(free_day, school_days=0) == date(2026, 11, 30)
    with pytest.raises(ValueError, match="negative"):
        calendar.school_day_after(tuesday, school_days=-1)


@pytest.mark.parametrize(
    "settings_of_a_slip",
    [
        {"closed": ("2027-01-08/2026-12-21",)},
        {"closed": ("2026-01-01/2028-01-01",)},
        {"closed": ("2026-13-01",)},
        {"closed": ("Christmas",)},
        {"closed": (7,)},
        {"holidays_of": "US-ZZ"},
        {"holidays_of": "California"},
        {"days": ()},
    ],
)
def test_slip_in_the_settings_is_refused(settings_of_a_slip: dict[str, object]) -> None:
    """A break that ends before it begins, a day that is none, an unknown state or no school day at all is a slip."""
    with pytest.raises(ValueError, match=next(iter(settings_of_a_slip))):
        Hours.model_validate(settings_of_a_slip)


DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
ZONES = (
    "America/Los_Angeles",
    "America/Phoenix",
    "America/St_Johns",
    "Pacific/Auckland",
    "Europe/Lisbon",
    "Asia/Kolkata",
)


@st.composite
def offices(draw: st.DrawFn) -> Hours:
    """Draw the hours of an office somewhere, with closures of any length, at day or at night."""
    opens, closes = sorted(
        draw(
            st.lists(
                st.times().map(lambda value: value.replace(second=0, microsecond=0)),
                min_size=2,
                max_size=2,
                unique=True,
            )
        )
    )
    closed = draw(st.lists(st.tuples(DAYS, st.integers(0, 90)), max_size=6))
    return Hours(
        time_zone=draw(st.sampled_from(ZONES)),
        days=draw(st.lists(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1, unique=True)),
        opens=opens,
        closes=closes,
        closed=tuple((first, first + timedelta(days=length)) for first, length in closed),
        holidays_of=draw(st.sampled_from(["", "US-CA", "US-NV"])),
    )  # fmt: skip


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is drawn beside it


@settings(max_examples=400, deadline=None)
@given(hours=offices(), after=MOMENTS, school_days=st.integers(0, 12))
def test_no_reminder_comes_early_or_while_the_office_is_closed(hours: Hours, after: datetime, school_days: int) -> None:
    """Wherever the district is and whatever it closes for, the moment lies in its hours and not before its time."""
    calendar = Calendar(hours)

    moment = calendar.next_moment(after, school_days=school_days)

    assert calendar.is_open(moment)
    assert moment >= after
    assert moment.tzinfo is UTC
    begins_on, comes_on = (value.astimezone(hours.zone).date() for value in (calendar.next_opening(after), moment))
    between = sum(
        calendar.is_school_day(begins_on + timedelta(days=n)) for n in range(1, (comes_on - begins_on).days + 1)
    )
    assert between >= school_days
    # Only an hour that the clocks jumped over may push it a day further.
    assert between <= school_days + 1
    if hours.opens >= time(4) or hours.closes <= time(1):
        assert between == school_days


@settings(max_examples=200, deadline=None)
@given(
    hours=offices(), first=MOMENTS, later=st.timedeltas(timedelta(0), timedelta(days=30)), school_days=st.integers(0, 5)
)
def test_what_is_filed_later_is_not_reminded_of_earlier(
    hours: Hours, first: datetime, later: timedelta, school_days: int
) -> None:
    """The order of filings is the order of their reminders."""
    hours = hours.model_copy(update={"opens": time(8), "closes": time(16, 30)})
    calendar = Calendar(hours)

    earlier, after = (calendar.next_moment(moment, school_days=school_days) for moment in (first, first + later))

    assert earlier <= after


@settings(max_examples=200, deadline=None)
@given(hours=offices(), moment=MOMENTS)
def test_next_opening_is_the_first_minute_at_which_the_office_is_open(hours: Hours, moment: datetime) -> None:
    """Nothing between the moment and the next opening is in the hours, and at an open moment it is that moment."""
    calendar = Calendar(hours)

    opening = calendar.next_opening(moment)

    assert calendar.is_open(opening)
    assert (opening == moment) == calendar.is_open(moment)
    steps = int((opening - moment) / timedelta(minutes=37))
    assert not any(calendar.is_open(moment + timedelta(minutes=37) * n) for n in range(min(steps, 400)))
