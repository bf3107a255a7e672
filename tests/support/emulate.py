"""Somebody else's Slack: the npm package ``emulate``, which knows OAuth, messages, threads and modals with their triggers.

It checks no blocks, and knows neither commands nor interactions nor Socket Mode: `tests.support.slack_world` does. That
two Slacks, written by strangers, agree is what the tests with it are for.
"""

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from typing_extensions import override

VERSION = "0.8.0"
"""The newest that runs on Node 20; what npm calls latest is another package of the same name.

Source: https://github.com/vercel-labs/emulate
"""

OLDEST_NODE = 20
FOLDER = Path(__file__).parents[2] / "var" / "emulate" / VERSION
"""Where the package stays between runs; no part of the repository."""

INSTALL_SECONDS = 120
START_SECONDS = 15.0

_LOOPBACK = """
// The emulator listens on every interface, and has no setting for it (0.8.0).
const { Server } = require("node:net");
const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
  if (typeof port !== "number") return listen.call(this, port, ...rest);
  const done = rest.find((one) => typeof one === "function");
  return listen.call(this, { port, host: "127.0.0.1" }, done);
};
"""


class NotAvailableError(Exception):
    """The emulator cannot be run on this machine."""


def program() -> Path:
    """Return the emulator's script, installed now where it is not there yet.

    Raises
    ------
    NotAvailableError
        Raised if Node is missing or too old, or the package cannot be had.
    """
    node = shutil.which("node")
    npm = shutil.which("npm")
    if node is None or npm is None:
        raise NotAvailableError(f"no Node on this machine: install Node {OLDEST_NODE} or newer, with npm")
    version = subprocess.run([node, "--version"], capture_output=True, check=True, text=True, timeout=30).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        raise NotAvailableError(f"Node {version} is too old: install {OLDEST_NODE} or newer")
    script = FOLDER / "node_modules" / "emulate" / "dist" / "index.js"
    if not script.exists():
        _install(npm)
    return script


