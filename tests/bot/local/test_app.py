"""The routes of the local page: what they take, what they refuse, and what a page reads from its stream."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from aiohttp import ClientResponse, FormData, web
from aiohttp.test_utils import TestClient, TestServer

from bot.local.app import ChatPage
from bot.local.conversations import specialist_channel, staff_conversation
from bot.local.sender import LocalSender
from bot.web import make_application
from handlers.incoming import FormSubmission, Press, Question, ThreadMessage
from handlers.replies import Paragraph, Reply
from knowledge.clock import SystemClock
from knowledge.people import Role
from knowledge.store.unit import Database

if TYPE_CHECKING:
    from knowledge.district import District
    from tests.bot.local.conftest import SmallFounder
    from tests.bot.local.small_assistant import SmallAssistant, SmallShelf

Browser: TypeAlias = "TestClient[web.Request, web.Application]"

OTHER_CONVERSATION = "fedcba9876543210"


async def everything_is_ready() -> tuple[str, ...]:
    """Wait for nothing."""
    return ()


@asynccontextmanager
async def browsing(page: ChatPage, database: Database) -> AsyncIterator[Browser]:
    """Serve a page, and be its browser."""
    server = TestServer(make_application(unready=everything_is_ready, chat_page=page))
    async with TestClient(server) as client:
        yield client
    await database.close()


@pytest.fixture
async def browser(chat_page: ChatPage, page_database: Database) -> AsyncIterator[Browser]:
    """Serve the page under test, and be its browser."""
    async with browsing(chat_page, page_database) as client:
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


GOOD = {
    "organization": "Robotics club",
    "platform": "Instagram",
    "existing": "no",
    "administrators": "coach@redlands.example",
    "note": "",
}


def form(fields: dict[str, str] | None = None, **other: Any) -> dict[str, Any]:
    """Return what the page's script sends for a form that it was shown once."""
    body = press("", "file", key="f" * 32, value="new", fields=GOOD if fields is None else fields)
    return body | other


def written(root: str, text: Any = "June 4, at 6 PM.", **other: Any) -> dict[str, Any]:
    """Return what the page's script sends for an answer under a card."""
    return message(text, key="e" * 32, side="staff", message=root) | other


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

    async def names_until_working(self) -> list[str]:
        """Return the names of the events up to the first that says where Postwise is at work."""
        names: list[str] = []
        while not names or names[-1] != "working":
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

    assert said["log"] == "teacher"
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
    assert (question.person.name, question.person.email) == ("Tess Teacher", "teacher@redlands.example")


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


async def test_too_many_questions_at_once_are_asked_to_wait(browser: Browser, assistant: SmallAssistant) -> None:
    """Twenty questions of one conversation may wait for their answers; the next one is told when to come again."""
    assistant.seconds_to_answer = 1.0
    statuses = [
        (await browser.post("/local/messages", json=message(key=f"{number:016}"))).status for number in range(20)
    ]
    assistant.seconds_to_answer = 0.0
    refused = await browser.post("/local/messages", json=message(key="f" * 16))
    of_another = await browser.post("/local/messages", json=message(key="f" * 16, **{"as": "coach"}))

    assert (statuses, refused.status, of_another.status) == ([202] * 20, 429, 202)
    assert refused.headers["Retry-After"] == "2"


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

    assert case["log"] == "channel"
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
        names = await stream.names_until_working()

    assert "at least two administrators" in missed["html"]
    assert names == ["working"]


async def test_position_in_another_database_counts_for_nothing(browser: Browser) -> None:
    """Where the database was made anew the numbers are its own, and nothing is skipped."""
    async with following(browser) as stream:
        await browser.post("/local/messages", json=message())
        await stream.said()

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
        assert case["log"] == "channel"
        assert await stream.names_until_working() == ["working"]
    async with following(browser, district="hesperia") as stream:
        assert await stream.names_until_working() == ["hello", "working"]


