"""What a command, a button, a form and a shortcut do: translate, hand over, acknowledge; what takes longer goes on behind.

Everything that must not be lost is in the database before the acknowledgement leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.slack.acknowledging import Ack, Body, NotAsItMustBeError, read, tell
from bot.slack.addresses import PLATFORM
from bot.slack.incoming import (
    CHECK_POST,
    ESCALATE_POST,
    NoDistrictError,
    Origin,
    PickedWronglyError,
    Translator,
)
from bot.slack.payloads import Action, BlockActions, Command, MessageAction, View, ViewSubmission
from bot.slack.people import PersonNotKnownError
from bot.slack.render import ASKED_FIRST, pages_of, text_of
from bot.slack.views import FORM, LINE, Picked, block_of, errors_of, form_in, is_ours, line_modal, notice_of
from bot.turn import Accepted
from handlers.incoming import FormSubmission, Press
from handlers.outcome import Outcome
from handlers.replies import FileText, Reply
from handlers.wording import chat_apps as wording
from knowledge.errors import PostwiseError

if TYPE_CHECKING:
    from bot.platform import Behind
    from bot.slack.home import HomeTab
    from bot.slack.showing import Shower
    from bot.turn import Turns

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Interactions:
    """Everything that an interaction needs."""

    turns: Turns
    translator: Translator
    shower: Shower
    home: HomeTab
    behind: Behind

    async def command(self, body: Body, ack: Ack) -> None:
        """Do what stands behind a slash command; a form opens, anything else is shown to whoever typed it."""
        command = read(Command, body)
        try:
            origin = await self.translator.origin(command.our_team, command.user_id)
            question = await self.translator.command(command, origin)
        except (NoDistrictError, PersonNotKnownError) as error:
            await tell(ack, _why_not(error))
            return
        step = await self.turns.accept(question)
        if isinstance(step, Accepted):
            await tell(ack, wording.answered_in_direct_message())
            self.behind.begin(self.turns.answer(step), platform=PLATFORM)
        elif step.reply is None:
            await ack()
        elif step.is_promised:
            await tell(ack, wording.answered_in_direct_message())
        elif form_in(step.reply) is not None:
            await ack()
            self.behind.begin(self._open(step.reply, command.trigger_id, origin), platform=PLATFORM)
        elif len(pages_of(step.reply)) > 1 or any(isinstance(part, FileText) for part in step.reply.parts):
            await tell(ack, wording.answered_in_direct_message())
            self.behind.begin(self.shower.whisper(step.reply, origin, origin.home.reference.address), platform=PLATFORM)
        else:
            await tell(ack, step.reply)

    async def press(self, body: Body, ack: Ack) -> None:
        """Do what a button stands for."""
        pressed = read(BlockActions, body)
        action = pressed.actions[0]
        if action.type not in {"button", "feedback_buttons"}:
            await ack()  # something was chosen in a form that is not sent yet
            return
        try:
            origin = await self.translator.origin(pressed.our_team, pressed.user.id)
        except (NoDistrictError, PersonNotKnownError) as error:
            log.warning("press of somebody unknown", error=type(error).__name__)
            await ack()
            return
        if action.action_id.startswith(ASKED_FIRST):
            await ack()
            self.behind.begin(self._ask_line(pressed, action, origin), platform=PLATFORM)
            return
        try:
            press = await self.translator.press(pressed, action, origin)
        except ValueError as error:
            raise NotAsItMustBeError from error
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
                await self.home.draw(press.event_key, origin)

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
            origin = await self.translator.origin(submitted.our_team, submitted.user.id)
            incoming: FormSubmission | Press
            picked: Mapping[str, Picked] = {}
            if view.callback_id == FORM:
                incoming, picked = await self.translator.submission(submitted, origin)
            else:
                incoming = self.translator.press_with_line(view, origin)
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
        await self._answer_submission(step, incoming, picked, sent, ack)
        if step.is_promised:
            self.behind.begin(self.home.draw(incoming.event_key, origin), platform=PLATFORM)

    async def _answer_submission(
        self,
        outcome: Outcome,
        incoming: FormSubmission | Press,
        picked: Mapping[str, Picked],
        sent: Body,
        ack: Ack,
    ) -> None:
        reply, place, message = outcome.reply, incoming.conversation.address, incoming.message
        if reply is None:
            await ack(response_action="clear")
            return
        form = form_in(reply)
        values = View.model_validate(sent).values
        errors = errors_of(form, sent, values) if form is not None and not outcome.is_promised else None
        if errors is not None:
            await ack(response_action="errors", errors=errors)
        elif form is not None and not outcome.is_promised:
            drawn = self.shower.view_of(reply, place=place, message=message, picked=picked)
            await ack(response_action="update", view=drawn)
        else:
            # What was sent is shown at once, where the person looks; its message with the buttons is on its way.
            await ack(
                response_action="update", view=notice_of(wording.without_buttons(reply), place=place, message=message)
            )

    async def shortcut(self, body: Body, ack: Ack) -> None:
        """Take a shortcut that was chosen on a message."""
        chosen = read(MessageAction, body)
        try:
            origin = await self.translator.origin(chosen.our_team, chosen.user.id)
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

    async def _check(self, step: Accepted | Outcome, chosen: MessageAction, origin: Origin) -> None:
        if not chosen.channel.id.startswith("D"):
            place = f"{origin.team}/{chosen.channel.id}" if origin.team else chosen.channel.id
            await self.shower.whisper(wording.answered_in_direct_message(), origin, place)
        if isinstance(step, Accepted):
            await self.turns.answer(step)

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


def _why_not(error: PostwiseError) -> Reply:
    return wording.no_district() if isinstance(error, NoDistrictError) else wording.person_not_known()


async def _tell_at_first_field(ack: Ack, sent: Body, reply: Reply) -> None:
    """Say at the first field why a form could not be taken: it stays open, and what was typed stays in it."""
    block = block_of("", sent)
    if block:
        await ack(response_action="errors", errors={block: text_of(reply)})
    else:
        await ack(response_action="update", view=notice_of(reply, place="", message=""))
