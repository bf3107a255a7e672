"""The routes of the local page: what they take, what they refuse, and what a page reads from its stream."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from aiohttp import ClientResponse, FormData, web
from aiohttp.test_utils import TestClient, TestServer

from bot.local.app import ChatPage
from bot.web import make_application
from handlers.incoming import Press, Question

if TYPE_CHECKING:
    from knowledge.district import District
    from tests.bot.local.conftest import SmallAssistant, SmallFounder, SmallShelf

Browser: TypeAlias = "TestClient[web.Request, web.Application]"

OTHER_CONVERSATION = "fedcba9876543210"


async def everything_is_ready() -> tuple[str, ...]:
    """Wait for nothing."""
    return ()


@pytest.fixture
async def browser(chat_page: ChatPage) -> AsyncIterator[Browser]:
    """Serve the page, and be its browser."""
    server = TestServer(make_application(unready=everything_is_ready, chat_page=chat_page))
    async with TestClient(server) as client:
        yield client


def message(text: Any = "May our cheer squad use Snapchat?", **other: Any) -> dict[str, Any]:
    """Return what the page's script sends for a message."""
    return {
        "district": "redlands",
        "conversation": "0123456789abcdef",
        "key": "a" * 32,
        "text": text,
        **other,
    }


def press(pressed: str, verb: str, **other: Any) -> dict[str, Any]:
    """Return what the page's script sends for a press."""
    body = message(key="b" * 32, side="staff", message=pressed, verb=verb)
    del body["text"]
    return body | other


