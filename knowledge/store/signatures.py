"""Who did something, as a JSON value: what a history needs of a person and no more."""

from collections.abc import Mapping
from typing import Any

from knowledge.people import Person


def signature(person: Person) -> dict[str, str]:
    """Return what is kept of a person beside what they did."""
    return {"platform": person.platform, "id": person.id, "name": person.name, "email": person.email}


def signer(kept: Mapping[str, Any]) -> Person:
    """Return the person of a signature. Roles and standing are never taken from the past."""
    return Person(platform=kept["platform"], id=kept["id"], name=kept["name"], email=kept["email"])
