"""Each promise reaches its platform once in effect, whatever its platform, its worker or another worker does."""

import asyncio
import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.delivery.sender import DeliveryError
from bot.delivery.worker import Worker
from handlers.outcome import ChannelMessage
from knowledge.delivery import LeaseLostError
from tests.support.delivery import CHANNEL, PACE, TEACHER, PostRoom, becomes, saying

LOST = DeliveryError("timeout", is_ambiguous=True)


def in_channel(text: str, *, card: str = "") -> ChannelMessage:
    return ChannelMessage(conversation=CHANNEL, reply=saying(text), card=card)


async def test_what_was_promised_is_sent_once(post_room: PostRoom) -> None:
    """A card and the answer to the filer each go out, and a second look sends nothing more."""
    await post_room.promises(in_channel("New filing R-1"), reply=saying("Filed as R-1."))

    await post_room.delivers()
    await post_room.worker().deliver_what_is_due()

    assert sorted(post_room.platform.words()) == ["Filed as R-1.", "New filing R-1"]
    assert await post_room.states() == {"pending": 0, "sent": 2, "failed": 0}


async def test_same_event_promises_the_same_only_once(post_room: PostRoom) -> None:
    """An event whose promise is written twice has one message, under one key."""
    await post_room.promises(reply=saying("Filed as R-1."))
    post_room.turns = 0
    await post_room.promises(reply=saying("Filed as R-1."))

    await post_room.delivers()

    assert post_room.platform.words() == ["Filed as R-1."]


async def test_message_that_arrived_without_an_answer_is_not_sent_again(post_room: PostRoom) -> None:
    """After a timeout the channel is looked through, and what is there is not posted again."""
    post_room.platform.fails.append(LOST)
    await post_room.promises(in_channel("New filing R-1"))

    await post_room.delivers()

    assert post_room.platform.words() == ["New filing R-1"]
    assert post_room.platform.calls == ["post New filing R-1", "find"]


async def test_look_goes_back_to_a_message_that_was_there_before(post_room: PostRoom) -> None:
    """What went out to the channel before the first attempt is older than what is looked for, whatever the clocks say."""
    await post_room.promises(in_channel("New filing R-1"))
    await post_room.delivers()
    older = post_room.platform.said[0].name
    post_room.clock.move_to(post_room.clock.now() - timedelta(days=1))
    post_room.platform.fails.append(LOST)
    await post_room.promises(in_channel("New filing R-2"))

    await post_room.delivers()

    assert post_room.platform.looked_back_to == older
    assert post_room.platform.words() == ["New filing R-1", "New filing R-2"]


async def test_control_without_a_look_doubles_the_message(post_room: PostRoom) -> None:
    """The same fault without looking first makes two messages: the test above can fail."""
    post_room.platform.fails.append(LOST)
    await post_room.promises(in_channel("New filing R-1"))

    await post_room.delivers(post_room.worker(reconciles=False))

    assert post_room.platform.words() == ["New filing R-1", "New filing R-1"]


async def test_nothing_is_looked_for_before_a_late_message_can_have_landed(post_room: PostRoom) -> None:
    """Between a call without an answer and the look into the channel lies the whole grace."""
    moments: list[float] = []
    loop = asyncio.get_running_loop()
    post_room.platform.before_answer = lambda: moments.append(loop.time())
    post_room.platform.fails.append(LOST)
    await post_room.promises(in_channel("New filing R-1"))

    await post_room.delivers(until=lambda: "find" in post_room.platform.calls)

    assert loop.time() - moments[0] >= PACE.grace


async def test_look_that_fails_leads_to_another_look_and_never_to_a_post(post_room: PostRoom) -> None:
    """Where the channel cannot be read, nobody knows, and nothing is posted."""
    post_room.platform.fails.extend(
        [LOST, DeliveryError("500", is_ambiguous=True), DeliveryError("429", retry_after=0.1)]
    )
    await post_room.promises(in_channel("New filing R-1"))

    await post_room.delivers()

    assert post_room.platform.calls == ["post New filing R-1", "find", "find", "find"]
    assert post_room.platform.words() == ["New filing R-1"]


