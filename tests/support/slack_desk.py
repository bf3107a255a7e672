"""The people of one district in Slack: what they do arrives signed over HTTP, and what they see is what the fake was sent.

It is used like `CaseDesk`, so that every dialog that is told of the local page is told of Slack as well.
"""

import asyncio
import contextlib
import itertools
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any, Self

from aiohttp.test_utils import TestServer
from typing_extensions import override

from bot.delivery.looking import Looker
from bot.delivery.pace import Pace
from bot.delivery.worker import Worker
from bot.local.people import SPECIALISTS, STAFF
from bot.platform import Behind
from bot.slack.addresses import PLATFORM, Address
from bot.slack.app import SlackPlatform
from bot.slack.client import SlackCalls
from bot.slack.connecting import Connection
from bot.slack.guard import Guard
from bot.slack.render import FEEDBACK, GOES_ON, blocks_of
from bot.slack.sender import SlackSender
from bot.slack.views import PICKED, Carried
from bot.slack.workspaces import OneWorkspace
from bot.turn import Accepted, Turns
from bot.web import make_application
from handlers.context import HandlerContext
from handlers.incoming import FormSubmission, Incoming, Press, Question, ThreadMessage
from handlers.outcome import Outcome
from handlers.replies import (
    Bullets,
    Button,
    ChoiceField,
    Choices,
    ClauseQuote,
    CopyText,
    FileText,
    Form,
    MarkedText,
    Mentions,
    Paragraph,
    Part,
    Reply,
    Ruling,
    TextPrompt,
    Thread,
)
from handlers.routing import AUDITS
from handlers.wording.chat_apps import without_buttons
from knowledge.conversations import ConversationReference
from knowledge.district import StaffMember
from knowledge.people import Person
from tests.support.case_desk import CaseDesk, Shown
from tests.support.product import Talk
from tests.support.slack_api import FakeWorkspace, served
from tests.support.slack_office import SECRET, TOKEN
from tests.support.slack_shapes import problems_of_call, problems_of_response
from tests.support.slack_world import Answer, Message, SlackDriver, View, World, text_in

CHANNEL = "C0SPECIALISTS"
SPECIALISTS_CHANNEL = ConversationReference(platform=PLATFORM, address=CHANNEL)
OVERVIEW = "/postwise home"
"""What the Home tab is the answer to; nobody types it."""

OPENERS: Mapping[str, str] = {"file": "open"}
"""Verb of a form to the verb of the button that opens it, where the two differ."""


class RecordingTurns(Turns):
    """The real turns; remembers which event was made of what was sent, and what came of it."""

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        self.taken: list[Incoming] = []
        self.outcomes: list[Outcome] = []
        self.overviews: dict[str, Reply] = {}
        """By person, what the Home tab was drawn from last."""

    @override
    async def accept(self, incoming: Incoming, *, told_at: ConversationReference | None = None) -> Accepted | Outcome:
        step = await super().accept(incoming, told_at=told_at)
        if isinstance(incoming, Question) and incoming.text == OVERVIEW:
            assert isinstance(step, Outcome)
            assert step.reply is not None
            self.overviews[incoming.person.id] = step.reply
            return step
        self.taken.append(incoming)
        if isinstance(step, Outcome):
            self.outcomes.append(step)
        return step

    @override
    async def answer(self, accepted: Accepted) -> Outcome:
        outcome = await super().answer(accepted)
        self.outcomes.append(outcome)
        return outcome


