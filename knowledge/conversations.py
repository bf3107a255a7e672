"""Conversations: where a message came from, and where an answer to it may be written later."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationReference:
    """An address to which we may write later; only its own platform reads it."""

    platform: str
    """``slack``, ``teams`` or ``local``."""

    address: str
    """Opaque to everything but the platform."""
