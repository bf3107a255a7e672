"""The people of one district in Teams: what they do arrives signed over HTTP, and what they see is what the fake was sent.

It is used like `CaseDesk`, so that every dialog that is told of the local page is told of Teams as well.
"""

import contextlib
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Self

from aiohttp import ClientSession
from typing_extensions import override

from bot.delivery.looking import Looker
from bot.local.people import SPECIALISTS, STAFF
from bot.teams.addresses import PLATFORM, own_chat, owner_of
from bot.teams.pacing import Pacer
from bot.teams.sender import TeamsSender
from bot.turn import Accepted, Turns
from handlers.context import HandlerContext
from handlers.incoming import FormSubmission, Incoming, Press, Question, ThreadMessage
from handlers.outcome import Outcome
from handlers.replies import (
    Bullets,
    Choices,
    ClauseQuote,
    CopyText,
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
from knowledge.conversations import ConversationReference
from knowledge.district import StaffMember
from knowledge.people import Person
from tests.support.case_desk import CaseDesk, Shown
from tests.support.product import Talk
from tests.support.teams import Bot, running_bot, until
from tests.support.teams_connector import SPECIALISTS as CHANNEL
from tests.support.teams_connector import FakeConnector, Line, Member, Posted, running

SPECIALISTS_CHANNEL = ConversationReference(platform=PLATFORM, address=CHANNEL)


class RecordingTurns:
    """The real turns; remembers what came of each event, and which event the bot made of what was sent."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.taken: list[Incoming] = []
        self.outcomes: list[Outcome] = []

    async def accept(self, incoming: Incoming) -> Accepted | Outcome:
        self.taken.append(incoming)
        step = await self._turns.accept(incoming)
        if isinstance(step, Outcome):
            self.outcomes.append(step)
        return step

    async def answer(self, accepted: Accepted) -> Outcome:
        outcome = await self._turns.answer(accepted)
        self.outcomes.append(outcome)
        return outcome

    async def depart(self, departure: Any) -> None:
        await self._turns.depart(departure)


class RecordingSender(TeamsSender):
    """The real sender; remembers which reply a message was drawn from, and holds each drawing against it."""

    fake: FakeConnector

    def remember(self, fake: FakeConnector) -> None:
        self.fake = fake
        self.drawn: dict[str, tuple[Reply, str]] = {}

    @override
    async def post_drawn(self, *, thread: str = "", **what: Any) -> str:
        before = len(self.fake.posted)
        name = await super().post_drawn(thread=thread, **what)
        self._check(what["reply"], self.fake.posted[before:])
        self.drawn[name] = (what["reply"], thread)
        return name

    @override
    async def edit_drawn(self, *, message_id: str, **what: Any) -> None:
        await super().edit_drawn(message_id=message_id, **what)
        posted = next(each for each in self.fake.posted if each.id == message_id)
        self._check(what["reply"], [posted])
        self.drawn[message_id] = (what["reply"], self.drawn.get(message_id, (None, ""))[1])

    @staticmethod
    def _check(reply: Reply, posted: list[Posted]) -> None:
        """Nothing of a reply is missing in what people see of it."""
        shown = "\n".join(each.words for each in posted).replace("\\", "")
        for part in reply.parts:
            for words in _all_of(part):
                assert words.strip() in shown or not words.strip(), f"not shown: {words!r} in:\n{shown}"


def _all_of(part: Part) -> list[str]:  # noqa: C901
    """Everything of a part that somebody has to be able to read."""
    match part:
        case Paragraph():
            return part.text.split("\n")
        case ClauseQuote():
            return [part.section, part.lead_in or "", *part.text.split("\n"), part.document]
        case Ruling():
            return [part.name, part.by, part.on, part.question, *part.text.split("\n")]
        case Bullets():
            return [line for item in part.items for line in item.split("\n")]
        case Choices():
            return [part.prompt, *(f"<{each.label}>" for each in part.buttons)]
        case TextPrompt():
            return [part.label, f"<{part.submit_label}>"]
        case MarkedText():
            return [part.label, *(line for span in part.spans for line in (*span.text.split("\n"), span.note))]
        case CopyText():
            return [part.label, *part.text.split("\n")]
        case Form():
            said = [part.title, f"<{part.submit_label}>"]
            for each in part.fields:
                said += [each.label, each.hint]
                if each.problem:
                    said += [each.problem.text, each.problem.quote.text if each.problem.quote else ""]
            return said
        case Mentions():
            return [each.name for each in part.people]
        case Thread():
            return [part.hint]
        case _:
            return part.text.split("\n")


class TeamsDesk(CaseDesk):
    """A desk whose people sit in Teams."""

    stack: contextlib.AsyncExitStack
    """Where what is opened is closed; set by the fixture."""

    bot: Bot
    fake: FakeConnector
    line: Line
    heard: RecordingTurns

    @classmethod
    @override
    async def open(cls, talk: Talk, district_id: str = "redlands") -> Self:
        """Seat everybody: each has installed the app."""
        _give_roles(talk, district_id)
        turns = Turns(
            database=talk.database,
            shelves=talk.districts,
            model=talk.turns._answers._model,
            clock=talk.clock,
            pepper=b"test",
            channel_of=cls._channel_of,
        )
        desk = cls(turns=turns, database=talk.database, clock=talk.clock, talk=talk, district_id=district_id)
        desk.fake = await cls.stack.enter_async_context(running(FakeConnector()))
        desk.heard = RecordingTurns(turns)
        looker = Looker(
            database=desk.database,
            shelves=talk.districts,
            clock=desk.clock,
            channel_of=cls._channel_of,
            held=desk._held,
            steady=desk.steady,
        )
        desk.bot = await cls.stack.enter_async_context(
            running_bot(
                desk.fake,
                desk.heard,
                desk.database,
                desk.clock,
                reminding=looker,
                held=desk._held,
                wakes=False,
                district=district_id,
                make_sender=cls._recording(desk.fake),
            )
        )
        session = await cls.stack.enter_async_context(ClientSession())
        desk.line = Line(desk.fake, desk.bot.address, session)
        for sample in STAFF:
            member = desk.member(sample.id)
            installed = desk.line.activity(member, type="installationUpdate", action="add")
            assert (await desk.line.send(installed))[0] == 200
        await desk.settle()
        desk.fake.posted.clear()
        desk.outcomes.clear()
        return desk

    @staticmethod
    def _recording(fake: FakeConnector) -> Callable[..., TeamsSender]:
        def make(line: Any, **options: Any) -> TeamsSender:
            # As fast as a test writes, no person writes: the rates have a test of their own.
            sender = RecordingSender(line, **options, pacer=Pacer(rates=((10_000, 1.0),), tenant_rate=(10_000, 1.0)))
            sender.remember(fake)
            return sender

        return make

    @staticmethod
    def _channel_of(_: str) -> ConversationReference:
        return SPECIALISTS_CHANNEL

    def _held(self) -> float:
        return self.clock.now().timestamp()

    def member(self, who: str) -> Member:
        """Somebody as the roster has them."""
        sample = next(each for each in (*STAFF, *SPECIALISTS) if each.id == who)
        email = sample.in_district(self.talk.districts.all[self.district_id]).email
        return self.fake.join(Member(id=f"29:{who}", name=sample.name, email=email, object_id=f"0b1e-{who}"))

    @override
    def person(self, who: str) -> Person:
        member = self.member(who)
        return Person(platform=PLATFORM, id=member.object_id, name=member.name, email=member.email)

    @override
    def conversation(self, who: str) -> ConversationReference:
        is_staff = any(each.id == who for each in STAFF)
        return own_chat(self.member(who).object_id) if is_staff else SPECIALISTS_CHANNEL

    @override
    def own_conversation(self, who: str) -> ConversationReference:
        return own_chat(self.member(who).object_id)

    @override
    async def settle(self) -> None:
        for _ in range(4):
            await self.bot.platform._behind.drain()
            await self.bot.worker.deliver_what_is_due()
        await self.bot.sender.close()

    @override
    async def audited(self) -> None:
        looker = self.bot.worker._reminding
        assert isinstance(looker, Looker)
        for handler in AUDITS:
            await looker.mend(self.district_id, handler)
        await self.settle()

    @override
    async def _look(self, handler: Callable[[HandlerContext], Any]) -> Outcome:
        shelf = await self.talk.districts.shelf(self.district_id)
        async with self.database.unit() as unit:
            outcome: Outcome = await handler(
                HandlerContext(
                    shelf=shelf, unit=unit, clock=self.clock, conversation_key="", channel=SPECIALISTS_CHANNEL
                )
            )
        self.outcomes.append(outcome)
        return outcome

    @override
    async def sees(self, who: str) -> list[Shown]:
        """What stands in the channel, and in the own chat of a specialist: on the local page they have none."""
        seat = self.seat(who)
        own = await self.messages(self.own_conversation(who)) if seat == SPECIALISTS_CHANNEL else []
        return [*await self.messages(seat), *own]

    @override
    async def messages(self, conversation: ConversationReference) -> list[Shown]:
        owner = owner_of(conversation.address)
        name = next((each.chat for each in self.fake.members.values() if each.object_id == owner), conversation.address)
        sender = self.bot.sender
        assert isinstance(sender, RecordingSender)
        shown = []
        for posted in self.fake.in_conversation(name):
            if posted.id in sender.drawn:
                reply, thread = sender.drawn[posted.id]
                shown.append(Shown(name=posted.id, thread=posted.conversation.partition("=")[2] or thread, reply=reply))
        return shown

    @override
    async def _take(self, incoming: Incoming) -> Outcome:
        """Let somebody do something in Teams, and return what it has caused."""
        member = self._member_of(incoming.person)
        owner = owner_of(incoming.conversation.address)
        place = member.chat if owner else incoming.conversation.address
        match incoming:
            case Question():
                activity = self.line.activity(member, conversation=place, text=incoming.text)
            case Press():
                activity = self._executed(incoming, member, place, "press", {})
            case FormSubmission():
                activity = self._executed(incoming, member, place, "form", incoming.fields)
            case ThreadMessage():
                activity = self._in_thread(incoming, member, place)
        if not isinstance(incoming, Question):
            await self.settle()  # what is pressed has to stand there
        before = len(self.heard.outcomes)
        status, answer = await self.line.send(activity)
        assert status == 200, answer
        await until(lambda: len(self.heard.outcomes) > before)
        outcome = self.heard.outcomes[-1]
        self.outcomes.append(outcome)
        self._check_translated(incoming, self.heard.taken[-1])
        return outcome

    def _check_translated(self, meant: Incoming, taken: Incoming) -> None:
        """The bot made of the activity what was meant by it."""
        assert type(meant) is type(taken)
        assert taken.person.id == meant.person.id
        assert taken.person.email == meant.person.email
        assert taken.conversation == meant.conversation
        match taken:
            case Question() | ThreadMessage():
                assert isinstance(meant, Question | ThreadMessage)
                assert taken.text == meant.text
            case Press():
                assert isinstance(meant, Press)
                assert (taken.verb, taken.value) == (meant.verb, meant.value)
            case FormSubmission():
                assert isinstance(meant, FormSubmission)
                assert (taken.verb, taken.value, dict(taken.fields)) == (meant.verb, meant.value, dict(meant.fields))

    def _executed(
        self, incoming: Press | FormSubmission, member: Member, place: str, kind: str, fields: Any
    ) -> dict[str, Any]:
        """Press what stands on a card; where no card of the test shows it, as a card of before would."""
        found = self._drawn(place, kind, incoming.verb, incoming.value)
        data = (
            found[1]
            if found
            else {"postwise": {"is": kind, "verb": incoming.verb, "value": incoming.value, "key": "k"}}
        )
        data = {**data, "postwise": {**data["postwise"], "part": data["postwise"].get("part", 0)}}
        if found is None:
            data["postwise"]["key"] = f"made-up-{next(self.line.numbers)}"
        number = data["postwise"]["part"]
        data |= {f"{number}:{name}": value for name, value in fields.items()}
        root = f";messageid={found[0]}" if found and "tacv2" in place else ""
        return self.line.activity(
            member,
            conversation=place + root if root else place,
            type="invoke",
            name="adaptiveCard/action",
            replyToId=found[0] if found else "",
            value={"action": {"type": "Action.Execute", "verb": incoming.verb, "data": data}, "trigger": "manual"},
        )

    def _in_thread(self, incoming: ThreadMessage, member: Member, place: str) -> dict[str, Any]:
        """Write under a card: in a channel by mentioning the bot, in a chat into the card itself."""
        files = [{"contentType": "application/pdf", "name": each} for each in incoming.attachment_names]
        if "tacv2" in place:
            return self.line.activity(
                member,
                conversation=f"{place};messageid={incoming.message}",
                text=f"<at>Postwise</at>&nbsp;{incoming.text}",
                entities=[{"type": "mention", "text": "<at>Postwise</at>", "mentioned": {"id": "28:" + "x"}}],
                attachments=files or None,
            )
        card = next(each for each in self.fake.posted if each.id == incoming.message)
        send = card.actions()["Send"]
        data = {**send["data"], f"{send['data']['postwise']['part']}:text": incoming.text}
        return self.line.activity(
            member,
            type="invoke",
            name="adaptiveCard/action",
            replyToId=card.id,
            value={"action": {"type": "Action.Execute", "verb": send["verb"], "data": data}, "trigger": "manual"},
        )

    def _drawn(self, place: str, kind: str, verb: str, value: str) -> tuple[str, dict[str, Any]] | None:
        for posted in reversed(self.fake.in_conversation(place)):
            for action in posted.actions().values():
                ours = action["data"]["postwise"]
                if (ours["is"], ours["verb"], ours["value"]) == (kind, verb, value):
                    return posted.id, action["data"]
        return None

    def _member_of(self, person: Person) -> Member:
        for each in self.fake.members.values():
            if each.object_id == person.id:
                return each
        return self.fake.join(Member(id=f"29:{person.id}", name=person.name, email=person.email, object_id=person.id))


def _give_roles(talk: Talk, district_id: str) -> None:
    """Say in the district's settings who decides: Teams vouches for nobody."""
    district, folder = talk.districts._districts[district_id]
    people = tuple(
        StaffMember(email=each.in_district(district).email, role=role)
        for each in itertools.chain(STAFF, SPECIALISTS)
        for role in each.roles
    )
    talk.districts._districts[district_id] = (district.model_copy(update={"people": people}), folder)
    talk.districts._shelves.clear()
    talk.districts._indexed.clear()


def as_member(desk: TeamsDesk, who: str, **changed: Any) -> Member:
    """Somebody of the desk, changed."""
    return desk.fake.join(replace(desk.member(who), **changed))
