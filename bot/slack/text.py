"""Slack's own writing, both ways: what people typed as they meant it, and our text so that none of it is markup."""

import html
import re
from collections.abc import Mapping

_MARKED = re.compile(r"<([^<>]*)>")
_SPECIAL = {"!channel": "@channel", "!here": "@here", "!everyone": "@everyone"}


def mentioned_people(text: str) -> tuple[str, ...]:
    """Return the ids of the people whom a message names, each once."""
    found = (_person_of(marked) for marked in _MARKED.findall(text))
    return tuple(dict.fromkeys(person for person in found if person))


def typed(text: str, *, people: Mapping[str, str], bot: str = "") -> str:
    """Return a message as its writer meant it.

    Parameters
    ----------
    text
        As Slack sends it, with ``<@U…>``, ``<https://…|…>`` and three letters escaped.
    people
        By id, what stands in the place of a mention: the e-mail address where it is known.
    bot
        Id of our own bot; naming it is how a person turns to us, and says nothing else.

    Source: https://docs.slack.dev/messaging/formatting-message-text
    """

    def meant(match: re.Match[str]) -> str:
        marked = match.group(1)
        target, bar, label = marked.partition("|")
        person = _person_of(marked)
        if person:
            return "" if person == bot else people.get(person, f"@{label}" if label else "@somebody")
        if target.startswith("#"):
            return f"#{label or 'channel'}"
        if target.startswith("!"):
            return _SPECIAL.get(target, label)
        address = target.removeprefix("mailto:").removeprefix("tel:")
        if not bar or label in address:
            return address
        return f"{label} ({address})"

    return html.unescape(_MARKED.sub(meant, text)).strip()


def escaped(text: str) -> str:
    """Return a text in which Slack finds no markup.

    Source: https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _person_of(marked: str) -> str:
    target = marked.partition("|")[0]
    return target[1:] if re.fullmatch(r"@[UW][A-Z0-9]{2,30}", target) else ""
