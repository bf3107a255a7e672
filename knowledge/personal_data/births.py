"""Dates of birth; every other date is left alone."""

import re
from collections.abc import Iterator

from knowledge.personal_data.datum import PersonalDataType, PersonalDatum, cut

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year{0}>(?:19|20)\d{{2}}|['’]?\d{{2}})"
_DATE = (
    rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-]{_YEAR.format(1)}(?!\d)|\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? {_YEAR.format(2)}(?![\d:]))?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}(?:,? {_YEAR.format(3)}(?![\d:]))?|\d{{1,2}}/\d{{1,2}}(?![/\d]))"
)
_NAMED = re.compile(
    rf"\b(?:d\.?o\.?b\.?|date of birth|birth ?dates?|birthda(?:y|te)s?)(?: (?:is|was|on|of)| ?[:=(-]| ){{0,4}}"
    rf"(?P<date>{_DATE})",
    re.IGNORECASE,
)
_BORN = re.compile(rf"\bborn (?:on |in )?(?P<date>{_DATE})", re.IGNORECASE)
_NUMBER = (
    r"(?:[4-9]|1\d|2[0-2]|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen)"
)
_TURNS = re.compile(
    rf"\b(?:turns|turned|turning|will turn|will be|is) (?P<date>{_NUMBER} (?:years old )?(?:on )?"
    rf"(?:{_DATE.replace('year', 'y')}|today|tomorrow|yesterday|(?:this |next |last )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r")\b",
    re.IGNORECASE,
)
_BIRTHDAY_ON = re.compile(
    rf"(?P<date>{_DATE.replace('year', 'y')}) (?:birthday|is (?:his|her) birthday)\b", re.IGNORECASE
)
_ADULT_BEFORE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Coach|Principal|Superintendent|President|teachers?|custodian|secretary|school|district|my own|"
    r"I was|I turned?)\b[^!?\n]{0,40}$"
)
_OLDEST_PUPIL_BORN = 1990


def find_births(text: str) -> Iterator[PersonalDatum]:
    """Find dates of birth of pupils, and of anyone where the text calls them so."""
    for found in _NAMED.finditer(text):
        is_form_field = not found[0].lower().startswith("birthday")
        if is_form_field or not _ADULT_BEFORE.search(text[max(0, found.start() - 60) : found.start()]):
            yield cut(text, PersonalDataType.DOB, *found.span("date"))
    for pattern in (_BORN, _TURNS, _BIRTHDAY_ON) if "irthday" in text else (_BORN, _TURNS):
        for found in pattern.finditer(text):
            if not _is_of_the_past(found) and not _ADULT_BEFORE.search(
                text[max(0, found.start() - 60) : found.start()]
            ):
                yield cut(text, PersonalDataType.DOB, *found.span("date"))


def _is_of_the_past(found: re.Match[str]) -> bool:
    """Whether a date's year is too early for a pupil, as a historical person's is."""
    years = [
        int(value) for name, value in found.groupdict().items() if name.startswith("year") and value and value.isdigit()
    ]
    return any(100 < year < _OLDEST_PUPIL_BORN for year in years)
