"""How fast Slack is served: acknowledgements, answers, questions a second, and requests that nobody at Slack made.

``python -m bench.slack`` starts a PostgreSQL of its own (fsync on), the real ``postwise serve`` on it, and a bare server to
compare with; it is itself the people of a workspace and Slack's Web API. All of that shares the machine's cores, so no
figure means anything but beside its floor of the same run. What is compared is called in turn, A B A B.
"""

import argparse
import asyncio
import hashlib
import hmac
import itertools
import json
import os
import random
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import numpy as np
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from typing_extensions import override

from bench.speed import QUESTIONS, _shelf
from handlers.answer import compose
from knowledge.checking.judging import PostChecker
from knowledge.search.finding import Search
from tests.bot.slack.test_door import _good, _junk, _signed
from tests.support import postgresql
from tests.support.slack_api import FakeWorkspace, served
from tests.support.slack_office import CHANNEL, COACH, SECRET, TEACHER, TOKEN, districts_with_people, people_of_redlands
from tests.support.slack_world import Message, SlackDriver, World, until

P95_MILLISECONDS, P99_MILLISECONDS = 60, 250
"""Goals of the acknowledgement. Our own; Slack itself waits three seconds.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
"""

ANSWER_RATIO = 2.5
"""Goal: an answer posted, at most this many times a bare encoder call and a bare round trip. Our own figure."""

QUESTIONS_A_SECOND = 200
"""Goal. Our own figure."""

JUNK_MILLISECONDS = 50
"""Goal of the 99th percentile. Our own figure."""

PEOPLE = 48
"""Members of staff who ask; each is known to the server before anything is timed, as most are in a district."""

ANSWER_SECONDS = 60.0
"""How long an answer is waited for."""

FLOOR = "bare: signature checked, one row committed"

