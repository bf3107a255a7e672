"""Ends a server at every statement, every commit and every call, once for each fault of the platform.

One process plays a scene: an account is filed and approved; or a case is opened, brought up again, claimed and talked
about from both sides. It kills itself (SIGKILL) at its k-th step; for each of eight faults that meets the first post and
the first edit of each act, and for every k until a run gets through. Another process then does what is left: it sends
again what was never acknowledged, takes the work over, and delivers. In the end the filing or the case must stand in the
channel exactly once, as it is last, and everybody must have been told everything exactly once.

    python -m tests.soak.every_step --database postgresql [--scene case] [--every 10] [--no-reconcile]
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import logging
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias
from urllib.request import Request, urlopen

import structlog
from sqlalchemy import event

from bot.delivery.auditor import OVERDUE_AFTER
from bot.delivery.looking import Looker
from bot.delivery.pace import Pace
from bot.delivery.worker import Worker
from bot.districts import Districts
from bot.slack.client import SlackCalls
from bot.slack.sender import SlackSender
from bot.slack.workspaces import OneWorkspace
from handlers.replies import Reply
from knowledge.clock import SystemClock
from knowledge.conversations import ConversationReference
from knowledge.store.unit import Database
from tests.soak.case_scene import CaseScene
from tests.soak.fake_slack import Fault
from tests.soak.running import databases, fake_slack
from tests.soak.scene import Hands, Playable, Scene, Verdict, turns_of

PACE = Pace(call_timeout=0.4)
"""A grace of 0.6 s and a lease of 1.2 s; late messages land within 0.2 s."""

SLOTS = 8
"""Cases that are played beside each other, each slot on a database of its own; most of a case is waiting."""

STUCK_SECONDS = 25.0


SceneName: TypeAlias = Literal["filing", "case"]
SCENES: tuple[SceneName, ...] = ("filing", "case")

Saying: TypeAlias = Callable[[str], object]
Work: TypeAlias = Callable[[Saying], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One crash."""

    number: int
    scene: SceneName
    fault: Fault
    step: int
    """At which the process ends; beyond the last one it gets through."""

    def played(self) -> Playable:
        """Return the scene, with conversations of this case's own."""
        return Scene(number=self.number) if self.scene == "filing" else CaseScene(number=self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a case ended."""

    case: Case
    has_crashed: bool
    verdict: Verdict


class Steps:
    """Counts statements, commits and calls, and ends this process at one of them."""

    def __init__(self, last: int) -> None:
        self._last = last
        self.count = 0

    def take(self, *_: object) -> None:
        """Take one step."""
        self.count += 1
        if self.count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, database: Database) -> None:
        """Count before every statement, before every commit and after every transaction."""
        event.listen(database.engine.sync_engine, "before_cursor_execute", self.take)
        event.listen(database.engine.sync_engine, "commit", self.take)
        event.listen(database.engine.sync_engine.pool, "checkin", self.take)


class SteppingSender:
    """A sender that counts before and after each call."""

    def __init__(self, sender: SlackSender, steps: Steps) -> None:
        self._sender = sender
        self._steps = steps

    async def post(self, *, key: str, conversation: ConversationReference, reply: Reply, thread: str = "") -> str:
        with self._step():
            return await self._sender.post(key=key, conversation=conversation, reply=reply, thread=thread)

    async def edit(self, *, key: str, conversation: ConversationReference, message_id: str, reply: Reply) -> None:
        with self._step():
            await self._sender.edit(key=key, conversation=conversation, message_id=message_id, reply=reply)

    async def find(
        self, *, key: str, conversation: ConversationReference, back_to: str = "", thread: str = ""
    ) -> str | None:
        with self._step():
            return await self._sender.find(key=key, conversation=conversation, back_to=back_to, thread=thread)

    @contextlib.contextmanager
    def _step(self) -> Iterator[None]:
        self._steps.take()
        try:
            yield
        finally:
            self._steps.take()


class Stage:
    """A database with its slot's processes on it."""

    def __init__(self, *, address: str, slack: str, reconciles: bool) -> None:
        self.address = address
        self.slack = slack
        self.reconciles = reconciles

    def play(self, case: Case) -> Ended:
        """Play one case: a process that ends at its step, then one that does what is left."""
        heard, status = _in_child(lambda say: self._run(case, Steps(case.step), say, done=frozenset()))
        has_crashed = os.WIFSIGNALED(status)
        said, rescue = _in_child(lambda say: self._rescue(case, say, done=frozenset(heard)))
        if rescue != 0:
            raise RuntimeError(f"the process that does what is left ended with {rescue}: {case}")
        return Ended(case=case, has_crashed=has_crashed, verdict=Verdict(**json.loads(said[-1])))

    def steps(self, case: Case) -> int:
        """Return how many steps a run with the case's fault takes, if nothing ends it."""
        said, _ = _in_child(lambda say: self._counted(case, say))
        return int(said[-1])

    def _fail(self, fault: Fault, channels: Sequence[str]) -> None:
        plans = [
            {"method": method, "channel": channel, "faults": [fault]}
            for method in ("chat.postMessage", "chat.update")
            for channel in channels
        ]
        call = Request(f"{self.slack}/plan", json.dumps(plans).encode(), {"Content-Type": "application/json"})
        urlopen(call, timeout=10).close()

    async def _counted(self, case: Case, say: Saying) -> None:
        steps = Steps(0)
        await self._run(case, steps, lambda _: None, done=frozenset())
        say(str(steps.count))

    async def _rescue(self, case: Case, say: Saying, *, done: frozenset[str]) -> None:
        await self._run(case, Steps(0), lambda _: None, done=done)
        database = Database(self.address)
        try:
            say(json.dumps(asdict(await case.played().verdict(database, self.slack))))
        finally:
            await database.close()

    async def _run(self, case: Case, steps: Steps, say: Saying, *, done: frozenset[str]) -> None:
        """Play and deliver, but for what was acknowledged before."""
        scene = case.played()
        database, unwatched = Database(self.address), Database(self.address)
        steps.watch(database)
        calls = SlackCalls(api_url=f"{self.slack}/api/", timeout_seconds=PACE.call_timeout)
        workspaces = OneWorkspace(token="xoxb-soak", district_id="")
        sender = SlackSender(workspaces=workspaces, calls=calls, seconds_per_message=0.0)
        districts = Districts(search=None, database=database, clock=SystemClock(), added=Path("/nowhere"))
        looker = Looker(
            database=database, shelves=districts, clock=SystemClock(), channel_of=scene.channel_of, pace=PACE
        )
        worker = Worker(
            database=database,
            senders={"slack": SteppingSender(sender, steps)},
            clock=SystemClock(),
            pace=PACE,
            reminding=looker if scene.is_reminded else None,
            reconciles=self.reconciles,
        )
        delivering = asyncio.create_task(worker.run())
        try:
            await scene.play(
                Hands(
                    turns=turns_of(scene, database, districts),
                    database=database,
                    unwatched=unwatched,
                    slack=self.slack,
                    done=done,
                    say=say,
                    delivered=partial(_delivered, unwatched),
                    fail=partial(self._fail, case.fault),
                )
            )
        finally:
            worker.stop()
            await delivering
            await calls.close()
            await database.close()
            await unwatched.close()


async def _delivered(database: Database) -> None:
    """Wait until nothing is under way any more, or for so long that it is stuck."""
    until = time.monotonic() + STUCK_SECONDS
    while time.monotonic() < until:
        async with database.reading() as unit:
            found = await unit.backlog.count(at=SystemClock().now(), overdue_after=OVERDUE_AFTER)
        if not found.pending:
            return
        await asyncio.sleep(0.05)


def _in_child(work: Work) -> tuple[list[str], int]:
    """Run some work in a forked process.

    Returns
    -------
    tuple
        What it said, line by line, and its exit status.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            asyncio.run(work(lambda line: os.write(writing, f"{line}\n".encode())))
            status = 0
        except Exception as error:  # noqa: BLE001 - a forked child must not return into its parent's code
            traceback.print_exception(error)
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as said:
        lines = said.read().splitlines()
    return lines, os.waitpid(child, 0)[1]


_stage: Stage
"""The stage of this process of the pool."""


def _take_stage(addresses: "multiprocessing.Queue[str]", slack: str, *, reconciles: bool) -> None:
    global _stage  # noqa: PLW0603 - a process of a pool has nowhere else to keep what is its own
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    _stage = Stage(address=addresses.get(), slack=slack, reconciles=reconciles)


def _play(case: Case) -> Ended:
    return _stage.play(case)


def _count(case: Case) -> int:
    return _stage.steps(case)


def play(
    *,
    database: str,
    every: int = 1,
    reconciles: bool = True,
    server: str = "",
    scenes: Sequence[SceneName] = SCENES,
    faults: Sequence[Fault] = tuple(Fault),
) -> list[Ended]:
    """Play every case, or every n-th one, and return how each ended."""
    numbers = itertools.count(1)
    context = multiprocessing.get_context("fork")
    whole = [(scene, fault) for scene in scenes for fault in faults]
    with (
        fake_slack(chance=0.0, history_chance=0.0, late_seconds=0.2, silent_seconds=1.0) as slack,
        databases(database, SLOTS, server=server) as addresses,
    ):
        waiting: multiprocessing.Queue[str] = context.Queue()
        for address in addresses:
            waiting.put(address)
        with context.Pool(SLOTS, partial(_take_stage, reconciles=reconciles), (waiting, slack)) as pool:
            counted = [Case(number=next(numbers), scene=scene, fault=fault, step=0) for scene, fault in whole]
            cases = [
                Case(number=next(numbers), scene=scene, fault=fault, step=step)
                for offset, ((scene, fault), last) in enumerate(
                    zip(whole, pool.map(_count, counted, chunksize=1), strict=True)
                )
                for step in range(1 + offset % every, last + 1, every)
            ]
            return pool.map(_play, cases, chunksize=1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, and print what became of it; 1 where anything was lost, doubled or stuck."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--scene", choices=SCENES, help="play this one alone; both where it is not said")
    parser.add_argument(
        "--fault", action="append", choices=[each.value for each in Fault], help="this one alone, or some"
    )
    parser.add_argument("--every", type=int, default=1, help="play every n-th step alone")
    parser.add_argument("--no-reconcile", action="store_true", help="the control: never look before posting again")
    parser.add_argument("--server", default="", help="a PostgreSQL server that runs already")
    parsed = parser.parse_args(arguments)
    began = time.monotonic()
    ended = play(
        database=parsed.database,
        every=parsed.every,
        reconciles=not parsed.no_reconcile,
        server=parsed.server,
        scenes=(parsed.scene,) if parsed.scene else SCENES,
        faults=[Fault(each) for each in parsed.fault or Fault],
    )
    for each in ended:
        if each.verdict != Verdict():
            print(f"{each.case.scene:6s} step {each.case.step:4d}  {each.case.fault:45s} {each.verdict}")
    crashes = sum(each.has_crashed for each in ended)
    doubled = sum(each.verdict.duplicated > 0 for each in ended)
    lost = sum(each.verdict.lost for each in ended)
    stuck = sum(each.verdict.stuck for each in ended)
    duplicated = sum(each.verdict.duplicated for each in ended)
    print(f"{parsed.database}: {len(ended)} cases in {time.monotonic() - began:.0f} s, doubled in {doubled} of them")
    print(f"kills {crashes} lost {lost} duplicated {duplicated} stuck {stuck}")
    return int(bool(lost or duplicated or stuck))


if __name__ == "__main__":
    sys.exit(main())
