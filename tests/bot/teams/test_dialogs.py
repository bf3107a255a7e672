"""Forms in a window, as Teams asks for them: signed invokes over HTTP, on the real product."""

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.answering import Accepted
from bot.teams.render import OPEN_IN_WINDOW
from handlers.incoming import FormSubmission
from handlers.outcome import Outcome
from handlers.replies import FileText, Form, Paragraph, Reply, TextField
from tests.bot.teams.conftest import Scene, saying
from tests.bot.teams.replies import FORM
from tests.bot.teams.test_cards import problems
from tests.support.desk import ROBOTICS
from tests.support.product import Talk
from tests.support.teams import TEACHER
from tests.support.teams_connector import SPECIALISTS, Posted
from tests.support.teams_desk import TeamsDesk, as_member

pytestmark = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)

FORM_OF = next(part for part in FORM.parts if isinstance(part, Form))


@pytest.fixture
async def desk(staff: Talk) -> AsyncIterator[TeamsDesk]:
    """The people of Redlands in Teams, on the real product."""
    async with contextlib.AsyncExitStack() as stack:

        class Desk(TeamsDesk):
            pass

        Desk.stack = stack
        yield await Desk.open(staff)


def invoke(name: str, data: Any, *, reply_to: str = "") -> dict[str, Any]:
    return {
        "type": "invoke",
        "name": name,
        "replyToId": reply_to or None,
        "value": {"data": data, "context": {"theme": "default"}},
    }


async def inline(desk: TeamsDesk, words: str = "newaccount") -> Posted:
    await desk.says("teacher", words)
    await desk.settle()
    return desk.fake.posted[-1]


async def asked(desk: TeamsDesk, name: str, data: Any, *, reply_to: str = "") -> dict[str, Any]:
    member = desk.member("teacher")
    status, answer = await desk.line.send(desk.line.activity(member, **invoke(name, data, reply_to=reply_to)))
    assert status == 200
    await desk.settle()
    task: dict[str, Any] = answer["task"]
    return task


async def opened(desk: TeamsDesk, form: Posted) -> Posted:
    """Press what opens a window, and return what stands in it."""
    task = await asked(desk, "task/fetch", form.actions()[OPEN_IN_WINDOW]["data"], reply_to=form.id)
    return window(task)


def window(task: dict[str, Any]) -> Posted:
    assert task["type"] == "continue"
    card = task["value"]["card"]
    assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert problems(card["content"]) == []
    return Posted(id="", conversation="", activity={"attachments": [card]})


def filled(shown: Posted, **fields: str) -> dict[str, Any]:
    data: dict[str, Any] = shown.actions()["Send"]["data"]
    return data | {f"{data['postwise']['part']}:{name}": text for name, text in fields.items()}


async def test_window_shows_the_form_that_stands_in_the_chat(desk: TeamsDesk) -> None:
    """The same fields and the same words; Teams knows no Action.Execute in a window."""
    form = await inline(desk)
    assert problems(form.card) == []
    before = len(desk.fake.posted)

    task = await asked(desk, "task/fetch", form.actions()[OPEN_IN_WINDOW]["data"], reply_to=form.id)
    shown = window(task)

    assert task["value"]["title"] == "New account"
    assert (task["value"]["height"], task["value"]["width"]) == ("large", "medium")
    assert shown.inputs() == form.inputs()
    assert {"Send"} <= set(shown.actions()) <= set(form.actions()) - {OPEN_IN_WINDOW, "Cancel"}
    assert {each["type"] for each in shown.actions().values()} == {"Action.Submit"}
    assert (len(desk.fake.posted), form.edits) == (before, 0), "the form in the chat stays as it is"


async def test_window_can_be_opened_again(desk: TeamsDesk) -> None:
    """Whoever closed it, or whose client sends the invoke again, gets the form again."""
    form = await inline(desk)

    first, second = [await opened(desk, form) for _ in range(2)]

    assert first.inputs() == second.inputs()


async def test_button_in_a_window_that_opens_a_form_opens_it_there(desk: TeamsDesk) -> None:
    """The buttons of a reply stand in its window as well, and what they open needs no second one."""
    data = {"postwise": {"is": "press", "verb": "open", "value": '{"kind": "register"}', "key": "k"}}

    task = await asked(desk, "task/submit", data)

    assert window(task).inputs()
    assert task["value"]["title"] == "Register an existing account"


