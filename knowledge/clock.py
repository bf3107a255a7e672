"""The time now, as something a test can hold still."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment as an aware UTC datetime."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment as an aware UTC datetime."""
        return datetime.now(UTC)


class HeldClock:
    """A clock that stands still until it is told to move; for tests and demonstrations."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Return the moment at which the clock is held."""
        return self._at

    def move_to(self, at: datetime) -> None:
        """Hold the clock at another moment."""
        self._at = at
