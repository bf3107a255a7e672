"""Says what Slack would refuse in what we send, and what we would be sorry for: the shape oracle of all Slack tests.

Shapes come from Slack's own types (tests/data/slack/README.md). Lengths, and our own rules, stand in the tables here: no
type knows them. Characters are counted as Python counts them; how Slack counts those outside the Basic Multilingual
Plane is not documented.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

DATA = Path(__file__).parents[1] / "data" / "slack"

_REFERENCE = "https://docs.slack.dev/reference/"
_BLOCKS = f"{_REFERENCE}block-kit/blocks/"
_ELEMENTS = f"{_REFERENCE}block-kit/block-elements/"
_OBJECTS = f"{_REFERENCE}block-kit/composition-objects/"
_MANIFEST = f"{_REFERENCE}app-manifest"

MAX_MESSAGE_BLOCKS = 50
"""Blocks of one message. Source: https://docs.slack.dev/reference/block-kit/blocks"""

MAX_VIEW_BLOCKS = 100
"""Blocks of a modal or a Home tab. Source: https://docs.slack.dev/reference/views"""

MAX_VIEW_BYTES = 250_000
"""A view as JSON. Source: https://docs.slack.dev/reference/methods/views.open (view_too_large)"""

MAX_MESSAGE_CHARACTERS = 13_200
"""All that is to be read in the blocks of one message; measured by others, as msg_blocks_too_long.

Source: https://github.com/slackapi/bolt-js/issues/2509
"""

MAX_MARKDOWN_CHARACTERS = 12_000
"""All markdown blocks of one message together. Source: https://docs.slack.dev/reference/block-kit/blocks/markdown-block"""

MAX_TEXT_CHARACTERS = 40_000
"""Text of a message before it is cut off. Source: https://docs.slack.dev/changelog/2018-truncating-really-long-messages"""

OUR_MAX_TEXT_CHARACTERS = 4_000
"""What Slack recommends, and we keep to. Source: https://docs.slack.dev/reference/methods/chat.postMessage"""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long one field of one kind of object may be."""

    kind: str
    """Its `type`; for an object without one, its part (`_KINDS_BY_PLACE`); `*` for every object."""

    field: str
    most: int
    """Characters of a string or of a text object's text, items of a list."""

    source: str
    least: int = 0


