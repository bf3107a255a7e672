"""What lies in the outbox comes back as it was, whatever parts it has."""

import json
from datetime import UTC, datetime
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.payload import event_json, event_of, reminder_json, reminder_of, reply_json, reply_of
from handlers.incoming import Press, Question
from handlers.outcome import Reminder
from handlers.replies import Paragraph, Part, Reply
from knowledge.conversations import ConversationReference
from knowledge.people import Person, Role, Standing

TEXT = st.text(max_size=40)


@given(parts=st.tuples(*(st.from_type(kind) for kind in get_args(Part))))
@settings(max_examples=100, deadline=None)
def test_reply_comes_back_from_json_as_it_was(parts: tuple[Part, ...]) -> None:
    """A reply with a part of every kind, form fields and problems among them, survives the outbox to the letter."""
    reply = Reply(parts=parts)

    kept = json.loads(json.dumps(reply_json(reply)))

    assert reply_of(kept) == reply
    assert len({part["is"] for part in kept["parts"]}) == len(get_args(Part))


def test_what_an_older_version_wrote_is_still_sent() -> None:
    """A field that is new gets its default, and one that no longer exists is passed over."""
    kept = {"parts": [{"is": "paragraph", "text": "Filed as R-12.", "colour": "green"}]}

    assert reply_of(kept) == Reply(parts=(Paragraph(text="Filed as R-12."),))


@given(value=TEXT, facts=st.dictionaries(TEXT, TEXT, max_size=3))
@settings(max_examples=50, deadline=None)
def test_reminder_comes_back_as_it_was(value: str, facts: dict[str, str]) -> None:
    """What is to be looked at later is not changed by waiting."""
    due_at = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    reminder = Reminder(key="k", verb="v", value=value, subject="s", due_at=due_at, facts=facts)

    assert reminder_of(json.loads(json.dumps(reminder_json(reminder))), due_at=due_at) == reminder


def test_event_is_kept_without_name_and_address_of_its_person() -> None:
    """What waits for its answer holds the masked text, and of the person only who it is to the platform."""
    person = Person(
        platform="local",
        id="coach",
        name="Dana Ortiz",
        email="coach@redlands.example",
        standing=Standing.MEMBER,
        roles=frozenset({Role.DEPUTY}),
    )
    question = Question(
        district_id="redlands",
        person=person,
        conversation=ConversationReference(platform="local", address="staff/redlands/1"),
        event_key="e1",
        text="may we post [phone number]?",
        attachment_names=("roster, call 909-555-0144.pdf",),
    )

    kept = event_json(question)

    assert "Dana" not in json.dumps(kept)
    assert "coach@" not in json.dumps(kept)
    assert "0144" not in json.dumps(kept)
    again = event_of(json.loads(json.dumps(kept)))
    assert isinstance(again, Question)
    assert (again.text, again.person.id, again.person.roles) == (question.text, "coach", person.roles)


def test_press_comes_back_as_it_was() -> None:
    """A press that waits for the model keeps what its button carries."""
    press = Press(
        district_id="redlands",
        person=Person(platform="local", id="teacher"),
        conversation=ConversationReference(platform="local", address="staff/redlands/1"),
        event_key="e2",
        verb="said",
        value="7f3c consent yes",
        fields={"text": "on file"},
        message="m1-2",
    )

    assert event_of(json.loads(json.dumps(event_json(press)))) == press
