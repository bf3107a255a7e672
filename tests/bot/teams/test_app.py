"""What people do in Teams, and what the bot makes of it: forms, presses, threads, guests, the first hello, those who left."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.teams.incoming import Pressed, Presses
from bot.teams.leaving import Leaving
from handlers.incoming import FormSubmission, Press, Question, ThreadMessage
from handlers.outcome import Outcome
from knowledge.people import Standing
from tests.bot.teams.conftest import Scene, saying
from tests.support.desk import ROBOTICS
from tests.support.product import Talk
from tests.support.teams import TEACHER, until
from tests.support.teams_connector import SPECIALISTS, Member, Refusal
from tests.support.teams_desk import TeamsDesk, as_member

pytestmark = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)

STAFF_CHANNEL = "19:staff@thread.tacv2;messageid=1700000099999"
BOT = {
    "type": "mention",
    "text": "<at>Postwise</at>",
    "mentioned": {"id": "28:3f1c2a77-0000-4000-8000-00000000b07a", "name": "Postwise"},
}


@pytest.fixture
async def desk(staff: Talk) -> AsyncIterator[TeamsDesk]:
    """The people of Redlands in Teams, on the real product."""
    async with contextlib.AsyncExitStack() as stack:

        class Desk(TeamsDesk):
            pass

        Desk.stack = stack
        yield await Desk.open(staff)


def execute(data: dict[str, Any], *, verb: str = "x", reply_to: str = "1700000000042") -> dict[str, Any]:
    return {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "replyToId": reply_to,
        "value": {"action": {"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "manual"},
    }


def carried(kind: str, verb: str, value: str = "", key: str = "drawn-1", **more: Any) -> dict[str, Any]:
    return {"postwise": {"is": kind, "verb": verb, "value": value, "key": key} | more}


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("May I post?", "May I post?"),
        ("<at>Postwise</at>&nbsp;May I post?", "May I post?"),
        ("<at>Postwise</at> ask <at>Sam Specialist</at> please", "ask Sam Specialist please"),
        ("<p><at>Postwise</at>&nbsp;1 &lt; 2<br/>and so on</p>", "1 < 2\nand so on"),
        ("<at>Postwise</at>", "help"),
        ("   ", "help"),
        ("", "help"),
        (None, "help"),
        ("newaccount", "newaccount"),
        ("/newaccount Robotics", "/newaccount Robotics"),
        ("postwise cases", "/postwise cases"),
        ("Postwise, may I post?", "Postwise, may I post?"),
        ("<at>Postwise</at broken", "<at>Postwise</at broken"),
        ("NUL\x00 and half \ud800", "NUL and half"),
    ],
)
async def test_words_are_heard_without_what_teams_puts_around_them(typed: str | None, heard: str, scene: Scene) -> None:
    """A mention of the bot, its markup and its hard spaces are Teams'; an empty message asks for help."""
    body = json.dumps(scene.line.activity(TEACHER, text=typed, entities=[BOT])).encode()

    status, _ = await scene.line.send(None, data=body, headers={"Content-Type": "application/json"})

    assert status == 200
    [taken] = scene.turns.taken
    assert isinstance(taken, Question)
    assert taken.text == heard


async def test_pictures_are_named_and_the_copy_of_the_message_is_not(scene: Scene) -> None:
    """Teams sends each message once more as HTML; that is no attachment of the person's."""
    files = [
        {"contentType": "text/html", "content": "<p>x</p>"},
        {"contentType": "image/png"},
        {"contentType": "application/pdf", "name": "flyer.pdf"},
    ]

    await scene.line.send(scene.line.activity(TEACHER, text="May I post this?", attachments=files))

    assert isinstance(scene.turns.taken[0], Question)
    assert scene.turns.taken[0].attachment_names == ("a picture", "flyer.pdf")