LIMITS = (
    Limit("*", "block_id", 255, _BLOCKS, 1),
    Limit("*", "action_id", 255, _ELEMENTS, 1),
    Limit("*", "callback_id", 255, f"{_REFERENCE}views", 1),
    Limit("*", "external_id", 255, f"{_REFERENCE}views", 1),
    Limit("*", "placeholder", 150, f"{_ELEMENTS}plain-text-input-element", 1),
    Limit("*", "accessibility_label", 75, f"{_ELEMENTS}button-element", 1),
    Limit("plain_text", "text", 3000, f"{_OBJECTS}text-object", 1),
    Limit("mrkdwn", "text", 3000, f"{_OBJECTS}text-object", 1),
    Limit("section", "text", 3000, f"{_BLOCKS}section-block", 1),
    Limit("section", "fields", 10, f"{_BLOCKS}section-block", 1),
    Limit("header", "text", 150, f"{_BLOCKS}header-block", 1),
    Limit("context", "elements", 10, f"{_BLOCKS}context-block", 1),
    Limit("actions", "elements", 25, f"{_BLOCKS}actions-block", 1),
    Limit("context_actions", "elements", 5, f"{_BLOCKS}context-actions-block", 1),
    Limit("markdown", "text", 12_000, f"{_BLOCKS}markdown-block", 1),
    Limit("input", "label", 2000, f"{_BLOCKS}input-block", 1),
    Limit("input", "hint", 2000, f"{_BLOCKS}input-block", 1),
    Limit("image", "alt_text", 2000, f"{_BLOCKS}image-block"),
    Limit("image", "title", 2000, f"{_BLOCKS}image-block", 1),
    Limit("image", "image_url", 3000, f"{_BLOCKS}image-block", 1),
    Limit("button", "text", 75, f"{_ELEMENTS}button-element", 1),
    Limit("button", "value", 2000, f"{_ELEMENTS}button-element"),
    Limit("button", "url", 3000, f"{_ELEMENTS}button-element", 1),
    Limit("feedback_button", "text", 75, f"{_ELEMENTS}feedback-buttons-element", 1),
    Limit("feedback_button", "value", 2000, f"{_ELEMENTS}feedback-buttons-element"),
    Limit("option", "text", 75, f"{_OBJECTS}option-object", 1),
    Limit("option", "value", 150, f"{_OBJECTS}option-object", 1),
    Limit("option", "description", 75, f"{_OBJECTS}option-object", 1),
    Limit("option_group", "label", 75, f"{_OBJECTS}option-group-object", 1),
    Limit("option_group", "options", 100, f"{_OBJECTS}option-group-object", 1),
    Limit("static_select", "options", 100, f"{_ELEMENTS}select-menu-element", 1),
    Limit("static_select", "option_groups", 100, f"{_ELEMENTS}select-menu-element", 1),
    Limit("multi_static_select", "options", 100, f"{_ELEMENTS}multi-select-menu-element", 1),
    Limit("multi_static_select", "option_groups", 100, f"{_ELEMENTS}multi-select-menu-element", 1),
    Limit("radio_buttons", "options", 10, f"{_ELEMENTS}radio-button-group-element", 1),
    Limit("checkboxes", "options", 10, f"{_ELEMENTS}checkboxes-element", 1),
    Limit("overflow", "options", 5, f"{_ELEMENTS}overflow-menu-element", 1),
    Limit("plain_text_input", "initial_value", 3000, f"{_ELEMENTS}plain-text-input-element"),
    Limit("confirm", "title", 100, f"{_OBJECTS}confirmation-dialog-object", 1),
    Limit("confirm", "text", 300, f"{_OBJECTS}confirmation-dialog-object", 1),
    Limit("confirm", "confirm", 30, f"{_OBJECTS}confirmation-dialog-object", 1),
    Limit("confirm", "deny", 30, f"{_OBJECTS}confirmation-dialog-object", 1),
    Limit("modal", "title", 24, f"{_REFERENCE}views", 1),
    Limit("modal", "submit", 24, f"{_REFERENCE}views", 1),
    Limit("modal", "close", 24, f"{_REFERENCE}views", 1),
    Limit("modal", "private_metadata", 3000, f"{_REFERENCE}views"),
    Limit("modal", "blocks", MAX_VIEW_BLOCKS, f"{_REFERENCE}views"),
    Limit("home", "private_metadata", 3000, f"{_REFERENCE}views"),
    Limit("home", "blocks", MAX_VIEW_BLOCKS, f"{_REFERENCE}views"),
    # An element of rich text that says nothing is refused; the type does not know it.
    Limit("text", "text", 12_000, f"{_BLOCKS}rich-text-block", 1),
    Limit("message", "blocks", MAX_MESSAGE_BLOCKS, _BLOCKS),
    Limit(
        "message", "text", MAX_TEXT_CHARACTERS, "https://docs.slack.dev/changelog/2018-truncating-really-long-messages"
    ),
    Limit("status", "loading_messages", 10, f"{_REFERENCE}methods/assistant.threads.setStatus"),
    Limit("suggestions", "prompts", 4, f"{_REFERENCE}methods/assistant.threads.setSuggestedPrompts", 1),
)
"""What Slack takes at most."""

