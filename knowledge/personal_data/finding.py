"""Everything personal in one text, without overlaps, in bounded time."""

import re
from collections.abc import Iterable, Iterator

from knowledge.personal_data.addresses import find_addresses
from knowledge.personal_data.births import find_births
from knowledge.personal_data.contacts import find_emails, find_phones
from knowledge.personal_data.datum import PersonalDataType, PersonalDatum
from knowledge.personal_data.facts import find_facts
from knowledge.personal_data.identifiers import find_identifiers
from knowledge.personal_data.names import find_names

MARKS = {
    PersonalDataType.SSN: "[social security number]",
    PersonalDataType.STUDENT_ID: "[student number]",
    PersonalDataType.PHONE: "[phone number]",
    PersonalDataType.EMAIL: "[e-mail address]",
    PersonalDataType.ADDRESS: "[home address]",
    PersonalDataType.CREDIT_CARD: "[card number]",
    PersonalDataType.STUDENT_NAME: "[student's name]",
    PersonalDataType.DOB: "[date of birth]",
    PersonalDataType.MEDICAL: "[medical fact]",
    PersonalDataType.GRADE_OR_DISCIPLINE: "[grade or discipline]",
}
"""What stands in a masked text in place of each type."""

WINDOW_CHARACTERS = 8000
"""Longest text that the finders see at once."""

WITHHELD = "[text withheld: too much personal data]"
"""What is stored of a text that still shows personal data after every round of masking."""

_OVERLAP_CHARACTERS = 600
_ROUNDS = 5
"""Each round can bring out data that stood too near to other data; nobody's real text needs three."""

_MARK = re.compile("|".join(re.escape(mark) for mark in MARKS.values()))
_PRECEDENCE = (
    PersonalDataType.EMAIL,
    PersonalDataType.SSN,
    PersonalDataType.CREDIT_CARD,
    PersonalDataType.STUDENT_ID,
    PersonalDataType.PHONE,
    PersonalDataType.DOB,
    PersonalDataType.ADDRESS,
    PersonalDataType.STUDENT_NAME,
    PersonalDataType.MEDICAL,
    PersonalDataType.GRADE_OR_DISCIPLINE,
)


def find_personal_data(text: str) -> tuple[PersonalDatum, ...]:
    """Find what a text tells of private persons.

    Parameters
    ----------
    text
        A draft or a message. What ``mask`` has put in is passed over.

    Returns
    -------
    tuple[PersonalDatum, ...]
        In the order of the text, never overlapping.
    """
    # A mark must not be read as words: "[student's name]" would make the next word a pupil's name too.
    readable = _MARK.sub(lambda mark: "\x00" * len(mark[0]), text)
    return _without_overlaps(_find_in_windows(readable))


def mask_all(found: Iterable[PersonalDatum], text: str) -> str:
    """Put a mark in place of each datum that was found in a text."""
    pieces, place = [], 0
    for datum in sorted(found, key=lambda datum: datum.start):
        pieces += [text[place : datum.start], MARKS[datum.type]]
        place = datum.end
    return "".join([*pieces, text[place:]])


def mask(text: str) -> str:
    """Put a mark in place of everything personal, the unsure included, so that the text may be stored.

    Masking a masked text again changes nothing.
    """
    for _ in range(_ROUNDS):
        found = find_personal_data(text)
        if not found:
            return text
        text = mask_all(found, text)
    return WITHHELD


def _find_in_windows(text: str) -> Iterator[PersonalDatum]:
    """Look through a text of any length, in pieces that overlap."""
    step = WINDOW_CHARACTERS - _OVERLAP_CHARACTERS
    for begin in range(0, max(1, len(text) - _OVERLAP_CHARACTERS), step):
        window = text[begin : begin + WINDOW_CHARACTERS]
        for datum in _find_in(window):
            yield PersonalDatum(
                type=datum.type,
                start=begin + datum.start,
                end=begin + datum.end,
                value=datum.value,
                is_unsure=datum.is_unsure,
            )


def _find_in(text: str) -> Iterator[PersonalDatum]:
    """Look through one window."""
    yield from find_identifiers(text)
    yield from find_phones(text)
    yield from find_emails(text)
    yield from find_births(text)
    yield from find_addresses(text)
    names = list(find_names(text))
    yield from names
    yield from find_facts(text, names)


def _without_overlaps(found: Iterable[PersonalDatum]) -> tuple[PersonalDatum, ...]:
    """Keep, of data that overlap, the one whose shape tells most; of equals the longer."""
    kept: list[PersonalDatum] = []
    taken: set[int] = set()
    for datum in sorted(found, key=lambda datum: (_PRECEDENCE.index(datum.type), datum.start - datum.end, datum.start)):
        if taken.isdisjoint(range(datum.start, datum.end)):
            taken.update(range(datum.start, datum.end))
            kept.append(datum)
    return tuple(sorted(kept, key=lambda datum: datum.start))
