"""Several people, forms and cards on the local page, in a real Chromium."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, Route, ViewportSize, expect

from bot.local.app import ChatPage
from bot.local.conversations import specialist_channel, staff_conversation
from handlers.replies import Button, Choices, Paragraph, Reply
from tests.bot.local.small_assistant import SmallAssistant
from tests.bot.local.small_filings import new_account
from tests.support.browser import SMALL_PHONE, Visits, ask

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NARROW: ViewportSize = {"width": 360, "height": 740}


async def fill_in(form: Locator, *, administrators: str = "coach@redlands.example") -> None:
    """Fill in the form of a new account, as it should be."""
    await form.get_by_label("Organization").fill("Robotics club")
    await form.get_by_label("Platform").select_option("Instagram")
    await form.get_by_role("radio", name="No, it is planned").check()
    await form.get_by_label("Administrators").fill(administrators)


async def file(page: Page) -> None:
    """File a new account that names the coach."""
    await ask(page, "/newaccount")
    form = page.get_by_role("form", name="New account")
    await fill_in(form)
    await form.get_by_role("button", name="File").click()
    await expect(page.get_by_text("Filed as R-1.")).to_be_visible()


async def tab_of(page: Page) -> str:
    """Return the name of the browser tab's conversations."""
    return str(await page.evaluate("JSON.parse(sessionStorage.getItem('postwise/redlands')).conversation"))


async def test_form_is_filled_in_mended_and_sent_with_the_keyboard(visits: Visits, assistant: SmallAssistant) -> None:
    """The focus goes into the form, then to the first problem, then back; what was typed stays."""
    page = await visits.open("/?district=redlands")
    await ask(page, "/newaccount Robotics")
    form = page.get_by_role("form", name="New account")
    await expect(form.get_by_label("Organization")).to_be_focused()
    await page.keyboard.type("Robotics club")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Snap")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.type("coach")
    await page.keyboard.press("Enter")
    await page.keyboard.type("and the principal")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    platform = form.get_by_label("Platform")
    await expect(platform).to_be_focused()
    await expect(platform).to_have_value("Snapchat")
    await expect(platform).to_have_attribute("aria-invalid", "true")
    await expect(platform).to_have_accessible_description("Snapchat is not approved in your district.")
    await expect(form.get_by_role("alert").first).to_have_text("3 fields need another look.")
    await expect(form.get_by_role("figure")).to_contain_text("the only district-approved social media platforms")
    choice = form.get_by_role("radiogroup", name="Does the account exist already?")
    await expect(choice).to_have_accessible_description("Choose one.")
    administrators = form.get_by_label("Administrators")
    await expect(administrators).to_have_value("coach\nand the principal")
    await expect(administrators).to_have_accessible_description("One e-mail address a line. This is no e-mail address.")

    await fill_in(form)
    await form.get_by_label("Organization").press("Enter")
    await expect(page.get_by_text("Filed as R-1.")).to_be_visible()
    await expect(form).to_have_count(0)
    await expect(page.get_by_label("Message to Postwise")).to_be_focused()
    assert [getattr(each, "fields", {}).get("organization") for each in assistant.taken[1:]] == ["Robotics club"] * 2


async def test_named_person_gets_the_message_and_the_page_says_so(visits: Visits, assistant: SmallAssistant) -> None:
    """Somebody else's message is counted, announced, and one touch away; each person reads their own log."""
    page = await visits.open("/?district=redlands")
    await file(page)
    new = page.get_by_role("button", name="Cal Coach: 1 new")
    await expect(new).to_be_visible()
    await expect(page.locator("#announcement")).to_have_text("New message for Cal Coach.")
    await expect(page.get_by_label("Write as").locator("option:checked")).to_have_text("Tess Teacher")
    await expect(page.get_by_label("Write as")).to_contain_text("Cal Coach (1 new)")
    await expect(page.get_by_text("Will you run the account")).to_be_hidden()

    await new.click()
    coach = page.get_by_role("log", name="Direct message of Cal Coach")
    await expect(coach).to_contain_text("Will you run the account of Robotics club?")
    await expect(page.get_by_text("Filed as R-1.")).to_be_hidden()
    await expect(new).to_be_hidden()
    await expect(page.get_by_label("Write as")).not_to_contain_text("new)")
    await coach.get_by_role("button", name="I will").click()
    await expect(coach).to_contain_text("Noted that this helped.")
    await ask(page, "Snapchat?")
    await expect(coach.get_by_role("figure")).to_be_visible()

    assert [each.person.id for each in assistant.taken] == ["teacher", "teacher", "coach", "coach"]
    await page.reload()
    await expect(page.get_by_label("Write as")).to_have_value("coach")
    await expect(coach.get_by_text("Snapchat?", exact=True)).to_be_visible()
    await page.get_by_label("Write as").select_option("teacher")
    await expect(page.get_by_text("Filed as R-1.")).to_be_visible()


