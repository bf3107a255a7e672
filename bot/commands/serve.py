"""``postwise serve``: the server with the local chat page."""

import asyncio
import contextlib
import sys

import structlog

from bot import log
from bot.assemble import Product, assembled
from bot.commands.running import delivering, running, told_to_stop
from bot.founder import DistrictFounder
from bot.local.app import ChatPage
from bot.local.conversations import PLATFORM
from bot.local.incoming import is_loopback
from bot.platform import Platform
from bot.platforms import platforms_of
from bot.resuming import answer_what_is_left
from bot.retention import forget_regularly
from bot.settings import Settings, read_settings
from bot.web import PublicAddressError, Unready, make_application, serving
from knowledge.store.migrate import current_revision, newest_revision


def run(*, host: str | None, port: int | None, i_know: bool, delivers: bool = True, local: bool = False) -> int:
    """Serve until told to stop."""
    log.configure()
    settings = read_settings()
    return asyncio.run(
        _serve(
            settings,
            host=host or settings.host,
            port=settings.port if port is None else port,
            i_know=i_know,
            delivers=delivers,
            has_page=local or not (settings.has_slack or settings.has_teams),
        )
    )


async def _serve(settings: Settings, *, host: str, port: int, i_know: bool, delivers: bool, has_page: bool) -> int:
    try:
        async with assembled(settings) as product:
            page = _chat_page(product, settings, allow_any_host=i_know and not is_loopback(host)) if has_page else None
            product.outside.senders[PLATFORM] = page.sender if page else product.local_sender()
            # Delivery ends last: what is answered while the pages go away still goes out.
            async with (
                delivering(product.dispatch) if delivers else contextlib.nullcontext(),
                platforms_of(settings, product) as platforms,
                running(
                    forget_regularly(product.database, lambda: product.districts.all, product.clock),
                    product.dispatch.auditor.run(audits=delivers),
                    answer_what_is_left(product.turns),
                    *(platform.run() for platform in platforms),
                ),
                serving(
                    make_application(
                        unready=_unready(product, platforms),
                        chat_page=page,
                        platforms=platforms,
                        registry=product.dispatch.registry,
                    ),
                    host=host,
                    port=port,
                ) as address,
            ):
                print(f"\n  {_greeting(address, platforms, has_page=has_page)} Stop with Ctrl+C.\n", flush=True)
                if not has_page and _reads_nowhere(product, settings):
                    print(_NOBODY_READS, file=sys.stderr, flush=True)
                await told_to_stop()
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
    return 0


_NOBODY_READS = (
    "  Nobody reads what is filed and escalated: set POSTWISE_SLACK_SPECIALIST_CHANNEL or POSTWISE_TEAMS_SPECIALIST_CONVERSATION, "
    "or start with --local, whose page has a specialist channel. Until then it is kept.\n"
)


def _reads_nowhere(product: Product, settings: Settings) -> bool:
    """Tell whether the specialist channel of the one district is that of a page that is not served."""
    return bool(settings.district) and product.outside.channel_of(settings.district).platform == PLATFORM


def _greeting(address: str, platforms: tuple[Platform, ...], *, has_page: bool) -> str:
    """Say where Postwise can be used."""
    places = [f"It answers in {platform.name.capitalize()}." for platform in platforms]
    if has_page:
        places.append(f"Open {address} in a browser.")
    return " ".join(["Postwise is ready.", *places])


def _chat_page(product: Product, settings: Settings, *, allow_any_host: bool) -> ChatPage:
    founder = DistrictFounder(
        folder=settings.districts, database=product.database, districts=product.districts, clock=product.clock
    )
    return ChatPage(
        turns=product.turns,
        shelf=product.districts,
        districts=lambda: product.districts.all,
        database=product.database,
        founder=founder,
        clock=product.clock,
        allow_any_host=allow_any_host,
    )


def _unready(product: Product, platforms: tuple[Platform, ...]) -> Unready:
    async def unready() -> tuple[str, ...]:
        try:
            revision = await current_revision(product.database.engine)
        except Exception:  # noqa: BLE001 - whatever keeps the database away, we are not ready
            return ("database",)
        waiting_for = [] if revision == newest_revision() else ["database"]
        for platform in platforms:
            waiting_for += await platform.unready()
        return tuple(waiting_for)

    return unready
