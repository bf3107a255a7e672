"""Puts replies where the pages of a local conversation find them.

A local conversation has the address ``staff/<district>/<conversation>`` (one browser tab's direct message) or
``specialists/<district>`` (the specialist channel, which every tab of the district shows).
"""

import re

from bot.local.history import Histories
from bot.local.render import Renderer
from handlers.replies import Reply
from knowledge.conversations import ConversationReference
from knowledge.errors import PostwiseError

PLATFORM = "local"
"""Name of this platform in conversation references and persons."""

_ADDRESS = re.compile(
    r"staff/(?P<staff>[a-z][a-z0-9-]{1,39})/[a-z0-9]{16,64}|specialists/(?P<channel>[a-z][a-z0-9-]{1,39})"
)


class NotALocalConversationError(PostwiseError):
    """A conversation reference names no conversation of the local page."""

    def __init__(self, conversation: ConversationReference) -> None:
        super().__init__(conversation.platform)
        self.conversation = conversation


def staff_conversation(district_id: str, conversation_id: str) -> ConversationReference:
    """Name the direct message of one browser tab."""
    return ConversationReference(platform=PLATFORM, address=f"staff/{district_id}/{conversation_id}")


def specialist_channel(district_id: str) -> ConversationReference:
    """Name a district's local specialist channel."""
    return ConversationReference(platform=PLATFORM, address=f"specialists/{district_id}")


def district_of(conversation: ConversationReference) -> str:
    """Return the district that a local conversation belongs to.

    Raises
    ------
    NotALocalConversationError
        Raised if the reference is another platform's, or no address that this platform made.
    """
    address = _ADDRESS.fullmatch(conversation.address)
    if conversation.platform != PLATFORM or address is None:
        raise NotALocalConversationError(conversation)
    return address["staff"] or address["channel"]


class LocalSender:
    """Sends replies to local conversations, whether or not a page looks at them just now."""

    def __init__(self, *, histories: Histories, renderer: Renderer) -> None:
        self._histories = histories
        self._renderer = renderer

    async def send(self, conversation: ConversationReference, reply: Reply, *, replaces: str | None = None) -> str:
        """Say something in a conversation.

        Parameters
        ----------
        conversation
            Where it is said.
        reply
            What is said.
        replaces
            Name of the message whose place it takes. Where that message is no longer kept, the reply follows.

        Returns
        -------
        str
            Name of the message.

        Raises
        ------
        NotALocalConversationError
            Raised if the reference names no conversation of this platform.
        """
        district_id = district_of(conversation)
        message = self._name(conversation, replaces)
        html = self._renderer.message(reply, district_id=district_id, message=message)
        self._histories.append(conversation.address, message=message, html=html)
        return message

    def send_failure(self, conversation: ConversationReference) -> None:
        """Say that something went wrong and nothing was done."""
        message = self._histories.new_message()
        self._histories.append(conversation.address, message=message, html=self._renderer.failure(message=message))

    def _name(self, conversation: ConversationReference, replaces: str | None) -> str:
        """Keep the name of a message that is still there; make one otherwise."""
        if replaces is not None and self._histories.has_message(conversation.address, replaces):
            return replaces
        return self._histories.new_message()
