"""Draws a reply as Slack blocks, inside every limit; nothing that a person typed is ever markup.

What reads as text is rich text, whose characters stand for themselves: neither an asterisk in a clause nor ``<!channel>``
in a message means anything there. A text that is longer than a block takes is continued in the next one, and a reply that
is longer than a message in a further message: a clause is never cut.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from bot.plain import plain
from bot.slack.addresses import USER_ID
from bot.slack.limits import (
    MAX_BLOCKS,
    MAX_BUTTON_CHARACTERS,
    MAX_BUTTONS,
    MAX_CONTEXT_CHARACTERS,
    MAX_MESSAGE_CHARACTERS,
    MAX_SECTION_CHARACTERS,
    MAX_TEXT_CHARACTERS,
    MAX_VALUE_CHARACTERS,
)
from bot.slack.text import escaped
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

Block: TypeAlias = dict[str, Any]

ASKED_FIRST = "ask:"
"""Begins the action of a button that asks for a line of text before it is a press."""

FEEDBACK = "feedback"
"""Action of the pair of buttons by which an answer is judged; their values carry verb and value."""

GOES_ON = "This goes on in the next message."
STOPS_HERE = "The rest is too long for one message."

_MARGIN = re.compile(r"^ *(?:\||--|>) ", re.MULTILINE)
"""How the plain text sets quotations off, which is not to be read out."""

_STYLES = {ButtonStyle.PRIMARY: "primary", ButtonStyle.DANGER: "danger"}
_JUDGED_BY = ("helpful", "unhelpful")


def pages_of(reply: Reply) -> list[list[Block]]:
    """Return the blocks of a reply, message by message."""
    pages: list[list[Block]] = [[]]
    size = 0
    for block in blocks_of(reply):
        block_size = _characters(block)
        # One block is kept free for the line that says how it goes on.
        if pages[-1] and (len(pages[-1]) >= MAX_BLOCKS - 1 or size + block_size > MAX_MESSAGE_CHARACTERS):
            pages[-1].append(_context(GOES_ON))
            pages.append([])
            size = 0
        pages[-1].append(block)
        size += block_size
    return pages


def page_of(reply: Reply) -> list[Block]:
    """Return the blocks of a reply in a single message, for what is edited in place; it says so where it had to stop."""
    pages = pages_of(reply)
    if len(pages) == 1:
        return pages[0]
    actions = [block for page in pages[1:] for block in page if block["type"] == "actions"]
    kept = pages[0][: MAX_BLOCKS - 1 - len(actions)]
    return [*kept[:-1], _context(STOPS_HERE), *actions]


def text_of(reply: Reply) -> str:
    """Return what a notification says, and a screen reader reads: without markup, because Slack finds some in this field."""
    text = escaped(_MARGIN.sub("", plain(reply)).strip() or "Postwise")
    if len(text) <= MAX_TEXT_CHARACTERS:
        return text
    return text[: text.rfind(" ", 0, MAX_TEXT_CHARACTERS - 1)] + "…"


def blocks_of(reply: Reply, *, in_message: bool = True) -> list[Block]:
    """Return the blocks of a reply, each inside the limits of a block.

    Parameters
    ----------
    in_message
        False in a modal or the Home tab, where Slack has no thumbs.
    """
    blocks = [block for part in reply.parts for block in _drawn(part, in_message=in_message)]
    number = 0
    for block in blocks:
        for element in block["elements"] if block["type"] in {"actions", "context_actions"} else ():
            element["action_id"] = f"{element['action_id']}/{number}"  # keeps two of one verb apart
            number += 1
    return blocks


def _drawn(part: Part, *, in_message: bool) -> Iterator[Block]:  # noqa: C901 - one case for each kind of part
    match part:
        case Paragraph():
            yield from _rich(_section(part.text, is_bold=part.is_headline))
        case ClauseQuote():
            lead_in = [_text(part.lead_in + "\n", is_italic=True)] if part.lead_in else []
            yield from _rich({"type": "rich_text_quote", "elements": [*lead_in, *_texts(part.text)]})
            yield _context(f"{part.section}. {part.document}")
        case Ruling():
            yield from _rich(
                _section(f"Ruling of the {part.by}, {part.on} ({part.name})", is_bold=True),
                _section(f"On: {part.question}"),
                {"type": "rich_text_quote", "elements": _texts(part.text)},
            )
        case Bullets():
            yield from _bullets(part.items)
        case MarkedText():
            yield from _rich(
                _section(f"{part.label}:", is_bold=True), {"type": "rich_text_quote", "elements": _marked(part)}
            )
        case CopyText():
            yield from _rich(
                _section(f"{part.label}:", is_bold=True),
                {"type": "rich_text_preformatted", "elements": _texts(part.text)},
            )
        case FileText():
            yield _context(f"{part.name} is in your direct messages with Postwise, as a file.")
        case Mentions():
            yield from _mentions(part)
        case Thread():
            yield _context(f"Reply in the thread of this message. {part.hint}")
        case Choices():
            yield from _choices(part, in_message=in_message)
        case TextPrompt():
            yield from _actions([_button(Button(label=part.label, verb=f"{ASKED_FIRST}{part.verb}", value=part.value))])
        case Form():
            yield from _actions([_button(part.opened_by)])


def _choices(part: Choices, *, in_message: bool) -> Iterator[Block]:
    """Draw buttons; the two by which an answer is judged become Slack's own pair of thumbs, under what asks for them."""
    judging = [button for button in part.buttons if button.verb in _JUDGED_BY]
    is_pair = in_message and [button.verb for button in judging] == list(_JUDGED_BY)
    others = [_button(button) for button in part.buttons if not (is_pair and button in judging)]
    if is_pair:
        yield from _actions(others)
    if part.prompt:
        yield _context(part.prompt)
    if not is_pair:
        yield from _actions(others)
        return
    good, bad = judging
    yield {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": FEEDBACK,
                "positive_button": _judgement(good),
                "negative_button": _judgement(bad),
            }
        ],
    }


