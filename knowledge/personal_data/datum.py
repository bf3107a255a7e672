"""One piece of personal data, and where in a text it stands."""

from dataclasses import dataclass
from enum import StrEnum


class PersonalDataType(StrEnum):
    """What a piece of personal data tells about a private person."""

    SSN = "SSN"
    STUDENT_ID = "STUDENT_ID"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    ADDRESS = "ADDRESS"
    CREDIT_CARD = "CREDIT_CARD"
    STUDENT_NAME = "STUDENT_NAME"
    DOB = "DOB"
    MEDICAL = "MEDICAL"
    GRADE_OR_DISCIPLINE = "GRADE_OR_DISCIPLINE"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDatum:
    """A stretch of a text that tells something of a private person."""

    type: PersonalDataType
    """What it tells."""

    start: int
    """Offset of its first character."""

    end: int
    """Offset after its last character."""

    value: str
    """The stretch itself; never stored and never logged."""

    is_unsure: bool = False
    """Whether the words around it do not tell, so that the person should be asked."""


def cut(text: str, what: PersonalDataType, start: int, end: int, *, is_unsure: bool = False) -> PersonalDatum:
    """Take one stretch of a text."""
    return PersonalDatum(type=what, start=start, end=end, value=text[start:end], is_unsure=is_unsure)