MANIFEST_LIMITS = (
    Limit("display_information", "name", 35, _MANIFEST, 1),
    Limit("display_information", "description", 140, _MANIFEST, 1),
    # The page says 174 at least; the schema that Slack publishes beside it says 175. Both are kept.
    Limit("display_information", "long_description", 4000, _MANIFEST, 175),
    Limit("bot_user", "display_name", 80, _MANIFEST, 1),
    Limit("agent_view", "agent_description", 300, _MANIFEST),
    Limit("agent_view", "suggested_prompts", 4, _MANIFEST),
    Limit("features", "shortcuts", 10, _MANIFEST, 1),
    Limit("features", "slash_commands", 50, _MANIFEST, 1),
    Limit("shortcuts", "name", 24, _MANIFEST, 1),
    Limit("shortcuts", "callback_id", 255, _MANIFEST, 1),
    Limit("shortcuts", "description", 150, _MANIFEST, 1),
    Limit("slash_commands", "command", 32, _MANIFEST, 2),
    Limit("slash_commands", "description", 2000, _MANIFEST, 1),
    Limit("slash_commands", "usage_hint", 1000, _MANIFEST, 1),
    Limit("oauth_config", "redirect_urls", 1000, _MANIFEST),
    Limit("event_subscriptions", "bot_events", 100, _MANIFEST),
    Limit("event_subscriptions", "user_events", 100, _MANIFEST),
)
"""What a manifest takes at most; `kind` is the name of its part."""

_MANIFEST_PARTS = {"$schema", "_metadata", "display_information", "features", "oauth_config", "settings"}

_SOMEWHERE_BLOCKS = {"actions", "context", "divider", "header", "image", "input", "rich_text", "section"}
_BLOCKS_OF = {
    "message": _SOMEWHERE_BLOCKS | {"context_actions", "markdown", "table"},
    "modal": _SOMEWHERE_BLOCKS,
    "home": _SOMEWHERE_BLOCKS | {"table"},
}
"""Blocks that may stand in each place, of those that we might use: thumbs and Markdown are for messages alone.

Source: the surfaces named on the page of each block, and the same list in slackblocks 3.0.0.
"""

_MESSAGE_METHODS = {"chat.postMessage", "chat.update", "chat.postEphemeral"}
_VIEW_METHODS = {"views.open": "modal", "views.push": "modal", "views.update": "", "views.publish": "home"}

_NOT_IN_THE_TYPES = {"chat.postMessage": {"client_msg_id"}}
"""Arguments that we send beside those of the types. Slack's own clients send `client_msg_id`, and the errors of
chat.postMessage name it (duplicate_message_not_found)."""

_KINDS_BY_PLACE = {
    "options": "option",
    "initial_option": "option",
    "initial_options": "option",
    "option_groups": "option_group",
    "confirm": "confirm",
    "positive_button": "feedback_button",
    "negative_button": "feedback_button",
}
"""Objects without a `type`, told by the field that holds them."""

_ALLOWED_MARKUP = re.compile(r"<@[UW][A-Z0-9]+>|<#C[A-Z0-9]+>|<!date\^[^<>]+>|<https://[^\s<>|]+(?:\|[^<>|\n]+)?>")
"""The markup that we write ourselves. Source: https://docs.slack.dev/messaging/formatting-message-text"""

_BARE_AMPERSAND = re.compile(r"&(?!amp;|lt;|gt;)")
_OPAQUE = re.compile(r"[A-Za-z0-9_.:/|-]{1,255}")
"""A key: it names nobody and says nothing, since every member of a channel may read metadata."""

_MESSAGE_BODY = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "response_type": {"enum": ["ephemeral", "in_channel"]},
        "replace_original": {"type": "boolean"},
        "delete_original": {"type": "boolean"},
        "text": {"type": "string"},
        "blocks": {"type": "array", "items": {"$ref": "#/definitions/KnownBlock"}},
        "thread_ts": {"type": "string"},
        "unfurl_links": {"type": "boolean"},
        "unfurl_media": {"type": "boolean"},
    },
}
"""What a response_url and the answer to a command take; no type says it.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

_SUBMISSION_BODY = {
    "errors": {
        "type": "object",
        "additionalProperties": False,
        "required": ["response_action", "errors"],
        "properties": {
            "response_action": {"const": "errors"},
            "errors": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {"type": "string", "minLength": 1},
            },
        },
    },
    "clear": {
        "type": "object",
        "additionalProperties": False,
        "required": ["response_action"],
        "properties": {"response_action": {"const": "clear"}},
    },
    **{
        action: {
            "type": "object",
            "additionalProperties": False,
            "required": ["response_action", "view"],
            "properties": {"response_action": {"const": action}, "view": {"$ref": "#/definitions/ModalView"}},
        }
        for action in ("update", "push")
    },
}
"""What the answer to a submitted view may be. Source: https://docs.slack.dev/surfaces/modals#response_actions"""