async def test_unread_message_is_still_unread_after_a_reload(visits: Visits) -> None:
    """What nobody has looked at is not forgotten, and what was looked at is not counted again."""
    page = await visits.open("/?district=redlands")
    await file(page)
    new = page.get_by_role("button", name="Cal Coach: 1 new")
    await expect(new).to_be_visible()
    await page.reload()
    await expect(new).to_be_visible()
    await new.click()
    await page.get_by_label("Write as").select_option("teacher")
    await page.reload()
    await expect(page.get_by_text("Filed as R-1.")).to_be_visible()

    await expect(new).to_be_hidden()
    await expect(page.get_by_role("button", name=re.compile("Tess Teacher: "))).to_be_hidden()


async def test_filing_is_denied_beneath_its_card_and_the_card_changes_in_place(
    visits: Visits, chat_page: ChatPage, assistant: SmallAssistant
) -> None:
    """The reason is asked for under the card; then the card says who denied, where it stood, and the filer reads why."""
    page = await visits.open("/?district=redlands")
    await file(page)
    channel = page.get_by_role("log", name="Specialist channel")
    later = Reply(parts=(Paragraph(text="Something later"),))
    await chat_page.sender.post(key="later", conversation=specialist_channel("redlands"), reply=later)
    await expect(channel.locator(".message")).to_have_count(2)
    await page.get_by_label("Decide as").select_option("deputy")
    await channel.get_by_role("button", name="Deny").click()
    form = channel.get_by_role("form", name="Deny R-1")
    await expect(form.get_by_label("Reason")).to_be_focused()
    await expect(channel.locator(".message")).to_contain_text(["asks for a new account", "Only you see this", "later"])

    await form.get_by_role("button", name="Deny").click()
    await expect(form.get_by_label("Reason")).to_have_accessible_description(re.compile("Say why."))
    await expect(channel.locator(".message")).to_have_count(3)
    await form.get_by_label("Reason").fill("Two administrators, please.")
    await form.get_by_role("button", name="Deny").click()

    await expect(channel.locator(".message")).to_contain_text(["R-1: denied by Dee Deputy", "Something later"])
    await expect(form).to_have_count(0)
    await expect(page.get_by_text("Denied: Two administrators, please.")).to_be_visible()
    assert await page.evaluate("document.activeElement.matches('#specialist .message')")
    assert assistant.taken[-1].person.id == "deputy"


async def test_half_typed_form_outlives_a_change_of_the_card(visits: Visits, chat_page: ChatPage) -> None:
    """While the specialist writes a reason, somebody else's step redraws the card: the words stay, the button works."""
    page = await visits.open("/?district=redlands")
    await file(page)
    channel = page.get_by_role("log", name="Specialist channel")
    await channel.get_by_role("button", name="Deny").click()
    await channel.get_by_label("Reason").fill("Two admini")
    name = str(await channel.locator("[data-message]").get_attribute("data-message"))
    in_channel = specialist_channel("redlands")
    step = Reply(
        parts=(
            Paragraph(text="Cal Coach has accepted."),
            Choices(buttons=(Button(label="Deny for good", verb="deny"),)),
        )
    )
    await chat_page.sender.edit(key="", conversation=in_channel, message_id=name, reply=step)
    await chat_page.sender.post(key="1", conversation=in_channel, reply=Reply(parts=(Paragraph(text="Later"),)))
    await expect(channel).to_contain_text("Later")
    await expect(channel.get_by_label("Reason")).to_have_value("Two admini")
    await expect(channel.get_by_label("Reason")).to_be_focused()

    await channel.get_by_role("button", name="Deny for good").click()
    await expect(channel.get_by_label("Reason")).to_have_value("")
    await expect(channel.locator(".message")).to_contain_text(["has accepted", "Only you see this", "Later"])


