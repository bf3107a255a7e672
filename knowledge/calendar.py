"""School days and opening hours of a district, so that nobody is reminded at night, on a weekend or in the summer.

All moments are aware; what comes out is UTC. The hours are local ones: half past seven stays half past seven when the
clocks change.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice

from knowledge.district import Hours

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)


class Calendar:
    """The school days of one district."""

    def __init__(self, hours: Hours) -> None:
        self._hours = hours
        self._weekdays = frozenset(_WEEKDAYS.index(day) for day in hours.days)

    def is_school_day(self, day: date) -> bool:
        """Tell whether there is school: a weekday of the district's, no public holiday, not in a closure.

        Some public holidays are school days all the same in some districts. Taking one for free only makes a reminder
        come a day later.
        """
        return (
            day.weekday() in self._weekdays
            and not any(first <= day <= last for first, last in self._hours.closed)
            and day not in _public_holidays(self._hours.holidays_of, day.year)
        )

    def opens_at(self, day: date) -> datetime:
        """Return when the office would open on a day, school day or not."""
        return self._moment(day, self._hours.opens)

    def closes_at(self, day: date) -> datetime:
        """Return when the office would close on a day, school day or not."""
        return self._moment(day, self._hours.closes)

    def is_open(self, moment: datetime) -> bool:
        """Tell whether the office is open; at the minute it closes it is not."""
        day = self._local(moment).date()
        return self.is_school_day(day) and self.opens_at(day) <= moment < self.closes_at(day)

    def next_opening(self, moment: datetime) -> datetime:
        """Return the first moment, from this one on, at which the office is open: this one where it is."""
        day = self._local(moment).date()
        for school_day in self._school_days(day):
            opens_at, closes_at = self.opens_at(school_day), self.closes_at(school_day)
            # Not so where the clocks jump over the closing hour.
            if max(moment, opens_at) < closes_at:
                return max(moment, opens_at).astimezone(UTC)
        raise AssertionError("school days do not end")

    def school_day_after(self, day: date, *, school_days: int) -> date:
        """Return the n-th school day after a day; for 0 the day itself, or the first school day after it.

        Raises
        ------
        ValueError
            Raised if ``school_days`` is negative.
        """
        if school_days < 0:
            raise ValueError("school_days is negative")
        from_day = day if school_days == 0 else day + _DAY
        return next(islice(self._school_days(from_day), max(school_days - 1, 0), None))

    def next_moment(self, after: datetime, *, school_days: int) -> datetime:
        """Return the same time of day some school days later, in opening hours.

        What comes while the office is closed counts from when it opens: filed on Saturday night, it has lain one school
        day on Tuesday when the office opens.

        Parameters
        ----------
        after
            The moment from which to count, aware.
        school_days
            How many school days later; 0 for the next time the office is open.

        Returns
        -------
        datetime
            Aware UTC, later than or equal to ``after``, never while the office is closed.

        Raises
        ------
        ValueError
            Raised if ``school_days`` is negative.
        """
        begins_at = self.next_opening(after)
        local = self._local(begins_at)
        day = self.school_day_after(local.date(), school_days=school_days)
        # Into the hours once more: where the clocks jump, the same time of day may fall behind closing time.
        return self.next_opening(begins_at if school_days == 0 else self._moment(day, local.time()))

    def open_minutes_later(self, after: datetime, *, minutes: float) -> datetime:
        """Return the moment by which the office has been open for so many minutes since another one.

        Parameters
        ----------
        after
            The moment from which to count, aware; the time before the next opening does not count.
        minutes
            Minutes of opening hours, more than 0.

        Returns
        -------
        datetime
            Aware UTC; at closing time, the next opening.
        """
        left = timedelta(minutes=minutes)
        begins_at = self.next_opening(after)
        while True:
            closes_at = self.closes_at(self._local(begins_at).date())
            if begins_at + left < closes_at:
                return begins_at + left
            left -= closes_at - begins_at
            begins_at = self.next_opening(closes_at)

    def _school_days(self, day: date) -> Iterator[date]:
        """The school days from a day on. Closures are finite and some weekday is one, so they do not end."""
        while True:
            if self.is_school_day(day):
                yield day
            day += _DAY

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at.replace(fold=0), tzinfo=self._hours.zone).astimezone(UTC)

    def _local(self, moment: datetime) -> datetime:
        assert moment.tzinfo is not None, "a moment without a zone is no moment"
        return moment.astimezone(self._hours.zone)


@lru_cache(maxsize=256)
def _public_holidays(code: str, year: int) -> frozenset[date]:
    """Return the public holidays of a year, with the days on which they are observed."""
    if not code:
        return frozenset()
    # Imported late: it takes 40 ms, and what asks one question never needs it.
    from holidays import country_holidays

    country, _, part = code.partition("-")
    return frozenset(country_holidays(country, subdiv=part or None, years=year))
