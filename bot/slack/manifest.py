"""The app manifest: read from the file that is pasted into Slack, and nowhere written twice."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "manifest.json"
"""What is pasted under "From a manifest"; package data."""


@cache
def manifest() -> Mapping[str, Any]:
    """Return the manifest."""
    read: Mapping[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return read


def bot_scopes() -> tuple[str, ...]:
    """Return the scopes that the bot asks for, and no more than it uses."""
    return tuple(manifest()["oauth_config"]["scopes"]["bot"])
