"""The people of one district around a case: what each is shown after delivery, as time goes on."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import text as sql

from bot.delivery.looking import Looker
from bot.delivery.payload import reply_of
from bot.delivery.steady import Steady
from bot.delivery.worker import Worker
from bot.local.conversations import specialist_channel
from bot.local.sender import LocalSender, message_name
from handlers.incoming import ThreadMessage
from handlers.outcome import Outcome
from handlers.replies import Button, Choices, Form, MarkedText, Mentions, Part, Reply, Ruling, Thread
from handlers.routing import AUDITS
from knowledge.cases import Case
from knowledge.conversations import ConversationReference
from knowledge.people import Person
from tests.support.desk import Desk, text


@dataclass(frozen=True)
class Shown:
    """One message as it stands in a conversation now."""

    name: str
    thread: str
    reply: Reply

    @property
    def words(self) -> str:
        """Everything it shows."""
        return whole(self.reply)

    def button(self, label: str) -> Button:
        """The button of this label."""
        for part in self.reply.parts:
            for button in part.buttons if isinstance(part, Choices) else ():
                if button.label == label:
                    return button
        raise AssertionError(f"no button {label!r} in:\n{self.words}")


class CaseDesk(Desk):
    """A desk whose promises are delivered, and whose reminders fall due as the clock is moved."""

    @property
    def steady(self) -> Steady:
        """Short waits go by this; here its clock is the one that the test moves."""
        if not hasattr(self, "_steady"):
            self._steady = Steady(lambda: self.clock.now().timestamp())
        return self._steady

    async def settle(self) -> None:
        """Deliver everything that is due, and look at what is to be looked at, until nothing is left."""
        local = LocalSender(database=self.database, clock=self.clock)
        looker = Looker(
            database=self.database,
            shelves=self.talk.districts,
            clock=self.clock,
            channel_of=specialist_channel_of,
            held=lambda: self.clock.now().timestamp(),
            steady=self.steady,
        )
        worker = Worker(
            database=self.database,
            senders={"local": local},
            clock=self.clock,
            posts_once={"local"},
            reminding=looker,
            held=lambda: self.clock.now().timestamp(),
        )
        for _ in range(4):  # a receipt is looked at, and told, in a second round
            await worker.deliver_what_is_due()

    async def later(self, **time: float) -> None:
        """Let time go by; whatever falls due in it is looked at in its own moment."""
        until = self.clock.now() + timedelta(**time)
        await self.settle()
        while (due := await self._next_due()) is not None and due <= until:
            self.clock.move_to(max(self.clock.now(), due))
            await self.settle()
        self.clock.move_to(until)
        await self.settle()

    async def _next_due(self) -> datetime | None:
        async with self.database.engine.begin() as connection:
            found = await connection.scalar(
                sql("SELECT min(due) FROM outbox WHERE state = 'pending' AND kind = 'reminder' AND due > :now"),
                {"now": self.clock.now().timestamp()},
            )
        return datetime.fromtimestamp(float(found), UTC) if found is not None else None

    async def audited(self) -> None:
        """Let the auditor go through the district, and deliver what comes of it."""
        looker = Looker(
            database=self.database,
            shelves=self.talk.districts,
            clock=self.clock,
            channel_of=specialist_channel_of,
            held=lambda: self.clock.now().timestamp(),
        )
        for handler in AUDITS:
            await looker.mend(self.district_id, handler)
        await self.settle()

    def seat(self, who: str) -> ConversationReference:
        """Where somebody reads: the channel for the specialists, else their direct message."""
        return self.conversation(who)

    async def sees(self, who: str) -> list[Shown]:
        """What stands in the conversation of a person, or in the channel, now, in order."""
        return await self.messages(self.seat(who))

    async def messages(self, conversation: ConversationReference) -> list[Shown]:
        """What stands in a conversation now, in order."""
        epoch = await LocalSender(database=self.database, clock=self.clock).epoch()
        async with self.database.reading() as unit:
            found, _ = await unit.local_messages.since(
                district_id=self.district_id, addresses=(conversation.address,), number=0, most_of_each=500
            )
        ordered = sorted(found, key=lambda each: each.position)
        return [
            Shown(
                name=message_name(epoch, each.position),
                thread=message_name(epoch, each.thread_position) if each.thread_position else "",
                reply=reply_of(each.payload),
            )
            for each in ordered
        ]

    async def words(self, who: str) -> str:
        """Everything that stands in a conversation now."""
        return "\n".join(each.words for each in await self.sees(who))

    async def card_of(self, who: str, case: int = 1) -> Shown:
        """The card of a case as somebody sees it."""
        async with self.database.engine.begin() as connection:
            name = await connection.scalar(
                sql(
                    "SELECT message_id FROM cards WHERE address = :address AND card = :card AND district_id = :district"
                ),
                {"address": self.seat(who).address, "card": f"case/{case}", "district": self.district_id},
            )
        return next(each for each in await self.sees(who) if each.name == name)

    async def thread_of(self, who: str, case: int = 1) -> str:
        """Everything said under the card of a case, as somebody sees it."""
        card = await self.card_of(who, case)
        return "\n".join(each.words for each in await self.sees(who) if each.thread == card.name)

    async def writes(
        self, who: str, words: str, *, case: int = 1, attachments: tuple[str, ...] = (), person: Person | None = None
    ) -> Outcome:
        """Write under the card of a case."""
        card = await self.card_of(who, case)
        outcome = await self._take(
            ThreadMessage(
                district_id=self.district_id,
                person=person or self.person(who),
                conversation=self.seat(who),
                event_key=self._key(),
                message=card.name,
                text=words,
                attachment_names=attachments,
            )
        )
        await self.settle()
        return outcome

    async def hits(self, who: str, label: str, *, case: int = 1, person: Person | None = None) -> Outcome:
        """Press a button of a case's card."""
        button = (await self.card_of(who, case)).button(label)
        outcome = await self.press(who, button.verb, button.value, person=person)
        await self.settle()
        return outcome

    async def fills(self, who: str, came: Outcome, /, **fields: str) -> Outcome:
        """Fill in the form that came back, and send it."""
        form = next(part for part in came.reply.parts if isinstance(part, Form)) if came.reply else None
        assert form is not None
        values = {each.name: each.value for each in form.fields} | fields
        sent = await self.sends(who, form.verb, form.value, values)
        await self.settle()
        return sent

    async def case(self, number: int = 1) -> Case:
        """A case as it is kept."""
        async with self.database.unit() as unit:
            return await unit.cases.get(district_id=self.district_id, number=number)

    async def reports(self, who: str = "teacher", words: str = "", **fields: str) -> Outcome:
        """Open a case by the form."""
        form = await self.says(who, "/escalate")
        values = {"happened": words, "kind": "controversy"} | fields
        return await self.fills(who, Outcome(reply=form), **values)


def specialist_channel_of(district_id: str) -> ConversationReference:
    """Where a district's specialists read."""
    return specialist_channel(district_id)


def colleague(desk: Desk, email: str, *, role_of: str) -> Person:
    """Another person with the roles of somebody of the desk."""
    return replace(desk.person(role_of), id=email.partition("@")[0], email=email, name=email.partition("@")[0].title())


def whole(reply: Reply | None) -> str:
    """Everything a reply shows, the new parts too."""
    return "\n".join([text(reply), *(_line(part) for part in (reply.parts if reply else ()))])


def _line(part: Part) -> str:
    match part:
        case Mentions():
            return " ".join(f"@{each.name}" for each in part.people)
        case Ruling():
            return f"ruling {part.name} of the {part.by}, {part.on}: {part.question} -> {part.text}"
        case Thread():
            return f"({part.hint})"
        case MarkedText():
            return f"{part.label}: {''.join(span.text for span in part.spans)}"
        case Form():
            return "\n".join(each.label for each in part.fields)
        case _:
            return ""
