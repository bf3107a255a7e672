"""Socket Mode: the same events over a connection that we open, and a watchdog that keeps it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.slack.socket import SocketMode
from tests.support.slack_office import CHANNEL, TEACHER, SlackOffice
from tests.support.slack_world import SlackDriver, text_in, until


@pytest.fixture
async def connected(office: SlackOffice, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SlackDriver]:
    """The office with its connection up; its people come in over it."""
    monkeypatch.setattr("bot.slack.socket.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("bot.slack.socket.PING_SECONDS", 0.1)
    office.slack.grant("xapp-1", kind="app")
    socket = SocketMode(
        app_token="xapp-1",
        api_url=f"{office.world.address}/api/",
        dispatch=office.platform.dispatch,
        longest_down_seconds=2.0,
    )
    office.platform.use(socket)
    running = asyncio.create_task(office.platform.run())
    await office.slack.connected()
    async with SlackDriver(office.world, envelope=office.slack.envelope) as driver:
        yield driver
    await office.platform.drain()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_question_command_and_form_come_over_the_connection(office: SlackOffice, connected: SlackDriver) -> None:
    """The same handlers, and what an acknowledgement shows comes back in it."""
    await connected.message(TEACHER, "how many admins must our page have?")
    helped = await connected.command("/newaccount", "help", user=TEACHER, channel="C0STAFF")
    await connected.command("/newaccount", "robotics club on instagram", user=TEACHER)
    await office.settle()
    view = office.world.top_view(TEACHER)
    assert view is not None
    refused = await connected.submit(TEACHER, view, {"Administrators": [TEACHER]})
    await connected.submit(TEACHER, view, {"Administrators": [TEACHER, "U0COACH"]})
    await office.settle()

    assert "at least two (2) account administrators" in office.dm(TEACHER)
    assert "Two commands file everything" in text_in(helped.body["blocks"])
    assert refused.body["response_action"] == "errors"
    assert "R-1" in text_in(office.newest(CHANNEL).blocks)


async def test_same_event_over_both_ways_has_one_effect(office: SlackOffice, connected: SlackDriver) -> None:
    """Whoever changes from one to the other loses nothing and doubles nothing."""
    await office.driver.message(TEACHER, "how many admins must our page have?")
    asked = office.world.dm(TEACHER)[0]
    await connected.event(connected.event_of(asked))
    await office.settle()

    assert len(office.world.dm(TEACHER)) == 2


@pytest.mark.parametrize("how", ["told to", "cut off"])
async def test_connection_that_is_gone_is_made_again(office: SlackOffice, connected: SlackDriver, how: str) -> None:
    """Slack asks for a new one now and then, and networks break; readiness tells meanwhile."""
    assert await office.platform.unready() == ()
    before = len(office.slack.called("apps.connections.open"))
    if how == "told to":
        await office.slack.disconnect("refresh_requested")
    else:
        office.slack.abort()

    await until(lambda: len(office.slack.called("apps.connections.open")) > before, timeout_seconds=10)
    await office.slack.connected()
    await connected.message(TEACHER, "how many admins must our page have?")
    await office.settle()
    assert "at least two (2) account administrators" in office.dm(TEACHER)


async def test_slack_away_at_the_start_is_waited_for(office: SlackOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server stands, says that it is not ready, and connects once it can."""
    monkeypatch.setattr("bot.slack.socket.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("bot.slack.socket.PING_SECONDS", 0.1)
    office.slack.grant("xapp-1", kind="app")
    office.slack.errors["apps.connections.open"] = "internal_error"
    socket = SocketMode(
        app_token="xapp-1",
        api_url=f"{office.world.address}/api/",
        dispatch=office.platform.dispatch,
        longest_down_seconds=0.5,
    )
    office.platform.use(socket)
    running = asyncio.create_task(office.platform.run())
    await asyncio.sleep(0.3)
    assert "slack connection" in await office.platform.unready()

    del office.slack.errors["apps.connections.open"]
    await office.slack.connected()
    await until(lambda: socket._client is not None)
    async with asyncio.timeout(5):
        while await office.platform.unready():  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.02)
    await office.platform.drain()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_cannot_be_kept_is_not_acknowledged(
    office: SlackOffice, connected: SlackDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack then sends it again."""

    async def away(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("knowledge.store.unit.Database.keep", away)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await connected.message(TEACHER, "how many admins must our page have?")


async def test_server_is_not_ready_before_slack_takes_the_token(
    office: SlackOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistyped token is seen at once, not at the first question; nothing else of the server falls with it."""
    monkeypatch.setattr("bot.slack.app.LOOK_AGAIN_SECONDS", 0.05)
    office.slack.errors["auth.test"] = "invalid_auth"
    running = asyncio.create_task(office.platform.run())
    await until(lambda: len(office.slack.called("auth.test")) > 1, timeout_seconds=10)
    assert await office.platform.unready() == ("slack token",)

    del office.slack.errors["auth.test"]
    async with asyncio.timeout(10):
        while await office.platform.unready():  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