async def test_form_can_be_put_away(visits: Visits) -> None:
    """Whoever opened a form by mistake is rid of it, and pressing again opens it once, not twice."""
    page = await visits.open("/?district=redlands")
    await file(page)
    channel = page.get_by_role("log", name="Specialist channel")
    for _ in range(2):
        await channel.get_by_role("button", name="Deny").first.click()
        await expect(channel.get_by_role("form")).to_have_count(1)
    await channel.get_by_role("button", name="Cancel").click()

    await expect(channel.get_by_role("form")).to_have_count(0)
    await expect(channel.locator("[data-message]")).to_be_focused()


async def test_form_in_a_message_works_after_a_reload(
    visits: Visits, chat_page: ChatPage, assistant: SmallAssistant
) -> None:
    """A form that was said, like everything that was said, is there again and can be mended and sent."""
    page = await visits.open("/?district=redlands")
    form = page.get_by_role("form", name="New account")
    conversation = staff_conversation("redlands", await tab_of(page))
    name = await chat_page.sender.post(key="1", conversation=conversation, reply=new_account())
    await expect(form).to_be_visible()
    await expect(form.get_by_role("button", name="Cancel")).to_have_count(0)
    await page.reload()
    await fill_in(form, administrators="nobody")
    await form.get_by_role("button", name="File").click()
    await expect(form.get_by_label("Administrators")).to_be_focused()
    await expect(form).to_have_count(1)
    await form.get_by_label("Administrators").fill("coach@redlands.example")
    await form.get_by_role("button", name="File").click()

    await expect(page.get_by_text("Filed as R-1.")).to_be_visible()
    assert [each.message for each in assistant.taken] == [name, name]  # type: ignore[union-attr] # both are forms


async def test_form_that_did_not_arrive_stays_as_it_was_typed(visits: Visits, assistant: SmallAssistant) -> None:
    """When the server is away the form says so, keeps every word, and can be sent again."""
    page = await visits.open("/?district=redlands")
    await ask(page, "/newaccount")
    form = page.get_by_role("form", name="New account")
    await fill_in(form)
    assistant.is_broken = True
    await form.get_by_role("button", name="File").click()
    await expect(form.get_by_role("alert")).to_have_text("Not sent. Please try again.")
    await expect(form.get_by_label("Organization")).to_have_value("Robotics club")

    assistant.is_broken = False
    await form.get_by_role("button", name="File").click()
    await expect(page.get_by_text("Filed as R-1.")).to_be_visible()


async def test_form_whose_answer_was_lost_is_filed_once(visits: Visits, assistant: SmallAssistant) -> None:
    """The form arrived and nobody heard of it: sent again unchanged, it is the same filing."""
    page = await visits.open("/?district=redlands")
    answers: list[int] = []

    async def lose_the_first(route: Route) -> None:
        answer = await route.fetch()
        answers.append(answer.status)
        await (route.abort() if len(answers) == 1 else route.fulfill(response=answer))

    await page.route("**/local/forms", lose_the_first)
    await ask(page, "/newaccount")
    form = page.get_by_role("form", name="New account")
    await fill_in(form)
    await form.get_by_role("button", name="File").click()
    await expect(form.get_by_role("alert")).to_have_text("Not sent. Please try again.")
    await form.get_by_role("button", name="File").click()
    await expect(form).to_have_count(0)

    await expect(page.get_by_text("Filed as R-1.")).to_have_count(1)
    assert answers == [202, 202]
    assert len(assistant.taken) == 2


async def test_whoever_fills_in_a_form_is_not_carried_away_from_it(visits: Visits, chat_page: ChatPage) -> None:
    """Messages that arrive meanwhile wait below."""
    page = await visits.open("/?district=redlands", viewport=NARROW)
    await ask(page, "/newaccount")
    organization = page.get_by_label("Organization")
    await expect(organization).to_be_in_viewport()
    conversation = staff_conversation("redlands", await tab_of(page))
    for number in range(3):
        reply = Reply(parts=(Paragraph(text=f"Reminder {number}"),))
        await chat_page.sender.post(key=str(number), conversation=conversation, reply=reply)
    await expect(page.get_by_text("Reminder 2")).to_have_count(1)

    await expect(organization).to_be_in_viewport()
    await expect(organization).to_be_focused()


