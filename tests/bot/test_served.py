"""The real server process: asked over HTTP as the page asks it, killed, and looked through for what must not be there."""

import os
import re
import signal
import time
from pathlib import Path

from tests.support.served import served

PLANTED = ("Marisol", "Vega", "219-09-9999", "909-555-0144", "marisol.vega@gmail.com")
"""Personal data typed into questions and feedback; none of it may be found anywhere afterwards."""


def message(text: str, *, key: str, conversation: str) -> dict[str, object]:
    return {"district": "redlands", "conversation": conversation, "key": key * 16, "text": text}


def named(heard: str) -> tuple[str, str]:
    """Return the question and the message that the last buttons heard belong to."""
    question_id = re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", heard)
    said = re.findall(r"m[0-9a-f]{8}-[0-9]+", heard)
    return question_id[-1], said[-1]


def test_nothing_a_person_typed_is_left_behind_unmasked(tmp_path: Path) -> None:
    """After questions and feedback with a pupil's data, no file and no log line of the server holds any of it."""
    conversation = "0123456789abcdef"
    with served(tmp_path / "var") as server:
        question = (
            "can i post that our student Marisol Vega, SSN 219-09-9999, has diabetes? "
            "her mom's cell is 909-555-0144, marisol.vega@gmail.com"
        )
        assert server.post("/local/messages", message(question, key="a", conversation=conversation)) == 202
        heard = server.said(conversation, "unhelpful")
        question_id, said = named(heard)
        press: dict[str, object] = {
            "district": "redlands",
            "conversation": conversation,
            "key": "b" * 16,
            "message": said,
            "side": "staff",
            "verb": "reason",
            "value": question_id,
            "fields": {"text": "my student Marisol Vega wants it"},
        }
        assert server.post("/local/presses", press) == 202
        time.sleep(1.0)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(timeout=20)

        files = [path for path in server.folder.rglob("*") if path.is_file()]
        kept = b"".join(path.read_bytes() for path in [*files, server.log])

    assert b"diabetes" not in kept
    assert b"can i post that our student" in kept, "the question was not remembered at all"
    assert [planted for planted in PLANTED if planted.encode() in kept] == []


def test_question_handed_on_is_in_the_channel_again_after_the_server_was_killed(tmp_path: Path) -> None:
    """What a person was told is with the specialist survives a kill and a new start."""
    conversation = "fedcba9876543210"
    with served(tmp_path / "var") as server:
        server.post(
            "/local/messages", message("do our captions have to be in spanish", key="c", conversation=conversation)
        )
        heard = server.said(conversation, "Ask the specialist")
        question_id, said = named(heard)
        press: dict[str, object] = {
            "district": "redlands",
            "conversation": conversation,
            "key": "d" * 16,
            "message": said,
            "side": "staff",
            "verb": "escalate",
            "value": question_id,
            "fields": {},
        }
        server.post("/local/presses", press)
        server.said(conversation, "C-1 is with the")
        os.kill(server.process.pid, signal.SIGKILL)

    with served(tmp_path / "var") as again:
        heard = again.said("aaaabbbbccccdddd", "C-1: a question for the specialist")

    assert "do our captions have to be in spanish" in heard


def test_nothing_of_a_draft_is_left_behind_unmasked(tmp_path: Path) -> None:
    """A draft, what is said of its picture and an answer to a question under it leave only masked text behind."""
    conversation = "0123456789abcdef"
    draft = (
        "can I post this on our facebook page?\nWhat a recital! Our student Marisol Vega, SSN 219-09-9999, has diabetes "
        "and played anyway. Her mom's cell is 909-555-0144, marisol.vega@gmail.com. Photo of the whole class below."
    )
    with served(tmp_path / "var") as server:
        assert server.post("/local/messages", message(draft, key="a", conversation=conversation)) == 202
        server.said(conversation, "Not as it stands")
        more = message("the photo shows our student Marisol Vega too, no release", key="c", conversation=conversation)
        assert server.post("/local/messages", more) == 202
        time.sleep(1.5)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(timeout=20)
        files = [path for path in server.folder.rglob("*") if path.is_file()]
        kept = b"".join(path.read_bytes() for path in [*files, server.log])

    assert b"What a recital!" in kept, "the draft was not remembered at all"
    assert b"not_allowed" in kept
    assert b"diabetes" not in kept
    assert [planted for planted in PLANTED if planted.encode() in kept] == []
