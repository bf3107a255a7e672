"""Draws what we send to Slack as Slack shows it, well enough to see what is cut off, ugly or unclear.

Not Slack: letters are near in size, colours and gaps are those of its light theme. Where Slack folds a long message behind
"See more" is nowhere written, and not drawn.
"""

import contextlib
import re
from collections.abc import AsyncIterator, Callable, Mapping
from html import escape, unescape
from pathlib import Path
from typing import Any, Literal

from markdown_it import MarkdownIt
from playwright.async_api import Browser, Page

from tests.support.browser import running_chromium

Kind = Literal["message", "modal", "home"]

STYLE = Path(__file__).with_suffix(".css")

MESSAGE_WIDTH = 680
"""Width of the column of messages on a desk, in pixels."""

MODAL_WIDTH = 520
"""Width of a modal on a desk, in pixels."""

PHONE_WIDTH = 360
"""Width of a small telephone, in pixels."""

_THUMB = '<svg viewBox="0 0 20 20" {turn}fill="none" stroke="currentColor" stroke-width="1.6"><path d="M6 9l4-7c2 0 2 2 1.5 5h5l-1.5 9H6zM6 9H3v7h3"/></svg>'

_MRKDWN = (
    (re.compile(r"<@(\w+)>"), r'<span class="mention">@\1</span>'),
    (re.compile(r"<#(\w+)>"), r'<span class="mention">#\1</span>'),
    (re.compile(r"<!date\^[^|<>]*\|([^<>]*)>"), r"\1"),
    (re.compile(r"<(https://[^|<>]+)\|([^<>]+)>"), r'<a href="\1">\2</a>'),
    (re.compile(r"<(https://[^|<>]+)>"), r'<a href="\1">\1</a>'),
    (re.compile(r"`([^`\n]+)`"), r"<code>\1</code>"),
    (re.compile(r"(?<!\w)\*([^*\n]+)\*(?!\w)"), r"<b>\1</b>"),
    (re.compile(r"(?<!\w)_([^_\n]+)_(?!\w)"), r"<i>\1</i>"),
    (re.compile(r"(?<!\w)~([^~\n]+)~(?!\w)"), r"<s>\1</s>"),
)
"""Source: https://docs.slack.dev/messaging/formatting-message-text"""

_CUT = """() => [...document.querySelectorAll('main, main *')].filter(element => {
  const style = getComputedStyle(element);
  if (element.closest('svg') || style.display === 'inline') return false;
  const box = element.getBoundingClientRect();
  const isHidden = style.overflowX !== 'visible' &&
    (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
  return (isHidden && !element.dataset.scrolls) || box.right > document.documentElement.clientWidth + 1;
}).map(element => `${element.className || element.tagName}: ${element.textContent.slice(0, 90)}`)"""


def page_of(
    kind: Kind,
    payload: Mapping[str, Any],
    *,
    width: int = MESSAGE_WIDTH,
    errors: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> str:
    """Draw a message, a modal or a Home tab.

    Parameters
    ----------
    payload
        The arguments of a call, or the body of an answer, for a message; the view for the other two.
    width
        In pixels.
    errors
        By name of its block, what stands at an input after the form was sent.
    names
        By id, what a person or channel is called. An id without one is drawn as it stands.

    Returns
    -------
    str
        A whole page of HTML that needs nothing else.
    """
    drawn = "".join(_block(block, errors or {}) for block in payload.get("blocks") or ())
    if kind == "message":
        said = drawn or f'<div class="text">{_mrkdwn(str(payload.get("text", "")))}</div>'
        head = '<span class="from">Postwise</span><span class="badge">APP</span><span class="time">9:00 AM</span>'
        inside = f'<div class="avatar">P</div><div>{head}<div class="blocks">{said}</div></div>'
    elif kind == "modal":
        inside = _bar(payload) + f'<div class="blocks">{drawn}</div>' + _foot(payload)
    else:
        inside = f'<div class="blocks">{drawn}</div>'
    for found, name in (names or {}).items():
        inside = inside.replace(f"@{found}<", f"@{escape(name)}<")
    style = STYLE.read_text(encoding="utf-8")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{kind}</title><style>{style}'
        f'main{{width:{width}px}}</style><body class="{kind}" data-width="{width}"><main class="{kind}">{inside}</main>'
    )