async def test_refused_for_now_waits_as_long_as_the_platform_asks_and_looks_for_nothing(post_room: PostRoom) -> None:
    """Too many requests means certainly not posted: it is simply posted later."""
    post_room.platform.fails.append(DeliveryError("429", retry_after=0.2))
    await post_room.promises(in_channel("New filing R-1"))

    await post_room.delivers()

    assert post_room.platform.calls == ["post New filing R-1"] * 2


async def test_refusal_after_a_lost_answer_still_looks_before_posting(post_room: PostRoom) -> None:
    """Too many requests at the second attempt says nothing about the first, which may have arrived late."""
    post_room.platform.fails.extend([LOST, None, DeliveryError("429", retry_after=0.1)])
    await post_room.promises(in_channel("New filing R-1"))
    await post_room.delivers(until=lambda: bool(post_room.platform.calls))
    late = post_room.platform.said.pop()

    worker = post_room.worker()
    running = asyncio.create_task(worker.run())
    await becomes(lambda: post_room.platform.calls.count("post New filing R-1") == 2)
    post_room.platform.said.append(late)
    await becomes(post_room.is_done)
    worker.stop()
    await running

    assert post_room.platform.words() == ["New filing R-1"]


async def test_conversation_pauses_as_a_whole_where_its_platform_asks_for_it(post_room: PostRoom) -> None:
    """After one refusal nothing else knocks at the same channel before the time is over; others are not kept waiting."""
    await post_room.promises(*(in_channel(f"card {number}") for number in range(40)))
    post_room.platform.seconds = 0.01
    post_room.platform.fails.extend([DeliveryError("429", retry_after=30.0)] * 16)
    worker = post_room.worker()

    await worker.deliver_what_is_due()
    calls_in_channel = len(post_room.platform.calls)
    await post_room.promises(reply=saying("Filed as R-1."))
    await worker.deliver_what_is_due()

    assert calls_in_channel <= 16
    assert post_room.platform.words() == ["Filed as R-1."]


async def test_refused_for_good_is_written_off_and_keeps_nobody_waiting(post_room: PostRoom) -> None:
    """An archived conversation fails one message, and the next in the same lane goes its way."""
    post_room.platform.fails.append(DeliveryError("is_archived", is_permanent=True))
    await post_room.promises(reply=saying("first"))
    await post_room.promises(reply=saying("second"))

    await post_room.delivers()

    assert post_room.platform.words() == ["second"]
    assert await post_room.states() == {"pending": 0, "sent": 1, "failed": 1}


async def test_messages_to_one_person_arrive_in_the_order_of_the_promises(post_room: PostRoom) -> None:
    """However long the first one takes, the second comes after it, with three workers at once, too."""
    for number in range(12):
        await post_room.promises(reply=saying(f"{number}"))
    post_room.platform.seconds = 0.01
    post_room.platform.fails.extend(
        [None, DeliveryError("429", retry_after=0.05), None, DeliveryError("not_connected")]
    )

    await asyncio.gather(*(post_room.delivers() for _ in range(3)))

    assert post_room.platform.words() == [f"{number}" for number in range(12)]


async def test_card_is_edited_where_it_stands(post_room: PostRoom) -> None:
    """The decision takes the place of the waiting card, even where it was made before the card was out."""
    await post_room.promises(in_channel("R-1 waits", card="filing/1"))
    await post_room.promises(in_channel("R-1 approved", card="filing/1"))

    await post_room.delivers()

    assert [(message.words, message.edits) for message in post_room.platform.said] == [("R-1 approved", 1)]


async def test_edit_that_lands_late_undoes_no_newer_one(post_room: PostRoom) -> None:
    """Cut off on its way it may still take effect; the next one goes out when it no longer can."""
    await post_room.promises(in_channel("R-1 waits", card="filing/1"))
    await post_room.delivers()
    post_room.platform.late_seconds = 0.55  # later than a worker looks again, sooner than the grace
    post_room.platform.fails.append(LOST)
    await post_room.promises(in_channel("R-1 approved", card="filing/1"))
    delivering = asyncio.create_task(post_room.delivers())
    await becomes(lambda: "edit R-1 approved" in post_room.platform.calls)
    await post_room.promises(in_channel("R-1 live", card="filing/1"))

    await delivering
    await asyncio.sleep(0.5)

    assert post_room.platform.words() == ["R-1 live"]


