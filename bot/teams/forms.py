"""Draws the fields of a form as inputs of an Adaptive Card."""

from typing import Any

from handlers.replies import ChoiceField, FormField, TextField

NO_ANSWER = "(no answer)"
"""What the choice of nothing carries: a choice of a card has to carry something. Read as an empty field."""

MOST_RADIO_BUTTONS = 4
"""With more options than this, a choice is a list that opens."""


def fields_of(field: FormField, number: int) -> dict[str, Any]:
    """Draw one field, filled in as it was.

    Parameters
    ----------
    number
        Of the form among the parts of its message: the name of the input begins with it.
    """
    drawn: dict[str, Any] = {
        "id": f"{number}:{field.name}",
        "label": field.label if field.is_required else f"{field.label} (optional)",
        "isRequired": field.is_required,
    }
    if field.is_required:
        drawn["errorMessage"] = f"Please fill in: {field.label}"
    if field.value:
        drawn["value"] = field.value
    match field:
        case TextField():
            drawn |= {"type": "Input.Text", "maxLength": field.max_characters, "isMultiline": field.is_multiline}
        case ChoiceField():
            choices = [{"title": option.label, "value": option.value} for option in field.options]
            if not field.is_required:
                choices.append({"title": "No answer", "value": NO_ANSWER})
            style = "expanded" if len(choices) <= MOST_RADIO_BUTTONS else "compact"
            drawn |= {"type": "Input.ChoiceSet", "style": style, "choices": choices, "wrap": True}
            if style == "compact" and field.is_required:
                drawn["placeholder"] = "Choose…"
    return drawn
