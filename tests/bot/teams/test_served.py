"""The real process: ``postwise serve`` with Teams set up, and ``postwise doctor`` beside it."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.served import ROOT, environment_of
from tests.support.teams import TEACHER, session, until
from tests.support.teams_connector import APP_ID, APP_SECRET, SPECIALISTS, TENANT, FakeConnector, Line, Refusal, running


def environment(folder: Path, fake: FakeConnector) -> dict[str, str]:
    return environment_of(folder) | {
        "MICROSOFT_APP_ID": APP_ID,
        "MICROSOFT_APP_PASSWORD": APP_SECRET,
        "MICROSOFT_APP_TENANT_ID": TENANT,
        "POSTWISE_DISTRICT": "redlands",
        "POSTWISE_TEAMS_SPECIALIST_CONVERSATION": SPECIALISTS,
        "POSTWISE_TEAMS_OPENID_METADATA_URL": fake.metadata_url,
        "POSTWISE_TEAMS_TOKEN_URL": fake.token_url,
        "POSTWISE_TEAMS_SERVICE_URLS": f"{fake.url}/amer/",
        "POSTWISE_DELIVERY_TIMEOUT_SECONDS": "5",
    }


@contextlib.asynccontextmanager
async def served(folder: Path, fake: FakeConnector) -> AsyncIterator[str]:
    """Run the server until the block ends, then stop it as a host does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder.parent / "server.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", "--port", str(port),
            cwd=ROOT, env=environment(folder, fake), stdout=asyncio.subprocess.DEVNULL, stderr=log,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"

    async def is_ready() -> bool:
        with contextlib.suppress(OSError):
            async with session() as web, web.get(f"{address}/ready") as answer:
                return answer.status == 200
        return False

    try:
        await until(is_ready, seconds=40)
        yield address
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_question_is_answered_and_filing_reaches_the_specialists(tmp_path: Path) -> None:
    """From the signed activity to the card, through the process that people run; and nothing of it in its log."""
    folder = tmp_path / "data"
    async with running(FakeConnector()) as fake, session() as web:
        fake.join(TEACHER)
        async with served(folder, fake) as address:
            line = Line(fake, address, web)
            unsigned, _ = await line.send(line.activity(TEACHER, text="snapchat ok?"), token="")
            status, _ = await line.send(line.activity(TEACHER, text="is snapchat ok for Maria Lopez?"))
            await until(lambda: fake.in_conversation(TEACHER.chat))
            await line.send(line.activity(TEACHER, text="/escalate"))
            await until(lambda: len(fake.in_conversation(TEACHER.chat)) == 2)
            form = fake.in_conversation(TEACHER.chat)[1]
            data = form.actions()
            send = next(each["data"] for each in data.values() if each["data"]["postwise"]["is"] == "form")
            part = send["postwise"]["part"]
            happened = {f"{part}:happened": "The paper keeps asking about our coach", f"{part}:kind": "controversy"}
            value = {"action": {"type": "Action.Execute", "verb": "escalate", "data": send | happened}}
            sent, _ = await line.send(
                line.activity(TEACHER, type="invoke", name="adaptiveCard/action", replyToId=form.id, value=value)
            )
            await until(lambda: fake.in_conversation(SPECIALISTS))

    log = (tmp_path / "server.log").read_text()
    assert (unsigned, status, sent) == (401, 200, 200)
    assert "Quoted from Redlands" in fake.in_conversation(TEACHER.chat)[0].words
    assert "C-1" in fake.in_conversation(SPECIALISTS)[0].words
    assert "C-1" in form.words
    assert fake.tokens_given == 1
    for secret in (APP_SECRET, fake.expects, "Maria", "Tess", "coach", "teacher@"):
        assert secret not in log


@pytest.mark.parametrize("is_wrong", [False, True])
async def test_doctor_tells_whether_microsoft_knows_the_bot(is_wrong: bool, tmp_path: Path) -> None:
    """And what to mend where it does not."""
    async with running(FakeConnector()) as fake:
        if is_wrong:
            fake.refuse("token", Refusal(status=401))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "doctor",
            cwd=ROOT, env=environment(tmp_path / "data", fake), stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        output = (await process.communicate())[0].decode()

    [said] = [each for each in output.splitlines() if "teams:" in each]
    if is_wrong:
        assert process.returncode == 1
        assert said.startswith("wrong teams: Entra gives no token (401). Check MICROSOFT_APP_ID")
    else:
        assert said.startswith("ok    teams: 1 keys, a token was given to")
        assert "nothing heard from Teams yet" in said
    assert APP_SECRET not in output
