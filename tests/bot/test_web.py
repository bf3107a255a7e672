"""The web application that every platform lives in."""

import logging
from io import BytesIO

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry, Counter

from bot.local.app import ChatPage
from bot.web import PublicAddressError, make_application, serving
from handlers.incoming import Incoming
from handlers.outcome import Outcome
from knowledge.guidelines import Guideline
from knowledge.store.unit import Database


class Parts:
    """Parts that are made ready one after the other."""

    def __init__(self, *waiting_for: str) -> None:
        self.waiting_for = waiting_for

    async def __call__(self) -> tuple[str, ...]:
        return self.waiting_for


class Silence:
    """An assistant without an answer and a shelf without a document."""

    async def accept(self, incoming: Incoming) -> Outcome:
        return Outcome(reply=None)

    async def answer(self, kept: object) -> Outcome:
        return Outcome(reply=None)

    async def published(self, district_id: str) -> Guideline | None:
        return None


async def test_readiness_names_what_is_missing() -> None:
    """The server is alive at once, and ready when the model and the database are."""
    parts = Parts("model", "database")
    async with TestClient(TestServer(make_application(unready=parts))) as client:
        alive = await client.get("/health")
        waiting = await client.get("/ready")
        waiting_for = (await waiting.json())["waiting_for"]
        parts.waiting_for = ()
        ready = await client.get("/ready")

    assert (alive.status, waiting.status, ready.status) == (200, 503, 200)
    assert waiting_for == ["model", "database"]


async def test_readiness_check_that_hangs_or_breaks_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that does not answer counts as not ready."""
    monkeypatch.setattr("bot.web.READINESS_SECONDS", 0.05)

    async def hangs() -> tuple[str, ...]:
        raise TimeoutError

    async def breaks() -> tuple[str, ...]:
        raise OSError("connection refused")

    async with TestClient(TestServer(make_application(unready=hangs))) as client:
        assert (await client.get("/ready")).status == 503
    async with TestClient(TestServer(make_application(unready=breaks))) as client:
        assert (await client.get("/ready")).status == 503


async def test_error_shows_no_traceback_and_is_logged_without_words(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """What a person typed appears neither in the answer nor in the log."""
    caplog.set_level(logging.DEBUG)

    async def breaks(request: web.Request) -> web.Response:
        raise RuntimeError("Maria Lopez was suspended")

    application = make_application(unready=Parts(), routes=[web.get("/breaks", breaks)])
    async with TestClient(TestServer(application)) as client:
        response = await client.get("/breaks")
        words = await response.text()

    printed = capsys.readouterr()
    log = printed.out + printed.err + caplog.text
    assert response.status == 500
    assert "Traceback" not in words
    assert "request_failed" in log
    assert "RuntimeError" in log
    assert "Lopez" not in words + log


async def test_every_response_has_the_security_headers() -> None:
    """Pages, refusals and errors alike forbid scripts from elsewhere and frames."""
    async with TestClient(TestServer(make_application(unready=Parts()))) as client:
        responses = [await client.get("/health"), await client.get("/nowhere"), await client.post("/health")]

    for response in responses:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        assert "aiohttp" not in response.headers["Server"]
    assert [response.status for response in responses] == [200, 404, 405]
    assert responses[2].headers["Allow"] == "GET,HEAD"


async def test_body_over_the_limit_is_refused() -> None:
    """Nobody fills the memory with one request."""

    async def takes(request: web.Request) -> web.Response:
        return web.json_response({"bytes": len(await request.read())})

    application = make_application(unready=Parts(), routes=[web.post("/takes", takes)])
    async with TestClient(TestServer(application)) as client:
        fits = await client.post("/takes", data=BytesIO(b"x" * 1024 * 1024))
        refused = await client.post("/takes", data=BytesIO(b"x" * (1024 * 1024 + 1)))

    assert (fits.status, refused.status) == (200, 413)


async def test_metrics_count_by_route_and_show_other_parts() -> None:
    """Prometheus sees routes, never addresses, and what other parts count."""
    registry = CollectorRegistry()
    Counter("postwise_answers", "Answers given.", registry=registry).inc(3)
    async with TestClient(TestServer(make_application(unready=Parts(), registry=registry))) as client:
        await client.get("/health")
        await client.get("/secret-student-name")
        response = await client.get("/metrics")
        words = await response.text()

    assert response.headers["Content-Type"].startswith("text/plain; version=")
    assert 'postwise_http_requests_total{method="GET",route="/health",status="200"} 1.0' in words
    assert 'route="none",status="404"' in words
    assert "postwise_answers_total 3.0" in words
    assert "secret-student-name" not in words


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "postwise.example"])
async def test_local_page_refuses_a_public_address(host: str) -> None:
    """A page without sign-in is not shown to other computers by accident."""
    silence = Silence()
    page = ChatPage(turns=silence, shelf=silence, districts=dict, database=Database("sqlite://"))

    with pytest.raises(PublicAddressError):
        async with serving(make_application(unready=Parts(), chat_page=page), host=host, port=0):
            pass


async def test_server_says_where_it_listens_and_stops_cleanly() -> None:
    """The address that is printed is the one that answers."""
    async with (
        serving(make_application(unready=Parts()), host="127.0.0.1", port=0) as address,
        ClientSession() as person,
    ):
        response = await person.get(f"{address}/health")
        alive = await response.json()

    assert alive == {"alive": True}