async def test_message_that_could_not_be_kept_is_refused_and_logged_without_words(
    browser: Browser, assistant: SmallAssistant, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """When something goes wrong the page hears that nothing was done, and the log does not repeat what was typed."""
    assistant.is_broken = True
    caplog.set_level(logging.DEBUG)

    response = await browser.post("/local/messages", json=message("Maria Lopez was suspended"))
    async with following(browser) as stream:
        events = [await stream.next(), await stream.next()]

    assert response.status == 500
    assert [(name, data.get("teacher")) for _, name, data in events] == [("hello", None), ("working", 0)]
    printed = capsys.readouterr()
    assert "request_failed" in printed.out + printed.err + caplog.text
    assert "Lopez" not in printed.out + printed.err + caplog.text


async def test_answer_that_breaks_is_logged_without_words_and_the_next_one_comes(
    browser: Browser, assistant: SmallAssistant, capsys: pytest.CaptureFixture[str]
) -> None:
    """A question that was kept waits for a better moment; the conversation goes on."""
    assistant.cannot_answer = True
    await browser.post("/local/messages", json=message("Maria Lopez was suspended"))
    await asyncio.sleep(0.05)
    assistant.cannot_answer = False

    async with following(browser) as stream:
        await browser.post("/local/messages", json=message("Snapchat?", key="2" * 16))
        _, said = await stream.said()

    assert "Snapchat is not permitted" in said["html"]
    printed = capsys.readouterr()
    assert "turn_failed" in printed.out + printed.err
    assert "Lopez" not in printed.out + printed.err


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
    filed = await browser.post("/local/forms", json=form(district="nowhere"))
    opened = await browser.get("/", params={"district": "nowhere"})
    read = await browser.get("/local/nowhere/document")
    followed = await browser.get("/local/stream", params=query)

    assert {404} == {response.status for response in (posted, pressed, filed, opened, read, followed)}


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
    refused = [
        await browser.post(f"/local/{path}", json=body, headers=headers)
        for path, body in (("messages", message()), ("presses", press("", "helped")), ("forms", form()))
    ]

    assert [response.status for response in refused] == [403, 403, 403]
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
    assistant: SmallAssistant, shelf: SmallShelf, districts: dict[str, District], page_database: Database
) -> None:
    """Shown to others on purpose, the page no longer claims that nothing leaves this computer."""
    page = ChatPage(
        turns=assistant, shelf=shelf, districts=lambda: districts, database=page_database, allow_any_host=True
    )
    async with browsing(page, page_database) as client:
        response = await client.get("/", headers={"Host": "demo.example"})
        words = await response.text()

    assert response.status == 200
    assert "Nothing leaves it" not in words
    assert "has no sign-in" in words


async def test_each_person_writes_from_a_conversation_of_their_own(browser: Browser, assistant: SmallAssistant) -> None:
    """Who writes comes from the request; the conversation is theirs in this tab."""
    async with following(browser) as stream:
        await browser.post("/local/messages", json=message(**{"as": "it"}))
        _, said = await stream.said()

    (question,) = assistant.taken
    assert said["log"] == "it"
    assert question.conversation.address == "staff/redlands/0123456789abcdef-it"
    assert (question.person.id, question.person.email) == ("it", "it@redlands.example")
    assert question.person.roles == {Role.INFORMATION_TECHNOLOGY}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("messages", message(**{"as": "nobody"})),
        ("presses", press("", "approve", side="specialist", **{"as": "office"})),
        ("presses", press("", "approve", side="specialist", **{"as": "teacher"})),
        ("forms", press("", "file", **{"as": "somebody"})),
    ],
)
async def test_nobody_acts_for_the_other_side(
    browser: Browser, assistant: SmallAssistant, path: str, body: dict[str, Any]
) -> None:
    """A member of staff is never taken for a specialist, whatever a request says."""
    response = await browser.post(f"/local/{path}", json=body)

    assert response.status == 400
    assert (await response.json())["error"] == "Not as it must be: as."
    assert assistant.taken == []


async def test_deputy_decides_in_the_channel(browser: Browser, assistant: SmallAssistant) -> None:
    """On the specialist side the request says which of the two presses; the role comes from the page's list."""
    await browser.post("/local/presses", json=press("", "approve", side="specialist", **{"as": "deputy"}))

    (pressed,) = assistant.taken
    assert pressed.person.id == "deputy"
    assert pressed.person.roles == {Role.DEPUTY}
    assert pressed.conversation.address == "specialists/redlands"


async def test_command_is_answered_in_the_response_with_its_form(browser: Browser) -> None:
    """A form that opens is shown at once, to this page alone, and is not kept."""
    response = await browser.post("/local/messages", json=message("/newaccount"))
    shown = await response.json()

    assert response.status == 200
    assert (shown["accepted"], shown["replaces"]) == ("a" * 32, False)
    assert 'id="once-' + "a" * 32 in shown["html"]
    assert "data-message" not in shown["html"]
    async with following(browser) as stream:
        assert await stream.names_until_working() == ["hello", "working"]