class Stream:
    """Reads server-sent events as a browser does."""

    def __init__(self, response: ClientResponse) -> None:
        self._response = response

    async def next(self) -> tuple[str, str, Any]:
        """Return id, name and data of the next event."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(5):
            while line := (await self._response.content.readline()).decode().rstrip("\n"):
                name, _, value = line.partition(": ")
                fields[name] = value
        return fields.get("id", ""), fields["event"], json.loads(fields["data"])

    async def said(self) -> tuple[str, Any]:
        """Return id and data of the next thing that is said."""
        while True:
            event_id, name, data = await self.next()
            if name == "said":
                return event_id, data

    async def names_until_turns(self) -> list[str]:
        """Return the names of the events up to the first that says who is at work."""
        names: list[str] = []
        while not names or names[-1] != "turns":
            names.append((await self.next())[1])
        return names


@asynccontextmanager
async def following(
    browser: Browser, *, district: str = "redlands", conversation: str = "0123456789abcdef", last: str | None = None
) -> AsyncIterator[Stream]:
    """Follow a conversation as its page does."""
    headers = {"Last-Event-ID": last} if last else {}
    query = {"district": district, "conversation": conversation}
    async with browser.get("/local/stream", params=query, headers=headers) as response:
        assert response.status == 200
        assert response.content_type == "text/event-stream"
        yield Stream(response)


async def test_message_is_acknowledged_at_once_and_answered_over_the_stream(
    browser: Browser, assistant: SmallAssistant
) -> None:
    """The answer comes by itself, with the clause and where it stands."""
    assistant.seconds_to_answer = 0.2

    async with following(browser) as stream:
        response = await browser.post("/local/messages", json=message())
        assert response.status == 202
        _, said = await stream.said()

    assert said["side"] == "staff"
    assert "are strictly prohibited." in said["html"]
    assert 'href="/local/redlands/document#redlands/general-social-media-guidelines/3"' in said["html"]


async def test_question_carries_district_conversation_and_a_key_of_its_own(
    browser: Browser, assistant: SmallAssistant
) -> None:
    """What is asked is asked of one district, in one conversation."""
    async with following(browser) as stream:
        await browser.post("/local/messages", json=message())
        await stream.said()

    (question,) = assistant.taken
    assert isinstance(question, Question)
    assert question.district_id == "redlands"
    assert question.conversation.address == "staff/redlands/0123456789abcdef"
    assert question.event_key == "staff/redlands/0123456789abcdef/" + "a" * 32
    assert (question.person.platform, question.person.id) == ("local", "teacher")


async def test_message_that_is_sent_again_is_answered_once(browser: Browser, assistant: SmallAssistant) -> None:
    """A browser that did not hear the acknowledgement may send again."""
    async with following(browser) as stream:
        await browser.post("/local/messages", json=message())
        await browser.post("/local/messages", json=message())
        await stream.said()
        await browser.post("/local/messages", json=message())

    assert len(assistant.taken) == 1


async def test_answers_come_in_the_order_of_the_questions(browser: Browser, assistant: SmallAssistant) -> None:
    """A slow first answer is not overtaken by a quick second one."""
    assistant.seconds_to_answer = 0.2
    async with following(browser) as stream:
        await browser.post("/local/messages", json=message("Snapchat?", key="1" * 16))
        assistant.seconds_to_answer = 0.0
        await browser.post("/local/messages", json=message("How many administrators?", key="2" * 16))
        first, second = (await stream.said())[1], (await stream.said())[1]

    assert "Snapchat is not permitted" in first["html"]
    assert "at least two administrators" in second["html"]


async def test_press_replaces_the_pressed_message(browser: Browser, assistant: SmallAssistant) -> None:
    """Feedback stands in the place of the question for it."""
    async with following(browser) as stream:
        await browser.post("/local/messages", json=message())
        _, answer = await stream.said()
        response = await browser.post("/local/presses", json=press(answer["message"], "helped"))
        assert response.status == 202
        _, thanks = await stream.said()

    assert thanks["message"] == answer["message"]
    assert assistant.feedback == [("helped", "")]


async def test_post_of_an_outcome_reaches_the_specialist_side(browser: Browser, assistant: SmallAssistant) -> None:
    """What a member of staff hands over is seen by the specialist, who answers as the specialist."""
    async with following(browser) as stream:
        await browser.post("/local/messages", json=message("May I livestream graduation?"))
        _, answer = await stream.said()
        await browser.post("/local/presses", json=press(answer["message"], "ask_specialist"))
        _, case = await stream.said()
        await stream.said()
        claim = press(case["message"], "claim", value="staff/redlands/0123456789abcdef") | {
            "side": "specialist",
            "key": "c" * 16,
        }
        await browser.post("/local/presses", json=claim)
        _, claimed = await stream.said()

    assert case["side"] == "specialist"
    assert claimed["message"] == case["message"]
    last = assistant.taken[-1]
    assert isinstance(last, Press)
    assert (last.person.id, last.conversation.address) == ("specialist", "specialists/redlands")


async def test_stream_resumes_after_the_last_event_seen(browser: Browser) -> None:
    """A page that lost its connection gets what it missed, once."""
    async with following(browser) as stream:
        await browser.post("/local/messages", json=message("Snapchat?", key="1" * 16))
        seen, _ = await stream.said()
    async with following(browser) as stream:
        await browser.post("/local/messages", json=message("How many administrators?", key="2" * 16))
        await stream.said()
        await stream.said()

    async with following(browser, last=seen) as stream:
        _, missed = await stream.said()
        names = await stream.names_until_turns()

    assert "at least two administrators" in missed["html"]
    assert names == ["turns"]


async def test_position_of_an_earlier_server_counts_for_nothing(browser: Browser) -> None:
    """After a restart the numbers begin anew, and nothing is skipped."""
    await browser.post("/local/messages", json=message())

    async with following(browser, last="deadbeef-99999") as stream:
        _, said = await stream.said()

    assert "Snapchat" in said["html"]


async def test_two_conversations_and_two_districts_do_not_mix(browser: Browser) -> None:
    """Nobody sees another tab's direct message or another district's specialist channel."""
    async with following(browser) as stream:
        await browser.post("/local/messages", json=message("graduation livestream?"))
        _, answer = await stream.said()
        await browser.post("/local/presses", json=press(answer["message"], "ask_specialist"))
        await stream.said()
        await stream.said()

    async with following(browser, conversation=OTHER_CONVERSATION) as stream:
        _, case = await stream.said()
        assert case["side"] == "specialist"
        assert await stream.names_until_turns() == ["turns"]
    async with following(browser, district="hesperia") as stream:
        assert await stream.names_until_turns() == ["hello", "turns"]


async def test_broken_turn_is_said_to_the_person_and_logged_without_words(
    browser: Browser, assistant: SmallAssistant, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """When something goes wrong the person hears it, and the log does not repeat what was typed."""
    assistant.is_broken = True
    caplog.set_level(logging.DEBUG)

    async with following(browser) as stream:
        await browser.post("/local/messages", json=message("Maria Lopez was suspended"))
        _, said = await stream.said()

    assert "That did not work." in said["html"]
    printed = capsys.readouterr()
    assert "turn_failed" in printed.out + printed.err + caplog.text
    assert "Lopez" not in printed.out + printed.err + caplog.text


async def test_script_in_a_text_is_escaped(browser: Browser) -> None:
    """What looks like a program is shown as text."""
    async with following(browser) as stream:
        await browser.post("/local/messages", json=message("<script>alert(1)</script>"))
        _, said = await stream.said()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in said["html"]
    assert "<script" not in said["html"]


async def test_message_of_100_kilobytes_is_taken_and_a_longer_one_is_refused(browser: Browser) -> None:
    """A very long paste is read; beyond the limit the page says so."""
    async with following(browser) as stream:
        taken = await browser.post("/local/messages", json=message("é" * 51_200))
        _, said = await stream.said()
        refused = await browser.post("/local/messages", json=message("é" * 51_201, key="2" * 16))

    assert taken.status == 202
    assert "Characters read: 51200" in said["html"]
    assert refused.status == 413
    assert (await refused.json())["error"] == "At most 100 kB of text."


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"text": "\\ud800"}',
        json.dumps(message(text=5)).encode(),
        json.dumps(message(text=None)).encode(),
        json.dumps(message(text=" \n")).encode(),
        json.dumps(message(text="a\x00b")).encode(),
        json.dumps(message(conversation="../../etc")).encode(),
        json.dumps(message(key="")).encode(),
        json.dumps(message(unknown=1)).encode(),
        b"[" * 100_000,
    ],
)
async def test_body_that_is_not_as_it_must_be_is_refused(
    browser: Browser, assistant: SmallAssistant, body: bytes
) -> None:
    """Junk is refused in plain words and reaches nobody."""
    response = await browser.post("/local/messages", data=body, headers={"Content-Type": "application/json"})

    assert response.status == 400
    assert set(await response.json()) == {"error"}
    assert assistant.taken == []


async def test_only_json_is_taken(browser: Browser) -> None:
    """A form of another site cannot send JSON unasked."""
    response = await browser.post("/local/messages", data=json.dumps(message()), headers={"Content-Type": "text/plain"})

    assert response.status == 415


async def test_unknown_district_is_not_found(browser: Browser) -> None:
    """A district that is not set up cannot be asked, opened or followed."""
    query = {"district": "nowhere", "conversation": "0123456789abcdef"}
    posted = await browser.post("/local/messages", json=message(district="nowhere"))
    pressed = await browser.post("/local/presses", json=press("m00000000-1", "helped") | {"district": "nowhere"})
    opened = await browser.get("/", params={"district": "nowhere"})
    read = await browser.get("/local/nowhere/document")
    followed = await browser.get("/local/stream", params=query)

    assert {404} == {response.status for response in (posted, pressed, opened, read, followed)}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_what_another_site_sends_is_refused(
    browser: Browser, assistant: SmallAssistant, headers: dict[str, str]
) -> None:
    """Another page open in the same browser cannot write here."""
    response = await browser.post("/local/messages", json=message(), headers=headers)

    assert response.status == 403
    assert assistant.taken == []


async def test_own_origin_is_let_in(browser: Browser) -> None:
    """The page itself may write."""
    headers = {"Origin": str(browser.make_url("")).rstrip("/"), "Sec-Fetch-Site": "same-origin"}

    response = await browser.post("/local/messages", json=message(), headers=headers)

    assert response.status == 202


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:3978", "127.0.0.1.evil.example", "10.0.0.5", "[::2]", ""]
)
@pytest.mark.parametrize("path", ["/", "/local/redlands/document", "/local/setup", "/local/stream"])
async def test_name_of_another_computer_is_refused(browser: Browser, host: str, path: str) -> None:
    """A site that points its own name at this computer gets nothing."""
    response = await browser.get(path, headers={"Host": host})

    assert response.status in {400, 403}


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:3978", "127.0.0.1:3978", "127.1.2.3", "[::1]:3978", "LOCALHOST"]
)
async def test_every_name_of_this_computer_is_let_in(browser: Browser, host: str) -> None:
    """However a person writes this computer's own address, the page opens."""
    response = await browser.get("/", headers={"Host": host})

    assert response.status == 200