async def test_card_that_is_gone_is_posted_anew_and_edited_there_from_then_on(post_room: PostRoom) -> None:
    """Somebody deleted the card by hand: the next news make a new one, and the news after that change it."""
    await post_room.promises(in_channel("R-1 waits", card="filing/1"))
    await post_room.delivers()
    post_room.platform.said.clear()
    await post_room.promises(in_channel("R-1 approved", card="filing/1"))
    await post_room.delivers()
    await post_room.promises(in_channel("R-1 live", card="filing/1"))
    await post_room.delivers()

    assert [(message.words, message.edits) for message in post_room.platform.said] == [("R-1 live", 1)]


async def test_new_post_of_a_card_that_is_gone_is_looked_for_like_any_other(post_room: PostRoom) -> None:
    """The post that takes the place of a lost card may lose its answer, too, and is not doubled."""
    await post_room.promises(in_channel("R-1 waits", card="filing/1"))
    await post_room.delivers()
    post_room.platform.said.clear()
    post_room.platform.fails.extend([None, LOST])
    await post_room.promises(in_channel("R-1 approved", card="filing/1"))

    await post_room.delivers()

    assert post_room.platform.words() == ["R-1 approved"]
    assert post_room.platform.calls[-1] == "find"


async def test_reply_takes_the_place_of_the_pressed_message(post_room: PostRoom) -> None:
    """What was pressed away is not left standing."""
    await post_room.promises(reply=saying("Is the release on file?"))
    await post_room.delivers()
    pressed = post_room.platform.said[0].name

    await post_room.promises(reply=saying("Fine to post."), replaces=pressed)
    await post_room.delivers()

    assert post_room.platform.words() == ["Fine to post."]


async def test_work_of_a_worker_that_is_gone_is_taken_over_and_not_doubled(post_room: PostRoom) -> None:
    """A worker that ends right after the post, before it could write so down, leaves one message and not two."""
    await post_room.promises(in_channel("New filing R-1"))
    await _ends_right_after_the_post(post_room)

    await post_room.delivers()

    assert post_room.platform.words() == ["New filing R-1"]
    assert await post_room.states() == {"pending": 0, "sent": 1, "failed": 0}


async def test_message_that_lands_after_its_work_was_taken_over_is_not_doubled(post_room: PostRoom) -> None:
    """Whoever takes over waits the whole grace by their own clock: a call of the worker that is gone may still land."""
    await post_room.promises(in_channel("New filing R-1"))
    async with post_room.database.unit() as unit:
        (entry,) = await unit.outbox.claim(most=1, platforms=["slack"], token="gone", lease_seconds=0.0)
    running = asyncio.create_task(post_room.delivers())
    await asyncio.sleep(PACE.grace / 2)

    await post_room.platform.post(key=entry.id, conversation=CHANNEL, reply=saying("New filing R-1"))
    await running

    assert post_room.platform.words() == ["New filing R-1"]


async def test_lease_that_another_holds_now_lets_nothing_be_written(post_room: PostRoom) -> None:
    """A worker whose lease ran out does not put off what another one is just sending."""
    await post_room.promises(in_channel("New filing R-1"))
    async with post_room.database.unit() as unit:
        (old,) = await unit.outbox.claim(most=1, platforms=["slack"], token="sleeper", lease_seconds=0.0)
    await asyncio.sleep(0.01)
    async with post_room.database.unit() as unit:
        (new,) = await unit.outbox.claim(most=1, platforms=["slack"], token="other", lease_seconds=30.0)

    async with post_room.database.unit() as unit:
        for write in (
            unit.outbox.put_off(old, seconds=0.0, maybe_sent=False, error="timeout"),
            unit.outbox.renew(old, lease_seconds=30.0),
            unit.outbox.failed(old, error="is_archived", at=post_room.clock.now()),
            unit.outbox.lose_target(old),
        ):
            with pytest.raises(LeaseLostError):
                await write
        await unit.outbox.sent(new, message_id="m1", at=post_room.clock.now())
    assert (old.was_maybe_sent, new.was_maybe_sent) == (False, True)


