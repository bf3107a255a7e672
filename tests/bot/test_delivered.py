"""Server and delivery as processes of their own: together, apart, killed and stopped."""

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from tests.support.served import ROOT, environment_of, served

CONVERSATION = "0123456789abcdef"


def message(text: str, *, key: str) -> dict[str, object]:
    return {"district": "redlands", "conversation": CONVERSATION, "key": key * 16, "text": text}


def rows(folder: Path, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "postwise.db", timeout=10) as connection:
        found = connection.execute(statement).fetchall()
    connection.close()
    return found


def is_under_way(folder: Path) -> bool:
    return bool(
        rows(folder, "SELECT event_key FROM inbox WHERE state <> 'done'")
        or rows(folder, "SELECT id FROM outbox WHERE kind = 'reply' AND state <> 'sent'")
    )


def test_server_that_does_not_deliver_leaves_it_to_another_process(tmp_path: Path) -> None:
    """What `serve --no-deliver` promised waits until `deliver` brings it; told to stop, that ends in good order."""
    folder = tmp_path / "var"
    with served(folder, "--no-deliver") as server:
        assert server.post("/local/messages", message("how many admins does our page need?", key="a")) == 202
        until = time.monotonic() + 20
        while not (waiting := rows(folder, "SELECT kind, state FROM outbox")) and time.monotonic() < until:
            time.sleep(0.1)
        deliverer = subprocess.Popen(
            [sys.executable, "-m", "bot", "deliver"],
            cwd=ROOT,
            env=environment_of(folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            heard = server.said(CONVERSATION, "administrators")
            deliverer.send_signal(signal.SIGTERM)
            status = deliverer.wait(timeout=20)
        finally:
            deliverer.kill()
            deliverer.wait()

    assert waiting == [("reply", "pending")]
    assert "at least two" in heard
    assert status == 0
    assert rows(folder, "SELECT kind, state FROM outbox") == [("reply", "sent")]


def test_question_acknowledged_by_a_server_that_was_killed_is_answered_by_the_next_one(tmp_path: Path) -> None:
    """Whoever was told that a message arrived gets the answer, whatever happens to the server, and gets it once."""
    folder = tmp_path / "var"
    with served(folder) as server:
        for key in "bcdefgh":
            server.post("/local/messages", message(f"how many admins does page {key} need?", key=key))
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(timeout=20)
    unanswered = rows(folder, "SELECT event_key FROM inbox WHERE state = 'accepted'")

    with served(folder) as again:
        until = time.monotonic() + 30
        while is_under_way(folder) and time.monotonic() < until:
            time.sleep(0.2)
        again.process.send_signal(signal.SIGTERM)
        status = again.process.wait(timeout=30)

    assert status == 0
    assert len(rows(folder, "SELECT event_key FROM questions")) == 7, f"{len(unanswered)} were left by the first server"
    assert rows(folder, "SELECT kind, state, count(*) FROM outbox WHERE kind = 'reply' GROUP BY kind, state") == [
        ("reply", "sent", 7)
    ]