def problems_of_call(method: str, arguments: Mapping[str, Any]) -> list[str]:
    """Find what is wrong with a call of the Web API.

    Parameters
    ----------
    method
        Its name, as in the address: `chat.postMessage`.
    arguments
        As JSON values: blocks, view and metadata read from the strings they travel in. See `arguments_of_form`.

    Returns
    -------
    list[str]
        One sentence a problem, each with the place it is at. Empty where nothing is wrong.
    """
    if method not in _definitions("arguments"):
        return [f"{method}: no method that we call"]
    known = {name: value for name, value in arguments.items() if name not in _NOT_IN_THE_TYPES.get(method, ())}
    problems = _misshapen("arguments", {"$ref": f"#/definitions/{method}"}, known)
    if method in _MESSAGE_METHODS:
        problems += _problems_of_message(known)
        problems += _problems_of_metadata(known.get("metadata"))
    if method == "chat.postMessage":
        problems += [
            f"{name}: is not False" for name in ("unfurl_links", "unfurl_media") if known.get(name) is not False
        ]
    if method in _VIEW_METHODS:
        problems += _problems_of_view(known.get("view"), kind=_VIEW_METHODS[method])
    if method == "assistant.threads.setSuggestedPrompts":
        problems += _past_limits("", "suggestions", known)
        if "thread_ts" in known:
            # Source: https://docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts
            problems.append("thread_ts: makes the call fail silently, since we are an agent")
    if method == "assistant.threads.setStatus":
        problems += _past_limits("", "status", known)
    if method == "files.completeUploadExternal" and isinstance(known.get("initial_comment"), str):
        problems += _markup("initial_comment", known["initial_comment"])
    return problems


def problems_of_response(body: object, *, view: Mapping[str, Any] | None = None) -> list[str]:
    """Find what is wrong with the answer to a command, to a submitted view, or with what is sent to a response_url.

    Parameters
    ----------
    body
        Nothing (None, "" or {}), a plain text, a message, or an object with a `response_action`.
    view
        The view that was submitted: then errors must stand at its inputs. Slack shows no other ones.

    Returns
    -------
    list[str]
        One sentence a problem. Empty where nothing is wrong.
    """
    match body:
        case None | "":
            return []
        case str():
            return list(_markup("", body))
        case dict() if "response_action" in body:
            return _problems_of_submission_answer(body, view)
        case dict():
            return _problems_of_message_answer(body) if body else []
        case _:
            return ["the body is neither a text nor an object"]


def problems_of_manifest(manifest: Mapping[str, Any]) -> list[str]:
    """Find what is wrong with an app manifest. Unknown scopes and events are problems, too.

    Returns
    -------
    list[str]
        One sentence a problem. Empty where nothing is wrong.
    """
    problems = _misshapen("manifest", {"$ref": "#/definitions/Manifest"}, manifest)
    problems += [f"{name}: no part of a manifest" for name in manifest if name not in _MANIFEST_PARTS]
    features = manifest.get("features", {})
    if "assistant_view" in features:
        beside = " beside agent_view" if "agent_view" in features else ""
        problems.append(f"features.assistant_view: stands there{beside}; new apps have agent_view alone")
    for path, name, part in _parts(manifest):
        problems += _past_limits(path, name, part, table=MANIFEST_LIMITS)
        for key, value in part.items():
            problems += _problems_of_addresses(f"{path}.{key}", key, value)
            if key in ("bot_events", "user_events", "bot", "user") and len(set(map(str, value))) != len(value):
                problems.append(f"{path}.{key}: names something twice")
        if name == "slash_commands" and re.fullmatch(r"/[a-z0-9_-]+", str(part.get("command"))) is None:
            problems.append(f"{path}.command: {part.get('command')!r} is no name of a command")
    return problems