def _judgement(button: Button) -> dict[str, Any]:
    return {"text": _plain(button.label), "value": f"{button.verb}:{button.value}", "accessibility_label": button.label}


def _actions(buttons: Sequence[dict[str, Any]]) -> Iterator[Block]:
    for first in range(0, len(buttons), MAX_BUTTONS):
        yield {"type": "actions", "elements": list(buttons[first : first + MAX_BUTTONS])}


def _button(button: Button) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "type": "button",
        "action_id": button.verb,
        "text": _plain(shortened(button.label, MAX_BUTTON_CHARACTERS)),
        "value": button.value[:MAX_VALUE_CHARACTERS],
    }
    if not button.value:
        del drawn["value"]
    if button.style in _STYLES:
        drawn["style"] = _STYLES[button.style]
    return drawn


def _mentions(part: Mentions) -> Iterator[Block]:
    """Wake people: the only markup we write, of identifiers that Slack itself made."""
    known = [person for person in part.people if person.platform == "slack" and USER_ID.fullmatch(person.id)]
    if known:
        text = " ".join(f"<@{person.id}>" for person in known)
        yield {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
    names = tuple(person for person in part.people if person not in known)
    if names:
        yield from _rich(_section(plain(Reply(parts=(Mentions(people=names),)))))


def _bullets(items: Sequence[str]) -> Iterator[Block]:
    size, group = 0, list[dict[str, Any]]()
    for item in items:
        if group and size + len(item) > MAX_SECTION_CHARACTERS:
            yield _list(group)
            size, group = 0, []
        group.append({"type": "rich_text_section", "elements": _texts(item)})
        size += len(item)
    if group:
        yield _list(group)


def _list(items: list[dict[str, Any]]) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": items}]}


def _marked(part: MarkedText) -> list[dict[str, Any]]:
    elements: list[dict[str, Any]] = []
    for span in part.spans:
        if span.text:
            elements += [_text(piece, is_bold=span.is_marked) for piece in _pieces(span.text)]
        if span.note:
            elements.append(_text(f" (←\u00a0{span.note}) ", is_italic=True))
    return elements or [_text(" ")]


def _rich(*elements: dict[str, Any]) -> Iterator[Block]:
    """Put elements into one rich text, or into several where one would be too long."""
    size, group = 0, list[dict[str, Any]]()
    for element in (piece for whole in elements for piece in _split(whole)):
        length = _characters(element)
        if group and size + length > MAX_SECTION_CHARACTERS:
            yield {"type": "rich_text", "elements": group}
            size, group = 0, []
        group.append(element)
        size += length
    if group:
        yield {"type": "rich_text", "elements": group}


def _split(element: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return an element as several of its kind, where its texts together are longer than one block takes."""
    size, group = 0, list[dict[str, Any]]()
    for text in element["elements"]:
        length = len(text.get("text", ""))
        if group and size + length > MAX_SECTION_CHARACTERS:
            yield {**element, "elements": group}
            size, group = 0, []
        group.append(text)
        size += length
    yield {**element, "elements": group}


def _section(text: str, *, is_bold: bool = False) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": _texts(text, is_bold=is_bold)}


def _texts(text: str, *, is_bold: bool = False) -> list[dict[str, Any]]:
    return [_text(piece, is_bold=is_bold) for piece in _pieces(text)] or [_text(" ")]


def _pieces(text: str) -> list[str]:
    """Cut a long text where a word ends; together the pieces are the text."""
    pieces = []
    while len(text) > MAX_SECTION_CHARACTERS:
        end = text.rfind(" ", MAX_SECTION_CHARACTERS // 2, MAX_SECTION_CHARACTERS) + 1 or MAX_SECTION_CHARACTERS
        pieces.append(text[:end])
        text = text[end:]
    return [*pieces, text] if text else pieces


def _text(text: str, *, is_bold: bool = False, is_italic: bool = False) -> dict[str, Any]:
    style = {name: True for name, is_set in (("bold", is_bold), ("italic", is_italic)) if is_set}
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def _context(text: str) -> Block:
    pieces = [text[first : first + MAX_CONTEXT_CHARACTERS] for first in range(0, len(text), MAX_CONTEXT_CHARACTERS)]
    return {"type": "context", "elements": [_plain(piece) for piece in pieces]}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def shortened(text: str, most: int) -> str:
    """Return a label of our own that fits."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _characters(value: Any) -> int:
    """Count the characters that a person reads in a block, and what its buttons carry."""
    if isinstance(value, dict):
        return sum(
            len(each) if name in {"text", "value"} and isinstance(each, str) else _characters(each)
            for name, each in value.items()
        )
    return sum(map(_characters, value)) if isinstance(value, list) else 0
