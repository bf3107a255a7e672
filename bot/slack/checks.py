"""What ``postwise doctor`` looks at of Slack, and how to mend what is not right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.delivery.sender import DeliveryError
from bot.settings import SettingsNotValidError
from bot.slack.connecting import check, check_listening
from bot.slack.manifest import bot_scopes

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.settings import Settings
    from bot.slack.client import SlackCalls

_SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")

_OF_A_TOKEN = {
    "invalid_auth": "Slack does not know the token. Copy it again: Install App, Bot User OAuth Token; it begins with xoxb-.",
    "not_authed": "Slack does not know the token. Copy it again: Install App, Bot User OAuth Token; it begins with xoxb-.",
    "token_revoked": "The token was revoked. Install the app again and copy the new token.",
    "token_expired": "The token has expired: switch token rotation off for a single workspace, install again, copy the token.",
    "account_inactive": "The app was taken out of the workspace. Install it again and copy the new token.",
    "not_connected": "Slack cannot be reached from here. Check the network, the proxy and POSTWISE_SLACK_API_URL.",
}
_OF_A_CHANNEL = {
    "not_in_channel": "Postwise is no member of {channel}. Write '/invite @Postwise' there.",
    "channel_not_found": "There is no channel {channel} that Postwise can see. Copy the id from the channel's details, and "
    "if it is private, write '/invite @Postwise' there.",
    "missing_scope": "Postwise may not read {channel} back. Install the app again with the manifest of docs/slack.md.",
}


class SlackWrongError(Exception):
    """Something is not right; its text says how to mend it."""


async def token(settings: Settings, calls: SlackCalls, secret: str) -> str:  # noqa: ARG001 - as every check
    """Check that Slack knows the token, and that it was given every scope.

    Raises
    ------
    SlackWrongError
        Raised if not.
    """
    granted: list[str] = []

    async def asked(slack: AsyncWebClient) -> object:
        answer = await slack.auth_test()
        granted.extend(str(answer.headers.get("x-oauth-scopes", "")).split(","))
        return answer

    try:
        answer = await calls.call(asked, token=secret)
    except DeliveryError as error:
        raise SlackWrongError(
            _OF_A_TOKEN.get(error.kind, f"Slack answered '{error.kind}'. Try again in a minute.")
        ) from error
    missing = sorted(set(bot_scopes()) - {scope.strip() for scope in granted})
    if any(granted) and missing:
        raise SlackWrongError(
            f"lacks the scopes {', '.join(missing)}. Paste bot/slack/manifest.json under App Manifest, save, and install again."
        )
    return f"workspace {answer.get('team', '')}, bot {answer.get('user', '')}"


async def channel(settings: Settings, calls: SlackCalls, secret: str) -> str:
    """Check that Postwise can write to the specialist channel and read it back.

    Raises
    ------
    SlackWrongError
        Raised if not.
    """
    wanted = settings.slack_specialist_channel
    if not wanted:
        raise SlackWrongError(
            "POSTWISE_SLACK_SPECIALIST_CHANNEL is not set, so filings and cases wait on the local page. Set it to the id at "
            "the bottom of the channel's details."
        )
    try:
        await calls.call(lambda slack: slack.conversations_history(channel=wanted, limit=1), token=secret)
    except DeliveryError as error:
        known = _OF_A_CHANNEL.get(error.kind, f"Slack answered '{error.kind}' for {wanted}.")
        raise SlackWrongError(known.format(channel=wanted)) from error
    return f"{wanted} can be written to and read back"


async def signing_secret(settings: Settings, calls: SlackCalls, secret: str) -> str:  # noqa: ARG001 - as every check
    """Check that what requests are checked by looks like a signing secret; whether it is the app's, only Slack knows.

    Raises
    ------
    SlackWrongError
        Raised if not.
    """
    try:
        check(settings)
        check_listening(settings)
    except SettingsNotValidError as error:
        raise SlackWrongError("; ".join(f"{name} {problem}" for name, problem in error.problems)) from error
    if settings.slack_signing_secret is None:
        return "not needed: events come by Socket Mode"
    if not _SIGNING_SECRET.fullmatch(settings.slack_signing_secret.get_secret_value()):
        raise SlackWrongError(
            "SLACK_SIGNING_SECRET is no signing secret: those are 32 figures and small letters. Copy it from Basic "
            "Information, App Credentials; the client secret beside it is another thing."
        )
    return "looks right; Slack's own test of the request URL tells for certain"