class RecordingSender(SlackSender):
    """The real sender; remembers which reply a message was drawn from, and holds each drawing against it."""

    def __init__(self, *, world: World, **parts: Any) -> None:
        super().__init__(**parts)
        self._world = world
        self.drawn: dict[str, Reply] = {}
        """By name of a message, the reply that stands in it now."""

        self.sent: list[Reply] = []

    @override
    async def post(self, *, key: str, conversation: ConversationReference, reply: Reply, thread: str = "") -> str:
        channel = await self.channel(Address.of(conversation))
        known = {each.ts for each in self._world.messages(channel)}
        name = await super().post(key=key, conversation=conversation, reply=reply, thread=thread)
        new = [each for each in self._world.messages(channel) if each.ts not in known]
        # Several messages are under way to one channel at once; those of other keys are no part of this one.
        own = [each for each in new if _key_of(each) in ("", key) or _key_of(each).startswith(f"{key}/")]
        self._keep(name, reply, own)
        return name

    @override
    async def edit(self, *, key: str, conversation: ConversationReference, message_id: str, reply: Reply) -> None:
        await super().edit(key=key, conversation=conversation, message_id=message_id, reply=reply)
        message = self._world.message(await self.channel(Address.of(conversation)), message_id)
        assert message is not None
        self._keep(message_id, reply, [message])

    def _keep(self, name: str, reply: Reply, messages: Sequence[Message]) -> None:
        self.drawn[name] = reply
        self.sent.append(reply)
        try:
            assert_shown(reply, messages, self._world)
        except AssertionError as error:  # the worker takes whatever is raised here for a failure of Slack's
            self._world.problems.append(str(error))


def _key_of(message: Message) -> str:
    return str((message.metadata.get("event_payload") or {}).get("key", ""))


def assert_shown(reply: Reply, messages: Sequence[Message], world: World) -> None:
    """Nothing of a reply is missing in what people see of it, and each clause stands there whole."""
    blocks = [block for each in messages for block in each.blocks]
    files = [world.files[file["id"]][1].decode() for each in messages for file in each.files]
    shown = "\n".join([running(blocks), text_in(blocks), *(each.seen for each in messages), *files])
    for part in reply.parts:
        for words in _all_of(part):
            _assert_in(words, shown)
    allowed = "\n".join(itertools.chain(*(_all_of(part) for part in reply.parts), *map(_around, reply.parts)))
    for line in running(blocks).splitlines():
        assert line.strip() in allowed, f"more than the reply: {line!r} in:\n{shown}"
    # Who cannot see the blocks is read the text beside them.
    assert all(each.text.strip() or each.files for each in messages)


def running(drawn: Sequence[Mapping[str, Any]]) -> str:
    """Return what is to be read in blocks, in which a quotation that goes on in the next block or message is one.

    Parameters
    ----------
    drawn
        Blocks of a reply, of all its messages one after the other.
    """
    text = ""
    was_quoted = False
    for block in drawn:
        if text_in(block) == GOES_ON:
            continue
        for element in block["elements"] if block["type"] == "rich_text" else [block]:
            is_quoted = element["type"] in ("rich_text_quote", "rich_text_preformatted")
            text += ("" if was_quoted and is_quoted else "\n") + text_in(element)
            was_quoted = is_quoted
    return text


def cited(quote: ClauseQuote) -> str:
    """Return a clause as it has to stand in the running text: its lead-in directly before it, its citation behind it."""
    lead_in = f"{quote.lead_in}\n" if quote.lead_in else ""
    return f"{lead_in}{quote.text}\n{quote.section}. {quote.document}"


def _assert_in(words: str, shown: str) -> None:
    assert words.strip() in shown, f"not shown: {words!r} in:\n{shown}"


def _all_of(part: Part) -> Iterator[str]:  # noqa: C901 - one case for each kind of part
    """Everything of a part that somebody has to be able to read in a message."""
    match part:
        case Paragraph():
            yield part.text
        case ClauseQuote():
            yield cited(part)
        case Ruling():
            yield from (part.name, part.by, part.on, part.question, part.text)
        case Bullets():
            yield from part.items
        case Choices():
            yield part.prompt
            yield from (each.label for each in part.buttons)
        case TextPrompt():
            yield part.label
        case MarkedText():
            yield part.label
            yield from (words for span in part.spans for words in (span.text, span.note))
        case CopyText() | FileText():
            yield part.label if isinstance(part, CopyText) else part.name
            yield part.text
        case Form():
            # Its button; what is in the form is looked at where it opens. A problem would not be read before that.
            yield part.opened_by.label
            assert not part.has_problems
        case Mentions():
            yield from (f"<@{each.id}>" if each.platform == PLATFORM else each.name for each in part.people)
        case Thread():
            yield part.hint


