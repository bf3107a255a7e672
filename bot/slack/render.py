"""Draws a reply as Slack blocks: everything as plain text, so that nothing a person typed is ever markup."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from bot.plain import plain
from bot.slack.limits import (
    MAX_BLOCKS,
    MAX_BUTTON_CHARACTERS,
    MAX_BUTTONS,
    MAX_SECTION_CHARACTERS,
    MAX_TEXT_CHARACTERS,
    MAX_VALUE_CHARACTERS,
)
from handlers.replies import Button, ButtonStyle, Choices, Form, Mentions, Reply, TextPrompt

_USER_ID = re.compile(r"[UW][A-Z0-9]{2,30}")
"""Source: https://docs.slack.dev/messaging/formatting-message-text, mentioning users."""

_STYLES = {ButtonStyle.PRIMARY: "primary", ButtonStyle.DANGER: "danger"}


def blocks_of(reply: Reply) -> list[dict[str, Any]]:
    """Return the blocks of a reply, inside Slack's limits."""
    return list(islice(_blocks(reply), MAX_BLOCKS))


def text_of(reply: Reply) -> str:
    """Return what a notification says: without markup, because Slack reads some in this field."""
    text = plain(reply)[:MAX_TEXT_CHARACTERS]
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(reply: Reply) -> Iterator[dict[str, Any]]:
    number = 0
    for part in reply.parts:
        buttons: tuple[Button, ...] = ()
        match part:
            case Choices():
                buttons = part.buttons
                if part.prompt:
                    yield from _sections(part.prompt)
            case TextPrompt():
                buttons = (Button(label=part.label, verb=part.verb, value=part.value),)
            case Form():
                buttons = (part.opened_by,)
            case Mentions():
                yield from _mentions(part)
            case _:
                yield from _sections(plain(Reply(parts=(part,))))
        for first in range(0, len(buttons), MAX_BUTTONS):
            row = buttons[first : first + MAX_BUTTONS]
            yield {
                "type": "actions",
                "elements": [_button(button, number + place) for place, button in enumerate(row)],
            }
            number += len(row)


def _mentions(part: Mentions) -> Iterator[dict[str, Any]]:
    """Wake people: the only markup we write, of identifiers that Slack itself made."""
    known = [person for person in part.people if person.platform == "slack" and _USER_ID.fullmatch(person.id)]
    if known:
        text = " ".join(f"<@{person.id}>" for person in known)
        yield {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
    names = tuple(person for person in part.people if person not in known)
    if names:
        yield from _sections(plain(Reply(parts=(Mentions(people=names),))))


def _sections(text: str) -> Iterator[dict[str, Any]]:
    for first in range(0, len(text), MAX_SECTION_CHARACTERS):
        piece = text[first : first + MAX_SECTION_CHARACTERS]
        yield {"type": "section", "text": {"type": "plain_text", "text": piece, "emoji": False}}


def _button(button: Button, number: int) -> dict[str, Any]:
    """Draw a button; its number keeps two of one verb apart."""
    drawn: dict[str, Any] = {
        "type": "button",
        "action_id": f"{button.verb}/{number}",
        "text": {"type": "plain_text", "text": button.label[:MAX_BUTTON_CHARACTERS], "emoji": False},
        "value": button.value[:MAX_VALUE_CHARACTERS],
    }
    if button.style in _STYLES:
        drawn["style"] = _STYLES[button.style]
    return drawn