@pytest.mark.parametrize("is_old_client", [False, True])
async def test_press_and_form_are_read_alike_from_new_and_old_clients(is_old_client: bool, scene: Scene) -> None:
    """A client that does not know Action.Execute sends the same as a message."""
    form = carried("form", "file", '{"kind": "new_account"}', part=3) | {
        "3:organization": "Robotics", "3:platform": "(no answer)", "3:evil": "x", "0:note": "of another form",
    }  # fmt: skip
    for data in (carried("press", "case-claim", "1"), form, carried("thread", "thread", part=0) | {"0:text": "On it."}):
        sent = {"text": None, "value": data, "replyToId": "1700000000042"} if is_old_client else execute(data)
        status, _ = await scene.line.send(scene.line.activity(TEACHER, **sent))
        assert status == 200

    press, filled, written = scene.turns.taken
    assert isinstance(press, Press)
    assert isinstance(filled, FormSubmission)
    assert isinstance(written, ThreadMessage)
    assert (press.verb, press.value, press.message) == ("case-claim", "1", "1700000000042")
    assert dict(filled.fields) == {"organization": "Robotics", "platform": ""}
    assert written.text == "On it."


async def test_press_that_teams_sends_again_is_one_press_and_a_later_one_is_another(scene: Scene) -> None:
    """Invokes come again under another id; under a card that was drawn anew the same button is another press."""
    for key in ("drawn-1", "drawn-1", "drawn-2"):
        await scene.line.send(scene.line.activity(TEACHER, **execute(carried("press", "case-claim", "1", key=key))))
    await scene.line.send(
        scene.line.activity(as_other(scene), **execute(carried("press", "case-claim", "1", key="drawn-1")))
    )

    keys = [each.event_key for each in scene.turns.taken]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def as_other(scene: Scene) -> Member:
    return scene.fake.join(
        Member(id="29:cal", name="Cal Coach", email="coach@redlands.example", object_id="0b1e0002-cal")
    )


async def test_filing_sent_twice_over_http_is_filed_once(desk: TeamsDesk) -> None:
    """The same invoke under another id files nothing a second time."""
    await desk.says("teacher", "newaccount")
    await desk.settle()
    form = desk.fake.posted[-1]
    send = form.actions()["Send"]
    part = send["data"]["postwise"]["part"]
    data = send["data"] | {f"{part}:{name}": text for name, text in ROBOTICS.items()}
    for _ in range(2):
        status, answer = await desk.line.send(
            desk.line.activity(desk.member("teacher"), **execute(data, reply_to=form.id))
        )
        assert (status, answer["statusCode"]) == (200, 200)
    await desk.settle()

    cards = [each for each in desk.fake.in_conversation(SPECIALISTS) if "R-1" in each.words]
    assert len(cards) == 1
    assert "R-2" not in "\n".join(each.words for each in desk.fake.posted)
    assert "R-1" in form.words, "the form became its answer"


async def test_problems_at_the_fields_come_back_on_the_form_itself(desk: TeamsDesk) -> None:
    """In the answer at once, and on the message for the person's other devices."""
    await desk.says("teacher", "/newaccount")
    await desk.settle()
    form = desk.fake.posted[-1]
    data = form.actions()["Send"]["data"]
    part = data["postwise"]["part"]

    filled = {f"{part}:platform": "snapchat", f"{part}:organization": "Robotics"}
    status, answer = await desk.line.send(
        desk.line.activity(desk.member("teacher"), **execute(data | filled, reply_to=form.id))
    )
    await desk.settle()

    assert (status, answer["type"]) == (200, "application/vnd.microsoft.card.adaptive")
    assert "Please mend:" in form.words
    assert form.edits == 1
    assert next(text for name, text in form.inputs().items() if name.endswith(":organization")) == "Robotics"
    assert json.dumps(answer["value"]["body"]).count("Please mend:") == form.words.count("Please mend:") >= 1


async def test_form_can_be_put_away(desk: TeamsDesk) -> None:
    """Nothing is filed, and the form is gone."""
    await desk.says("teacher", "/newaccount")
    await desk.settle()
    form = desk.fake.posted[-1]

    _, answer = await desk.line.send(
        desk.line.activity(desk.member("teacher"), **execute(form.actions()["Cancel"]["data"], reply_to=form.id))
    )
    await desk.settle()

    assert answer["statusCode"] == 200
    assert form.words == "Put away. Nothing was filed."


