"""The workspaces that Postwise serves: their tokens, and whose district each is.

One workspace comes by a token in the settings; many come by OAuth, each with tokens of its own that are kept sealed and
refreshed before they expire, by one process at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.delivery.sender import DeliveryError
from bot.slack.addresses import Address
from knowledge.conversations import ConversationReference
from knowledge.errors import PostwiseError

if TYPE_CHECKING:
    from bot.slack.client import SlackCalls
    from bot.slack.sealing import Seal
    from knowledge.clock import Clock
    from knowledge.store.unit import Database
    from knowledge.workspaces import Installation, Tie

KNOWN_SECONDS = 5.0
"""How long what another process may have changed is taken from memory."""

REFRESH_BEFORE = timedelta(hours=2)
"""How long before it expires a token is refreshed; Slack's rotating tokens live twelve hours.

Source: https://docs.slack.dev/authentication/using-token-rotation
"""

REFRESH_SECONDS = 20.0
"""How long a refresh is one process's own."""

WAIT_FOR_REFRESH_SECONDS = 3.0
"""How long a call waits for a token that has expired and that another process refreshes."""

log = structlog.get_logger()


class NotInstalledError(PostwiseError):
    """Postwise is not installed in a workspace, or not any more."""


class Workspaces(Protocol):
    """Knows the workspaces."""

    async def token(self, team_id: str) -> str:
        """Return the bot token of a workspace.

        Raises
        ------
        NotInstalledError
            Raised if there is none.
        """
        ...

    async def district_of(self, team_id: str) -> str | None:
        """Return the id of the district whose staff a workspace's members are; None where nobody has said so."""
        ...

    def team_in_address(self, team_id: str) -> str:
        """Return how a workspace is named in an address: not at all where there is only one."""
        ...

    async def is_installed(self, team_id: str) -> bool:
        """Tell whether events of a workspace are ours to answer."""
        ...


class OneWorkspace:
    """The workspace whose token stands in the settings."""

    def __init__(self, *, token: str, district_id: str) -> None:
        self._token = token
        self._district_id = district_id

    async def begin(self) -> None:
        """Do nothing: everything stands in the settings."""

    async def token(self, team_id: str) -> str:  # noqa: ARG002 - there is only one
        """Return its token."""
        return self._token

    async def district_of(self, team_id: str) -> str | None:  # noqa: ARG002 - there is only one
        """Return its district."""
        return self._district_id

    def team_in_address(self, team_id: str) -> str:  # noqa: ARG002 - there is only one
        """Return nothing: there is no other."""
        return ""

    async def is_installed(self, team_id: str) -> bool:  # noqa: ARG002 - there is only one
        """Return True: whoever can sign is it."""
        return True


