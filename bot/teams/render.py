"""Draws a reply as Adaptive Cards: everything as text runs, so that nothing a person typed is ever markup.

A TextBlock reads a kind of Markdown; a TextRun of a RichTextBlock does not. A reply that does not fit one card goes on in
the next: nothing is cut off.

Source: https://adaptivecards.io/explorer/, version 1.5
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bot.plain import plain
from bot.teams.forms import fields_of
from bot.teams.limits import MAX_ACTIONS, MAX_CARD_BYTES, MAX_SUMMARY_CHARACTERS
from handlers.replies import (
    Bullets,
    Button,
    ButtonStyle,
    Choices,
    ClauseQuote,
    CopyText,
    FileText,
    Form,
    MarkedText,
    Mentions,
    Paragraph,
    Part,
    Reply,
    Ruling,
    TextPrompt,
    Thread,
)

Element: TypeAlias = dict[str, Any]
"""An element of a card, as JSON."""

PRESS, FORM, THREAD, PUT_AWAY, WINDOW = "press", "form", "thread", "put-away", "window"
"""What an action of ours is, under ``is`` in what it carries."""

CARRIED = "postwise"
"""Key under which an action carries what is ours; beside it the client puts what was typed."""

OPEN_IN_WINDOW = "Open in a window"
"""What opens a form in a window."""

_MARKDOWN = re.compile(r"[\\*_~`\[\]<>|#]|^\s*(?:[-+>]|\d+[.)])|&\w+;|\{\{|https?:")
"""What a TextBlock might take for markup. Source: https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features"""

_STYLES = {ButtonStyle.PRIMARY: "positive", ButtonStyle.DANGER: "destructive"}

_PIECE_CHARACTERS = 4000
"""Longest stretch of text that is kept together, so that cards can be filled."""

_NAME_OUT_OF_MENTIONS = re.compile(r"[<>&\r\n]")


@dataclass(slots=True)
class _Drawing:
    """What is collected while the parts of one reply are drawn."""

    key: str
    """Of this drawing: pressed twice under one drawing is one press."""

    can_put_away: bool
    is_personal: bool
    is_window: bool
    groups: list[list[Element]] = field(default_factory=list)
    """Elements that belong together, and may not be torn apart."""

    mentions: list[Element] = field(default_factory=list)
    headlines: set[str] = field(default_factory=set)
    """What was said as a paragraph already; a form's title is not said again."""


def cards_of(
    reply: Reply,
    *,
    key: str,
    can_put_away: bool = False,
    without_first: bool = False,
    is_personal: bool = False,
    is_window: bool = False,
) -> list[Element]:
    """Draw a reply as one card, or as several where one does not hold it.

    Parameters
    ----------
    key
        Of this drawing. What is pressed carries it, so that a press that Teams sends again is known.
    can_put_away
        True for a form that was opened by a press or a word: it can be put away unfilled.
    without_first
        True where the first part stands as the text of the message already.
    is_personal
        True in the chat of one person with the bot: a form there can be opened in a window too.
    is_window
        True where the card stands in a window.
    """
    drawing = _Drawing(key=key, can_put_away=can_put_away, is_personal=is_personal, is_window=is_window)
    parts = reply.parts[1:] if without_first else reply.parts
    for number, part in enumerate(parts):
        drawing.groups += _drawn(part, number, drawing)
    summary = plain(reply)[:MAX_SUMMARY_CHARACTERS]
    return [_card(body, drawing.mentions, summary) for body in _filled(drawing.groups)]


def summary_of(reply: Reply) -> str:
    """Return what a notification says of a card."""
    return " ".join(plain(reply).split())[:MAX_SUMMARY_CHARACTERS]


def _card(body: list[Element], mentions: Sequence[Element], summary: str) -> Element:
    named = [each for each in mentions if any(each["text"] in str(element.get("text", "")) for element in body)]
    card: Element = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "fallbackText": summary,
        "lang": "en",
        "body": body,
        "msteams": {"width": "Full"} | ({"entities": named} if named else {}),
    }
    return card


def _filled(groups: Sequence[list[Element]]) -> Iterator[list[Element]]:
    """Put elements into cards, as many into each as it holds."""
    body: list[Element] = []
    size = 0
    for group in groups:
        more = len(json.dumps(group))
        if body and size + more > MAX_CARD_BYTES - 2000:
            yield body
            body, size = [], 0
        body += group
        size += more
    yield body


