"""What each kind of event does: translate, hand over, acknowledge; what takes longer goes on behind.

Everything that must not be lost is in the database before the acknowledgement leaves. Whatever breaks, nothing is raised
past here: Bolt would take an acknowledgement back that was just given.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

import structlog
from pydantic import BaseModel, ValidationError
from slack_bolt.response import BoltResponse

from bot.failures import noted
from bot.slack.addresses import PLATFORM
from bot.slack.incoming import (
    CHECK_POST,
    ESCALATE_POST,
    Heard,
    NoDistrictError,
    Origin,
    PickedWronglyError,
    Translator,
)
from bot.slack.payloads import (
    Action,
    BlockActions,
    Command,
    Event,
    HomeOpened,
    Message,
    MessageAction,
    TokensRevoked,
    UserChange,
    ViewSubmission,
)
from bot.slack.people import PersonNotKnownError
from bot.slack.render import ASKED_FIRST, pages_of, text_of
from bot.slack.views import FORM, LINE, block_of, errors_of, form_in, is_ours, line_modal, notice_of
from bot.turn import Accepted
from handlers.incoming import Departure
from handlers.outcome import Outcome
from handlers.replies import FileText, Reply
from handlers.wording import chat_apps as wording
from handlers.wording import problems
from knowledge.errors import PostwiseError
from knowledge.people import Person, Standing

if TYPE_CHECKING:
    from bot.platform import Behind
    from bot.slack.people import People
    from bot.slack.showing import Shower
    from bot.slack.workspaces import Workspaces
    from bot.turn import Turns
    from knowledge.district import District

AnyPayload = TypeVar("AnyPayload", bound=BaseModel)
Ack: TypeAlias = Callable[..., Awaitable[BoltResponse]]
Body: TypeAlias = Mapping[str, Any]

READ_SUBTYPES = frozenset({"", "file_share", "thread_broadcast"})
"""Kinds of message that a person wrote. What was changed or deleted later is not asked again.

Source: https://docs.slack.dev/reference/events/message
"""

log = structlog.get_logger()


class NotAsItMustBeError(PostwiseError):
    """A signed request does not have the shape that Slack's have."""


class NotKeptError(PostwiseError):
    """What arrived could not be kept just now; it is to be sent again."""


