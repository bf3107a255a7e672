"""How fast Teams is: from an activity that comes in to its answer at Bot Connector, beside Slack's path in the same run.

python -m bench.teams

Both ends are ours (tests/support/teams_connector.py, tests/soak/fake_slack.py), on one machine: what Microsoft and Slack
themselves need comes on top. The Slack path has a route of its own here that checks a signature as Slack's does.
"""

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import json
import logging
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import structlog
from aiohttp import ClientSession, web

from bot.answering import Accepted
from bot.delivery.worker import Worker
from bot.slack.client import SlackCalls
from bot.slack.sender import SlackSender
from bot.slack.workspaces import OneWorkspace
from bot.teams.pacing import Pacer
from bot.teams.sender import TeamsSender
from bot.turn import Turns
from handlers.incoming import Question
from knowledge.clock import HeldClock
from knowledge.conversations import ConversationReference
from knowledge.people import Person
from knowledge.search.finding import Search
from knowledge.store.migrate import migrate
from knowledge.store.unit import Database
from tests.soak.fake_slack import FakeSlack
from tests.support.product import MODEL, Talk, talk
from tests.support.teams import TEACHER, running_bot, until
from tests.support.teams_connector import SPECIALISTS, FakeConnector, Line, running

QUESTIONS = (
    "May I post photos of students?",
    "snapchat ok?",
    "How do I start an account for our school?",
    "Who may use the district's logo?",
    "A student sent me a friend request. May I accept?",
)
ROUNDS = 40
SIGNING_SECRET = b"slack-signing-secret"


def turns_of(product: Talk, database: Database, channel: ConversationReference) -> Turns:
    """Put turns on one platform's channel."""
    return Turns(
        database=database,
        shelves=product.districts,
        model=product.turns._answers._model,  # noqa: SLF001 - the bench stands in the place of bot.assemble
        clock=product.clock,
        pepper=b"bench",
        channel_of=lambda _: channel,
    )


def woken(turns: Turns, worker: Worker) -> None:
    """Let what is promised go out at once, as in the server."""
    object.__setattr__(turns._ground, "wake", worker.wake)  # noqa: SLF001


async def timed(ask: Callable[[str], Awaitable[None]], count: Callable[[], int]) -> list[float]:
    """Ask one question after the other; return the milliseconds to each answer."""
    found = []
    for number in range(ROUNDS):
        before = count()
        began = time.perf_counter()
        await ask(QUESTIONS[number % len(QUESTIONS)])
        while count() == before:  # noqa: ASYNC110 - the fakes know nothing of events
            await asyncio.sleep(0.0005)
        found.append((time.perf_counter() - began) * 1000)
    return found


@contextlib.asynccontextmanager
async def served(application: web.Application) -> AsyncIterator[str]:
    """Serve until the block ends."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def slack(product: Talk, database: Database) -> list[float]:
    """Measure Slack's path."""
    turns = turns_of(product, database, ConversationReference(platform="slack", address="C0"))
    fake, numbers, tasks = FakeSlack(), itertools.count(time.monotonic_ns()), set()

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        wanted = hmac.new(SIGNING_SECRET, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted, request.headers["X-Slack-Signature"]):
            raise web.HTTPUnauthorized
        step = await turns.accept(
            Question(
                district_id="redlands",
                person=Person(platform="slack", id="U0TESS", name="Tess", email="teacher@redlands.example"),
                conversation=ConversationReference(platform="slack", address="D0TESS"),
                event_key=f"slack/{next(numbers)}",
                text=json.loads(body)["text"],
            )
        )
        if isinstance(step, Accepted):
            task = asyncio.create_task(turns.answer(step))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        return web.Response()

    application = web.Application()
    application.add_routes([web.post("/slack/events", take)])
    async with served(fake.application()) as api, served(application) as bot, ClientSession() as session:
        calls = SlackCalls(api_url=f"{api}/api/", timeout_seconds=5.0)
        workspaces = OneWorkspace(token="xoxb-bench", district_id="redlands")  # noqa: S106 - no secret
        sender = SlackSender(workspaces=workspaces, calls=calls, seconds_per_message=0.0)
        worker = Worker(database=database, senders={"slack": sender}, clock=product.clock)
        woken(turns, worker)
        delivering = asyncio.create_task(worker.run())

        async def ask(text: str) -> None:
            body = json.dumps({"text": text}).encode()
            signature = hmac.new(SIGNING_SECRET, body, hashlib.sha256).hexdigest()
            async with session.post(
                f"{bot}/slack/events", data=body, headers={"X-Slack-Signature": signature}
            ) as answer:
                answer.raise_for_status()

        await ask(QUESTIONS[0])
        await until(lambda: fake.messages)
        found = await timed(ask, lambda: len(fake.messages))
        worker.stop()
        await delivering
        await calls.close()
    return found


