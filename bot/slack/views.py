"""Draws forms as modals and a reply as the Home tab, and reads what was filled in."""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Self

from bot.slack.limits import (
    MAX_INPUT_CHARACTERS,
    MAX_LABEL_CHARACTERS,
    MAX_METADATA_CHARACTERS,
    MAX_OPTION_CHARACTERS,
    MAX_OPTIONS,
    MAX_PEOPLE,
    MAX_TITLE_CHARACTERS,
    MAX_VIEW_BLOCKS,
    MOST_RADIO_BUTTONS,
)
from bot.slack.render import Block, blocks_of, shortened
from handlers.replies import (
    ChoiceField,
    Choices,
    FieldProblem,
    Form,
    FormField,
    Naming,
    Paragraph,
    Part,
    Reply,
    TextField,
)
from handlers.wording.chat_apps import LINE_SUBMIT

FORM, LINE, NOTICE = "form", "line", "notice"
"""What a modal of ours is: a form, one line of text beside a button, or something to be read."""

VALUE = "value"
"""Action of the element of every field: its block names the field."""

PICKED = ".picked"
"""Ends the name of the block in which people are picked; its field has another block in which they are typed."""

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a modal carries from where it was opened to where it is sent. Nothing in it is a right."""

    verb: str
    value: str = ""
    place: str = ""
    """Address of the conversation that it was opened in."""

    message: str = ""
    """Slack's name of the message whose button opened it; empty for none."""

    @property
    def written(self) -> str:
        """The text that Slack keeps with the view."""
        text = json.dumps([self.verb, self.value, self.place, self.message], ensure_ascii=False)
        assert len(text) <= MAX_METADATA_CHARACTERS, "what a button carries fits into 2,000 characters"
        return text

    @classmethod
    def read(cls, text: str) -> Self:
        """Read it back.

        Raises
        ------
        ValueError
            Raised if we never wrote it.
        """
        read = json.loads(text)
        if not isinstance(read, list) or len(read) != 4 or not all(isinstance(each, str) for each in read):
            raise ValueError("not ours")
        verb, value, place, message = read
        return cls(verb=verb, value=value, place=place, message=message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """People who were picked in a field."""

    ids: tuple[str, ...]
    lines: str
    """What they became in the field's text: a line of name and e-mail address each."""


def form_in(reply: Reply) -> Form | None:
    """Return the form of a reply."""
    return next((part for part in reply.parts if isinstance(part, Form)), None)


def modal_of(
    reply: Reply, form: Form, *, place: str, message: str, picked: Mapping[str, Picked] = MappingProxyType({})
) -> dict[str, Any]:
    """Draw a form, with what else the reply says above it and what it offers below.

    Parameters
    ----------
    place, message
        Where it is opened from; see `Carried`.
    """
    # A title that is longer than Slack's line for it would be cut there: it stands whole above the fields, too.
    title = (Paragraph(text=form.title, is_headline=True),) if len(form.title) > MAX_TITLE_CHARACTERS else ()
    others = (part for part in reply.parts if not isinstance(part, Form | Choices) and not _is_title(part, form))
    before = Reply(parts=(*title, *others))
    # Nor is a button cut that says what sending does: it stands whole above a short one.
    is_long = len(form.submit_label) > MAX_TITLE_CHARACTERS
    sending = (Paragraph(text=f"{LINE_SUBMIT}: {form.submit_label}."),) if is_long else ()
    after = Reply(parts=(*sending, *(part for part in reply.parts if isinstance(part, Choices))))
    # A block that keeps its name keeps what was typed into it: a form that comes back is filled in as we say.
    mark = secrets.token_hex(3)
    fields = [block for field in form.fields for block in _field(field, mark, picked.get(field.name))]
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": Carried(verb=form.verb, value=form.value, place=place, message=message).written,
        "title": _label(form.title),
        "submit": _label(LINE_SUBMIT if is_long else form.submit_label),
        "close": _label("Cancel"),
        "blocks": [*blocks_of(before, in_message=False), *fields, *blocks_of(after, in_message=False)][
            :MAX_VIEW_BLOCKS
        ],
    }