async def test_fault_comes_back_at_its_field_and_files_nothing(desk: TeamsDesk) -> None:
    """What was typed still stands there, and it can be mended in the same window."""
    shown = await opened(desk, await inline(desk))
    before = len(desk.fake.posted)

    task = await asked(desk, "task/submit", filled(shown, **(ROBOTICS | {"platform": "snapchat"})))
    again = window(task)

    lines = again.words.split("\n")
    assert lines.index("Platform") < lines.index(next(each for each in lines if each.startswith("Please mend:")))
    assert (
        next(text for name, text in again.inputs().items() if name.endswith(":organization"))
        == (ROBOTICS["organization"])
    )
    assert len(desk.fake.posted) == before

    mended = await asked(desk, "task/submit", filled(again, **ROBOTICS))
    assert (mended["type"], "R-1" in mended["value"]) == ("message", True)


@pytest.mark.parametrize("names_message", [False, True])
async def test_right_form_is_filed_once_however_often_it_is_sent(names_message: bool, desk: TeamsDesk) -> None:
    """The window says how it went; the answer itself arrives in the chat, over the form where Teams names it."""
    form = await inline(desk)
    data = filled(await opened(desk, form), **ROBOTICS)

    tasks = [await asked(desk, "task/submit", data, reply_to=form.id if names_message else "") for _ in range(3)]

    assert {each["type"] for each in tasks} == {"message"}
    assert "R-1" in tasks[0]["value"]
    assert "\n" not in tasks[0]["value"]
    assert {each["value"] for each in tasks[1:]} == {"Received."}
    submitted = [each for each in desk.heard.taken if isinstance(each, FormSubmission)]
    assert len(submitted) == 3
    assert len({each.event_key for each in submitted}) == 1
    assert len([each for each in desk.fake.in_conversation(SPECIALISTS) if "R-1" in each.words]) == 1
    assert "R-2" not in "\n".join(each.words for each in desk.fake.posted)
    in_chat = [each for each in desk.fake.in_conversation(desk.member("teacher").chat) if "R-1" in each.words]
    assert len(in_chat) == 1
    assert (in_chat[0] is form) is names_message


@pytest.mark.parametrize(
    "data",
    [
        None,
        "text",
        [],
        {},
        {"postwise": None},
        {"postwise": {"is": "window", "verb": 1}},
        {"postwise": {"is": "form", "verb": "file", "value": "{}"}},
        {"postwise": {"is": "thread", "verb": "thread", "part": 0}, "0:text": "x"},
        {"postwise": {"is": "put-away"}},
        {"postwise": {"is": "window", "verb": "open", "value": "{" * 500}},
        {"postwise": {"is": "window", "verb": "no such verb"}},
        {"postwise": {"is": "window", "verb": "open", "value": '{"kind": "no such kind"}'}},
        {"postwise": {"is": "form", "verb": "file", "value": '{"kind": "new_account", "filing": 99}', "part": 0}},
        {"postwise": {"is": "press", "verb": "\ud800\x00", "value": "\x00"}},
        {"msteams": {"type": "task/fetch"}},
    ],
)
async def test_junk_is_answered_politely(data: Any, desk: TeamsDesk) -> None:
    """Under any name, known or not; nothing is filed by it."""
    for name in ("task/fetch", "task/submit", "task/", "task/other"):
        body = json.dumps(desk.line.activity(desk.member("teacher"), **invoke(name, data))).encode()
        status, answer = await desk.line.send(None, data=body, headers={"Content-Type": "application/json"})
        assert status == 200, (name, answer)
        assert answer["task"]["type"] == "message"
        assert 20 < len(answer["task"]["value"]) <= 500
    odd: tuple[Any, ...] = (None, [], "text", {})
    for value in odd:
        activity = desk.line.activity(desk.member("teacher"), type="invoke", name="task/fetch", value=value)
        assert (await desk.line.send(activity))[1]["task"]["type"] == "message"
    await desk.settle()

    assert desk.fake.in_conversation(SPECIALISTS) == []