async def test_form_with_problems_comes_back_with_each_at_its_field(
    browser: Browser, assistant: SmallAssistant
) -> None:
    """What was typed is still there, the problem is tied to its field, and the clause stands beneath."""
    response = await browser.post("/local/forms", json=form(GOOD | {"platform": "Snapchat", "organization": ""}))
    html = (await response.json())["html"]

    (sent,) = assistant.taken
    assert isinstance(sent, FormSubmission)
    assert (sent.verb, sent.value, sent.message) == ("file", "new", "")
    assert response.status == 200
    assert "2 fields need another look." in html
    assert html.count('aria-invalid="true"') == 2
    described = re.findall(r'aria-describedby="([^"]+)"[^>]*aria-invalid', html)
    assert [f'id="{each.split()[-1]}"' in html for each in described] == [True, True]
    assert "coach@redlands.example</textarea>" in html
    assert html.index("Snapchat is not approved") < html.index("only district-approved social media platforms")


async def test_form_that_is_as_it_should_be_is_answered_over_the_stream(browser: Browser) -> None:
    """What is promised comes by the one way on which nothing is lost; the named administrator hears of it, too."""
    async with following(browser) as stream:
        response = await browser.post("/local/forms", json=form())
        heard = [(await stream.said())[1] for _ in range(3)]

    assert response.status == 202
    assert await response.json() == {"accepted": "f" * 32}
    told = {said["log"]: said["html"] for said in heard}
    assert "R-1: Tess Teacher asks for a new account" in told["channel"]
    assert "Will you run the account of Robotics club?" in told["coach"]
    assert "Filed as R-1." in told["teacher"]


async def test_person_is_written_to_in_the_tab_that_was_opened_last(browser: Browser) -> None:
    """A page that was closed gets no more messages for its people."""
    async with following(browser):
        pass
    async with following(browser, conversation=OTHER_CONVERSATION) as stream:
        await browser.post("/local/forms", json=form())
        logs = [(await stream.said())[1]["log"] for _ in range(2)]

    assert logs == ["channel", "coach"]


async def test_card_is_edited_in_its_place_and_its_filer_is_told(browser: Browser) -> None:
    """A decision changes the card that was decided on; it does not follow it."""
    async with following(browser) as stream:
        await browser.post("/local/forms", json=form())
        _, waiting = await stream.said()
        await stream.said()
        await stream.said()
        opened = await browser.post(
            "/local/presses",
            json=press(waiting["message"], "deny", side="specialist", value="staff/redlands/0123456789abcdef"),
        )
        reason = press("", "deny", side="specialist", key="9" * 16, value="staff/redlands/0123456789abcdef")
        empty = await browser.post("/local/forms", json=reason | {"fields": {"reason": " "}})
        sent = await browser.post(
            "/local/forms", json=reason | {"fields": {"reason": "Two administrators, please."}, "key": "8" * 16}
        )
        card, note = (await stream.said())[1], (await stream.said())[1]

    assert (opened.status, empty.status, sent.status) == (200, 200, 202)
    assert "Only you see this" in (await opened.json())["html"]
    assert "Say why." in (await empty.json())["html"]
    assert (card["message"], card["position"]) == (waiting["message"], waiting["position"])
    assert "denied by Sam Specialist" in card["html"]
    assert (note["log"], "Two administrators, please." in note["html"]) == ("teacher", True)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({f"field{number}": "x" for number in range(15)} | GOOD, 400),
        ({"organization": "é" * 10_241}, 413),
        ({"organization": "a\x00b"}, 400),
        ({"organization": 5}, 400),
        ({"": "x"}, 400),
        ({"<b>": "x"}, 400),
    ],
)
async def test_form_that_no_page_would_send_is_refused(
    browser: Browser, assistant: SmallAssistant, fields: dict[str, Any], status: int
) -> None:
    """Too many fields, too long ones and junk reach nobody."""
    response = await browser.post("/local/forms", json=form(fields))

    assert response.status == status
    assert assistant.taken == []


async def test_field_of_20_kilobytes_is_taken(browser: Browser, assistant: SmallAssistant) -> None:
    """What is too long for a field is for the handler to say, at that field."""
    response = await browser.post("/local/forms", json=form(GOOD | {"platform": "", "note": "é" * 10_240}))

    assert response.status == 202
    assert len(assistant.taken) == 1


