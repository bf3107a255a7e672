"""Forgets what is older than each district keeps."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog

from knowledge.clock import Clock
from knowledge.district import District
from knowledge.store.unit import Database

EVERY = timedelta(hours=1)
"""How often old questions are looked for."""

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
    """Delete every question that its district no longer keeps.

    Returns
    -------
    int
        How many were forgotten.
    """
    forgotten = 0
    for district in districts.values():
        before = clock.now() - timedelta(days=district.retention.questions_days)
        async with database.unit() as unit:
            forgotten += await unit.questions.forget_before(district_id=district.id, before=before)
    if forgotten:
        log.info("forgotten", questions=forgotten)
    return forgotten
