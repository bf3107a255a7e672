"""Socket Mode: Slack's events over a connection that we open, for a district without a public address; kept up by a watchdog."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from slack_bolt.response import BoltResponse
    from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest

LOOK_SECONDS = 2.0
"""How often the watchdog looks."""

LONGEST_DOWN_SECONDS = 20.0
"""How long the library may take to connect again by itself; then it is given up and begun anew.

slack_sdk 3.47 tries for ever on a session that is closed: https://github.com/slackapi/python-slack-sdk/issues/1922
"""

PING_SECONDS = 5.0

_OK = 200

log = structlog.get_logger()


class SocketMode:
    """One connection to Slack, and another where it is gone."""

    def __init__(
        self,
        *,
        app_token: str,
        api_url: str,
        dispatch: Callable[[Mapping[str, Any], Callable[[], AsyncBoltRequest]], Awaitable[BoltResponse]],
        longest_down_seconds: float = LONGEST_DOWN_SECONDS,
    ) -> None:
        """Prepare the connection.

        Parameters
        ----------
        app_token
            Token of the app, with the scope ``connections:write``.
        dispatch
            Takes what comes.
        """
        self._app_token = app_token
        self._api_url = api_url
        self._dispatch = dispatch
        self._longest_down = longest_down_seconds
        self._client: SocketModeClient | None = None
        self._is_closing = False

    async def is_up(self) -> bool:
        """Tell whether the connection stands."""
        return self._client is not None and await self._client.is_connected()

    async def run(self) -> None:
        """Keep a connection until cancelled or closed."""
        try:
            while not self._is_closing:
                try:
                    await self._connect_and_watch()
                except Exception as error:  # noqa: BLE001 - an error of the network, by its kind alone
                    log.warning("socket mode not connected", error=type(error).__name__)
                if not self._is_closing:
                    await asyncio.sleep(LOOK_SECONDS)
        finally:
            await self._end()

    async def close(self) -> None:
        """Take no more."""
        self._is_closing = True
        await self._end()

    async def _connect_and_watch(self) -> None:
        """Connect, and return once the connection has been down for too long."""
        await self._end()
        client = SocketModeClient(
            app_token=self._app_token,
            logger=_quiet_logger(),
            web_client=AsyncWebClient(base_url=self._api_url, logger=_quiet_logger()),
            ping_interval=PING_SECONDS,
        )
        client.socket_mode_request_listeners.append(self._take)
        self._client = client
        async with asyncio.timeout(self._longest_down):
            await client.connect()  # type: ignore[no-untyped-call]
        log.info("socket mode connected")
        up_at = time.monotonic()
        while not self._is_closing and time.monotonic() - up_at < self._longest_down:
            await asyncio.sleep(LOOK_SECONDS)
            if await client.is_connected():
                up_at = time.monotonic()
        if not self._is_closing:
            log.warning("socket mode begun anew")

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Take one envelope; what could not be kept is not acknowledged, so that Slack sends it again."""
        headers = {"content-type": "application/json"}
        if request.retry_attempt is not None:
            headers["x-slack-retry-num"] = str(request.retry_attempt)
        if not isinstance(request.payload, dict):
            return
        body = request.payload
        response = await self._dispatch(
            body,
            lambda: AsyncBoltRequest(mode="socket_mode", body=body, headers=headers),  # type: ignore[arg-type]
        )
        if response.status >= 500:
            return
        payload = None
        if response.status == _OK and response.body:
            with contextlib.suppress(ValueError):
                payload = json.loads(response.body)
        await client.send_socket_mode_response(
            SocketModeResponse(envelope_id=request.envelope_id, payload=payload if isinstance(payload, dict) else None)
        )

    async def _end(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                await client.close()  # type: ignore[no-untyped-call]


def _quiet_logger() -> logging.Logger:
    """Return a logger that says nothing: the library's quotes what it receives."""
    logger = logging.getLogger("postwise.slack.socket")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    return logger