class Uninstalling(Protocol):
    """Forgets a workspace."""

    async def uninstalled(self, team_id: str) -> None:
        """Forget its tokens."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """Everything that an event needs."""

    turns: Turns
    translator: Translator
    people: People
    shower: Shower
    behind: Behind
    districts: Callable[[], Mapping[str, District]]
    workspaces: Workspaces
    uninstalling: Uninstalling | None
    """None where the one workspace stands in the settings."""

    # ------------------------------------------------------------ events

    async def message(self, body: Body) -> None:
        """Take what somebody wrote to us, or under one of our cards."""
        event = read(Event, body)
        if not _is_persons(event.event):
            return
        message = read(Message, event.event)
        if message.channel_type != "im" and message.thread_ts is None:
            return  # what is said in a channel is not ours to read
        origin = await self._origin(event.team_id, message.user, message, event)
        if origin is None:
            return
        if message.channel_type == "im":
            await self._take(await self.translator.direct_message(message, origin), origin, message, event)
            return
        heard = await self.translator.channel_message(message, origin)
        if heard is not None:
            await self._take(heard, origin, message, event)

    async def mention(self, body: Body) -> None:
        """Take a question that names us in a channel."""
        event = read(Event, body)
        if not _is_persons(event.event):
            return
        message = read(Message, event.event)
        origin = await self._origin(event.team_id, message.user, message, event)
        if origin is None:
            return
        district = self.districts().get(origin.district_id)
        if district is None:
            return
        heard = await self.translator.mention(
            message,
            origin,
            bot_id=event.bot_id,
            mentions=district.channels.mentions,
            is_shared=event.is_ext_shared_channel,
        )
        if heard is not None:
            await self._take(heard, origin, message, event)

    async def home_opened(self, body: Body) -> None:
        """Draw the Home tab, or suggest what to ask in the direct message."""
        event = read(Event, body)
        opened = read(HomeOpened, event.event)
        try:
            origin = await self.translator.origin(event.team_id, opened.user)
        except (NoDistrictError, PersonNotKnownError):
            return
        if opened.tab == "home":
            self.behind.begin(self._draw_home(event.event_id, origin), platform=PLATFORM)
        elif opened.channel is not None and origin.person.standing is Standing.MEMBER:
            work = self.shower.prompts(origin, opened.channel, wording.EXAMPLES)
            self.behind.begin(work, platform=PLATFORM)

    async def user_change(self, body: Body) -> None:
        """Take in that somebody's record changed, or that they left."""
        event = read(Event, body)
        changed = read(UserChange, event.event).user
        self.people.changed(event.team_id, event.event["user"])
        district_id = await self.workspaces.district_of(event.team_id)
        if not changed.deleted or district_id is None:
            return
        person = await self.people.person(event.team_id, changed.id, district_id=district_id)
        await self.turns.depart(
            Departure(district_id=district_id, person=person, event_key=f"left/{event.team_id}/{event.event_id}")
        )

    async def uninstalled(self, body: Body) -> None:
        """Forget a workspace that took us out."""
        if self.uninstalling is not None:
            await self.uninstalling.uninstalled(read(Event, body).team_id)

    async def revoked(self, body: Body) -> None:
        """Forget a workspace whose bot token was revoked; a person's token is none of ours."""
        event = read(Event, body)
        if self.uninstalling is not None and read(TokensRevoked, event.event).tokens.bot:
            await self.uninstalling.uninstalled(event.team_id)

    # ------------------------------------------------------------ commands, buttons, forms, shortcuts

    async def command(self, body: Body, ack: Ack) -> None:
        """Do what stands behind a slash command; a form opens, anything else is shown to whoever typed it."""
        command = read(Command, body)
        try:
            origin = await self.translator.origin(command.team_id, command.user_id)
            question = await self.translator.command(command, origin)
        except (NoDistrictError, PersonNotKnownError) as error:
            await _tell(ack, _why_not(error))
            return
        step = await self.turns.accept(question)
        if isinstance(step, Accepted):
            await _tell(ack, wording.answered_in_direct_message())
            self.behind.begin(self.turns.answer(step), platform=PLATFORM)
        elif step.reply is None:
            await ack()
        elif step.is_promised:
            is_here = command.channel_id.startswith("D")
            await (ack() if is_here else _tell(ack, wording.answered_in_direct_message()))
        elif form_in(step.reply) is not None:
            await ack()
            self.behind.begin(self._open(step.reply, command.trigger_id, origin), platform=PLATFORM)
        elif len(pages_of(step.reply)) > 1 or any(isinstance(part, FileText) for part in step.reply.parts):
            await _tell(ack, wording.answered_in_direct_message())
            self.behind.begin(self.shower.whisper(step.reply, origin, origin.home.reference.address), platform=PLATFORM)
        else:
            await _tell(ack, step.reply)

    async def press(self, body: Body, ack: Ack) -> None:
        """Do what a button stands for."""
        pressed = read(BlockActions, body)
        action = pressed.actions[0]
        if action.type not in {"button", "feedback_buttons"}:
            await ack()  # something was chosen in a form that is not sent yet
            return
        try:
            origin = await self.translator.origin(pressed.team_id, pressed.user.id)
        except (NoDistrictError, PersonNotKnownError) as error:
            log.warning("press of somebody unknown", error=type(error).__name__)
            await ack()
            return
        if action.action_id.startswith(ASKED_FIRST):
            await ack()
            self.behind.begin(self._ask_line(pressed, action, origin), platform=PLATFORM)
            return
        press = await self.translator.press(pressed, action, origin)
        step = await self.turns.accept(press)
        await ack()
        is_home = pressed.view is not None and pressed.view.type == "home"

        async def go_on() -> None:
            outcome = await self.turns.answer(step) if isinstance(step, Accepted) else step
            is_in_modal = pressed.view is not None and not is_home
            if outcome.reply is not None and (not outcome.is_promised or is_in_modal):
                await self.shower.answer_press(
                    outcome.reply, press, origin, trigger=pressed.trigger_id, view=pressed.view
                )
            if is_home and outcome.is_promised:
                await self._draw_home(press.event_key, origin)

        self.behind.begin(go_on(), platform=PLATFORM)

    async def submit(self, body: Body, ack: Ack) -> None:
        """Take a form that was filled in; what is wrong is said at its fields, and nothing that was typed is lost."""
        submitted = read(ViewSubmission, body)
        view = submitted.view
        sent = body["view"]
        if not is_ours(sent) or view.callback_id not in {FORM, LINE}:
            await ack()
            return
        try:
            origin = await self.translator.origin(submitted.team_id, submitted.user.id)
            incoming = (
                await self.translator.submission(submitted, origin)
                if view.callback_id == FORM
                else self.translator.press_with_line(view, origin)
            )
        except PickedWronglyError as error:
            await ack(response_action="errors", errors={block_of(error.field, sent, picked=True): error.problem})
            return
        except (NoDistrictError, PersonNotKnownError) as error:
            await _tell_at_first_field(ack, sent, _why_not(error))
            return
        except ValueError as error:
            raise NotAsItMustBeError from error
        step = await self.turns.accept(incoming)
        if isinstance(step, Accepted):
            await ack(response_action="clear")
            self.behind.begin(self.turns.answer(step), platform=PLATFORM)
            return
        if step.is_failure and step.reply is not None:
            await _tell_at_first_field(ack, sent, step.reply)
            return
        await self._answer_submission(step, incoming.conversation.address, incoming.message, sent, ack)
        if step.is_promised:
            self.behind.begin(self._draw_home(incoming.event_key, origin), platform=PLATFORM)

    async def _answer_submission(self, outcome: Outcome, place: str, message: str, sent: Body, ack: Ack) -> None:
        reply = outcome.reply
        if reply is None:
            await ack(response_action="clear")
            return
        form = form_in(reply)
        errors = errors_of(form, sent) if form is not None and not outcome.is_promised else None
        if errors is not None:
            await ack(response_action="errors", errors=errors)
        elif form is not None and not outcome.is_promised:
            await ack(response_action="update", view=self.shower.view_of(reply, place=place, message=message))
        else:
            # What was sent is shown at once, where the person looks; its message with the buttons is on its way.
            await ack(
                response_action="update", view=notice_of(wording.without_buttons(reply), place=place, message=message)
            )

    async def shortcut(self, body: Body, ack: Ack) -> None:
        """Take a shortcut that was chosen on a message."""
        chosen = read(MessageAction, body)
        try:
            origin = await self.translator.origin(chosen.team_id, chosen.user.id)
        except (NoDistrictError, PersonNotKnownError) as error:
            log.warning("shortcut of somebody unknown", error=type(error).__name__)
            await ack()
            return
        if chosen.callback_id == CHECK_POST:
            question = await self.translator.check_shortcut(chosen, origin)
            step = await self.turns.accept(question, told_at=origin.home.reference)
            await ack()
            self.behind.begin(self._check(step, chosen, origin), platform=PLATFORM)
        elif chosen.callback_id == ESCALATE_POST:
            press = await self.translator.escalate_shortcut(chosen, origin)
            outcome = await self.turns.accept(press)
            await ack()
            if isinstance(outcome, Outcome) and outcome.reply is not None:
                self.behind.begin(self._open(outcome.reply, chosen.trigger_id, origin), platform=PLATFORM)
        else:
            await ack()

    # ------------------------------------------------------------ behind

    async def _take(self, heard: Heard, origin: Origin, message: Message, event: Event) -> None:
        step = await self.turns.accept(heard.incoming, told_at=heard.told_at)
        if isinstance(step, Accepted):
            self.behind.begin(self._answer(step, origin, message), platform=PLATFORM)
        elif step.is_failure:
            raise NotKeptError
        elif step.reply is not None and not step.is_promised:
            # It was refused before anything of it was kept.
            work = self.shower.whisper(step.reply, origin, heard.told_at.address)
            self.behind.begin(work, platform=PLATFORM)
            log.info("refused", event_id=event.event_id)

    async def _answer(self, step: Accepted, origin: Origin, message: Message) -> None:
        if message.channel_type == "im":
            root = message.thread_ts or message.ts
            self.behind.begin(self.shower.working(origin, message.channel, root), platform=PLATFORM)
        await self.turns.answer(step)

    async def _check(self, step: Accepted | Outcome, chosen: MessageAction, origin: Origin) -> None:
        place = f"{origin.team}/{chosen.channel.id}" if origin.team else chosen.channel.id
        await self.shower.whisper(wording.answered_in_direct_message(), origin, place)
        if isinstance(step, Accepted):
            await self.turns.answer(step)

    async def _draw_home(self, event_id: str, origin: Origin) -> None:
        outcome = await self.turns.accept(self.translator.overview(event_id, origin))
        if isinstance(outcome, Outcome) and outcome.reply is not None:
            await self.shower.home(outcome.reply, origin)

    async def _open(self, reply: Reply, trigger: str, origin: Origin) -> None:
        home = origin.home.reference.address
        if not await self.shower.open(self.shower.view_of(reply, place=home, message=""), trigger, origin):
            await self.shower.whisper(reply, origin, home)

    async def _ask_line(self, pressed: BlockActions, action: Action, origin: Origin) -> None:
        press = await self.translator.press(pressed, action, origin)
        view = line_modal(
            action.text.text or wording.LINE_SUBMIT,
            verb=press.verb,
            value=press.value,
            place=press.conversation.address,
            message=press.message,
            most=wording.LONGEST_LINE,
            submit=wording.LINE_SUBMIT,
        )
        await self.shower.open(view, pressed.trigger_id, origin)

    async def _origin(self, team_id: str, user_id: str, message: Message, event: Event) -> Origin | None:
        try:
            return await self.translator.origin(team_id, user_id)
        except PersonNotKnownError as error:
            raise NotKeptError from error
        except NoDistrictError:
            log.warning("workspace of no district", team=team_id, event_id=event.event_id)
            if message.channel_type == "im":
                nobody = Person(platform=PLATFORM, id=user_id)
                team = self.workspaces.team_in_address(team_id)
                stranger = Origin(team_id=team_id, team=team, district_id="", person=nobody)
                place = stranger.home.in_thread(message.thread_ts or message.ts).reference.address
                self.behind.begin(self.shower.whisper(wording.no_district(), stranger, place), platform=PLATFORM)
            return None


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


def _is_persons(event: Mapping[str, Any]) -> bool:
    """Tell whether a message is one that a person wrote."""
    return (
        not event.get("bot_id")
        and not event.get("hidden")
        and str(event.get("subtype") or "") in READ_SUBTYPES
        and isinstance(event.get("user"), str)
    )


def _why_not(error: PostwiseError) -> Reply:
    return wording.no_district() if isinstance(error, NoDistrictError) else wording.person_not_known()


async def _tell(ack: Ack, reply: Reply) -> None:
    """Show a reply to whoever typed a command, and to nobody else, in the acknowledgement itself."""
    await ack(response_type="ephemeral", text=text_of(reply), blocks=pages_of(reply)[0])


async def _tell_at_first_field(ack: Ack, sent: Body, reply: Reply) -> None:
    """Say at the first field why a form could not be taken: it stays open, and what was typed stays in it."""
    block = block_of("", sent)
    if block:
        await ack(response_action="errors", errors={block: text_of(reply)})
    else:
        await ack(response_action="update", view=notice_of(reply, place="", message=""))


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
            await _tell(ack, reply)
    return None