async def test_any_host_is_let_in_where_that_is_wanted(
    assistant: SmallAssistant, shelf: SmallShelf, districts: dict[str, District]
) -> None:
    """Shown to others on purpose, the page no longer claims that nothing leaves this computer."""
    page = ChatPage(turns=assistant, shelf=shelf, districts=lambda: districts, allow_any_host=True)
    server = TestServer(make_application(unready=everything_is_ready, chat_page=page))
    async with TestClient(server) as client:
        response = await client.get("/", headers={"Host": "demo.example"})
        words = await response.text()

    assert response.status == 200
    assert "Nothing leaves it" not in words
    assert "has no sign-in" in words


async def test_document_shows_every_clause_with_headings_and_lead_in(browser: Browser) -> None:
    """The clause can be read with its neighbours, under the document's own headings."""
    response = await browser.get("/local/hesperia/document")
    words = await response.text()

    assert '<li id="hesperia/ii/3" class="passage" tabindex="-1">Refrain from accepting' in words
    assert "<h2>II. Expectations for the personal use of social media</h2>" in words
    assert words.count("are expected to:") == 1


async def test_district_without_a_document_says_so(browser: Browser, shelf: SmallShelf) -> None:
    """A district whose guidelines are still a draft has nothing to read yet."""
    del shelf.guidelines["redlands"]

    response = await browser.get("/local/redlands/document")

    assert response.status == 404
    assert "has published no guidelines here yet" in await response.text()


