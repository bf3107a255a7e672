"""The full run of the machine on every core: ``python -m tests.stateful.soak --runs 1000 --steps 50``.

The last line is ``runs N steps N leaks N broken N``; the exit status is 1 unless the last two are 0.
"""

import argparse
import itertools
import logging
import math
import multiprocessing
import os
import secrets
import sys
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.isolation import LeakError
from tests.stateful.opening import clear_workshop
from tests.stateful.registry_machine import RegistryMachine

RUNS_OF_A_SHARE = 50
"""Runs of one process. Small, so that a slow one keeps nobody waiting, and each begins with another seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What the runs of one process came to."""

    runs: int
    steps: int
    seen: Counter[str]
    """How often each state was reached."""

    leaks: int = 0
    broken: int = 0
    story: str = ""
    """What went wrong, with the way to it; empty where nothing did."""


def profile(runs: int, *, steps: int) -> settings:
    """Return Hypothesis' settings for so many runs."""
    return settings(
        max_examples=runs,
        # One more: opening the town counts as a step of Hypothesis'.
        stateful_step_count=steps + 1,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        phases=[Phase.generate],
    )


def _run(task: tuple[int, int, int]) -> Came:
    """Run one share of the runs, in a process of its own."""
    try:
        return _share(*task)
    finally:
        clear_workshop()


def _share(runs: int, steps: int, number: int) -> Came:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    tally = RegistryMachine.tally
    try:
        run_state_machine_as_test(seed(number)(RegistryMachine), settings=profile(runs, steps=steps))
    except LeakError:
        return Came(runs=tally.runs, steps=tally.steps, seen=tally.seen, leaks=1, story=traceback.format_exc())
    except Exception:  # noqa: BLE001 - whatever it is, it is told, and the run counts as broken
        return Came(runs=tally.runs, steps=tally.steps, seen=tally.seen, broken=1, story=traceback.format_exc())
    return Came(runs=tally.runs, steps=tally.steps, seen=tally.seen)


def _missing(came: Sequence[Came], *, runs: int, steps: int) -> int:
    """Return how many more runs it takes until there were enough of them, and steps; none once something is found."""
    if any(each.leaks or each.broken for each in came):
        return 0
    too_few_steps = math.ceil((runs * steps - sum(each.steps for each in came)) / steps)
    return max(0, too_few_steps, runs - sum(each.runs for each in came))


def main() -> int:
    """Share the runs out over the cores, and add up what they came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31), help="the same seed does the same again")
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    came: list[Came] = []
    number = itertools.count(chosen.seed)
    with multiprocessing.get_context("spawn").Pool(os.cpu_count(), maxtasksperchild=1) as pool:
        # A run now and then ends early, where Hypothesis tries how little it takes; others make up for it.
        while missing := _missing(came, runs=chosen.runs, steps=chosen.steps):
            shares = [min(RUNS_OF_A_SHARE, missing - first) for first in range(0, missing, RUNS_OF_A_SHARE)]
            tasks = [(share, chosen.steps, next(number)) for share in shares]
            for each in pool.imap_unordered(_run, tasks, chunksize=1):
                came.append(each)
                print(each.story, end="", flush=True)
    leaks, broken = sum(each.leaks for each in came), sum(each.broken for each in came)
    runs, steps = sum(each.runs for each in came), sum(each.steps for each in came)
    for name, times in sorted(sum((each.seen for each in came), Counter[str]()).items()):
        print(f"{times:8} {name}")
    print(f"runs {runs} steps {steps} leaks {leaks} broken {broken}")
    return int(bool(leaks or broken))


if __name__ == "__main__":
    sys.exit(main())
