"""The route that Teams sends to: believe, read, hand over, acknowledge; no decisions.

What touches only the database is done before the answer, so that Teams sends again what could not be kept. A question is
kept, acknowledged and answered behind. What is only shown (a form, a refusal) goes to the person alone.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol
from weakref import WeakValueDictionary

import structlog
from aiohttp import web
from botbuilder.core import TurnContext
from botbuilder.schema import Activity as LibraryActivity
from botbuilder.schema import ChannelAccount, ConversationAccount

from bot.answering import Accepted
from bot.delivery.sender import DeliveryError
from bot.platform import Behind
from bot.teams import saying
from bot.teams.activities import Activity, NotAnActivityError, read_activity
from bot.teams.addresses import PLATFORM, channel_of
from bot.teams.dialogs import closing_answer, dialog_answer, pressed_in
from bot.teams.incoming import Pressed, Presses, Translator, place_of, pressed_of
from bot.teams.inspection import NotAllowedError, NotBelievedError
from bot.teams.keys import KeysAwayError
from bot.teams.leaving import Leaving
from bot.teams.limits import MAX_ACTIVITY_BYTES
from bot.teams.people import Roster
from bot.teams.render import FORM, THREAD
from bot.teams.sender import TeamsSender
from bot.teams.showing import Shower, card_answer, error_answer, text_answer
from handlers.incoming import Departure, Incoming, Press
from handlers.outcome import Outcome
from knowledge.people import Person
from knowledge.store.unit import Database

MOST_UNDER_WAY = 20
"""Most messages of one conversation that may wait for their answer."""

TYPING_AFTER_SECONDS = 0.3
"""How long a question waits before its person is shown that somebody is at work; most answers are there sooner."""

log = structlog.get_logger()


class Turns(Protocol):
    """Takes events through everything they cause; what is promised comes through the sender."""

    async def accept(self, incoming: Incoming) -> Accepted | Outcome:
        """Take an event as far as its acknowledgement must wait for it."""
        ...

    async def answer(self, accepted: Accepted) -> Outcome:
        """Answer an event that was kept."""
        ...

    async def depart(self, departure: Departure) -> None:
        """Take in that a person left."""
        ...


class TeamsPlatform:
    """Teams as one platform of the server."""

    name = PLATFORM

    def __init__(self, *, sender: TeamsSender, turns: Turns, database: Database, specialists: str) -> None:
        """Put the parts together.

        Parameters
        ----------
        specialists
            Conversation id of the specialists' channel; empty where they read on another platform.
        """
        self._line = sender.line
        self._turns = turns
        self._database = database
        self._sender = sender
        self._roster = Roster(district_id=self._line.district_id, connectors=self._line.connectors, database=database)
        self._translator = Translator(district_id=self._line.district_id, specialists=specialists, presses=Presses())
        self._behind = Behind()
        self._shower = Shower(sender=sender, behind=self._behind)
        self._leaving = Leaving(line=self._line, roster=self._roster, turns=turns, database=database)
        self._order: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._under_way: Counter[str] = Counter()

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the one route of Bot Framework."""
        return [web.post("/api/messages", self._take)]

    async def run(self) -> None:
        """Be ready for the first message, then look now and then who has left."""
        try:
            await self._line.inspector.keys.fetch()
        except KeysAwayError:
            log.warning("teams is not reached yet; the first message asks again")
        await self._leaving.run()

    async def unready(self) -> tuple[str, ...]:
        """Name nothing: a Microsoft that is away keeps no other platform from working."""
        return ()

    async def drain(self) -> None:
        """Let the answers under way come to their end."""
        await self._behind.drain()

    async def _take(self, request: web.Request) -> web.Response:
        try:
            claims = await self._line.inspector.claims(request.headers.get("Authorization", ""))
            activity = await _read(request)
            self._line.inspector.check(
                claims, channel=activity.channel, service_url=activity.service_url, tenant=activity.tenant
            )
        except KeysAwayError:
            raise web.HTTPServiceUnavailable(
                text="The keys of Bot Framework cannot be fetched just now.", headers={"Retry-After": "10"}
            ) from None
        except NotAllowedError as error:
            log.warning("activity refused", why=error.why)
            raise web.HTTPForbidden(text="Nobody may write from there.") from None
        except NotBelievedError as error:
            log.warning("activity not believed", why=error.why)
            raise web.HTTPUnauthorized(text="Not signed by Bot Framework for this bot.") from None
        answers: list[web.Response] = []

        async def turn(_: TurnContext) -> None:
            answers.append(await self._turn(activity))

        result = self._line.authentication.result(dict(claims))
        await self._line.adapter.process_activity(result, _for_library(activity), turn)
        return answers[0]

    async def _turn(self, activity: Activity) -> web.Response:
        match activity.type:
            case "message":
                return await self._message(activity)
            case "invoke":
                return await self._invoke(activity)
            case "installationUpdate":
                return await self._installed(activity)
            case "conversationUpdate":
                is_us = any(each.id == activity.recipient.id for each in activity.members_added or ())
                return await self._welcome(activity) if is_us else web.Response()
            case _:
                return web.Response()

    async def _message(self, activity: Activity) -> web.Response:
        if not activity.id:
            raise web.HTTPBadRequest(text="Not as it must be: id.")
        pressed = None if activity.text and activity.text.strip() else pressed_of(activity.value)
        if pressed is not None:
            return await self._submitted(pressed, activity)
        person = await self._seen(activity)
        question = self._translator.said(activity, person)
        root = self._translator.under_card(activity)
        if root and await self._is_card(activity, root):
            return await self._said(self._translator.in_thread(question, root), activity)
        return await self._said(question, activity)

    async def _said(self, incoming: Incoming, activity: Activity) -> web.Response:
        """Take what a person said; answer it behind where that takes the model."""
        address = incoming.conversation.address
        if self._under_way[address] >= MOST_UNDER_WAY:
            raise web.HTTPTooManyRequests(text="Wait for the answers first.", headers={"Retry-After": "5"})
        step = await self._turns.accept(incoming)
        if isinstance(step, Accepted):
            self._answer_behind(step)
            return web.Response()
        if step.is_failure:
            raise web.HTTPServiceUnavailable(text="It could not be kept.", headers={"Retry-After": "10"})
        if step.reply is not None and not step.is_promised:
            self._shower.show(step.reply, incoming, is_personal=activity.is_personal)
        return web.Response()

    async def _submitted(self, pressed: Pressed, activity: Activity) -> web.Response:
        """Take a press of a client that does not know Action.Execute: there is no answer in place."""
        person = await self._seen(activity)
        incoming = self._translator.pressed(pressed, activity, person)
        message = activity.reply_to or ""
        if incoming is None:
            self._shower.put_away(self._translator.conversation(activity, is_said=False), message)
            return web.Response()
        step = await self._turns.accept(incoming)
        if isinstance(step, Accepted):
            self._answer_behind(step)
        elif step.is_failure:
            raise web.HTTPServiceUnavailable(text="It could not be kept.", headers={"Retry-After": "10"})
        elif step.reply is not None and not step.is_promised:
            replaced = message if step.replaces_pressed_message and activity.is_personal else ""
            self._shower.show(step.reply, incoming, is_personal=activity.is_personal, replaced=replaced)
        return web.Response()

    async def _invoke(self, activity: Activity) -> web.Response:
        value = activity.value if isinstance(activity.value, dict) else {}
        if activity.name == "adaptiveCard/action":
            action = value.get("action")
            pressed = pressed_of(action.get("data")) if isinstance(action, dict) else None
            if pressed is None:
                raise web.HTTPBadRequest(text="Not as it must be: value.")
            return await self._executed(pressed, activity)
        if activity.name == "message/submitAction" and value.get("actionName") == "feedback":
            return await self._felt(value.get("actionValue"), activity)
        if (activity.name or "").startswith("task/"):
            return await self._in_dialog(pressed_in(activity), activity)
        raise web.HTTPBadRequest(text="Postwise has nothing of this name.")

    async def _executed(self, pressed: Pressed, activity: Activity) -> web.Response:
        """Take a press, and say at the card what became of it."""
        person = await self._seen(activity)
        incoming = self._translator.pressed(pressed, activity, person)
        message = activity.reply_to or ""
        if incoming is None:
            self._shower.put_away(self._translator.conversation(activity, is_said=False), message)
            return card_answer(saying.put_away())
        step = await self._turns.accept(incoming)
        if isinstance(step, Accepted):
            self._answer_behind(step)
            return text_answer(saying.RECEIVED)
        if step.is_failure:
            return error_answer(saying.TRY_AGAIN)
        if step.reply is None or step.is_promised:
            return text_answer(saying.SENT if pressed.kind == THREAD else saying.RECEIVED)
        return self._shower.answer(
            step, incoming, is_personal=activity.is_personal, message=message, is_form=pressed.kind == FORM
        )

    async def _in_dialog(self, pressed: Pressed | None, activity: Activity) -> web.Response:
        """Take what was pressed to open a window, or in one."""
        person = await self._seen(activity)
        incoming = self._translator.pressed(pressed, activity, person) if pressed is not None else None
        if incoming is None:
            return closing_answer(saying.NOT_KNOWN)
        step = await self._turns.accept(incoming)
        if isinstance(step, Accepted):
            self._answer_behind(step)
            return closing_answer(saying.RECEIVED)
        return dialog_answer(step, incoming, self._shower, is_personal=activity.is_personal)

    async def _felt(self, felt: Any, activity: Activity) -> web.Response:
        """Take the thumbs of Teams itself as the buttons under the answer."""
        felt = felt if isinstance(felt, dict) else {}
        address = self._translator.conversation(activity, is_said=False).address
        async with self._database.reading() as unit:
            question_id = await unit.teams_conversations.answered(
                district_id=self._line.district_id, address=channel_of(address), message_id=activity.reply_to or ""
            )
        if question_id and felt.get("reaction") in {"like", "dislike"}:
            verb = "helpful" if felt["reaction"] == "like" else "unhelpful"
            words = _feedback_words(felt.get("feedback"))
            pressed = Pressed(
                kind="press",
                verb="reason" if words and verb == "unhelpful" else verb,
                value=question_id,
                key="thumbs",
                fields={"reason": words} if words else {},
            )
            incoming = self._translator.pressed(pressed, activity, await self._seen(activity))
            assert isinstance(incoming, Press)
            step = await self._turns.accept(incoming)
            if isinstance(step, Outcome) and step.reply is not None and not step.is_promised:
                self._shower.show(step.reply, incoming, is_personal=activity.is_personal)
        return web.json_response({})

    async def _installed(self, activity: Activity) -> web.Response:
        action = (activity.action or "").lower()
        if action.startswith("remove"):
            place = self._translator.conversation(activity, is_said=False).address
            await self._line.places.block(place, "uninstalled")
        elif action == "add":
            return await self._welcome(activity)
        return web.Response()

    async def _welcome(self, activity: Activity) -> web.Response:
        person = await self._seen(activity)
        return await self._said(self._translator.welcome(activity, person), activity)

    async def _seen(self, activity: Activity) -> Person:
        """Note where an activity came from, and find out who caused it."""
        person = await self._roster.person(activity)
        try:
            await self._line.places.see(*place_of(activity))
        except Exception as error:  # noqa: BLE001 - where it cannot be kept, Teams sends it again
            log.error("place not kept", kind=type(error).__name__)  # noqa: TRY400 - a traceback may quote a row
            raise web.HTTPServiceUnavailable(text="It could not be kept.", headers={"Retry-After": "10"}) from None
        return person

    async def _is_card(self, activity: Activity, message: str) -> bool:
        conversation = self._translator.conversation(activity, is_said=False)
        async with self._database.reading() as unit:
            card = await unit.outbox.card_of(
                district_id=self._line.district_id, conversation=conversation, message_id=message
            )
        return bool(card)

    def _answer_behind(self, accepted: Accepted) -> None:
        """Answer what was kept, in the order in which it was asked, and let the person see that somebody is at work."""
        answered = asyncio.Event()
        self._behind.begin(self._answered(accepted, answered), platform=PLATFORM)
        self._behind.begin(self._typing(accepted, answered), platform=PLATFORM)

    async def _answered(self, accepted: Accepted, answered: asyncio.Event) -> None:
        address = accepted.incoming.conversation.address
        lock = self._order.setdefault(address, asyncio.Lock())
        self._under_way[address] += 1
        try:
            async with lock:
                await self._turns.answer(accepted)
        finally:
            answered.set()
            self._under_way[address] -= 1
            if not self._under_way[address]:
                del self._under_way[address]

    async def _typing(self, accepted: Accepted, answered: asyncio.Event) -> None:
        """Show that an answer is on its way, where it is not there in a moment anyway."""
        try:
            async with asyncio.timeout(TYPING_AFTER_SECONDS):
                await answered.wait()
        except TimeoutError:
            await self._show_typing(accepted)

    async def _show_typing(self, accepted: Accepted) -> None:
        try:
            await self._sender.show_typing(accepted.incoming.conversation)
        except DeliveryError as error:
            log.info("typing not shown", kind=error.kind)