async def test_file_is_offered_in_the_response(browser: Browser) -> None:
    """An export is made for the one who asked, and kept nowhere."""
    response = await browser.post("/local/presses", json=press("", "export", side="specialist"))
    html = (await response.json())["html"]

    assert response.status == 200
    assert 'data-name="accounts.csv"' in html
    assert "Download accounts.csv</button>" in html


async def test_restart_loses_nothing_on_screen(
    browser: Browser,
    assistant: SmallAssistant,
    shelf: SmallShelf,
    districts: dict[str, District],
    page_database: Database,
) -> None:
    """A new process on the same database goes on where the old one was, and its buttons still work."""
    async with following(browser) as stream:
        await browser.post("/local/messages", json=message())
        position, answer = await stream.said()
    database = Database(page_database.address)
    page = ChatPage(turns=assistant, shelf=shelf, districts=lambda: districts, database=database)
    assistant.sender = page.sender

    async with browsing(page, database) as restarted:
        async with following(restarted) as stream:
            _, again = await stream.said()
        async with following(restarted, last=position) as stream:
            assert await stream.names_until_working() == ["hello", "working"]
            await restarted.post("/local/presses", json=press(answer["message"], "helped"))
            _, thanks = await stream.said()

    assert again == answer
    assert thanks["message"] == answer["message"]
    assert "Noted that this helped." in thanks["html"]


async def test_what_another_process_delivers_is_shown_within_a_second(
    browser: Browser, page_database: Database
) -> None:
    """Delivery may run beside the server: the page looks for what comes from there."""
    deliverer = Database(page_database.address)
    sender = LocalSender(database=deliverer, clock=SystemClock())
    async with following(browser) as stream:
        await stream.names_until_working()
        await sender.post(
            key="1", conversation=specialist_channel("redlands"), reply=Reply(parts=(Paragraph(text="Hello."),))
        )
        async with asyncio.timeout(1.5):
            _, said = await stream.said()
    await deliverer.close()

    assert (said["log"], "Hello." in said["html"]) == ("channel", True)


