"""Numbers that stand for one person: social security, payment card, student number.

Shape alone decides only for ``ddd-dd-dddd`` and for card numbers with a right check digit;
every other number needs the word that names it.
"""

import re
from collections.abc import Iterator

from knowledge.personal_data.datum import PersonalDataType, PersonalDatum, cut

_SSN_DASHED = re.compile(r"(?<![\w.#/-])\d{3}[-–]\d{2}[-–]\d{4}(?![\w-]|\.\d)")
_SSN_OTHER = re.compile(r"(?<![\w.-])\d{3}[ .]?\d{2}[ .]?\d{4}(?![\w-])")
_SSN_WORD = re.compile(r"\b(?:ssns?|socials?|soc\.? sec\.?)\b", re.IGNORECASE)
_OTHER_NUMBER_WORD = re.compile(
    r"\b(?:bid|ticket|model|part|item|invoice|order|serial|tracking|case|policy|p\.?o\.?|purchase order|ein|tax id|isbn)"
    r"\b[^.!?\n]{0,15}$",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])")
_CARD_ISSUERS = re.compile(r"3[0-9]|4|5[0-9]|6|2[2-7]")
_STUDENT_ID = re.compile(
    r"\b(?:(?:student|pupil|perm(?:anent)?|aeries|lunch|school|state|his|her|their|kid'?s)[ -]{1,2}"
    r"(?:i\.?d\.?s?|numbers?|no\.?|num\.?|#|pin)|ssid|sid|i\.?d\.?(?= ?(?:#|number|no\b|\d{5})))"
    r"(?:(?: (?:number|no\.?|num|is|was|of|code|card|for [^\W\d_]{1,20})|[:#=(]| ){0,5})"
    r"(?P<number>[A-Za-z]{0,2}\d{4,12})(?![\w-])",
    re.IGNORECASE,
)
_OTHER_ID_WORD = re.compile(
    r"\b(?:meeting|zoom|webinar|conference|tax|employee|apple|staff|vendor|bid|event|product|item)[ -]?$", re.IGNORECASE
)


def has_check_digit(digits: str) -> bool:
    """Whether the last digit is the one that Luhn's rule gives.

    Source: ISO/IEC 7812-1, annex B
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def find_identifiers(text: str) -> Iterator[PersonalDatum]:
    """Find social security, card and student numbers, in no particular order."""
    for found in _SSN_DASHED.finditer(text):
        # Numbers that were never issued (900-, 000-) count too: people blur or mistype the real ones.
        if not _OTHER_NUMBER_WORD.search(text[max(0, found.start() - 40) : found.start()]):
            yield cut(text, PersonalDataType.SSN, *found.span())
    for found in _SSN_OTHER.finditer(text):
        if _SSN_WORD.search(text[max(0, found.start() - 40) : found.start()]) or re.search(
            r"social security", text[max(0, found.start() - 40) : found.start()], re.IGNORECASE
        ):
            yield cut(text, PersonalDataType.SSN, *found.span())
    for found in _CARD.finditer(text):
        if _CARD_ISSUERS.match(found[0]) and has_check_digit(re.sub(r"[ -]", "", found[0])):
            yield cut(text, PersonalDataType.CREDIT_CARD, *found.span())
    for found in _STUDENT_ID.finditer(text):
        if not _OTHER_ID_WORD.search(text[max(0, found.start() - 20) : found.start()]):
            yield cut(text, PersonalDataType.STUDENT_ID, *found.span("number"))
