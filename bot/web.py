"""The aiohttp application: every platform's routes, health, readiness and metrics; start, drain, stop.

An error never shows its traceback, and neither its words nor a body ever reaches the log: both may hold what a
person typed.
"""

import asyncio
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TypeAlias

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.local.app import ChatPage
from bot.local.incoming import is_loopback
from bot.platform import Platform
from knowledge.errors import PostwiseError

MAX_BODY_BYTES = 1024 * 1024
"""Largest body that a route reads into memory. The set-up form reads its document piece by piece and counts itself."""

READINESS_SECONDS = 2.0
"""How long the readiness check may take; a database that does not answer is not ready."""

STOP_SECONDS = 15.0
"""How long a stop waits for requests under way."""

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Sent with every response that does not say otherwise itself."""

Unready: TypeAlias = Callable[[], Awaitable[tuple[str, ...]]]
"""Names the parts that are not ready yet ("model", "database"); empty where all are."""

_IS_STOPPING = web.AppKey("is_stopping", asyncio.Event)
_PLATFORMS = web.AppKey("platforms", tuple[Platform, ...])
_CHAT_PAGE = web.AppKey("chat_page", ChatPage)

_log = structlog.get_logger(__name__)


class PublicAddressError(PostwiseError):
    """The local page, which has no sign-in, would be reachable from other computers."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host


def make_application(
    *,
    unready: Unready,
    chat_page: ChatPage | None = None,
    platforms: Iterable[Platform] = (),
    routes: Iterable[web.AbstractRouteDef] = (),
    registry: CollectorRegistry | None = None,
) -> web.Application:
    """Put the routes together.

    Parameters
    ----------
    unready
        Asked at each ``GET /ready``.
    chat_page
        The local chat page, where it is served.
    platforms
        The other platforms that are set up.
    routes
        Routes of no platform.
    registry
        Where the metrics of other parts are kept; ``/metrics`` shows them all.
    """
    registry = registry or CollectorRegistry()
    platforms = tuple(platforms)
    application = web.Application(
        middlewares=[_measuring(registry), _keep_errors_inside], client_max_size=MAX_BODY_BYTES
    )
    application[_IS_STOPPING] = asyncio.Event()
    application[_PLATFORMS] = platforms
    application.on_response_prepare.append(_add_headers)
    application.on_shutdown.append(_stop)
    application.add_routes(
        [
            web.get("/health", _health),
            web.get("/ready", _readiness(unready)),
            web.get("/metrics", _metrics(registry)),
            *routes,
            *(route for platform in platforms for route in platform.routes()),
        ]
    )
    if chat_page is not None:
        application[_CHAT_PAGE] = chat_page
        application.add_routes(chat_page.routes())
    return application


@asynccontextmanager
async def serving(application: web.Application, *, host: str, port: int) -> AsyncIterator[str]:
    """Serve an application until the block is left; then let it finish what is under way.

    Parameters
    ----------
    application
        From `make_application`.
    host
        Where to listen.
    port
        Where to listen; 0 for any free port.

    Yields
    ------
    str
        The address to open, with the real port.

    Raises
    ------
    PublicAddressError
        Raised if other computers could reach the local page and it was not told to allow that.
    """
    chat_page = application.get(_CHAT_PAGE)
    if chat_page is not None and not chat_page.allow_any_host and not is_loopback(host):
        raise PublicAddressError(host)
    # No access log: metrics count requests, and an address may carry what a person typed into it.
    runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound_port = runner.addresses[0][1]
        shown_host = f"[{host}]" if ":" in host else host
        yield f"http://{shown_host}:{bound_port}"
    finally:
        await runner.cleanup()


async def _stop(application: web.Application) -> None:
    """Say that this process is going away, and let the local page finish its answers."""
    application[_IS_STOPPING].set()
    chat_page = application.get(_CHAT_PAGE)
    if chat_page is not None:
        await chat_page.drain()
    for platform in application[_PLATFORMS]:
        await platform.drain()


async def _health(request: web.Request) -> web.Response:  # noqa: ARG001 every route gets the request
    """Say that the process is alive."""
    return web.json_response({"alive": True})


def _readiness(unready: Unready) -> Handler:
    """Make the route that says whether messages can be answered now."""

    async def ready(request: web.Request) -> web.Response:
        if request.app[_IS_STOPPING].is_set():
            return _not_ready(("stopping",))
        try:
            async with asyncio.timeout(READINESS_SECONDS):
                waiting_for = await unready()
        except Exception as error:  # noqa: BLE001 a check that breaks is an answer too: not ready
            _log.warning("readiness_check_failed", error=type(error).__name__)
            return _not_ready(("readiness check",))
        return _not_ready(waiting_for) if waiting_for else web.json_response({"ready": True})

    return ready


def _not_ready(waiting_for: tuple[str, ...]) -> web.Response:
    return web.json_response({"ready": False, "waiting_for": list(waiting_for)}, status=503)


def _metrics(registry: CollectorRegistry) -> Handler:
    """Make the route that shows the metrics to Prometheus."""

    async def metrics(request: web.Request) -> web.Response:  # noqa: ARG001
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return metrics


def _measuring(registry: CollectorRegistry) -> Middleware:
    """Make the middleware that counts requests and times them, by route and never by address."""
    requests = Counter("postwise_http_requests", "Requests answered.", ("method", "route", "status"), registry=registry)
    seconds = Histogram("postwise_http_request_seconds", "Time to the response.", ("route",), registry=registry)

    @web.middleware
    async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "none"
        method = request.method if request.method in {"GET", "HEAD", "POST"} else "other"
        began = time.monotonic()
        response = await handler(request)
        requests.labels(method, route, str(response.status)).inc()
        if response.content_type != "text/event-stream":  # a stream lasts as long as its page is open
            seconds.labels(route).observe(time.monotonic() - began)
        return response

    return measure


@web.middleware
async def _keep_errors_inside(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into a response that says no more than it should."""
    try:
        return await handler(request)
    except web.HTTPRedirection:
        raise
    except web.HTTPException as error:
        return _refused(error.status, _words(error), {name: error.headers[name] for name in _KEPT & set(error.headers)})
    except Exception as error:  # noqa: BLE001
        _log.error(
            "request_failed",
            route=getattr(request.match_info.route.resource, "canonical", None),
            error=type(error).__name__,
            at=[f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-8:]],
        )
        return _refused(500, "Something went wrong here. It was noted, without the text.", {})


_KEPT = {"Allow", "Retry-After", "WWW-Authenticate"}
"""Headers of a refusal that a caller needs."""


def _words(error: web.HTTPException) -> str:
    """Return what a refusal says; the bare phrase of its status where it says nothing of its own."""
    phrase = HTTPStatus(error.status).phrase
    return error.text if error.text and not error.text.startswith(f"{error.status}: ") else f"{phrase}."


def _refused(status: int, words: str, headers: dict[str, str]) -> web.Response:
    return web.json_response({"error": words}, status=status, headers=headers)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the security headers, and keep everything but static files out of caches."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    is_static = request.path.startswith("/local/static/")
    response.headers.setdefault("Cache-Control", "no-cache" if is_static else "no-store")
    response.headers["Server"] = "Postwise"
