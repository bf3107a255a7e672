"""What is to be looked at later is looked at once, when it is due, and not at all where it was cancelled."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.delivery.auditor import Auditor
from bot.delivery.looking import Looker
from bot.delivery.pace import Pace
from bot.delivery.promises import promise
from bot.delivery.steady import Steady
from bot.districts import Districts
from handlers import routing
from handlers.context import HandlerContext
from handlers.outcome import ChannelMessage, Outcome, Reminder
from knowledge.clock import HeldClock
from knowledge.store.unit import Database
from tests.support.delivery import CHANNEL, PostRoom, SmallPlatform, saying


def reminder(clock: HeldClock, number: int = 1, *, days: int = 2) -> Reminder:
    return Reminder(
        key=f"filing/1/{number}",
        verb="test",
        value="1",
        subject="filing/1",
        due_at=clock.now() + timedelta(days=days),
        facts={"asked": "office"},
    )


async def remember(database: Database, clock: HeldClock, outcome: Outcome) -> None:
    async with database.unit() as unit:
        await promise(outcome, unit=unit, district_id="redlands", cause="e1", channel=CHANNEL, at=clock.now())


class Waiting:
    """A handler that remembers what it looked at, posts, and reminds again."""

    def __init__(self) -> None:
        self.looked_at: list[Reminder] = []
        self.breaks = 0
        self.seconds = 0.0

    async def __call__(self, due: Reminder, context: HandlerContext) -> Outcome:
        self.looked_at.append(due)
        await asyncio.sleep(self.seconds)
        if self.breaks:
            self.breaks -= 1
            raise RuntimeError("the database is away")
        again = Reminder(
            key="filing/1/2", verb="test", value="1", subject="filing/1", due_at=due.due_at + timedelta(days=2)
        )
        post = ChannelMessage(conversation=context.channel, reply=saying("R-1 still waits"))
        return Outcome(reply=None, posts=(post,), reminders=(again,))


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Waiting:
    """The handler of the reminders of these tests."""
    handler = Waiting()
    monkeypatch.setattr(routing, "REMINDERS", {"test": handler})
    return handler


@pytest.fixture
async def looker(database: Database, clock: HeldClock, tmp_path: Path) -> Looker:
    """What looks at reminders, on a clock that is held."""
    districts = Districts(search=None, database=database, clock=clock, added=tmp_path / "districts")
    await districts.publish_shipped()
    return Looker(
        database=database,
        shelves=districts,
        clock=clock,
        channel_of=lambda _: CHANNEL,
        pace=Pace(call_timeout=0.2),
        held=lambda: clock.now().timestamp(),
        steady=Steady(lambda: clock.now().timestamp()),
    )


async def test_reminder_waits_for_its_moment_and_is_looked_at_once(
    database: Database, clock: HeldClock, looker: Looker, waiting: Waiting
) -> None:
    """Two days later the filing comes up again, once, and what comes of it is promised with it."""
    await remember(database, clock, Outcome(reply=None, reminders=(reminder(clock),)))

    early = await looker.look()
    clock.move_to(clock.now() + timedelta(days=2))
    due = await looker.look()
    again = await looker.look()

    assert (early, due, again) == (0, 1, 0)
    assert waiting.looked_at == [reminder(clock, days=0)]
    async with database.reading() as unit:
        found = await unit.backlog.count(at=clock.now(), overdue_after=timedelta(minutes=10), held=_now(clock))
    assert (found.pending, found.scheduled) == (1, 1)


async def test_three_workers_look_at_a_reminder_once(
    database: Database, clock: HeldClock, looker: Looker, waiting: Waiting
) -> None:
    """However many replicas there are, one of them looks, and one message comes of it."""
    await remember(database, clock, Outcome(reply=None, reminders=(reminder(clock),)))
    clock.move_to(clock.now() + timedelta(days=3))
    waiting.seconds = 0.2  # long enough for the others to come while the first is at it

    await asyncio.gather(*(looker.look() for _ in range(3)))
    post_room = PostRoom(database=database, clock=clock, platform=SmallPlatform())
    await post_room.worker().deliver_what_is_due()

    assert len(waiting.looked_at) == 1
    assert post_room.platform.words() == ["R-1 still waits"]


async def test_cancelled_reminder_is_never_looked_at(
    database: Database, clock: HeldClock, looker: Looker, waiting: Waiting
) -> None:
    """Once a filing is decided, nobody is reminded of it any more; another filing's reminder stays."""
    other = Reminder(key="filing/2/1", verb="test", value="2", subject="filing/2", due_at=clock.now())
    await remember(database, clock, Outcome(reply=None, reminders=(reminder(clock), other)))
    await remember(database, clock, Outcome(reply=None, cancelled=("filing/1",)))
    clock.move_to(clock.now() + timedelta(days=3))

    await looker.look()

    assert [due.value for due in waiting.looked_at] == ["2"]