def _around(part: Part) -> Iterator[str]:
    """What the drawing puts around the words of a part."""
    match part:
        case Ruling():
            yield from (f"Ruling of the {part.by}, {part.on} ({part.name})", f"On: {part.question}")
        case MarkedText():
            yield f"{part.label}:"
            yield "".join(span.text + (f" (←\u00a0{span.note}) " if span.note else "") for span in part.spans)
        case CopyText():
            yield f"{part.label}:"
        case FileText():
            yield f"{part.name} is in your direct messages with Postwise, as a file."
        case Mentions():
            yield " ".join(_all_of(part))
        case Thread():
            yield f"Reply in the thread of this message. {part.hint}"
        case _:
            return


def _all_of_form(form: Form) -> Iterator[str]:
    """Everything of a form that somebody has to be able to read in a modal."""
    yield from (form.title, form.submit_label)
    for field in form.fields:
        yield from (field.label, field.hint)
        if isinstance(field, ChoiceField):
            yield from (option.label for option in field.options)
        else:
            yield from field.value.splitlines()
        if field.problem is not None:
            yield field.problem.text


def problems_once(method: str, arguments: Mapping[str, Any]) -> list[str]:
    """Find what is wrong with a call; what was found in the same words and buttons before is not looked for again.

    Dialogs draw the same Home tabs and forms many times, and to look at one takes longer than to draw it.
    """
    same = {name: value for name, value in arguments.items() if name not in _OF_ONE_CALL}
    text = _MARK.sub("~", json.dumps({name: "X" if name in _WHERE else value for name, value in same.items()}))
    light = {name: value for name, value in arguments.items() if name != "blocks"}
    return [*_problems_in(method, text), *(problems_of_call(method, light) if "blocks" in arguments else [])]


@cache
def _problems_in(method: str, text: str) -> tuple[str, ...]:
    return tuple(problems_of_call(method, json.loads(text)))


_OF_ONE_CALL = ("metadata", "client_msg_id")
_WHERE = ("channel", "thread_ts", "ts", "user", "user_id", "trigger_id", "view_id")
_MARK = re.compile(r"~[0-9a-f]{6}(?=\")")
"""What tells the fields of one modal from those of the next."""


