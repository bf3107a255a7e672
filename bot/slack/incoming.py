"""Translates what Slack sends into what handlers get: who it is, where it was said, and what they meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bot.slack.addresses import Address
from bot.slack.people import PersonNotKnownError
from bot.slack.render import ASKED_FIRST, FEEDBACK
from bot.slack.text import mentioned_people, typed
from bot.slack.views import Carried, picked_in, typed_in
from handlers.incoming import FormSubmission, Press, Question, ThreadMessage
from knowledge.conversations import ConversationReference
from knowledge.district import Mentions
from knowledge.errors import PostwiseError
from knowledge.people import Person, Standing

if TYPE_CHECKING:
    from bot.slack.payloads import (
        Action,
        BlockActions,
        Command,
        File,
        Message,
        MessageAction,
        View,
        ViewSubmission,
    )
    from bot.slack.people import People
    from bot.slack.workspaces import Workspaces
    from knowledge.store.unit import Database

MOST_NAMED = 10
"""Most people of one message whose e-mail addresses are looked up; the rest are "somebody". Our own figure."""

CHECK_POST, ESCALATE_POST = "check_post", "escalate_post"
"""Callback ids of the two message shortcuts."""

Typed: TypeAlias = Question | ThreadMessage


class NoDistrictError(PostwiseError):
    """Nobody has said yet whose district a workspace is."""

    def __init__(self, team_id: str) -> None:
        super().__init__(team_id)
        self.team_id = team_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who does something, in which workspace and district."""

    team_id: str
    team: str
    """As addresses name the workspace."""

    district_id: str
    person: Person

    @property
    def home(self) -> Address:
        """The person's own direct message."""
        return Address(team=self.team, channel=self.person.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message, with where its answer is brought."""

    incoming: Typed
    told_at: ConversationReference


class PickedWronglyError(PostwiseError):
    """Somebody was picked in a form who is no member of staff, or of whom Slack does not say who they are."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field)
        self.field = field
        self.problem = problem


class Translator:
    """Knows people and workspaces well enough to translate."""

    def __init__(self, *, workspaces: Workspaces, people: People, database: Database) -> None:
        self._workspaces = workspaces
        self._people = people
        self._database = database

    async def origin(self, team_id: str, user_id: str) -> Origin:
        """Find out who does something.

        Raises
        ------
        NoDistrictError
            Raised if the workspace is tied to no district.
        PersonNotKnownError
            Raised if Slack does not say who it is.
        """
        district_id = await self._workspaces.district_of(team_id)
        if district_id is None:
            raise NoDistrictError(team_id)
        person = await self._people.person(team_id, user_id, district_id=district_id)
        team = self._workspaces.team_in_address(team_id)
        return Origin(team_id=team_id, team=team, district_id=district_id, person=person)

    async def direct_message(self, message: Message, origin: Origin) -> Heard:
        """Translate a direct message: under the card of a case it goes on to the other side, anywhere else it is asked."""
        root = message.thread_ts or message.ts
        text = await self._meant(message.text, origin)
        home = origin.home
        if message.thread_ts and await self._is_case(home.reference, message.thread_ts, origin.district_id):
            talk = _thread_message(message, origin, text=text, place=home.reference, root=message.thread_ts)
            return Heard(incoming=talk, told_at=home.in_thread(root).reference)
        place = home.in_thread(root).reference
        return Heard(incoming=_question(message, origin, text=text, place=place), told_at=place)

    async def channel_message(self, message: Message, origin: Origin) -> Heard | None:
        """Translate what was written in a thread of a channel; None where it is none of ours."""
        channel = Address(team=origin.team, channel=message.channel)
        if message.thread_ts is None or not await self._is_case(
            channel.reference, message.thread_ts, origin.district_id
        ):
            return None
        text = await self._meant(message.text, origin)
        talk = _thread_message(message, origin, text=text, place=channel.reference, root=message.thread_ts)
        private = channel.in_thread(message.thread_ts).shown_to(origin.person.id)
        return Heard(incoming=talk, told_at=private.reference)

    async def mention(
        self, message: Message, origin: Origin, *, bot_id: str, mentions: Mentions, is_shared: bool
    ) -> Heard | None:
        """Translate a question that names us in a channel; None where it stands in the thread of a case.

        Parameters
        ----------
        mentions
            Who sees the answer, by the district's own setting.
        is_shared
            True where people of other organizations read along: then whoever asked sees it alone.
        """
        channel = Address(team=origin.team, channel=message.channel)
        if message.thread_ts and await self._is_case(channel.reference, message.thread_ts, origin.district_id):
            return None  # the same message comes as one of the channel, too
        place = channel.in_thread(message.thread_ts or message.ts)
        if is_shared or mentions is Mentions.ASKER:
            place = place.shown_to(origin.person.id)
        text = await self._meant(message.text, origin, bot=bot_id)
        question = _question(message, origin, text=text, place=place.reference)
        # Lists and files that nobody keeps are the asker's own, whoever sees the answers.
        return Heard(incoming=question, told_at=place.shown_to(origin.person.id).reference)

    async def command(self, command: Command, origin: Origin) -> Question:
        """Translate a slash command: wherever it was typed, it is the person's own."""
        text = await self._meant(command.text, origin)
        return Question(
            district_id=origin.district_id,
            person=origin.person,
            conversation=origin.home.reference,
            event_key=f"command/{origin.team_id}/{command.trigger_id}",
            text=f"{command.command} {text}".strip(),
            home=origin.home.reference,
        )

    async def press(self, pressed: BlockActions, action: Action, origin: Origin) -> Press:
        """Translate a button; where it asks for a line of text first, its verb says so (`ASKED_FIRST`)."""
        place, message = await self._place_of(pressed, origin)
        verb, value = action.action_id.partition("/")[0], action.value or ""
        if verb == FEEDBACK:
            verb, _, value = value.partition(":")
        return Press(
            district_id=origin.district_id,
            person=origin.person,
            conversation=place,
            event_key=f"press/{origin.team_id}/{origin.person.id}/{action.action_ts}/{action.action_id}"[:200],
            verb=verb,
            value=value,
            message=message,
            home=origin.home.reference,
        )

    def press_with_line(self, view: View, origin: Origin) -> Press:
        """Translate a button whose line of text was asked for in a modal.

        Raises
        ------
        ValueError
            Raised if the modal is none of ours.
        """
        carried = Carried.read(view.private_metadata)
        return Press(
            district_id=origin.district_id,
            person=origin.person,
            conversation=_reference(carried.place, origin),
            event_key=f"view/{origin.team_id}/{view.id}",
            verb=carried.verb.removeprefix(ASKED_FIRST),
            value=carried.value,
            fields=typed_in(view.values),
            message=carried.message,
            home=origin.home.reference,
        )

    async def submission(self, submitted: ViewSubmission, origin: Origin) -> FormSubmission:
        """Translate a form; people who were picked become lines of name and e-mail address, before what was typed.

        Raises
        ------
        ValueError
            Raised if the modal is none of ours.
        PickedWronglyError
            Raised if somebody was picked who cannot be named in a form.
        """
        view = submitted.view
        carried = Carried.read(view.private_metadata)
        fields = typed_in(view.values)
        for field, ids in picked_in(view.values).items():
            lines = [await self._line_of(person_id, field, origin) for person_id in ids]
            fields[field] = "\n".join([*lines, fields.get(field, "")]).strip()
        return FormSubmission(
            district_id=origin.district_id,
            person=origin.person,
            conversation=_reference(carried.place, origin),
            event_key=f"view/{origin.team_id}/{view.id}/{carried.verb}",
            verb=carried.verb,
            value=carried.value,
            fields=fields,
            message=carried.message,
            home=origin.home.reference,
        )

    async def check_shortcut(self, chosen: MessageAction, origin: Origin) -> Question:
        """Translate "Can I post this?", chosen on a message."""
        text = await self._meant(chosen.message.text, origin)
        return Question(
            district_id=origin.district_id,
            person=origin.person,
            conversation=origin.home.reference,
            event_key=f"shortcut/{origin.team_id}/{origin.person.id}/{chosen.action_ts}",
            text=f"Can I post this? {text}",
            attachment_names=_names(chosen.message.files),
            home=origin.home.reference,
        )

    async def escalate_shortcut(self, chosen: MessageAction, origin: Origin) -> Press:
        """Translate "Escalate this post", chosen on a message: the form opens with its words."""
        text = await self._meant(chosen.message.text, origin)
        return Press(
            district_id=origin.district_id,
            person=origin.person,
            conversation=origin.home.reference,
            event_key=f"shortcut/{origin.team_id}/{origin.person.id}/{chosen.action_ts}",
            verb="escalate-edit",
            fields={"text": text},
            home=origin.home.reference,
        )

    def overview(self, event_id: str, origin: Origin) -> Question:
        """Return the question that the Home tab is the answer to."""
        return Question(
            district_id=origin.district_id,
            person=origin.person,
            conversation=origin.home.reference,
            event_key=f"home/{origin.team_id}/{event_id}",
            text="/postwise home",
            home=origin.home.reference,
        )

    async def _meant(self, text: str, origin: Origin, *, bot: str = "") -> str:
        ids = [each for each in mentioned_people(text)[:MOST_NAMED] if each != bot]
        named: dict[str, str] = {}
        for person_id in ids:
            try:
                person = await self._people.person(origin.team_id, person_id, district_id=origin.district_id)
            except PersonNotKnownError:
                continue
            named[person_id] = person.email or person.name
        return typed(text, people={each: name for each, name in named.items() if name}, bot=bot)

    async def _line_of(self, person_id: str, field: str, origin: Origin) -> str:
        try:
            person = await self._people.person(origin.team_id, person_id, district_id=origin.district_id)
        except PersonNotKnownError:
            raise PickedWronglyError(
                field, "Slack does not say who that is just now. Type the name and the e-mail address below."
            ) from None
        name = person.name.replace(",", " ")
        if person.standing is not Standing.MEMBER:
            raise PickedWronglyError(field, f"{name} is no member of the district's staff. Pick somebody who is.")
        if not person.email:
            raise PickedWronglyError(field, f"Slack does not tell the e-mail address of {name}. Type it below.")
        return f"{name}, {person.email}"

    async def _place_of(self, pressed: BlockActions, origin: Origin) -> tuple[ConversationReference, str]:
        """Return the conversation of a button, and the message that carries it."""
        container = pressed.container
        if pressed.view is not None:
            try:
                carried = Carried.read(pressed.view.private_metadata)
            except ValueError:
                return origin.home.reference, ""  # the Home tab carries nothing
            return _reference(carried.place, origin), carried.message
        channel = container.channel_id or ""
        message = "" if container.is_ephemeral else container.message_ts or ""
        is_direct = channel.startswith("D") or not channel
        place = origin.home if is_direct else Address(team=origin.team, channel=channel)
        if not container.thread_ts:
            return place.reference, message
        # What stands in the thread of a card belongs to the card, and that to its channel.
        is_talk = not is_direct and await self._is_case(place.reference, container.thread_ts, origin.district_id)
        return (place if is_talk else place.in_thread(container.thread_ts)).reference, message

    async def _is_case(self, place: ConversationReference, message: str, district_id: str) -> bool:
        async with self._database.reading() as unit:
            card = await unit.outbox.card_of(district_id=district_id, conversation=place, message_id=message)
        return card.startswith("case/")


def _question(message: Message, origin: Origin, *, text: str, place: ConversationReference) -> Question:
    return Question(
        district_id=origin.district_id,
        person=origin.person,
        conversation=place,
        event_key=_key(message, origin),
        text=text,
        attachment_names=_names(message.files),
        home=origin.home.reference,
    )


def _thread_message(
    message: Message, origin: Origin, *, text: str, place: ConversationReference, root: str
) -> ThreadMessage:
    return ThreadMessage(
        district_id=origin.district_id,
        person=origin.person,
        conversation=place,
        event_key=_key(message, origin),
        message=root,
        text=text,
        attachment_names=_names(message.files),
        home=origin.home.reference,
    )


def _key(message: Message, origin: Origin) -> str:
    """Name the message itself: named in a channel it comes as two events."""
    return f"message/{origin.team_id}/{message.channel}/{message.ts}"


def _names(files: Sequence[File]) -> tuple[str, ...]:
    return tuple(file.name or "a file" for file in files)


def _reference(address: str, origin: Origin) -> ConversationReference:
    """Return the conversation that a modal carries."""
    return ConversationReference(platform=origin.person.platform, address=address) if address else origin.home.reference
