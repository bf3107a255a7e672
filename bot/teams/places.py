"""Where a conversation of Teams is: found in the database, or opened with the person whose it is to be."""

import asyncio
import time
from collections import OrderedDict, defaultdict
from dataclasses import replace

from bot.teams.addresses import channel_of, owner_of
from bot.teams.connector import ConnectorError, Connectors
from knowledge.clock import Clock
from knowledge.errors import PostwiseError
from knowledge.store.teams_conversations import TeamsConversation
from knowledge.store.unit import Database

REMEMBERED_SECONDS = 15.0
"""How long what was read of a conversation is believed without looking again: another process may have found it blocked."""

MOST_REMEMBERED = 10_000


class NoPlaceError(PostwiseError):
    """Nothing has ever been heard from Teams, so nobody knows where to reach it."""


class NotThereError(PostwiseError):
    """A conversation cannot be written to: `reason` is Teams' own word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Places:
    """The conversations of one district."""

    def __init__(
        self, *, district_id: str, bot_id: str, database: Database, connectors: Connectors, clock: Clock
    ) -> None:
        self._district_id = district_id
        self._bot_id = bot_id
        self._database = database
        self._connectors = connectors
        self._clock = clock
        self._remembered: OrderedDict[str, tuple[float, TeamsConversation]] = OrderedDict()
        self._opening: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def see(self, *conversations: TeamsConversation) -> None:
        """Note where conversations are, as they themselves just said."""
        if all(self._recall(each.address) == each for each in conversations if each.conversation_id):
            return
        at = self._clock.now()
        async with self._database.reading() as unit:
            known = [
                await unit.teams_conversations.is_fresh(each, district_id=self._district_id, at=at)
                for each in conversations
            ]
        if not all(known):
            async with self._database.unit() as unit:
                for each in conversations:
                    await unit.teams_conversations.see(each, district_id=self._district_id, at=at)
        for each in conversations:
            if each.conversation_id:
                self._remember(each)

    async def find(self, address: str) -> TeamsConversation:
        """Return where to write for an address; a person's own chat is opened where it is not yet.

        Raises
        ------
        NoPlaceError, NotThereError
            As their names say.
        ConnectorError
            Raised if it could not be opened for another reason.
        """
        root = channel_of(address)
        known = self._recall(root)
        if known is not None:
            return known
        async with self._database.reading() as unit:
            found = await unit.teams_conversations.get(district_id=self._district_id, address=root)
            if found is None:
                found = await unit.teams_conversations.newest(district_id=self._district_id)
                if found is None:
                    raise NoPlaceError
                # The specialists' channel is set by hand; it is where everything else is.
                found = replace(
                    found,
                    address=root,
                    conversation_id="" if owner_of(root) else root,
                    person_id=owner_of(root),
                    member_id=owner_of(root),
                    kind="personal" if owner_of(root) else "channel",
                    blocked="",
                )
        if found.blocked:
            raise NotThereError(found.blocked)
        if found.conversation_id:
            self._remember(found)
            return found
        return await self._opened(found)

    async def block(self, address: str, reason: str) -> None:
        """Note that nothing can be written to a conversation any more, until it writes itself."""
        self._remembered.pop(channel_of(address), None)
        async with self._database.unit() as unit:
            await unit.teams_conversations.block(
                district_id=self._district_id, address=channel_of(address), reason=reason
            )

    async def _opened(self, chat: TeamsConversation) -> TeamsConversation:
        """Open the chat of a person; Teams allows it where the app is installed for them.

        Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
        """
        async with self._opening[chat.address]:
            async with self._database.reading() as unit:
                known = await unit.teams_conversations.get(district_id=self._district_id, address=chat.address)
            if known is not None and known.conversation_id:
                return known
            opened = await self._connectors.write(
                chat.service_url,
                "conversations",
                body={
                    "bot": {"id": self._bot_id},
                    "isGroup": False,
                    "members": [{"id": chat.member_id}],
                    "tenantId": chat.tenant_id,
                    "channelData": {"tenant": {"id": chat.tenant_id}},
                },
            )
            name = opened.get("id") if isinstance(opened, dict) else None
            if not isinstance(name, str) or not name:
                raise ConnectorError(status=200, code="unexpected answer")
            chat = replace(chat, conversation_id=name[:400])
            async with self._database.unit() as unit:
                await unit.teams_conversations.see(chat, district_id=self._district_id, at=self._clock.now())
        return chat

    def _recall(self, address: str) -> TeamsConversation | None:
        at, found = self._remembered.get(address, (0.0, None))
        return found if found is not None and time.monotonic() - at < REMEMBERED_SECONDS else None

    def _remember(self, conversation: TeamsConversation) -> None:
        self._remembered[conversation.address] = (time.monotonic(), conversation)
        self._remembered.move_to_end(conversation.address)
        if len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)