class SlackDesk(CaseDesk):
    """A desk whose people sit in Slack."""

    stack: contextlib.AsyncExitStack
    """Where what is opened is closed; set by the fixture."""

    opened: list["SlackDesk"]
    """Every desk that was opened; set by the fixture."""

    world: World
    slack: FakeWorkspace
    driver: SlackDriver
    behind: Behind
    worker: Worker
    sender: RecordingSender
    heard: RecordingTurns
    forged: set[str]
    """Verbs of what was pressed that no message showed."""

    @classmethod
    @override
    async def open(cls, talk: Talk, district_id: str = "redlands") -> Self:
        """Seat everybody: each of the staff has opened the app once."""
        _give_roles(talk, district_id)
        turns = RecordingTurns(
            database=talk.database,
            shelves=talk.districts,
            model=talk.turns._answers._model,
            clock=talk.clock,
            pepper=b"test",
            channel_of=_channel_of,
        )
        desk = cls(turns=turns, database=talk.database, clock=talk.clock, talk=talk, district_id=district_id)
        desk.heard, desk.forged = turns, set()
        await cls.stack.enter_async_context(desk._running())
        cls.opened.append(desk)
        for sample in STAFF:
            await desk.driver.opens_home(_user_id(sample.id))
        await desk.settle()
        return desk

    @contextlib.asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        """Run the bot and its Slack until the block ends; everything that was sent is then as Slack takes it."""
        self.world = World(check=problems_once, check_response=problems_of_response)
        self.world.add_team("T0DISTRICT", name=self.talk.districts.all[self.district_id].name)
        for sample in (*STAFF, *SPECIALISTS):
            person = sample.in_district(self.talk.districts.all[self.district_id])
            self.world.add_user(_user_id(sample.id), name=person.name, email=person.email)
        self.world.add_channel(CHANNEL, name="specialists", members=[_user_id(each.id) for each in SPECIALISTS])
        self.slack = FakeWorkspace(world=self.world)
        self.slack.grant(TOKEN)
        self.behind = Behind()
        async with served(self.slack) as slack_address:
            # Longer than a test waits: what a machine under load is late with must not be sent twice here.
            calls = SlackCalls(api_url=slack_address, timeout_seconds=10.0)
            workspaces = OneWorkspace(token=TOKEN, district_id=self.district_id)
            self.sender = RecordingSender(world=self.world, workspaces=workspaces, calls=calls, seconds_per_message=0.0)
            self.worker = Worker(
                database=self.database,
                senders={PLATFORM: self.sender},
                clock=self.clock,
                pace=Pace(call_timeout=10.0),
                reminding=self._looker(),
                held=self._held,
            )
            platform = SlackPlatform(
                connection=Connection(calls=calls, workspaces=workspaces, sender=self.sender),
                turns=self.heard,
                database=self.database,
                districts=lambda: self.talk.districts.all,
                behind=self.behind,
                guard=Guard(SECRET),
                clock=self.clock,
            )
            async with TestServer(make_application(unready=platform.unready, platforms=[platform])) as server:
                address = str(server.make_url("/"))
                async with SlackDriver(self.world, base_url=address, signing_secret=SECRET) as self.driver:
                    yield
            await calls.close()

    def _looker(self) -> Looker:
        return Looker(
            database=self.database,
            shelves=self.talk.districts,
            clock=self.clock,
            channel_of=_channel_of,
            held=self._held,
            steady=self.steady,
        )

    def _held(self) -> float:
        return self.clock.now().timestamp()

    @override
    def person(self, who: str) -> Person:
        user = self.world.users[_user_id(who)]
        return Person(platform=PLATFORM, id=user.id, name=user.real_name, email=user.email)

    @override
    def conversation(self, who: str) -> ConversationReference:
        is_staff = any(each.id == who for each in STAFF)
        return self.own_conversation(who) if is_staff else SPECIALISTS_CHANNEL

    @override
    def own_conversation(self, who: str) -> ConversationReference:
        return Address(channel=_user_id(who)).reference

    @override
    async def settle(self) -> None:
        await self._end_what_goes_on()
        await self.worker.deliver_what_is_due()

    async def _end_what_goes_on(self) -> None:
        while self.behind._tasks:
            await asyncio.gather(*self.behind._tasks)

    @override
    async def audited(self) -> None:
        for handler in AUDITS:
            await self._looker().mend(self.district_id, handler)
        await self.settle()

    @override
    async def _look(self, handler: Callable[[HandlerContext], Awaitable[Outcome]]) -> Outcome:
        shelf = await self.talk.districts.shelf(self.district_id)
        async with self.database.unit() as unit:
            outcome = await handler(
                HandlerContext(
                    shelf=shelf, unit=unit, clock=self.clock, conversation_key="", channel=SPECIALISTS_CHANNEL
                )
            )
        self.outcomes.append(outcome)
        return outcome

    @override
    async def sees(self, who: str) -> list[Shown]:
        """What stands in the channel, and in the direct message of a specialist: on the local page they have none."""
        seat = self.seat(who)
        own = await self.messages(self.own_conversation(who)) if seat == SPECIALISTS_CHANNEL else []
        return [*await self.messages(seat), *own]

    @override
    async def messages(self, conversation: ConversationReference) -> list[Shown]:
        return [
            Shown(name=each.ts, thread=each.thread_ts, reply=self.sender.drawn[each.ts])
            for each in self.world.messages(self._place(conversation))
            if each.ts in self.sender.drawn
        ]

    def _place(self, conversation: ConversationReference) -> str:
        """Return the channel of the fake that a conversation is."""
        address = Address.of(conversation)
        return self.world.direct(address.channel).id if address.is_direct else address.channel

    @override
    async def _take(self, incoming: Incoming) -> Outcome:
        """Let somebody do something in Slack, and return what it has caused."""
        user = self._user_of(incoming.person)
        if not isinstance(incoming, Question):
            await self.settle()  # what is pressed has to stand there
        await self._end_what_goes_on()
        if isinstance(incoming, FormSubmission):
            await self._open_form(incoming, user)
        elif not isinstance(incoming, Press):
            await self._close_modals(user)
        begun, first = len(self.heard.outcomes), len(self.world.posted)
        answer = await self._act(incoming, user)
        assert answer.status == HTTPStatus.OK, answer.body
        await self._end_what_goes_on()
        assert len(self.heard.outcomes) == begun + 1
        outcome = self.heard.outcomes[-1]
        self.outcomes.append(outcome)
        self._check_translated(incoming, self.heard.taken[-1])
        if outcome.reply is not None and not outcome.is_promised:
            self._check_shown_at_once(outcome.reply, user, self.world.posted[first:])
        elif outcome.reply is not None and isinstance(incoming, FormSubmission):
            self._check_shown_at_once(without_buttons(outcome.reply), user, ())
        return outcome

    async def _act(self, incoming: Incoming, user: str) -> Answer:
        place = self._place(incoming.conversation)
        match incoming:
            case Question():
                # Commands are the person's own, wherever they are typed.
                if incoming.text.startswith("/"):
                    command, _, rest = incoming.text.partition(" ")
                    return await self.driver.command(command, rest, user=user, channel=place)
                return await self.driver.message(user, incoming.text, files=_files(incoming.attachment_names))
            case ThreadMessage():
                files = _files(incoming.attachment_names)
                return await self.driver.message(user, incoming.text, place, thread=incoming.message, files=files)
            case Press():
                return await self._press(incoming, user, place)
            case FormSubmission():
                view = self.world.top_view(user)
                assert view is not None
                return await self.driver.submit(user, view, self._filled(view, incoming), even_unanswered=True)

    async def _press(self, incoming: Press, user: str, place: str) -> Answer:
        """Press what the person has before them; where nothing shows it, as a message of before would."""
        direct = self.world.direct(user).id
        modal, home = self.world.top_view(user), self.world.home(user)
        seen = [
            each for each in self.world.posted if each.channel in (place, direct) and each.ephemeral_for in ("", user)
        ]
        for where in (modal, *reversed(seen), home):
            for action_id, option in _pressable(where.blocks if where else ()):
                named = option if action_id.startswith(f"{FEEDBACK}/") else f"{action_id.partition('/')[0]}:{option}"
                verb, _, value = named.partition(":")
                if where is not None and _same((verb, value), (incoming.verb, incoming.value)):
                    if not isinstance(where, View):
                        await self._close_modals(user)
                    return await self.driver.press(user, where, action_id, value=option or None)
        await self._close_modals(user)
        team = self.world.first_team
        button = Button(label="Press", verb=incoming.verb, value=incoming.value)
        self.forged.add(incoming.verb)
        stale = Message(
            channel=place,
            ts=self.world.stamp(),
            user=team.bot_user,
            team=team.id,
            bot_id=team.bot_id,
            text="A message of before.",
            blocks=blocks_of(Reply(parts=(Choices(buttons=(button,)),))),
        )
        stale.blocks[0]["block_id"] = "before"
        return await self.driver.press(user, stale, "Press")

    async def _open_form(self, incoming: FormSubmission, user: str) -> None:
        """Have the form before the person: opened already, or opened by the button that brings it."""
        if self._is_open(incoming, user):
            return
        buttons = [
            part.opened_by
            for reply in reversed(self.sender.drawn.values())
            for part in reply.parts
            if isinstance(part, Form) and _same((part.verb, part.value), (incoming.verb, incoming.value))
        ]
        opener = buttons[0] if buttons else None
        opening = Press(
            district_id=incoming.district_id,
            person=incoming.person,
            conversation=incoming.conversation,
            event_key="",
            verb=opener.verb if opener else OPENERS.get(incoming.verb, incoming.verb),
            value=opener.value if opener else incoming.value,
        )
        answer = await self._press(opening, user, self._place(incoming.conversation))
        assert answer.status == HTTPStatus.OK, answer.body
        await self._end_what_goes_on()
        assert self._is_open(incoming, user), f"no form {incoming.verb} {incoming.value}: {self.world.top_view(user)}"
        outcome = self.heard.outcomes[-1]
        if outcome.reply is not None:
            self._check_shown_at_once(outcome.reply, user, ())

    def _is_open(self, incoming: FormSubmission, user: str) -> bool:
        view = self.world.top_view(user)
        if view is None or "submit" not in view.content:
            return False
        carried = Carried.read(view.content["private_metadata"])
        return _same((carried.verb, carried.value), (incoming.verb, incoming.value))

    async def _close_modals(self, user: str) -> None:
        view = self.world.top_view(user)
        if view is not None:
            await self.driver.close(view, clears=True)

    def _filled(self, view: View, incoming: FormSubmission) -> dict[str, Any]:
        """Fill in what the modal asks for: people of the workspace are picked, everybody else is typed."""
        inputs = {block["block_id"]: block["element"] for block in view.blocks if block["type"] == "input"}
        known = {f"{user.real_name}, {user.email}": user.id for user in self.world.users.values() if user.email}
        filled: dict[str, Any] = {}
        self._meant = {name: incoming.fields.get(name, "") for name in _names(inputs)}
        for block_id, element in inputs.items():
            name = block_id.partition("~")[0]
            said = incoming.fields.get(name.removesuffix(PICKED), "")
            lines = said.splitlines()
            is_picked = bool(lines) and all(line in known for line in lines) and f"{name}{PICKED}" in _names(inputs)
            if element["type"] == "multi_users_select":
                filled[block_id] = [known[line] for line in lines] if all(line in known for line in lines) else []
            elif element["type"] == "users_select":
                filled[block_id] = known.get(said)
            elif "options" in element:
                filled[block_id] = _option_of(element, said)
                self._meant[name] = filled[block_id] or ""
            else:
                filled[block_id] = None if is_picked else said
        return filled

    def _filled_in(self, view: View) -> Iterator[str]:
        """What stands in the fields of a modal: what was typed, and who was picked."""
        state = [each for elements in view.state.values() for each in elements.values()]
        beforehand = [block["element"] for block in view.blocks if block["type"] == "input"]
        for element in (*state, *beforehand):
            yield str(element.get("value") or "")
            for name in ("selected_user", "selected_users", "initial_user", "initial_users"):
                found = element.get(name) or []
                for user_id in [found] if isinstance(found, str) else found:
                    yield f"{self.world.users[user_id].real_name}, {self.world.users[user_id].email}"

    def _check_translated(self, meant: Incoming, taken: Incoming) -> None:
        """The bot made of the request what was meant by it."""
        assert type(meant) is type(taken)
        assert (taken.person.id, taken.person.email) == (meant.person.id, meant.person.email)
        assert taken.home == Address(channel=taken.person.id).reference
        match taken:
            case Question() | ThreadMessage():
                assert isinstance(meant, Question | ThreadMessage)
                assert taken.text == meant.text
                assert taken.attachment_names == meant.attachment_names
            case Press():
                assert isinstance(meant, Press)
                assert _same((taken.verb, taken.value), (meant.verb, meant.value))
            case FormSubmission():
                assert isinstance(meant, FormSubmission)
                assert _same((taken.verb, taken.value), (meant.verb, meant.value))
                # A form asks for what it asks for: nothing else can be said in it.
                assert {name: self._meant[name] for name in taken.fields} == dict(taken.fields)
        if isinstance(taken, ThreadMessage):
            assert taken.conversation == meant.conversation

    def _check_shown_at_once(self, reply: Reply, user: str, new: Sequence[Message]) -> None:
        """What is not promised is before the person now: in a modal, at its fields, or in a message for them."""
        own = [each for each in new if each.ephemeral_for in ("", user) and each.bot_id]
        view = self.world.top_view(user)
        if view is None:
            assert_shown(reply, own, self.world)
            return
        form = next((part for part in reply.parts if isinstance(part, Form)), None)
        shown = "\n".join([running(view.blocks), view.seen, *self._filled_in(view)])
        for part in reply.parts:
            for words in _all_of_form(part) if isinstance(part, Form) else _all_of(part):
                _assert_in(words, shown)
        for field in form.fields if form else ():
            if field.problem is not None and field.problem.quote is not None:
                quote = field.problem.quote
                lead_in = f"{quote.lead_in} " if quote.lead_in else ""
                under = f"“{lead_in}{quote.text}”\n{quote.section}. {quote.document}"
                assert cited(quote) in shown or under in shown, f"not whole: {quote!r} in:\n{shown}"

    async def check_at_the_end(self) -> None:
        """Whatever was promised was brought, every request was as Slack takes it, and everybody's Home tab is whole."""
        for sample in (*STAFF, *SPECIALISTS):
            await self.driver.opens_home(_user_id(sample.id))
        await self.settle()
        for user, reply in self.heard.overviews.items():
            home = self.world.home(user)
            assert home is not None
            for words in itertools.chain(*map(_all_of, reply.parts)):
                _assert_in(words, running(home.blocks))
        for outcome in self.heard.outcomes:
            if outcome.reply is not None and outcome.is_promised:
                assert outcome.reply in self.sender.sent, f"never arrived: {outcome.reply}"
        assert self.world.problems == []

    def _user_of(self, person: Person) -> str:
        if person.id not in self.world.users:
            self.world.add_user(person.id, name=person.name, email=person.email)
        return person.id