def set_up_form(**changes: str) -> FormData:
    """Return the set-up form as a browser sends it."""
    fields = {
        "name": "Lincoln Unified School District",
        "short_name": "Lincoln",
        "website": "",
        "time_zone": "America/Chicago",
        "opens": "07:30",
        "closes": "16:00",
        "specialist_title": "Communications Officer",
        "specialist_contact": "",
        "platforms": "Facebook, Instagram ,",
        "minimum_administrators": "2",
        "consent_system": "",
    } | changes
    form = FormData()
    for name, text in fields.items():
        form.add_field(name, text)
    form.add_field("document", b"Rules\n\npost photos.\n\nKeep passwords secret.", filename="rules.txt")
    return form


async def test_preview_shows_the_clauses_and_stores_nothing(
    browser: Browser, founder: SmallFounder, districts: dict[str, District]
) -> None:
    """Before anything is published the reader sees what was read."""
    response = await browser.post("/local/setup/preview", data=set_up_form())
    answer = await response.json()

    assert response.status == 200
    assert "2 clauses were read from “Rules”" in answer["html"]
    assert "Staff shall not:" in answer["html"]
    assert founder.forms[0].platforms == ("Facebook", "Instagram")
    assert founder.forms[0].minimum_administrators == 2
    assert "lincoln" not in districts


async def test_published_district_can_be_asked(browser: Browser) -> None:
    """A third district is ready as soon as it is published."""
    response = await browser.post("/local/setup/publish", data=set_up_form())
    page = await browser.get("/", params={"district": (await response.json())["district"]})

    assert response.status == 201
    assert page.status == 200
    assert "Lincoln Unified School District" in await page.text()


async def test_each_problem_of_the_form_is_named_at_its_field(browser: Browser, founder: SmallFounder) -> None:
    """A form that cannot be used says where and why."""
    changes = {"name": " ", "closes": "07:00", "minimum_administrators": "none", "time_zone": "Mars"}
    response = await browser.post("/local/setup/preview", data=set_up_form(**changes))
    answer = await response.json()

    assert response.status == 422
    assert {"name", "closes", "minimum_administrators", "time_zone"} == {each["field"] for each in answer["problems"]}
    assert founder.forms == []


async def test_document_over_the_limit_is_refused(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that is too large is refused while it is still arriving."""
    monkeypatch.setattr("bot.local.setup.MAX_DOCUMENT_BYTES", 10)

    response = await browser.post("/local/setup/preview", data=set_up_form())

    assert response.status == 413
    assert "too large" in (await response.json())["error"]


async def test_set_up_is_absent_without_a_founder(
    assistant: SmallAssistant, shelf: SmallShelf, districts: dict[str, District]
) -> None:
    """Where no district can be made, no page offers it."""
    page = ChatPage(turns=assistant, shelf=shelf, districts=lambda: districts)
    server = TestServer(make_application(unready=everything_is_ready, chat_page=page))
    async with TestClient(server) as client:
        set_up = await client.get("/local/setup")
        chooser = await client.get("/")
        words = await chooser.text()

    assert set_up.status == 404
    assert "Set up another district" not in words


async def test_stop_lets_the_answer_under_way_arrive_and_ends_the_stream(
    browser: Browser, assistant: SmallAssistant, chat_page: ChatPage
) -> None:
    """Stopping the server does not swallow an answer."""
    assistant.seconds_to_answer = 0.3
    async with following(browser) as stream:
        await browser.post("/local/messages", json=message())
        stopping = asyncio.create_task(chat_page.drain())
        _, said = await stream.said()
        await stopping
        refused = await browser.post("/local/messages", json=message(key="2" * 16))

    assert "Snapchat" in said["html"]
    assert refused.status == 503
