"""``postwise serve``: the server with the local chat page."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator

import structlog

from bot import log
from bot.assemble import Product, assemble
from bot.founder import DistrictFounder
from bot.local.app import ChatPage
from bot.local.incoming import is_loopback
from bot.local.sender import PLATFORM
from bot.retention import forget_regularly
from bot.settings import Settings, read_settings
from bot.web import PublicAddressError, Unready, make_application, serving
from handlers.referrals import posts_of_district
from knowledge.store.migrate import current_revision, newest_revision


def run(*, host: str | None, port: int | None, i_know: bool) -> int:
    """Serve until told to stop."""
    log.configure()
    settings = read_settings()
    return asyncio.run(
        _serve(settings, host=host or settings.host, port=settings.port if port is None else port, i_know=i_know)
    )


async def _serve(settings: Settings, *, host: str, port: int, i_know: bool) -> int:
    product = await assemble(settings)
    try:
        page = _chat_page(product, settings, allow_any_host=i_know and not is_loopback(host))
        await _refill_specialist_channels(product, page)
        application = make_application(unready=_unready(product), chat_page=page)
        async with serving(application, host=host, port=port) as address, _forgetting(product):
            print(f"\n  Postwise is ready. Open {address} in a browser. Stop with Ctrl+C.\n", flush=True)
            await _told_to_stop()
        structlog.get_logger().info("stopped")
    except PublicAddressError:
        print(
            "The local page has no sign-in, so it does not listen where other computers could reach it. "
            "Leave POSTWISE_HOST at 127.0.0.1, or start with --i-know if that is what you want.",
            file=sys.stderr,
        )
        return 1
    except OSError as error:
        print(
            f"Cannot listen on {host}, port {port}: {error.strerror or 'it is taken'}. "
            "Stop what uses it, or set POSTWISE_PORT to another.",
            file=sys.stderr,
        )
        return 1
    finally:
        await product.database.close()
    return 0


async def _refill_specialist_channels(product: Product, page: ChatPage) -> None:
    """Show again what was handed on: the page's channels are in memory, the questions are not."""
    for district_id in product.districts.all:
        if await product.districts.published(district_id) is None:
            continue
        shelf = await product.districts.shelf(district_id)
        async with product.database.unit() as unit:
            posts = await posts_of_district(shelf, unit, platform=PLATFORM)
        for post in posts:
            await page.sender.send(post.conversation, post.reply)


def _chat_page(product: Product, settings: Settings, *, allow_any_host: bool) -> ChatPage:
    founder = DistrictFounder(
        folder=settings.districts, database=product.database, districts=product.districts, clock=product.clock
    )
    return ChatPage(
        turns=product.turns,
        shelf=product.districts,
        districts=lambda: product.districts.all,
        founder=founder,
        clock=product.clock,
        allow_any_host=allow_any_host,
    )


def _unready(product: Product) -> Unready:
    async def unready() -> tuple[str, ...]:
        try:
            revision = await current_revision(product.database.engine)
        except Exception:  # noqa: BLE001 - whatever keeps the database away, we are not ready
            return ("database",)
        return () if revision == newest_revision() else ("database",)

    return unready


@contextlib.asynccontextmanager
async def _forgetting(product: Product) -> AsyncIterator[None]:
    """Keep the retention of every district while the server runs."""
    task = asyncio.create_task(forget_regularly(product.database, lambda: product.districts.all, product.clock))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _told_to_stop() -> None:
    """Wait for the signal that a person at the keyboard or a host sends."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
