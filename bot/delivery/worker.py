"""Brings the messages of the outbox to their platforms: each once in effect, whatever crashes in between.

The rules, and the trials that gave them, stand in docs/reliability.md. In short: what is to be posted is marked as maybe
sent before the first byte leaves; what may have been sent is looked for on the platform before it is posted again, and
not before a call under way can no longer take effect; whoever lost the lease on a message writes nothing about it.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar

import structlog

from bot.delivery.pace import POLL_SECONDS, Pace
from bot.delivery.payload import reply_of
from bot.delivery.promises import reminder_entry
from bot.delivery.sender import MESSAGE_GONE, DeliveryError, Sender
from handlers.outcome import ARRIVED, Reminder
from knowledge.clock import Clock
from knowledge.delivery import ClaimedEntry, LeaseLostError
from knowledge.store.unit import Database, UnitOfWork

MOST_AT_ONCE = 16
"""Most messages that one worker has under way."""

MOST_REMEMBERED = 10_000
"""Most messages of which one worker remembers since when it has known that they may have been sent."""

LONGEST_RETRY_AFTER_SECONDS = 900.0
"""How long we wait where a platform asks for more. Slack asks for seconds, at times for a minute."""

_STOPPING = "stopping"

log = structlog.get_logger()

Result = TypeVar("Result")


class Reminding(Protocol):
    """Looks at what is due to be looked at."""

    async def look(self) -> int:
        """Look at the reminders that are due, and return how many there were."""
        ...


class Worker:
    """Claims messages that are due, and sends them."""

    def __init__(
        self,
        *,
        database: Database,
        senders: Mapping[str, Sender],
        clock: Clock,
        pace: Pace | None = None,
        posts_once: Collection[str] = (),
        reminding: Reminding | None = None,
        held: Callable[[], float | None] = lambda: None,
        reconciles: bool = True,
    ) -> None:
        """Put a worker together.

        Parameters
        ----------
        senders
            By platform; messages of other platforms are left to other workers.
        posts_once
            Platforms on which posting twice under one key makes one message: nothing need be looked for there.
        reminding
            Looks at reminders; None where another worker does.
        held
            The moment at which a test holds the database's clock; None for the clock itself.
        reconciles
            False for the control of the crash tests alone: what may have been sent is then simply sent again.
        """
        self._database = database
        self._senders = senders
        self._clock = clock
        self._pace = pace or Pace()
        self._posts_once = posts_once
        self._reminding = reminding
        self._held = held
        self._reconciles = reconciles
        self._known_since: dict[str, float] = {}
        """By key of a message that may have been sent, when this worker came to know of it, by its monotonic clock."""

        self._tasks: set[asyncio.Task[None]] = set()
        self._bell = asyncio.Event()
        self._is_stopping = asyncio.Event()

    def wake(self) -> None:
        """Look at once: something was promised."""
        self._bell.set()

    async def run(self) -> None:
        """Deliver until `stop` is called; then finish what is under way."""
        while not self._is_stopping.is_set():
            self._bell.clear()
            try:
                has_more = await self._begin_what_is_due()
                if self._reminding is not None and await self._reminding.look():
                    has_more = True
            except Exception as error:  # noqa: BLE001 - a database away for a minute must not end the delivery
                log.error("delivery cannot reach the database", kind=type(error).__name__)  # noqa: TRY400
                has_more = False
            if not has_more:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._bell.wait()
        # What was promised by the last turns of this process goes out with it.
        with contextlib.suppress(Exception):
            await self._begin_what_is_due()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def stop(self) -> None:
        """Look at the outbox for the last time. What waits for a call to take effect is given back; the rest is finished."""
        self._is_stopping.set()
        self._bell.set()

    async def deliver_what_is_due(self) -> None:
        """Deliver until nothing is due any more; what was put off stays put off."""
        while True:
            if self._reminding is not None:
                await self._reminding.look()
            if not await self._begin_what_is_due() and not self._tasks:
                return
            if self._tasks:
                await asyncio.wait(self._tasks)

    async def _begin_what_is_due(self) -> bool:
        """Claim and begin as many messages as may be under way; tell whether there may be more."""
        free = MOST_AT_ONCE - len(self._tasks)
        if free <= 0:
            return False  # whichever ends first rings the bell
        claimed_at = time.monotonic()
        async with self._database.unit() as unit:
            entries = await unit.outbox.claim(
                most=free,
                platforms=self._senders,
                token=str(uuid.uuid4()),
                lease_seconds=self._pace.lease,
                held=self._held(),
            )
        for entry in entries:
            task = asyncio.create_task(self._deliver(entry, claimed_at))
            self._tasks.add(task)
            task.add_done_callback(self._ended)
        return len(entries) == free

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._bell.set()

    async def _deliver(self, entry: ClaimedEntry, claimed_at: float) -> None:
        """Send one message, and write down what became of it."""
        try:
            try:
                if entry.edits:
                    entry = await self._edit(entry)
                message_id = entry.edits or await self._post(entry, claimed_at)
            except DeliveryError as error:
                await self._not_delivered(entry, error)
                return
            await self._database.keep(lambda unit: self._keep_sent(entry, message_id, unit))
            self._known_since.pop(entry.id, None)
        except LeaseLostError:
            log.info("delivery taken over by another", district=entry.district_id, entry=entry.id)
        except Exception as error:  # noqa: BLE001 - the lease runs out, and whoever takes over looks before sending
            log.error("delivery broke off", district=entry.district_id, entry=entry.id, kind=type(error).__name__)  # noqa: TRY400

    async def _edit(self, entry: ClaimedEntry) -> ClaimedEntry:
        """Put a message in the place of an earlier one.

        Returns
        -------
        ClaimedEntry
            The entry as it was; one to be posted where the earlier message is gone.
        """
        sender, reply = self._senders[entry.conversation.platform], reply_of(entry.payload)
        try:
            await self._called(
                sender.edit(key=entry.id, conversation=entry.conversation, message_id=entry.edits, reply=reply)
            )
        except DeliveryError as error:
            if error.kind != MESSAGE_GONE:
                raise
            await self._database.keep(lambda unit: unit.outbox.lose_target(entry))
            return replace(entry, edits="")
        return entry

    async def _post(self, entry: ClaimedEntry, claimed_at: float) -> str:
        """Post a message, unless it is found to have arrived already."""
        sender, reply = self._senders[entry.conversation.platform], reply_of(entry.payload)
        if entry.was_maybe_sent and self._reconciles and entry.conversation.platform not in self._posts_once:
            await self._wait_for_late_calls(entry)
            try:
                found = await self._called(
                    sender.find(
                        key=entry.id,
                        conversation=entry.conversation,
                        back_to=entry.looks_back_to,
                        thread=entry.thread,
                    )
                )
            except DeliveryError as error:
                if error.is_permanent:
                    raise
                # That we could not look says nothing about the message; the conversation need not pause for it either.
                raise DeliveryError(f"find: {error.kind}", is_ambiguous=True, retry_after=error.retry_after) from error
            if found is not None:
                return found
        if time.monotonic() - claimed_at > self._pace.lease - 2 * self._pace.call_timeout:
            lease = self._pace.lease
            await self._database.keep(lambda unit: unit.outbox.renew(entry, lease_seconds=lease, held=self._held()))
        try:
            return await self._called(
                sender.post(key=entry.id, conversation=entry.conversation, reply=reply, thread=entry.thread)
            )
        except DeliveryError as error:
            if error.is_ambiguous:
                self._known_since[entry.id] = time.monotonic()
            raise

    async def _keep_sent(self, entry: ClaimedEntry, message_id: str, unit: UnitOfWork) -> None:
        await unit.outbox.sent(entry, message_id=message_id, at=self._clock.now())
        await self._tell_arrival(entry, unit, state="delivered")

    async def _keep_failed(self, entry: ClaimedEntry, error: str, unit: UnitOfWork) -> None:
        await unit.outbox.failed(entry, error=error, at=self._clock.now())
        await self._tell_arrival(entry, unit, state="not delivered", error=error)

    async def _tell_arrival(self, entry: ClaimedEntry, unit: UnitOfWork, *, state: str, error: str = "") -> None:
        """Let the handlers know what became of a message, in the transaction that finishes it: never twice, never not."""
        if not entry.receipt:
            return
        arrived = Reminder(
            key=f"{ARRIVED}/{entry.id}",
            verb=ARRIVED,
            value=entry.receipt,
            subject=f"{ARRIVED}/{entry.receipt}",
            due_at=self._clock.now(),
            facts={"state": state, "error": error},
        )
        await unit.outbox.add(
            [reminder_entry(arrived, district_id=entry.district_id, at=self._clock.now(), is_due=True)]
        )
        self._bell.set()

    async def _wait_for_late_calls(self, entry: ClaimedEntry) -> None:
        """Wait until a call that this worker may not even have made can no longer take effect.

        Raises
        ------
        DeliveryError
            Raised if the worker is told to stop meanwhile.
        """
        if len(self._known_since) > MOST_REMEMBERED:
            self._known_since.clear()  # then it waits once more than it had to
        since = self._known_since.setdefault(entry.id, time.monotonic())
        left = since + self._pace.grace - time.monotonic()
        if left <= 0:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(left):
                await self._is_stopping.wait()
            raise DeliveryError(_STOPPING, is_ambiguous=True)

    async def _not_delivered(self, entry: ClaimedEntry, error: DeliveryError) -> None:
        """Give a message back to be tried again, or write it off where that cannot help."""
        log.warning(
            "not delivered",
            district=entry.district_id,
            entry=entry.id,
            kind=error.kind,
            attempts=entry.attempts + 1,
            is_permanent=error.is_permanent,
        )
        if error.is_permanent:
            await self._database.keep(lambda unit: self._keep_failed(entry, error.kind, unit))
            return
        wait = self._pace.wait_before(entry.attempts + 1)
        if error.retry_after is not None:
            wait = min(error.retry_after, LONGEST_RETRY_AFTER_SECONDS)
        if error.is_ambiguous:
            # An edit that is still on its way must not land on a newer one: that comes only after this one is done.
            wait = max(wait, self._pace.grace)
        await self._database.keep(
            lambda unit: unit.outbox.put_off(
                entry,
                seconds=0.0 if error.kind == _STOPPING else wait,
                # Refused for certain, it is as it was before; it may still be there from an attempt before that.
                maybe_sent=not entry.edits and (error.is_ambiguous or entry.was_maybe_sent),
                error=error.kind,
                held=self._held(),
            )
        )
        if error.retry_after is not None and not error.is_ambiguous:
            await self._database.keep(
                lambda unit: unit.outbox.pause(
                    district_id=entry.district_id, conversation=entry.conversation, seconds=wait, held=self._held()
                )
            )

    async def _called(self, call: Awaitable[Result]) -> Result:
        """Wait for a platform no longer than its sender should have, too."""
        try:
            async with asyncio.timeout(1.2 * self._pace.call_timeout):
                return await call
        except TimeoutError:
            raise DeliveryError("timeout", is_ambiguous=True) from None
