"""Calls of Slack's Web API: one session for all of them, and what went wrong said in our own terms.

The library's own retries are off: slack_sdk 3.47 posts a second time by itself where a connection is reset.
"""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.sender import DeliveryError

Result = TypeVar("Result")

_NOT_KNOWN = frozenset(
    "fatal_error internal_error service_unavailable request_timeout duplicate_message_not_found "
    "duplicate_channel_not_found".split()
)
"""Errors after which the message may be there. Source: the error tables of chat.postMessage and chat.update."""

_FOR_GOOD = frozenset(
    "channel_not_found is_archived msg_too_long msg_blocks_too_long no_text too_many_attachments restricted_action "
    "restricted_action_read_only_channel restricted_action_thread_only_channel restricted_action_non_threadable_channel "
    "restricted_action_thread_locked invalid_blocks invalid_blocks_format invalid_arguments invalid_arg_name "
    "invalid_array_arg invalid_charset invalid_form_data invalid_post_type metadata_too_large invalid_metadata_format "
    "invalid_metadata_schema metadata_must_be_sent_from_app messages_tab_disabled cannot_dm_bot user_not_found "
    "user_disabled user_not_visible user_not_in_channel method_not_supported_for_channel_type".split()
)
"""Errors of this message or this conversation. Any other (a token that expired, the app not in the channel) waits until
somebody mends it: nothing is lost meanwhile. Source: as above."""

GONE = frozenset("message_not_found cant_update_message edit_window_closed".split())
"""Errors of chat.update after which the message is posted anew."""


class SlackCalls:
    """Calls methods of the Web API, for any workspace."""

    def __init__(self, *, api_url: str, timeout_seconds: float) -> None:
        """Prepare the calls; `close` them in the end.

        Parameters
        ----------
        api_url
            Base address of the Web API.
        timeout_seconds
            How long a call may take where it does not say itself.
        """
        self._api_url = api_url
        self._timeout = timeout_seconds
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self,
        call: Callable[[AsyncWebClient], Awaitable[Any]],
        *,
        token: str,
        timeout_seconds: float | None = None,
    ) -> dict[str, Any]:
        """Make one call.

        Raises
        ------
        DeliveryError
            Raised if it did not succeed; its kind is Slack's word for why not.
        """
        slack = AsyncWebClient(token=token, base_url=self._api_url, session=self.session, retry_handlers=[])
        try:
            async with asyncio.timeout(timeout_seconds):
                answer = await call(slack)
            return dict(answer.data)
        except SlackApiError as error:
            raise _meaning(error) from error
        except aiohttp.ClientConnectorError as error:
            raise DeliveryError("not_connected") from error
        except TimeoutError as error:
            raise DeliveryError("timeout", is_ambiguous=True) from error
        except Exception as error:
            raise DeliveryError(type(error).__name__, is_ambiguous=True) from error

    async def upload(self, address: str, content: bytes) -> None:
        """Put a file where Slack said it is to be put.

        Raises
        ------
        DeliveryError
            Raised if it did not get there.
        """
        try:
            async with self.session.post(address, data=content) as response:
                if response.status != HTTPStatus.OK:
                    raise DeliveryError(f"upload {response.status}", is_ambiguous=True)
        except TimeoutError as error:
            raise DeliveryError("timeout", is_ambiguous=True) from error
        except aiohttp.ClientError as error:
            raise DeliveryError(type(error).__name__, is_ambiguous=True) from error

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session; not made before the loop runs, and one, so that its connections stay open."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._timeout))
        return self._session


def understood(reading: Callable[[], Result]) -> Result:
    """Read an answer; where what was asked for is not in it, nobody knows what became of the call.

    Raises
    ------
    DeliveryError
        Raised if the answer is not as documented.
    """
    try:
        return reading()
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise DeliveryError("unexpected answer", is_ambiguous=True) from error


def _meaning(error: SlackApiError) -> DeliveryError:
    """Say what an answer that is no success means for the message."""
    response = error.response
    # Where the body could not be read, the library hands over the bare response of aiohttp.
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return DeliveryError("429", retry_after=_seconds(response.headers.get("Retry-After")))
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status != HTTPStatus.OK or not code or code in _NOT_KNOWN:
        return DeliveryError(code or str(status), is_ambiguous=True)
    if code in ("ratelimited", "rate_limited"):
        return DeliveryError("429", retry_after=_seconds(response.headers.get("Retry-After")))
    return DeliveryError(code, is_permanent=code in _FOR_GOOD | GONE)


def _seconds(text: str | None) -> float:
    """Read a Retry-After; Slack sends seconds."""
    try:
        return max(0.0, float(text or ""))
    except ValueError:
        return 1.0
