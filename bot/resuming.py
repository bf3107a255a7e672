"""Answers what was acknowledged by a server that is gone."""

import asyncio

import structlog

from bot.turn import Turns

EVERY_SECONDS = 2.0
"""How often it is looked for."""

log = structlog.get_logger()


async def answer_what_is_left(turns: Turns) -> None:
    """Look for it until cancelled."""
    while True:
        try:
            await turns.answer_what_is_left()
        except Exception as error:  # noqa: BLE001 - a database away for a minute must not end the looking
            log.error("resuming failed", kind=type(error).__name__)  # noqa: TRY400 - a traceback may quote a row
        await asyncio.sleep(EVERY_SECONDS)
