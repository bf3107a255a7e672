"""Kills the real servers at random while people file, ask and work on cases, and counts what was lost, doubled or stuck.

Several people send forms, questions and decisions by HTTP to `postwise serve --no-deliver`, each again until it is
acknowledged; they open cases, claim them in crowds, talk about and resolve them. `postwise deliver` brings what comes of
it to a Slack that fails three calls in ten and to the local page, and brings unclaimed cases up again. All of these
processes are killed (SIGKILL) over and over. In the end, whatever was acknowledged must be there exactly once.

    python -m tests.soak.random_kills --kills 1000 --database postgresql
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from knowledge.store.unit import Database
from tests.soak.people import People
from tests.soak.records import Records, Tally
from tests.soak.replicas import Replica, kill_at_random, until_up
from tests.soak.running import ROOT, databases, fake_slack, free_port

CHANNEL = "C0SPECIALISTS"
DISTRICT = "redlands"

CALL_TIMEOUT_SECONDS = 1.5
"""What the delivery waits for a call here: the grace is then 2.25 s, and late messages land within 0.8 s."""

PROCESSES = {"sqlite": (1, 2), "postgresql": (3, 3)}
"""By database, how many servers and how many deliverers there are: on PostgreSQL three replicas of each."""

PEOPLE = 6
"""How many people send at once."""

BROUGHT_NEAR = 0.06
"""Share of the cases' reminders whose moment comes within half a second."""

SETTLING_SECONDS = 300.0
"""How long everything acknowledged may take to arrive once the killing is over; longer, it is stuck."""


async def soak(*, database: str, slack: str, kills: int, folder: Path, kind: str) -> tuple[int, Tally]:
    """Send and kill, then wait until all is quiet.

    Returns
    -------
    tuple
        How many processes were killed, and what is wrong.
    """
    replicas = _replicas(database=database, slack=slack, folder=folder, kind=kind)
    opened = Database(database)
    records = Records(database=opened, slack=slack, district=DISTRICT)
    people = People(
        addresses=[replica.address for replica in replicas if replica.address], records=records, district=DISTRICT
    )
    try:
        for replica in replicas:
            replica.start()
        await until_up(replicas)
        sending = [asyncio.create_task(people.send_until_over(number)) for number in range(PEOPLE)]
        killing = asyncio.create_task(kill_at_random(replicas, kills=kills))
        time_goes = asyncio.create_task(_let_time_go_by(people))
        await asyncio.wait([killing, *sending], return_when=asyncio.FIRST_COMPLETED)
        people.is_over.set()
        await asyncio.gather(killing, time_goes, *sending)
        await records.cases.put_off()
        settled = await _settle(records)
        done = people.acknowledged
        tally = await records.tally(
            organizations=done.organizations,
            approvals=done.approvals,
            questions=done.questions,
            cases=people.of_cases.acknowledged,
        )
        cases = people.of_cases.acknowledged
        print(
            f"{kind}: acknowledged {len(cases.reports)} cases, {len(cases.alarms)} alarms, {cases.claims.total()} claims, "
            f"{len(cases.said)} messages, {len(cases.resolved)} resolutions; {cases.told} came too late and were told; "
            f"{await records.cases.pinged()} pings"
        )
        print(
            f"{kind}: acknowledged {len(done.organizations)} filings, {len(done.approvals)} approvals, "
            f"{len(done.questions)} questions in {done.sent} requests; all quiet {settled:.0f} s after the last kill"
        )
    finally:
        for replica in replicas:
            replica.stop()
        await opened.close()
    return sum(replica.kills for replica in replicas), tally


async def _let_time_go_by(people: People) -> None:
    """Let the moment of some reminders of cases come, over and over."""
    cases = people.records.cases
    while not people.is_over.is_set():
        await cases.bring_near([each for each in await cases.pending() if random.random() < BROUGHT_NEAR])
        await asyncio.sleep(0.5)


async def _settle(records: Records) -> float:
    """Wait until nothing is under way, and return how long that took."""
    began = time.monotonic()
    while time.monotonic() - began < SETTLING_SECONDS:
        backlog = await records.backlog()
        if not backlog.pending and not await records.unanswered():
            break
        await asyncio.sleep(0.25)
    return time.monotonic() - began


def _replicas(*, database: str, slack: str, folder: Path, kind: str) -> list[Replica]:
    servers, deliverers = PROCESSES[kind]
    replicas = []
    for number in range(servers):
        port = free_port()
        replicas.append(
            Replica(
                name=f"serve {number}",
                arguments=("serve", "--local", "--no-deliver", "--port", str(port)),
                environment=_environment(database, slack, folder),
                log=folder / f"serve{number}.log",
                address=f"http://127.0.0.1:{port}",
            )
        )
    replicas += [
        Replica(
            name=f"deliver {number}",
            arguments=("deliver",),
            environment=_environment(database, slack, folder),
            log=folder / f"deliver{number}.log",
        )
        for number in range(deliverers)
    ]
    return replicas


def _environment(database: str, slack: str, folder: Path) -> Mapping[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "POSTWISE_FOLDER": str(folder / "var"),
        "POSTWISE_MODEL_FOLDER": str(ROOT / "var" / "model"),
        "POSTWISE_DATABASE_URL": database,
        "POSTWISE_DISTRICT": DISTRICT,
        "POSTWISE_DELIVERY_TIMEOUT_SECONDS": str(CALL_TIMEOUT_SECONDS),
        "POSTWISE_SLACK_API_URL": f"{slack}/api/",
        "POSTWISE_SLACK_SPECIALIST_CHANNEL": CHANNEL,
        # Slack's own pace would take an hour for what the soak says in its one channel.
        "POSTWISE_SLACK_SECONDS_PER_MESSAGE": "0",
        "SLACK_BOT_TOKEN": "xoxb-soak",
        "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak, and print what became of it; 1 where anything was lost, doubled or stuck."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--database", choices=tuple(PROCESSES), default="sqlite")
    parser.add_argument("--server", default="", help="a PostgreSQL server that runs already")
    parsed = parser.parse_args(arguments)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="postwise-soak-") as folder,
        fake_slack(chance=0.3, history_chance=0.15) as slack,
        databases(parsed.database, 1, server=parsed.server) as (address,),
    ):
        kills, tally = asyncio.run(
            soak(database=address, slack=slack, kills=parsed.kills, folder=Path(folder), kind=parsed.database)
        )
    print(f"{parsed.database}: {time.monotonic() - began:.0f} s in all")
    print(f"kills {kills} lost {tally.lost} duplicated {tally.duplicated} stuck {tally.stuck}")
    return int(tally != Tally(lost=0, duplicated=0, stuck=0))


if __name__ == "__main__":
    sys.exit(main())