def arguments_of_form(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of a call that came as a form, as JSON values.

    `slack_sdk` 3.47 writes true as "1", and some methods always as a form.
    """
    return {name: _value_of(name, text) for name, text in form.items()}


def _value_of(name: str, text: str) -> Any:
    """Read one field of a form by what its name says."""
    if name in ("blocks", "view", "metadata", "prompts", "files", "loading_messages", "errors"):
        return json.loads(text)
    if name in ("limit", "length"):
        return int(text)
    if name in ("include_all_metadata", "inclusive", "include_num_members", "include_locale", "return_im"):
        return text in ("1", "true")
    return text


def _problems_of_message(message: Mapping[str, Any]) -> list[str]:
    """Check what every message keeps to, wherever it is sent."""
    problems = list(_past_limits("", "message", message))
    text = message.get("text")
    if not isinstance(text, str) or not text.strip():
        # Readers of a screen, and notifications, have nothing else.
        problems.append("text: is missing or empty")
    else:
        problems += _markup("text", text)
        if len(text) > OUR_MAX_TEXT_CHARACTERS:
            problems.append(f"text: {len(text)} characters, {OUR_MAX_TEXT_CHARACTERS} at most")
    # Either makes names of people and channels out of what somebody typed.
    problems += [
        f"{name}: is set" for name in ("link_names", "parse") if message.get(name) not in (None, False, "none")
    ]
    blocks = message.get("blocks") or []
    problems += _problems_of_blocks(blocks, "blocks", place="message")
    markdown = sum(len(str(block.get("text"))) for _, kind, block in _objects(blocks, "") if kind == "markdown")
    if markdown > MAX_MARKDOWN_CHARACTERS:
        problems.append(f"blocks: {markdown} characters of Markdown, {MAX_MARKDOWN_CHARACTERS} at most")
    total = sum(len(words) for words in _words(blocks))
    if total > MAX_MESSAGE_CHARACTERS:
        problems.append(f"blocks: {total} characters in all, {MAX_MESSAGE_CHARACTERS} at most")
    return problems


def _problems_of_metadata(metadata: object) -> list[str]:
    """Check that metadata carries a key, and nothing that says anything."""
    match metadata:
        case None:
            return []
        case {"event_type": str(), "event_payload": {"key": str(key), **rest}} if not rest and _OPAQUE.fullmatch(key):
            return []
        case _:
            return ["metadata: carries more or less than an opaque key"]


def _problems_of_view(view: object, *, kind: str, at: str = "view") -> list[str]:
    """Check a modal or a Home tab; without a kind, either."""
    if not isinstance(view, dict):
        return [f"{at}: is no object"]
    blocks = view.get("blocks") or []
    problems = list(_past_limits(at, str(view.get("type")), view))
    if kind and view.get("type") != kind:
        problems.append(f"{at}.type: is {view.get('type')!r}, not {kind!r}")
    if len(json.dumps(view, ensure_ascii=False).encode()) > MAX_VIEW_BYTES:
        problems.append(f"{at}: more than {MAX_VIEW_BYTES} bytes")
    if view.get("type") == "modal" and _input_blocks(view) and "submit" not in view:
        problems.append(f"{at}.submit: is missing, and there are inputs")
    if len([element for _, _, element in _objects(blocks, at) if element.get("focus_on_load")]) > 1:
        problems.append(f"{at}: focus_on_load stands at two elements")
    return problems + _problems_of_blocks(blocks, f"{at}.blocks", place=str(view.get("type")))


def _problems_of_submission_answer(body: Mapping[str, Any], view: Mapping[str, Any] | None) -> list[str]:
    action = body["response_action"]
    if action not in _SUBMISSION_BODY:
        return [f"response_action: {action!r} is none"]
    problems = _misshapen("arguments", _SUBMISSION_BODY[action], body)
    if action in ("update", "push"):
        problems += _problems_of_view(body.get("view"), kind="modal")
    if action == "errors" and view is not None and isinstance(body.get("errors"), dict):
        inputs = _input_blocks(view)
        problems += [f"errors.{name}: no input of the view" for name in body["errors"] if name not in inputs]
    return problems


def _problems_of_message_answer(body: Mapping[str, Any]) -> list[str]:
    problems = _misshapen("arguments", _MESSAGE_BODY, body)
    if body.get("response_type") == "in_channel":
        problems.append("response_type: everybody in the channel would read it")
    problems += [f"{name}: is set" for name in ("unfurl_links", "unfurl_media") if body.get(name)]
    if set(body) == {"delete_original"}:
        return problems
    return problems + _problems_of_message(body)


def _problems_of_blocks(blocks: Any, at: str, *, place: str) -> list[str]:
    """Check places, lengths, names, markup and choices in blocks."""
    problems = [
        f"{at}[{number}]: {block.get('type')!r} does not stand in a {place}"
        for number, block in enumerate(blocks)
        if isinstance(block, dict) and block.get("type") not in _BLOCKS_OF.get(place, ())
    ]
    seen: dict[tuple[str, str], str] = {}
    for path, kind, found in _objects(blocks, at):
        problems += _past_limits(path, kind, found)
        # Slack wants an action to be unique inside its block; ours are in the whole message, but for inputs, where
        # the block alone is the name of the field.
        for name in ("block_id",) if path.endswith("].element") else ("block_id", "action_id"):
            if isinstance(found.get(name), str):
                first = seen.setdefault((name, found[name]), path)
                if first != path:
                    problems.append(f"{path}.{name}: {found[name]!r} is taken by {first}")
        if kind in ("mrkdwn", "markdown") and isinstance(found.get("text"), str):
            problems += _markup(f"{path}.text", found["text"], is_markdown=kind == "markdown")
        if kind == "section" and not found.get("text") and not found.get("fields"):
            problems.append(f"{path}: neither text nor fields")
        if kind == "section":
            for number, field in enumerate(found.get("fields") or ()):
                problems += _past_limits(f"{path}.fields[{number}]", "field", field, table=_FIELD_LIMITS)
        if kind in ("broadcast", "usergroup"):
            problems.append(f"{path}: {kind} would wake many people")
        problems += _problems_of_addresses(f"{path}.url", "url", found.get("url"))
        problems += _problems_of_choices(path, kind, found)
    return problems


_FIELD_LIMITS = (Limit("field", "text", 2000, f"{_BLOCKS}section-block", 1),)


def _problems_of_choices(path: str, kind: str, element: Mapping[str, Any]) -> Iterator[str]:
    """Check what an input is filled with beforehand, and that no two of its options stand for the same."""
    if kind == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if not 0 <= least <= 3000 or not 1 <= most <= 3000 or least > most:
            yield f"{path}: min_length {least} and max_length {most} do not fit 0 to 3000"
        elif len(str(element.get("initial_value", ""))) > most:
            yield f"{path}.initial_value: longer than max_length"
    options = element.get("options")
    if not isinstance(options, list):
        return
    values = [option.get("value") for option in options if isinstance(option, dict)]
    if kind != "option_group" and len(set(map(str, values))) != len(values):
        yield f"{path}.options: two have the same value"
    chosen = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    if any(option not in options for option in chosen):
        yield f"{path}: the first choice is none of the options"


def _past_limits(path: str, kind: str, found: Any, *, table: Sequence[Limit] = LIMITS) -> Iterator[str]:
    """Yield the fields of an object that are too long, too short or too many."""
    if not isinstance(found, dict | Mapping):
        return
    for limit in table:
        if limit.kind not in ("*", kind) or limit.field not in found:
            continue
        size = _size(found[limit.field])
        if size is not None and not limit.least <= size <= limit.most:
            at = f"{path}.{limit.field}".removeprefix(".")
            yield f"{at}: {size} long, {limit.least} to {limit.most} ({limit.source})"


def _size(value: Any) -> int | None:
    match value:
        case str() | list():
            return len(value)
        case {"text": str(text)}:
            return len(text)
        case _:
            return None


def _markup(path: str, text: str, *, is_markdown: bool = False) -> Iterator[str]:
    """Yield the markup that we did not mean: what a person typed has to be escaped.

    Source: https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    rest = _ALLOWED_MARKUP.sub("", text)
    place = rest.find("<")
    if place >= 0:
        yield f"{path}: {rest[place : place + 20]!r} is markup that we never write"
    if is_markdown:
        return
    if re.search(r"(?m)(?<!^)>", rest):
        yield f"{path}: a bare '>'"
    if _BARE_AMPERSAND.search(rest):
        yield f"{path}: a bare '&'"


def _objects(value: Any, path: str, place: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each object with its path and its kind, from the outside in."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _objects(item, f"{path}[{number}]", place)
    elif isinstance(value, dict):
        kind = value.get("type")
        yield path, kind if isinstance(kind, str) else _KINDS_BY_PLACE.get(place, ""), value
        for name, inner in value.items():
            yield from _objects(inner, f"{path}.{name}", name)


def _words(blocks: Any) -> Iterator[str]:
    """Yield all that is to be read in blocks."""
    for _, _, found in _objects(blocks, ""):
        if isinstance(found.get("text"), str):
            yield found["text"]


def _input_blocks(view: Mapping[str, Any]) -> set[str]:
    """Return the names of a view's inputs; one without a name counts as one, too."""
    return {str(block.get("block_id", "")) for block in view.get("blocks") or () if block.get("type") == "input"}


def _parts(manifest: Any, path: str = "", name: str = "") -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield the parts of a manifest, each with its path and name."""
    if isinstance(manifest, list):
        for number, item in enumerate(manifest):
            yield from _parts(item, f"{path}[{number}]", name)
    elif isinstance(manifest, Mapping):
        yield path, name, manifest
        for key, value in manifest.items():
            yield from _parts(value, f"{path}.{key}".removeprefix("."), key)


def _problems_of_addresses(path: str, name: str, value: Any) -> Iterator[str]:
    """Yield addresses that are not https."""
    if name.endswith(("url", "urls")):
        addresses = value if isinstance(value, list) else [value]
        if any(isinstance(address, str) and not address.startswith("https://") for address in addresses):
            yield f"{path}: no https address".removeprefix(".")


@cache
def _definitions(name: str) -> dict[str, Any]:
    """Read a file of schemas."""
    found: dict[str, Any] = json.loads((DATA / f"{name}.schema.json").read_text(encoding="utf-8"))["definitions"]
    return found


def _misshapen(name: str, schema: Mapping[str, Any], value: Any) -> list[str]:
    """Return where a value is not of its shape."""
    validator = Draft7Validator({**schema, "definitions": _definitions(name)})
    return [problem for error in validator.iter_errors(value) for problem in _told(error)]


def _told(error: ValidationError) -> list[str]:
    """Say an error; of alternatives, only what keeps the likeliest one from fitting."""
    at = error.json_path.removeprefix("$").removeprefix(".")
    if error.validator not in ("anyOf", "oneOf"):
        return [f"{at}: {error.message[:200]}".removeprefix(": ")]
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(int(inner.relative_schema_path[0]), []).append(inner)
    likely = [errors for errors in branches.values() if not any(map(_is_of_another_kind, errors))]
    if not likely:
        kind = error.instance.get("type") if isinstance(error.instance, dict) else error.instance
        return [f"{at}: {str(kind)[:80]!r} is nothing that can stand here"]
    # A whole field too many or too few speaks against an alternative more than faults deep inside a field.
    nearest = min(
        likely, key=lambda errors: (sum(map(_weight, errors)), -max(len(one.relative_path) for one in errors))
    )
    return [problem for inner in nearest for problem in _told(inner)]


def _is_of_another_kind(error: ValidationError) -> bool:
    """Tell whether an alternative is for objects of another type, however deep it is nested in alternatives."""
    if error.validator in ("const", "enum") and list(error.relative_path) == ["type"]:
        return True
    if error.validator == "type" and not error.relative_path:
        return True
    if error.validator not in ("anyOf", "oneOf") or error.relative_path:
        return False
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(int(inner.relative_schema_path[0]), []).append(inner)
    return all(any(map(_is_of_another_kind, errors)) for errors in branches.values())


def _weight(error: ValidationError) -> int:
    """Count the fields that an object has too many or too few."""
    if error.relative_path:
        return 0
    if error.validator == "additionalProperties" and isinstance(error.schema, Mapping):
        instance: Any = error.instance
        return len(set(instance) - set(error.schema["properties"]))
    return 1