def line_modal(
    label: str, *, verb: str, value: str, place: str, message: str, most: int, submit: str
) -> dict[str, Any]:
    """Draw a modal that asks for one line of text before a press."""
    field = TextField(name="text", label=label, is_multiline=True, max_characters=most)
    return {
        "type": "modal",
        "callback_id": LINE,
        "private_metadata": Carried(verb=verb, value=value, place=place, message=message).written,
        "title": _label("Postwise"),
        "submit": _label(submit),
        "close": _label("Cancel"),
        "blocks": list(_field(field, secrets.token_hex(3))),
    }


def notice_of(reply: Reply, *, place: str, message: str, title: str = "Postwise") -> dict[str, Any]:
    """Draw something to be read."""
    blocks = blocks_of(reply, in_message=False)
    return {
        "type": "modal",
        "callback_id": NOTICE,
        "private_metadata": Carried(verb="", place=place, message=message).written,
        "title": _label(title),
        "close": _label("Done"),
        "blocks": blocks[:MAX_VIEW_BLOCKS],
    }


def home_of(reply: Reply) -> dict[str, Any]:
    """Draw the Home tab; a line parts what begins with a headline from what stands above it."""
    blocks: list[Block] = []
    for number, part in enumerate(reply.parts):
        if number and isinstance(part, Paragraph) and part.is_headline:
            blocks.append({"type": "divider"})
        blocks += blocks_of(Reply(parts=(part,)), in_message=False)
    for number, element in enumerate(
        each for block in blocks for each in block.get("elements", ()) if "action_id" in each
    ):
        element["action_id"] = f"{element['action_id'].partition('/')[0]}/{number}"
    return {"type": "home", "callback_id": "home", "blocks": blocks[:MAX_VIEW_BLOCKS]}


def errors_of(form: Form, view: Mapping[str, Any], values: Values) -> dict[str, str] | None:
    """Return what Slack shows at the fields of a view that was sent; None where the form has become another one."""
    blocks = {_name_of(block["block_id"]): block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    problems = {field.name: field.problem for field in form.fields if field.problem is not None}
    has_same_fields = {field.name for field in form.fields} == {name.removesuffix(PICKED) for name in blocks}
    if not problems or not has_same_fields:
        return None
    # People are picked rather than typed: where nothing was typed, what is wrong stands where they are picked.
    typed = typed_in(values)
    places = {name: blocks[name] if typed.get(name) else blocks.get(name + PICKED, blocks[name]) for name in problems}
    return {places[name]: _sentence(problem) for name, problem in problems.items()}


def typed_in(values: Values) -> dict[str, str]:
    """Return what was typed and chosen, by field; of people who were picked nothing."""
    typed: dict[str, str] = {}
    for block_id, elements in values.items():
        name = _name_of(block_id)
        element = elements.get(VALUE)
        if isinstance(element, Mapping) and not name.endswith(PICKED):
            chosen = element.get("selected_option") or {}
            typed[name] = str(element.get("value") or chosen.get("value") or "")
    return typed


def picked_in(values: Values) -> dict[str, tuple[str, ...]]:
    """Return by field the ids of the people who were picked."""
    picked: dict[str, tuple[str, ...]] = {}
    for block_id, elements in values.items():
        name = _name_of(block_id)
        element = elements.get(VALUE)
        if isinstance(element, Mapping) and name.endswith(PICKED):
            ids = element.get("selected_users") or [element.get("selected_user")]
            picked[name.removesuffix(PICKED)] = tuple(str(each) for each in ids if each)
    return picked


def block_of(field: str, view: Mapping[str, Any], *, picked: bool = False) -> str:
    """Return the name of the block that a field has in a view; that of the first input where it has none."""
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    wanted = field + PICKED if picked else field
    return next((block_id for block_id in inputs if _name_of(block_id) == wanted), inputs[0] if inputs else "")


def _field(field: FormField, mark: str, picked: Picked | None = None) -> Iterator[Block]:
    if isinstance(field, ChoiceField):
        yield from _choice(field, mark)
    elif field.people is Naming.NOBODY:
        yield _input(
            field.name, mark, label=field.label, hint=field.hint, is_required=field.is_required, element=_line(field)
        )
    else:
        picker: dict[str, Any] = {"type": "users_select"}
        if field.people is Naming.SEVERAL:
            picker = {"type": "multi_users_select", "max_selected_items": MAX_PEOPLE}
        if picked is not None and picked.ids and field.value.startswith(picked.lines):
            is_several = field.people is Naming.SEVERAL
            picker["initial_users" if is_several else "initial_user"] = (
                list(picked.ids) if is_several else picked.ids[0]
            )
            field = replace(field, value=field.value.removeprefix(picked.lines).strip())
        either = "Needed: pick here, or type below." if field.is_required else "Pick here, or type below."
        yield _input(f"{field.name}{PICKED}", mark, label=field.label, hint=either, is_required=False, element=picker)
        hint = field.hint or "The e-mail address."
        yield _input(
            field.name, mark, label="… or whoever is not in Slack", hint=hint, is_required=False, element=_line(field)
        )
    if field.problem is not None:
        parts: tuple[Part, ...] = (Paragraph(text=f"⚠ {field.problem.text}", is_headline=True),)
        if field.problem.quote is not None:
            parts = (*parts, field.problem.quote)
        yield from blocks_of(Reply(parts=parts), in_message=False)


def _choice(field: ChoiceField, mark: str) -> Iterator[Block]:
    assert len(field.options) <= MAX_OPTIONS, "no choice of ours has as many"
    labels = [option.label for option in field.options]
    if any(len(label) > MAX_OPTION_CHARACTERS for label in labels):
        # Whole above, where Slack lets nothing long be chosen.
        labels = [f"{number}. {label}" for number, label in enumerate(labels, start=1)]
        yield from blocks_of(Reply(parts=tuple(Paragraph(text=label) for label in labels)), in_message=False)
    options = [
        {"text": _plain(shortened(label, MAX_OPTION_CHARACTERS)), "value": option.value}
        for label, option in zip(labels, field.options, strict=True)
    ]
    is_short = len(options) <= MOST_RADIO_BUTTONS and field.is_required
    element: dict[str, Any] = {"type": "radio_buttons" if is_short else "static_select", "options": options}
    chosen = next((option for option in options if option["value"] == field.value), None)
    if chosen is not None:
        element["initial_option"] = chosen
    yield _input(field.name, mark, label=field.label, hint=field.hint, is_required=field.is_required, element=element)


def _line(field: TextField) -> dict[str, Any]:
    most = min(field.max_characters, MAX_INPUT_CHARACTERS)
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "multiline": field.is_multiline or field.people is Naming.SEVERAL,
        "max_length": most,
    }
    if field.value:
        element["initial_value"] = field.value[:most]
    return element