def _drawn(part: Part, number: int, drawing: _Drawing) -> Iterator[list[Element]]:  # noqa: C901, PLR0912 - one case for each kind of part
    match part:
        case Paragraph():
            drawing.headlines.add(part.text)
            yield (
                [_headline(part.text)]
                if part.is_headline and _is_calm(part.text)
                else _lines(part.text, **({"weight": "Bolder", "size": "Medium"} if part.is_headline else {}))
            )
        case ClauseQuote():
            yield [clause(part)]
        case Ruling():
            yield [_ruling(part)]
        case Bullets():
            for item in part.items:
                yield _lines(f"• {item}", spacing="Small")
        case MarkedText():
            yield from _marked(part)
        case CopyText():
            yield [_box(_lines(part.label, isSubtle=True, size="Small") + _lines(part.text, spacing="Small"))]
        case FileText():
            yield _lines(part.name, weight="Bolder")
            for piece in _pieces(part.text):
                yield _lines(piece, fontType="Monospace", spacing="None")
        case Choices():
            prompt = _lines(part.prompt) if part.prompt else []
            yield prompt + _buttons(part.buttons, drawing)
        case TextPrompt():
            yield [
                {
                    "type": "Input.Text",
                    "id": f"{number}:{part.verb}",
                    "label": part.label,
                    "maxLength": part.max_characters,
                },
                _action_set([_execute(part.submit_label, PRESS, part.verb, part.value, drawing, number=number)]),
            ]
        case Thread():
            yield [
                {
                    "type": "Input.Text",
                    "id": f"{number}:text",
                    "label": part.hint,
                    "isMultiline": True,
                    "maxLength": part.max_characters,
                    "separator": True,
                },
                _action_set([_execute("Send", THREAD, "thread", "", drawing, number=number)]),
            ]
        case Mentions():
            yield _mentions(part, drawing)
        case Form():
            yield from _form(part, number, drawing)


def _form(form: Form, number: int, drawing: _Drawing) -> Iterator[list[Element]]:
    """Draw a form in place, each problem at its field."""
    if form.title not in drawing.headlines:
        yield [_headline(form.title)] if _is_calm(form.title) else _lines(form.title, weight="Bolder", size="Medium")
    if form.has_problems:
        wrong = sum(1 for each in form.fields if each.problem is not None)
        said = {0: "Please look through the form once more.", 1: "One field needs another look."}.get(
            wrong, f"{wrong} fields need another look."
        )
        yield _lines(said, color="Attention", weight="Bolder")
    for each in form.fields:
        elements = [fields_of(each, number)]
        if each.hint:
            elements += _lines(each.hint, isSubtle=True, size="Small", spacing="None")
        if each.problem is not None:
            elements += _lines(f"Please mend: {each.problem.text}", color="Attention", spacing="Small")
            if each.problem.quote is not None:
                elements.append(clause(each.problem.quote))
        yield elements
    actions = [
        _execute(form.submit_label, FORM, form.verb, form.value, drawing, number=number, style=ButtonStyle.PRIMARY)
    ]
    if drawing.can_put_away:
        actions.append(_execute("Cancel", PUT_AWAY, PUT_AWAY, "", drawing))
    # The window opens the form anew: where something is to be mended, what was typed would not be in it.
    if drawing.is_personal and not drawing.is_window and not form.has_problems:
        actions.append(_opening(form.opened_by, drawing))
    yield [_action_set(actions)]


def clause(part: ClauseQuote) -> Element:
    """Draw a clause: to the letter, marked as a quotation, with what is needed to find it again."""
    inside: list[Element] = []
    if part.section:
        inside += _lines(part.section, isSubtle=True, size="Small")
    if part.lead_in is not None:
        inside += _lines(part.lead_in, spacing="Small", italic=True)
    inside += _lines(part.text, spacing="Small")
    inside += _lines(f"Quoted from {part.document}", isSubtle=True, size="Small", spacing="Small")
    return _box(inside)


def _ruling(part: Ruling) -> Element:
    head = f"Ruling {part.name} of the {part.by}, {part.on}"
    about = f"On: {part.question}"
    note = "A ruling of the district, not a clause of the guidelines"
    return {
        "type": "Container",
        "style": "accent",
        "items": [
            *_lines(head, weight="Bolder"),
            *_lines(about, isSubtle=True, size="Small", spacing="Small"),
            *_lines(part.text, spacing="Small"),
            *_lines(note, isSubtle=True, size="Small", spacing="Small"),
        ],
    }


