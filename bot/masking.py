"""Masks personal data in what a person typed, before anything else sees it."""

from dataclasses import replace

from handlers.incoming import FORM_FIELDS, KEPT_AS_TYPED, FormSubmission, Incoming, Press, Question, ThreadMessage
from knowledge.personal_data import find_personal_data, mask

LONGEST_KEPT_CHARACTERS = 4500
"""What of a message is masked and handed on: more than is ever read, so that a cut can be told from a short message."""


def masked_incoming(incoming: Incoming) -> Incoming:
    """Return the event with personal data masked in everything a person typed, but for what a form records."""
    match incoming:
        case Question():
            return replace(incoming, text=mask(_cut(incoming.text)))
        case Press():
            return replace(incoming, fields={name: mask(_cut(text)) for name, text in incoming.fields.items()})
        case ThreadMessage():
            names = tuple(mask(name) for name in incoming.attachment_names)
            return replace(incoming, text=mask(_cut(incoming.text)), attachment_names=names)
        case FormSubmission():
            return replace(
                incoming,
                fields={
                    name: text if name in KEPT_AS_TYPED else mask(_cut(text))
                    for name, text in incoming.fields.items()
                    if name in FORM_FIELDS
                },
            )


def _cut(text: str) -> str:
    """Cut a long text where no personal data is cut in two: half a number would not be recognised any more."""
    if len(text) <= LONGEST_KEPT_CHARACTERS:
        return text
    end = LONGEST_KEPT_CHARACTERS
    for datum in find_personal_data(text[: end + 500]):
        if datum.start < end < datum.end:
            end = datum.start
    last_space = text.rfind(" ", max(0, end - 200), end)
    return text[: last_space if last_space > 0 else end - 200]
