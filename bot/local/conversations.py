"""Addresses of local conversations, and for how long they are kept.

A local conversation has the address ``staff/<district>/<tab>`` (the first person of one browser tab),
``staff/<district>/<tab>-<person>`` (the others) or ``specialists/<district>`` (the specialist channel, which every tab
of the district shows). No address says who may decide anything.
"""

import re
from datetime import datetime, timedelta

from knowledge.conversations import ConversationReference
from knowledge.district import District
from knowledge.errors import PostwiseError
from knowledge.store.unit import UnitOfWork

PLATFORM = "local"
"""Name of this platform in conversation references and persons."""

DIRECT_MESSAGES_KEPT = timedelta(hours=12)
"""How long what was said in a direct message stays on the page; the channel stays as long as the district keeps questions."""

_ADDRESS = re.compile(
    r"staff/(?P<staff>[a-z][a-z0-9-]{1,39})/[a-z0-9]{16,64}(?:-[a-z]{2,20})?"
    r"|specialists/(?P<channel>[a-z][a-z0-9-]{1,39})"
)


class NotALocalConversationError(PostwiseError):
    """A conversation reference names no conversation of the local page."""

    def __init__(self, conversation: ConversationReference) -> None:
        super().__init__(conversation.platform)
        self.conversation = conversation


def staff_conversation(district_id: str, tab: str, person_id: str = "") -> ConversationReference:
    """Name the direct message of one browser tab's first person, or of another one's where that is named."""
    suffix = f"-{person_id}" if person_id else ""
    return ConversationReference(platform=PLATFORM, address=f"staff/{district_id}/{tab}{suffix}")


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


async def forget_old_messages(unit: UnitOfWork, district: District, *, now: datetime) -> int:
    """Forget what the page no longer shows.

    Returns
    -------
    int
        How many messages were forgotten.
    """
    return await unit.local_messages.forget_before(
        district_id=district.id,
        channel=specialist_channel(district.id).address,
        channel_before=now - timedelta(days=district.retention.questions_days),
        others_before=now - DIRECT_MESSAGES_KEPT,
    )