MOST_REMEMBERED = 400
"""Messages that the fake keeps while questions come as fast as they can: it looks through all of them at each call."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=20.0, help="requests a second to acknowledge")
    parser.add_argument(
        "--seconds", type=float, default=30.0, help="how long to send at that rate, and as fast as possible"
    )
    parser.add_argument("--answers", type=int, default=200, help="questions asked one at a time")
    parser.add_argument("--under-way", type=int, default=32, help="questions under way at once, as fast as possible")
    parser.add_argument("--junk", type=int, default=10_000, help="malformed requests")
    parser.add_argument("--only", choices=("acknowledged", "answered", "sustained", "junk"), help="one table alone")
    parser.add_argument("--model", type=Path, default=Path("var/model"))
    parser.add_argument(
        "--setting",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="one more setting of both servers, to compare",
    )
    parser.add_argument("--bare", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.bare:
        web.run_app(
            _Bare(arguments.bare, arguments.model).application(), host="127.0.0.1", port=arguments.port, print=None
        )
        return
    programs = postgresql.programs()
    if programs is None:
        sys.exit("No PostgreSQL on this machine: install Debian's postgresql.")
    with postgresql.running(programs, is_durable=True) as database:
        asyncio.run(_measure(database, arguments))


# ---------------------------------------------------------------------------------------------------------- the floor


class _Bare:
    """The least that could be called a server: it checks the signature and commits one row, and nothing of ours is in it."""

    def __init__(self, database: str, model: Path) -> None:
        self._database = database
        self._search = Search(model)
        self._shelf = _shelf(self._search)
        self._checker = PostChecker(model, search=self._search)
        encoder = self._search.encoder
        self._prepared = [np.array([encoder.token_ids(text)], dtype=np.int64) for text in QUESTIONS]

    def application(self) -> web.Application:
        """Return its routes."""
        application = web.Application()
        application.cleanup_ctx.append(self._open)
        application.add_routes(
            [
                web.get("/ready", self._ready),
                web.post("/commit", self._commit),
                web.post("/check", self._check),
                web.post("/answer", self._answer),
                web.get("/shares", self._shares),
            ]
        )
        return application

    async def _open(self, _: web.Application) -> AsyncIterator[None]:
        async with asyncpg.create_pool(self._database) as pool, aiohttp.ClientSession() as session:
            self._pool, self._session = pool, session
            yield

    async def _ready(self, _: web.Request) -> web.Response:
        return web.Response()

    async def _commit(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if not _is_signed(request, raw):
            return web.Response(status=401)
        await self._pool.execute("INSERT INTO floor (body) VALUES ($1)", raw.decode())
        return web.Response()

    async def _check(self, request: web.Request) -> web.Response:
        raw = await request.read()
        return web.Response(status=400 if _is_signed(request, raw) else 401)

    async def _answer(self, request: web.Request) -> web.Response:
        """Time one encoder call, one post and one commit."""
        asked = await request.json()
        ids = self._prepared[asked["number"] % len(self._prepared)]
        moments = [time.perf_counter()]
        self._search.encoder.run(ids, np.ones_like(ids))
        moments.append(time.perf_counter())
        message = {"channel": asked["channel"], "thread_ts": asked["thread"], "text": "An answer."}
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with self._session.post(f"{asked['api']}chat.postMessage", json=message, headers=headers) as response:
            answer = await response.json()
        moments.append(time.perf_counter())
        assert answer["ok"], answer
        await self._pool.execute("INSERT INTO floor (body) VALUES ($1)", "x" * 2000)
        moments.append(time.perf_counter())
        return web.json_response([after - before for before, after in itertools.pairwise(moments)])

    async def _shares(self, _: web.Request) -> web.Response:
        """Say what processor time the model and Bolt take for one question, in milliseconds."""
        for _warm in range(2):
            began = time.process_time()
            for text in QUESTIONS * 5:
                compose(text, shelf=self._shelf, search=self._search, checker=self._checker)
        model = (time.process_time() - began) / (5 * len(QUESTIONS))
        bolt = await _bolt_seconds()
        return web.json_response({"model and answer": model * 1000, "Bolt": bolt * 1000})


async def _bolt_seconds() -> float:
    """Return the processor time that Bolt itself takes for an event, with a listener that does nothing."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="-")  # noqa: S106 - none at all

    app = AsyncApp(
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )

    async def listener(body: dict[str, Any]) -> None:
        """Do nothing."""

    app.event("message")(listener)
    body, _ = _good()[0]
    for times in (20, 200):
        began = time.process_time()
        for _ in range(times):
            request = AsyncBoltRequest(body=body.decode(), headers={"content-type": ["application/json"]})
            assert (await app.async_dispatch(request)).status == 200
    return (time.process_time() - began) / times


def _is_signed(request: web.Request, raw: bytes) -> bool:
    stamp = request.headers.get("X-Slack-Request-Timestamp", "")
    expected = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={expected}", request.headers.get("X-Slack-Signature", ""))


# ------------------------------------------------------------------------------------------------------ the workspace


@dataclass(kw_only=True)
class _Workspace(World):
    """A world that tells when a question is answered."""

    waiting: dict[str, asyncio.Future[float]] = field(default_factory=dict)
    """By the message that was asked, when its answer was posted."""

    answers: dict[str, Message] = field(default_factory=dict)
    most_remembered: int | None = None

    @override
    def post(self, message: Message) -> Message:
        posted = super().post(message)
        waiting = self.waiting.pop(message.thread_ts, None) if message.bot_id else None
        if waiting is not None and not waiting.done():
            self.answers[message.thread_ts] = posted
            waiting.set_result(time.perf_counter())
        if self.most_remembered is not None:
            del self.posted[: -self.most_remembered]
        return posted


