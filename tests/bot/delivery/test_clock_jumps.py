"""Re-pings of a case while somebody sets the clock: never early by more than half a minute, never twice, never none."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.delivery.looking import Looker
from bot.delivery.steady import Steady
from knowledge.cases import TimelineEntry
from knowledge.clock import HeldClock
from tests.support.case_desk import CaseDesk, specialist_channel_of
from tests.support.product import Talk

MOST_EARLY_SECONDS = 30.0
DANGER = "a student just posted that he will bring a gun to school tomorrow"


@dataclass
class Jumpy:
    """A clock on the wall that can be set, and seconds that pass whatever it shows."""

    wall: HeldClock
    passed: float = 0.0
    pings: list[float] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        self.passed += seconds
        self.wall.move_to(self.wall.now() + timedelta(seconds=seconds))

    def jump(self, hours: float) -> None:
        self.wall.move_to(self.wall.now() + timedelta(hours=hours))


@pytest.mark.parametrize("seed", range(6))
async def test_pings_go_by_time_that_has_passed_whatever_the_clock_shows(staff: Talk, seed: int) -> None:
    """35 jumps between an hour back and a day ahead; an open safety case is brought up when its minutes have passed."""
    chance = random.Random(seed)
    desk = await CaseDesk.open(staff)
    await desk.says("teacher", DANGER)
    time = Jumpy(wall=desk.clock)
    looker = Looker(
        database=desk.database,
        shelves=staff.districts,
        clock=desk.clock,
        channel_of=specialist_channel_of,
        held=lambda: desk.clock.now().timestamp(),
        steady=Steady(lambda: time.passed),
    )
    jumps_at = sorted(chance.uniform(0, 3600) for _ in range(35))
    await looker.look()
    while time.passed < 3600:
        time.wait(20)
        while jumps_at and jumps_at[0] <= time.passed:
            jumps_at.pop(0)
            time.jump(chance.uniform(-1, 24))
            time.pings += [time.passed] * await looker.look()
        time.pings += [time.passed] * await looker.look()

    # Every 5 minutes three times, then every 20: the district's own setting, and SLOWER_AFTER_THREE.
    wanted = [300.0, 600.0, 900.0, 2100.0, 3300.0]
    assert len(time.pings) == len(wanted)
    for ping, due in zip(time.pings, wanted, strict=True):
        assert -MOST_EARLY_SECONDS <= ping - due <= 120
    said = [entry.step.value for entry in await timeline(desk)]
    assert said == ["opened", "pinged", "deputy asked", "phone given", "pinged", "pinged"]


async def test_moments_of_the_calendar_go_by_the_clock_on_the_wall(staff: Talk) -> None:
    """What is to happen on Monday at eight happens at eight, also where the clock was put right in between."""
    desk = await CaseDesk.open(staff)
    await desk.audited()
    looker = Looker(
        database=desk.database,
        shelves=staff.districts,
        clock=desk.clock,
        channel_of=specialist_channel_of,
        held=lambda: desk.clock.now().timestamp(),
        steady=Steady(lambda: 0.0),
    )
    assert await looker.look() == 0

    desk.clock.move_to(desk.clock.now() + timedelta(days=8))

    assert await looker.look() > 0


async def timeline(desk: CaseDesk) -> list[TimelineEntry]:
    async with desk.database.unit() as unit:
        return await unit.cases.timeline(district_id="redlands", number=1)
