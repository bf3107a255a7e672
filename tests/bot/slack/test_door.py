"""What does not come from Slack, or not as Slack sends it: refused, never with a 5xx, and never repeated in a log."""

import hashlib
import hmac
import json
import random
import string
import time
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession

from tests.support.slack_office import SECRET, SPECIALIST, TEACHER, SlackOffice
from tests.support.slack_world import text_in

FORM = "application/x-www-form-urlencoded"
SECRET_WORDS = "student Jane Doe was hurt in room 12"


def event(text: str = SECRET_WORDS, **changed: object) -> dict[str, object]:
    return {
        "type": "event_callback",
        "team_id": "T0REDLANDS",
        "event_id": "Ev0",
        "event": {
            "type": "message",
            "channel_type": "im",
            "channel": "D0TEACHER",
            "user": TEACHER,
            "ts": "1.1",
            "text": text,
        },
        **changed,
    }


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"X-Slack-Signature": "v0=" + "0" * 64}, 401),
        ({"X-Slack-Signature": "v0=x"}, 401),
        ({"X-Slack-Signature": ""}, 401),
        ({"X-Slack-Request-Timestamp": ""}, 401),
        ({"X-Slack-Request-Timestamp": "soon"}, 401),
        ({"X-Slack-Request-Timestamp": "-5"}, 401),
        ({"X-Slack-Request-Timestamp": "9" * 40}, 401),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
        ({"Content-Encoding": "gzip"}, 400),
    ],
)
async def test_request_that_slack_did_not_make_is_refused(
    office: SlackOffice, change: dict[str, str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """And nothing of it stands in a log, whatever Bolt would have written."""
    body = json.dumps(event()).encode()
    answer = await office.driver.raw(body, {**office.driver.signed_headers(body), **change})
    await office.settle()

    assert answer.status == status
    out = capsys.readouterr()
    assert "Jane" not in out.out + out.err
    assert "Jane" not in str(answer.body)
    assert office.slack.called("chat.postMessage") == []


@pytest.mark.parametrize("age", [-301, 301, 86_400])
async def test_old_and_future_signatures_are_refused(office: SlackOffice, age: int) -> None:
    """A captured request is good for five minutes, and its effect is there only once anyway."""
    body = json.dumps(event()).encode()
    answer = await office.driver.raw(body, office.driver.signed_headers(body, at=time.time() - age))

    assert answer.status == 401


async def test_captured_request_has_no_second_effect(office: SlackOffice) -> None:
    """Replayed within the window: a command, a press and a form."""
    await office.driver.command("/newaccount", "robotics club on instagram", user=TEACHER)
    await office.settle()
    view = office.world.top_view(TEACHER)
    assert view is not None
    await office.driver.submit(TEACHER, view, {"Administrators": [TEACHER, "U0COACH"]})
    await office.settle()
    replayed = list(office.driver.sent)
    for body, headers in replayed:
        assert (await office.driver.raw(body, headers)).status == 200
    await office.settle()

    assert await office.count("filings") == 1
    assert len([each for each in office.world.dm(TEACHER) if "R-1" in text_in(each.blocks)]) == 1


@pytest.mark.parametrize("size", [512 * 1024 + 1, 1000 * 1024])
async def test_body_that_is_too_large_is_refused(office: SlackOffice, size: int) -> None:
    """Before it is read to its end."""
    body = b"x" * size
    answer = await office.driver.raw(body, office.driver.signed_headers(body))

    assert answer.status == 413


async def test_url_verification_and_ssl_check_are_answered(office: SlackOffice) -> None:
    """Slack's own test of the address; the one needs a signature, the other has none."""
    body = json.dumps({"type": "url_verification", "challenge": "c0ffee", "token": "x"}).encode()
    answer = await office.driver.raw(body, office.driver.signed_headers(body))
    assert answer.body == {"challenge": "c0ffee"}
    unsigned = await office.driver.raw(body, {"Content-Type": "application/json"})
    assert unsigned.status == 401
    check = await office.driver.raw(b"ssl_check=1&token=x", {"Content-Type": FORM})
    assert check.status == 200


async def test_other_methods_and_paths_are_refused(office: SlackOffice) -> None:
    """Slack posts."""
    async with ClientSession() as session:
        for method, path, status in (
            ("GET", "/slack/events", 405),
            ("PUT", "/slack/events", 405),
            ("POST", "/slack", 404),
        ):
            async with session.request(method, office.address + path) as response:
                assert response.status == status


def _junk(chance: random.Random, good: list[tuple[bytes, str]]) -> tuple[bytes, str]:
    """Return a body that is broken somehow, and how it says that it is written."""
    body, kind = chance.choice(good)
    if chance.random() < 0.1:
        return body + body, kind
    match chance.randrange(8):
        case 0:
            return body[: chance.randrange(len(body))], kind
        case 1:
            place = chance.randrange(len(body))
            return body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :], kind
        case 2:
            return bytes(chance.randrange(256) for _ in range(chance.randrange(200))), kind
        case 3:
            return json.dumps(
                chance.choice([None, 1, [], "x", {}, {"type": 5}, {"type": "event_callback"}])
            ).encode(), "application/json"
        case 4:
            return b"[" * chance.randrange(1, 20_000), "application/json"
        case 5:
            return urlencode({"payload": "[" * 5000}).encode(), FORM
        case 6:
            words = "".join(chance.choice(string.printable) for _ in range(30))
            return urlencode({chance.choice(["command", "payload", "ssl", "text"]): words}).encode(), FORM
        case _:
            return _with_wrong_values(body, kind, chance), "application/json"


def _with_wrong_values(body: bytes, kind: str, chance: random.Random) -> bytes:
    changed = json.loads(body) if kind == "application/json" else {}
    wrong = [None, 0, -1, "", [], {}, "x" * 5000, {"id": None}, [None], "\ud800", "\u0000"]
    return json.dumps(
        {name: chance.choice(wrong) if chance.random() < 0.3 else value for name, value in changed.items()}
    ).encode()


def _signed(body: bytes, kind: str) -> dict[str, str]:
    """Sign any bytes; the library's own signing wants UTF-8."""
    stamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}


