"""What a handler returns. It never sends anything itself."""

from dataclasses import dataclass

from handlers.replies import Reply
from knowledge.conversations import ConversationReference


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelMessage:
    """A message to another conversation than the one the turn came from."""

    conversation: ConversationReference
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one turn causes."""

    reply: Reply | None
    """What the person who caused the turn is told; None where silence is right (a second delivery of one event)."""

    replaces_pressed_message: bool = False
    """True where the reply takes the place of the message whose button was pressed, instead of following it."""

    posts: tuple[ChannelMessage, ...] = ()
