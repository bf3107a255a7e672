"""What ``postwise doctor`` looks at of Slack, and how to mend what is not right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.delivery.sender import DeliveryError
from bot.settings import SettingsNotValidError
from bot.slack.connecting import check, check_listening
from bot.slack.manifest import bot_scopes
from knowledge.district import SHIPPED, DistrictNotValidError, read_districts
from knowledge.people import Role

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.settings import Settings
    from bot.slack.client import SlackCalls

_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,30}")
_SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")

_OF_A_TOKEN = {
    "invalid_auth": "Slack does not know the token. Copy it again: Install App, Bot User OAuth Token; it begins with xoxb-.",
    "not_authed": "Slack does not know the token. Copy it again: Install App, Bot User OAuth Token; it begins with xoxb-.",
    "token_revoked": "The token was revoked. Install the app again and copy the new token.",
    "token_expired": "The token has expired: switch token rotation off for a single workspace, install again, copy the token.",
    "account_inactive": "The app was taken out of the workspace. Install it again and copy the new token.",
    "not_allowed_token_type": "That is a token of another kind. Copy the Bot User OAuth Token, which begins with xoxb-.",
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
            f"lacks the scopes {', '.join(missing)}. Under OAuth & Permissions add them, and install again."
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
    if not _CHANNEL.fullmatch(wanted):
        raise SlackWrongError(
            f"'{wanted}' is a name. The id begins with C; it stands at the bottom of the channel's details."
        )
    try:
        await calls.call(lambda slack: slack.conversations_history(channel=wanted, limit=1), token=secret)
    except DeliveryError as error:
        if error.kind in _OF_A_TOKEN:
            raise SlackWrongError("cannot be looked at before the token is right.") from error
        known = _OF_A_CHANNEL.get(error.kind, f"Slack answered '{error.kind}' for {wanted}.")
        raise SlackWrongError(known.format(channel=wanted)) from error
    return f"{wanted} can be read back; whether it can be written to, the first message shows"


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


async def app_token(settings: Settings, calls: SlackCalls, secret: str) -> str:  # noqa: ARG001 - as every check
    """Check that Slack takes the token of Socket Mode.

    Raises
    ------
    SlackWrongError
        Raised if not.
    """
    if settings.slack_app_token is None:
        return "not used: events come over HTTP"
    token = settings.slack_app_token.get_secret_value()
    try:
        await calls.call(lambda slack: slack.apps_connections_open(app_token=token), token=token)
    except DeliveryError as error:
        raise SlackWrongError(
            f"Slack answered '{error.kind}'. SLACK_APP_TOKEN is the app-level token of Basic Information; it begins with xapp- "
            "and needs connections:write. Socket Mode has to be switched on in the app, too."
        ) from error
    return "Slack opens a connection for it"


async def deciders(settings: Settings, calls: SlackCalls, secret: str) -> str:
    """Check that somebody may decide, and that Slack knows them by the e-mail addresses of the settings.

    Raises
    ------
    SlackWrongError
        Raised if not.
    """
    broken: dict[str, DistrictNotValidError] = {}
    known = read_districts((SHIPPED, settings.districts), broken=broken)
    if settings.district not in known:
        raise SlackWrongError(f"POSTWISE_DISTRICT, '{settings.district}', names no district that can be used.")
    named = [each for each in known[settings.district][0].people if each.role in {Role.SPECIALIST, Role.DEPUTY}]
    if not named:
        raise SlackWrongError(
            f"{settings.district} names no specialist, so nobody may approve or claim anything. Write [[people]] into its "
            "district.toml: docs/slack.md, step 5."
        )
    unknown = []
    for each in named:
        try:
            await _look_up(each.email, calls, secret)
        except DeliveryError as error:
            if error.kind in _OF_A_TOKEN:
                raise SlackWrongError("cannot be looked at before the token is right.") from error
            unknown.append(each.email)
    if unknown:
        raise SlackWrongError(
            f"Slack knows nobody by {', '.join(unknown)}. Write the address of their Slack profile into district.toml."
        )
    return f"{len(named)} may decide, and Slack knows them"


async def _look_up(email: str, calls: SlackCalls, secret: str) -> None:
    await calls.call(lambda slack: slack.users_lookupByEmail(email=email), token=secret)