@contextlib.asynccontextmanager
async def shown(browser: Browser, page_html: str) -> AsyncIterator[Page]:
    """Open a page in a browser that runs, as wide as it was drawn for."""
    width = re.search(r'data-width="(\d+)"', page_html)
    assert width is not None, "a page of page_of"
    page = await browser.new_page(viewport={"width": int(width[1]), "height": 200}, device_scale_factor=2)
    try:
        await page.set_content(page_html)
        yield page
    finally:
        await page.close()


async def picture(page_html: str, path: Path) -> None:
    """Take a picture of the whole page, in a browser of its own."""
    async with running_chromium() as browser, shown(browser, page_html) as page:
        await page.screenshot(path=path, full_page=True)


async def overflowing(page: Page) -> list[str]:
    """Name the elements whose content is cut off, or that stand out over the edge, each with its first words.

    What scrolls in Slack too (one line of text that is being typed) is not cut.
    """
    found: list[str] = await page.evaluate(_CUT)
    return found


def _bar(view: Mapping[str, Any]) -> str:
    return f'<div class="bar"><div class="avatar">P</div><h1>{_words(view.get("title"))}</h1><div class="cross">×</div></div>'


def _foot(view: Mapping[str, Any]) -> str:
    close = f'<div class="button">{_words(view.get("close")) or "Close"}</div>'
    submit = f'<div class="button primary">{_words(view["submit"])}</div>' if "submit" in view else ""
    return f'<div class="foot">{close}{submit}</div>'


