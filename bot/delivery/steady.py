"""Whose moment has come, whatever happens to the clock.

A re-ping in five minutes is a span of time: set the clock forward by an hour, and it is still five minutes; set it back,
and it must not wait an hour longer. So short waits go by the worker's own steady clock, from when it first saw them. A
reminder on Monday at eight is a moment of the calendar, and goes by the clock on the wall.
"""

import math
import time
from collections.abc import Callable, Iterable

from knowledge.delivery import SHORT_WAIT_SECONDS, NearReminder

MOST_REMEMBERED = 50_000


def boot_seconds() -> float:
    """Return seconds by a clock that nobody sets; where the system has one, it goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Steady:
    """Remembers since when this worker has known of each short wait."""

    def __init__(self, clock: Callable[[], float] = boot_seconds) -> None:
        self._clock = clock
        self._ready_at: dict[tuple[str, str, float], float] = {}
        self._looked_at = -math.inf

    def ready(self, near: Iterable[NearReminder]) -> list[NearReminder]:
        """Return those whose moment has come.

        Parameters
        ----------
        near
            All that are due, and all short waits; what is not among them any more is forgotten.
        """
        now = self._clock()
        since_last_look, self._looked_at = now - self._looked_at, now
        known, self._ready_at = self._ready_at, {}
        found = []
        for reminder in near:
            if reminder.wait_seconds > SHORT_WAIT_SECONDS or len(self._ready_at) >= MOST_REMEMBERED:
                is_ready = reminder.seconds_left <= 0
            else:
                # By its moment too: one that was put off waits anew.
                key = (reminder.district_id, reminder.id, reminder.due)
                ready_at = known.get(key, now + _left(reminder, since_last_look))
                self._ready_at[key] = ready_at
                is_ready = now >= ready_at
            if is_ready:
                found.append(reminder)
        return found


def _left(reminder: NearReminder, since_last_look: float) -> float:
    """Return how long a wait that is seen for the first time has still to last, whatever the clock on the wall shows.

    It was not there at the last look, so it was written since: all but that much of it is still to come.
    """
    by_the_wall = max(reminder.seconds_left, 0.0)
    if reminder.attempts:
        return by_the_wall  # put off: how long it waits now is another wait than it was written with
    return min(max(by_the_wall, reminder.wait_seconds - since_last_look), reminder.wait_seconds)