def _install(npm: str) -> None:
    """Fetch the package, and put it in its place only when it is whole."""
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    beside = FOLDER.with_name(f"{FOLDER.name}.{time.monotonic_ns()}")
    wanted = ["--prefix", str(beside), f"emulate@{VERSION}"]
    command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", *wanted]
    try:
        # Of the whole environment: where the packages come from is the machine's own affair.
        subprocess.run(command, capture_output=True, check=True, timeout=INSTALL_SECONDS, text=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        shutil.rmtree(beside, ignore_errors=True)
        told = (getattr(error, "stderr", "") or str(error))[-300:]
        raise NotAvailableError(f"npm has no emulate@{VERSION}: {told}") from error
    with contextlib.suppress(OSError):  # another run was faster
        beside.rename(FOLDER)
    shutil.rmtree(beside, ignore_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulated:
    """A running emulator, and what people do in a browser before it."""

    address: str
    """Without a slash at the end."""

    async def allow(self, page: str, *, email: str, back: str = "") -> str:
        """Open the page that asks whether an app may be installed, and allow it as one of the people shown.

        Parameters
        ----------
        page
            Address of that page, as our server redirects to it.
        email
            Who presses.
        back
            Where browsers are sent by the app's own settings: Slack takes that where the page's address names nothing,
            which the emulator does not know.

        Returns
        -------
        str
            The address to which the browser is sent back, with code and state.

        Raises
        ------
        LookupError
            Raised if the page shows nobody with that address; its text is then in the error.
        """
        if back and "redirect_uri" not in parse_qs(urlsplit(page).query):
            page += f"&redirect_uri={quote(back, safe='')}"
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            async with session.get(page) as response:
                shown = await response.text()
            forms = _Forms()
            forms.feed(shown)
            chosen = next((form for form in forms.forms if email in form.text), None)
            if chosen is None:
                raise LookupError(f"{email} is not asked: {response.status} {forms.text[-300:]}")
            action = urljoin(page, chosen.action)
            async with session.post(action, data=chosen.fields, allow_redirects=False) as response:
                return response.headers["Location"]

    def trigger(self, token: str, *, user: str, view: str = "") -> str:
        """Return leave to open one view, as a press or a command gives it.

        Parameters
        ----------
        token
            Of the app that may open it.
        user
            Before whom it is opened.
        view
            The modal in which was pressed; with it the next one is pushed.
        """
        wanted = {"user_id": user} | ({"view_id": view} if view else {})
        return str(self.call("views.generateTriggerId", token, wanted)["trigger_id"])

    def call(self, method: str, token: str, arguments: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call a method, and return its answer whatever it is."""
        request = urllib.request.Request(
            f"{self.address}/api/{method}",
            data=json.dumps(arguments or {}).encode(),
            headers={"Content-Type": "application/json; charset=utf-8", "Authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            answer: dict[str, Any] = json.load(response)
        return answer


@contextlib.contextmanager
def running(folder: Path, seed: Mapping[str, Any]) -> Iterator[Emulated]:
    """Run the emulator's Slack until the block is left.

    Parameters
    ----------
    folder
        An empty folder for its seed and its log.
    seed
        Team, people, channels, apps and tokens, as its README says under ``slack``.

    Raises
    ------
    NotAvailableError
        Raised if it cannot be had, or does not start.
    """
    script = program()
    (folder / "seed.yaml").write_text(json.dumps({"slack": dict(seed)}), encoding="utf-8")  # JSON is YAML, too
    (folder / "loopback.cjs").write_text(_LOOPBACK, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["node", "--require", str(folder / "loopback.cjs"), str(script), "start", "--service", "slack"]
    command += ["--seed", str(folder / "seed.yaml"), "--port", str(port)]
    node = str(Path(str(shutil.which("node"))).parent)
    with (folder / "emulate.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env={"PATH": f"{node}:/usr/bin:/bin", "HOME": str(folder)}
        )
        try:
            _wait(process, port, folder / "emulate.log")
            yield Emulated(address=f"http://127.0.0.1:{port}")
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """A way to the emulator on which everything is written down."""

    api: str
    """Where the Web API answers, with the slash at its end."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Methods that were called, each with its answer."""

    def answers(self, method: str) -> list[dict[str, Any]]:
        """Return what a method answered, the first answer first."""
        return [answer for name, answer in self.calls if name == method]


@contextlib.asynccontextmanager
async def bridged(emulated: Emulated) -> AsyncIterator[Bridge]:
    """Let the emulator be asked as Slack's library asks: by GET and in the address, where its API does not read."""
    calls: list[tuple[str, dict[str, Any]]] = []
    async with aiohttp.ClientSession() as session:

        async def pass_on(request: web.Request) -> web.StreamResponse:
            headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
            address = f"{emulated.address}{request.path}"
            if not request.path.startswith("/api/"):
                content = await request.read()
                async with session.request(
                    request.method,
                    f"{address}?{request.query_string}",
                    data=content,
                    headers=headers,
                    allow_redirects=False,
                ) as response:
                    back = {
                        name: response.headers[name]
                        for name in ("Location", "Content-Type")
                        if name in response.headers
                    }
                    return web.Response(status=response.status, body=await response.read(), headers=back)
            body: bytes | dict[str, str] = await request.read()
            if request.query:  # the library puts some arguments of a POST there, too
                body = dict(request.query)
                headers.pop("Content-Type", None)
            async with session.post(address, data=body, headers=headers) as response:
                text = await response.text()
                with contextlib.suppress(ValueError):
                    calls.append((request.path.removeprefix("/api/"), json.loads(text)))
                return web.Response(status=response.status, text=text, content_type=response.content_type)

        application = web.Application()
        application.router.add_route("*", "/{path:.*}", pass_on)
        async with TestServer(application) as server:
            yield Bridge(api=str(server.make_url("/api/")), calls=calls)


_PASSED_ON = ("Authorization", "Content-Type")


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise NotAvailableError(f"emulate does not start: {log.read_text(encoding='utf-8', errors='replace')[-300:]}")


@dataclass(slots=True, kw_only=True)
class _Form:
    action: str
    fields: dict[str, str]
    text: str = ""


class _Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self.text = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(_Form(action=given.get("action", ""), fields={}))
        elif tag == "input" and self.forms:
            self.forms[-1].fields[given["name"]] = given.get("value", "")

    @override
    def handle_data(self, data: str) -> None:
        self.text += data
        if self.forms:
            self.forms[-1].text += data
