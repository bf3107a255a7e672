"""How long delivery waits for what: everything follows from how long one call of a platform may take."""

import random
from dataclasses import dataclass

POLL_SECONDS = 0.5
"""How long a worker without work waits before it looks again; what its own process promises wakes it at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The waits of one worker, in seconds."""

    call_timeout: float = 10.0

    @property
    def grace(self) -> float:
        """How long a call that ended without an answer may still take effect; only then is it looked for.

        It counts from the moment at which *this* worker knew of the call, by its own monotonic clock: wall clocks jump.
        """
        return 1.5 * self.call_timeout

    @property
    def lease(self) -> float:
        """How long a message belongs to the worker that claimed it. Longer than the grace and a call together."""
        return 3.0 * self.call_timeout

    @property
    def longest_wait(self) -> float:
        """How far trying again is ever put off: five minutes where a call may take ten seconds."""
        return 30.0 * self.call_timeout

    def wait_before(self, attempt: int) -> float:
        """Return how long to wait before an attempt, the first being 1: doubled each time, and never the same twice."""
        longest = min(self.longest_wait, 0.1 * self.call_timeout * 2.0 ** min(attempt, 20))
        return longest * random.uniform(0.5, 1.0)
