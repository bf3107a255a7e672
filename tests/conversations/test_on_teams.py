"""Every dialog of the local page, in Teams: over HTTP, with authentication on, drawn as cards and pressed on them.

The dialogs are taken from the modules that tell them, so that none can be told of one platform only.
"""

import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conversations import test_accounts, test_cases
from tests.support.product import Talk
from tests.support.teams_desk import TeamsDesk

MODULES = (test_accounts, test_cases)


def test_no_dialog_is_told_of_one_platform_only() -> None:
    """Whoever adds a module of dialogs has it run in Teams as well."""
    told = {path.stem for path in Path(__file__).parent.glob("test_*.py")}
    of_platforms = {stem for stem in told if stem.startswith(("test_on_", "test_teams_", "test_slack_"))}

    assert told - of_platforms == {module.__name__.rpartition(".")[2] for module in MODULES}


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
async def desks(staff: Talk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[type[TeamsDesk]]:
    """Desks in Teams, in the place of those of the local page; they are closed before the database of ``staff`` is."""
    async with contextlib.AsyncExitStack() as stack:

        class Desk(TeamsDesk):
            pass

        Desk.stack = stack
        monkeypatch.setattr(test_accounts, "Desk", Desk)
        monkeypatch.setattr(test_cases, "CaseDesk", Desk)
        yield Desk


@pytest.mark.parametrize(("module", "dialog", "district_id"), dialogs())
@pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
async def test_dialog(
    module: Any,
    dialog: Callable[..., Awaitable[None]],
    district_id: str | None,
    desks: type[TeamsDesk],
    staff: Talk,
) -> None:
    """What people see and do in Teams is what they see and do on the local page."""
    wanted = inspect.signature(dialog).parameters
    given: dict[str, Any] = {"staff": staff, "district_id": district_id}
    if "desk" in wanted:
        given["desk"] = desk = await desks.open(staff)
        await desk.press("specialist", "mine")
        await desk.press("deputy", "mine")
        await desk.settle()
        desk.fake.posted.clear()

    await dialog(**{name: given[name] for name in wanted})
