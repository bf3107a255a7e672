"""What is said and written under a card of the local page, in a real Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, Route, ViewportSize, expect

from bot.local.app import ChatPage
from bot.local.conversations import specialist_channel, staff_conversation
from handlers.incoming import ThreadMessage
from handlers.replies import Button, Choices, Paragraph, Reply
from knowledge.conversations import ConversationReference
from tests.bot.local.small_assistant import SmallAssistant
from tests.bot.local.small_cases import HINT, case_card, said
from tests.support.browser import DESK, SMALL_PHONE, Visits, ask

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NARROW: ViewportSize = {"width": 360, "height": 740}
CHANNEL = specialist_channel("redlands")


class Desk:
    """One open page, and what is said in its conversations."""

    def __init__(self, page: Page, chat_page: ChatPage) -> None:
        self.page = page
        self.channel = page.get_by_role("log", name="Specialist channel")
        self.box = page.get_by_label(HINT)
        self._sender = chat_page.sender
        self._said = 0

    async def say(self, reply: Reply | str, *, under: str = "", where: ConversationReference = CHANNEL) -> str:
        """Say something, and return its name."""
        self._said += 1
        reply = said(reply) if isinstance(reply, str) else reply
        return await self._sender.post(key=f"{self._said}", conversation=where, reply=reply, thread=under)

    async def change(self, name: str, reply: Reply, *, where: ConversationReference = CHANNEL) -> None:
        """Put something else in the place of a message."""
        await self._sender.edit(key="", conversation=where, message_id=name, reply=reply)

    async def direct_message(self, person: str = "") -> ConversationReference:
        """Name the conversation that a person has in this tab."""
        tab = await self.page.evaluate("JSON.parse(sessionStorage.getItem('postwise/redlands')).conversation")
        return staff_conversation("redlands", str(tab), person)

    def card(self, name: str) -> Locator:
        """Return a message and everything under it."""
        return self.page.locator(f"#{name}")

    def thread(self, name: str) -> Locator:
        """Return what is said under a message, one after the other."""
        return self.card(name).locator(".thread .message")


async def at_desk(visits: Visits, chat_page: ChatPage, *, viewport: ViewportSize = DESK) -> Desk:
    """Open the page, and wait until it has been told what was said before."""
    page = await visits.open("/?district=redlands", viewport=viewport)
    # Not `wait_for_function`: the page's security policy forbids what that does.
    await page.evaluate(
        """async () => {
             const isTold = () => "channel" in JSON.parse(sessionStorage.getItem("postwise/redlands")).seen;
             while (!isTold()) await new Promise((resolve) => setTimeout(resolve, 20));
           }"""
    )
    return Desk(page, chat_page)


async def test_specialist_and_teacher_write_under_their_cards(
    visits: Visits, chat_page: ChatPage, assistant: SmallAssistant
) -> None:
    """Each answer stands under its card at once, with its writer's name, and reaches the handler with that card."""
    desk = await at_desk(visits, chat_page)
    direct = await desk.direct_message()
    first, second = await desk.say(case_card("open")), await desk.say(case_card("open", hint="Write to Cal Coach."))
    own = await desk.say(case_card("with the specialist", hint="Write to the specialist."), where=direct)
    await desk.page.get_by_label("Decide as").select_option("deputy")

    await desk.box.fill("Which day?")
    await desk.box.press("Enter")
    await expect(desk.thread(first)).to_have_text(
        [re.compile("Dee Deputy.*Which day", re.DOTALL), re.compile("Sent on to Tess")]
    )
    await expect(desk.box).to_have_value("")
    await expect(desk.box).to_be_focused()
    answer = desk.page.get_by_label("Write to the specialist.")
    await answer.press_sequentially("June 4")
    await answer.press("Shift+Enter")
    await answer.press_sequentially("at 6 PM")
    await (
        desk.card(own)
        .get_by_label("Attach")
        .set_input_files({"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"secret"})
    )
    await expect(desk.card(own).get_by_text("plan.pdf")).to_be_visible()
    await desk.card(own).get_by_role("button", name="Send").click()
    await expect(desk.thread(own)).to_have_text(
        [re.compile(r"Tess Teacher.*June 4\nat 6 PM\s+1 file attached", re.DOTALL)]
    )
    await expect(desk.card(own).get_by_text("plan.pdf")).to_have_count(0)

    await expect(desk.thread(second)).to_have_count(0)
    by_deputy, by_teacher = assistant.taken
    assert isinstance(by_deputy, ThreadMessage)
    assert isinstance(by_teacher, ThreadMessage)
    assert (by_deputy.person.id, by_deputy.message, by_deputy.conversation) == ("deputy", first, CHANNEL)
    assert (by_teacher.person.id, by_teacher.message, by_teacher.conversation) == ("teacher", own, direct)
    assert (by_teacher.text, by_teacher.attachment_names) == ("June 4\nat 6 PM", ("file 1",))


async def test_thread_is_in_its_order_after_a_reload(visits: Visits, chat_page: ChatPage) -> None:
    """What was said, what was written and what was answered stand as they stood, although the card changed meanwhile."""
    desk = await at_desk(visits, chat_page)
    card = await desk.say(case_card("open"))
    await desk.say("Tess Teacher: Good morning.", under=card)
    await expect(desk.thread(card)).to_have_count(1)
    await desk.box.fill("Which day?")
    await desk.box.press("Enter")
    await expect(desk.thread(card)).to_have_count(3)
    await desk.say("Tess Teacher: June 4.", under=card)
    await desk.say("Another card")
    await desk.change(card, case_card("claimed"))
    order = [
        re.compile(words, re.DOTALL) for words in ("Good morning", "Sam Specialist.*Which day", "Sent on", "June 4")
    ]
    await expect(desk.card(card)).to_contain_text("Q-12: claimed")
    await expect(desk.thread(card)).to_have_text(order)

    await desk.page.reload()

    await expect(desk.card(card)).to_contain_text("Q-12: claimed")
    await expect(desk.thread(card)).to_have_text(order)
    await expect(desk.channel.locator(":scope > .message")).to_have_count(2)


@pytest.mark.parametrize("anchoring", ["auto", "none"])
async def test_half_typed_answer_outlives_every_change_of_the_card(
    visits: Visits, chat_page: ChatPage, anchoring: str
) -> None:
    """The words, the focus and the caret stay, and the box does not move on the screen, whatever happens above it."""
    desk = await at_desk(visits, chat_page, viewport={"width": 1280, "height": 640})
    # Not every browser keeps in place by itself what somebody types into.
    await desk.channel.evaluate("(log, anchoring) => (log.style.overflowAnchor = anchoring)", anchoring)
    card = await desk.say(case_card("open"))
    await desk.box.press_sequentially("I think that")
    await desk.box.press("ArrowLeft")
    await desk.page.wait_for_timeout(100)
    before = await desk.box.bounding_box()
    await desk.change(card, case_card("claimed", hint="Write to Tess.", words="“May I?” " + "Long words. " * 60))
    for number in range(8):
        await desk.say(f"Answer {number}", under=card)
    await desk.say("A card below")
    box = desk.page.get_by_label("Write to Tess.")
    await expect(desk.channel).to_contain_text("A card below")
    await expect(desk.channel).to_contain_text("Answer 7")
    await desk.page.wait_for_timeout(100)

    await expect(box).to_be_focused()
    await desk.page.keyboard.type("!")
    await expect(box).to_have_value("I think tha!t")
    after = await box.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) <= 2
    await expect(desk.page.get_by_role("button", name="Ask for more")).to_have_count(1)


async def test_box_goes_with_the_case_and_never_with_words_in_it(visits: Visits, chat_page: ChatPage) -> None:
    """A closed case takes no answers; what was half typed is not thrown away; the thread stays."""
    desk = await at_desk(visits, chat_page)
    card = await desk.say(case_card("open"))
    await desk.say("Tess Teacher: June 4.", under=card)
    await desk.box.fill("I think that")
    await desk.change(card, case_card("closed", is_closed=True))
    await expect(desk.card(card)).to_contain_text("Q-12: closed")
    await expect(desk.box).to_have_value("I think that")

    await desk.box.fill("")
    await desk.change(card, case_card("closed for good", is_closed=True))
    await expect(desk.box).to_have_count(0)
    await expect(desk.thread(card)).to_have_count(1)
    await desk.change(card, case_card("open again"))
    await expect(desk.box).to_have_value("")
    await expect(desk.thread(card)).to_have_count(1)


async def test_thread_whose_card_is_no_longer_shown_stands_for_itself(
    visits: Visits, chat_page: ChatPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer is never lost because its card is too old; once the card comes back, it is under it again."""
    monkeypatch.setattr("bot.local.stream.MOST_MESSAGES", 3)
    desk = await at_desk(visits, chat_page)
    card = await desk.say(case_card("open"))
    await expect(desk.card(card)).to_be_visible()
    for words in ("Answer 1", "Answer 2", "Another card"):
        await desk.say(words, under=card if words.startswith("Answer") else "")
    await expect(desk.thread(card)).to_have_count(2)
    await desk.page.reload()
    await expect(desk.channel.locator(":scope > .message")).to_have_text(
        [re.compile(words) for words in ("Answer 1", "Answer 2", "Another card")]
    )

    await desk.change(card, case_card("claimed"))
    await expect(desk.thread(card)).to_have_text([re.compile("Answer 1"), re.compile("Answer 2")])
    await expect(desk.channel.locator(":scope > .message")).to_have_count(2)


async def test_threads_of_two_conversations_never_mix(visits: Visits, chat_page: ChatPage) -> None:
    """A message for the coach that names the channel's card stands in the coach's messages, and nowhere else."""
    desk = await at_desk(visits, chat_page)
    card = await desk.say(case_card("open"))
    await expect(desk.card(card)).to_be_visible()
    await desk.say("For the coach alone", under=card, where=await desk.direct_message("coach"))
    await desk.say("For Hesperia alone", under=card, where=specialist_channel("hesperia"))
    await desk.say("Under the card", under=card)
    await expect(desk.thread(card)).to_have_text([re.compile("Under the card")])

    coach = desk.page.locator("[data-log=coach]")
    await expect(coach.locator(":scope > .message")).to_have_text([re.compile("For the coach alone")])
    await expect(desk.page.get_by_text("For Hesperia alone")).to_have_count(0)
    hesperia = await visits.open("/?district=hesperia")
    await expect(hesperia.locator("[data-log=channel] > .message")).to_have_text([re.compile("For Hesperia alone")])
    await expect(hesperia.locator(".thread")).to_have_count(0)


async def test_page_nests_nothing_under_a_card_of_another_log(visits: Visits, chat_page: ChatPage) -> None:
    """Even if the server said so, one person's message is not drawn in another one's conversation."""
    desk = await at_desk(visits, chat_page)
    card = await desk.say(case_card("open"))
    await expect(desk.card(card)).to_be_visible()
    found = await desk.page.evaluate(
        """async (card) => {
             const { rootOf } = await import("/local/static/threads.js");
             return [rootOf(card, "channel")?.id, rootOf(card, "teacher"), rootOf("m00000000-1", "channel"), rootOf("", "channel")];
           }""",
        card,
    )

    assert found == [card, None, None, None]


async def test_long_thread_shows_its_end_and_keeps_the_rest_folded(visits: Visits, chat_page: ChatPage) -> None:
    """Six messages are in sight; the others open with one touch, stay open, and change in their place."""
    desk = await at_desk(visits, chat_page)
    card = await desk.say(case_card("open"))
    names = [await desk.say(f"Answer {number}", under=card) for number in range(6)]
    await expect(desk.thread(card)).to_have_count(6)
    await expect(desk.card(card).locator(".earlier")).to_be_hidden()
    for number in (6, 7):
        await desk.say(f"Answer {number}", under=card)
    await expect(desk.card(card).get_by_text("Earlier messages (2)")).to_be_visible()
    await expect(desk.channel.get_by_text("Answer 1")).to_be_hidden()
    await expect(desk.channel.get_by_text("Answer 2")).to_be_visible()

    await desk.card(card).get_by_text("Earlier messages (2)").click()
    await desk.change(names[1], said("Answer 1, corrected"))
    await desk.say("Answer 8", under=card)
    await expect(desk.card(card).get_by_text("Earlier messages (3)")).to_be_visible()
    await expect(desk.channel.get_by_text("Answer 1, corrected")).to_be_visible()
    await expect(desk.thread(card)).to_have_text([re.compile(f"Answer {number}") for number in range(9)])


async def test_answer_in_another_log_is_news(visits: Visits, chat_page: ChatPage) -> None:
    """What is said under a card that nobody looks at is counted and announced, and looked at it is not new any more."""
    desk = await at_desk(visits, chat_page, viewport=NARROW)
    card = await desk.say(case_card("open"))
    tab = desk.page.get_by_role("tab", name="Specialist")
    await expect(tab).to_contain_text("(1 new)")
    await desk.say("Tess Teacher: June 4.", under=card)
    await expect(tab).to_contain_text("(2 new)")
    await desk.page.reload()
    await expect(tab).to_contain_text("(2 new)")
    await tab.click()

    await expect(tab.locator(".unread")).to_be_hidden()
    await expect(desk.channel.get_by_text("Tess Teacher: June 4.")).to_be_visible()


async def test_script_in_an_answer_is_shown_as_text(visits: Visits, chat_page: ChatPage) -> None:
    """What looks like a program, written under a card or said there, is only ever words."""
    words = "<img src=x onerror=\"document.title='broken in'\"><script>document.title='broken in'</script>"
    desk = await at_desk(visits, chat_page)
    card = await desk.say(case_card("open", hint=words, words=words))
    await desk.say(words, under=card)
    box = desk.page.get_by_label(words, exact=True)
    await box.fill(words)
    await box.press("Enter")
    await expect(desk.thread(card)).to_have_count(2)
    await desk.page.reload()
    await expect(desk.thread(card)).to_have_count(2)

    await expect(desk.thread(card).get_by_text(words, exact=True)).to_have_count(2)
    await expect(desk.page.locator(".log img, .log script")).to_have_count(0)
    assert await desk.page.title() == "Redlands - Postwise"


async def test_answer_that_was_not_sent_says_so_and_is_sent_once(
    visits: Visits, chat_page: ChatPage, assistant: SmallAssistant
) -> None:
    """The words are in the box again; sent from there or from the thread, also after a reload, they are one answer."""
    desk = await at_desk(visits, chat_page)
    card = await desk.say(case_card("open"))
    assistant.is_broken = True
    await desk.box.fill("June 4")
    await desk.box.press("Enter")
    await expect(desk.thread(card).get_by_text("Not sent.")).to_be_visible()
    await expect(desk.box).to_have_value("June 4")
    await desk.box.press("Enter")
    await expect(desk.box).to_have_value("June 4")
    await expect(desk.thread(card)).to_have_count(1)
    await desk.page.reload()
    await expect(desk.thread(card).get_by_text("Not sent.")).to_be_visible()

    await desk.thread(card).get_by_role("button", name="Try again").click()
    await expect(desk.thread(card).get_by_text("Not sent.")).to_be_visible()
    assistant.is_broken = False
    await desk.box.press("Enter")
    await expect(desk.thread(card).get_by_text("Not sent.")).to_be_hidden()
    await expect(desk.box).to_have_value("")
    await expect(desk.thread(card)).to_have_count(1)
    assert [getattr(each, "text", "") for each in assistant.taken] == ["June 4"]
    await desk.page.reload()
    await expect(desk.thread(card)).to_have_count(1)
    await expect(desk.thread(card).get_by_text("Not sent.")).to_be_hidden()


async def test_answer_that_arrived_although_the_line_broke_is_not_doubled(
    visits: Visits, chat_page: ChatPage, assistant: SmallAssistant
) -> None:
    """Sending the same words again is the same answer, and it is its first writer's, whoever is chosen meanwhile."""
    desk = await at_desk(visits, chat_page)
    card = await desk.say(case_card("open"))
    lost = 0

    async def lose(route: Route) -> None:
        nonlocal lost
        lost += 1
        if lost != 3:
            await route.fetch()
        await route.abort()

    await desk.page.route("**/local/threads", lose, times=3)
    await desk.box.fill("June 4")
    for _ in range(2):
        await desk.box.press("Enter")
        await expect(desk.thread(card).get_by_text("Not sent.")).to_be_visible()
        await expect(desk.box).to_have_value("June 4")
    assert len(assistant.taken) == 1
    await desk.box.fill("June 5")
    await desk.box.press("Enter")
    await expect(desk.thread(card).get_by_text("Not sent.")).to_be_visible()
    await expect(desk.thread(card)).to_have_text([re.compile("Sam Specialist.*June 5", re.DOTALL)])
    await desk.page.get_by_label("Decide as").select_option("deputy")
    await desk.thread(card).get_by_role("button", name="Try again").click()
    await expect(desk.thread(card).get_by_text("Not sent.")).to_be_hidden()

    written = [each for each in assistant.taken if isinstance(each, ThreadMessage)]
    assert [(each.text, each.person.id) for each in written] == [("June 4", "specialist"), ("June 5", "specialist")]


async def test_answer_that_is_refused_comes_back_into_the_box(visits: Visits, chat_page: ChatPage) -> None:
    """What the server will never take is not left standing as if it had been said."""
    desk = await at_desk(visits, chat_page)
    card = await desk.say(case_card("open"))

    async def refuse(route: Route) -> None:
        await route.fulfill(status=400, json={"error": "Not as it must be: text."})

    await desk.page.route("**/local/threads", refuse)
    await desk.box.fill("June 4")
    await desk.box.press("Enter")

    await expect(desk.card(card).get_by_role("alert")).to_contain_text(["Not as it must be: text."])
    await expect(desk.box).to_have_value("June 4")
    await expect(desk.thread(card)).to_have_count(0)


async def test_what_only_the_writer_is_told_stands_in_the_thread(visits: Visits, chat_page: ChatPage) -> None:
    """The answer to what came too late is read where it was written, and is gone after a reload."""
    desk = await at_desk(visits, chat_page)
    card = await desk.say(case_card("open"))
    await desk.say("A card below")
    await desk.box.fill("too late, I know")
    await desk.box.press("Enter")
    await expect(desk.thread(card)).to_have_text(
        [re.compile("too late"), re.compile("Only you.*This case is closed", re.DOTALL)]
    )
    await expect(desk.box).to_be_focused()

    await desk.page.reload()
    await expect(desk.box).to_be_visible()
    await expect(desk.thread(card)).to_have_count(0)


async def test_card_and_its_thread_are_pressed_each_for_itself(
    visits: Visits, chat_page: ChatPage, assistant: SmallAssistant
) -> None:
    """A press on the card leaves an unsent answer alone, and a button in the thread works while the card is busy."""
    desk = await at_desk(visits, chat_page)
    card = await desk.say(case_card("open"))
    button = Choices(buttons=(Button(label="Deny it", verb="deny"),))
    await desk.say(Reply(parts=(Paragraph(text="Which one?"), button)), under=card)
    assistant.is_broken = True
    await desk.box.fill("June 4")
    await desk.box.press("Enter")
    await expect(desk.thread(card).get_by_text("Not sent.")).to_be_visible()
    assistant.is_broken = False
    assistant.seconds_to_take = 0.3
    await desk.card(card).get_by_role("button", name="Hand to Dee Deputy").click()
    await expect(desk.card(card).locator(":scope > .body button[aria-disabled]")).to_have_count(5)
    await expect(desk.thread(card).locator("[aria-disabled]")).to_have_count(0)
    await desk.card(card).get_by_role("button", name="Deny it").click()

    await expect(desk.card(card)).to_contain_text("You have this case.")
    await expect(desk.thread(card).get_by_text("Not sent.")).to_be_visible()
    await expect(desk.thread(card).get_by_label("Reason")).to_be_focused()


@pytest.mark.parametrize("viewport", [NARROW, SMALL_PHONE], ids=["360", "320"])
async def test_case_fits_on_a_phone(visits: Visits, chat_page: ChatPage, viewport: ViewportSize) -> None:
    """A case with a thread never scrolls sideways, and everything in it can be touched."""
    desk = await at_desk(visits, chat_page, viewport=viewport)
    await ask(desk.page, "Snapchat?")
    direct = await desk.direct_message()
    card = await desk.say(case_card("open"), where=direct)
    for number in range(8):
        await desk.say(f"Answer {number} " + "https://example.org/" + "x" * 200, under=card, where=direct)
    await desk.box.fill("word" * 200)
    await (
        desk.card(card)
        .get_by_label("Attach")
        .set_input_files({"name": "x" * 200 + ".pdf", "mimeType": "application/pdf", "buffer": b""})
    )
    await expect(desk.card(card).get_by_text("Earlier messages (2)")).to_be_visible()
    sideways = await desk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    cut_off = await desk.page.evaluate(
        "[...document.querySelectorAll('.log:not([hidden]) *')].filter(each => each.scrollWidth > each.clientWidth + 1"
        " && each.clientWidth && !each.closest('.visually-hidden, input, select, summary')).map(each => each.outerHTML)"
    )
    too_small = await desk.page.evaluate(
        """[...document.querySelectorAll(".log :is(button, summary, textarea, .attach-button)")]
           .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 44)
           .map(each => each.outerHTML)"""
    )

    assert (sideways, cut_off, too_small) == (0, [], [])