def _good() -> list[tuple[bytes, str]]:
    action = {
        "type": "block_actions",
        "team": {"id": "T0REDLANDS"},
        "user": {"id": TEACHER},
        "trigger_id": "1.2",
        "container": {"type": "message", "channel_id": "D0TEACHER", "message_ts": "1.1"},
        "actions": [{"action_id": "open/0", "value": "{}", "action_ts": "1.1", "type": "button"}],
    }
    view = {
        "type": "view_submission",
        "team": {"id": "T0REDLANDS"},
        "user": {"id": SPECIALIST},
        "view": {
            "id": "V1",
            "callback_id": "form",
            "private_metadata": '["file", "{}", "", ""]',
            "blocks": [],
            "state": {"values": {}},
        },
    }
    command = {
        "command": "/newaccount",
        "text": "x",
        "team_id": "T0REDLANDS",
        "user_id": TEACHER,
        "channel_id": "D0TEACHER",
        "trigger_id": "1.1",
    }
    return [
        (json.dumps(event()).encode(), "application/json"),
        (json.dumps(action).encode(), "application/json"),
        (json.dumps(view).encode(), "application/json"),
        (urlencode({"payload": json.dumps(action)}).encode(), FORM),
        (urlencode({"payload": json.dumps(view)}).encode(), FORM),
        (urlencode(command).encode(), FORM),
    ]