async def _read(request: web.Request) -> Activity:
    """Read the body of a request.

    Raises
    ------
    web.HTTPClientError
        Raised if it is no activity; what stood in it is not repeated.
    """
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Send JSON, as application/json.")
    if (request.content_length or 0) > MAX_ACTIVITY_BYTES:
        raise web.HTTPRequestEntityTooLarge(max_size=MAX_ACTIVITY_BYTES, actual_size=request.content_length or 0)
    body = await request.read()
    if len(body) > MAX_ACTIVITY_BYTES:
        raise web.HTTPRequestEntityTooLarge(max_size=MAX_ACTIVITY_BYTES, actual_size=len(body))
    try:
        return read_activity(body)
    except NotAnActivityError as error:
        wrong = ", ".join(error.fields) or "the body"
        raise web.HTTPBadRequest(text=f"Not as it must be: {wrong}.") from None


def _for_library(activity: Activity) -> LibraryActivity:
    """Return what the library's turn wants to know of an activity."""
    return LibraryActivity(
        type=activity.type,
        id=activity.id,
        name=activity.name,
        channel_id=activity.channel,
        service_url=activity.service_url,
        from_property=ChannelAccount(id=activity.sender.id, name=activity.sender.name),
        recipient=ChannelAccount(id=activity.recipient.id, name=activity.recipient.name),
        conversation=ConversationAccount(id=activity.conversation.id, tenant_id=activity.tenant),
    )


def _feedback_words(said: Any) -> str:
    """Return what was typed beside the thumbs: Teams sends it as JSON inside of JSON."""
    import json

    if not isinstance(said, str):
        return ""
    try:
        read = json.loads(said)
    except (ValueError, RecursionError):
        return ""
    words = read.get("feedbackText") if isinstance(read, dict) else None
    return words.strip()[:500] if isinstance(words, str) else ""
