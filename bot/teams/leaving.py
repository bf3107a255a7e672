"""Looks now and then whether the people whom we know in Teams are still there: Teams tells no bot that somebody left a district.

Who cannot be found twice, some minutes apart, has left; a roster that does not answer says nothing about anybody.
"""

import asyncio
from typing import Protocol

import structlog

from bot.teams.addresses import PLATFORM
from bot.teams.connector import ConnectorError
from bot.teams.line import Line
from bot.teams.people import Roster
from handlers.incoming import Departure
from knowledge.people import Person
from knowledge.store.teams_conversations import TeamsConversation
from knowledge.store.unit import Database

EVERY_SECONDS = 6 * 3600.0
"""How often everybody is looked for."""

AGAIN_SECONDS = 600.0
"""How long after somebody was not found they are looked for once more."""

BETWEEN_SECONDS = 0.5
"""Between two people: the roster's own limits are shared with everything else we do."""

LEFT = "left"
"""Why the chat of somebody who left cannot be written to."""

log = structlog.get_logger()


class _Turns(Protocol):
    async def depart(self, departure: Departure) -> None: ...


class Leaving:
    """Finds who has left."""

    def __init__(
        self,
        *,
        line: Line,
        roster: Roster,
        turns: _Turns,
        database: Database,
        between_seconds: float = BETWEEN_SECONDS,
        again_seconds: float = AGAIN_SECONDS,
    ) -> None:
        self._line = line
        self._roster = roster
        self._turns = turns
        self._database = database
        self._between = between_seconds
        self._again = again_seconds

    async def run(self) -> None:
        """Look every few hours, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - a database away for a minute must not end the looking
                log.error("roster not looked through", kind=type(error).__name__)  # noqa: TRY400

    async def look(self) -> int:
        """Look for everybody once, and once more for who was not found.

        Returns
        -------
        int
            How many have left.
        """
        async with self._database.reading() as unit:
            addresses = await unit.teams_conversations.personal(district_id=self._line.district_id)
        missing = [chat for chat in [await self._missing(address) for address in addresses] if chat]
        if not missing:
            return 0
        await asyncio.sleep(self._again)
        left = [chat for chat in [await self._missing(each.address) for each in missing] if chat]
        for chat in left:
            await self._depart(chat)
        return len(left)

    async def _missing(self, address: str) -> TeamsConversation | None:
        """Return the chat of somebody whom Teams does not know any more."""
        async with self._database.reading() as unit:
            chat = await unit.teams_conversations.get(district_id=self._line.district_id, address=address)
        if chat is None or not chat.person_id or chat.blocked == LEFT:
            return None
        await asyncio.sleep(self._between)
        try:
            is_gone = await self._roster.is_gone(
                service_url=chat.service_url, conversation_id=chat.conversation_id, member_id=chat.member_id
            )
        except ConnectorError as error:
            log.info("roster did not answer", status=error.status)
            return None
        return chat if is_gone else None

    async def _depart(self, chat: TeamsConversation) -> None:
        await self._turns.depart(
            Departure(
                district_id=self._line.district_id,
                person=Person(platform=PLATFORM, id=chat.person_id),
                event_key=f"teams/left/{chat.person_id}/{chat.conversation_id}"[-300:],
            )
        )
        await self._line.places.block(chat.address, LEFT)
        log.info("somebody left", district=self._line.district_id)
