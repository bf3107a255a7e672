"""What is promised arrives, at Teams' own pace; what is refused for good is known, told and not tried again."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.delivery.sender import MESSAGE_GONE, DeliveryError
from bot.teams.addresses import conversation_of, own_chat
from bot.teams.pacing import Pacer, TooFastError
from handlers.replies import FileText, Reply
from knowledge.conversations import ConversationReference
from tests.bot.teams.conftest import Scene, opened, saying
from tests.support.teams import TEACHER
from tests.support.teams_connector import SPECIALISTS, Refusal

pytestmark = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)

TESS = own_chat(TEACHER.object_id)
CHANNEL = conversation_of(SPECIALISTS)


async def met(scene: Scene) -> None:
    """Let the teacher write once, so that Teams can be reached."""
    await scene.line.send(scene.line.activity(TEACHER, text="May I post?"))


async def post(scene: Scene, conversation: ConversationReference = TESS, **options: Any) -> str:
    return await scene.bot.sender.post(key="k1", conversation=conversation, reply=saying("Filed as R-1."), **options)


async def test_message_is_posted_and_edited_in_its_place(scene: Scene) -> None:
    """The name that comes back is the one by which it is edited."""
    await met(scene)

    name = await post(scene)
    await scene.bot.sender.edit(key="k1", conversation=TESS, message_id=name, reply=saying("Approved."))

    [posted] = scene.fake.posted
    assert posted.id == name
    assert posted.conversation == TEACHER.chat
    assert posted.words == "Approved."
    assert posted.edits == 1


async def test_nothing_can_be_sent_before_teams_was_heard_of_and_it_waits(scene: Scene) -> None:
    """Where Teams is, only Teams says; what is promised before is not lost."""
    with pytest.raises(DeliveryError) as raised:
        await post(scene, CHANNEL)

    assert not raised.value.is_permanent
    assert not raised.value.is_ambiguous


async def test_specialists_channel_is_reached_before_anybody_wrote_there(scene: Scene) -> None:
    """The first card must not wait until a specialist says something."""
    await met(scene)

    await post(scene, CHANNEL)

    assert [each.conversation for each in scene.fake.posted] == [SPECIALISTS]


async def test_what_is_said_under_a_card_of_a_channel_stands_in_its_thread(scene: Scene) -> None:
    """The edit of a card in a thread goes to the card, and not to the thread."""
    await met(scene)
    card = await post(scene, CHANNEL)

    await post(scene, CHANNEL, thread=card)
    await scene.bot.sender.edit(
        key="k2",
        conversation=conversation_of(f"{SPECIALISTS};messageid={card}"),
        message_id=card,
        reply=saying("Claimed."),
    )

    assert [each.conversation for each in scene.fake.posted] == [SPECIALISTS, f"{SPECIALISTS};messageid={card}"]
    assert scene.fake.posted[0].words == "Claimed."
    assert scene.fake.calls[-1] == f"edit {SPECIALISTS}"


async def test_person_met_in_a_channel_is_written_to_alone(scene: Scene) -> None:
    """Their own chat is opened, once; the channel never becomes theirs."""
    await scene.line.send(scene.line.activity(TEACHER, conversation="19:staff@thread.tacv2", text="May I post?"))

    await post(scene)
    await post(scene)

    assert [each.conversation for each in scene.fake.posted] == [TEACHER.chat, TEACHER.chat]
    assert scene.fake.calls.count("open") == 1
    assert scene.turns.taken[0].home == TESS


@pytest.mark.parametrize(
    ("refusal", "kind", "is_ambiguous", "is_permanent", "retry_after"),
    [
        (Refusal(status=429, headers={"Retry-After": "7"}), "429", False, False, 7.0),
        (Refusal(status=429, html=True), "429", False, False, 1.0),
        (Refusal(status=412, code="PreconditionFailed"), "412", False, False, 1.0),
        (Refusal(status=502, html=True, headers={"Retry-After": "3"}), "502", True, False, 3.0),
        (Refusal(status=504, html=True), "504", True, False, None),
        (Refusal(status=500, code="InternalServerError"), "InternalServerError", True, False, None),
        (Refusal(status=408), "408", True, False, None),
        (Refusal(status=0, resets=True, applies=True), "ServerDisconnectedError", True, False, None),
        (Refusal(status=200, html=True, applies=True), "DeserializationError", True, False, None),
        (Refusal(status=504, seconds=3.0), "timeout", True, False, None),
        (Refusal(status=413, html=True), "413", False, True, None),
        (Refusal(status=400, code="BadSyntax"), "BadSyntax", False, True, None),
        (Refusal(status=403, code="MessageWritesBlocked"), "MessageWritesBlocked", False, True, None),
        (Refusal(status=403, html=True), "403", False, False, None),
        (Refusal(status=404, code="ConversationNotFound"), "ConversationNotFound", False, True, None),
    ],
)
async def test_refusal_says_what_became_of_the_message(
    refusal: Refusal,
    kind: str,
    is_ambiguous: bool,
    is_permanent: bool,
    retry_after: float | None,
    scene: Scene,
) -> None:
    """Refused, gone or perhaps arrived: the outbox has rules for each, and a body of HTML loses no status."""
    await met(scene)
    scene.fake.refuse("post", refusal)

    with pytest.raises(DeliveryError) as raised:
        await post(scene)

    error = raised.value
    assert (error.kind, error.is_ambiguous, error.is_permanent, error.retry_after) == (
        kind,
        is_ambiguous,
        is_permanent,
        retry_after,
    )


async def test_edit_of_a_message_that_is_gone_is_told_apart(scene: Scene) -> None:
    """Then the card is posted anew."""
    await met(scene)

    with pytest.raises(DeliveryError) as raised:
        await scene.bot.sender.edit(key="k1", conversation=TESS, message_id="nobody's", reply=saying("Claimed."))

    assert raised.value.kind == MESSAGE_GONE


async def test_token_that_is_not_taken_any_more_is_asked_for_anew(scene: Scene) -> None:
    """A secret that was changed at Microsoft costs one call, and no message."""
    await met(scene)
    await post(scene)
    scene.fake.expects = "another-token"

    await post(scene)

    assert len(scene.fake.posted) == 2
    assert scene.fake.tokens_given == 2


async def test_wrong_secret_waits_for_whoever_mends_it(scene: Scene) -> None:
    """Nothing is written off; and the token is not asked for at every message."""
    scene.fake.refuse("token", *[Refusal(status=401)] * 5)
    await met(scene)

    for _ in range(3):
        with pytest.raises(DeliveryError) as raised:
            await post(scene)
        assert not raised.value.is_permanent

    assert len(scene.fake.token_requests) == 1


async def test_blocked_bot_is_known_and_not_tried_again_until_the_person_writes(scene: Scene) -> None:
    """After the first refusal no call is made; a word of the person takes it back."""
    await met(scene)
    scene.fake.blocked = {TEACHER.object_id}
    kinds = []
    for _ in range(3):
        with pytest.raises(DeliveryError) as raised:
            await post(scene)
        kinds.append((raised.value.kind, raised.value.is_permanent))
    calls = scene.fake.calls.count(f"post {TEACHER.chat}")
    scene.fake.blocked = set()
    await met(scene)

    await post(scene)

    assert kinds == [("MessageWritesBlocked", True)] * 3
    assert calls == 1


async def test_uninstalled_bot_is_known(scene: Scene) -> None:
    """Teams says so by itself, before anything is sent."""
    await met(scene)
    await scene.line.send(scene.line.activity(TEACHER, type="installationUpdate", action="remove"))

    with pytest.raises(DeliveryError) as raised:
        await post(scene)

    assert (raised.value.kind, raised.value.is_permanent) == ("uninstalled", True)
    assert scene.fake.posted == []


async def test_person_who_never_installed_the_app_is_known(scene: Scene) -> None:
    """Their chat cannot be opened, and it is not tried at every message."""
    await scene.line.send(scene.line.activity(TEACHER, conversation="19:staff@thread.tacv2", text="May I post?"))
    scene.fake.blocked = {TEACHER.object_id}

    for _ in range(2):
        with pytest.raises(DeliveryError) as raised:
            await post(scene)
        assert raised.value.is_permanent

    assert scene.fake.calls.count("open") == 1


async def test_service_url_is_refreshed_by_whatever_comes_in(scene: Scene, clock: Any) -> None:
    """Teams moves conversations; the newest address counts."""
    await met(scene)
    old = (await scene.bot.line.places.find(TESS.address)).service_url
    real = scene.fake.url
    scene.fake.url = real.replace("127.0.0.1", "localhost")
    token, activity = scene.fake.token(), scene.line.activity(TEACHER, text="Again")
    scene.fake.url = real
    object.__setattr__(scene.bot.line.inspector, "service_urls", (activity["serviceUrl"].rpartition("/amer/")[0],))

    status, _ = await scene.line.send(activity, token=token)

    assert status == 200
    assert (await scene.bot.line.places.find(TESS.address)).service_url == activity["serviceUrl"] != old


async def test_long_export_goes_on_in_further_messages_and_each_fits(scene: Scene) -> None:
    """Nothing of a long list is cut off, and no card is larger than Teams takes."""
    await met(scene)
    rows = "\n".join(f"{number},Lincoln High School,@lincoln{number},in order" for number in range(2000))

    await scene.bot.sender.post(
        key="k1", conversation=TESS, reply=Reply(parts=(FileText(name="registry.csv", text=rows),))
    )

    assert scene.fake.oversized == []
    shown = "\n".join(each.words for each in scene.fake.posted)
    assert [line for line in rows.splitlines() if line not in shown] == []
    assert 2 <= len(scene.fake.posted) <= 30


async def test_rates_of_a_conversation_are_kept(empty_database: Any) -> None:
    """Seven messages in a second, eight in two: the next one waits, or is given back where the wait is long."""
    held = [100.0]
    pacer = Pacer(now=lambda: held[0])
    for _ in range(7):
        await pacer.wait("a:1")
    waits = pacer._left("a:1")
    held[0] += 1.0
    await pacer.wait("a:1")
    after = pacer._left("a:1")
    held[0] += 1.0
    for _ in range(52):
        held[0] += 0.4
        await pacer.wait("a:1")

    assert waits == pytest.approx(1.0)
    assert after == pytest.approx(1.0)
    with pytest.raises(TooFastError) as raised:
        await pacer.wait("a:1")
    assert raised.value.seconds == pytest.approx(30 - 52 * 0.4 - 2.0, abs=0.2)
    assert pacer._left("a:2") <= 0


async def test_worker_brings_every_message_once_through_a_bad_quarter_of_an_hour(database: Any, clock: Any) -> None:
    """429, 412, 5xx before and after, HTML and resets: each message arrives; twins come of ambiguous answers alone."""
    from bot.delivery.promises import promise
    from handlers.outcome import ChannelMessage, Outcome
    from tests.support.teams import until

    async with opened(database, clock, delivery_timeout_seconds=0.4) as scene:
        await met(scene)
        scene.fake.refuse(
            "post",
            Refusal(status=429, headers={"Retry-After": "0.1"}),
            Refusal(status=412),
            Refusal(status=502, html=True),
            Refusal(status=500, applies=True),
            Refusal(status=0, resets=True),
            Refusal(status=503, html=True),
        )
        async with database.unit() as unit:
            for number in range(6):
                post = ChannelMessage(conversation=CHANNEL, reply=saying(f"Case C-{number}."))
                await promise(
                    Outcome(reply=None, posts=(post,)),
                    unit=unit,
                    district_id="redlands",
                    cause=f"e{number}",
                    channel=CHANNEL,
                    at=clock.now() - timedelta(seconds=1),
                )
        scene.bot.worker.wake()

        await until(lambda: len({each.words for each in scene.fake.posted}) == 6)
        await asyncio.sleep(0.2)

    words = [each.words for each in scene.fake.posted]
    assert len(set(words)) == 6
    assert len(words) <= 7, "one answer was lost after its message had arrived: one harmless twin at most"
