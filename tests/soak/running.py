"""Processes and databases that the crash tests run on."""

import asyncio
import contextlib
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.request import urlopen

from bot.districts import Districts
from knowledge.clock import SystemClock
from knowledge.store.migrate import migrate
from knowledge.store.unit import Database
from tests.support import postgresql

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def fake_slack(**options: float) -> Iterator[str]:
    """Run the fake Slack as a process of its own, and yield its address."""
    port = free_port()
    said = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    process = subprocess.Popen([sys.executable, "-m", "tests.soak.fake_slack", f"--port={port}", *said], cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                urlopen(f"{address}/inspect?channels=none", timeout=2).close()
                break
            time.sleep(0.05)
        yield address
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def databases(kind: str, number: int, *, server: str = "", added: Path | None = None) -> Iterator[Sequence[str]]:
    """Make some databases that are up to date, with the shipped guidelines published in each.

    Parameters
    ----------
    kind
        ``sqlite`` or ``postgresql``.
    server
        A PostgreSQL server that runs already; one is started where it is empty.
    added
        Folder of districts beside the shipped ones.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postwise-soak-")))
        if kind == "sqlite":
            addresses = [f"sqlite:///{folder / f'{each}.db'}" for each in range(number)]
        else:
            if not server:
                programs = postgresql.programs()
                if programs is None:
                    raise SystemExit("no PostgreSQL on this machine")
                server = stack.enter_context(postgresql.running(programs))
            names = [f"soak_{uuid.uuid4().hex[:12]}" for _ in range(number)]
            asyncio.run(_create(server, names))
            addresses = [f"{server}/{name}" for name in names]
        for address in addresses:
            asyncio.run(_furnish(address, added or folder / "districts"))
        yield addresses


async def _create(server: str, names: Sequence[str]) -> None:
    import asyncpg

    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        for name in names:
            await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()


async def _furnish(address: str, added: Path) -> None:
    database = Database(address)
    try:
        await migrate(database.engine)
        districts = Districts(search=None, database=database, clock=SystemClock(), added=added)
        await districts.publish_shipped()
    finally:
        await database.close()
