"""Shows what is for one person alone and is not kept: a form that opens, problems at its fields, a refusal, an export.

In the chat with the bot it stands where it was asked for. In a group or a channel it goes to the person's own chat, because
everybody there would read it.
"""

from typing import Any
from uuid import uuid4

import structlog
from aiohttp import web

from bot.delivery.sender import DeliveryError
from bot.plain import plain
from bot.platform import Behind
from bot.teams import saying
from bot.teams.addresses import PLATFORM, own_chat
from bot.teams.limits import MAX_TOAST_CHARACTERS
from bot.teams.messages import CARD_TYPE
from bot.teams.render import cards_of
from bot.teams.sender import TeamsSender
from handlers.incoming import Incoming
from handlers.outcome import Outcome
from handlers.replies import Bullets, Form, Paragraph, Reply
from knowledge.conversations import ConversationReference

log = structlog.get_logger()


def text_answer(words: str) -> web.Response:
    """Answer a press with words that only whoever pressed sees.

    Source: https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model#response-format
    """
    return _answer(200, "application/vnd.microsoft.activity.message", words)


def card_answer(reply: Reply, *, key: str = "") -> web.Response:
    """Answer a press in a person's own chat with a card in the place of the one that was pressed."""
    return _answer(
        200, CARD_TYPE, cards_of(reply, key=key or str(uuid4()), can_put_away=_has_form(reply), is_personal=True)[0]
    )


def error_answer(words: str) -> web.Response:
    """Answer a press that could not be kept: the card stays, and can be pressed again."""
    return _answer(500, "application/vnd.microsoft.error", {"code": "NotKept", "message": words})


def _answer(status: int, kind: str, value: Any) -> web.Response:
    return web.json_response({"statusCode": status, "type": kind, "value": value})


def short_words(reply: Reply) -> str:
    """Return a reply as words that are shown at once; empty where it is too long for that, or more than words."""
    words = plain(reply)
    is_words = all(isinstance(part, Paragraph | Bullets) for part in reply.parts)
    return words if is_words and len(words) <= MAX_TOAST_CHARACTERS else ""


class Shower:
    """Shows replies that are not kept."""

    def __init__(self, *, sender: TeamsSender, behind: Behind) -> None:
        self._sender = sender
        self._behind = behind

    def answer(
        self, outcome: Outcome, incoming: Incoming, *, is_personal: bool, message: str, is_form: bool
    ) -> web.Response:
        """Answer a press by what it has caused."""
        reply = outcome.reply
        assert reply is not None
        replaces = (outcome.replaces_pressed_message or is_form) and _has_form(reply)
        if is_personal and replaces and message:
            key = str(uuid4())
            # The answer changes the card at once; the edit makes it stay, on the person's other devices too.
            self._behind.begin(self._edit(incoming.conversation, message, reply, key), platform=PLATFORM)
            return card_answer(reply, key=key)
        words = short_words(reply)
        if words:
            return text_answer(words)
        self.show(reply, incoming, is_personal=is_personal, says_where=False)
        return text_answer(saying.RECEIVED if is_personal else saying.IN_OWN_CHAT)

    def show(
        self, reply: Reply, incoming: Incoming, *, is_personal: bool, replaced: str = "", says_where: bool = True
    ) -> None:
        """Show a reply behind the acknowledgement, in the place of a message where one is named."""
        if replaced:
            work = self._edit(incoming.conversation, replaced, reply, str(uuid4()))
        elif is_personal:
            work = self._post(incoming.conversation, reply)
        else:
            work = self._to_own_chat(reply, incoming, says_where=says_where)
        self._behind.begin(work, platform=PLATFORM)

    def put_away(self, conversation: ConversationReference, message: str) -> None:
        """Put a form away."""
        if message:
            self._behind.begin(self._edit(conversation, message, saying.put_away(), str(uuid4())), platform=PLATFORM)

    async def _to_own_chat(self, reply: Reply, incoming: Incoming, *, says_where: bool) -> None:
        try:
            await self._post_or_raise(own_chat(incoming.person.id), reply)
        except DeliveryError as error:
            log.info("own chat not reached", kind=error.kind)
            await self._post(incoming.conversation, saying.no_own_chat())
            return
        if says_where:
            await self._post(incoming.conversation, saying.in_own_chat())

    async def _post(self, conversation: ConversationReference, reply: Reply) -> None:
        try:
            await self._post_or_raise(conversation, reply)
        except DeliveryError as error:
            log.warning("not shown", kind=error.kind)

    async def _post_or_raise(self, conversation: ConversationReference, reply: Reply) -> None:
        await self._sender.post_drawn(
            key=str(uuid4()), conversation=conversation, reply=reply, can_put_away=_has_form(reply)
        )

    async def _edit(self, conversation: ConversationReference, message: str, reply: Reply, key: str) -> None:
        try:
            await self._sender.edit_drawn(
                key=key, conversation=conversation, message_id=message, reply=reply, can_put_away=_has_form(reply)
            )
        except DeliveryError as error:
            log.info("not edited", kind=error.kind)
            await self._post(conversation, reply)


def _has_form(reply: Reply) -> bool:
    return any(isinstance(part, Form) for part in reply.parts)
