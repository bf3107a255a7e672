"""Keeps under the rates that Teams allows, so that it need not refuse us."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence

from bot.teams.limits import RATE_OF_TENANT, RATES

SHORT_SECONDS = 2.0
"""A wait as short as this is waited for; a longer one is given back to the outbox, which lets others pass meanwhile."""

MOST_CONVERSATIONS = 5000
"""Of how many conversations is remembered when they were written to."""


class TooFastError(Exception):
    """A conversation has been written to as often as Teams allows just now."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds
        """How long to wait."""


class Pacer:
    """Counts what is sent, by conversation and in all. Edits count like messages."""

    def __init__(
        self,
        *,
        rates: Sequence[tuple[int, float]] = RATES,
        tenant_rate: tuple[int, float] = RATE_OF_TENANT,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare.

        Parameters
        ----------
        rates
            At most so many messages to one conversation in so many seconds.
        tenant_rate
            The same for all conversations together.
        """
        self._rates = rates
        self._tenant_rate = tenant_rate
        self._now = now
        self._sent: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque(maxlen=tenant_rate[0])

    async def wait(self, conversation: str, *, is_patient: bool = False) -> None:
        """Wait until a conversation may be written to, and count the message.

        Parameters
        ----------
        is_patient
            True for what continues a message that was begun: giving it back would begin it again.

        Raises
        ------
        TooFastError
            Raised if that is longer than a moment.
        """
        while (seconds := self._left(conversation)) > 0:
            if seconds > SHORT_SECONDS and not is_patient:
                raise TooFastError(seconds)
            await asyncio.sleep(seconds)
        at = self._now()
        self._all.append(at)
        sent = self._sent.setdefault(conversation, deque(maxlen=max(most for most, _ in self._rates)))
        sent.append(at)
        self._sent.move_to_end(conversation)
        while len(self._sent) > MOST_CONVERSATIONS:
            self._sent.popitem(last=False)

    def _left(self, conversation: str) -> float:
        now = self._now()
        left = _until_free(self._all, *self._tenant_rate, now)
        sent = self._sent.get(conversation)
        return max([left, *(_until_free(sent, most, seconds, now) for most, seconds in self._rates)]) if sent else left


def _until_free(sent: Sequence[float], most: int, seconds: float, now: float) -> float:
    """Return how long until one more fits into a window."""
    return sent[-most] + seconds - now if len(sent) >= most else 0.0
