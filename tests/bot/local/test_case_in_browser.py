"""A case on the local page of the real server, both sides next to each other, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.support.browser import PHONE, Visits, ask
from tests.support.served import Served, served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

STORM = "212 comments under our dance video and climbing, parents are calling the coach a racist"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Start the real server once for these tests."""
    with served(Path(tmp_path_factory.mktemp("served")) / "var") as running:
        yield running


async def test_storm_is_sent_claimed_talked_about_and_resolved(chromium: Browser, server: Served) -> None:
    """What the teacher does on the left is seen on the right, and back, without a reload."""
    visits = Visits(chromium, server.address)
    page = await visits.open("/?district=redlands")
    staff, channel = page.locator("[data-log=teacher]"), page.locator("[data-log=channel]")

    await ask(page, STORM)
    await expect(staff).to_contain_text("Nothing was sent yet")
    await expect(channel).not_to_contain_text("212 comments")
    await staff.get_by_role("button", name="Send it", exact=True).click()
    await expect(staff).to_contain_text("is with the District and Community Relations Specialist since")
    await channel.get_by_role("button", name="Claim", exact=True).click()
    await expect(staff).to_contain_text("Sam Specialist has claimed C-1")

    await channel.locator(".reply-box textarea").fill("When was it posted?")
    await channel.locator(".reply-box textarea").press("Enter")
    await expect(staff).to_contain_text("When was it posted?")
    await expect(channel).to_contain_text("Delivered to Tess Teacher")
    await staff.locator(".reply-box textarea").fill("On Saturday. Her mom's cell is 909-555-0144.")
    await staff.locator(".reply-box textarea").press("Enter")
    await expect(channel).to_contain_text("Her mom's cell is [phone number]")
    await expect(staff).to_contain_text("Personal data in it was masked before it was sent.")

    await channel.get_by_role("button", name="Resolve", exact=True).click()
    form = channel.locator("form[data-verb=case-resolve]")
    await form.locator("[name=field-outcome]").select_option("responded")
    await form.locator("[name=field-note]").fill("We posted one statement together.")
    await form.get_by_role("button", name="Resolve", exact=True).click()
    await expect(staff).to_contain_text("C-1 is resolved: a response was posted.")
    await expect(channel.get_by_role("button", name="Save as precedent")).to_be_visible()
    await visits.close()
    assert visits.complaints == []


async def test_danger_on_a_phone_begins_with_whom_to_call(chromium: Browser, server: Served) -> None:
    """Nothing to fill in, nothing to press: the emergency wording fits the first screen, and nothing runs off the side."""
    visits = Visits(chromium, server.address)
    page = await visits.open("/?district=redlands", viewport=PHONE)
    staff = page.locator("[data-log=teacher]")
    await ask(page, "one of my kids texted that she wants to kill herself tonight")

    first = staff.locator("article[data-message] .headline").last
    await expect(staff).to_contain_text("It was sent at once, because somebody may be in danger.")
    await expect(staff.get_by_text("If anyone is in danger now, call 911.").first).to_be_in_viewport()
    assert await staff.locator("article form[data-verb]").count() == 0
    assert await first.count() == 1
    width = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0
    await visits.close()
    assert visits.complaints == []
