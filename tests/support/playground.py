"""Signs what Microsoft's Agents Playground sends, so that it can be tried by hand with a Postwise that checks signatures.

python -m tests.support.playground

It stands between the two: the Playground sends here, unsigned; from here it goes on signed with a key of this process, whose
key set and token are served here as well. For a developer's own machine: it listens on this computer only, and whoever
reaches it is believed. Nothing of the product knows it.
"""

import argparse
import time
from typing import Any

from aiohttp import ClientSession, web

from tests.support.teams_connector import APP_ID, APP_SECRET, FakeConnector


def application(bot: str, fake: FakeConnector, session: ClientSession) -> web.Application:
    """Return what stands in between.

    Parameters
    ----------
    bot
        Address of ``postwise serve``.
    """

    async def forward(request: web.Request) -> web.Response:
        activity: dict[str, Any] = await request.json()
        token = fake.token(serviceurl=activity.get("serviceUrl"), exp=int(time.time()) + 600)
        headers = {"Authorization": f"Bearer {token}"}
        async with session.post(f"{bot}/api/messages", json=activity, headers=headers) as answer:
            kind = answer.content_type or "application/json"
            return web.Response(body=await answer.read(), status=answer.status, content_type=kind)

    forwarding = fake.application()
    forwarding.add_routes([web.post("/api/messages", forward)])
    return forwarding


async def _made(parsed: argparse.Namespace) -> web.Application:
    fake = FakeConnector(url=f"http://127.0.0.1:{parsed.port}")
    session = ClientSession()
    made = application(parsed.bot, fake, session)

    async def close(_: web.Application) -> None:
        await session.close()

    made.on_cleanup.append(close)
    print(
        f"""Start Postwise with these, at {parsed.bot}:

MICROSOFT_APP_ID={APP_ID}
MICROSOFT_APP_PASSWORD={APP_SECRET}
MICROSOFT_APP_TENANT_ID={parsed.tenant}
POSTWISE_DISTRICT=redlands
POSTWISE_TEAMS_OPENID_METADATA_URL={fake.metadata_url}
POSTWISE_TEAMS_TOKEN_URL={fake.token_url}
POSTWISE_TEAMS_SERVICE_URLS={parsed.playground}

and the Playground with -e http://127.0.0.1:{parsed.port}/api/messages"""
    )
    return made


def main() -> None:
    """Stand in between until stopped."""
    parser = argparse.ArgumentParser(description="Signs what the Agents Playground sends to Postwise.")
    parser.add_argument("--port", type=int, default=3980)
    parser.add_argument("--bot", default="http://127.0.0.1:3978")
    parser.add_argument(
        "--playground", default="http://127.0.0.1:56150/ http://localhost:56150/", help="its serviceUrl"
    )
    parser.add_argument("--tenant", default="00000000-0000-0000-0000-0000000000001", help="the tenant it names")
    parsed = parser.parse_args()
    web.run_app(_made(parsed), host="127.0.0.1", port=parsed.port, access_log=None, print=None)


if __name__ == "__main__":
    main()
