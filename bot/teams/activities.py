"""What Teams sends, field by field: read from the JSON itself, since the library's own schema loses part of it."""

import json
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from knowledge.errors import PostwiseError

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What a database cannot store: NUL, and halves of characters."""

MAX_TEXT_CHARACTERS = 100_000
"""Longest message that is read; Teams takes less."""

_DEEPEST = 40
"""How deep what an activity carries may be nested; our cards carry three levels."""


class NotAnActivityError(PostwiseError):
    """A request's body is no activity that Teams sends; `fields` names what is wrong with it."""

    def __init__(self, fields: tuple[str, ...] = ()) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def _clean(text: str) -> str:
    return _UNSTORABLE.sub("", text)


def _storable(value: Any) -> Any:
    """Drop what cannot be stored, wherever it stands: half an emoji is no reason to lose a message."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list):
        return [_storable(each) for each in value]
    return {_clean(name): _storable(each) for name, each in value.items()} if isinstance(value, dict) else value


def _shallow(value: Any) -> Any:
    """Refuse what is nested deeper than anything that we ever drew."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            below
            for each in level
            if isinstance(each, dict | list)
            for below in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return value
    raise ValueError("nested too deep")


Id = Annotated[str, StringConstraints(max_length=400), AfterValidator(_clean)]
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARACTERS), AfterValidator(_clean)]
Loose = Annotated[Any, AfterValidator(_shallow)]


class _Read(BaseModel):
    """Exact types; what we do not read is passed over, and nothing of the input stands in an error."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True
    )


class Account(_Read):
    """Somebody in a conversation."""

    id: Annotated[Id, Field(min_length=1)]
    name: Id | None = None
    object_id: Annotated[Id | None, Field(alias="aadObjectId")] = None
    role: Id | None = None


class Conversation(_Read):
    """Where an activity happened."""

    id: Annotated[Id, Field(min_length=1)]
    kind: Annotated[Id | None, Field(alias="conversationType")] = None
    is_group: Annotated[bool | None, Field(alias="isGroup")] = None
    tenant_id: Annotated[Id | None, Field(alias="tenantId")] = None


class Attachment(_Read):
    """Something attached; its content is never read."""

    content_type: Annotated[Id | None, Field(alias="contentType")] = None
    name: Id | None = None


class Activity(_Read):
    """One activity of Bot Framework.

    Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference#activity-object
    """

    type: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    id: Id = ""
    name: Annotated[str | None, StringConstraints(max_length=100)] = None
    action: Annotated[str | None, StringConstraints(max_length=60)] = None
    channel: Annotated[str, StringConstraints(max_length=60), Field(alias="channelId")] = ""
    service_url: Annotated[Id, Field(alias="serviceUrl")] = ""
    sender: Annotated[Account, Field(alias="from")]
    recipient: Account
    conversation: Conversation
    text: Text | None = None
    reply_to: Annotated[Id | None, Field(alias="replyToId")] = None
    value: Loose = None
    channel_data: Annotated[Loose, Field(alias="channelData")] = None
    attachments: Annotated[list[Attachment] | None, Field(max_length=100)] = None
    entities: Annotated[Loose, Field()] = None
    members_added: Annotated[list[Account] | None, Field(alias="membersAdded", max_length=10_000)] = None
    members_removed: Annotated[list[Account] | None, Field(alias="membersRemoved", max_length=10_000)] = None

    @property
    def tenant(self) -> str:
        """The tenant that the activity comes from; empty where it does not say."""
        data = self.channel_data if isinstance(self.channel_data, dict) else {}
        tenant = data.get("tenant")
        named = tenant.get("id") if isinstance(tenant, dict) else None
        return str(named or self.conversation.tenant_id or "")[:60]

    @property
    def team(self) -> str:
        """The team of a channel; empty elsewhere."""
        data = self.channel_data if isinstance(self.channel_data, dict) else {}
        team = data.get("team")
        return str(team.get("id") or "")[:400] if isinstance(team, dict) else ""

    @property
    def is_personal(self) -> bool:
        """True in the chat of one person with the bot alone; Teams leaves the kind out of some invokes there."""
        kind = self.conversation.kind
        return (
            kind == "personal" if kind else not (self.conversation.is_group or self.conversation.id.startswith("19:"))
        )


def read_activity(body: bytes) -> Activity:
    """Read the body of a request.

    Raises
    ------
    NotAnActivityError
        Raised if it is none; what stood in it is not repeated.
    """
    try:
        read = json.loads(body)
        if b"\\u" in body:
            read = _storable(read)
        return Activity.model_validate(read)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_context=False, include_url=False)
        known = {each.alias or name for name, each in Activity.model_fields.items()}
        raise NotAnActivityError(
            tuple(sorted({str(each["loc"][0]) for each in problems if each["loc"]} & known))
        ) from None
    except (ValueError, RecursionError):
        raise NotAnActivityError from None
