"""The real server process, on a data folder of its own."""

import contextlib
import json
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


def environment_of(folder: Path) -> dict[str, str]:
    """Return the settings of a process on a data folder; whoever dies is taken over from after a second and a half."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder.parent),
        "POSTWISE_FOLDER": str(folder),
        "POSTWISE_MODEL_FOLDER": str(ROOT / "var" / "model"),
        "POSTWISE_DELIVERY_TIMEOUT_SECONDS": "0.5",
    }


@contextlib.contextmanager
def served(folder: Path, *options: str) -> Iterator[Served]:
    """Run a server with some options until the block ends, then kill it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder.parent / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "--port", str(port), *options],
            cwd=ROOT,
            stdout=output,
            stderr=output,
            env=environment_of(folder),
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
