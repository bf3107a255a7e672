"""The manifest that is pasted into Slack: valid, of least scopes, and of the same commands as the routing table."""

import re
from pathlib import Path

from bot.slack.app import EVENTS_PATH
from bot.slack.incoming import CHECK_POST, ESCALATE_POST
from bot.slack.manifest import bot_scopes, manifest
from handlers.routing import COMMANDS
from tests.support.slack_shapes import problems_of_manifest

DOCS = Path(__file__).parents[3] / "docs" / "slack.md"


def test_manifest_is_as_slack_takes_it() -> None:
    """By the schema of Slack's own types, and the rules beside it."""
    assert problems_of_manifest(manifest()) == []


def test_commands_are_those_of_the_routing_table() -> None:
    """But for aliases, which only stand for typing in a message."""
    routed = {command for command in COMMANDS if command.startswith("/")} - {"/help", "/new"}

    assert {each["command"] for each in manifest()["features"]["slash_commands"]} == routed
    assert all(each["url"].endswith(EVENTS_PATH) for each in manifest()["features"]["slash_commands"])


def test_shortcuts_are_those_that_are_listened_to() -> None:
    """By their callback ids."""
    assert {each["callback_id"] for each in manifest()["features"]["shortcuts"]} == {CHECK_POST, ESCALATE_POST}


def test_every_event_is_listened_to_and_has_its_scope() -> None:
    """A subscription whose scope is missing is refused by Slack; a scope that nothing needs is not asked for."""
    needs = {
        "app_home_opened": None,
        "app_mention": "app_mentions:read",
        "app_uninstalled": None,
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
        "tokens_revoked": None,
        "user_change": "users:read",
    }
    events = manifest()["settings"]["event_subscriptions"]["bot_events"]
    called = {"assistant:write", "chat:write", "commands", "files:write", "im:write", "users:read.email"}

    assert set(events) == set(needs)
    assert set(bot_scopes()) == {scope for scope in needs.values() if scope} | called


def test_every_scope_is_explained_to_whoever_installs() -> None:
    """In docs/slack.md, each in a line of its own."""
    explained = set(
        re.findall(r"^\| `([a-z_.]+:[a-z_.]+|commands)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    )

    assert set(bot_scopes()) <= explained
