"""What Postwise said in each local conversation, so that a page that lost its connection misses nothing.

Only what Postwise said: the words of the person are echoed by their own browser and are never kept here. Everything
is in memory and bounded in number, size and age; a restart starts a new epoch, by which a page sees that earlier
numbers no longer count.
"""

import asyncio
import secrets
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from knowledge.clock import Clock

MAX_EVENTS = 300
"""Most events kept of one conversation."""

MAX_CHARACTERS = 4_000_000
"""Most characters kept of one conversation, over all its events."""

MAX_FINISHED = 20
"""Most finished turns of one conversation that are remembered by key."""

MAX_CONVERSATIONS = 500
"""Most conversations kept; the one that was silent longest goes first."""

MAX_AGE = timedelta(hours=12)
"""How long an event is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One message as it was drawn, or drawn anew in the place of an earlier one."""

    number: int
    """Counts up over all conversations of this epoch."""

    address: str
    """Address of the conversation."""

    at: datetime
    message: str
    """Name of the message; an event with the name of an earlier one takes its place."""

    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Keys of what was typed or pressed in a conversation."""

    under_way: tuple[str, ...]
    finished: tuple[str, ...]
    """The latest only."""


@dataclass(slots=True)
class _Conversation:
    """What is still kept of one conversation."""

    events: deque[Event] = field(default_factory=deque)
    characters: int = 0
    forgotten_up_to: int = 0
    under_way: list[str] = field(default_factory=list)
    finished: deque[str] = field(default_factory=lambda: deque(maxlen=MAX_FINISHED))

    def forget_first(self) -> None:
        event = self.events.popleft()
        self.characters -= len(event.html)
        self.forgotten_up_to = event.number


class Histories:
    """The events of every local conversation, and who waits for more."""

    def __init__(
        self,
        *,
        clock: Clock,
        max_events: int = MAX_EVENTS,
        max_characters: int = MAX_CHARACTERS,
        max_conversations: int = MAX_CONVERSATIONS,
        max_age: timedelta = MAX_AGE,
    ) -> None:
        self.epoch = secrets.token_hex(4)
        self.is_closed = False
        self._clock = clock
        self._max_events = max_events
        self._max_characters = max_characters
        self._max_conversations = max_conversations
        self._max_age = max_age
        self._conversations: OrderedDict[str, _Conversation] = OrderedDict()
        self._number = 0
        self._bells: set[asyncio.Event] = set()

    def new_message(self) -> str:
        """Name a message that is about to be appended; no other epoch has a message of that name."""
        return f"m{self.epoch}-{self._number + 1}"

    def append(self, address: str, *, message: str, html: str) -> Event:
        """Keep what was said in a conversation, and wake whoever waits."""
        self._number += 1
        event = Event(number=self._number, address=address, at=self._clock.now(), message=message, html=html)
        conversation = self._conversation(address)
        conversation.events.append(event)
        conversation.characters += len(html)
        while len(conversation.events) > 1 and (
            len(conversation.events) > self._max_events or conversation.characters > self._max_characters
        ):
            conversation.forget_first()
        self._ring()
        return event

    def since(self, addresses: Iterable[str], number: int) -> tuple[list[Event], bool]:
        """Return what was said after an event.

        Parameters
        ----------
        addresses
            The conversations that are followed.
        number
            Number of the last event that was seen, 0 for none.

        Returns
        -------
        tuple
            The events in the order in which they were said, and whether some in between are no longer kept.
        """
        oldest = self._clock.now() - self._max_age
        events: list[Event] = []
        has_gap = False
        for address in addresses:
            conversation = self._conversations.get(address)
            if conversation is None:
                continue
            while conversation.events and conversation.events[0].at < oldest:
                conversation.forget_first()
            has_gap = has_gap or conversation.forgotten_up_to > number
            events += [event for event in conversation.events if event.number > number]
        return sorted(events, key=lambda event: event.number), has_gap

    def has_message(self, address: str, message: str) -> bool:
        """Say whether a message was said in a conversation and is still kept."""
        conversation = self._conversations.get(address)
        return conversation is not None and any(event.message == message for event in conversation.events)

    def turns(self, address: str) -> Turns:
        """Return what Postwise is at work on in a conversation, and what it has lately finished."""
        conversation = self._conversations.get(address)
        if conversation is None:
            return Turns(under_way=(), finished=())
        return Turns(under_way=tuple(conversation.under_way), finished=tuple(conversation.finished))

    def begin_turn(self, address: str, key: str) -> None:
        """Note that Postwise is at work on something said in a conversation."""
        self._conversation(address).under_way.append(key)
        self._ring()

    def end_turn(self, address: str, key: str) -> None:
        """Note that Postwise has done what it was at work on."""
        conversation = self._conversation(address)
        if key in conversation.under_way:
            conversation.under_way.remove(key)
        conversation.finished.append(key)
        self._ring()

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """Hand out a bell that rings whenever something changes in any conversation."""
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            yield bell
        finally:
            self._bells.discard(bell)

    def close(self) -> None:
        """Tell everyone who waits that nothing more will be said."""
        self.is_closed = True
        self._ring()

    def _conversation(self, address: str) -> _Conversation:
        """Return a conversation as the one that was last active; make it where there is none."""
        conversation = self._conversations.setdefault(address, _Conversation())
        self._conversations.move_to_end(address)
        while len(self._conversations) > self._max_conversations:
            self._conversations.popitem(last=False)
        return conversation

    def _ring(self) -> None:
        for bell in self._bells:
            bell.set()
