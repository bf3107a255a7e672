"""What every platform does for delivery: post, edit, and look whether a post has arrived already."""

from typing import Protocol

from handlers.replies import Reply
from knowledge.conversations import ConversationReference
from knowledge.errors import PostwiseError

MESSAGE_GONE = "message_not_found"
"""Kind of the error where the message to be edited is not there any more, or may not be edited any more."""


class DeliveryError(PostwiseError):
    """A message did not go out, or nobody knows whether it did."""

    def __init__(
        self, kind: str, *, is_permanent: bool = False, is_ambiguous: bool = False, retry_after: float | None = None
    ) -> None:
        """State what went wrong.

        Parameters
        ----------
        kind
            A short code without any text of a message ("429", "timeout", "channel_not_found").
        is_permanent
            True where trying again cannot help.
        is_ambiguous
            True where the message may have arrived all the same (timeout, reset, 5xx).
        retry_after
            Seconds that the platform asked us to wait; None where it did not say.
        """
        super().__init__(kind)
        self.kind = kind
        self.is_permanent = is_permanent
        self.is_ambiguous = is_ambiguous
        self.retry_after = retry_after


class Sender(Protocol):
    """Sends to one platform. Every method raises `DeliveryError` and nothing else."""

    async def post(self, *, key: str, conversation: ConversationReference, reply: Reply, thread: str = "") -> str:
        """Post a message.

        Parameters
        ----------
        key
            The outbox entry's id, which travels with the message so that it can be found again.
        thread
            The platform's name of the message under which it is said; empty where it stands for itself.

        Returns
        -------
        str
            The platform's own name of the message, by which it can be edited.
        """
        ...

    async def edit(self, *, key: str, conversation: ConversationReference, message_id: str, reply: Reply) -> None:
        """Put a reply in the place of an earlier message. Doing it twice does no harm.

        Raises
        ------
        DeliveryError
            With kind `MESSAGE_GONE` if that message is not there any more; the reply is then posted anew.
        """
        ...

    async def find(
        self, *, key: str, conversation: ConversationReference, back_to: str = "", thread: str = ""
    ) -> str | None:
        """Return the name of the message that carries a key, or None where none has arrived.

        Parameters
        ----------
        back_to
            Name of a message of this conversation that is older than the one looked for; empty where none is known.
        thread
            The platform's name of the message under which it was to be said; empty where it stands for itself.
        """
        ...