async def test_ten_thousand_malformed_requests_break_nothing(
    office: SlackOffice, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half of them signed: no 5xx, no traceback, and afterwards everything works as before."""
    if "postgresql" in request.node.name:
        pytest.skip("the door knows no database; what passes it is tried on both")
    chance, good = random.Random(6), _good()
    statuses: dict[int, int] = {}
    async with ClientSession() as session:
        for number in range(10_000):
            body, kind = _junk(chance, good)
            headers = {"Content-Type": kind}
            if number % 2:
                headers = _signed(body, kind)
            async with session.post(office.driver.address, data=body, headers=headers) as response:
                await response.read()
            statuses[response.status] = statuses.get(response.status, 0) + 1
    await office.settle()

    assert {status for status in statuses if status >= 500} == set(), statuses
    assert statuses[400] > 1000
    assert statuses[401] > 4000
    assert "Traceback" not in "".join(capsys.readouterr())
    office.world.problems.clear()
    await office.driver.message(TEACHER, "how many admins must our page have?")
    await office.settle()
    assert "at least two (2) account administrators" in office.dm(TEACHER)


async def test_failure_right_after_the_acknowledgement_still_answers_200(
    office: SlackOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bolt 1.30 would take the acknowledgement back and hang for three seconds."""

    async def fails(*_: object, **__: object) -> None:
        raise RuntimeError("right after")

    monkeypatch.setattr("bot.slack.showing.Shower.open", fails)
    monkeypatch.setattr("bot.slack.showing.Shower.answer_press", fails)
    command = await office.driver.command("/newaccount", user=TEACHER)
    await office.settle()

    assert command.status == 200
    assert command.elapsed_seconds < 2


async def test_failure_before_the_acknowledgement_is_said_and_still_answers_200(
    office: SlackOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours: the person is told, with a reference."""

    async def fails(*_: object, **__: object) -> None:
        raise RuntimeError("before")

    monkeypatch.setattr("bot.slack.incoming.Translator.command", fails)
    command = await office.driver.command("/newaccount", user=TEACHER)

    assert command.status == 200
    assert "Something went wrong on our side" in text_in(command.body["blocks"])


async def test_what_cannot_be_kept_is_asked_for_again(office: SlackOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the database away, Slack is told to send the event again; a form stays open with all that was typed."""
    await office.driver.command("/newaccount", "robotics club on instagram", user=TEACHER)
    await office.settle()
    view = office.world.top_view(TEACHER)
    assert view is not None

    async def away(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr("knowledge.store.unit.Database.keep", away)
        answer = await office.driver.message(TEACHER, "how many admins must our page have?")
        sent = await office.driver.submit(TEACHER, view, {"Administrators": [TEACHER, "U0COACH"]})
    assert answer.status == 503
    assert sent.body["response_action"] == "errors"
    assert "Please send it again" in "".join(sent.body["errors"].values())

    body, headers = office.driver.sent[-2]
    assert (await office.driver.raw(body, {**headers, "X-Slack-Retry-Num": "1"})).status == 200
    await office.driver.submit(TEACHER, view, {"Administrators": [TEACHER, "U0COACH"]})
    await office.settle()
    assert "at least two (2) account administrators" in office.dm(TEACHER)
    assert await office.count("filings") == 1


async def test_person_whom_slack_does_not_name_is_asked_to_try_again(office: SlackOffice) -> None:
    """Nobody is let in unknown: a guest may hide there. Whoever wrote before is known from then."""
    office.slack.errors["users.info"] = "internal_error"
    answer = await office.driver.message(TEACHER, "how many admins must our page have?")
    told = await office.driver.command("/newaccount", user=TEACHER)
    assert answer.status == 503
    assert "Slack does not say just now who you are" in text_in(told.body["blocks"])

    del office.slack.errors["users.info"]
    await office.driver.message(TEACHER, "how many admins must our page have?")
    await office.settle()
    office.slack.errors["users.info"] = "internal_error"
    office.platform._people._known.clear()
    answer = await office.driver.message(TEACHER, "may I post photos of students?")
    assert answer.status == 200
