"""Sends to Slack, and looks whether a message has arrived."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from bot.delivery.sender import MESSAGE_GONE, DeliveryError
from bot.slack.addresses import PLATFORM, Address, NotASlackConversationError
from bot.slack.client import GONE, SlackCalls, understood
from bot.slack.render import Block, page_of, pages_of, text_of
from bot.slack.workspaces import NotInstalledError, Workspaces
from handlers.replies import FileText, Reply
from knowledge.conversations import ConversationReference

__all__ = ["PLATFORM", "SlackSender"]

EVENT_TYPE = "postwise_delivery"
"""Type of the metadata that carries the key of a message: the key alone, since every member may read metadata."""

HISTORY_PAGES = (100, *[900] * 11)
"""Messages asked for in one look into a channel, page by page: the newest hundred nearly always have what is looked for.

The look ends at a message that is known to be older, never at a moment: that would be by our clock, and clocks jump.
Source: https://docs.slack.dev/reference/methods/conversations.history (at most 999)
"""

BURST = 5
"""Messages that a channel takes at once before it is one a second.

Source: https://docs.slack.dev/apis/web-api/rate-limits ("short bursts of >1 allowed"); how short is our own figure.
"""

LONGEST_TURN_SECONDS = 2.0
"""How long a message waits here for its turn in a channel; one that would wait longer is put off by the outbox."""


class SlackSender:
    """Sends to every workspace."""

    def __init__(self, *, workspaces: Workspaces, calls: SlackCalls, seconds_per_message: float = 1.0) -> None:
        """Prepare the sender.

        Parameters
        ----------
        workspaces
            Gives the token of each.
        seconds_per_message
            How fast messages follow each other in one channel, once a short burst is over.
        """
        self._workspaces = workspaces
        self._calls = calls
        self._opened: dict[tuple[str, str], str] = {}
        self._turns: dict[tuple[str, str], _Turns] = defaultdict(lambda: _Turns(seconds_per_message))

    async def post(self, *, key: str, conversation: ConversationReference, reply: Reply, thread: str = "") -> str:
        """Post a message that carries its key; one that is too long is continued in the next, the last has the key."""
        address = _address(conversation)
        address = address.in_thread(thread) if thread else address
        if address.only_for:
            return await self._post_for_one(address, reply)
        for file in _files(reply):
            await self.share(file, address)
        *first, last = pages_of(reply)
        for number, page in enumerate(first):
            page_key = f"{key}/{number}"
            if await self._find(page_key, address) is None:
                await self._post(address, page_key, page, reply)
        return await self._post(address, key, last, reply)

    async def edit(self, *, key: str, conversation: ConversationReference, message_id: str, reply: Reply) -> None:  # noqa: ARG002 - an edit is found by the message, not by its key
        """Put a reply in the place of an earlier message."""
        address = _address(conversation)
        channel = await self.channel(address)
        token = await self._token(address)
        try:
            await self._calls.call(
                lambda slack: slack.chat_update(
                    channel=channel, ts=message_id, text=text_of(reply), blocks=page_of(reply)
                ),
                token=token,
            )
        except DeliveryError as error:
            if error.kind in GONE:
                raise DeliveryError(MESSAGE_GONE, is_permanent=True) from error
            raise

    async def find(
        self, *, key: str, conversation: ConversationReference, back_to: str = "", thread: str = ""
    ) -> str | None:
        """Look for the message that carries a key, among those that are newer than another one.

        What was said in a thread stands in the thread alone; Slack lists that from its beginning. What one person alone was
        shown is in no list: it may be shown to them twice.
        """
        address = _address(conversation)
        return await self._find(key, address.in_thread(thread) if thread else address, back_to=back_to)

    async def share(self, file: FileText, address: Address) -> None:
        """Bring a text file into a conversation.

        Raises
        ------
        DeliveryError
            Raised if it did not get there. What got there twice does no harm.
        """
        token, channel = await self._token(address), await self.channel(address)
        content = file.text.encode()
        place = await self._calls.call(
            lambda slack: slack.files_getUploadURLExternal(filename=file.name, length=len(content)), token=token
        )
        upload_url, file_id = understood(lambda: (str(place["upload_url"]), str(place["file_id"])))
        await self._calls.upload(upload_url, content)
        await self._calls.call(
            lambda slack: slack.files_completeUploadExternal(
                files=[{"id": file_id, "title": file.name}], channel_id=channel, thread_ts=address.thread or None
            ),
            token=token,
        )

    async def channel(self, address: Address) -> str:
        """Return the channel of an address; a person's direct message is one only once it is opened.

        Raises
        ------
        DeliveryError
            Raised if Slack does not open it.
        """
        person = address.channel
        if not person.startswith(("U", "W")):
            return person
        place = (address.team, person)
        if place not in self._opened:
            token = await self._token(address)
            opened = await self._calls.call(lambda slack: slack.conversations_open(users=person), token=token)
            self._opened[place] = understood(lambda: str(opened["channel"]["id"]))
        return self._opened[place]

    async def _post(self, address: Address, key: str, blocks: list[Block], reply: Reply) -> str:
        token = await self._token(address)
        await self._turns[address.team, address.channel].take()
        posted = await self._calls.call(
            lambda slack: slack.chat_postMessage(
                channel=address.channel,
                thread_ts=address.thread or None,
                text=text_of(reply),
                blocks=blocks,
                mrkdwn=False,
                unfurl_links=False,
                unfurl_media=False,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                # Slack may know it (its error table does) and may not; it costs nothing, and nothing rests on it.
                client_msg_id=key,
            ),
            token=token,
        )
        return understood(lambda: str(posted["ts"]))

    async def _post_for_one(self, address: Address, reply: Reply) -> str:
        """Show something to one person alone; no file can be shown so, it goes to their direct message."""
        for file in _files(reply):
            await self.share(file, Address(team=address.team, channel=address.only_for))
        channel, token = await self.channel(address), await self._token(address)

        async def shown(page: list[Block]) -> str:
            posted = await self._calls.call(
                lambda slack: slack.chat_postEphemeral(
                    channel=channel,
                    user=address.only_for,
                    thread_ts=address.thread or None,
                    text=text_of(reply),
                    blocks=page,
                ),
                token=token,
            )
            return understood(lambda: str(posted["message_ts"]))

        return [await shown(page) for page in pages_of(reply)][-1]

    async def _find(self, key: str, address: Address, *, back_to: str = "") -> str | None:
        if address.only_for:
            return None
        channel, token = await self.channel(address), await self._token(address)
        cursor: str | None = None
        for limit in HISTORY_PAGES:
            page = await self._page(channel, address.thread, token=token, limit=limit, cursor=cursor)
            found = understood(lambda page=page: _carrying(key, page["messages"]))  # type: ignore[misc]
            is_old = not address.thread and understood(lambda page=page: _reaches(back_to, page["messages"]))  # type: ignore[misc]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if found or is_old or not page.get("has_more") or not cursor:
                return found
        return None

    async def _page(self, channel: str, thread: str, *, token: str, limit: int, cursor: str | None) -> dict[str, Any]:
        """Return one page of a channel, or of one thread in it."""
        if thread:
            return await self._calls.call(
                lambda slack: slack.conversations_replies(
                    channel=channel, ts=thread, limit=limit, cursor=cursor, include_all_metadata=True
                ),
                token=token,
            )
        return await self._calls.call(
            lambda slack: slack.conversations_history(
                channel=channel, limit=limit, cursor=cursor, include_all_metadata=True
            ),
            token=token,
        )

    async def _token(self, address: Address) -> str:
        try:
            return await self._workspaces.token(address.team)
        except NotInstalledError as error:
            raise DeliveryError("not_installed") from error


class _Turns:
    """Lets messages into one channel no faster than Slack takes them."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._free_at = 0.0

    async def take(self) -> None:
        """Wait for one's turn.

        Raises
        ------
        DeliveryError
            Raised if that would take long; the message did not go out, and is to come again then.
        """
        now = time.monotonic()
        wait = self._free_at - now - (BURST - 1) * self._seconds
        if wait > LONGEST_TURN_SECONDS:
            raise DeliveryError("paced", retry_after=wait)
        self._free_at = max(self._free_at, now) + self._seconds
        if wait > 0:
            await asyncio.sleep(wait)


def _address(conversation: ConversationReference) -> Address:
    try:
        return Address.of(conversation)
    except NotASlackConversationError as error:
        raise DeliveryError("not_a_slack_conversation", is_permanent=True) from error


def _files(reply: Reply) -> Iterator[FileText]:
    return (part for part in reply.parts if isinstance(part, FileText))


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
