"""The local page in a real Chromium: with mouse, with keyboard alone, on a phone, in the dark, over a bad line."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import ViewportSize, expect

from bot.local.app import ChatPage
from bot.local.conversations import specialist_channel
from handlers.replies import Paragraph, Reply
from tests.bot.local.small_cases import HINT, case_card, said
from tests.support.browser import DESK, PHONE, SMALL_PHONE, Visits, ask

if TYPE_CHECKING:
    from tests.bot.local.small_assistant import SmallAssistant

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AXE_VERSION = "4.14.1"
ROOT = Path(__file__).parents[3]


async def say(page: ChatPage, words: str) -> None:
    """Say something in the specialist channel."""
    reply = Reply(parts=(Paragraph(text=words),))
    await page.sender.post(key=words, conversation=specialist_channel("redlands"), reply=reply)


async def test_staff_member_asks_and_reads_the_clause_in_context(visits: Visits) -> None:
    """An answer quotes the clause, the link leads to it among its neighbours, and the way back leads to the answer."""
    page = await visits.open("/")
    await page.get_by_role("link", name="Redlands Unified School District").click()
    await ask(page, "May our cheer squad use Snapchat?")
    staff = page.get_by_role("log", name="Direct message")
    await expect(staff).to_contain_text("May our cheer squad use Snapchat?")
    await expect(staff.get_by_role("figure")).to_contain_text(
        "temporary still or moving images are strictly prohibited."
    )
    await expect(staff.get_by_role("figure")).to_contain_text("Social Media Protocols, version 1")

    await staff.get_by_role("link", name="Read in context").click()
    clause = page.locator(":target")
    await expect(clause).to_contain_text("Snapchat and social media platforms")
    await expect(clause).to_be_in_viewport()
    await expect(clause).to_be_focused()
    await expect(page.get_by_text("At this time, the only district-approved")).to_be_in_viewport()
    await expect(page.get_by_role("heading", name="General Social Media Guidelines", level=2)).to_be_in_viewport()
    plain = await page.locator(".passage:not(:target)").first.evaluate("each => getComputedStyle(each).backgroundColor")
    marked = await clause.evaluate("each => getComputedStyle(each).backgroundColor")
    assert plain != marked

    await page.get_by_role("link", name="Back to the conversation").click()
    await expect(page.get_by_role("link", name="Read in context")).to_be_focused()
    await expect(page.get_by_text("May our cheer squad use Snapchat?")).to_be_visible()


async def test_lead_in_stands_before_the_clause(visits: Visits) -> None:
    """A clause that completes a sentence is shown with that sentence, in the answer and in the document."""
    page = await visits.open("/?district=hesperia")
    await ask(page, "May I accept a student as a friend?")
    quote = page.get_by_role("figure")
    await expect(quote).to_contain_text(re.compile("are expected to:.*Refrain from accepting", re.DOTALL))

    await quote.get_by_role("link").click()
    await expect(page.locator(":target")).to_contain_text("Refrain from accepting")
    await expect(page.get_by_text("are expected to:")).to_be_in_viewport()


async def test_clause_that_is_no_longer_in_the_document_is_said(visits: Visits) -> None:
    """An old citation does not silently lead nowhere."""
    page = await visits.open("/local/redlands/document#redlands/withdrawn/1")

    await expect(page.get_by_text("is not in this version of the document")).to_be_visible()


async def test_feedback_takes_the_place_of_the_answers_buttons(visits: Visits, assistant: SmallAssistant) -> None:
    """Did not help, and why: each step replaces the one before, and the reason arrives."""
    page = await visits.open("/?district=redlands")
    await ask(page, "Snapchat?")
    await page.get_by_role("button", name="Did not help").click()
    why = page.get_by_label("What was missing?")
    await why.fill("I asked about disappearing stories")
    await page.locator(".text-prompt").get_by_role("button", name="Send").click()

    await expect(page.get_by_text("Your note was kept.")).to_be_visible()
    await expect(why).to_have_count(0)
    await expect(page.locator("[data-message]")).to_have_count(1)
    assert assistant.feedback == [("did not help", "I asked about disappearing stories")]


async def test_hand_over_to_the_specialist_and_back(visits: Visits) -> None:
    """A question no clause answers reaches the specialist, and the answer comes back."""
    page = await visits.open("/?district=redlands")
    staff = page.get_by_role("log", name="Direct message")
    specialist = page.get_by_role("log", name="Specialist channel")
    await ask(page, "May I livestream graduation on TikTok?")
    await staff.get_by_role("button", name="Ask the specialist").click()
    await specialist.get_by_role("button", name="Claim").click()
    await specialist.get_by_label("Your answer").fill("Yes, with the principal's approval.")
    await specialist.get_by_label("Your answer").press("Enter")

    await expect(specialist).to_contain_text("Answered.")
    await expect(staff).to_contain_text("The specialist answers:")
    await expect(staff).to_contain_text("Yes, with the principal's approval.")


async def test_everything_can_be_done_with_the_keyboard(visits: Visits, assistant: SmallAssistant) -> None:
    """Without a mouse: skip, write two lines, send, press a button, give a reason; the focus is never lost."""
    page = await visits.open("/?district=redlands")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to writing a message")).to_be_focused()
    await page.keyboard.press("Enter")
    text = page.get_by_label("Message to Postwise")
    await expect(text).to_be_focused()
    await page.keyboard.type("May we use")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("Snapchat?")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Snapchat is not permitted")).to_be_visible()
    await expect(text).to_be_focused()
    await expect(text).to_have_value("")

    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Did not help")).to_be_focused()
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Sorry about that.")).to_be_visible()
    assert await page.evaluate("document.activeElement.matches('[data-message]')")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Stories")
    await page.keyboard.press("Enter")

    await expect(page.get_by_text("Your note was kept.")).to_be_visible()
    assert outline == "solid"
    assert assistant.taken[0].text == "May we use\nSnapchat?"  # type: ignore[union-attr] # the first is the question
    assert assistant.feedback == [("did not help", "Stories")]


async def test_small_phone_shows_one_side_at_a_time_and_never_scrolls_sideways(visits: Visits) -> None:
    """At 320 pixels everything fits, can be touched, and the other side tells that something is new."""
    page = await visits.open("/?district=redlands", viewport=SMALL_PHONE, has_touch=True)
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    staff, specialist = page.get_by_role("tab", name="Direct message"), page.get_by_role("tab", name="Specialist")
    await expect(page.locator("#specialist")).to_be_hidden()
    await ask(page, "May I livestream graduation? " + "https://example.org/" + "x" * 300)
    await page.get_by_role("button", name="Ask the specialist").tap()
    await expect(specialist).to_contain_text("(1 new)")
    assert await page.evaluate(sideways) == 0
    too_small = await page.evaluate(
        """[...document.querySelectorAll("button, summary, textarea, .in-context")]
           .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 44)
           .map(each => each.outerHTML)"""
    )
    font_size = await page.get_by_label("Message to Postwise").evaluate("each => getComputedStyle(each).fontSize")

    await staff.focus()
    await page.keyboard.press("ArrowRight")
    await expect(specialist).to_be_focused()
    await expect(page.get_by_role("tabpanel", name="Specialist")).to_be_visible()
    await expect(page.locator("#staff")).to_be_hidden()
    await expect(page.get_by_role("button", name="Claim")).to_be_visible()

    assert too_small == []
    assert font_size == "16px"
    for path in ("/", "/local/hesperia/document", "/local/setup"):
        await page.goto(visits.address + path)
        assert await page.evaluate(sideways) == 0


async def test_page_is_dark_where_the_system_is(visits: Visits) -> None:
    """Light and dark follow the system, and moving things stand still where that is wished."""
    brightness = (
        "getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).reduce((sum, part) => sum + +part, 0)"
    )
    light = await visits.open("/?district=redlands", color_scheme="light")
    dark = await visits.open("/?district=redlands", color_scheme="dark", reduced_motion="reduce")

    assert await light.evaluate(brightness) > 600
    assert await dark.evaluate(brightness) < 100
    assert await dark.evaluate("getComputedStyle(document.querySelector('.typing'), '::after').animationName") == "none"


async def test_script_in_a_text_is_shown_as_text(visits: Visits) -> None:
    """What looks like a program, typed or answered, is only ever words."""
    words = "<img src=x onerror=\"document.title='broken in'\"><script>document.title='broken in'</script>"
    page = await visits.open("/?district=redlands")
    await ask(page, words)

    await expect(page.get_by_text(f"You wrote {words}")).to_be_visible()
    await expect(page.locator(".log img, .log script")).to_have_count(0)
    assert await page.title() == "Redlands - Postwise"


async def test_two_districts_do_not_mix(visits: Visits, assistant: SmallAssistant) -> None:
    """After switching, nothing of the other district is on the page; switching back finds it again."""
    page = await visits.open("/?district=redlands")
    await ask(page, "Snapchat?")
    await expect(page.get_by_role("figure")).to_contain_text("Social Media Protocols")
    await page.locator(".switcher summary").click()
    await page.get_by_role("link", name="Hesperia Unified School District").click()
    await ask(page, "May I accept a friend request?")
    await expect(page.get_by_role("figure")).to_contain_text("Social Media Guidelines")

    await expect(page.get_by_role("figure")).to_have_count(1)
    await expect(page.get_by_text("Snapchat?", exact=True)).to_have_count(0)
    assert [each.district_id for each in assistant.taken] == ["redlands", "hesperia"]
    await page.go_back()
    await expect(page.get_by_role("figure")).to_contain_text("Social Media Protocols")
    await expect(page.get_by_text("Snapchat?", exact=True)).to_be_visible()


async def test_message_of_100_kilobytes_is_sent_and_a_longer_one_stays_in_the_box(visits: Visits) -> None:
    """A very long paste is answered; one beyond the limit is refused before it is sent, and not lost."""
    page = await visits.open("/?district=redlands")
    await ask(page, "word " * 20_480)
    await expect(page.get_by_text("Characters read: 102400")).to_be_visible()

    too_long = "word " * 20_481
    await ask(page, too_long)
    await expect(page.get_by_role("alert")).to_contain_text("too long")
    await expect(page.get_by_label("Message to Postwise")).to_have_value(too_long)


async def test_slow_answer_shows_that_postwise_is_writing(visits: Visits, assistant: SmallAssistant) -> None:
    """While the answer is made the person sees that something happens."""
    assistant.seconds_to_answer = 0.4
    page = await visits.open("/?district=redlands")
    typing = page.locator("#staff .typing")
    await page.get_by_role("button", name="Which platforms may we use?").click()

    await expect(typing).to_have_text("Postwise is writing")
    await expect(page.get_by_text("No clause of your district covers this.")).to_be_visible()
    await expect(typing).to_have_text("")


class Line:
    """A line between browser and server that can be cut."""

    def __init__(self, port: int) -> None:
        self.is_cut = False
        self._port = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection both ways."""
        self._writers.add(writer)
        if self.is_cut:
            writer.close()
            return
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers.add(server_writer)
        for source, target in ((reader, server_writer), (server_reader, writer)):
            task = asyncio.create_task(self._copy(source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def cut(self) -> None:
        """End every connection and take no new one."""
        self.is_cut = True
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._tasks)
        self._writers.clear()

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while content := await source.read(65_536):
                target.write(content)
                await target.drain()
        target.close()


async def test_lost_connection_loses_and_doubles_nothing(visits: Visits, chat_page: ChatPage) -> None:
    """What was said while the line was cut arrives once it is mended, once; what was typed can be sent again."""
    line = Line(int(visits.address.rsplit(":", 1)[1]))
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    visits.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    page = await visits.open("/?district=redlands")
    specialist = page.locator("#specialist .message")
    await say(chat_page, "Before the cut")
    await expect(specialist).to_have_count(1)

    await line.cut()
    await expect(page.get_by_text("Connection lost. Trying again")).to_be_visible()
    await say(chat_page, "During the cut")
    await ask(page, "Snapchat?")
    await expect(page.get_by_text("Not sent.")).to_be_visible()
    line.is_cut = False
    await expect(specialist).to_have_count(2)
    await expect(page.get_by_text("Connection lost. Trying again")).to_have_count(0)
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("figure")).to_have_count(1)
    await expect(page.get_by_text("Not sent.")).to_be_hidden()
    await say(chat_page, "After the cut")

    await expect(specialist).to_have_text([re.compile(f"{when} the cut") for when in ("Before", "During", "After")])
    server.close()
    await line.cut()