def _block(block: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    kind = str(block.get("type"))
    if kind == "divider":
        return '<hr class="divider">'
    if kind == "input":
        return f'<div class="block input">{_input(block, errors.get(str(block.get("block_id")), ""))}</div>'
    draw = _BLOCKS.get(kind)
    assert draw is not None, f"no way to draw a {kind}"
    return f'<div class="block {kind}">{draw(block)}</div>'


def _section(block: Mapping[str, Any]) -> str:
    text = f'<div class="text">{_words(block["text"])}</div>' if "text" in block else ""
    fields = "".join(f'<div class="text">{_words(field)}</div>' for field in block.get("fields", ()))
    fields = f'<div class="fields">{fields}</div>' if fields else ""
    accessory = _element(block["accessory"]) if "accessory" in block else ""
    return f'<div class="words">{text}{fields}</div>{accessory}'


def _context(block: Mapping[str, Any]) -> str:
    return "".join(
        _picture(element) if element["type"] == "image" else f'<div class="text">{_words(element)}</div>'
        for element in block["elements"]
    )


def _picture(element: Mapping[str, Any]) -> str:
    return f'<span class="picture">{escape(element.get("alt_text", ""))}</span>'


def _input(block: Mapping[str, Any], error: str) -> str:
    optional = ' <span class="optional">(optional)</span>' if block.get("optional") else ""
    element = _element(block["element"])
    if error:
        element = element.replace('class="field', 'class="field wrong', 1)
        element += f'<div class="error">{escape(error)}</div>'
    hint = f'<div class="hint">{_words(block["hint"])}</div>' if "hint" in block else ""
    return f'<span class="label">{_words(block["label"])}{optional}</span>{element}{hint}'


def _element(element: Mapping[str, Any]) -> str:
    match str(element["type"]):
        case "button":
            return f'<div class="button {element.get("style", "")}">{_words(element["text"])}</div>'
        case "feedback_buttons":
            return "".join(f'<div class="thumb">{_THUMB.format(turn=turn)}</div>' for turn in ("", _TURNED))
        case "plain_text_input" | "email_text_input" | "url_text_input" | "number_input":
            kind = "field multiline" if element.get("multiline") else "field"
            return _field(kind, str(element.get("initial_value", "")), _words(element.get("placeholder")))
        case "radio_buttons" | "checkboxes":
            return _choices(element)
        case "image":
            return _picture(element)
        case kind if kind.endswith("select"):
            return _menu(element, kind)
        case "datepicker" | "timepicker":
            return _field("field menu short", str(element.get("initial_date", "")), _words(element.get("placeholder")))
        case kind:
            raise AssertionError(f"no way to draw a {kind}")


_TURNED = 'transform="rotate(180)" '


def _field(kind: str, value: str, placeholder: str) -> str:
    scrolls = "" if "menu" in kind else ' data-scrolls="1"'
    if value:
        return f'<div class="{kind}"{scrolls}>{escape(value)}</div>'
    return f'<div class="{kind} empty"{scrolls}>{placeholder or "&nbsp;"}</div>'


def _menu(element: Mapping[str, Any], kind: str) -> str:
    chosen = element.get("initial_option")
    several = element.get("initial_options") or element.get("initial_users") or ()
    value = ", ".join(one if isinstance(one, str) else one["text"]["text"] for one in several)
    if chosen:
        value = chosen["text"]["text"]
    elif element.get("initial_user"):
        value = element["initial_user"]
    default = "Choose options" if kind.startswith("multi") else "Choose an option"
    return _field("field menu", value, _words(element.get("placeholder")) or default)


def _choices(element: Mapping[str, Any]) -> str:
    kept = [element.get("initial_option"), *element.get("initial_options", ())]
    shape = "choice square" if element["type"] == "checkboxes" else "choice"
    return "".join(
        f'<div class="{shape}{" chosen" if option in kept else ""}"><i></i><div>{_words(option["text"])}'
        f'<div class="description">{_words(option.get("description"))}</div></div></div>'
        for option in element["options"]
    )


def _rich_text(block: Mapping[str, Any]) -> str:
    return "".join(map(_rich_part, block["elements"]))


def _rich_part(part: Mapping[str, Any]) -> str:
    if part["type"] == "rich_text_list":
        tag = "ol" if part["style"] == "ordered" else "ul"
        items = "".join(f"<li>{_rich_part(item)}</li>" for item in part["elements"])
        return f'<{tag} style="margin-left:{28 * part.get("indent", 0)}px">{items}</{tag}>'
    inside = "".join(map(_rich_element, part["elements"]))
    tag = {"rich_text_quote": "blockquote", "rich_text_preformatted": "pre"}.get(part["type"], "div")
    return f'<{tag} class="text">{inside or "&nbsp;"}</{tag}>'


def _rich_element(element: Mapping[str, Any]) -> str:
    match element["type"]:
        case "text":
            drawn = escape(element["text"])
        case "link":
            drawn = f'<a href="{escape(element["url"])}">{escape(element.get("text") or element["url"])}</a>'
        case "user":
            drawn = f'<span class="mention">@{escape(element["user_id"])}</span>'
        case "channel":
            drawn = f'<span class="mention">#{escape(element["channel_id"])}</span>'
        case "emoji":
            drawn = escape(f":{element['name']}:")
        case "date":
            drawn = escape(element.get("fallback", ""))
        case kind:
            raise AssertionError(f"no way to draw a {kind}")
    for name, tag in (("code", "code"), ("bold", "b"), ("italic", "i"), ("strike", "s")):
        if element.get("style", {}).get(name):
            drawn = f"<{tag}>{drawn}</{tag}>"
    return drawn


def _markdown(block: Mapping[str, Any]) -> str:
    drawn: str = MarkdownIt("commonmark", {"html": False}).render(block["text"])
    return drawn


def _words(text: Any) -> str:
    """Draw a text object."""
    if not text:
        return ""
    return _mrkdwn(text["text"]) if text["type"] == "mrkdwn" else escape(text["text"])


def _mrkdwn(text: str) -> str:
    """Draw what Slack makes of its own markup; the three letters that are escaped in it stay escaped in HTML."""
    for pattern, meaning in _MRKDWN:
        text = pattern.sub(meaning, text)
    return re.sub(r"(?m)^&gt; ?(.*)\n?", r"<blockquote>\1</blockquote>", text)


def seen_in(page_html: str) -> str:
    """Return the words of a page, for tests that have no browser."""
    body = page_html.partition("<main")[2]
    return unescape(re.sub(r"<[^>]+>", " ", f"<main{body}"))


def _elements(block: Mapping[str, Any]) -> str:
    return "".join(map(_element, block["elements"]))


_BLOCKS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "header": lambda block: _words(block["text"]),
    "section": _section,
    "context": _context,
    "actions": _elements,
    "context_actions": _elements,
    "rich_text": _rich_text,
    "markdown": _markdown,
    "image": _picture,
}
