"""The real server process: asked over HTTP as the page asks it, killed, and looked through for what must not be there."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLANTED = ("Marisol", "Vega", "219-09-9999", "909-555-0144", "marisol.vega@gmail.com")
"""Personal data typed into questions and feedback; none of it may be found anywhere afterwards."""


@dataclass
class Served:
    """A running ``postwise serve`` on a data folder of its own."""

    process: subprocess.Popen[bytes]
    address: str
    folder: Path
    log: Path

    def post(self, path: str, body: dict[str, object]) -> int:
        request = urllib.request.Request(
            self.address + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Origin": self.address},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)

    def said(self, conversation: str, wanted: str, *, district: str = "redlands") -> str:
        """Read the conversation's stream until something is said."""
        query = f"/local/stream?district={district}&conversation={conversation}"
        heard = ""
        with urllib.request.urlopen(self.address + query, timeout=20) as stream:
            until = time.monotonic() + 20
            while time.monotonic() < until and wanted not in heard:
                heard += stream.readline().decode()
        assert wanted in heard
        return heard


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder.parent / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "--port", str(port)],
            cwd=ROOT,
            stdout=output,
            stderr=output,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(folder.parent),
                "POSTWISE_FOLDER": str(folder),
                "POSTWISE_MODEL_FOLDER": str(ROOT / "var" / "model"),
            },
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(address + "/ready", timeout=2).close()
                break
            time.sleep(0.1)
        else:
            pytest.fail(f"the server did not become ready: {log.read_text()}")
        yield Served(process=process, address=address, folder=folder, log=log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)


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
            "verb": "refer",
            "value": question_id,
            "fields": {},
        }
        server.post("/local/presses", press)
        server.said(conversation, "Your question is in the")
        os.kill(server.process.pid, signal.SIGKILL)

    with served(tmp_path / "var") as again:
        heard = again.said("aaaabbbbccccdddd", "a member of staff asks")

    assert "do our captions have to be in spanish" in heard
