"""The crash tests, each in a short run; `make soak` runs them whole. Figures and commands: docs/reliability.md."""

import re
import subprocess
import sys

import pytest

from tests.soak.running import ROOT

THREE_FAULTS = ("--fault", "429", "--fault", "500 after applying", "--fault", "reset, and applied later")
"""A case takes three times as long as a filing; here it meets one fault of each kind: refused, lost, and late."""


def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a crash test as `make soak` does."""
    return subprocess.run(
        [sys.executable, "-m", f"tests.soak.{module}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def server_of(database: str, request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Name the tests' own PostgreSQL server, where one is needed."""
    if database == "sqlite":
        return ()
    return ("--server", request.getfixturevalue("postgresql_server"))


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_nothing_is_lost_or_doubled_where_servers_are_killed_at_random(
    database: str, request: pytest.FixtureRequest
) -> None:
    """Real servers are killed while people file, ask and work on cases, and all that was acknowledged is there once."""
    done = run("random_kills", "--kills", "8", "--database", database, *server_of(database, request))

    assert done.stdout.splitlines()[-1] == "kills 8 lost 0 duplicated 0 stuck 0", done.stdout + done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("database", "scene", "options"),
    [
        ("sqlite", "filing", ("--every", "110")),
        pytest.param("postgresql", "filing", ("--every", "170"), marks=pytest.mark.postgresql),
        pytest.param("postgresql", "case", ("--every", "300", *THREE_FAULTS), marks=pytest.mark.postgresql),
    ],
)
def test_nothing_is_lost_or_doubled_whichever_step_a_server_ends_at(
    database: str, scene: str, options: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    """A server that ends before a statement, a commit or a call leaves work that another one does once."""
    done = run("every_step", "--scene", scene, *options, "--database", database, *server_of(database, request))

    assert re.fullmatch(r"kills \d+ lost 0 duplicated 0 stuck 0", done.stdout.splitlines()[-1]), done.stdout
    assert done.returncode == 0


def test_control_that_never_looks_before_posting_again_doubles_messages() -> None:
    """The same crashes, without the look into the channel, double at least one message in ten: the tests have teeth."""
    done = run("every_step", "--scene", "filing", "--every", "150", "--no-reconcile")

    cases, doubled = map(int, re.findall(r"(\d+) cases .* doubled in (\d+)", done.stdout)[0])
    assert doubled >= cases / 10
    assert done.returncode == 1


@pytest.mark.postgresql
def test_event_delivered_three_times_to_three_replicas_is_filed_once(postgresql_server: str) -> None:
    """However often and wherever an event arrives, it makes one filing and one card."""
    done = run("thrice", "--events", "150", "--server", postgresql_server)

    assert "filings 150 cards 150" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
