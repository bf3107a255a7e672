"""Every dialog of the local page, in Slack: signed requests in, drawn as blocks, pressed and filled in where they stand.

The dialogs are taken from the modules that tell them, so that none can be told of one platform only.
"""

import contextlib
import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conversations import test_accounts, test_cases
from tests.support.product import Talk
from tests.support.slack_desk import SlackDesk

MODULES = (test_accounts, test_cases)

NOT_SHOWN = {"mine", "left", "open"}
"""Buttons that a dialog presses before it was shown them: those of earlier messages. Every other one is found and pressed."""


def dialogs() -> list[Any]:
    """Every dialog, once for each district that it is told of."""
    found = []
    for module in MODULES:
        for name, dialog in sorted(vars(module).items()):
            if not name.startswith("test_") or not inspect.iscoroutinefunction(dialog):
                continue
            marks = [mark for mark in getattr(dialog, "pytestmark", ()) if mark.name == "parametrize"]
            values = marks[0].args[1] if marks else [None]
            found += [
                pytest.param(module, dialog, value, id=f"{name}{f'-{value}' if value else ''}") for value in values
            ]
    return found


@pytest.fixture
async def desks(staff: Talk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[type[SlackDesk]]:
    """Desks in Slack, in the place of those of the local page; they are closed before the database of ``staff`` is."""
    async with contextlib.AsyncExitStack() as stack:

        class Desk(SlackDesk):
            pass

        Desk.stack, Desk.opened = stack, []
        monkeypatch.setattr(test_accounts, "Desk", Desk)
        monkeypatch.setattr(test_cases, "CaseDesk", Desk)
        yield Desk


@pytest.mark.parametrize(("module", "dialog", "district_id"), dialogs())
@pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
async def test_dialog(
    module: Any,
    dialog: Callable[..., Awaitable[None]],
    district_id: str | None,
    desks: type[SlackDesk],
    staff: Talk,
) -> None:
    """What people see and do in Slack is what they see and do on the local page."""
    wanted = inspect.signature(dialog).parameters
    given: dict[str, Any] = {"staff": staff, "district_id": district_id}
    if "desk" in wanted:
        given["desk"] = desk = await desks.open(staff)
        await desk.press("specialist", "mine")
        await desk.press("deputy", "mine")
        await desk.settle()
        desk.world.posted.clear()

    await dialog(**{name: given[name] for name in wanted})

    for desk in desks.opened:
        await desk.check_at_the_end()
        assert desk.forged <= NOT_SHOWN


def test_no_module_of_dialogs_is_left_out() -> None:
    """Whoever tells of more conversations tells of them in Slack, too."""
    folder = Path(__file__).parent
    told = {
        each.stem
        for each in folder.glob("test_*.py")
        if not each.stem.startswith("test_teams") and re.search(r"\b(Case)?Desk\.open\(", each.read_text())
    }

    assert told == {module.__name__.rpartition(".")[2] for module in MODULES}
