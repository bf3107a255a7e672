"""What the database and the platform hold in the end, read past the product."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession
from sqlalchemy import text

from bot.delivery.auditor import OVERDUE_AFTER
from handlers.wording.cards import card_value
from knowledge.clock import SystemClock
from knowledge.delivery import Backlog
from knowledge.filings import FilingState
from knowledge.store.unit import Database
from tests.soak.case_people import CasesAcknowledged
from tests.soak.case_records import CaseRecords


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What is wrong; nothing, where all are zero."""

    lost: int
    duplicated: int
    stuck: int


class Records:
    """The database of a crash test, and the address of its fake Slack."""

    def __init__(self, *, database: Database, slack: str, district: str) -> None:
        self._database = database
        self._slack = slack
        self._district = district
        self.cases = CaseRecords(database=database, slack_district=district)

    async def one_that_waits(self) -> tuple[str, str] | None:
        """Return an organization whose filing waits, and what the button on its card carries."""
        async with self._database.reading() as unit:
            waiting = await unit.filings.open(district_id=self._district)
        return next(
            (
                (filing.details.organization, card_value(filing))
                for filing in waiting
                if filing.state is FilingState.WAITING
            ),
            None,
        )

    async def backlog(self) -> Backlog:
        """Count what is still under way."""
        async with self._database.reading() as unit:
            return await unit.backlog.count(at=SystemClock().now(), overdue_after=OVERDUE_AFTER)

    async def unanswered(self) -> int:
        """Count the events that were acknowledged and are not answered, whoever is at work on them."""
        return len(await self._rows("SELECT event_key FROM inbox WHERE state <> 'done'"))

    async def tally(
        self,
        *,
        organizations: Iterable[str],
        approvals: Iterable[str],
        questions: Iterable[str],
        cases: CasesAcknowledged,
    ) -> Tally:
        """Compare what was acknowledged with what there is, and print what differs."""
        rows = await self._rows("SELECT number, fields FROM filings")
        filed = Counter(_fields(row["fields"])["organization"] for row in rows)
        messages = await self._messages()
        cards = [message for message in messages if "For: Soak Club" in message["text"]]
        shown = Counter(_organization(message["text"]) for message in cards)
        approved = {_organization(message["text"]) for message in cards if "was approved" in message["text"]}
        # News of a filing go to the same conversations; an answer is what was promised as a reply.
        replies = await self._rows(
            "SELECT local_messages.address FROM local_messages JOIN outbox ON outbox.id = delivery_key "
            "AND outbox.district_id = local_messages.district_id WHERE outbox.kind = 'reply'"
        )
        answered = Counter(row["address"] for row in replies)
        asked = [f"staff/{self._district}/{conversation}" for conversation in questions]
        open_rows = await self._rows(
            "SELECT id, state, last_error FROM outbox WHERE kind <> 'reminder' AND state <> 'sent'"
        )
        unanswered = await self._rows("SELECT event_key FROM inbox WHERE state <> 'done'")
        keys = Counter(message["key"] for message in messages)
        of_cases = await self.cases.compare(cases, messages)
        lost = {
            "filings": [name for name in organizations if not filed[name]],
            "cards": [name for name in organizations if not shown[name]],
            "approvals": [name for name in approvals if name not in approved],
            "answers": [address for address in asked if not answered[address]],
            **of_cases.lost_by_name,
        }
        duplicated = {
            "filings": [name for name, times in filed.items() if times > 1],
            "cards": [name for name, times in shown.items() if times > 1],
            "messages": [key for key, times in keys.items() if times > 1],
            "answers": [address for address in asked if answered[address] > 1],
            **of_cases.duplicated_by_name,
        }
        stuck = {"messages": [dict(row) for row in open_rows], "events": [dict(row) for row in unanswered]}
        apologies = await self._rows(
            "SELECT position FROM local_messages WHERE CAST(payload AS TEXT) LIKE '%went wrong on our side%'"
        )
        print(
            f"questions given up after several servers were killed over them, and their askers told: {len(apologies)}"
        )
        for what, found in (("lost", lost), ("duplicated", duplicated), ("stuck", stuck)):
            for name, each in found.items():
                if each:
                    print(f"{what} {name}: {each[:5]}")
        return Tally(lost=_count(lost), duplicated=_count(duplicated), stuck=_count(stuck))

    async def _rows(self, statement: str) -> list[Mapping[str, Any]]:
        async with self._database.engine.begin() as connection:
            return [dict(row) for row in (await connection.execute(text(statement))).mappings()]

    async def _messages(self) -> list[dict[str, Any]]:
        async with ClientSession() as session, session.get(f"{self._slack}/inspect") as response:
            messages: list[dict[str, Any]] = (await response.json())["messages"]
        return messages


def _fields(kept: Any) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(kept) if isinstance(kept, str) else kept
    return fields


def _organization(card: str) -> str:
    """Return whose card it is."""
    return card.partition("For: ")[2].partition("\n")[0]


def _count(found: Mapping[str, list[Any]]) -> int:
    return sum(len(each) for each in found.values())
