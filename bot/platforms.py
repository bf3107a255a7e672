"""Opens the chat platforms that the settings name."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from bot.platform import Platform

if TYPE_CHECKING:
    from bot.assemble import Product
    from bot.settings import Settings


@contextlib.asynccontextmanager
async def platforms_of(settings: Settings, product: Product) -> AsyncIterator[tuple[Platform, ...]]:
    """Open the platforms that are set up, beside the local page; whose library nobody needs is not loaded."""
    platforms: list[Platform] = []
    if settings.has_teams:
        from bot.teams.addresses import PLATFORM
        from bot.teams.app import TeamsPlatform
        from bot.teams.sender import TeamsSender

        sender = product.senders[PLATFORM]
        assert isinstance(sender, TeamsSender)
        platforms.append(
            TeamsPlatform(
                sender=sender,
                turns=product.turns,
                database=product.database,
                specialists=settings.teams_specialist_conversation,
            )
        )
    yield tuple(platforms)
