"""Whatever people do, the rules of filings and of the registry hold, and no district sees another."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from handlers import deciding
from handlers.outcome import Outcome
from knowledge.store import registry as registry_store
from knowledge.store.registry import RegistryStore
from tests.stateful.filing_rules import BrokenError
from tests.stateful.found import Tally
from tests.stateful.isolation import LeakError
from tests.stateful.opening import clear_workshop
from tests.stateful.registry_machine import RegistryMachine
from tests.stateful.soak import profile

REACHED = (
    *("filed: new_account", "filed: register", "filed: add_administrator", "filed: remove_administrator"),
    *("filed: close", "filed: hand_over", "filed: logo", "filings: waiting", "filings: approved"),
    *("filings: acknowledged", "filings: recorded", "filings: withdrawn", "accounts: requested", "accounts: announced"),
    *("accounts: live", "accounts: withdrawn", "accounts: closed", "administrators: asked"),
    *("administrators: unreachable", "administrators: accepted", "administrators: declined", "administrators: removed"),
    *("administrators: left", "tasks: below minimum opened"),
)
"""What the runs of this suite come to, whatever else: a machine that never gets there proves nothing."""

RUNS_OF_A_SEED = 6
SEEDS = (1, 2, 3, 4)
"""Where the runs of this suite begin: always the same runs. ``make soak-registry`` makes others each time."""


@pytest.fixture(scope="module", autouse=True)
def _workshop() -> Iterator[None]:
    """The databases of these runs, gone when they are over."""
    yield
    clear_workshop()


def test_rules_hold_and_nothing_leaks_whatever_people_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random steps of random people of three districts, looked at after each one."""
    tally = Tally()
    monkeypatch.setattr(RegistryMachine, "tally", tally)

    _run()

    assert tally.missing(REACHED) == []


def _forget_the_district(monkeypatch: pytest.MonkeyPatch) -> None:
    found = RegistryStore._found

    async def of_all(store: RegistryStore, _: str, condition: Any) -> Any:
        rows = []
        for district_id in ("redlands", "hesperia", "pinecrest"):
            rows += await found(store, district_id, condition)
        return rows

    monkeypatch.setattr(registry_store.RegistryStore, "_found", of_all)


def _let_anybody_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "check_may_decide", lambda *_: None)


def _forget_to_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    told = deciding._told

    async def without(*arguments: Any, **named: Any) -> Outcome:
        return replace(await told(*arguments, **named), cancelled=())

    monkeypatch.setattr(deciding, "_told", without)


@pytest.mark.parametrize(
    ("breaks", "error"),
    [(_forget_the_district, LeakError), (_let_anybody_decide, BrokenError), (_forget_to_cancel, BrokenError)],
)
def test_machine_notices_what_is_broken(monkeypatch: pytest.MonkeyPatch, breaks: Any, error: type[Exception]) -> None:
    """A test that cannot fail is a defect: with one thing broken, the same runs end with it."""
    monkeypatch.setattr(RegistryMachine, "tally", Tally())
    breaks(monkeypatch)

    with pytest.raises(error):
        _run(phases=[Phase.generate])


def _run(**changed: Any) -> None:
    for number in SEEDS:
        run_state_machine_as_test(
            seed(number)(RegistryMachine), settings=settings(profile(RUNS_OF_A_SEED, steps=50), **changed)
        )
