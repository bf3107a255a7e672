"""botbuilder's adapter on our own authentication and our own connections.

The adapter runs the turns; the route that takes activities is `bot.teams.app`, because `CloudAdapter.process` of
botbuilder-integration-aiohttp 4.17.1 answers 500 to every invoke whose answer has a body (microsoft/teams-sdk#2547).
"""

from typing import Any, NoReturn

from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity
from botframework.connector.auth import (
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    ClaimsIdentity,
    ConnectorFactory,
)
from botframework.connector.auth.user_token_client import UserTokenClient
from typing_extensions import override

from bot.teams.connector import Connectors


class Authentication(BotFrameworkAuthentication):  # type: ignore[misc]  # the library has no types
    """What the adapter asks about identity; the route has answered it before the adapter is called."""

    def __init__(self, *, app_id: str, audience: str, connectors: Connectors) -> None:
        self._app_id = app_id
        self._audience = audience
        self._connectors = connectors

    def result(self, claims: dict[str, Any]) -> AuthenticateRequestResult:
        """Return what the adapter wants to know of a request whose token was found good."""
        result = AuthenticateRequestResult()
        result.claims_identity = ClaimsIdentity(claims, True)
        result.audience = self._audience
        result.caller_id = None
        result.connector_factory = self._connectors
        return result

    @override
    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:
        return self._connectors

    @override
    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> UserTokenClient | None:
        """Sign nobody in: people are known by Teams, and Postwise asks for no right of theirs."""
        return None

    @override
    async def authenticate_request(self, activity: Activity, auth_header: str) -> NoReturn:
        """Refuse: nothing gets past the route's own check."""
        raise PermissionError("only what the route has checked")

    @override
    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> NoReturn:
        raise PermissionError("no streaming")


def make_adapter(*, app_id: str, audience: str, connectors: Connectors) -> tuple[CloudAdapter, Authentication]:
    """Put the adapter on our authentication."""
    authentication = Authentication(app_id=app_id, audience=audience, connectors=connectors)
    return CloudAdapter(authentication), authentication
