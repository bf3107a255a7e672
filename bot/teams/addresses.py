"""Addresses of conversations of Teams, as the rest of Postwise carries them.

A person's own chat with the bot has the address ``user/<person>``, whatever Teams calls the conversation: a person who was
only ever met in a channel has the same address as later in their own chat. Any other conversation has Teams' own name of it;
a thread of a channel has the form ``<channel>;messageid=<message>``, under which a message is a reply in the thread.

Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-and-group-conversations
"""

from knowledge.conversations import ConversationReference

PLATFORM = "teams"
"""Name of this platform in conversation references and persons."""

_OWN = "user/"
_THREAD = ";messageid="


def own_chat(person_id: str) -> ConversationReference:
    """Name the chat that a person has with the bot alone."""
    return ConversationReference(platform=PLATFORM, address=f"{_OWN}{person_id}")


def conversation_of(conversation_id: str) -> ConversationReference:
    """Name a group chat, a channel, or a thread of one."""
    return ConversationReference(platform=PLATFORM, address=conversation_id)


def owner_of(address: str) -> str:
    """Return whose own chat an address is; empty where it is nobody's."""
    return address.removeprefix(_OWN) if address.startswith(_OWN) else ""


def channel_of(address: str) -> str:
    """Return the channel of a thread; any other address as it is."""
    return address.partition(_THREAD)[0]


def thread_of(address: str) -> str:
    """Return the message on which a thread hangs; empty where an address names no thread."""
    return address.partition(_THREAD)[2]


def in_thread(channel: str, message_id: str) -> str:
    """Name the thread under a message of a channel."""
    return f"{channel}{_THREAD}{message_id}"
