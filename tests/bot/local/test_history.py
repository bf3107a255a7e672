"""What is kept of a local conversation, and for how long."""

from datetime import UTC, datetime, timedelta

from bot.local.history import Histories
from knowledge.clock import HeldClock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ADDRESS = "staff/redlands/0123456789abcdef"


def say(histories: Histories, html: str, address: str = ADDRESS) -> None:
    """Let Postwise say something."""
    histories.append(address, message=histories.new_message(), html=html)


def words(histories: Histories, number: int = 0) -> tuple[list[str], bool]:
    """Return what is still known after an event, and whether something is missing."""
    events, has_gap = histories.since([ADDRESS], number)
    return [event.html for event in events], has_gap


def test_oldest_event_is_forgotten_and_the_gap_is_told() -> None:
    """A page that comes back too late hears that something is missing; one that saw it all does not."""
    histories = Histories(clock=HeldClock(NOON), max_events=2)

    for html in ("one", "two", "three"):
        say(histories, html)

    assert words(histories) == (["two", "three"], True)
    assert words(histories, number=1) == (["two", "three"], False)


def test_size_is_bounded_but_the_newest_event_is_always_kept() -> None:
    """Very long answers push out older ones, never themselves."""
    histories = Histories(clock=HeldClock(NOON), max_characters=10)

    say(histories, "short")
    say(histories, "longer than ten characters")

    assert words(histories) == (["longer than ten characters"], True)


def test_events_are_forgotten_with_time() -> None:
    """What was said this morning is gone in the night."""
    clock = HeldClock(NOON)
    histories = Histories(clock=clock, max_age=timedelta(hours=12))
    say(histories, "noon")

    clock.move_to(NOON + timedelta(hours=13))
    say(histories, "night")

    assert words(histories) == (["night"], True)


def test_conversation_that_was_silent_longest_goes_first() -> None:
    """Many tabs do not fill the memory."""
    histories = Histories(clock=HeldClock(NOON), max_conversations=2)

    for number in range(3):
        say(histories, "hello", address=f"staff/redlands/{number:016}")

    assert histories.since(["staff/redlands/0000000000000000"], 0)[0] == []
    assert len(histories.since(["staff/redlands/0000000000000002"], 0)[0]) == 1


def test_turn_is_under_way_until_it_is_finished() -> None:
    """The page can tell what is being worked on from what is done."""
    histories = Histories(clock=HeldClock(NOON))
    histories.begin_turn(ADDRESS, "key")
    under_way = histories.turns(ADDRESS)
    histories.end_turn(ADDRESS, "key")

    assert under_way.under_way == ("key",)
    assert histories.turns(ADDRESS).under_way == ()
    assert histories.turns(ADDRESS).finished == ("key",)