def _marked(part: MarkedText) -> Iterator[list[Element]]:
    """Draw the person's own text; what is marked is underlined too, and its note stands behind it in words."""
    yield _lines(part.label, isSubtle=True, size="Small")
    runs: list[Element] = []
    for span in part.spans:
        for index, line in enumerate(span.text.split("\n")):
            if index:
                yield [_box([_rich(runs or [_run(" ")])], style="default")]
                runs = []
            if line:
                runs.append(_run(line, highlight=True, underline=True) if span.is_marked else _run(line))
        if span.is_marked and span.note:
            runs.append(_run(f" [{span.note}] ", weight="Bolder"))
    if runs:
        yield [_box([_rich(runs)], style="default")]


def _mentions(part: Mentions, drawing: _Drawing) -> list[Element]:
    """Wake people of Teams; others are only named."""
    elements: list[Element] = []
    known = [person for person in part.people if person.platform == "teams" and person.id]
    words = []
    for person in known:
        name = " ".join(_NAME_OUT_OF_MENTIONS.sub(" ", person.name).split()) or "specialist"
        words.append(f"<at>{name}</at>")
        drawing.mentions.append(
            {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": person.id, "name": name}}
        )
    if words:
        elements.append({"type": "TextBlock", "text": " ".join(words), "wrap": True})
    others = tuple(person for person in part.people if person not in known)
    if others:
        elements += _lines(plain(Reply(parts=(Mentions(people=others),))))
    return elements


def _buttons(buttons: Sequence[Button], drawing: _Drawing) -> list[Element]:
    return [
        _action_set(
            [
                _execute(each.label, PRESS, each.verb, each.value, drawing, style=each.style)
                for each in buttons[first : first + MAX_ACTIONS]
            ]
        )
        for first in range(0, len(buttons), MAX_ACTIONS)
    ]


def _execute(
    title: str,
    kind: str,
    verb: str,
    value: str,
    drawing: _Drawing,
    *,
    number: int | None = None,
    style: ButtonStyle = ButtonStyle.PLAIN,
) -> Element:
    """Draw an action that Teams answers in place, and one that every client knows for those that do not."""
    data: Element = {CARRIED: {"is": kind, "verb": verb, "value": value, "key": drawing.key}}
    shared: Element = {"title": title, "data": data, "associatedInputs": "none"}
    if number is not None:
        data[CARRIED]["part"] = number
        shared["associatedInputs"] = "auto"
    if style in _STYLES:
        shared["style"] = _STYLES[style]
    if drawing.is_window:  # where Teams knows no Action.Execute
        return {"type": "Action.Submit", **shared}
    return {
        "type": "Action.Execute",
        "verb": verb,
        **shared,
        "fallback": {"type": "Action.Submit", **shared},
    }


def _opening(button: Button, drawing: _Drawing) -> Element:
    """Draw the action that opens a form in a window; a client without windows sends the same as a message.

    Source: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
    """
    carried = {"is": WINDOW, "verb": button.verb, "value": button.value, "key": drawing.key}
    return {
        "type": "Action.Submit",
        "title": OPEN_IN_WINDOW,
        "data": {"msteams": {"type": "task/fetch"}, CARRIED: carried},
        "associatedInputs": "none",
    }


def _action_set(actions: list[Element]) -> Element:
    return {"type": "ActionSet", "actions": actions}


def _box(items: list[Element], *, style: str = "emphasis") -> Element:
    return {"type": "Container", "style": style, "items": items}


def _headline(text: str) -> Element:
    return {"type": "TextBlock", "text": text, "wrap": True, "style": "heading", "weight": "Bolder", "size": "Medium"}


def _is_calm(text: str) -> bool:
    """Tell whether a TextBlock shows a text as it stands."""
    return "\n" not in text and _MARKDOWN.search(text) is None


def _lines(text: str, *, spacing: str = "", **style: Any) -> list[Element]:
    """Draw plain text, each line on its own, none of it markup."""
    return [
        _rich([_run(line or " ", **style)], spacing="None" if index else spacing)
        for index, line in enumerate(text.split("\n"))
    ]


def _rich(runs: list[Element], *, spacing: str = "") -> Element:
    element: Element = {"type": "RichTextBlock", "inlines": runs}
    if spacing:
        element["spacing"] = spacing
    return element


def _run(text: str, **style: Any) -> Element:
    return {"type": "TextRun", "text": text, **style}


def _pieces(text: str) -> Iterator[str]:
    """Cut a long text between its lines."""
    piece = ""
    for line in text.splitlines():
        if piece and len(piece) + len(line) > _PIECE_CHARACTERS:
            yield piece
            piece = ""
        for first in range(0, len(line) or 1, _PIECE_CHARACTERS):
            piece += ("\n" if piece else "") + line[first : first + _PIECE_CHARACTERS]
            if len(line) > _PIECE_CHARACTERS:
                yield piece
                piece = ""
    if piece:
        yield piece
