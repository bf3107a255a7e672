"""The real processes of Postwise, started again whenever they end."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.soak.running import ROOT

UP_LINES = (b"Postwise is ready", b'"delivering"')
"""What a process prints when it has begun its work."""


@dataclass
class Replica:
    """One process that is killed again and again."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    address: str = ""
    """Where it listens; empty where it only delivers."""

    kills: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _read_up_to: int = 0
    _up_at: float = 0.0
    _started_at: float = 0.0
    _life: float = 0.0
    _dies_young: bool = False

    def start(self) -> None:
        """Start the process, and decide how long it is left alone once it is at work."""
        self._read_up_to = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", *self.arguments],
                cwd=ROOT,
                stdout=output,
                stderr=output,
                env=dict(self.environment),
            )
        self._started_at = time.monotonic()
        self._up_at = 0.0
        # One in ten is killed while it starts; the others get as far as their work, and anywhere in it.
        self._dies_young = random.random() < 0.1

    @property
    def is_up(self) -> bool:
        """True where the process has begun its work."""
        if not self._up_at:
            with self.log.open("rb") as lines:
                lines.seek(self._read_up_to)
                said = lines.read()
            if any(line in said for line in UP_LINES):
                self._up_at = time.monotonic()
                # In proportion to what starting took: with much shorter lives nothing would ever be done.
                self._life = random.expovariate(1.5 / (self._up_at - self._started_at))
        return bool(self._up_at)

    @property
    def is_ripe(self) -> bool:
        """True where it has lived as long as chance gave it."""
        if self._dies_young and not self.is_up:
            return random.random() < 0.02
        return self.is_up and time.monotonic() - self._up_at >= self._life

    @property
    def has_ended(self) -> bool:
        """True where nobody killed it and it ended all the same."""
        return self._process is not None and self._process.poll() is not None

    def kill(self) -> None:
        """Kill the process, without a word to it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self.kills += 1

    def stop(self) -> None:
        """Ask the process to stop, and wait until it has."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


async def kill_at_random(replicas: list[Replica], *, kills: int) -> None:
    """Kill and start again until there were so many kills; then leave all of them running."""
    total = 0
    while total < kills:
        for replica in replicas:
            if replica.has_ended:
                raise RuntimeError(f"{replica.name} ended by itself:\n{replica.log.read_text()[-2000:]}")
            if replica.is_ripe and total < kills:
                replica.kill()
                total += 1
                replica.start()
                if total % 100 == 0:
                    print(f"{total} kills", flush=True)
        await asyncio.sleep(0.01)


async def until_up(replicas: list[Replica]) -> None:
    """Wait until every process is at work."""
    for _ in range(1200):
        if all(replica.is_up for replica in replicas):
            return
        await asyncio.sleep(0.05)
    late = [replica for replica in replicas if not replica.is_up]
    raise RuntimeError(f"{late[0].name} did not start:\n{late[0].log.read_text()[-2000:]}")
