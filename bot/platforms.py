"""Opens the chat platforms that the settings name."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from bot.platform import Behind, Platform

if TYPE_CHECKING:
    from bot.assemble import Product
    from bot.settings import Settings
    from bot.slack.connecting import Connection


@contextlib.asynccontextmanager
async def platforms_of(settings: Settings, product: Product) -> AsyncIterator[tuple[Platform, ...]]:
    """Open the platforms that are set up, beside the local page; whose library nobody needs is not loaded.

    Raises
    ------
    SettingsNotValidError
        Raised if the settings of one cannot work.
    """
    platforms: list[Platform] = []
    if product.outside.slack is not None:
        platforms.append(_slack(settings, product, product.outside.slack))
    if settings.has_teams:
        platforms.append(_teams(settings, product))
    yield tuple(platforms)


def _slack(settings: Settings, product: Product, connection: Connection) -> Platform:
    from bot.settings import SettingsNotValidError
    from bot.slack.app import SlackPlatform
    from bot.slack.connecting import check_listening
    from bot.slack.guard import Guard
    from bot.slack.installing import flow
    from bot.slack.sealing import Seal
    from bot.slack.socket import SocketMode

    check_listening(settings)
    if settings.district and settings.district not in product.districts.all:
        known = ", ".join(product.districts.all)
        raise SettingsNotValidError((("POSTWISE_DISTRICT", f"names no district that can be used; these are {known}"),))
    installing = None
    if settings.slack_client_id:
        assert settings.slack_client_secret is not None, "checked by connecting"
        assert settings.secret_key is not None, "checked by connecting"
        installing = flow(
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            api_url=settings.slack_api_url,
            database=product.database,
            seal=Seal(settings.secret_key.get_secret_value()),
            clock=product.clock,
        )
    secret = settings.slack_signing_secret
    platform = SlackPlatform(
        connection=connection,
        turns=product.turns,
        database=product.database,
        districts=lambda: product.districts.all,
        clock=product.clock,
        behind=Behind(),
        guard=Guard(secret.get_secret_value().strip()) if secret is not None else None,
        installing=installing,
    )
    if settings.slack_app_token is not None:
        token = settings.slack_app_token.get_secret_value()
        platform.use(SocketMode(app_token=token, api_url=settings.slack_api_url, dispatch=platform.dispatch))
    return platform


def _teams(settings: Settings, product: Product) -> Platform:
    from bot.teams.addresses import PLATFORM
    from bot.teams.app import TeamsPlatform
    from bot.teams.sender import TeamsSender

    sender = product.outside.senders[PLATFORM]
    assert isinstance(sender, TeamsSender), "opened by dispatch"
    return TeamsPlatform(
        sender=sender,
        turns=product.turns,
        database=product.database,
        specialists=settings.teams_specialist_conversation,
    )
