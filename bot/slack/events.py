"""What each event does: translate, hand over; what takes longer goes on behind.

Everything that must not be lost is in the database before the event is acknowledged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from bot.slack.acknowledging import Body, NotKeptError, read
from bot.slack.addresses import PLATFORM
from bot.slack.incoming import Heard, NoDistrictError, Origin, Translator
from bot.slack.payloads import Event, HomeOpened, Message, TokensRevoked, UserChange
from bot.slack.people import PersonNotKnownError
from bot.turn import Accepted
from handlers.incoming import Departure
from handlers.wording import chat_apps as wording
from handlers.wording import problems
from knowledge.people import Person, Standing
from knowledge.search.danger import tells_of_danger

if TYPE_CHECKING:
    from bot.platform import Behind
    from bot.slack.home import HomeTab
    from bot.slack.people import People
    from bot.slack.showing import Shower
    from bot.slack.workspaces import Workspaces
    from bot.turn import Turns
    from knowledge.district import District

READ_SUBTYPES = frozenset({"", "file_share", "thread_broadcast"})
"""Kinds of message that a person wrote. What was changed or deleted later is not asked again.

Source: https://docs.slack.dev/reference/events/message
"""

log = structlog.get_logger()


class Uninstalling(Protocol):
    """Forgets a workspace."""

    async def uninstalled(self, team_id: str, *, at: datetime) -> None:
        """Forget its tokens, unless it has installed us again since that moment."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Everything that an event needs."""

    turns: Turns
    translator: Translator
    people: People
    shower: Shower
    home: HomeTab
    behind: Behind
    districts: Callable[[], Mapping[str, District]]
    workspaces: Workspaces
    uninstalling: Uninstalling | None
    """None where the one workspace stands in the settings."""

    async def message(self, body: Body) -> None:
        """Take what somebody wrote to us, or under one of our cards."""
        event = read(Event, body)
        if not _is_persons(event.event):
            return
        message = read(Message, event.event)
        if message.channel_type != "im" and message.thread_ts is None:
            return  # what is said in a channel is not ours to read
        origin = await self._origin(event.our_team, message.user, message, event)
        if origin is None:
            return
        if message.channel_type == "im":
            await self._take(await self.translator.direct_message(message, origin), origin, message, event)
            return
        heard = await self.translator.channel_message(message, origin, bot_id=event.bot_id)
        if heard is not None:
            await self._take(heard, origin, message, event)

    async def mention(self, body: Body) -> None:
        """Take a question that names us in a channel."""
        event = read(Event, body)
        if not _is_persons(event.event):
            return
        message = read(Message, event.event)
        origin = await self._origin(event.our_team, message.user, message, event)
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
        await self._take(heard, origin, message, event)

    async def home_opened(self, body: Body) -> None:
        """Draw the Home tab, or suggest what to ask in the direct message."""
        event = read(Event, body)
        opened = read(HomeOpened, event.event)
        try:
            origin = await self.translator.origin(event.our_team, opened.user)
        except (NoDistrictError, PersonNotKnownError):
            return
        if opened.tab == "home":
            self.behind.begin(self.home.draw(event.event_id, origin), platform=PLATFORM)
        elif opened.channel is not None and origin.person.standing is Standing.MEMBER:
            work = self.shower.prompts(origin, opened.channel, wording.EXAMPLES)
            self.behind.begin(work, platform=PLATFORM)

    async def user_change(self, body: Body) -> None:
        """Take in that somebody's record changed, or that they left."""
        event = read(Event, body)
        changed = read(UserChange, event.event).user
        district_id = await self.workspaces.district_of(event.our_team)
        is_ours = await self.people.changed(event.our_team, event.event["user"], district_id=district_id)
        if not is_ours or not changed.deleted or district_id is None:
            return  # somebody of elsewhere, whom we only met: nobody of the district left
        person = await self.people.person(event.our_team, changed.id, district_id=district_id)
        await self.turns.depart(
            Departure(district_id=district_id, person=person, event_key=f"left/{event.our_team}/{event.event_id}")
        )

    async def uninstalled(self, body: Body) -> None:
        """Forget a workspace that took us out."""
        if self.uninstalling is not None:
            event = read(Event, body)
            await self.uninstalling.uninstalled(event.our_team, at=_moment_of(event))

    async def revoked(self, body: Body) -> None:
        """Forget a workspace whose bot token was revoked; a person's token is none of ours."""
        event = read(Event, body)
        if self.uninstalling is not None and read(TokensRevoked, event.event).tokens.bot:
            await self.uninstalling.uninstalled(event.our_team, at=_moment_of(event))

    async def _take(self, heard: Heard, origin: Origin, message: Message, event: Event) -> None:
        step = await self.turns.accept(heard.incoming, told_at=heard.told_at)
        if isinstance(step, Accepted):
            self.behind.begin(self._answer(step, origin, message, heard), platform=PLATFORM, whose=origin.person.id)
        elif step.is_failure:
            raise NotKeptError
        elif step.reply is not None and not step.is_promised:
            # It was refused before anything of it was kept.
            work = self.shower.whisper(step.reply, origin, heard.told_at.address)
            self.behind.begin(work, platform=PLATFORM, whose=origin.person.id)
            log.info("refused", event_id=event.event_id)

    async def _answer(self, step: Accepted, origin: Origin, message: Message, heard: Heard) -> None:
        if message.channel_type == "im":
            root = message.thread_ts or message.ts
            self.behind.begin(self.shower.working(origin, message.channel, root), platform=PLATFORM)
        outcome = await self.turns.answer(step)
        if outcome.card and heard.incoming.private is not None:
            # The card went to their direct message; who asked in a channel is told so, and in danger whom to call at once.
            said = wording.answered_in_direct_message()
            district = self.districts().get(origin.district_id)
            if district is not None and tells_of_danger(message.text):
                said = problems.with_emergency(said, district)
            await self.shower.whisper(said, origin, heard.told_at.address)

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


def _moment_of(event: Event) -> datetime:
    """Return when something happened, to the end of its second."""
    return datetime.fromtimestamp(event.event_time + 1, UTC)


def _is_persons(event: Mapping[str, Any]) -> bool:
    """Tell whether a message is one that a person wrote."""
    return (
        not event.get("bot_id")
        and not event.get("hidden")
        and str(event.get("subtype") or "") in READ_SUBTYPES
        and isinstance(event.get("user"), str)
    )
