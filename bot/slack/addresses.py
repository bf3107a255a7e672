"""Addresses of Slack conversations: ``[team/]channel[/thread[/person]]``.

A direct message is named by its person (``U…``), because that is known before Slack has opened it. A thread is named by
the message that it hangs on. An address with a person behind the thread is shown to that person alone. The team stands
before it where Postwise serves many workspaces.
"""

import re
from dataclasses import dataclass, replace
from typing import Self

from knowledge.conversations import ConversationReference
from knowledge.errors import PostwiseError

PLATFORM = "slack"
"""Name of this platform in conversation references and persons."""

USER_ID = re.compile(r"[UW][A-Z0-9]{2,30}")
"""Source: https://docs.slack.dev/messaging/formatting-message-text, mentioning users."""

_ADDRESS = re.compile(
    r"(?:(?P<team>[TE][A-Z0-9]{2,30})/)?(?P<channel>[CGDUW][A-Z0-9]{1,30})"
    r"(?:/(?P<thread>(?:[0-9]{1,20}\.[0-9]{1,10})?)(?:/(?P<only_for>[UW][A-Z0-9]{2,30}))?)?"
)


class NotASlackConversationError(PostwiseError):
    """A conversation reference names no conversation of this platform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where something is said."""

    team: str = ""
    """Workspace; empty where there is only one."""

    channel: str
    """A channel, or the person whose direct message it is."""

    thread: str = ""
    """Slack's name of the message under which it is said; empty for none."""

    only_for: str = ""
    """The one person who sees it; empty for everybody there."""

    @classmethod
    def of(cls, conversation: ConversationReference) -> Self:
        """Read an address.

        Raises
        ------
        NotASlackConversationError
            Raised if it is none that this platform made.
        """
        found = _ADDRESS.fullmatch(conversation.address)
        if conversation.platform != PLATFORM or found is None:
            raise NotASlackConversationError(conversation.platform)
        return cls(**{name: value or "" for name, value in found.groupdict().items()})

    @property
    def reference(self) -> ConversationReference:
        """The address as the rest of Postwise keeps it."""
        parts = [self.team] if self.team else []
        parts.append(self.channel)
        if self.thread or self.only_for:
            parts.append(self.thread)
        if self.only_for:
            parts.append(self.only_for)
        return ConversationReference(platform=PLATFORM, address="/".join(parts))

    @property
    def is_direct(self) -> bool:
        """True for the direct message of a person."""
        return self.channel.startswith(("U", "W", "D"))

    def in_thread(self, thread: str) -> Self:
        """Return the thread under a message of this conversation."""
        return replace(self, thread=thread)

    def shown_to(self, person_id: str) -> Self:
        """Return the same place, where one person alone sees what is said."""
        return replace(self, only_for=person_id)
