"""What runs beside the foreground of a command, until the process is told to stop."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from bot.dispatch import Dispatch


@contextlib.asynccontextmanager
async def running(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run some works, which never end by themselves, for as long as the block lasts."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def delivering(dispatch: Dispatch) -> AsyncIterator[None]:
    """Deliver for as long as the block lasts; then finish what is under way."""
    task = asyncio.create_task(dispatch.worker.run())
    try:
        yield
    finally:
        dispatch.worker.stop()
        await task


async def told_to_stop() -> None:
    """Wait for the signal that a person at the keyboard or a host sends."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