async def test_form_that_is_under_way_is_busy_and_is_sent_once(visits: Visits, assistant: SmallAssistant) -> None:
    """However often the button is pressed, the form is filed once; meanwhile it says that it is being sent."""
    assistant.seconds_to_take = 0.4
    page = await visits.open("/?district=redlands")
    await ask(page, "/newaccount")
    form = page.get_by_role("form", name="New account")
    await fill_in(form)
    await form.get_by_role("button", name="File").click()
    busy = form.get_by_role("button", name="Sending…")
    await expect(busy).to_have_attribute("aria-disabled", "true")
    await busy.dispatch_event("click")
    await form.get_by_label("Organization").press("Enter")

    await expect(page.get_by_text("Filed as R-1.")).to_be_visible()
    assert len(assistant.taken) == 2


async def test_file_is_downloaded_byte_for_byte(visits: Visits, tmp_path: Path) -> None:
    """An export is kept under its name, with the line ends that spreadsheets want."""
    page = await visits.open("/?district=redlands")
    await file(page)
    await page.get_by_role("button", name="Export").click()
    async with page.expect_download() as started:
        await page.get_by_role("button", name="Download accounts.csv").click()
    download = await started.value
    await download.save_as(tmp_path / "saved.csv")

    assert download.suggested_filename == "accounts.csv"
    assert (tmp_path / "saved.csv").read_bytes() == b"platform,handle\r\ninstagram,@rhsband\r\n"


@pytest.mark.parametrize("viewport", [NARROW, SMALL_PHONE], ids=["360", "320"])
async def test_form_fits_on_a_phone(visits: Visits, viewport: ViewportSize) -> None:
    """With all its problems and a clause in it, the form never scrolls sideways and can be touched; the sides switch."""
    page = await visits.open("/?district=redlands", viewport=viewport, has_touch=True)
    await ask(page, "/newaccount")
    form = page.get_by_role("form", name="New account")
    await form.get_by_label("Platform").select_option("Snapchat")
    await form.get_by_role("button", name="File").tap()
    await expect(form.get_by_role("figure")).to_be_visible()
    sideways = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    cut_off = await page.evaluate(
        "[...document.querySelectorAll('.form *')].filter(each => each.scrollWidth > each.clientWidth + 1 && each.clientWidth"
        " && !each.matches('.visually-hidden, input, select, option')).map(each => each.outerHTML)"
    )
    too_small = await page.evaluate(
        """[...document.querySelectorAll("button, select, textarea, input:not([type=radio], [type=file]), .radio, .in-context")]
           .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 44)
           .map(each => each.outerHTML)"""
    )
    await fill_in(form)
    await form.get_by_role("button", name="File").tap()

    assert (sideways, cut_off, too_small) == (0, [], [])
    await expect(page.get_by_role("tab", name="Specialist")).to_contain_text("(1 new)")
    await expect(page.get_by_role("button", name="Cal Coach: 1 new")).to_be_visible()
    await page.get_by_role("tab", name="Specialist").tap()
    await page.get_by_role("button", name="Approve").tap()
    await expect(page.get_by_text("approved by Sam Specialist")).to_be_visible()
    await expect(page.get_by_role("tab", name="Direct message")).to_contain_text("(1 new)")


async def test_words_of_another_database_are_not_shown_with_this_one(visits: Visits) -> None:
    """Where the database was made anew, what the tab remembers of the old one is gone, too."""
    page = await visits.open("/?district=redlands")
    await ask(page, "Snapchat?")
    await expect(page.get_by_role("figure")).to_be_visible()
    await page.evaluate(
        """const kept = JSON.parse(sessionStorage.getItem("postwise/redlands"));
           sessionStorage.setItem("postwise/redlands", JSON.stringify({...kept, epoch: "deadbeef"}));"""
    )
    await page.reload()
    await expect(page.get_by_role("figure")).to_be_visible()

    await expect(page.get_by_text("Snapchat?", exact=True)).to_have_count(0)
