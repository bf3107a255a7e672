"""Checks what a browser sends before anybody else sees it.

The page has no sign-in, so it must be sure that only its own script writes to it: another site open in the same
browser is refused by its Origin, and one that points its own name at this computer (DNS rebinding) by the Host.
"""

import ipaddress
import re
from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import ValidationError
from yarl import URL

from bot.local.bodies import (
    MAX_FIELD_BYTES,
    MAX_TEXT_BYTES,
    RANDOM_ID_PATTERN,
    Body,
    FormBody,
    MessageBody,
    PressBody,
    ThreadBody,
)

AnyBody = TypeVar("AnyBody", bound=Body)


async def read_body(request: web.Request, kind: type[AnyBody]) -> AnyBody:
    """Read and check a JSON body.

    Raises
    ------
    web.HTTPClientError
        Raised if it is no JSON, or not as it must be; what stood in it is not repeated.
    """
    # A form of another site can send text/plain without asking first, but not application/json.
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Send JSON, as application/json.")
    body = await request.read()
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise _refusal(error) from None


def read_conversation_id(request: web.Request) -> str:
    """Read which direct message a page follows.

    Raises
    ------
    web.HTTPBadRequest
        Raised if it is nothing that the page's script makes.
    """
    conversation_id = request.query.get("conversation", "")
    if re.fullmatch(RANDOM_ID_PATTERN, conversation_id) is None:
        raise web.HTTPBadRequest(text="Not as it must be: conversation.")
    return conversation_id


def _refusal(error: ValidationError) -> web.HTTPException:
    """Say which fields are wrong without repeating what stood in them."""
    problems = error.errors(include_input=False, include_context=False, include_url=False)
    too_long = next((problem for problem in problems if problem["msg"].endswith("too long")), None)
    if too_long is not None:
        most = MAX_FIELD_BYTES if error.title == FormBody.__name__ else MAX_TEXT_BYTES
        return web.HTTPRequestEntityTooLarge(
            max_size=most, actual_size=most + 1, text=f"At most {most // 1024} kB of text."
        )
    if any(problem["type"] == "json_invalid" for problem in problems):
        return web.HTTPBadRequest(text="The body is no JSON.")
    names = sorted({str(problem["loc"][0]) for problem in problems if problem["loc"]})
    known = {"as"}.union(*(kind.model_fields for kind in (MessageBody, PressBody, FormBody, ThreadBody)))
    return web.HTTPBadRequest(text=f"Not as it must be: {', '.join(n for n in names if n in known) or 'the body'}.")


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is this computer itself."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Door:
    """Lets in only what the page's own script, or a person at this computer, asks."""

    def __init__(self, *, allow_any_host: bool) -> None:
        self._allow_any_host = allow_any_host

    def for_person(self, handler: Handler) -> Handler:
        """Let a page be opened by a person at this computer."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            self.check_host(request)
            return await handler(request)

        return guarded

    def for_script(self, handler: Handler) -> Handler:
        """Let a route be used by the page's own script alone."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            self.check_host(request)
            self.check_own_page(request)
            return await handler(request)

        return guarded

    def check_host(self, request: web.Request) -> None:
        """Refuse a request that was made for another computer's name.

        Raises
        ------
        web.HTTPForbidden
            Raised if the Host header names anything but this computer.
        """
        if self._allow_any_host:
            return
        try:
            host = URL(f"http://{request.host}").host
        except ValueError:
            host = None
        if host is None or not is_loopback(host):
            raise web.HTTPForbidden(text="This page answers on this computer only.")

    def check_own_page(self, request: web.Request) -> None:
        """Refuse what another site's page makes the browser send.

        Raises
        ------
        web.HTTPForbidden
            Raised if the browser says that the request comes from elsewhere.
        """
        refusal = web.HTTPForbidden(text="Only this page itself may send this.")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise refusal
        origin = request.headers.get("Origin")
        if origin is None:
            return
        try:
            is_own = URL(origin).host_port_subcomponent == URL(f"http://{request.host}").host_port_subcomponent
        except ValueError:
            is_own = False
        if not is_own or URL(origin).host is None:
            raise refusal