async def test_form_asked_for_in_a_channel_opens_in_the_persons_own_chat(desk: TeamsDesk) -> None:
    """Everybody in the channel would see and could fill it; there, only where it is is said."""
    member = desk.member("teacher")
    await desk.line.send(desk.line.activity(member, conversation=STAFF_CHANNEL, text="<at>Postwise</at> newaccount"))
    await desk.settle()

    places = {each.conversation: each.words for each in desk.fake.posted}
    assert "Organization or department" in places[member.chat]
    assert places[STAFF_CHANNEL] == "What you asked for is in your own chat with Postwise."


async def test_form_for_somebody_without_the_app_says_what_to_do(desk: TeamsDesk) -> None:
    """Nothing is lost, and how to get it is said where it was asked."""
    stranger = as_member(desk, "coach", id="29:new", object_id="0b1e-new", email="new@redlands.example")
    desk.fake.blocked = {"0b1e-new"}
    await desk.line.send(desk.line.activity(stranger, conversation=STAFF_CHANNEL, text="newaccount"))
    await desk.settle()

    [posted] = desk.fake.posted
    assert posted.conversation == STAFF_CHANNEL
    assert "In Teams, open Apps, add Postwise" in posted.words


async def test_answer_in_a_channel_stands_in_the_thread_of_the_question(desk: TeamsDesk) -> None:
    """Under what was asked, with the clause; no typing status, which channels do not show."""
    await desk.line.send(
        desk.line.activity(desk.member("teacher"), conversation=STAFF_CHANNEL, text="<at>Postwise</at> snapchat ok?")
    )
    await until(lambda: desk.heard.outcomes)
    await desk.settle()

    [posted] = desk.fake.posted
    assert posted.conversation == STAFF_CHANNEL
    assert "Snapchat" in posted.words
    assert desk.fake.typing == []


