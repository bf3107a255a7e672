"""Sends to Slack, and looks whether a message has arrived.

The library's own retries are off: slack_sdk 3.47 posts a second time by itself where a connection is reset.
"""

from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.sender import MESSAGE_GONE, DeliveryError
from bot.slack.render import blocks_of, text_of
from handlers.replies import Reply
from knowledge.conversations import ConversationReference

Result = TypeVar("Result")

PLATFORM = "slack"
"""Name of this platform in conversation references and persons."""

EVENT_TYPE = "postwise_delivery"
"""Type of the metadata that carries the key of a message: the key alone, since every member may read metadata."""

HISTORY_PAGES = (100, *[900] * 11)
"""Messages asked for in one look into a channel, page by page: the newest hundred nearly always have what is looked for.

The look ends at a message that is known to be older, never at a moment: that would be by our clock, and clocks jump.
Source: https://docs.slack.dev/reference/methods/conversations.history (at most 999)
"""

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
    "user_disabled user_not_visible method_not_supported_for_channel_type".split()
)
"""Errors of this message or this conversation. Any other (a token that expired, the app not in the channel) waits until
somebody mends it: nothing is lost meanwhile. Source: as above."""

_GONE = frozenset("message_not_found cant_update_message edit_window_closed".split())
"""Errors of chat.update after which the message is posted anew."""


class SlackSender:
    """Sends to one workspace."""

    def __init__(self, *, token: str, api_url: str, timeout_seconds: float) -> None:
        """Prepare the client; `close` it in the end."""
        self._token = token
        self._api_url = api_url
        self._timeout = timeout_seconds
        self._session: aiohttp.ClientSession | None = None
        self._opened: dict[str, str] = {}

    async def post(self, *, key: str, conversation: ConversationReference, reply: Reply, thread: str = "") -> str:
        """Post a message that carries its key."""
        posted = await self._called(
            lambda slack: slack.chat_postMessage(
                channel=conversation.address,
                thread_ts=thread or None,
                text=text_of(reply),
                blocks=blocks_of(reply),
                mrkdwn=False,
                unfurl_links=False,
                unfurl_media=False,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                # Slack may know it (its error table does) and may not; it costs nothing, and nothing rests on it.
                client_msg_id=key,
            )
        )
        return _understood(lambda: str(posted["ts"]))

    async def edit(self, *, key: str, conversation: ConversationReference, message_id: str, reply: Reply) -> None:  # noqa: ARG002 - an edit is found by the message, not by its key
        """Put a reply in the place of an earlier message."""
        channel = await self._channel(conversation)
        try:
            await self._called(
                lambda slack: slack.chat_update(
                    channel=channel, ts=message_id, text=text_of(reply), blocks=blocks_of(reply)
                )
            )
        except DeliveryError as error:
            if error.kind in _GONE:
                raise DeliveryError(MESSAGE_GONE, is_permanent=True) from error
            raise

    async def find(
        self, *, key: str, conversation: ConversationReference, back_to: str = "", thread: str = ""
    ) -> str | None:
        """Look for the message that carries a key, among those that are newer than another one.

        What was said in a thread stands in the thread alone; Slack lists that from its beginning.
        """
        channel = await self._channel(conversation)
        cursor: str | None = None
        for limit in HISTORY_PAGES:
            page = await self._page(channel, thread, limit=limit, cursor=cursor)
            found = _understood(lambda page=page: _carrying(key, page["messages"]))  # type: ignore[misc]
            is_old = not thread and _understood(lambda page=page: _reaches(back_to, page["messages"]))  # type: ignore[misc]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if found or is_old or not page.get("has_more") or not cursor:
                return found
        return None

    async def _page(self, channel: str, thread: str, *, limit: int, cursor: str | None) -> dict[str, Any]:
        """Return one page of a channel, or of one thread in it."""
        if thread:
            return await self._called(
                lambda slack: slack.conversations_replies(
                    channel=channel, ts=thread, limit=limit, cursor=cursor, include_all_metadata=True
                )
            )
        return await self._called(
            lambda slack: slack.conversations_history(
                channel=channel, limit=limit, cursor=cursor, include_all_metadata=True
            )
        )

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()

    async def _channel(self, conversation: ConversationReference) -> str:
        """Return the channel of a conversation; a person's direct message is one only once it is opened."""
        address = conversation.address
        if not address.startswith(("U", "W")):
            return address
        if address not in self._opened:
            opened = await self._called(lambda slack: slack.conversations_open(users=address))
            self._opened[address] = _understood(lambda: str(opened["channel"]["id"]))
        return self._opened[address]

    async def _called(self, call: Callable[[AsyncWebClient], Awaitable[Any]]) -> dict[str, Any]:
        """Make one call, and say in our own terms what went wrong."""
        if self._session is None:
            # Not before the loop runs; one session keeps its connections open.
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._timeout))
        slack = AsyncWebClient(token=self._token, base_url=self._api_url, session=self._session, retry_handlers=[])
        try:
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


def _carrying(key: str, messages: Iterable[dict[str, Any]]) -> str | None:
    """Return the name of the message that carries a key."""
    for message in messages:
        metadata = message.get("metadata") or {}
        if metadata.get("event_type") == EVENT_TYPE and (metadata.get("event_payload") or {}).get("key") == key:
            return str(message["ts"])
    return None


def _reaches(back_to: str, messages: Iterable[dict[str, Any]]) -> bool:
    """Tell whether a page goes back as far as a message, whether or not that is still there itself."""
    return bool(back_to) and any(_place(str(message["ts"])) <= _place(back_to) for message in messages)


def _place(ts: str) -> tuple[int, ...]:
    """Return what orders messages: Slack names each by its second and a counter."""
    return tuple(int(part) for part in ts.split("."))


def _understood(reading: Callable[[], Result]) -> Result:
    """Read an answer; where what was asked for is not in it, nobody knows what became of the call."""
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
    return DeliveryError(code, is_permanent=code in _FOR_GOOD | _GONE)


def _seconds(text: str | None) -> float:
    """Read a Retry-After; Slack sends seconds."""
    try:
        return max(0.0, float(text or ""))
    except ValueError:
        return 1.0