async def test_reload_keeps_the_conversation(visits: Visits) -> None:
    """A reload shows questions and answers again, in their order."""
    page = await visits.open("/?district=redlands")
    await ask(page, "Snapchat?")
    await expect(page.locator("#staff .message")).to_have_count(2)
    await ask(page, "How many administrators?")
    await expect(page.locator("#staff .message")).to_have_count(4)
    before = await page.locator("#staff .message").all_text_contents()

    await page.reload()

    await expect(page.locator("#staff .message")).to_have_text([each.strip() for each in before])


async def test_message_that_could_not_be_taken_is_sent_again(visits: Visits, assistant: SmallAssistant) -> None:
    """When something goes wrong the person is told, and can try again."""
    assistant.is_broken = True
    page = await visits.open("/?district=redlands")
    await ask(page, "Snapchat?")
    await expect(page.get_by_text("Not sent.")).to_be_visible()

    assistant.is_broken = False
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("figure")).to_be_visible()
    await expect(page.get_by_text("Not sent.")).to_be_hidden()


async def test_third_district_is_set_up_and_asked(visits: Visits) -> None:
    """Problems stand at their fields; then the clauses are shown, published and quoted."""
    page = await visits.open("/local/setup")
    await page.get_by_role("button", name="Read the document").click()
    name = page.get_by_label("Full name")
    await expect(name).to_be_focused()
    await expect(name).to_have_accessible_description(re.compile("Enter the district's full name"))

    await name.fill("Lincoln Unified School District")
    await page.get_by_label("Short name").fill("Lincoln")
    await page.get_by_label("Title").fill("Communications Officer")
    document = b"Rules\n\nuse Snapchat in class.\n\nKeep passwords to yourself."
    await page.get_by_label("Guideline document").set_input_files(
        {"name": "rules.txt", "mimeType": "text/plain", "buffer": document}
    )
    await page.get_by_role("button", name="Read the document").click()
    preview = page.get_by_role("region", name="Clauses that were read")
    await expect(preview).to_contain_text("2 clauses were read")
    await expect(preview).to_contain_text(re.compile("Staff shall not:.*use Snapchat in class.", re.DOTALL))
    await page.get_by_role("button", name="Publish and start asking").click()

    await expect(page).to_have_title("Lincoln - Postwise")
    await ask(page, "Snapchat?")
    await expect(page.get_by_role("figure")).to_contain_text("Rules, version 1")


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the accessibility checker axe-core, from this checkout's node_modules or from the npm registry."""
    installed = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if installed.exists():
        return installed.read_text(encoding="utf-8")
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("NOT CHECKED for accessibility: node and npm are not installed, so axe-core cannot be had.")
    folder = tmp_path_factory.mktemp("axe")
    command = [
        npm,
        "install",
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--prefix",
        str(folder),
        f"axe-core@{AXE_VERSION}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        pytest.skip(f"NOT CHECKED for accessibility: npm could not fetch axe-core {AXE_VERSION}.")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
async def test_no_page_has_an_accessibility_fault(
    visits: Visits, chat_page: ChatPage, axe: str, scheme: str, viewport: ViewportSize
) -> None:
    """Axe finds no fault on any page, by day and by night, on a desk and on a phone."""
    page = await visits.open("/?district=redlands", viewport=viewport, color_scheme=scheme)
    faults: list[str] = []

    async def check(name: str) -> None:
        await page.evaluate(axe)
        found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        faults.extend(f"{name}: {each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"])

    await check("start")
    await ask(page, "May I livestream graduation? " + "word " * 400)
    await page.get_by_role("button", name="Ask the specialist").click()
    await expect(page.get_by_text("The specialist has your question.")).to_be_visible()
    await ask(page, "Snapchat?")
    await page.get_by_role("button", name="Did not help").click()
    await expect(page.get_by_label("What was missing?")).to_be_visible()
    await ask(page, "How many administrators?")
    await expect(page.get_by_role("figure")).to_be_visible()
    await page.locator(".switcher summary").click()
    await check("conversation")
    await page.keyboard.press("Escape")
    await ask(page, "/newaccount")
    form = page.get_by_role("form", name="New account")
    await form.get_by_label("Platform").select_option("Snapchat")
    await form.get_by_role("button", name="File").click()
    await expect(form.get_by_role("figure")).to_be_visible()
    await check("form with problems")
    await form.get_by_label("Organization").fill("Robotics club")
    await form.get_by_label("Platform").select_option("Instagram")
    await form.get_by_role("radio", name="Yes").check()
    await form.get_by_label("Administrators").fill("coach@redlands.example")
    await form.get_by_role("button", name="File").click()
    await expect(page.get_by_role("button", name="Cal Coach: 1 new")).to_be_visible()
    await check("unread message")
    if viewport == PHONE:
        await page.get_by_role("tab", name="Specialist").click()
    await page.get_by_role("button", name="Deny").click()
    await expect(page.get_by_label("Reason")).to_be_visible()
    await check("specialist channel")
    channel = specialist_channel("redlands")
    case = await chat_page.sender.post(key="case", conversation=channel, reply=case_card())
    for number in range(8):
        await chat_page.sender.post(key=f"{number}", conversation=channel, reply=said(f"Answer {number}"), thread=case)
    await page.get_by_label(HINT).fill("Thank you.")
    await page.get_by_label(HINT).press("Enter")
    await page.get_by_text("Earlier messages (3)").click()
    await check("case")
    for path in ("/", "/local/hesperia/document#hesperia/ii/3", "/local/setup", "/?district=nowhere"):
        await page.goto(visits.address + path)
        if path == "/local/setup":
            await page.get_by_role("button", name="Read the document").click()
            await expect(page.get_by_text("Enter the district's full name.")).to_be_visible()
        await check(path)

    assert faults == []
