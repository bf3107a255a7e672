"""How a listener ends: what Slack sent is checked, what came of it acknowledged, and nothing is raised past here.

Bolt would take an acknowledgement back that was just given, where something is raised right after it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError
from slack_bolt.response import BoltResponse

from bot.failures import noted
from bot.slack.render import pages_of, text_of
from handlers.wording import problems
from knowledge.errors import PostwiseError

if TYPE_CHECKING:
    from handlers.replies import Reply

AnyPayload = TypeVar("AnyPayload", bound=BaseModel)
Ack: TypeAlias = Callable[..., Awaitable[BoltResponse]]
Body: TypeAlias = Mapping[str, Any]


class NotAsItMustBeError(PostwiseError):
    """A signed request does not have the shape that Slack's have."""


class NotKeptError(PostwiseError):
    """What arrived could not be kept just now; it is to be sent again."""


def read(kind: type[AnyPayload], body: object) -> AnyPayload:
    """Check what Slack sent, as far as we read it.

    Raises
    ------
    NotAsItMustBeError
        Raised if it has another shape; what stood in it is not repeated.
    """
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        raise NotAsItMustBeError(kind.__name__) from error


async def tell(ack: Ack, reply: Reply) -> None:
    """Show a reply to whoever typed a command, and to nobody else, in the acknowledgement itself."""
    await ack(response_type="ephemeral", text=text_of(reply), blocks=pages_of(reply)[0])


async def guarded(work: Awaitable[None], ack: Ack | None) -> BoltResponse | None:
    """Do the work of a listener, and let nothing of it past.

    Returns
    -------
    BoltResponse | None
        What to answer instead of the acknowledgement; None where that stands.
    """
    try:
        await work
    except NotAsItMustBeError:
        return BoltResponse(status=400, body="Not as Slack's requests are.")
    except NotKeptError:
        return BoltResponse(status=503, body="Not kept. Send it again.")
    except Exception as error:  # noqa: BLE001 - an acknowledgement must not be taken back
        reply = problems.broken(noted(error))
        if ack is None:
            return BoltResponse(status=503, body="Not kept. Send it again.")
        response = getattr(getattr(ack, "__self__", ack), "response", None)
        if response is None:
            await tell(ack, reply)
    return None
