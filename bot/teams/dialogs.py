"""Forms in a window (a dialog, which Teams once called a task module), beside the same form in the chat.

Only the person who opened a window sees it. What is promised arrives in the chat as ever; the window says how it went.

Source: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
"""

from typing import Any
from uuid import uuid4

from aiohttp import web

from bot.teams import saying
from bot.teams.activities import Activity
from bot.teams.incoming import Pressed, pressed_of
from bot.teams.messages import CARD_TYPE
from bot.teams.render import FORM, PRESS, WINDOW, cards_of
from bot.teams.showing import Shower, short_words
from handlers.incoming import Incoming
from handlers.outcome import Outcome
from handlers.replies import Form, Paragraph, Reply

_DRAWN = {"task/fetch": {WINDOW}, "task/submit": {FORM, PRESS}}
"""What of ours may come under which name; anything else was never drawn."""


def pressed_in(activity: Activity) -> Pressed | None:
    """Read what was pressed to open a window, or in one; None where it is nothing that we drew."""
    pressed = pressed_of(activity.value.get("data")) if isinstance(activity.value, dict) else None
    return pressed if pressed is not None and pressed.kind in _DRAWN.get(activity.name or "", ()) else None


def closing_answer(words: str) -> web.Response:
    """Answer with words in the place of the window."""
    return _answer("message", words)


def dialog_answer(outcome: Outcome, incoming: Incoming, shower: Shower, *, is_personal: bool) -> web.Response:
    """Answer by what has become of a press or of a form: with a form, or with what is to be said."""
    reply = outcome.reply
    if outcome.is_failure:
        return closing_answer(saying.TRY_AGAIN)
    if reply is None:  # it has arrived before
        return closing_answer(saying.RECEIVED)
    if outcome.is_promised:
        return closing_answer(_headline(reply))
    form = next((part for part in reply.parts if isinstance(part, Form)), None)
    words = short_words(reply)
    if form is None and words:
        return closing_answer(words)
    cards = cards_of(reply, key=str(uuid4()), is_window=True) if form is not None else []
    if form is None or len(cards) > 1:  # a window shows one card, and nothing is cut off
        shower.show(reply, incoming, is_personal=is_personal, says_where=False)
        return closing_answer(saying.IN_OWN_CHAT)
    card = {"contentType": CARD_TYPE, "content": cards[0]}
    return _answer("continue", {"title": form.title, "height": "large", "width": "medium", "card": card})


def _headline(reply: Reply) -> str:
    paragraphs = [part for part in reply.parts if isinstance(part, Paragraph)]
    paragraphs.sort(key=lambda part: not part.is_headline)
    return paragraphs[0].text if paragraphs else saying.RECEIVED


def _answer(kind: str, value: Any) -> web.Response:
    return web.json_response({"task": {"type": kind, "value": value}})
