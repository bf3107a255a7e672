"""A real Chromium for tests."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""What Chromium is called where a package manager installed it."""

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
SMALL_PHONE: ViewportSize = {"width": 320, "height": 640}


@contextlib.asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    """Start the browser that a package manager installed."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        pytest.fail(f"No Chromium here. Install one of: {', '.join(CHROMIUM_NAMES)}.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()


class Visits:
    """Opens pages, and remembers what went wrong in any of them."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self._browser = browser
        self._stack = contextlib.AsyncExitStack()

    async def open(self, path: str, *, viewport: ViewportSize = DESK, **options: Any) -> Page:
        context = await self._browser.new_context(viewport=viewport, **options)
        self._stack.push_async_callback(context.close)
        context.set_default_timeout(5000)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._note(message.type, message.text))
        await page.goto(self.address + path)
        return page

    async def close(self) -> None:
        await self._stack.aclose()

    def _note(self, kind: str, text: str) -> None:
        # A refused or failed request is part of some tests; a breach of the security policy never is.
        if kind == "error" and "Failed to load resource" not in text and "ERR_" not in text:
            self.complaints.append(text)


async def ask(page: Page, words: str) -> None:
    """Type a message and send it, once the page's script is there to take it."""
    await page.wait_for_load_state()
    await page.get_by_label("Message to Postwise").fill(words)
    await page.keyboard.press("Enter")
