"""Sends to Teams.

Bot Connector takes no key of ours with a message, and a channel cannot be searched without a right to read everything that
is written in it. So a message whose answer was lost is posted again, and may stand there twice: a card then carries the same
number twice, and both act on the same row (docs/reliability.md). An edit that is repeated does no harm.
"""

import asyncio
from http import HTTPStatus

import structlog
from botbuilder.core import TurnContext
from botbuilder.schema import Activity, ChannelAccount, ConversationAccount
from botbuilder.schema import ConversationReference as Target

from bot.delivery.sender import MESSAGE_GONE, DeliveryError
from bot.teams.addresses import channel_of, in_thread, owner_of, thread_of
from bot.teams.connector import ConnectorError, NotConnectedError
from bot.teams.inspection import CHANNEL
from bot.teams.line import Line
from bot.teams.messages import activities_of, question_of
from bot.teams.pacing import Pacer, TooFastError
from bot.teams.places import NoPlaceError, NotThereError
from handlers.replies import Paragraph, Reply
from knowledge.clock import Clock
from knowledge.conversations import ConversationReference
from knowledge.store.teams_conversations import TeamsConversation
from knowledge.store.unit import Database

_BLOCKED = frozenset(
    "MessageWritesBlocked BotNotInConversationRoster ConversationBlockedByUser BotDisabledByAdmin "
    "ForbiddenOperationException InstallationNotFound".split()
)
"""Refusals (403) after which nothing arrives until the person or the team takes the app back.

Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages#status-codes-from-bot-conversational-apis
"""

_NO_SUCH_CONVERSATION = frozenset({"ConversationNotFound", "BotConversationNotFound"})
_FOR_GOOD = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})
"""Refusals of this message: sent again it is refused again; same source."""

_AGAIN_SECONDS = 1.0
"""How long to wait after 412: another call was under way in the conversation, and ours did nothing."""


NOTED_AFTER_SECONDS = 1.0
"""How long after an answer it is written down which question it answers."""

log = structlog.get_logger()


