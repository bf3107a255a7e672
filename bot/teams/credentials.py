"""The token with which we speak to Bot Framework: asked for once, kept until shortly before it runs out.

botframework-connector 4.17.1 makes a new MSAL client and asks for a token at every turn, and blocks the event loop
meanwhile; so we ask by ourselves, as RFC 6749 says (client credentials), or the managed identity of the host.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from knowledge.errors import PostwiseError

SPARE_SECONDS = 300.0
"""How long before it runs out a token is renewed."""

ASK_SECONDS = 8.0
"""How long asking may take."""

REFUSED_SECONDS = 20.0
"""How long after a refusal nobody asks again: a wrong secret does not become right by asking."""

VIRTUAL_MACHINE_ADDRESS = "http://169.254.169.254/metadata/identity/oauth2/token"
"""Where a virtual machine's managed identity gets its token.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
"""


class TokenRefusedError(PostwiseError):
    """No token was given to us; `kind` says why in a word."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """How a token is asked for."""

    method: str
    address: str
    headers: Mapping[str, str]
    form: Mapping[str, str] | None = None
    query: Mapping[str, str] | None = None


def by_secret(*, app_id: str, secret: str, tenant: str, address: str, audience: str) -> TokenRequest:
    """Ask by a client secret.

    Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication

    Parameters
    ----------
    tenant
        The bot's own; empty for a bot that belongs to several.
    address
        Where to ask, if not at Entra's own address.
    """
    host = "login.microsoftonline.us" if audience.endswith(".us") else "login.microsoftonline.com"
    return TokenRequest(
        method="POST",
        address=address or f"https://{host}/{tenant or 'botframework.com'}/oauth2/v2.0/token",
        headers={},
        form={
            "grant_type": "client_credentials",
            "client_id": app_id,
            "client_secret": secret,
            "scope": f"{audience}/.default",
        },
    )


def by_identity(*, app_id: str, audience: str, address: str, endpoint: str, header: str) -> TokenRequest:
    """Ask by the managed identity of the host.

    Source: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference

    Parameters
    ----------
    address
        Where to ask, if neither at the host's nor at a virtual machine's address.
    endpoint, header
        What Azure's hosts put into the environment; empty on a virtual machine.
    """
    version = "2019-08-01" if endpoint else "2018-02-01"
    return TokenRequest(
        method="GET",
        address=address or endpoint or VIRTUAL_MACHINE_ADDRESS,
        headers={"X-IDENTITY-HEADER": header} if endpoint else {"Metadata": "true"},
        query={"resource": audience, "api-version": version, "client_id": app_id},
    )


class AppToken:
    """The token of the bot, one for however many turns."""

    def __init__(
        self,
        request: TokenRequest,
        *,
        session: Callable[[], aiohttp.ClientSession],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._request = request
        self._session = session
        self._now = now
        self._token = ""
        self._until = 0.0
        self._refused: tuple[float, str] | None = None
        self._asking = asyncio.Lock()

    async def get(self) -> str:
        """Return a token that is good for a few minutes at least.

        Raises
        ------
        TokenRefusedError
            Raised if none is given to us.
        """
        if self._token and self._now() < self._until:
            return self._token
        async with self._asking:
            if self._token and self._now() < self._until:
                return self._token
            if self._refused is not None and self._now() < self._refused[0]:
                raise TokenRefusedError(self._refused[1])
            try:
                self._token, self._until = await self._ask()
            except TokenRefusedError as error:
                if error.kind.startswith("4"):
                    self._refused = (self._now() + REFUSED_SECONDS, error.kind)
                raise
            self._refused = None
            return self._token

    def forget(self, token: str) -> None:
        """Ask anew next time: Bot Framework did not take this token."""
        if token == self._token:
            self._token = ""

    async def _ask(self) -> tuple[str, float]:
        wanted = self._request
        try:
            async with (
                asyncio.timeout(ASK_SECONDS),
                self._session().request(
                    wanted.method, wanted.address, data=wanted.form, params=wanted.query, headers=wanted.headers
                ) as response,
            ):
                if response.status != 200:
                    raise TokenRefusedError(str(response.status))
                given: Any = await response.json(content_type=None)
            seconds = float(given["expires_in"])
            return str(given["access_token"]), self._now() + max(30.0, seconds - SPARE_SECONDS)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, LookupError, TypeError) as error:
            raise TokenRefusedError(type(error).__name__) from error
