"""One turn: everything that one incoming event causes, in one transaction.

Personal data is masked first, before anything else sees the text.
"""

import asyncio
import hashlib
import hmac
import uuid
from dataclasses import replace
from typing import Protocol

import structlog

from handlers.context import HandlerContext, Shelf
from handlers.incoming import Incoming, Press, Question
from handlers.outcome import Outcome
from handlers.routing import route
from handlers.wording import problems
from knowledge.checking.judging import PostChecker
from knowledge.clock import Clock
from knowledge.errors import PostwiseError
from knowledge.personal_data import find_personal_data, mask
from knowledge.search.finding import LONGEST_READ_CHARACTERS, Search
from knowledge.store.unit import Database

LONGEST_KEPT_CHARACTERS = LONGEST_READ_CHARACTERS + 500
"""What of a message is masked and handed on: more than is ever read, so that a cut can be told from a short message."""

log = structlog.get_logger()


class Shelves(Protocol):
    """Gives each district its published guidelines, ready to be searched."""

    async def shelf(self, district_id: str) -> Shelf:
        """Return a district's shelf.

        Raises
        ------
        DistrictNotFoundError
            Raised if no such district is set up.
        """
        ...


class Turns:
    """Takes events and returns what they cause."""

    def __init__(
        self,
        *,
        database: Database,
        shelves: Shelves,
        search: Search,
        checker: PostChecker,
        clock: Clock,
        model: str,
        pepper: bytes,
    ) -> None:
        """Put a turn's parts together.

        Parameters
        ----------
        pepper
            Secret under which conversations are hashed, so that a key in the log cannot be traced to a person.
        """
        self._database = database
        self._shelves = shelves
        self._search = search
        self._checker = checker
        self._clock = clock
        self._model = model
        self._pepper = pepper

    async def take(self, incoming: Incoming) -> Outcome:
        """Take one event: mask, route, remember, commit.

        Returns
        -------
        Outcome
            What to tell whom; after this returned, what it says was stored is stored.
        """
        try:
            shelf = await self._shelves.shelf(incoming.district_id)
            # In a thread: hostile text takes a quarter of a second, during which other conversations must go on.
            masked = await asyncio.to_thread(masked_incoming, incoming)
            async with self._database.unit() as unit:
                context = HandlerContext(
                    shelf=shelf,
                    search=self._search,
                    checker=self._checker,
                    unit=unit,
                    clock=self._clock,
                    conversation_key=self._conversation_key(incoming),
                    model=self._model,
                )
                return await route(masked, context)
        except PostwiseError as error:
            return Outcome(reply=problems.told(error))
        except Exception as error:  # noqa: BLE001 - the last resort: a person is told, and the log says where to look
            reference = uuid.uuid4().hex[:8]
            # The error's own words may quote the message, so only its kind is logged.
            log.error("turn failed", reference=reference, kind=type(error).__name__, at=_place(error))  # noqa: TRY400
            return Outcome(reply=problems.broken(reference))

    def _conversation_key(self, incoming: Incoming) -> str:
        address = f"{incoming.conversation.platform}\0{incoming.conversation.address}".encode()
        return hmac.new(self._pepper, address, hashlib.sha256).hexdigest()


def masked_incoming(incoming: Incoming) -> Incoming:
    """Return the event with personal data masked in everything a person typed."""
    match incoming:
        case Question():
            return replace(incoming, text=mask(_cut(incoming.text)))
        case Press():
            return replace(incoming, fields={name: mask(_cut(value)) for name, value in incoming.fields.items()})


def _cut(text: str) -> str:
    """Cut a long text where no personal data is cut in two: half a number would not be recognised any more."""
    if len(text) <= LONGEST_KEPT_CHARACTERS:
        return text
    end = LONGEST_KEPT_CHARACTERS
    for datum in find_personal_data(text[: end + 500]):
        if datum.start < end < datum.end:
            end = datum.start
    last_space = text.rfind(" ", max(0, end - 200), end)
    return text[: last_space if last_space > 0 else end - 200]


def _place(error: BaseException) -> str:
    """Name file and line where an error arose, without any value."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return f"{traceback.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{traceback.tb_lineno}" if traceback else ""
