"""The door to Slack's route: reads the raw body, and lets in only what Slack itself signed just now.

It stands before Bolt, which logs the body of a request with a bad signature and answers some junk with 500.
"""

import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from slack_sdk.signature import SignatureVerifier

MAX_BODY_BYTES = 512 * 1024
"""Largest body that is read: a view of 250 kB comes back with its state. Our own figure."""

REPLAY_SECONDS = 300
"""How old a signature may be, and how far ahead of our clock.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

MOST_FIELDS = 60
"""Most fields of a form; a slash command has some fifteen. Our own figure."""

_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A request that Slack signed."""

    raw: str
    """The body as it was sent."""

    body: Mapping[str, Any]
    """What stands in it: an event, the fields of a command, or the payload of an interaction."""

    is_ssl_check: bool = False
    """True where Slack looks whether our certificate is good; such a request is not signed."""


class Guard:
    """Checks requests against the signing secret."""

    def __init__(self, signing_secret: str, *, now: Callable[[], float] = time.time) -> None:
        """Prepare the check.

        Parameters
        ----------
        signing_secret
            Of the app; never empty, `bot.slack.connecting.check_listening` sees to it.
        now
            The present moment in seconds since 1970 UTC.
        """
        self._verifier = SignatureVerifier(signing_secret)
        self._now = now

    async def let_in(self, request: web.Request) -> Letter:
        """Read and check a request.

        Raises
        ------
        web.HTTPClientError
            Raised if it is too large, not signed, signed long ago, or no request that Slack makes. What stood in it is not
            repeated.
        """
        raw = await _read(request)
        if raw == b"ssl_check=1" or raw.startswith(b"ssl_check=1&"):
            return Letter(raw="", body={}, is_ssl_check=True)
        self._check_signature(request, raw)
        text = raw.decode("utf-8")
        if "\x00" in text or "\\u0000" in text:  # PostgreSQL stores no NUL
            raise web.HTTPBadRequest(text="The body holds a NUL character.")
        return Letter(raw=text, body=_body(request.content_type, text))

    def _check_signature(self, request: web.Request, raw: bytes) -> None:
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not (_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)):
            raise web.HTTPUnauthorized(text="Not signed.")
        if abs(self._now() - int(timestamp)) > REPLAY_SECONDS:
            raise web.HTTPUnauthorized(text="Signed too long ago.")
        try:
            expected = self._verifier.generate_signature(timestamp=timestamp, body=raw)
        except UnicodeDecodeError:
            raise web.HTTPBadRequest(text="The body is no UTF-8.") from None
        if expected is None or not hmac.compare_digest(expected, signature):
            raise web.HTTPUnauthorized(text="The signature does not fit.")


async def _read(request: web.Request) -> bytes:
    if request.content_length is not None and request.content_length > MAX_BODY_BYTES:
        raise web.HTTPRequestEntityTooLarge(
            max_size=MAX_BODY_BYTES, actual_size=request.content_length, text="Too large."
        )
    try:
        raw = await request.content.read(MAX_BODY_BYTES + 1) if request.can_read_body else b""
        while len(raw) <= MAX_BODY_BYTES and not request.content.at_eof():
            more = await request.content.read(MAX_BODY_BYTES + 1 - len(raw))
            raw += more
            if not more:
                break
    except (web.HTTPException, ConnectionError, TimeoutError):
        raise
    except Exception:  # noqa: BLE001 - a body that breaks off or cannot be unpacked
        raise web.HTTPBadRequest(text="The body cannot be read.") from None
    if len(raw) > MAX_BODY_BYTES:
        raise web.HTTPRequestEntityTooLarge(max_size=MAX_BODY_BYTES, actual_size=len(raw), text="Too large.")
    return raw


def _body(content_type: str, text: str) -> Mapping[str, Any]:
    if content_type == "application/json":
        return _object(text)
    if content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType(text="Slack sends JSON or a form.")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise web.HTTPBadRequest(text="The form cannot be read.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise web.HTTPBadRequest(text="A field stands in the form twice.")
    if "payload" in fields:
        return _object(fields["payload"])
    if "command" not in fields:
        raise web.HTTPBadRequest(text="Neither a command nor an interaction.")
    return fields


def _object(text: str) -> Mapping[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(text="The body is no JSON.") from None
    if not isinstance(read, dict) or not isinstance(read.get("type"), str):
        raise web.HTTPBadRequest(text="No request that Slack makes.")
    return read