async def test_cancelling_comes_before_the_new_reminder_of_the_same_outcome(
    database: Database, clock: HeldClock, looker: Looker, waiting: Waiting
) -> None:
    """A filing that is sent back gets a new reminder in the place of the old one."""
    await remember(database, clock, Outcome(reply=None, reminders=(reminder(clock),)))
    await remember(database, clock, Outcome(reply=None, reminders=(reminder(clock, 7),), cancelled=("filing/1",)))
    clock.move_to(clock.now() + timedelta(days=3))

    await looker.look()

    assert [due.key for due in waiting.looked_at] == ["filing/1/7"]


async def test_same_reminder_is_written_once_for_ever(
    database: Database, clock: HeldClock, looker: Looker, waiting: Waiting
) -> None:
    """A key that was used is used up, even long after its reminder was looked at and deliveries were forgotten."""
    await remember(database, clock, Outcome(reply=None, reminders=(reminder(clock),)))
    clock.move_to(clock.now() + timedelta(days=2))
    await looker.look()
    clock.move_to(clock.now() + timedelta(days=30))
    async with database.unit() as unit:
        await unit.outbox.forget_before(before=clock.now())
    waiting.looked_at.clear()

    await remember(database, clock, Outcome(reply=None, reminders=(reminder(clock, days=-1),)))
    await looker.look()

    assert [due.key for due in waiting.looked_at] == ["filing/1/2"]


async def test_reminder_whose_handler_breaks_is_looked_at_again(
    database: Database, clock: HeldClock, looker: Looker, waiting: Waiting
) -> None:
    """A failure takes everything back, keeps the reminder, and lets the others have their turn."""
    waiting.breaks = 1
    await remember(database, clock, Outcome(reply=None, reminders=(reminder(clock),)))
    clock.move_to(clock.now() + timedelta(days=2))

    first = await looker.look()
    clock.move_to(clock.now() + timedelta(minutes=1))
    second = await looker.look()

    assert (first, second) == (0, 1)


async def test_audit_gives_a_next_step_to_what_has_none(
    database: Database, clock: HeldClock, looker: Looker, monkeypatch: pytest.MonkeyPatch, waiting: Waiting
) -> None:
    """What the audit of a district finds forgotten comes up again, and only once however often it is found."""

    async def finds(context: HandlerContext) -> Outcome:
        if context.shelf.district.id != "redlands":
            return Outcome(reply=None)
        return Outcome(reply=None, reminders=(reminder(clock, days=0),))

    monkeypatch.setattr(routing, "AUDITS", (finds,))
    districts = Districts(search=None, database=database, clock=clock, added=Path("/nowhere"))
    auditor = Auditor(database=database, districts=lambda: districts.all, looker=looker, clock=clock)

    await auditor.audit()
    await auditor.audit()
    await looker.look()

    assert len(waiting.looked_at) == 1


async def test_counts_tell_what_waits_and_since_when(post_room: PostRoom, looker: Looker, clock: HeldClock) -> None:
    """A message that nobody sends shows up as pending, then as overdue, and no longer once it is out."""
    auditor = Auditor(database=post_room.database, districts=dict, looker=looker, clock=clock)
    await post_room.promises(reply=saying("Filed as R-1."))
    clock.move_to(clock.now() + timedelta(minutes=11))

    before = await auditor.count()
    await post_room.delivers()
    after = await auditor.count()

    assert (before.pending, before.overdue, before.oldest_seconds) == (1, 1, 660.0)
    assert (after.pending, after.overdue, after.sent) == (0, 0, 1)


def _now(clock: HeldClock) -> float:
    return clock.now().timestamp()
