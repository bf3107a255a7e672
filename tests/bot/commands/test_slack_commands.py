"""``postwise slack``, what ``doctor`` says of Slack, and what ``serve`` refuses; as their user sees it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from bot.__main__ import main
from bot.slack.manifest import bot_scopes
from tests.support.slack_api import FakeWorkspace, served
from tests.support.slack_office import districts_with_people
from tests.support.slack_world import World

ROOT = Path(__file__).parents[3]
SECRET = "0123456789abcdef0123456789abcdef"


class Shell:
    """Runs the program in this process, with an environment of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    async def run(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Run one command; gives its exit status and everything it printed."""
        settings = {
            "POSTWISE_FOLDER": str(self.folder),
            "POSTWISE_MODEL_FOLDER": str(ROOT / "var" / "model"),
            **environment,
        }
        with self._monkeypatch.context() as context:
            for name, value in settings.items():
                context.setenv(name, value)
            # In a thread: the program has a loop of its own, and the fake that it calls runs in this one.
            status = await asyncio.to_thread(main, arguments)
        printed = self._capsys.readouterr()
        return status, printed.out + printed.err


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """A shell in an empty folder; logs go where they went before, once it is closed."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield Shell(tmp_path / "var", monkeypatch, capsys)
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture
async def slack() -> AsyncIterator[FakeWorkspace]:
    """A workspace with a channel that our bot is in, and one that it is not in."""
    world = World()
    world.add_team("T0REDLANDS")
    world.add_channel("C0DESK", members=[])
    world.add_channel("C0OTHER", members=[], with_bot=False)
    fake = FakeWorkspace(world=world)
    fake.grant("xoxb-1", scopes=",".join(bot_scopes()))
    fake.grant("xoxb-few", scopes="chat:write,channels:history")
    fake.grant("xoxb-revoked").state = "token_revoked"
    async with served(fake):
        yield fake


async def doctor(shell: Shell, slack: FakeWorkspace, **changed: str) -> str:
    environment = {
        "POSTWISE_DISTRICT": "redlands",
        "POSTWISE_SLACK_API_URL": f"{slack.world.address}/api/",
        "POSTWISE_SLACK_SPECIALIST_CHANNEL": "C0DESK",
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": SECRET,
        **changed,
    }
    _, printed = await shell.run("doctor", **{name: value for name, value in environment.items() if value})
    return "\n".join(line for line in printed.splitlines() if "slack" in line)


async def test_doctor_is_content_with_what_is_right(slack: FakeWorkspace, shell: Shell) -> None:
    """Each line is ok: the secrets, the token, the channel, who decides, and that no connection is opened."""
    slack.world.add_user("U0SAM", name="Sam", email="sam@redlandsusd.net")
    slack.world.add_user("U0DEE", name="Dee", email="dee@redlandsusd.net")
    districts_with_people(shell.folder / "districts")
    said = await doctor(shell, slack)

    assert said.count("ok ") == 5, said
    assert "wrong" not in said


async def test_doctor_misses_whoever_decides(slack: FakeWorkspace, shell: Shell) -> None:
    """The shipped district names nobody; an address that Slack does not know wakes nobody."""
    assert "names no specialist" in await doctor(shell, slack)
    slack.world.add_user("U0SAM", name="Sam", email="sam@redlandsusd.net")
    districts_with_people(shell.folder / "districts")
    assert "Slack knows nobody by dee@redlandsusd.net" in await doctor(shell, slack)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-unknown"}, "Copy it again"),
        ({"SLACK_BOT_TOKEN": "xoxb-revoked"}, "was revoked"),
        ({"SLACK_BOT_TOKEN": "xoxb-few"}, "lacks the scopes app_mentions:read, assistant:write"),
        ({"POSTWISE_SLACK_SPECIALIST_CHANNEL": "C0OTHER"}, "/invite @Postwise"),
        ({"POSTWISE_SLACK_SPECIALIST_CHANNEL": "C0NOWHERE"}, "no channel C0NOWHERE"),
        ({"POSTWISE_SLACK_SPECIALIST_CHANNEL": "#desk"}, "'#desk' is a name"),
        ({"SLACK_APP_TOKEN": "xapp-bad"}, "needs connections:write"),
        ({"POSTWISE_SLACK_SPECIALIST_CHANNEL": ""}, "POSTWISE_SLACK_SPECIALIST_CHANNEL is not set"),
        ({"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET is missing"),
        ({"SLACK_SIGNING_SECRET": "x" * 32}, "is no signing secret"),
        ({"POSTWISE_SLACK_API_URL": "http://127.0.0.1:9/api/"}, "cannot be reached"),
    ],
)
async def test_doctor_says_how_to_mend_it(
    slack: FakeWorkspace, shell: Shell, changed: dict[str, str], says: str
) -> None:
    """And never shows a secret."""
    said = await doctor(shell, slack, **changed)

    assert says in said, said
    assert "wrong" in said
    assert "xoxb" not in said.replace("begins with xoxb-", "")


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1", "POSTWISE_DISTRICT": "redlands"}, "SLACK_SIGNING_SECRET: is missing"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": SECRET}, "POSTWISE_DISTRICT"),
        ({"SLACK_CLIENT_ID": "1.2", "SLACK_SIGNING_SECRET": SECRET}, "SLACK_CLIENT_SECRET"),
        (
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "x", "SLACK_SIGNING_SECRET": SECRET},
            "POSTWISE_SECRET_KEY",
        ),
        (
            {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_CLIENT_ID": "1.2", "SLACK_SIGNING_SECRET": SECRET},
            "stands beside SLACK_BOT_TOKEN",
        ),
        ({"POSTWISE_SLACK_API_URL": "http://slack.com/api/"}, "has to begin with https://"),
    ],
)
async def test_server_does_not_start_on_what_cannot_work(shell: Shell, environment: dict[str, str], says: str) -> None:
    """It says which variable, and what of it; never a traceback, never the secret."""
    status, printed = await shell.run("serve", "--port", "0", **environment)

    assert status == 1
    assert says in printed, printed
    assert "Traceback" not in printed
    assert "xoxb" not in printed


async def test_workspace_is_tied_listed_and_untied(shell: Shell) -> None:
    """Mistakes change nothing and say what is right."""
    assert "There is no database yet" in (await shell.run("slack", "list"))[1]
    await shell.run("migrate")
    assert "installed in no workspace yet" in (await shell.run("slack", "list"))[1]

    for arguments, says in (
        (("redlands-usd", "--district", "redlands"), "is no id of a workspace"),
        (("T0REDLANDS", "--district", "nowhere"), "Known are: hesperia, redlands"),
        (("T0REDLANDS", "--district", "redlands", "--channel", "#desk"), "is no id of a channel"),
    ):
        status, printed = await shell.run("slack", "tie", *arguments)
        assert (status, says in printed) == (1, True), printed
    status, printed = await shell.run("slack", "tie", "T0REDLANDS", "--district", "redlands", "--channel", "C0DESK")
    assert status == 0, printed
    assert "T0REDLANDS: redlands, not installed" in (await shell.run("slack", "list"))[1]
    taken = await shell.run("slack", "tie", "T0OTHER", "--district", "redlands", "--channel", "C0OTHER")
    assert "in workspace T0REDLANDS already" in taken[1]
    assert (await shell.run("slack", "untie", "T0REDLANDS"))[0] == 0
    assert "was tied to no district" in (await shell.run("slack", "untie", "T0REDLANDS"))[1]
