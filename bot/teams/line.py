"""The line to Teams: one session, one token and one set of connections, for what is taken and for what is sent."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
from botbuilder.integration.aiohttp import CloudAdapter

from bot.settings import Settings
from bot.teams.adapter import Authentication, make_adapter
from bot.teams.connector import Connectors, Wire
from bot.teams.credentials import AppToken, TokenRequest, by_identity, by_secret
from bot.teams.inspection import Inspector, issuer_of
from bot.teams.keys import KeySet
from bot.teams.places import Places
from knowledge.clock import Clock
from knowledge.store.unit import Database

MOST_CONNECTIONS = 16
"""Most connections to one host: as many as messages may be under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What both directions share."""

    district_id: str
    app_id: str
    token: AppToken
    connectors: Connectors
    adapter: CloudAdapter
    authentication: Authentication
    inspector: Inspector
    places: Places


@contextlib.asynccontextmanager
async def opened_line(settings: Settings, *, database: Database, clock: Clock) -> AsyncIterator[Line]:
    """Open the line that the settings describe; nothing is asked of anybody before it is used."""
    # No retries below us: a repeated POST is a message twice.
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit_per_host=MOST_CONNECTIONS), cookie_jar=aiohttp.DummyCookieJar()
    )
    try:
        audience = issuer_of(settings.teams_openid_metadata_url)
        token = AppToken(token_request(settings, audience=audience), session=lambda: session)
        connectors = Connectors(
            Wire(token=token, session=lambda: session, timeout_seconds=settings.delivery_timeout_seconds)
        )
        app_id = settings.microsoft_app_id
        adapter, authentication = make_adapter(app_id=app_id, audience=audience, connectors=connectors)
        yield Line(
            district_id=settings.district,
            app_id=app_id,
            token=token,
            connectors=connectors,
            adapter=adapter,
            authentication=authentication,
            inspector=Inspector(
                app_id=app_id,
                keys=KeySet(metadata_url=settings.teams_openid_metadata_url, session=lambda: session),
                issuer=audience,
                tenants=settings.allowed_tenants,
                service_urls=settings.allowed_service_urls,
            ),
            places=Places(
                district_id=settings.district,
                bot_id=f"28:{app_id}",
                database=database,
                connectors=connectors,
                clock=clock,
            ),
        )
    finally:
        await session.close()


def token_request(settings: Settings, *, audience: str) -> TokenRequest:
    """Return how the bot of the settings asks for its token."""
    if settings.microsoft_app_type == "UserAssignedMSI":
        header = settings.identity_header
        return by_identity(
            app_id=settings.microsoft_app_id,
            audience=audience,
            address=settings.teams_token_url,
            endpoint=settings.identity_endpoint,
            header=header.get_secret_value() if header else "",
        )
    assert settings.microsoft_app_password is not None  # the settings refuse to be read without it
    return by_secret(
        app_id=settings.microsoft_app_id,
        secret=settings.microsoft_app_password.get_secret_value(),
        tenant="" if settings.microsoft_app_type == "MultiTenant" else settings.microsoft_app_tenant_id,
        address=settings.teams_token_url,
        audience=audience,
    )
