"""Forgets what is older than each district keeps."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog

from bot.local.conversations import forget_old_messages
from knowledge.clock import Clock
from knowledge.district import District
from knowledge.store.unit import Database

EVERY = timedelta(hours=1)
"""How often old questions are looked for."""

DELIVERED_KEPT = timedelta(days=7)
"""How long it is known that an event has arrived and that a message went out; what they said is forgotten at once."""

log = structlog.get_logger()


async def forget_regularly(database: Database, districts: Callable[[], Mapping[str, District]], clock: Clock) -> None:
    """Forget now and every hour, until cancelled."""
    while True:
        try:
            await forget(database, districts(), clock)
        except Exception as error:  # noqa: BLE001 - a database away for a minute must not end the forgetting
            log.error("retention failed", kind=type(error).__name__)  # noqa: TRY400 - a traceback may quote a row
        await asyncio.sleep(EVERY.total_seconds())


async def forget(database: Database, districts: Mapping[str, District], clock: Clock) -> int:
    """Delete every question that its district no longer keeps, and what was delivered a while ago.

    Returns
    -------
    int
        How many questions were forgotten.
    """
    forgotten = 0
    for district in districts.values():
        before = clock.now() - timedelta(days=district.retention.questions_days)
        async with database.unit() as unit:
            forgotten += await unit.questions.forget_before(district_id=district.id, before=before)
            resolved_before = clock.now() - timedelta(days=district.retention.cases_days)
            await unit.cases.forget_before(
                district_id=district.id, before=resolved_before, schools=district.cases.schools
            )
            await unit.precedents.forget_before(district_id=district.id, before=resolved_before)
            await forget_old_messages(unit, district, now=clock.now())
            await unit.teams_conversations.forget_answers(district_id=district.id, before=before)
    delivered = clock.now() - DELIVERED_KEPT
    async with database.unit() as unit:
        events = await unit.inbox.forget_before(before=delivered)
        messages = await unit.outbox.forget_before(before=delivered)
    if forgotten or events or messages:
        log.info("forgotten", questions=forgotten, events=events, deliveries=messages)
    return forgotten
