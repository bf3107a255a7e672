"""Members of staff, whatever platform they write from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person as their platform names them."""

    platform: str
    """``slack``, ``teams`` or ``local``."""

    id: str
    """The platform's own identifier of the person; opaque to everything but the platform."""
