"""``postwise deliver``: delivery alone, beside one or several ``postwise serve --no-deliver``."""

import asyncio

import structlog

from bot import log
from bot.assemble import assembled_for_delivery
from bot.commands.running import delivering, running, told_to_stop
from bot.settings import Settings, read_settings


def run() -> int:
    """Deliver until told to stop."""
    log.configure()
    return asyncio.run(_deliver(read_settings()))


async def _deliver(settings: Settings) -> int:
    async with (
        assembled_for_delivery(settings) as dispatch,
        delivering(dispatch),
        running(dispatch.auditor.run()),
    ):
        structlog.get_logger().info("delivering")
        await told_to_stop()
    structlog.get_logger().info("stopped")
    return 0