async def test_worker_that_comes_back_after_its_lease_writes_nothing(post_room: PostRoom) -> None:
    """Somebody who slept through the lease neither finishes nor puts off what another has finished."""
    await post_room.promises(in_channel("New filing R-1"))
    async with post_room.database.unit() as unit:
        (entry,) = await unit.outbox.claim(most=1, platforms=["slack"], token="sleeper", lease_seconds=0.01)
    await asyncio.sleep(0.05)
    await post_room.delivers()

    async with post_room.database.unit() as unit:
        with pytest.raises(LeaseLostError):
            await unit.outbox.put_off(entry, seconds=0.0, maybe_sent=False, error="timeout")
        with pytest.raises(LeaseLostError):
            await unit.outbox.sent(entry, message_id="m9", at=post_room.clock.now())
    assert await post_room.states() == {"pending": 0, "sent": 1, "failed": 0}


async def test_platform_that_posts_once_by_itself_is_not_looked_through(post_room: PostRoom) -> None:
    """On the local page the same key makes the same message, so nobody waits for a grace."""
    post_room.platform.fails.append(DeliveryError("OperationalError", is_ambiguous=True))
    await post_room.promises(in_channel("New filing R-1"))

    await post_room.delivers(post_room.worker(posts_once={"slack"}))

    assert "find" not in post_room.platform.calls


async def test_message_of_another_platform_is_left_to_its_worker(post_room: PostRoom) -> None:
    """A process without Slack's token leaves Slack's messages where they are."""
    await post_room.promises(in_channel("New filing R-1"))
    local = Worker(database=post_room.database, senders={"local": post_room.platform}, clock=post_room.clock, pace=PACE)

    await local.deliver_what_is_due()

    assert post_room.platform.calls == []
    assert (await post_room.states())["pending"] == 1


async def test_stop_finishes_what_is_under_way(post_room: PostRoom) -> None:
    """A worker told to stop in the middle of a call still writes down how it ended."""
    await post_room.promises(in_channel("New filing R-1"))
    post_room.platform.seconds = 0.1

    await post_room.delivers(until=lambda: bool(post_room.platform.calls))

    assert post_room.platform.words() == ["New filing R-1"]
    assert await post_room.states() == {"pending": 0, "sent": 1, "failed": 0}


async def test_promise_goes_out_at_once_where_the_worker_is_woken(
    post_room: PostRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for the next look at the outbox, were that an hour away."""
    monkeypatch.setattr("bot.delivery.worker.POLL_SECONDS", 3600.0)
    worker = post_room.worker()
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0.2)

    await post_room.promises(reply=saying("Filed as R-1."))
    worker.wake()
    async with asyncio.timeout(20):
        await becomes(lambda: bool(post_room.platform.said))
    worker.stop()
    await running

    assert post_room.platform.said[0].conversation == TEACHER


async def _ends_right_after_the_post(post_room: PostRoom) -> None:
    """Have a worker post, and vanish before it hears of it."""
    worker = post_room.worker()
    running = asyncio.create_task(worker.run())

    def vanish() -> None:
        for task in worker._tasks:
            task.cancel()

    post_room.platform.before_answer = vanish
    await becomes(lambda: bool(post_room.platform.said))
    post_room.platform.before_answer = lambda: None
    worker.stop()
    await running


async def test_clock_that_was_set_back_keeps_nothing_waiting(post_room: PostRoom) -> None:
    """A due moment and a lease from before the clock was set back by a day count as over."""
    await post_room.promises(in_channel("New filing R-1"))
    await post_room.promises(in_channel("New filing R-2"))
    async with post_room.database.engine.begin() as connection:
        tomorrow = time.time() + 86400
        await connection.execute(text("UPDATE outbox SET due = :t WHERE lane_position = 0"), {"t": tomorrow})
        await connection.execute(text("UPDATE outbox SET lease_token = 'gone', lease_until = :t"), {"t": tomorrow})

    await post_room.delivers()

    assert sorted(post_room.platform.words()) == ["New filing R-1", "New filing R-2"]