class ManyWorkspaces:
    """The workspaces that Postwise was installed in by OAuth."""

    def __init__(
        self, *, database: Database, calls: SlackCalls, seal: Seal, clock: Clock, client_id: str, client_secret: str
    ) -> None:
        """Put the parts together; the last two are those of the app, with which tokens are refreshed."""
        self._database = database
        self._calls = calls
        self._seal = seal
        self._clock = clock
        self._client_id = client_id
        self._client_secret = client_secret
        self._ties: dict[str, Tie] = {}
        self._ties_read = float("-inf")
        self._known: dict[str, tuple[float, Installation]] = {}

    async def begin(self) -> None:
        """Read the ties."""
        await self.read_ties(is_fresh=True)

    async def token(self, team_id: str) -> str:
        """Return the bot token of a workspace, refreshed where it will soon expire."""
        installation = await self.installation(team_id)
        if installation is None:
            raise NotInstalledError
        expires_at = installation.expires_at
        if expires_at is None or expires_at - self._clock.now() > REFRESH_BEFORE:
            return self._seal.open(installation.sealed_token)
        return await self._refreshed(installation, expires_at)

    async def installation(self, team_id: str, *, is_fresh: bool = False) -> Installation | None:
        """Return the installation of a workspace; the only one where no team is named.

        Parameters
        ----------
        is_fresh
            True to read it from the database whatever is known.
        """
        known = self._known.get(team_id)
        if known is not None and time.monotonic() - known[0] < KNOWN_SECONDS and not is_fresh:
            return known[1]
        async with self._database.reading() as unit:
            if team_id:
                found = await unit.slack.installation(team_id)
            else:
                installed = await unit.slack.installations()
                found = installed[0] if len(installed) == 1 else None
        if found is None:
            self._known.pop(team_id, None)
        else:
            self._known[team_id] = (time.monotonic(), found)
        return found

    async def uninstalled(self, team_id: str) -> None:
        """Forget the tokens of a workspace."""
        async with self._database.unit() as unit:
            await unit.slack.uninstall(team_id)
        self._known.pop(team_id, None)

    async def district_of(self, team_id: str) -> str | None:
        """Return the district that the operator tied a workspace to."""
        await self.read_ties()
        tie = self._ties.get(team_id)
        return tie.district_id if tie else None

    def team_in_address(self, team_id: str) -> str:
        """Return the team itself."""
        return team_id

    async def is_installed(self, team_id: str) -> bool:
        """Tell whether there is an installation."""
        return await self.installation(team_id) is not None

    def channel_of(self, district_id: str) -> ConversationReference | None:
        """Return the specialist channel that was tied to a district, as it was known lately."""
        for tie in self._ties.values():
            if tie.district_id == district_id and tie.channel:
                return Address(team=tie.team_id, channel=tie.channel).reference
        return None

    async def read_ties(self, *, is_fresh: bool = False) -> None:
        """Read which workspace is whose, unless that was just done."""
        if time.monotonic() - self._ties_read < KNOWN_SECONDS and not is_fresh:
            return
        async with self._database.reading() as unit:
            self._ties = {tie.team_id: tie for tie in await unit.slack.ties()}
        self._ties_read = time.monotonic()

    async def keep_reading_ties(self) -> None:
        """Read the ties again and again, until cancelled: the channel of a district is asked for without waiting."""
        while True:
            await asyncio.sleep(KNOWN_SECONDS)
            with contextlib.suppress(Exception):  # a database that is away: what was known goes on
                await self.read_ties(is_fresh=True)

    async def _refreshed(self, installation: Installation, expires_at: datetime) -> str:
        """Refresh a token, or let another process do it: its refresh token is good for one use only."""
        async with self._database.unit() as unit:
            is_ours = await unit.slack.begin_refresh(
                installation.team_id, sealed_token=installation.sealed_token, seconds=REFRESH_SECONDS
            )
        if is_ours:
            try:
                return await self._refresh(installation)
            except DeliveryError as error:
                log.warning("token not refreshed", team=installation.team_id, kind=error.kind)
        if expires_at > self._clock.now():
            return self._seal.open(installation.sealed_token)  # it is good for a while yet
        until = time.monotonic() + WAIT_FOR_REFRESH_SECONDS
        while time.monotonic() < until:
            await asyncio.sleep(0.1)
            now_kept = await self.installation(installation.team_id, is_fresh=True)
            if now_kept is None:
                raise NotInstalledError
            if now_kept.sealed_token != installation.sealed_token:
                return self._seal.open(now_kept.sealed_token)
        raise DeliveryError("token_expired")

    async def _refresh(self, installation: Installation) -> str:
        refresh_token = self._seal.open(installation.sealed_refresh_token)
        answer = await self._calls.call(
            # Not by the method of slack_sdk 3.47, which uses what aiohttp is about to drop.
            lambda slack: slack.api_call(
                "oauth.v2.access",
                data={
                    "client_id": self._client_id,
                    "client_secret": self._client_secret,
                    "grant_type": "refresh_token",
                    "refresh_token": refresh_token,
                },
            ),
            token="",
        )
        token, seconds = str(answer["access_token"]), int(answer["expires_in"])
        async with self._database.unit() as unit:
            await unit.slack.end_refresh(
                installation.team_id,
                was=installation.sealed_token,
                sealed_token=self._seal.close(token),
                sealed_refresh_token=self._seal.close(str(answer["refresh_token"])),
                expires_at=self._clock.now() + timedelta(seconds=seconds),
            )
        self._known.pop(installation.team_id, None)
        return token
