"""Delivers every event three times, at once, to three replicas, and counts what was filed.

python -m tests.soak.thrice --events 10000
"""

import argparse
import asyncio
import logging
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import structlog
from sqlalchemy import text

from bot.districts import Districts
from knowledge.clock import SystemClock
from knowledge.district import SHIPPED
from knowledge.store.unit import Database
from tests.soak.running import ROOT, databases
from tests.soak.scene import Scene, acknowledged, turns_of

REPLICAS = 3
DISTRICTS = 20
"""How many districts file: each has its own registry, in which every filing is compared with those before it."""

AT_ONCE = 8
"""How many events one replica works at."""


async def take_all(*, address: str, districts_folder: Path, events: int, seed: int) -> None:
    """Be one replica: take every event, in an order of its own."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    database = Database(address)
    districts = Districts(search=None, database=database, clock=SystemClock(), added=districts_folder)
    # Nearly the same order in each replica, so that the three deliveries of an event really meet.
    chance = random.Random(seed)
    order = sorted(range(events), key=lambda number: number + chance.uniform(0, 2 * AT_ONCE))
    waiting = iter(order)

    async def work() -> None:
        for number in waiting:
            scene = Scene(number=number, district_id=district_name(number % DISTRICTS))
            await acknowledged(turns_of(scene, database, districts), scene.filing())

    try:
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    finally:
        await database.close()


def district_name(number: int) -> str:
    """Return the id of one of the districts."""
    return f"soak{number}"


def _make_districts(folder: Path) -> None:
    for number in range(DISTRICTS):
        shutil.copytree(SHIPPED / "redlands", folder / district_name(number))


async def _count(address: str) -> tuple[int, int]:
    """Return how many filings there are, and how many cards were promised."""
    database = Database(address)
    try:
        async with database.engine.begin() as connection:
            filings = await connection.scalar(text("SELECT count(*) FROM filings"))
            cards = await connection.scalar(text("SELECT count(*) FROM outbox WHERE card <> '' AND kind = 'post'"))
    finally:
        await database.close()
    return int(filings or 0), int(cards or 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Deliver everything three times, and print what was filed; 1 where it is not once each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--server", default="", help="a PostgreSQL server that runs already")
    parser.add_argument("--replica", nargs=3, metavar=("ADDRESS", "FOLDER", "SEED"), help="be one of the replicas")
    parsed = parser.parse_args(arguments)
    if parsed.replica:
        address, folder, seed = parsed.replica
        asyncio.run(take_all(address=address, districts_folder=Path(folder), events=parsed.events, seed=int(seed)))
        return 0
    with tempfile.TemporaryDirectory(prefix="postwise-soak-") as name:
        folder = Path(name)
        _make_districts(folder)
        with databases("postgresql", 1, server=parsed.server, added=folder) as (address,):
            began = time.monotonic()
            command = [sys.executable, "-m", "tests.soak.thrice", f"--events={parsed.events}"]
            replicas = [
                subprocess.Popen([*command, "--replica", address, str(folder), str(seed)], cwd=ROOT)
                for seed in range(REPLICAS)
            ]
            failed = [replica.wait() for replica in replicas]
            filings, cards = asyncio.run(_count(address))
            took = time.monotonic() - began
    print(
        f"events {parsed.events} deliveries {REPLICAS * parsed.events} filings {filings} cards {cards} "
        f"in {took:.0f} s, {REPLICAS * parsed.events / took:.0f} deliveries/s"
    )
    return int(any(failed) or filings != parsed.events or cards != parsed.events)


if __name__ == "__main__":
    sys.exit(main())