async def test_page_that_was_away_for_long_gets_the_end_and_hears_that_something_is_missing(
    browser: Browser, chat_page: ChatPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of old messages do not make a page slow to open."""
    monkeypatch.setattr("bot.local.stream.MOST_MESSAGES", 2)
    for number in range(3):
        reply = Reply(parts=(Paragraph(text=f"Message {number}"),))
        await chat_page.sender.post(key=str(number), conversation=specialist_channel("redlands"), reply=reply)

    async with following(browser) as stream:
        events = [await stream.next() for _ in range(5)]

    assert [name for _, name, _ in events] == ["hello", "gap", "said", "said", "working"]
    assert events[1][2] == {"log": "channel"}
    assert "Message 2" in events[3][2]["html"]


async def test_message_of_a_later_version_is_passed_over(
    browser: Browser, chat_page: ChatPage, page_database: Database
) -> None:
    """One message that cannot be read does not hide all that follows it."""
    channel = specialist_channel("redlands")
    async with page_database.unit() as unit:
        await unit.local_messages.post(
            district_id="redlands",
            address=channel.address,
            delivery_key="1",
            payload={"parts": [{"is": "hologram"}]},
            at=SystemClock().now(),
        )
    await chat_page.sender.post(key="2", conversation=channel, reply=Reply(parts=(Paragraph(text="Hello."),)))

    async with following(browser) as stream:
        _, said = await stream.said()

    assert "Hello." in said["html"]


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
    assistant: SmallAssistant, shelf: SmallShelf, districts: dict[str, District], page_database: Database
) -> None:
    """Where no district can be made, no page offers it."""
    page = ChatPage(turns=assistant, shelf=shelf, districts=lambda: districts, database=page_database)
    async with browsing(page, page_database) as client:
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


ROOT = "m0a1b2c3d-7"


@pytest.mark.parametrize(
    ("side", "writer", "address", "person", "roles"),
    [
        ("staff", "", "staff/redlands/0123456789abcdef", "teacher", set()),
        ("staff", "coach", "staff/redlands/0123456789abcdef-coach", "coach", set()),
        ("specialist", "deputy", "specialists/redlands", "deputy", {Role.DEPUTY}),
    ],
)
async def test_answer_under_a_card_reaches_the_handler_with_the_card(
    browser: Browser, assistant: SmallAssistant, side: str, writer: str, address: str, person: str, roles: set[Role]
) -> None:
    """Who wrote what under which message, and how many files came with it; once, however often it is sent."""
    body = written(ROOT, "June 4, at 6 PM.", side=side, files=2) | {"as": writer}
    statuses = [(await browser.post("/local/threads", json=body)).status for _ in range(2)]

    (taken,) = assistant.taken
    assert statuses == [202, 202]
    assert isinstance(taken, ThreadMessage)
    assert (taken.district_id, taken.conversation.address, taken.message) == ("redlands", address, ROOT)
    assert (taken.text, taken.attachment_names) == ("June 4, at 6 PM.", ("file 1", "file 2"))
    assert (taken.person.id, set(taken.person.roles)) == (person, roles)
    assert taken.event_key == f"{address}/0123456789abcdef/{'e' * 32}"


async def test_what_is_only_shown_to_whoever_wrote_comes_in_the_response(browser: Browser) -> None:
    """A case that takes no more answers says so at once, and keeps nothing."""
    response = await browser.post("/local/threads", json=written(ROOT, "too late"))
    async with following(browser) as stream:
        names = await stream.names_until_working()

    assert response.status == 200
    assert "This case is closed." in (await response.json())["html"]
    assert names == ["hello", "working"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"message": ""}, 400),
        ({"message": "once-1"}, 400),
        ({"message": f"{ROOT}\n"}, 400),
        ({"message": None}, 400),
        ({"text": " \n"}, 400),
        ({"text": "Maria Lopez\x00"}, 400),
        ({"text": 5}, 400),
        ({"text": "Maria Lopez " * 10_000}, 413),
        ({"files": -1}, 400),
        ({"files": 21}, 400),
        ({"files": "2"}, 400),
        ({"side": "both"}, 400),
        ({"key": "short"}, 400),
        ({"verb": "answer"}, 400),
        ({"as": "nobody"}, 400),
        ({"side": "specialist", "as": "teacher"}, 400),
        ({"district": "nowhere"}, 404),
    ],
)
async def test_answer_that_no_page_would_send_is_refused(
    browser: Browser, assistant: SmallAssistant, changes: dict[str, Any], status: int
) -> None:
    """Junk under a card reaches nobody, and the refusal repeats nothing of it."""
    response = await browser.post("/local/threads", json=written(ROOT) | changes)

    assert response.status == status
    assert "Lopez" not in await response.text()
    assert assistant.taken == []


@pytest.mark.parametrize("missing", ["message", "text", "side", "key", "conversation"])
async def test_answer_that_lacks_something_is_refused(
    browser: Browser, assistant: SmallAssistant, missing: str
) -> None:
    """Nobody writes under nothing, or says nothing under a card."""
    body = written(ROOT)
    del body[missing]

    response = await browser.post("/local/threads", json=body)

    assert response.status == 400
    assert (await response.json())["error"] == f"Not as it must be: {missing}."
    assert assistant.taken == []


async def test_answer_from_another_site_is_refused(browser: Browser, assistant: SmallAssistant) -> None:
    """No other page writes under a card."""
    response = await browser.post("/local/threads", json=written(ROOT), headers={"Origin": "https://example.org"})

    assert response.status == 403
    assert assistant.taken == []


async def test_stream_names_the_card_under_which_something_is_said(browser: Browser, chat_page: ChatPage) -> None:
    """A page learns where each message stands; one that asks for another conversation's card stands for itself."""
    reply = Reply(parts=(Paragraph(text="Q-12"),))
    channel, direct = specialist_channel("redlands"), staff_conversation("redlands", "0123456789abcdef")
    card = await chat_page.sender.post(key="1", conversation=channel, reply=reply)
    under = await chat_page.sender.post(key="2", conversation=channel, reply=reply, thread=card)
    strayed = await chat_page.sender.post(key="3", conversation=direct, reply=reply, thread=card)
    other = await chat_page.sender.post(key="4", conversation=specialist_channel("hesperia"), reply=reply, thread=card)

    async with following(browser) as stream:
        said = [(await stream.said())[1] for _ in range(3)]
    async with following(browser, district="hesperia") as stream:
        said.append((await stream.said())[1])

    threads = {data["message"]: data["thread"] for data in said}
    assert threads == {card: "", under: card, strayed: "", other: ""}
