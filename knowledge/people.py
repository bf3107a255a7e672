"""Members of staff, whatever platform they write from, and what they may decide."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from knowledge.conversations import ConversationReference


class Role(StrEnum):
    """What a person is to a district beside being staff."""

    SPECIALIST = "specialist"
    DEPUTY = "deputy"
    """Decides like a specialist, in a specialist's absence."""

    INFORMATION_TECHNOLOGY = "information technology"
    ADMIN_SERVICES = "admin services"
    """The office that Hesperia's guideline names for the use of the district's logo."""


class Standing(StrEnum):
    """What a person is to the workspace they write from."""

    MEMBER = "member"
    GUEST = "guest"
    BOT = "bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person as their platform names them."""

    platform: str
    """``slack``, ``teams`` or ``local``."""

    id: str
    """The platform's own identifier of the person; opaque to everything but the platform."""

    name: str = ""
    """As the platform shows it; empty where the platform did not say."""

    email: str = ""
    """As the platform verified it, in small letters; empty where it did not say. Never what a person typed."""

    standing: Standing = Standing.MEMBER
    roles: frozenset[Role] = frozenset()
    """Roles that the platform itself vouches for; a district's settings give more, by e-mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person whom we can write to."""

    person: Person
    conversation: ConversationReference
    is_active: bool
    """False once the platform said that the person left or was deactivated."""

    seen_at: datetime


_SHOW_NOTHING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that Unicode counts as letters or marks, and that show nothing."""

LONGEST_NAME_CHARACTERS = 80


def is_hidden(character: str) -> bool:
    """Tell whether a character is a control, a direction, a break or nothing at all to the eye."""
    return character in _SHOW_NOTHING or unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


def plain_name(name: str) -> str:
    """Return a person's name as it may stand in a line of ours: in one line, visible, not endless."""
    visible = "".join(" " if is_hidden(character) else character for character in name)
    return " ".join(visible.split())[:LONGEST_NAME_CHARACTERS]


_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
"""Bounded form of what browsers accept as an e-mail address, with a dot in the domain.

Source: https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
"""

LONGEST_EMAIL_CHARACTERS = 254
"""Source: RFC 5321, 4.5.3.1.3, less the angle brackets."""


def is_email(text: str) -> bool:
    """Tell whether a text is a well-formed e-mail address in plain ASCII."""
    local = text.partition("@")[0]
    return (
        len(text) <= LONGEST_EMAIL_CHARACTERS
        and _EMAIL.fullmatch(text) is not None
        and not (local.startswith(".") or local.endswith(".") or ".." in local)
    )


def same_email(email: str) -> str:
    """Return the form under which two spellings of one person's address are equal: small letters, no +tag."""
    local, _, domain = email.strip().lower().partition("@")
    return f"{local.partition('+')[0] or local}@{domain}"