@dataclass(frozen=True, kw_only=True)
class _Scene:
    """Everything that is running."""

    world: _Workspace
    slack: FakeWorkspace
    driver: SlackDriver
    session: aiohttp.ClientSession
    api: str
    bare: str
    process: int
    """Of the server."""

    backends: asyncpg.Connection
    """A connection that is nobody's, to ask PostgreSQL how it does."""

    people: Sequence[str]

    async def asked(self, person: str, text: str) -> tuple[float, float, Message]:
        """Let somebody ask; return the seconds to the acknowledgement and to the answer, and the answer."""
        message = self.world.post(
            Message(
                channel=self.world.direct(person).id,
                ts=self.world.stamp(),
                user=person,
                team=self.world.first_team.id,
                text=text,
            )
        )
        answered = asyncio.get_running_loop().create_future()
        self.world.waiting[message.ts] = answered
        event = self.driver.event_of(message)
        sent = time.perf_counter()
        acknowledged = await self.driver.event(event)
        assert acknowledged.status == 200, acknowledged
        self.driver.sent.clear()
        async with asyncio.timeout(ANSWER_SECONDS):
            moment = await answered
        return acknowledged.elapsed_seconds, moment - sent, self.world.answers.pop(message.ts)

    async def floor(self, path: str, body: bytes) -> float:
        """Send a signed body to the bare server, and return the seconds it took."""
        headers = _signed(body, "application/json")
        sent = time.perf_counter()
        async with self.session.post(f"{self.bare}{path}", data=body, headers=headers) as response:
            await response.read()
        return time.perf_counter() - sent


async def _measure(database: str, arguments: argparse.Namespace) -> None:
    connection = await asyncpg.connect(f"{database}/postgres")
    await connection.execute("CREATE DATABASE postwise")
    await connection.execute("CREATE TABLE floor (id serial PRIMARY KEY, body text)")
    model = arguments.model.absolute()
    tables: Mapping[str, Callable[[_Scene, argparse.Namespace], Awaitable[None]]] = {
        "acknowledged": _acknowledged,
        "answered": _answered,
        "sustained": _sustained,
        "junk": _junk_refused,
    }
    settings = dict(setting.split("=", 1) for setting in arguments.setting)
    async with _scene(database, connection, model, settings) as scene:
        for name, table in tables.items():
            if arguments.only in (None, name):
                await table(scene, arguments)
    await connection.close()


# --------------------------------------------------------------------------------------------------------- the tables