async def test_person_sees_that_an_answer_is_on_its_way(desk: TeamsDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their own chat, where the answer takes a moment; not for one that is there at once."""
    answer = desk.heard.answer

    async def at_once(accepted: Any) -> Outcome:
        desk.heard.outcomes.append(Outcome(reply=saying("Yes.")))
        return desk.heard.outcomes[-1]

    async def slowly(accepted: Any) -> Outcome:
        await asyncio.sleep(0.5)
        return await answer(accepted)

    monkeypatch.setattr(desk.heard, "answer", at_once)
    await desk.says("teacher", "snapchat ok?")
    await desk.settle()
    typing_before = list(desk.fake.typing)
    monkeypatch.setattr(desk.heard, "answer", slowly)
    await desk.says("teacher", "and tiktok?")
    await desk.settle()

    assert typing_before == []
    assert desk.fake.typing == [desk.member("teacher").chat]


async def test_refusal_is_said_to_whoever_pressed_alone(desk: TeamsDesk) -> None:
    """A teacher in the specialists' channel cannot approve; the channel is not told."""
    await desk.files_robotics()
    await desk.settle()
    card = desk.fake.in_conversation(SPECIALISTS)[0]
    before = len(desk.fake.posted)

    _, answer = await desk.line.send(
        desk.line.activity(
            desk.member("coach"),
            conversation=f"{SPECIALISTS};messageid={card.id}",
            **execute(card.actions()["Approve"]["data"], reply_to=card.id),
        )
    )
    await desk.settle()

    assert answer["type"] == "application/vnd.microsoft.activity.message"
    assert "decided by" in answer["value"] or "Only the district's specialist" in answer["value"]
    assert len(desk.fake.posted) == before


async def test_approval_edits_the_card_where_it_stands(desk: TeamsDesk) -> None:
    """One card a filing, whatever happens to it."""
    await desk.files_robotics()
    await desk.settle()
    [card] = [each for each in desk.fake.in_conversation(SPECIALISTS) if "Approve" in each.actions()]
    await desk.presses("specialist", "Approve")
    await desk.settle()

    assert card.edits >= 1
    assert "Approve" not in card.actions()
    assert len([each for each in desk.fake.in_conversation(SPECIALISTS) if "R-1" in each.words]) == 1


async def test_guest_is_answered_politely_and_nothing_of_theirs_is_kept(desk: TeamsDesk) -> None:
    """By the roster's word, not by the client's."""
    guest = as_member(desk, "coach", id="29:guest", object_id="0b1e-guest", role="guest")
    await desk.line.send(desk.line.activity(guest, text="May I post photos?"))
    await desk.settle()

    taken = desk.heard.taken[-1]
    assert (taken.person.standing, taken.person.email) == (Standing.GUEST, "")
    assert "you are here as a guest" in desk.fake.in_conversation(guest.chat)[-1].words


async def test_person_of_another_tenant_is_a_guest_too(scene: Scene) -> None:
    """Somebody of another district who writes in a shared channel is not staff of this one."""
    visitor = scene.fake.join(Member(id="29:v", name="V", email="v@other.example", object_id="0b1e-v", tenant="other"))
    activity = scene.line.activity(visitor, conversation=STAFF_CHANNEL, text="May I post?")
    activity["channelData"]["tenant"]["id"] = TEACHER.tenant

    await scene.line.send(activity)

    assert scene.turns.taken[0].person.standing is Standing.GUEST


async def test_roster_that_does_not_answer_takes_nobody_for_somebody_else(scene: Scene) -> None:
    """Without the roster there is no address: nobody gets a right by it; and it is asked once for many messages."""
    scene.fake.refuse("member", Refusal(status=503, html=True))

    await asyncio.gather(*(scene.line.send(scene.line.activity(TEACHER, text="May I post?")) for _ in range(5)))

    assert {each.person.email for each in scene.turns.taken} == {""}
    assert scene.fake.calls.count("member") == 1


async def test_first_hello_is_said_once(desk: TeamsDesk) -> None:
    """Teams tells of an installation twice, in two ways."""
    new = desk.fake.join(Member(id="29:n", name="Nia New", email="nia@redlands.example", object_id="0b1e-nia"))
    await desk.line.send(desk.line.activity(new, type="installationUpdate", action="add"))
    bot = {"id": "28:3f1c2a77-0000-4000-8000-00000000b07a"}
    await desk.line.send(desk.line.activity(new, type="conversationUpdate", membersAdded=[bot]))
    await desk.settle()

    [hello] = desk.fake.in_conversation(new.chat)
    assert "Ask" in hello.words


async def test_thumbs_of_teams_count_like_the_buttons(desk: TeamsDesk) -> None:
    """What is said there is kept with the question; nothing of it is asked twice."""
    await desk.says("teacher", "snapchat ok?")
    await desk.settle()
    answer = desk.fake.posted[-1]
    felt = {"reaction": "dislike", "feedback": json.dumps({"feedbackText": "Too long"})}

    status, body = await desk.line.send(
        desk.line.activity(
            desk.member("teacher"),
            type="invoke",
            name="message/submitAction",
            replyToId=answer.id,
            value={"actionName": "feedback", "actionValue": felt},
        )
    )
    await desk.settle()

    assert (status, body) == (200, {})
    taken = desk.heard.taken[-1]
    assert isinstance(taken, Press)
    assert (taken.verb, dict(taken.fields)) == ("reason", {"text": "Too long"})
    assert "Thank you" in desk.fake.posted[-1].words


async def test_what_could_not_be_kept_is_sent_again_by_teams_or_pressed_again(scene: Scene) -> None:
    """A message gets 503; a press an error at its card, with what to do."""
    scene.turns.outcome = Outcome(reply=saying("broken"), is_promised=False, is_failure=True)

    said, _ = await scene.line.send(scene.line.activity(TEACHER, text="May I post?"))
    pressed, answer = await scene.line.send(
        scene.line.activity(TEACHER, **execute(carried("press", "case-claim", "1")))
    )

    assert said == 503
    assert (pressed, answer["statusCode"], answer["type"]) == (200, 500, "application/vnd.microsoft.error")
    assert "press again" in answer["value"]["message"]


async def test_mention_under_a_card_is_talk_and_elsewhere_a_question(desk: TeamsDesk) -> None:
    """In the specialists' channel, too, whoever starts a new thread asks."""
    await desk.line.send(
        desk.line.activity(
            desk.member("specialist"),
            conversation=f"{SPECIALISTS};messageid=1700000088888",
            text="<at>Postwise</at> snapchat ok?",
        )
    )
    await desk.settle()

    assert isinstance(desk.heard.taken[-1], Question)
    assert desk.heard.taken[-1].conversation.address == f"{SPECIALISTS};messageid=1700000088888"


async def test_who_is_gone_from_the_roster_twice_has_left(scene: Scene) -> None:
    """Once, however often it is looked; a roster that does not answer says nothing."""
    other = as_other(scene)
    for member in (TEACHER, other):
        await scene.line.send(scene.line.activity(member, text="May I post?"))
    leaving = Leaving(
        line=scene.bot.line,
        roster=scene.bot.platform._roster,
        turns=scene.turns,
        database=scene.bot.platform._database,
        between_seconds=0.0,
        again_seconds=0.0,
    )
    scene.fake.refuse("member", Refusal(status=503), Refusal(status=403, code="MessageWritesBlocked"))
    first = await leaving.look()
    gone = scene.fake.members[TEACHER.id]
    gone.is_gone = True
    try:
        second, third = await leaving.look(), await leaving.look()
    finally:
        gone.is_gone = False

    assert (first, second, third) == (0, 1, 0)
    assert [each.person.id for each in scene.turns.left] == [TEACHER.object_id]


async def test_departure_takes_a_person_off_their_accounts(desk: TeamsDesk) -> None:
    """The two-administrator rule is looked at again, and the others are told."""
    from handlers.incoming import Departure
    from knowledge.filings import FilingKind

    await desk.files("teacher", FilingKind.REGISTER, **(ROBOTICS | {"platform": "twitter"}))
    for who in ("coach", "office"):
        await desk.presses(who, "Yes, I will")
    await desk.turns.depart(
        Departure(district_id="redlands", person=desk.person("coach"), event_key="teams/left/coach")
    )
    await desk.settle()

    told = "\n".join(each.words for each in desk.fake.posted)
    assert "too few administrators" in told or "left" in told


async def test_stand_in_for_the_playground_signs_what_it_is_sent(scene: Scene) -> None:
    """What a developer tries by hand is taken as what Teams sends, by a bot that checks."""
    from aiohttp.test_utils import TestServer

    from tests.support.playground import application

    made = application(scene.bot.address, scene.fake, scene.line.session)
    async with TestServer(made) as server:
        activity = scene.line.activity(TEACHER, text="May I post?")
        async with scene.line.session.post(server.make_url("/api/messages"), json=activity) as answer:
            assert answer.status == 200

    assert len(scene.turns.taken) == 1


async def test_specialist_is_told_that_a_message_did_not_arrive(desk: TeamsDesk) -> None:
    """The person has blocked Postwise: it is said under the card, once, and not tried again."""
    await desk.press("specialist", "mine")
    await desk.reports("teacher", "The paper keeps asking about our coach, and it is all over town")
    await desk.hits("specialist", "Claim")
    desk.fake.blocked = {desk.member("teacher").object_id}
    calls = desk.fake.calls.count(f"post {desk.member('teacher').chat}")

    await desk.writes("specialist", "Please hide nothing yet.")
    await desk.later(minutes=20)

    assert "Not delivered to Tess Teacher" in await desk.thread_of("specialist")
    assert desk.fake.calls.count(f"post {desk.member('teacher').chat}") == calls + 1


async def test_press_sent_again_across_a_mark_of_the_clock_is_one_press_and_an_hour_later_another(
    empty_database: Any,
) -> None:
    """The key holds the moment only roughly; within a minute nothing depends on where the minute begins."""
    held = [299.0]
    presses = Presses(now=lambda: held[0])
    pressed = Pressed(kind="press", verb="case-timeline", value="1", key="drawn-1", fields={})
    first = presses.key_of(pressed, message="17", person="tess")
    held[0] = 301.0
    again = presses.key_of(pressed, message="17", person="tess")
    held[0] = 3900.0
    later = presses.key_of(pressed, message="17", person="tess")

    assert first == again
    assert later != first
