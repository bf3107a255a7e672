"""People who file, ask, decide and bring cases by HTTP, and who send everything again until it is acknowledged."""

import asyncio
import json
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.soak.case_people import CasePeople
from tests.soak.records import Records

QUESTIONS = (
    "how many admins does our band page need?",
    "may I post photos of students?",
    "which platforms may we use?",
    "can I friend my students?",
)

PATIENCE_SECONDS = 3.0
"""How long a person waits for the acknowledgement before sending again."""

MOST_REFUSALS = 30
"""How often an event may be answered without an acknowledgement: a server that stops, a database that is locked."""


@dataclass
class Acknowledged:
    """What was acknowledged, and must therefore be there in the end."""

    organizations: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    """Conversations, each with one question of its own."""

    approvals: list[str] = field(default_factory=list)
    """Organizations whose filing was approved."""

    sent: int = 0
    """Requests made, those without an acknowledgement among them."""


@dataclass
class People:
    """Everybody who sends."""

    addresses: list[str]
    records: Records
    district: str
    is_over: asyncio.Event = field(default_factory=asyncio.Event)
    acknowledged: Acknowledged = field(default_factory=Acknowledged)

    def __post_init__(self) -> None:
        self.of_cases = CasePeople(send=self._send, records=self.records.cases)

    async def send_until_over(self, number: int) -> None:
        """Be one person, until it is over; what was begun is brought to its acknowledgement all the same."""
        timeout = ClientTimeout(total=PATIENCE_SECONDS)
        async with ClientSession(timeout=timeout) as session:
            while not self.is_over.is_set():
                chance = random.random()
                if chance < 0.6:
                    await self.of_cases.do_something(session)
                elif chance < 0.7:
                    await self._ask(session)
                elif chance < 0.8 and number % 2:
                    await self._approve(session)
                else:
                    await self._file(session)
                await asyncio.sleep(random.uniform(0.0, 0.2))

    async def _file(self, session: ClientSession) -> None:
        token = secrets.token_hex(4)
        organization = f"Soak Club {token}"
        await self._send(
            session,
            "/local/forms",
            side="staff",
            message="",
            verb="file",
            value=json.dumps({"kind": "new_account"}),
            fields={
                "organization": organization,
                "platform": "instagram",
                "handle": f"@soak{token}",
                "administrators": "Cal Coach, coach@redlands.example\nOlive Office, office@redlands.example",
                "is_same": "another",
            },
        )
        self.acknowledged.organizations.append(organization)

    async def _ask(self, session: ClientSession) -> None:
        conversation = secrets.token_hex(8)
        await self._send(session, "/local/messages", conversation=conversation, text=random.choice(QUESTIONS))
        self.acknowledged.questions.append(conversation)

    async def _approve(self, session: ClientSession) -> None:
        waiting = await self.records.one_that_waits()
        if waiting is None:
            return
        organization, value = waiting
        press: dict[str, Any] = {"side": "specialist", "message": "", "verb": "approve", "value": value, "fields": {}}
        if await self._send(session, "/local/presses", **press):
            self.acknowledged.approvals.append(organization)

    async def _send(
        self, session: ClientSession, path: str, *, too_late: Sequence[str] = ("approved already",), **body: Any
    ) -> bool:
        """Send one event until a server says that it has arrived; always under the same key.

        Parameters
        ----------
        too_late
            Words by which somebody is told that another one was faster.

        Returns
        -------
        bool
            False where a press came too late: somebody else has decided.
        """
        event = {"district": self.district, "conversation": secrets.token_hex(8), "key": secrets.token_hex(8), **body}
        refusals: list[str] = []
        while True:
            address = random.choice(self.addresses)
            self.acknowledged.sent += 1
            try:
                async with session.post(f"{address}{path}", json=event, headers={"Origin": address}) as response:
                    if response.status == 202:
                        return True
                    if response.status == 429:
                        await asyncio.sleep(0.5)  # as a page does, whose conversation waits for its answers
                        continue
                    refusals.append(f"{response.status} {(await response.text())[:1000]}")
                    if any(words in refusals[-1] for words in too_late):
                        return False
            except (ClientError, TimeoutError, ConnectionError):
                pass
            if len(refusals) > MOST_REFUSALS:
                raise RuntimeError(f"{path} is not acknowledged: {refusals[-1]}")
            await asyncio.sleep(0.1)
