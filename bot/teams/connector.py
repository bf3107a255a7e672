"""Calls of Bot Connector: one connection and one token for many turns, and every refusal in our own terms.

The stock client of botframework-connector 4.17.1 opens a connection for every turn, blocks threads for up to 100 seconds,
posts a PUT three times by itself, and loses the status of an error whose body is no JSON. Its serialising is kept; what
carries the bytes is ours.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any
from urllib.parse import quote

import aiohttp
from botframework.connector.aio import ConnectorClient
from botframework.connector.auth import ConnectorFactory
from botframework.connector.bot_framework_sdk_client_async import BotFrameworkConnectorConfiguration
from msrest.pipeline import Request, Response
from msrest.pipeline.async_abc import AsyncHTTPPolicy, AsyncHTTPSender, AsyncPipeline
from msrest.pipeline.universal import RawDeserializer
from typing_extensions import override

from bot.teams.credentials import AppToken, TokenRefusedError
from knowledge.errors import PostwiseError

MAX_ANSWER_BYTES = 1024 * 1024
"""Most that is read of an answer; a page of a roster has a few kilobytes."""


class ConnectorError(PostwiseError):
    """A call of Bot Connector did not succeed."""

    def __init__(self, *, status: int, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{status} {code}".strip())
        self.status = status
        """HTTP status; 0 where there was no answer."""

        self.code = code
        """The error's own code ("ConversationNotFound"), or the kind of what broke; empty where nothing was said."""

        self.retry_after = retry_after


class NotConnectedError(ConnectorError):
    """The call certainly did not arrive."""

    def __init__(self) -> None:
        super().__init__(status=0, code="not_connected")


class Wire:
    """Carries the bytes: our session, our token, our timeout."""

    def __init__(
        self, *, token: AppToken, session: Callable[[], aiohttp.ClientSession], timeout_seconds: float
    ) -> None:
        self._token = token
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)

    async def send(
        self, method: str, address: str, *, body: bytes | None = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Make one call; once more where the token had run out, since what is refused for its token did nothing.

        Raises
        ------
        ConnectorError
            Raised if it was refused, or nobody knows.
        """
        for is_last in (False, True):
            try:
                token = await self._token.get()
            except TokenRefusedError as error:
                raise ConnectorError(status=401, code=f"token: {error.kind}") from error
            status, headers, answer = await self._once(method, address, token, body)
            if status == 401:
                self._token.forget(token)
                if not is_last:
                    continue
            if status >= 300:
                raise ConnectorError(status=status, code=_code_of(answer), retry_after=_seconds(headers))
            return status, headers, answer
        raise AssertionError("unreachable")

    async def _once(
        self, method: str, address: str, token: str, body: bytes | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        try:
            async with self._session().request(
                method, address, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                answer = await response.content.read(MAX_ANSWER_BYTES)
                return response.status, response.headers, answer
        except aiohttp.ClientConnectorError as error:
            raise NotConnectedError from error
        except TimeoutError as error:
            raise ConnectorError(status=0, code="timeout") from error
        except (aiohttp.ClientError, OSError) as error:
            raise ConnectorError(status=0, code=type(error).__name__) from error


class _Answer:
    """An answer in the form in which msrest reads one."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status_code = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self._body = body

    def body(self) -> bytes:
        return self._body

    def text(self, encoding: str | None = None) -> str:
        return self._body.decode(encoding or "utf-8")


class _Sending(AsyncHTTPSender[Any, Any]):
    """The end of msrest's pipeline."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @override
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    @override
    def build_context(self) -> Any:
        return {}

    @override
    async def send(self, request: Request[Any], **config: Any) -> Response[Any, Any]:
        made = request.http_request
        body = made.data.encode() if isinstance(made.data, str) else made.data
        status, headers, answer = await self._wire.send(made.method, made.url, body=body)
        return Response(request, _Answer(status, headers, answer))


class _Passing(AsyncHTTPPolicy[Any, Any]):
    """Stands where the library wants credentials; `Wire` has them."""

    @override
    async def send(self, request: Request[Any], **config: Any) -> Response[Any, Any]:
        assert self.next is not None  # the pipeline sets it
        answer: Response[Any, Any] = await self.next.send(request, **config)
        return answer


class Connectors(ConnectorFactory):  # type: ignore[misc]  # the library has no types
    """The library's clients, one for each address."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._clients: dict[str, ConnectorClient] = {}

    @override
    async def create(self, service_url: str, audience: str = "") -> ConnectorClient:
        """Return the client of an address; addresses were checked before they got here."""
        if service_url not in self._clients:
            configuration = BotFrameworkConnectorConfiguration(_Passing(), service_url)
            configuration.custom_pipeline = AsyncPipeline([RawDeserializer()], _Sending(self._wire))
            self._clients[service_url] = ConnectorClient(None, custom_configuration=configuration)
        return self._clients[service_url]

    async def read(self, service_url: str, *path: str) -> Any:
        """Read something of which the library drops what it does not know (a guest's role in a roster).

        Raises
        ------
        ConnectorError
            Raised if it cannot be read.
        """
        return await self._json("GET", service_url, path)

    async def write(self, service_url: str, *path: str, body: Mapping[str, Any]) -> Any:
        """Post something whose fields the library drops.

        Raises
        ------
        ConnectorError
            As of `read`.
        """
        return await self._json("POST", service_url, path, json.dumps(body).encode())

    async def _json(self, method: str, service_url: str, path: tuple[str, ...], body: bytes | None = None) -> Any:
        address = service_url.rstrip("/") + "".join(f"/{quote(part, safe='')}" for part in ("v3", *path))
        status, _, answer = await self._wire.send(method, _encoded(address), body=body)
        try:
            return json.loads(answer)
        except ValueError as error:
            raise ConnectorError(status=status, code="unexpected answer") from error


def _encoded(address: str) -> Any:
    """Keep an address as it is encoded: a conversation's name may hold a slash that must not become one."""
    from yarl import URL

    return URL(address, encoded=True)


def _code_of(body: bytes) -> str:
    """Return the code of an error, and nothing else of its body: that may repeat what we sent."""
    try:
        said = json.loads(body)["error"]
        code, message = str(said.get("code", "")), str(said.get("message", ""))
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    # Some refusals of Teams come under one general code, with the particular one as the message.
    particular = next(
        (known for known in ("MessageWritesBlocked", "BotNotInConversationRoster") if known in message), ""
    )
    return (particular or code)[:60] if (particular or code).isalnum() else ""


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Read a Retry-After: seconds, or a date."""
    said = headers.get("Retry-After")
    if said is None:
        return None
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


async def closed(session: aiohttp.ClientSession | None) -> None:
    """Close a session, and let its connections go."""
    if session is not None:
        await session.close()
        await asyncio.sleep(0)
