"""What the page's script sends, field by field, and what a handler gets of it."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from bot.local.conversations import specialist_channel
from bot.local.people import SamplePerson, Side, direct_message, person_of
from handlers.incoming import FormSubmission, Press, Question, ThreadMessage
from knowledge.conversations import ConversationReference
from knowledge.district import DISTRICT_ID_PATTERN, District
from knowledge.errors import PostwiseError

MAX_TEXT_BYTES = 102_400
"""Longest message that is taken, in bytes of UTF-8."""

MAX_FIELD_BYTES = 20_480
"""Longest text that is taken in one field of a form, in bytes of UTF-8."""

RANDOM_ID_PATTERN = r"^[a-z0-9]{16,32}$"
"""What the page's script makes up: names of browser tabs and keys of events."""


class NobodyOfThisSideError(PostwiseError):
    """A side of the page has no person of the id that was sent."""


def _check_text(text: str) -> str:
    return _check_length(text, MAX_TEXT_BYTES)


def _check_field(text: str) -> str:
    return _check_length(text, MAX_FIELD_BYTES)


def _check_length(text: str, most: int) -> str:
    if len(text.encode()) > most:
        raise ValueError("too long")
    if "\x00" in text:  # PostgreSQL stores no NUL
        raise ValueError("holds a NUL character")
    return text


Text = Annotated[str, AfterValidator(_check_text)]
FieldText = Annotated[str, AfterValidator(_check_field)]
DistrictId = Annotated[str, StringConstraints(pattern=DISTRICT_ID_PATTERN)]
RandomId = Annotated[str, StringConstraints(pattern=RANDOM_ID_PATTERN)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.:/-]+$")]
WrittenText = Annotated[Text, StringConstraints(pattern=r"\S")]
FileCount = Annotated[int, Field(ge=0, le=20)]
"""How many files the person attached. Neither they nor their names are sent: nobody looks into them."""

MessageName = Annotated[str, StringConstraints(pattern=r"^(m[0-9a-f]{8}-[0-9]{1,18})?$")]
RootName = Annotated[str, StringConstraints(pattern=r"^m[0-9a-f]{8}-[0-9]{1,18}$")]


class Body(BaseModel):
    """A JSON body: exact types, no unknown names, and nothing of the input in an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    district: DistrictId
    conversation: RandomId
    """Made by the browser tab; with the district and the person it names the direct message."""

    writer: Annotated[str, Field(alias="as", max_length=20)] = ""
    """Id of the person in whose name it is sent; the first of the side where it is empty."""

    key: RandomId
    """Made by the browser for this one event, and sent again where the event is sent again."""

    def sent_by(self, side: Side) -> SamplePerson:
        """Return who sends it: whoever the request names, where the side has such a person.

        Raises
        ------
        NobodyOfThisSideError
            Raised if the side has nobody of this id.
        """
        person = person_of(side, self.writer)
        if person is None:
            raise NobodyOfThisSideError
        return person


class MessageBody(Body):
    """What ``POST /local/messages`` takes."""

    text: WrittenText
    files: FileCount = 0

    def incoming(self, district: District) -> Question:
        """Translate into what a handler gets."""
        writer = self.sent_by("staff")
        conversation = direct_message(self.district, self.conversation, writer)
        return Question(
            district_id=self.district,
            person=writer.in_district(district),
            conversation=conversation,
            event_key=f"{conversation.address}/{self.key}",
            text=self.text,
            attachment_names=_names_of(self.files),
        )


class _OfSide(Body):
    """What is sent from either side of the page."""

    side: Side

    def place(self) -> tuple[SamplePerson, ConversationReference, str]:
        """Return who sends it, from which conversation, and under which key."""
        writer = self.sent_by(self.side)
        if self.side == "staff":
            conversation = direct_message(self.district, self.conversation, writer)
        else:
            conversation = specialist_channel(self.district)
        return writer, conversation, f"{conversation.address}/{self.conversation}/{self.key}"


class ThreadBody(_OfSide):
    """What ``POST /local/threads`` takes."""

    message: RootName
    """Name of the message under which it was written."""

    text: WrittenText
    files: FileCount = 0

    def incoming(self, district: District) -> ThreadMessage:
        """Translate into what a handler gets."""
        writer, conversation, event_key = self.place()
        return ThreadMessage(
            district_id=self.district,
            person=writer.in_district(district),
            conversation=conversation,
            event_key=event_key,
            message=self.message,
            text=self.text,
            attachment_names=_names_of(self.files),
        )


class _UnderMessage(_OfSide):
    """What is sent from something that Postwise said."""

    message: MessageName
    """Name of the message whose button was pressed or whose form was sent; empty for what only this page was shown."""

    verb: Word
    value: Annotated[Text, StringConstraints(max_length=2000)] = ""


class PressBody(_UnderMessage):
    """What ``POST /local/presses`` takes."""

    fields: Annotated[dict[Word, Text], Field(max_length=10)] = {}

    def incoming(self, district: District) -> Press:
        """Translate into what a handler gets."""
        writer, conversation, event_key = self.place()
        return Press(
            district_id=self.district,
            person=writer.in_district(district),
            conversation=conversation,
            event_key=event_key,
            verb=self.verb,
            value=self.value,
            fields=self.fields,
            message=self.message,
        )


class FormBody(_UnderMessage):
    """What ``POST /local/forms`` takes."""

    fields: Annotated[dict[Word, FieldText], Field(max_length=15)] = {}

    def incoming(self, district: District) -> FormSubmission:
        """Translate into what a handler gets."""
        writer, conversation, event_key = self.place()
        return FormSubmission(
            district_id=self.district,
            person=writer.in_district(district),
            conversation=conversation,
            event_key=event_key,
            verb=self.verb,
            value=self.value,
            fields=self.fields,
            message=self.message,
        )


def _names_of(files: int) -> tuple[str, ...]:
    """Return what files are called of which nothing is known but their number."""
    return tuple(f"file {number}" for number in range(1, files + 1))