async def test_guest_gets_the_polite_sentence_and_no_form(desk: TeamsDesk) -> None:
    """By the roster's word, as everywhere."""
    form = await inline(desk)
    guest = as_member(desk, "coach", id="29:guest", object_id="0b1e-guest", role="guest")
    sent = {
        "task/fetch": form.actions()[OPEN_IN_WINDOW]["data"],
        "task/submit": filled(await opened(desk, form), **ROBOTICS),
    }
    for name, data in sent.items():
        _, answer = await desk.line.send(desk.line.activity(guest, **invoke(name, data)))
        assert answer["task"]["type"] == "message"
        assert "you are here as a guest" in answer["task"]["value"]
    await desk.settle()

    assert desk.fake.in_conversation(SPECIALISTS) == []


async def test_window_is_believed_like_everything_else(scene: Scene) -> None:
    """Unsigned, or from another tenant, nothing is taken."""
    data = {"postwise": {"is": "window", "verb": "open", "value": '{"kind": "new_account"}', "key": "k"}}
    activity = scene.line.activity(TEACHER, **invoke("task/fetch", data))
    foreign = json.loads(json.dumps(activity).replace(TEACHER.tenant, "another-tenant"))

    unsigned, _ = await scene.line.send(activity, token="")
    other, _ = await scene.line.send(foreign)

    assert (unsigned, other) == (401, 403)
    assert scene.turns.taken == []


async def test_client_without_windows_gets_the_form_in_the_chat(desk: TeamsDesk) -> None:
    """It sends the action as a message, as any other."""
    form = await inline(desk)
    data = form.actions()[OPEN_IN_WINDOW]["data"]

    await desk.line.send(desk.line.activity(desk.member("teacher"), text=None, value=data, replyToId=form.id))
    await desk.settle()

    assert desk.fake.posted[-1] is not form
    assert desk.fake.posted[-1].inputs() == form.inputs() != {}


async def test_what_could_not_be_kept_is_said_in_the_window(scene: Scene) -> None:
    """With what to do; nothing was changed."""
    scene.turns.outcome = Outcome(reply=saying("broken"), is_promised=False, is_failure=True)
    data = {"postwise": {"is": "form", "verb": "file", "value": "{}", "key": "k", "part": 0}}

    status, answer = await scene.line.send(scene.line.activity(TEACHER, **invoke("task/submit", data)))

    assert (status, answer["task"]["type"]) == (200, "message")
    assert "press again" in answer["task"]["value"]


async def test_press_in_a_window_that_takes_the_model_is_answered_in_the_chat(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for it in front of the window."""
    taken: list[Any] = []

    async def accept(incoming: Any) -> Accepted:
        return Accepted(incoming=incoming, token="t")

    async def answer(accepted: Accepted) -> Outcome:
        taken.append(accepted.incoming)
        return Outcome(reply=None)

    monkeypatch.setattr(scene.turns, "accept", accept)
    monkeypatch.setattr(scene.turns, "answer", answer)
    data = {"postwise": {"is": "press", "verb": "check-again", "value": "1", "key": "k"}}

    _, said = await scene.line.send(scene.line.activity(TEACHER, **invoke("task/submit", data)))
    await scene.bot.platform.drain()

    assert said["task"] == {"type": "message", "value": "Received."}
    assert len(taken) == 1


@pytest.mark.parametrize("is_form", [False, True])
async def test_what_no_window_holds_stands_in_the_chat(is_form: bool, scene: Scene) -> None:
    """A long list, and a form that one card does not hold: nothing is cut off."""
    long = Form(
        title="Long",
        verb="file",
        submit_label="Send",
        opened_by=FORM_OF.opened_by,
        fields=tuple(TextField(name="note", label="Note", value="x" * 9000) for _ in range(4)),
    )
    part = long if is_form else FileText(name="list.csv", text="a,b\n" * 400)
    scene.turns.outcome = Outcome(reply=Reply(parts=(Paragraph(text="Here."), part)), is_promised=False)
    data = {"postwise": {"is": "window", "verb": "open", "value": "{}", "key": "k"}}

    _, answer = await scene.line.send(scene.line.activity(TEACHER, **invoke("task/fetch", data)))
    await scene.bot.platform.drain()

    assert answer["task"] == {"type": "message", "value": "It is in your own chat with Postwise."}
    assert "Here." in scene.fake.in_conversation(TEACHER.chat)[0].words
