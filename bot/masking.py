"""Masks personal data in what a person typed, before anything else sees it."""

import re
import unicodedata
from dataclasses import replace
from urllib.parse import unquote

from handlers.incoming import FORM_FIELDS, KEPT_AS_TYPED, FormSubmission, Incoming, Press, Question, ThreadMessage
from knowledge.people import is_hidden, plain_name
from knowledge.personal_data import find_personal_data, mask
from knowledge.search.danger import mask_but_the_danger

LONGEST_KEPT_CHARACTERS = 4500
"""What of a message is masked and handed on: more than is ever read, so that a cut can be told from a short message."""

MOST_ATTACHMENTS_NAMED = 10

_LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_USER_OF_LINK = re.compile(r"(?<=://)[^/?#\s@]*@")
_DASHES = {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"}
_NAME_PARTS = re.compile(r"[-_.+]+|(?<=[a-z])(?=[A-Z])")


def masked_incoming(incoming: Incoming) -> Incoming:
    """Return the event with personal data masked in everything a person typed, but for what a form records."""
    match incoming:
        case Question():
            return replace(incoming, text=masked_text(incoming.text), attachment_names=_files(incoming))
        case ThreadMessage():
            return replace(incoming, text=masked_text(incoming.text), attachment_names=_files(incoming))
        case Press():
            return replace(incoming, fields={name: masked_text(text) for name, text in incoming.fields.items()})
        case FormSubmission():
            return replace(
                incoming,
                fields={
                    name: text if name in KEPT_AS_TYPED else masked_text(text)
                    for name, text in incoming.fields.items()
                    if name in FORM_FIELDS
                },
            )


def masked_text(text: str) -> str:
    """Return a text as it may be stored: what cannot be seen taken out first, so that nothing hides behind it."""
    return mask_but_the_danger(_cut(_plain(text)))


def _plain(text: str) -> str:
    """Return a text without hidden characters, with ordinary digits and dashes, and with links that can be read."""
    visible = "".join(each for each in text if each in "\n\t" or not is_hidden(each))
    folded = "".join(_folded(each) for each in visible).translate(_DASHES)
    return _LINK.sub(lambda link: _USER_OF_LINK.sub("", unquote(link.group())), folded)


def _folded(letter: str) -> str:
    """Return the digit or the sign that a look-alike of another script stands for."""
    if letter.isascii():
        return letter
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return str(digit)
    return (
        unicodedata.normalize("NFKC", letter) if "\uff01" <= letter <= "\uff5e" or letter in "\u00a0\u202f" else letter
    )


def _files(message: Question | ThreadMessage) -> tuple[str, ...]:
    return tuple(_file(name) for name in message.attachment_names[:MOST_ATTACHMENTS_NAMED])


def _file(name: str) -> str:
    """Return the name of a file as it may be told: a pupil's name is found also where signs stand between its words."""
    shown = plain_name(name)
    words = _NAME_PARTS.sub(" ", shown)
    is_personal = mask(words) != words or mask(words.title()) != words.title()
    ending = shown.rpartition(".")[2]
    return f"a file (.{ending[:5]})" if is_personal and ending.isalnum() else mask(shown)


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
