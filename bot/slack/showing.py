"""Shows somebody at once what need not be kept: forms as modals, what is wrong with a press, the Home tab."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog

from bot.delivery.sender import DeliveryError
from bot.slack.addresses import Address
from bot.slack.render import pages_of, text_of
from bot.slack.views import form_in, home_of, modal_of, notice_of
from handlers.replies import FileText, Reply

if TYPE_CHECKING:
    from bot.slack.client import SlackCalls
    from bot.slack.incoming import Origin
    from bot.slack.payloads import View
    from bot.slack.sender import SlackSender
    from bot.slack.workspaces import Workspaces
    from handlers.incoming import Press

VIEW_SECONDS = 2.5
"""How long Slack may take to open a modal: what allows it is good for three seconds.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses
"""

log = structlog.get_logger()


class Shower:
    """Makes the calls by which something is shown that is in no outbox; one that fails is said in another way, or logged."""

    def __init__(self, *, workspaces: Workspaces, calls: SlackCalls, sender: SlackSender) -> None:
        self._workspaces = workspaces
        self._calls = calls
        self._sender = sender

    async def answer_press(
        self, reply: Reply, press: Press, origin: Origin, *, trigger: str, view: View | None
    ) -> None:
        """Show what a press came to.

        Parameters
        ----------
        trigger
            Slack's permission to open a modal.
        view
            The modal in which the button stood; None where it stood anywhere else.
        """
        drawn = self.view_of(reply, place=press.conversation.address, message=press.message)
        if view is not None and view.type == "modal":
            await self._replace(drawn, view, origin)
        elif form_in(reply) is not None:
            if not await self.open(drawn, trigger, origin):
                # The form's own button opens it again.
                await self.whisper(reply, origin, press.conversation.address)
        else:
            await self.whisper(reply, origin, press.conversation.address)

    @staticmethod
    def view_of(reply: Reply, *, place: str, message: str) -> dict[str, Any]:
        """Return the modal that shows a reply: a form to be filled in, or something to be read."""
        form = form_in(reply)
        if form is None:
            return notice_of(reply, place=place, message=message)
        return modal_of(reply, form, place=place, message=message)

    async def open(self, view: dict[str, Any], trigger: str, origin: Origin) -> bool:
        """Open a modal; False where Slack's permission had run out, or Slack does not answer."""
        try:
            await self._call(
                origin, lambda slack: slack.views_open(trigger_id=trigger, view=view), timeout_seconds=VIEW_SECONDS
            )
        except DeliveryError as error:
            log.warning("modal not opened", kind=error.kind)
            return False
        return True

    async def whisper(self, reply: Reply, origin: Origin, address: str) -> None:
        """Show something to one person alone: in their direct message as a message, anywhere else for them only."""
        place = Address.of(dataclasses.replace(origin.home.reference, address=address))
        reply = await self._with_files_in_the_direct_message(reply, origin)
        for page in pages_of(reply):
            try:
                if place.is_direct:
                    await self._call(
                        origin,
                        lambda slack, page=page: slack.chat_postMessage(
                            channel=place.channel,
                            thread_ts=place.thread or None,
                            text=text_of(reply),
                            blocks=page,
                            mrkdwn=False,
                            unfurl_links=False,
                            unfurl_media=False,
                        ),
                    )
                else:
                    await self._call(
                        origin,
                        lambda slack, page=page: slack.chat_postEphemeral(
                            channel=place.channel,
                            user=origin.person.id,
                            thread_ts=place.thread or None,
                            text=text_of(reply),
                            blocks=page,
                        ),
                    )
            except DeliveryError as error:
                log.warning("not shown", kind=error.kind)

    async def home(self, reply: Reply, origin: Origin) -> None:
        """Draw somebody's Home tab."""
        try:
            await self._call(origin, lambda slack: slack.views_publish(user_id=origin.person.id, view=home_of(reply)))
        except DeliveryError as error:
            log.warning("home not drawn", kind=error.kind)

    async def prompts(self, origin: Origin, channel: str, examples: Mapping[str, str]) -> None:
        """Suggest what can be asked, to somebody who opens our direct message."""
        prompts = [{"title": title, "message": message} for title, message in examples.items()]
        with contextlib.suppress(DeliveryError):
            await self._call(
                origin,
                lambda slack: slack.api_call(
                    "assistant.threads.setSuggestedPrompts", json={"channel_id": channel, "prompts": prompts}
                ),
            )

    async def working(self, origin: Origin, channel: str, thread: str) -> None:
        """Let somebody see that their question is looked into; it goes away with the answer."""
        with contextlib.suppress(DeliveryError):
            await self._call(
                origin,
                lambda slack: slack.api_call(
                    "assistant.threads.setStatus",
                    json={"channel_id": channel, "thread_ts": thread, "status": "is looking it up in the guidelines…"},
                ),
                timeout_seconds=VIEW_SECONDS,
            )

    async def _replace(self, drawn: dict[str, Any], view: View, origin: Origin) -> None:
        try:
            await self._call(origin, lambda slack: slack.views_update(view_id=view.id, view=drawn))
        except DeliveryError as error:
            log.warning("modal not changed", kind=error.kind)

    async def _with_files_in_the_direct_message(self, reply: Reply, origin: Origin) -> Reply:
        """Bring the files of a reply to the person alone: nothing else takes a file that one person sees."""
        for file in reply.parts:
            if isinstance(file, FileText):
                try:
                    await self._sender.share(file, origin.home)
                except DeliveryError as error:
                    log.warning("file not shared", kind=error.kind)
        return reply

    async def _call(self, origin: Origin, call: Any, *, timeout_seconds: float | None = None) -> dict[str, Any]:
        token = await self._workspaces.token(origin.team_id)
        return await self._calls.call(call, token=token, timeout_seconds=timeout_seconds)
