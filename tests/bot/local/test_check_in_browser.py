"""A post is checked on the local page of the real server, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.support.browser import Visits, ask
from tests.support.served import Served, served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DRAFT = (
    "can I post this on our facebook page?\n"
    "What a Friday! Call Dana's mom at 909-555-0144 about the carpool. The gym opens at six. See you all there!"
)
CLASS_PICTURE = (
    "can I post this on our facebook page?\nOur fourth graders with their volcanoes, photo of the whole class."
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Start the real server once for these tests."""
    with served(Path(tmp_path_factory.mktemp("served")) / "var") as running:
        yield running


async def test_draft_is_marked_and_its_masked_copy_can_be_copied(chromium: Browser, server: Served) -> None:
    """The sentence with the number is marked, the clause stands below, and the copy holds no number."""
    visits = Visits(chromium, server.address)
    page = await visits.open("/?district=redlands", permissions=["clipboard-read", "clipboard-write"])
    await ask(page, DRAFT)
    staff = page.get_by_role("log", name="Direct message")
    await expect(staff).to_contain_text("Not as it stands: the guidelines are against it.")
    await expect(staff.locator("mark").first).to_contain_text("Call")
    await expect(staff.locator("mark", has_text="[phone number]").first).to_be_visible()
    await expect(staff.locator(".clause").first).to_contain_text("personally identifiable information")

    await staff.get_by_role("button", name="Copy").click()
    await expect(staff.get_by_role("button", name="Copied")).to_be_visible()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert "[phone number]" in copied
    assert "0144" not in copied
    await visits.close()
    assert visits.complaints == []


async def test_answering_a_question_changes_the_verdict_in_place(chromium: Browser, server: Served) -> None:
    """One press on "Yes, for each" turns the conditional verdict into a yes, in the same message."""
    visits = Visits(chromium, server.address)
    page = await visits.open("/?district=redlands")
    await ask(page, CLASS_PICTURE)
    staff = page.get_by_role("log", name="Direct message")
    await expect(staff).to_contain_text("Only if the conditions below are met")
    before = await staff.locator("article").count()
    await staff.get_by_role("button", name="Yes, for each").click()
    await expect(staff).to_contain_text("Nothing in the guidelines stands against it.")
    await expect(staff).not_to_contain_text("Only if the conditions below are met")

    assert await staff.locator("article").count() == before
    await visits.close()
    assert visits.complaints == []


async def test_attached_file_is_counted_and_never_sent(chromium: Browser, server: Served, tmp_path: Path) -> None:
    """The page says that a file is attached, the answer says that nobody looks into it, and its bytes stay here."""
    picture = tmp_path / "team.jpg"
    picture.write_bytes(b"not really a picture, but nobody looks")
    visits = Visits(chromium, server.address)
    page = await visits.open("/?district=redlands")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    await page.get_by_label("Attach").set_input_files(picture)
    await expect(page.get_by_text("team.jpg")).to_be_visible()
    await ask(page, "can I post this?\nGo Wildcats, what a night!")
    staff = page.get_by_role("log", name="Direct message")
    await expect(staff).to_contain_text("1 file attached")
    await expect(staff).to_contain_text("I do not look into the file you attached.")

    assert any("Go Wildcats" in body for body in sent)
    assert not any("team.jpg" in body or "nobody looks" in body for body in sent)
    await visits.close()
    assert visits.complaints == []