def _input(name: str, mark: str, *, label: str, hint: str, is_required: bool, element: dict[str, Any]) -> Block:
    drawn: Block = {
        "type": "input",
        "block_id": f"{name}~{mark}",
        "label": _plain(label[:MAX_LABEL_CHARACTERS]),
        "optional": not is_required,
        "element": {**element, "action_id": VALUE},
    }
    if hint:
        drawn["hint"] = _plain(hint[:MAX_LABEL_CHARACTERS])
    return drawn


def _sentence(problem: FieldProblem) -> str:
    """Say what is wrong with a field: Slack shows plain text there, in which a clause stands whole all the same."""
    if problem.quote is None:
        return problem.text
    lead_in = f"{problem.quote.lead_in} " if problem.quote.lead_in else ""
    where = f"{problem.quote.section}. {problem.quote.document}"
    return f"{problem.text}\n“{lead_in}{problem.quote.text}”\n{where}"


def _is_title(part: Part, form: Form) -> bool:
    return isinstance(part, Paragraph) and part.is_headline and part.text == form.title


def _name_of(block_id: str) -> str:
    return block_id.partition("~")[0]


def _label(text: str) -> dict[str, Any]:
    """Shorten a title where a word ends."""
    if len(text) > MAX_TITLE_CHARACTERS:
        text = text[: text.rfind(" ", 0, MAX_TITLE_CHARACTERS)] + "…"
    return _plain(shortened(text, MAX_TITLE_CHARACTERS))


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def is_ours(view: object) -> bool:
    """Tell whether a view has the shape of those that we opened, so that it can be read."""
    if not isinstance(view, Mapping) or not isinstance(view.get("blocks"), list):
        return False
    blocks: Sequence[object] = view["blocks"]
    return all(
        isinstance(block, Mapping) and isinstance(block.get("type"), str) and isinstance(block.get("block_id", ""), str)
        for block in blocks
    )