class TeamsSender:
    """Sends to the conversations of one district."""

    def __init__(self, line: Line, *, database: Database, clock: Clock, pacer: Pacer | None = None) -> None:
        self.line = line
        """What is shared with the side that takes activities: one token, one connection."""

        self._database = database
        self._clock = clock
        self._pacer = pacer or Pacer()
        self._answers: list[tuple[str, str, str]] = []
        self._noting: asyncio.Task[None] | None = None

    async def post(self, *, key: str, conversation: ConversationReference, reply: Reply, thread: str = "") -> str:
        """Post a message, in the thread of another one where Teams has threads.

        Returns
        -------
        str
            Name of the message; of the first one, where it took several.
        """
        return await self.post_drawn(key=key, conversation=conversation, reply=reply, thread=thread)

    async def post_drawn(
        self,
        *,
        key: str,
        conversation: ConversationReference,
        reply: Reply,
        thread: str = "",
        can_put_away: bool = False,
    ) -> str:
        """Post a message, as `post`; a form that somebody has opened can be put away."""
        place = await self._place(conversation)
        is_personal = bool(owner_of(conversation.address))
        activities = activities_of(reply, key=key, can_put_away=can_put_away, is_personal=is_personal)
        names = [
            await self._sent(place, conversation, activity, thread=thread, continues=number > 0)
            for number, activity in enumerate(activities)
        ]
        question_id = question_of(reply)
        if question_id:
            self._note_answer(conversation, names[0], question_id)
        return names[0]

    async def edit(self, *, key: str, conversation: ConversationReference, message_id: str, reply: Reply) -> None:
        """Put a reply in the place of an earlier message."""
        await self.edit_drawn(key=key, conversation=conversation, message_id=message_id, reply=reply)

    async def edit_drawn(
        self,
        *,
        key: str,
        conversation: ConversationReference,
        message_id: str,
        reply: Reply,
        can_put_away: bool = False,
    ) -> None:
        """Put a reply in the place of an earlier message, as `edit`."""
        place = await self._place(conversation)
        is_personal = bool(owner_of(conversation.address))
        activities = activities_of(reply, key=key, can_put_away=can_put_away, is_personal=is_personal)
        if len(activities) > 1:
            more = Reply(parts=(*reply.parts[:1], Paragraph(text="The rest is in the messages that follow.")))
            activities = [*activities_of(more, key=key), *activities]
        first, *others = activities
        first.id = message_id
        await self._sent(place, conversation, first, is_edit=True)
        for activity in others:
            await self._sent(place, conversation, activity, continues=True)

    async def find(
        self,
        *,
        key: str,  # noqa: ARG002 - no message carries it
        conversation: ConversationReference,  # noqa: ARG002 - a channel cannot be searched
        back_to: str = "",  # noqa: ARG002
        thread: str = "",  # noqa: ARG002
    ) -> str | None:
        """Find nothing: what may have been posted is posted again."""
        return None

    async def show_typing(self, conversation: ConversationReference) -> None:
        """Let the person see that an answer is on its way; channels do not show it."""
        place = await self._place(conversation)
        if place.kind != "channel":
            await self._sent(place, conversation, Activity(type="typing"))

    async def _place(self, conversation: ConversationReference) -> TeamsConversation:
        try:
            return await self.line.places.find(conversation.address)
        except NoPlaceError as error:
            raise DeliveryError("nothing heard from Teams yet") from error
        except NotThereError as error:
            raise DeliveryError(error.reason, is_permanent=True) from error
        except ConnectorError as error:
            # Opening a chat twice opens one: nothing about it is ambiguous.
            meant = _meaning(error, is_edit=False)
            if meant.is_permanent:
                await self.line.places.block(conversation.address, meant.kind)
            raise DeliveryError(meant.kind, is_permanent=meant.is_permanent, retry_after=meant.retry_after) from error
        except Exception as error:
            raise DeliveryError(type(error).__name__) from error

    async def _sent(
        self,
        place: TeamsConversation,
        conversation: ConversationReference,
        activity: Activity,
        *,
        thread: str = "",
        is_edit: bool = False,
        continues: bool = False,
    ) -> str:
        """Send one activity, and say in our own terms what went wrong."""
        try:
            await self._pacer.wait(place.conversation_id, is_patient=continues)
        except TooFastError as error:
            raise DeliveryError("429 by our own count", retry_after=error.seconds) from error
        sent: list[str] = []

        async def send(context: TurnContext) -> None:
            # The library makes an id up for a turn that nobody wrote, and would reply to it.
            context.activity.id = None
            answer = await (context.update_activity(activity) if is_edit else context.send_activity(activity))
            sent.append(str(answer.id or "") if answer else "")

        try:
            await self.line.adapter.continue_conversation(
                self._target(place, conversation, thread=thread, is_edit=is_edit), send, self.line.app_id
            )
        except ConnectorError as error:
            meant = _meaning(error, is_edit=is_edit)
            if meant.is_permanent and meant.kind in _BLOCKED | _NO_SUCH_CONVERSATION:
                await self.line.places.block(conversation.address, meant.kind)
            raise meant from error
        except Exception as error:
            # An answer that nobody can read, or a broken connection: it may have arrived.
            raise DeliveryError(type(error).__name__, is_ambiguous=True) from error
        if activity.type == "message" and not is_edit and not (sent and sent[0]):
            raise DeliveryError("unexpected answer", is_ambiguous=True)
        return sent[0] if sent else ""

    def _target(
        self, place: TeamsConversation, conversation: ConversationReference, *, thread: str, is_edit: bool
    ) -> Target:
        """Name the conversation to the library; what is edited is named by its channel, not by its thread."""
        name = place.conversation_id
        thread = "" if is_edit or place.kind != "channel" else thread or thread_of(conversation.address)
        return Target(
            bot=ChannelAccount(id=f"28:{self.line.app_id}"),
            conversation=ConversationAccount(id=in_thread(channel_of(name), thread) if thread else name),
            channel_id=CHANNEL,
            service_url=place.service_url,
        )

    def _note_answer(self, conversation: ConversationReference, message_id: str, question_id: str) -> None:
        """Remember which question was answered. Nothing rests on it but the thumbs of Teams: the card has its own buttons.

        So it is written a moment later, with others, and no answer waits for it.
        """
        self._answers.append((channel_of(conversation.address), message_id[:200], question_id[:36]))
        if self._noting is None or self._noting.done():
            self._noting = asyncio.create_task(self._note_later())

    async def _note_later(self) -> None:
        await asyncio.sleep(NOTED_AFTER_SECONDS)
        await self._note_now()

    async def _note_now(self) -> None:
        answers, self._answers = self._answers, []
        if not answers:
            return
        try:
            async with self._database.unit() as unit:
                for address, message_id, question_id in answers:
                    await unit.teams_conversations.note_answer(
                        district_id=self.line.district_id,
                        address=address,
                        message_id=message_id,
                        question_id=question_id,
                        at=self._clock.now(),
                    )
        except Exception as error:  # noqa: BLE001 - as said above
            log.info("answers not noted", kind=type(error).__name__)

    async def close(self) -> None:
        """Write down what is still to be noted."""
        if self._noting is not None:
            self._noting.cancel()
        await self._note_now()


def _meaning(error: ConnectorError, *, is_edit: bool) -> DeliveryError:  # noqa: PLR0911 - one for each meaning
    """Say what a refusal means for the message."""
    status, code = error.status, error.code
    if isinstance(error, NotConnectedError):
        return DeliveryError("not_connected")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return DeliveryError("429", retry_after=1.0 if error.retry_after is None else error.retry_after)
    if status == HTTPStatus.PRECONDITION_FAILED:
        return DeliveryError("412", retry_after=error.retry_after or _AGAIN_SECONDS)
    if status == HTTPStatus.UNAUTHORIZED:
        return DeliveryError(code or "401")  # waits for whoever mends the credentials
    if status == HTTPStatus.FORBIDDEN:
        return DeliveryError(code or "403", is_permanent=code in _BLOCKED)
    if status == HTTPStatus.NOT_FOUND:
        if code in _NO_SUCH_CONVERSATION or not is_edit:
            return DeliveryError(code or "404", is_permanent=True)
        return DeliveryError(MESSAGE_GONE, is_permanent=True)
    if status in _FOR_GOOD:
        return DeliveryError(code or str(status), is_permanent=True)
    if 300 <= status < 500 and status != HTTPStatus.REQUEST_TIMEOUT:
        return DeliveryError(code or str(status))
    return DeliveryError(code or str(status), is_ambiguous=True, retry_after=error.retry_after)
