"""Checks what a browser sends, and translates it into plain values.

The page has no sign-in, so it must be sure that only its own script writes to it: another site open in the same
browser is refused by its Origin, and one that points its own name at this computer (DNS rebinding) by the Host.
"""

import ipaddress
import re
from typing import Annotated, Literal

from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from yarl import URL

from bot.local.sender import PLATFORM, specialist_channel, staff_conversation
from handlers.incoming import Press, Question
from knowledge.conversations import ConversationReference
from knowledge.district import DISTRICT_ID_PATTERN
from knowledge.people import Person

MAX_TEXT_BYTES = 102_400
"""Longest message that is taken, in bytes of UTF-8."""

RANDOM_ID_PATTERN = r"^[a-z0-9]{16,64}$"
"""What the page's script makes up: names of direct messages and keys of events."""

STAFF = Person(platform=PLATFORM, id="teacher")
"""Whoever writes on the direct-message side."""

SPECIALIST = Person(platform=PLATFORM, id="specialist")
"""Whoever presses a button in the specialist channel."""


def _check_text(text: str) -> str:
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise ValueError("too long")
    if "\x00" in text:  # PostgreSQL stores no NUL
        raise ValueError("holds a NUL character")
    return text


Text = Annotated[str, AfterValidator(_check_text)]
DistrictId = Annotated[str, StringConstraints(pattern=DISTRICT_ID_PATTERN)]
RandomId = Annotated[str, StringConstraints(pattern=RANDOM_ID_PATTERN)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.:/-]+$")]


class _Body(BaseModel):
    """A JSON body: exact types, no unknown names, and nothing of the input in an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    district: DistrictId
    conversation: RandomId
    """Made by the browser tab; with the district it names the direct message."""

    key: RandomId
    """Made by the browser for this one event, and sent again where the event is sent again."""


class MessageBody(_Body):
    """What ``POST /local/messages`` takes."""

    text: Annotated[Text, StringConstraints(pattern=r"\S")]
    files: Annotated[int, Field(ge=0, le=20)] = 0
    """How many files the person attached. Neither they nor their names are sent: nobody looks into them."""

    def question(self) -> Question:
        """Translate into what a handler gets."""
        conversation = staff_conversation(self.district, self.conversation)
        return Question(
            district_id=self.district,
            person=STAFF,
            conversation=conversation,
            event_key=f"{conversation.address}/{self.key}",
            text=self.text,
            attachment_names=tuple(f"file {number}" for number in range(1, self.files + 1)),
        )


class PressBody(_Body):
    """What ``POST /local/presses`` takes."""

    side: Literal["staff", "specialist"]
    message: Annotated[str, StringConstraints(pattern=r"^m[0-9a-f]{8}-[0-9]{1,18}$")]
    """Name of the message whose button was pressed."""

    verb: Word
    value: Annotated[Text, StringConstraints(max_length=2000)] = ""
    fields: Annotated[dict[Word, Text], Field(max_length=10)] = {}

    def press(self) -> Press:
        """Translate into what a handler gets."""
        conversation = self._conversation()
        return Press(
            district_id=self.district,
            person=STAFF if self.side == "staff" else SPECIALIST,
            conversation=conversation,
            event_key=f"{conversation.address}/{self.conversation}/{self.key}",
            verb=self.verb,
            value=self.value,
            fields=self.fields,
        )

    def _conversation(self) -> ConversationReference:
        if self.side == "staff":
            return staff_conversation(self.district, self.conversation)
        return specialist_channel(self.district)


async def read_message(request: web.Request) -> MessageBody:
    """Read and check the body of ``POST /local/messages``."""
    body = await _read_json(request)
    try:
        return MessageBody.model_validate_json(body)
    except ValidationError as error:
        raise _refusal(error) from None


async def read_press(request: web.Request) -> PressBody:
    """Read and check the body of ``POST /local/presses``."""
    body = await _read_json(request)
    try:
        return PressBody.model_validate_json(body)
    except ValidationError as error:
        raise _refusal(error) from None


def read_conversation_id(request: web.Request) -> str:
    """Read which direct message a page follows.

    Raises
    ------
    web.HTTPBadRequest
        Raised if it is nothing that the page's script makes.
    """
    conversation_id = request.query.get("conversation", "")
    if re.fullmatch(RANDOM_ID_PATTERN, conversation_id) is None:
        raise web.HTTPBadRequest(text="Not as it must be: conversation.")
    return conversation_id


async def _read_json(request: web.Request) -> bytes:
    # A form of another site can send text/plain without asking first, but not application/json.
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Send JSON, as application/json.")
    return await request.read()


def _refusal(error: ValidationError) -> web.HTTPException:
    """Say which fields are wrong without repeating what stood in them."""
    problems = error.errors(include_input=False, include_context=False, include_url=False)
    if any(problem["msg"].endswith("too long") for problem in problems):
        return web.HTTPRequestEntityTooLarge(
            max_size=MAX_TEXT_BYTES,
            actual_size=MAX_TEXT_BYTES + 1,
            text=f"At most {MAX_TEXT_BYTES // 1024} kB of text.",
        )
    if any(problem["type"] == "json_invalid" for problem in problems):
        return web.HTTPBadRequest(text="The body is no JSON.")
    names = sorted({str(problem["loc"][0]) for problem in problems if problem["loc"]})
    known = [name for name in names if name in PressBody.model_fields or name in MessageBody.model_fields]
    return web.HTTPBadRequest(text=f"Not as it must be: {', '.join(known) or 'the body'}.")


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is this computer itself."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Door:
    """Lets in only what the page's own script, or a person at this computer, asks."""

    def __init__(self, *, allow_any_host: bool) -> None:
        self._allow_any_host = allow_any_host

    def check_host(self, request: web.Request) -> None:
        """Refuse a request that was made for another computer's name.

        Raises
        ------
        web.HTTPForbidden
            Raised if the Host header names anything but this computer.
        """
        if self._allow_any_host:
            return
        try:
            host = URL(f"http://{request.host}").host
        except ValueError:
            host = None
        if host is None or not is_loopback(host):
            raise web.HTTPForbidden(text="This page answers on this computer only.")

    def check_own_page(self, request: web.Request) -> None:
        """Refuse what another site's page makes the browser send.

        Raises
        ------
        web.HTTPForbidden
            Raised if the browser says that the request comes from elsewhere.
        """
        refusal = web.HTTPForbidden(text="Only this page itself may send this.")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise refusal
        origin = request.headers.get("Origin")
        if origin is None:
            return
        try:
            is_own = URL(origin).host_port_subcomponent == URL(f"http://{request.host}").host_port_subcomponent
        except ValueError:
            is_own = False
        if not is_own or URL(origin).host is None:
            raise refusal