async def teams(product: Talk, database: Database) -> list[float]:
    """Measure the path of Teams, with authentication on."""
    turns = turns_of(product, database, ConversationReference(platform="teams", address=SPECIALISTS))

    def unhurried(line: object, **options: object) -> TeamsSender:
        # One person asks forty times without a pause here; the pacing would rightly slow that down.
        return TeamsSender(line, **options, pacer=Pacer(rates=((10_000, 1.0),), tenant_rate=(10_000, 1.0)))  # type: ignore[arg-type]

    async with (
        running(FakeConnector()) as fake,
        running_bot(fake, turns, database, product.clock, make_sender=unhurried) as bot,
        ClientSession() as session,
    ):
        fake.join(TEACHER)
        woken(turns, bot.worker)
        line = Line(fake, bot.address, session)

        async def ask(text: str) -> None:
            status, body = await line.send(line.activity(TEACHER, text=text))
            assert status == 200, body

        await ask(QUESTIONS[0])
        await until(lambda: fake.posted)
        return await timed(ask, lambda: len(fake.posted))


async def gaps_while_keys_are_slow(product: Talk, database: Database) -> tuple[list[float], list[float]]:
    """Return how long the loop stood still at most, five times, while keys that take 1.5 s twice are fetched.

    Returns
    -------
    tuple[list[float], list[float]]
        Milliseconds on the clock, and of them those in which the loop's own thread worked: on a busy machine the clock
        also counts what others did meanwhile. A call that blocks would show on the clock with 1,500.
    """
    found: list[float] = []
    worked: list[float] = []

    class NoTurns:
        async def accept(self, incoming: object) -> object:  # noqa: ARG002
            from handlers.outcome import Outcome

            return Outcome(reply=None)

        async def answer(self, accepted: object) -> None: ...

        async def depart(self, departure: object) -> None: ...

    for _ in range(5):
        async with (
            running(FakeConnector(keys_seconds=1.5)) as fake,
            running_bot(fake, NoTurns(), database, product.clock) as bot,  # type: ignore[arg-type]
            ClientSession() as session,
        ):
            fake.join(TEACHER)
            line = Line(fake, bot.address, session)
            sending = asyncio.create_task(line.send(line.activity(TEACHER, text="hello")))
            last, worst = time.perf_counter(), 0.0
            last_worked, most_worked = time.thread_time(), 0.0
            while not sending.done():
                await asyncio.sleep(0)
                worst, last = max(worst, time.perf_counter() - last), time.perf_counter()
                most_worked, last_worked = max(most_worked, time.thread_time() - last_worked), time.thread_time()
            assert sending.result()[0] == 200
            found.append(worst * 1000)
            worked.append(most_worked * 1000)
    return found, worked


async def idle_gaps() -> list[float]:
    """Return the same of a loop that has nothing to do: what this machine itself takes."""
    found = []
    for _ in range(5):
        last, worst, until_then = time.perf_counter(), 0.0, time.perf_counter() + 3.0
        while time.perf_counter() < until_then:
            await asyncio.sleep(0)
            worst = max(worst, time.perf_counter() - last)
            last = time.perf_counter()
        found.append(worst * 1000)
    return found


async def measure() -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory(prefix="postwise-bench-") as folder:
        database = Database(f"sqlite:///{folder}/postwise.db")
        await migrate(database.engine)
        clock = HeldClock(datetime(2026, 11, 23, 17, 0, tzinfo=UTC))
        product = await talk(database, Search(MODEL), clock, Path(folder))
        figures: dict[str, list[float]] = {"slack": [], "teams": []}
        for _ in range(3):  # in turns: what else this machine does then falls on both
            figures["slack"] += await slack(product, database)
            figures["teams"] += await teams(product, database)
        gaps, worked = await gaps_while_keys_are_slow(product, database)
        await database.close()
    print("| path | p50 ms | p95 ms | messages |")
    print("|---|---|---|---|")
    for name, times in figures.items():
        ordered = sorted(times)
        print(
            f"| {name} | {statistics.median(ordered):.1f} | {ordered[int(len(ordered) * 0.95)]:.1f} | {len(ordered)} |"
        )
    ratio = statistics.median(figures["teams"]) / statistics.median(figures["slack"])
    print(f"teams / slack at p50: {ratio:.2f} (goal: at most 1.5)")
    floor = await idle_gaps()
    print(
        f"longest gaps of an idle loop in 3 s: {', '.join(f'{each:.1f}' for each in floor)} ms (the floor of this run)"
    )
    print(
        f"longest gaps of the loop while keys take 3 s: {', '.join(f'{each:.1f}' for each in gaps)} ms (goal: under 20)"
    )
    print(f"of these, our own work: {', '.join(f'{each:.1f}' for each in worked)} ms")


def main() -> None:
    """Measure without logs."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio.run(measure())


if __name__ == "__main__":
    main()