def _pressable(blocks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Every button with what it carries; of a pair of thumbs, each."""
    for block in blocks:
        for element in block["elements"] if block["type"] in ("actions", "context_actions") else ():
            thumbs = [element[name] for name in ("positive_button", "negative_button") if name in element]
            for each in thumbs or [element]:
                yield element["action_id"], str(each.get("value", ""))


def _same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Tell whether two forms are the same one, however what they carry is written."""
    return one == other or (one[0] == other[0] and _read(one[1]) == _read(other[1]))


def _read(value: str) -> Any:
    """Read what a form carries; what is empty in it says nothing."""
    try:
        read = json.loads(value)
    except ValueError:
        return value
    return {name: each for name, each in read.items() if each} if isinstance(read, dict) else read


def _option_of(element: Mapping[str, Any], said: str) -> str | None:
    """Choose as a person does: what is meant by its value here is found there by what it is called."""
    options = {str(each["value"]): str(each["text"]["text"]) for each in element["options"]}
    found = [value for value, label in options.items() if value == said] or [
        value for value, label in options.items() if said and said in label
    ]
    assert found or not said, f"nothing to choose is called {said!r}: {options}"
    return found[0] if found else None


def _names(inputs: Mapping[str, Any]) -> set[str]:
    return {block_id.partition("~")[0] for block_id in inputs}


def _files(names: Sequence[str]) -> list[tuple[str, bytes]]:
    return [(name, b"not looked into") for name in names]


def _user_id(who: str) -> str:
    return f"U0{who.upper()}"


def _channel_of(_: str) -> ConversationReference:
    return SPECIALISTS_CHANNEL


def _give_roles(talk: Talk, district_id: str) -> None:
    """Say in the district's settings who decides: Slack vouches for nobody."""
    district, folder = talk.districts._districts[district_id]
    people = tuple(
        StaffMember(email=each.in_district(district).email, role=role)
        for each in itertools.chain(STAFF, SPECIALISTS)
        for role in each.roles
    )
    talk.districts._districts[district_id] = (district.model_copy(update={"people": people}), folder)
    talk.districts._shelves.clear()
    talk.districts._indexed.clear()
