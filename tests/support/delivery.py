"""A platform that remembers what it was sent, and a worker that sends to it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from bot.delivery.auditor import OVERDUE_AFTER
from bot.delivery.pace import Pace
from bot.delivery.promises import promise
from bot.delivery.sender import MESSAGE_GONE, DeliveryError
from bot.delivery.worker import Worker
from handlers.outcome import ChannelMessage, Outcome
from handlers.replies import Paragraph, Reply
from knowledge.clock import HeldClock
from knowledge.conversations import ConversationReference
from knowledge.store.unit import Database

CHANNEL = ConversationReference(platform="slack", address="C0SPECIALISTS")
TEACHER = ConversationReference(platform="slack", address="D0TEACHER")

PACE = Pace(call_timeout=0.4)
"""Fast enough for a test, slow enough for a busy machine: a grace of 0.6 s, a lease of 1.2 s."""


async def becomes(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait until something is so."""
    while True:
        found = condition()
        if found if isinstance(found, bool) else await found:
            return
        await asyncio.sleep(0.01)


def saying(text: str) -> Reply:
    return Reply(parts=(Paragraph(text=text),))


def words_of(reply: Reply) -> str:
    return " ".join(part.text for part in reply.parts if isinstance(part, Paragraph))


@dataclass
class Said:
    """A message as it stands on the platform."""

    conversation: ConversationReference
    key: str
    name: str
    words: str
    edits: int = 0
    thread: str = ""


@dataclass
class SmallPlatform:
    """Keeps messages, and fails where it is told to."""

    said: list[Said] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    fails: deque[DeliveryError | None] = field(default_factory=deque)
    """What the next calls end with; a call that ends with an ambiguous error has taken effect."""

    seconds: float = 0.0
    """How long a call takes."""

    late_seconds: float = 0.0
    """How long after it failed an edit still takes effect; 0 for never."""

    looked_back_to: str = ""
    before_answer: Callable[[], None] = lambda: None

    async def post(self, *, key: str, conversation: ConversationReference, reply: Reply, thread: str = "") -> str:
        self.calls.append(f"post {words_of(reply)}")
        await asyncio.sleep(self.seconds)
        error = self.fails.popleft() if self.fails else None
        if error is None or error.is_ambiguous:
            self.said.append(
                Said(
                    conversation=conversation,
                    key=key,
                    name=f"m{len(self.said) + 1}",
                    words=words_of(reply),
                    thread=thread,
                )
            )
        self.before_answer()
        if error is not None:
            raise error
        return self.said[-1].name

    async def edit(self, *, key: str, conversation: ConversationReference, message_id: str, reply: Reply) -> None:
        self.calls.append(f"edit {words_of(reply)}")
        error = self.fails.popleft() if self.fails else None
        if error is not None:
            if self.late_seconds and error.is_ambiguous:
                asyncio.get_running_loop().call_later(self.late_seconds, self._edited, message_id, reply)
            raise error
        if not self._edited(message_id, reply):
            raise DeliveryError(MESSAGE_GONE, is_permanent=True)

    def _edited(self, message_id: str, reply: Reply) -> bool:
        for message in self.said:
            if message.name == message_id:
                message.words = words_of(reply)
                message.edits += 1
                return True
        return False

    async def find(
        self, *, key: str, conversation: ConversationReference, back_to: str = "", thread: str = ""
    ) -> str | None:
        self.calls.append("find")
        self.looked_back_to = back_to
        error = self.fails.popleft() if self.fails else None
        if error is not None:
            raise error
        return next((message.name for message in self.said if message.key == key), None)

    def words(self) -> list[str]:
        return [message.words for message in self.said]


@dataclass
class PostRoom:
    """Where messages are promised as a turn would promise them, and workers deliver them."""

    database: Database
    clock: HeldClock
    platform: SmallPlatform = field(default_factory=SmallPlatform)
    turns: int = 0

    async def promises(self, *posts: ChannelMessage, reply: Reply | None = None, replaces: str = "") -> None:
        self.turns += 1
        async with self.database.unit() as unit:
            await promise(
                Outcome(reply=reply, posts=posts, replaces_pressed_message=bool(replaces)),
                unit=unit,
                district_id="redlands",
                cause=f"event-{self.turns}",
                channel=CHANNEL,
                at=self.clock.now(),
                conversation=TEACHER,
                pressed=replaces,
            )

    def worker(self, *, posts_once: Iterable[str] = (), reconciles: bool = True) -> Worker:
        return Worker(
            database=self.database,
            senders={"slack": self.platform},
            clock=self.clock,
            pace=PACE,
            posts_once=frozenset(posts_once),
            reconciles=reconciles,
        )

    async def delivers(self, worker: Worker | None = None, *, until: Callable[[], bool] | None = None) -> None:
        """Run a worker until something is so; without that, until nothing is left to do."""
        worker = worker or self.worker()
        running = asyncio.create_task(worker.run())
        try:
            async with asyncio.timeout(20):
                await becomes(until or self.is_done)
        finally:
            worker.stop()
            await running

    async def is_done(self) -> bool:
        async with self.database.reading() as unit:
            found = await unit.backlog.count(at=self.clock.now(), overdue_after=OVERDUE_AFTER)
        return found.pending == 0

    async def states(self) -> dict[str, int]:
        async with self.database.reading() as unit:
            found = await unit.backlog.count(at=self.clock.now(), overdue_after=OVERDUE_AFTER)
        return {"pending": found.pending, "sent": found.sent, "failed": found.failed}
