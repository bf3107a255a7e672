"""The real product put together for a test: real model, real database, time held still."""

from dataclasses import dataclass, field
from pathlib import Path

from bot.districts import Districts
from bot.turn import Model, Turns
from handlers.incoming import Press, Question
from handlers.outcome import Outcome
from handlers.replies import Button, Choices, ClauseQuote, Paragraph, Reply
from knowledge.checking.judging import PostChecker
from knowledge.clock import HeldClock
from knowledge.conversations import ConversationReference
from knowledge.people import Person
from knowledge.search.finding import Search
from knowledge.store.unit import Database

MODEL = Path(__file__).parent.parent.parent / "var" / "model"


def specialist_channel(district_id: str) -> ConversationReference:
    """Return where a district's specialist reads."""
    return ConversationReference(platform="local", address=f"specialists/{district_id}")


@dataclass
class Talk:
    """A member of staff talking with Postwise."""

    turns: Turns
    database: Database
    districts: Districts
    clock: HeldClock
    district_id: str = "redlands"
    conversation: str = "staff/redlands/1"
    seen: list[Outcome] = field(default_factory=list)

    def question(self, text: str, *, key: str, attachments: tuple[str, ...] = ()) -> Question:
        return Question(
            district_id=self.district_id,
            person=Person(platform="local", id="teacher"),
            conversation=ConversationReference(platform="local", address=self.conversation),
            event_key=key,
            text=text,
            attachment_names=attachments,
        )

    async def says(self, text: str, *, key: str | None = None, attachments: tuple[str, ...] = ()) -> Reply:
        outcome = await self.turns.take(
            self.question(text, key=key or f"event-{len(self.seen)}", attachments=attachments)
        )
        self.seen.append(outcome)
        assert outcome.reply is not None
        return outcome.reply

    async def presses(self, label: str, **fields: str) -> Outcome:
        button = self.button(label)
        return await self.press(button.verb, button.value, **fields)

    async def press(self, verb: str, value: str = "", **fields: str) -> Outcome:
        outcome = await self.turns.take(
            Press(
                district_id=self.district_id,
                person=Person(platform="local", id="teacher"),
                conversation=ConversationReference(platform="local", address=self.conversation),
                event_key=f"event-{len(self.seen)}",
                verb=verb,
                value=value,
                fields=fields,
            )
        )
        self.seen.append(outcome)
        return outcome

    def button(self, label: str) -> Button:
        for outcome in reversed(self.seen):
            for part in outcome.reply.parts if outcome.reply else ():
                if isinstance(part, Choices):
                    for button in part.buttons:
                        if button.label == label:
                            return button
        raise AssertionError(f"no button {label!r} was shown")


def words(reply: Reply) -> str:
    """Everything of our own in a reply."""
    return "\n".join(part.text for part in reply.parts if isinstance(part, Paragraph))


def quotes(reply: Reply) -> list[ClauseQuote]:
    """The clauses that a reply quotes."""
    return [part for part in reply.parts if isinstance(part, ClauseQuote)]


async def talk(database: Database, search: Search, clock: HeldClock, tmp_path: Path) -> Talk:
    """Put the product together on a database that is up to date."""
    districts = Districts(search=search, database=database, clock=clock, added=tmp_path / "districts")
    await districts.publish_shipped()
    model = Model(search=search, checker=PostChecker(MODEL, search=search), name="test")
    turns = Turns(
        database=database, shelves=districts, model=model, clock=clock, pepper=b"test", channel_of=specialist_channel
    )
    return Talk(turns=turns, database=database, districts=districts, clock=clock)
