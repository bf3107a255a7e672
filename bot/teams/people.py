"""Who somebody is: name, verified address and standing from the roster of the conversation they write in.

What a person or a client says of itself is never believed. A roster that does not answer leaves the address out; what is
known from before is then found by `bot.ground`.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from bot.teams.activities import Account, Activity
from bot.teams.addresses import PLATFORM, channel_of
from bot.teams.connector import ConnectorError, Connectors
from knowledge.people import Person, Standing, is_email
from knowledge.store.unit import Database

KEPT_SECONDS = 3600.0
"""How long what a roster said of somebody is believed."""

WAIT_SECONDS = 3.0
"""How long somebody's message waits for the roster: the channel itself waits fifteen seconds."""

SILENT_SECONDS = 30.0
"""How long a roster that did not answer is not asked for the same person again."""

MOST_KEPT = 10_000
"""Of how many people it is remembered what the roster said."""


@dataclass(frozen=True, slots=True)
class _Known:
    person: Person | None
    """None where the roster did not answer."""

    until: float


class Roster:
    """The people of one district's tenants."""

    def __init__(
        self,
        *,
        district_id: str,
        connectors: Connectors,
        database: Database,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._district_id = district_id
        self._connectors = connectors
        self._database = database
        self._now = now
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Person | None]] = {}

    async def person(self, activity: Activity) -> Person:
        """Return who caused an activity."""
        account = activity.sender
        if account.role == "bot" or account.id.startswith("28:"):
            return Person(platform=PLATFORM, id=person_id(account), standing=Standing.BOT)
        key = f"{activity.tenant}/{account.id}"
        known = self._known.get(key)
        if known is None or known.until < self._now():
            if key not in self._asking:
                task = asyncio.create_task(self._ask(activity))
                self._asking[key] = task
                task.add_done_callback(lambda _: self._asking.pop(key, None))
            found = await asyncio.shield(self._asking[key])
            known = _Known(found, self._now() + (KEPT_SECONDS if found else SILENT_SECONDS))
            self._known[key] = known
            if len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
        return known.person or await self._from_before(account)

    async def is_gone(self, *, service_url: str, conversation_id: str, member_id: str) -> bool:
        """Tell whether Teams does not know somebody any more; what cannot be found out is no departure.

        Raises
        ------
        ConnectorError
            Raised if the roster did not answer.
        """
        try:
            await self._connectors.read(service_url, "conversations", conversation_id, "members", member_id)
        except ConnectorError as error:
            if error.status == HTTPStatus.NOT_FOUND and error.code.startswith(("Member", "User")):
                return True
            raise
        return False

    async def _ask(self, activity: Activity) -> Person | None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                member = await self._connectors.read(
                    activity.service_url,
                    "conversations",
                    channel_of(activity.conversation.id),
                    "members",
                    activity.sender.id,
                )
        except (ConnectorError, TimeoutError):
            return None
        return person_of(member, activity) if isinstance(member, dict) else None

    async def _from_before(self, account: Account) -> Person:
        """Return a person whom the roster does not tell of: as a guest where they were one."""
        async with self._database.reading() as unit:
            found = await unit.people.by_person(
                district_id=self._district_id, platform=PLATFORM, person_id=person_id(account)
            )
        standing = found.person.standing if found else Standing.MEMBER
        return Person(platform=PLATFORM, id=person_id(account), name=account.name or "", standing=standing)


def person_id(account: Account) -> str:
    """Return by what a person is known: their object of Entra, which is the same in every conversation."""
    return (account.object_id or account.id)[:200]


def person_of(member: dict[str, Any], activity: Activity) -> Person:
    """Read a member of a roster."""
    email = next(
        (
            said.lower()
            for said in (member.get("email"), member.get("userPrincipalName"))
            if isinstance(said, str) and is_email(said.lower())
        ),
        "",
    )
    tenant = member.get("tenantId")
    is_guest = member.get("userRole") in {"guest", "anonymous"} or (
        isinstance(tenant, str) and tenant.lower() != activity.tenant.lower()
    )
    # The principal name of a guest is made of a foreign address: neither is one that this tenant has verified.
    is_guest = is_guest or "#ext#" in str(member.get("userPrincipalName", "")).lower()
    return Person(
        platform=PLATFORM,
        id=person_id(activity.sender),
        name=str(member.get("name") or activity.sender.name or "")[:200],
        email="" if is_guest else email,
        standing=Standing.GUEST if is_guest else Standing.MEMBER,
    )