async def _acknowledged(scene: _Scene, arguments: argparse.Namespace) -> None:
    """Commands, events, presses and forms at a steady rate, whatever the answers take."""
    count = int(arguments.rate * arguments.seconds)
    world, driver = scene.world, scene.driver
    cards = [(person, (await scene.asked(person, QUESTIONS[0]))[2]) for person, _ in _questions(scene, count // 4 + 1)]
    await driver.command("/newaccount", user=TEACHER)
    await until(lambda: world.top_view(TEACHER), timeout_seconds=ANSWER_SECONDS)
    form = world.top_view(TEACHER)
    assert form is not None
    content, team = form.content, world.first_team.id

    async def command(number: int) -> float:
        answer = await driver.command("/newaccount", "help", user=scene.people[number % PEOPLE])
        assert "newaccount" in json.dumps(answer.body), answer
        return answer.elapsed_seconds

    async def event(number: int) -> float:
        return (await scene.asked(scene.people[number % PEOPLE], QUESTIONS[number % len(QUESTIONS)]))[0]

    async def press(number: int) -> float:
        person, card = cards[number // 4]
        return (await driver.press(person, card, "Yes, it helped")).elapsed_seconds

    async def file(number: int) -> float:
        view = world.new_view(TEACHER, team, content)
        sent = await driver.submit(TEACHER, view, _new_account(number))
        assert sent.body["response_action"] == "update", sent.body
        assert not view.errors, view.errors
        return sent.elapsed_seconds

    kinds = {"slash command": command, "message event": event, "button": press, "form that files": file}
    taken: dict[str, list[float]] = {name: [] for name in (FLOOR, *kinds)}
    began = time.perf_counter()

    async def send(number: int) -> None:
        await asyncio.sleep(max(0.0, began + number / arguments.rate - time.perf_counter()))
        name = list(kinds)[number % len(kinds)]
        taken[name].append(await kinds[name](number))

    async def floors() -> None:
        # In the gaps between the others, as many as of each kind.
        for number in range(count // len(kinds)):
            await asyncio.sleep(max(0.0, began + (number * len(kinds) + 0.5) / arguments.rate - time.perf_counter()))
            taken[FLOOR].append(await scene.floor("/commit", b"x" * 1500))

    await asyncio.gather(*(send(number) for number in range(count)), floors())
    every = [seconds for name in kinds for seconds in taken[name]]
    _print(f"acknowledged, {arguments.rate:g} requests a second", taken | {"all four": every})
    p95, p99 = (float(np.quantile(every, share) * 1000) for share in (0.95, 0.99))
    print(
        f"\np95 under {P95_MILLISECONDS} ms: {_verdict(p95 < P95_MILLISECONDS)} ({p95:.1f}); "
        f"p99 under {P99_MILLISECONDS} ms: {_verdict(p99 < P99_MILLISECONDS)} ({p99:.1f}); {len(every)} requests"
    )


async def _answered(scene: _Scene, arguments: argparse.Namespace) -> None:
    """One question at a time, from the event to the answer in the thread."""
    encoder: list[float] = []
    trip: list[float] = []
    commit: list[float] = []
    acknowledged: list[float] = []
    answered: list[float] = []
    for number, (person, text) in enumerate(_questions(scene, arguments.answers + 20)):
        direct = scene.world.direct(person).id
        thread = scene.world.post(
            Message(channel=direct, ts=scene.world.stamp(), user=person, team=scene.world.first_team.id, text=text)
        )
        asked = {"number": number, "channel": direct, "thread": thread.ts, "api": scene.api}
        async with scene.session.post(f"{scene.bare}/answer", json=asked) as response:
            bare = await response.json()
        await asyncio.sleep(0.02)
        ack, answer, _ = await scene.asked(person, text)
        await asyncio.sleep(0.02)  # what is written down after an answer is not what the next one waits for
        if number >= 20:
            for values, seconds in zip((encoder, trip, commit), bare, strict=True):
                values.append(seconds)
            acknowledged.append(ack)
            answered.append(answer)
    both = [one + other for one, other in zip(encoder, trip, strict=True)]
    with_commits = [one + 3 * other for one, other in zip(both, commit, strict=True)]
    _print(
        "one question at a time",
        {
            "bare encoder call + bare post": both,
            "bare encoder call": encoder,
            "bare post": trip,
            "bare commit": commit,
            "bare encoder call + bare post + three bare commits": with_commits,
            "message event acknowledged": acknowledged,
            "message event to answer posted": answered,
        },
    )
    ratio = statistics.median(answered) / statistics.median(both)
    print(
        f"\nanswer posted in at most {ANSWER_RATIO} times the first row: {_verdict(ratio <= ANSWER_RATIO)} ({ratio:.2f})"
    )


async def _sustained(scene: _Scene, arguments: argparse.Namespace) -> None:
    """As many questions as are answered, with what each process spends on one."""
    scene.world.most_remembered = MOST_REMEMBERED
    async with scene.session.get(f"{scene.bare}/shares") as response:
        shares = await response.json()
    taken: list[float] = []
    questions = itertools.cycle(_questions(scene, PEOPLE))

    async def ask(until_moment: float) -> None:
        while time.perf_counter() < until_moment:
            person, text = next(questions)
            taken.append((await scene.asked(person, text))[1])
            scene.slack.calls.clear()

    async def everybody(seconds: float) -> None:
        await asyncio.gather(*(ask(time.perf_counter() + seconds) for _ in range(arguments.under_way)))

    await everybody(2.0)
    taken.clear()
    before, began = await _processor_seconds(scene), time.perf_counter()
    transactions = await _transactions(scene)
    waiting: list[int] = []
    looking = asyncio.create_task(_count_waiting(scene, waiting))
    await everybody(arguments.seconds)
    looking.cancel()
    await asyncio.wait([looking])
    wall, after = time.perf_counter() - began, await _processor_seconds(scene)
    transactions = await _transactions(scene) - transactions
    scene.world.most_remembered = None
    rate = len(taken) / wall
    print(f"\n| questions as fast as they are answered, {arguments.under_way} under way | processor ms a question |")
    print("|---|---|")
    spent = {name: (after[name] - before[name]) * 1000 / len(taken) for name in before}
    for name, milliseconds in spent.items():
        print(f"| {name} | {milliseconds:.2f} |")
        if name == "Postwise":
            for part, share in shares.items():
                print(f"| … of that, {part}, called by itself | {share:.2f} |")
    total = sum(spent.values())
    cores = os.cpu_count() or 1
    print(f"| all | {total:.2f} |")
    print(
        f"\n{rate:.0f} questions a second over {wall:.0f} s (p50 {statistics.median(taken) * 1000:.0f} ms, p99 "
        f"{np.quantile(taken, 0.99) * 1000:.0f} ms), goal {QUESTIONS_A_SECOND}: {_verdict(rate >= QUESTIONS_A_SECOND)}. "
        f"They took {total * rate / 1000:.2f} of {cores} cores and {transactions / len(taken):.1f} transactions each; at "
        f"{total:.1f} ms each, {cores} cores of nobody else's would do {cores * 1000 / total:.0f} a second. In {statistics.mean(map(bool, waiting)):.0%} of the "
        f"moments looked at, a transaction waited for the lock of the district, {statistics.mean(waiting):.1f} at a time."
    )


async def _junk_refused(scene: _Scene, arguments: argparse.Namespace) -> None:
    """What is broken, every other one signed; the bare server only looks at the signature."""
    chance, good = random.Random(6), _good()
    taken: dict[str, list[float]] = {"bare: signature checked": [], "malformed request refused": []}
    statuses: dict[int, int] = {}
    for number in range(arguments.junk):
        body, kind = _junk(chance, good)
        headers = _signed(body, kind) if number % 2 else {"Content-Type": kind}
        for name, address in (
            ("bare: signature checked", f"{scene.bare}/check"),
            ("malformed request refused", scene.driver.address),
        ):
            sent = time.perf_counter()
            async with scene.session.post(address, data=body, headers=headers) as response:
                await response.read()
            taken[name].append(time.perf_counter() - sent)
        statuses[response.status] = statuses.get(response.status, 0) + 1
    _print(f"{arguments.junk:,} malformed requests, half of them signed", taken)
    p99 = float(np.quantile(taken["malformed request refused"], 0.99) * 1000)
    shown = ", ".join(f"{number} × {status}" for status, number in sorted(statuses.items()))
    print(f"\np99 under {JUNK_MILLISECONDS} ms: {_verdict(p99 < JUNK_MILLISECONDS)} ({p99:.1f}); answered {shown}")


def _questions(scene: _Scene, count: int) -> list[tuple[str, str]]:
    """Return who asks what; nobody asks the same thing twice in a row."""
    return [(scene.people[number % PEOPLE], QUESTIONS[number % len(QUESTIONS)]) for number in range(count)]


def _new_account(number: int) -> dict[str, Any]:
    """Return a new account that the registry has nothing of, by the labels of its form."""
    return {
        "Organization or department": f"Club {secrets.token_hex(4)} of School {number}",
        "Platform": "Instagram",
        "Handle you would like": f"@c{secrets.token_hex(8)}",
        "Administrators": [TEACHER, COACH],
    }


def _print(what: str, taken: Mapping[str, Sequence[float]]) -> None:
    """Print quantiles, and each row's p50 and p95 in units of the first row's."""
    first = next(iter(taken.values()))
    print(f"\n| {what} | p50 ms | p95 ms | p99 ms | p50 to the first | p95 to the first |")
    print("|---|---|---|---|---|---|")
    for name, seconds in taken.items():
        p50, p95, p99 = (np.quantile(seconds, share) * 1000 for share in (0.5, 0.95, 0.99))
        ratios = (np.quantile(seconds, share) / np.quantile(first, share) for share in (0.5, 0.95))
        print(
            f"| {name} | {p50:.2f} | {p95:.2f} | {p99:.2f} | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |"
        )


def _verdict(is_kept: bool) -> str:
    return "kept" if is_kept else "missed"


# ------------------------------------------------------------------------------------------------------ the processes


async def _processor_seconds(scene: _Scene) -> dict[str, float]:
    """Return the processor time that each has spent since it began; Linux says so."""
    rows = await scene.backends.fetch("SELECT pid FROM pg_stat_activity ORDER BY pid = pg_backend_pid() DESC")
    return {
        "Postwise": _spent(scene.process),
        "PostgreSQL": sum(_spent(row["pid"]) for row in rows) + _spent_by_ended(_parent(rows[0]["pid"])),
        "people and the fake Slack, one process": _spent(os.getpid()),
    }


async def _transactions(scene: _Scene) -> int:
    """Return how many transactions the product's database has ended; PostgreSQL counts them a second late."""
    query = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'postwise'"
    return int(await scene.backends.fetchval(query))


async def _count_waiting(scene: _Scene, waiting: list[int]) -> None:
    """Look again and again how many transactions wait for a lock that another one holds."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'postwise' AND wait_event_type = 'Lock'"
    while True:
        waiting.append(int(await scene.backends.fetchval(query)))
        await asyncio.sleep(0.1)


def _spent(process: int) -> float:
    fields = _fields(process)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else 0.0


def _spent_by_ended(process: int) -> float:
    """Return what the children of a process had spent that have ended: a backend ends with its connection."""
    fields = _fields(process)
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK") if fields else 0.0


def _parent(process: int) -> int:
    return int(_fields(process)[1])


def _fields(process: int) -> list[str]:
    """Return what Linux says of a process after its name; nothing where it has ended.

    Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except FileNotFoundError:
        return []


@asynccontextmanager
async def _scene(
    database: str, connection: asyncpg.Connection, model: Path, more: Mapping[str, str]
) -> AsyncIterator[_Scene]:
    """Run everything, the two servers with some more settings."""
    world = _Workspace()
    world.add_team("T0REDLANDS", name="Redlands USD")
    people_of_redlands(world)
    people = [f"U0STAFF{number:02}" for number in range(PEOPLE)]
    for person in people:
        world.add_user(person, name=person.lower(), email=f"{person.lower()}@redlandsusd.net")
    slack = FakeWorkspace(world=world)
    slack.grant(TOKEN)
    with tempfile.TemporaryDirectory(prefix="postwise-bench-") as home:
        folder = Path(home)
        async with served(slack) as api, aiohttp.ClientSession() as session:
            settings = {
                "POSTWISE_FOLDER": str(folder / "var"),
                "POSTWISE_DATABASE_URL": f"{database}/postwise",
                "POSTWISE_MODEL_FOLDER": str(model),
                "POSTWISE_DISTRICTS_FOLDER": str(districts_with_people(folder / "districts")),
                "POSTWISE_DISTRICT": "redlands",
                "POSTWISE_SLACK_API_URL": api,
                "POSTWISE_SLACK_SPECIALIST_CHANNEL": CHANNEL,
                "POSTWISE_SLACK_SECONDS_PER_MESSAGE": "0",
                "SLACK_BOT_TOKEN": TOKEN,
                "SLACK_SIGNING_SECRET": SECRET,
                **more,
            }
            bare = ("-m", "bench.slack", "--bare", f"{database}/postgres", "--model", str(model))
            async with (
                _running(session, folder, ("-m", "bot", "serve"), settings) as (address, process),
                _running(session, folder, bare, more) as (bare_address, _),
                SlackDriver(world, base_url=address, signing_secret=SECRET) as driver,
            ):
                scene = _Scene(
                    world=world,
                    slack=slack,
                    driver=driver,
                    session=session,
                    api=api,
                    bare=bare_address,
                    process=process,
                    backends=connection,
                    people=people,
                )
                for person, text in _questions(scene, PEOPLE):
                    await scene.asked(person, text)
                yield scene


@asynccontextmanager
async def _running(
    session: aiohttp.ClientSession, folder: Path, command: Sequence[str], settings: Mapping[str, str]
) -> AsyncIterator[tuple[str, int]]:
    """Run a server until the block ends; gives its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *command, "--port", str(port)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **settings},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                async with session.get(f"{address}/ready") as response:
                    if response.status == 200:
                        break
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
        else:
            sys.exit("The server did not become ready.")
        yield address, process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


if __name__ == "__main__":
    main()
