"""People of a workspace and Postwise, through the front door: signed requests in, a Slack of our own at the other end."""

import asyncio
from typing import Any

import pytest

from bot.slack.people import person_of
from knowledge.people import Standing
from tests.support.slack_office import (
    CHANNEL,
    COACH,
    DEPUTY,
    GUEST,
    PROGRAM,
    SPECIALIST,
    STRANGER,
    TEACHER,
    SlackOffice,
)
from tests.support.slack_world import Message, View, text_in

RULE = "There shall be at least two (2) account administrators for each social media page/group."


async def filed(office: SlackOffice, **values: object) -> View:
    """Let the teacher file the robotics club; gives the modal as it stands after it was sent."""
    await office.driver.command("/newaccount", "robotics club on instagram", user=TEACHER)
    await office.settle()
    view = office.world.top_view(TEACHER)
    assert view is not None
    sent = await office.driver.submit(TEACHER, view, {"Administrators": [TEACHER, COACH], **values})
    assert sent.status == 200, sent.body
    await office.settle()
    return view


async def test_question_is_answered_in_its_thread_with_the_clause(office: SlackOffice) -> None:
    """The main job; while it is looked up the thread says so, and each question has a thread of its own."""
    answer = await office.driver.message(TEACHER, "how many admins must our page have?")
    assert answer.status == 200
    await office.settle()
    await office.driver.message(TEACHER, "may I post photos of students?")
    await office.settle()

    first, said, second, said_then = office.world.dm(TEACHER)
    assert said.thread_ts == first.ts
    assert said_then.thread_ts == second.ts
    assert RULE in text_in(said.blocks)
    assert "Redlands, Social Media Protocols, version 1" in text_in(said.blocks)
    assert RULE in said.text
    assert [call.arguments["thread_ts"] for call in office.slack.called("assistant.threads.setStatus")] == [
        first.ts,
        second.ts,
    ]


async def test_follow_up_in_the_thread_knows_what_it_follows(office: SlackOffice) -> None:
    """A thread is a conversation; another thread is another one."""
    await office.driver.message(TEACHER, "can our team post a video on instagram?")
    await office.settle()
    root = office.world.dm(TEACHER)[0].ts
    await office.driver.message(TEACHER, "and on snapchat?", thread=root)
    await office.driver.message(TEACHER, "and on snapchat?")
    await office.settle()

    in_thread = office.world.thread(office.world.direct(TEACHER).id, root)
    assert len(in_thread) == 4
    assert "together with your question before it" in text_in(in_thread[-1].blocks)
    [alone] = [each for each in office.world.dm(TEACHER) if each.thread_ts not in ("", root)]
    assert "together with your question before it" not in text_in(alone.blocks)


async def test_same_event_three_times_has_one_effect(office: SlackOffice) -> None:
    """Slack repeats what it thinks was not taken; also what only a form comes of."""
    for text in ("how many admins must our page have?", "newaccount robotics club on instagram"):
        await office.driver.message(TEACHER, text)
        body, headers = office.driver.sent[-1]
        for number in (1, 2):
            retried = {**headers, "X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_timeout"}
            assert (await office.driver.raw(body, retried)).status == 200
        await office.settle()

    assert len(office.world.dm(TEACHER)) == 4


async def test_what_other_programs_and_edits_say_is_not_answered(office: SlackOffice) -> None:
    """Only people's own new messages are questions."""
    direct = office.world.direct(TEACHER).id
    said = {
        "type": "message",
        "channel": direct,
        "channel_type": "im",
        "ts": "1795378868.000100",
        "text": "may I post?",
    }
    for event in (
        {**said, "user": TEACHER, "bot_id": "B0OTHER"},
        {**said, "subtype": "message_changed", "message": {"text": "x"}, "hidden": True},
        {**said, "subtype": "message_deleted"},
        {**said, "user": TEACHER, "subtype": "channel_join"},
        {**said, "channel": CHANNEL, "channel_type": "channel", "user": TEACHER},
    ):
        assert (await office.driver.event(event)).status == 200
    await office.settle()

    assert office.slack.called("chat.postMessage") == []
    assert await office.count("inbox") == 0


async def test_new_account_is_filed_by_modal_and_approved_in_the_channel(office: SlackOffice) -> None:
    """From the command to the registry: picked people, one card that is edited, the filer told."""
    view = await filed(office)

    assert "R-1" in text_in(view.blocks)
    assert "R-1" in office.dm(TEACHER)
    card = office.card(CHANNEL, "R-1")
    assert "tess@redlandsusd.net" in text_in(card.blocks)
    assert "cal@redlandsusd.net" in text_in(card.blocks)

    await office.driver.press(SPECIALIST, card, "Approve")
    await office.settle()

    assert card.edits == 1
    assert "Approve" not in [each["text"]["text"] for each in _buttons(card.blocks)]
    assert "approved" in office.dm(TEACHER)
    assert await office.count("accounts WHERE status = 'approved'") == 1


async def test_problem_is_said_at_its_field_and_what_was_typed_stays(office: SlackOffice) -> None:
    """Too few administrators, by the clause; mended and sent again from the same modal."""
    view = await filed(office, Administrators=[TEACHER])
    [problem] = view.errors.values()
    assert "at least 2" in problem
    assert RULE in problem
    assert await office.count("filings") == 0

    await office.driver.submit(TEACHER, view, {"Administrators": [TEACHER, COACH]})
    await office.settle()

    assert await office.count("filings") == 1


@pytest.mark.parametrize(("picked", "says"), [(GUEST, "no member of the district's staff"), (PROGRAM, "no member")])
async def test_guest_or_program_cannot_be_named_as_administrator(office: SlackOffice, picked: str, says: str) -> None:
    """Slack lets them be picked."""
    view = await filed(office, Administrators=[TEACHER, picked])

    assert says in "".join(view.errors.values())
    assert await office.count("filings") == 0


async def test_person_outside_the_workspace_is_typed(office: SlackOffice) -> None:
    """Picked and typed people are one list."""
    await filed(
        office, **{"Administrators": [TEACHER], "… or whoever is not in Slack": "Pat Parent, pat@redlandsusd.net"}
    )

    card = text_in(office.card(CHANNEL, "R-1").blocks)
    assert "pat@redlandsusd.net" in card
    assert "tess@redlandsusd.net" in card


async def test_only_the_specialist_decides_whoever_reads_the_channel(office: SlackOffice) -> None:
    """A teacher who was let into the channel is refused, privately; the card stands as it stood."""
    await filed(office)
    office.world.channels[CHANNEL].members.append(COACH)
    card = office.card(CHANNEL, "R-1")

    await office.driver.press(COACH, card, "Approve")
    await office.settle()

    refusal = office.newest(CHANNEL)
    assert refusal.ephemeral_for == COACH
    assert "is decided by the specialist or a deputy" in text_in(refusal.blocks)
    assert card.edits == 0
    assert await office.count("accounts WHERE status = 'approved'") == 0


async def test_denial_asks_why_in_a_modal_and_tells_the_filer(office: SlackOffice) -> None:
    """Checked at the click and at the submit: somebody else's modal changes nothing."""
    await filed(office)
    card = office.card(CHANNEL, "R-1")
    await office.driver.press(SPECIALIST, card, "Deny")
    await office.settle()
    view = office.world.top_view(SPECIALIST)
    assert view is not None
    stolen = View(**{**vars(view), "user": COACH})
    await office.driver.submit(COACH, stolen, {_first_input(view): "because"})
    await office.settle()
    assert card.edits == 0

    await office.driver.submit(SPECIALIST, view, {_first_input(view): "There is a robotics page already."})
    await office.settle()

    assert card.edits == 1
    assert "There is a robotics page already." in office.dm(TEACHER)


async def test_help_and_lists_are_shown_to_whoever_typed_the_command(office: SlackOffice) -> None:
    """In a channel nobody else sees them."""
    for command in ("/newaccount", "/addadmin"):
        answer = await office.driver.command(command, "help", user=TEACHER, channel="C0STAFF")
        assert answer.body["response_type"] == "ephemeral"
        assert "Two commands file everything" in text_in(answer.body["blocks"])
    answer = await office.driver.command("/postwise", "cases", user=TEACHER, channel="C0STAFF")
    assert "You have brought nothing" in text_in(answer.body["blocks"])

    answer = await office.driver.command("/postwise", "help", user=TEACHER, channel="C0STAFF")
    await office.settle()

    assert "in your direct messages" in text_in(answer.body["blocks"])
    assert "Ask a question" in office.dm(TEACHER)
    assert [each for each in office.world.messages("C0STAFF") if not each.ephemeral_for] == []


async def test_plain_words_offer_the_form_filled_in(office: SlackOffice) -> None:
    """Without a command, a message has a button that opens it."""
    await office.driver.message(TEACHER, "newaccount robotics club on instagram")
    await office.settle()
    offered = office.newest(office.world.direct(TEACHER).id)

    await office.driver.press(TEACHER, offered, "New account")
    await office.settle()

    view = office.world.top_view(TEACHER)
    assert view is not None
    assert "robotics club" in text_in(view.blocks)


async def test_other_form_is_opened_in_the_same_modal(office: SlackOffice) -> None:
    """Whoever took the wrong form need not begin anew."""
    await office.driver.command("/newaccount", user=TEACHER)
    await office.settle()
    view = office.world.top_view(TEACHER)
    assert view is not None

    await office.driver.press(TEACHER, view, "Register an existing account")
    await office.settle()

    assert view.content["title"]["text"] == "Register an existing…"
    assert len(office.world.views[TEACHER]) == 1


async def test_modal_that_slack_does_not_open_is_offered_as_a_button(office: SlackOffice) -> None:
    """An expired trigger must not lose what was meant."""
    office.slack.plan("views.open", "error:expired_trigger_id")
    await office.driver.command("/newaccount", "robotics club on instagram", user=TEACHER)
    await office.settle()

    offered = office.newest(office.world.direct(TEACHER).id)
    await office.driver.press(TEACHER, offered, "New account")
    await office.settle()
    assert office.world.top_view(TEACHER) is not None


async def test_mention_is_answered_in_a_thread_of_the_channel(office: SlackOffice) -> None:
    """Named in a channel, Postwise answers under the question; named in the middle of a thread, there."""
    bot = office.world.first_team.bot_user
    await office.driver.mention(TEACHER, f"<@{bot}> how many admins must our page have?", "C0STAFF")
    await office.settle()

    asked, said = office.world.messages("C0STAFF")
    assert said.thread_ts == asked.ts
    assert RULE in text_in(said.blocks)
    assert not said.ephemeral_for
    assert office.dm(TEACHER) == ""


@pytest.mark.parametrize("is_shared", [False, True])
async def test_mention_is_answered_to_the_asker_alone_where_the_district_says_so(
    office: SlackOffice, is_shared: bool
) -> None:
    """And where people of another organization read along, whatever the district says."""
    bot = office.world.first_team.bot_user
    office.world.channels["C0STAFF"].is_shared = is_shared
    if not is_shared:
        settings = office.districts._added / "redlands" / "district.toml"
        settings.write_text(
            settings.read_text(encoding="utf-8").replace("[channels]\n", '[channels]\nmentions = "asker"\n'),
            encoding="utf-8",
        )
        office.districts.reread()
    await office.driver.mention(TEACHER, f"<@{bot}> how many admins must our page have?", "C0STAFF")
    await office.settle()

    asked, said = office.world.messages("C0STAFF")
    assert said.ephemeral_for == TEACHER
    assert said.thread_ts == asked.ts


@pytest.mark.parametrize(
    "text",
    [
        "which accounts am i on?",
        "can I post this? Mia Lopez got an F again, so proud she tries",
        "angry comments about our mascot are going viral on our page right now, what do I do?",
        "newaccount robotics club on instagram",
    ],
)
async def test_what_is_the_askers_own_is_told_to_them_alone(office: SlackOffice, text: str) -> None:
    """Their accounts, their draft, what is going wrong, their form: asked in a channel, nobody else there reads it."""
    bot = office.world.first_team.bot_user
    await office.driver.mention(TEACHER, f"<@{bot}> {text}", "C0STAFF")
    await office.settle()

    said = office.world.messages("C0STAFF")[1:]
    assert said
    assert all(each.ephemeral_for == TEACHER for each in said)


async def test_danger_in_a_channel_is_answered_at_once_to_whoever_tells_of_it(office: SlackOffice) -> None:
    """Whom to call stands where they look, for them alone; the case has its card in their direct message."""
    bot = office.world.first_team.bot_user
    await office.driver.mention(TEACHER, f"<@{bot}> a student says he will kill himself tonight", "C0STAFF")
    await office.settle()

    [told] = office.world.messages("C0STAFF")[1:]
    assert told.ephemeral_for == TEACHER
    assert "911" in text_in(told.blocks)
    assert "C-1" in office.dm(TEACHER)
    assert "SAFETY" in office.seen(CHANNEL)


async def test_specialists_who_never_wrote_are_woken(office: SlackOffice) -> None:
    """Whoever the district names is looked up by e-mail before anything happens."""
    looking = asyncio.create_task(office.platform.run())
    async with asyncio.timeout(20):
        while await office.count("people") < 2:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.02)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    await office.driver.message(TEACHER, "someone says he brings a gun to school tomorrow")
    await office.settle()

    assert f"<@{SPECIALIST}>" in office.seen(CHANNEL)


async def test_named_administrator_who_never_wrote_is_asked_to_accept(office: SlackOffice) -> None:
    """Picked or typed: Slack knows where they can be written to."""
    await filed(
        office, **{"Administrators": [TEACHER], "… or whoever is not in Slack": "Cal Coach, cal@redlandsusd.net"}
    )
    await office.driver.press(SPECIALIST, office.card(CHANNEL, "R-1"), "Approve")
    await office.settle()

    assert "administrator" in office.dm(COACH)
    assert "not reached yet" not in text_in(office.card(CHANNEL, "R-1").blocks)


async def test_question_to_us_under_a_case_is_not_brought_to_the_other_side(office: SlackOffice) -> None:
    """Named, Postwise answers whoever asked; the case stays nobody's, and its opener reads nothing of it."""
    bot = office.world.first_team.bot_user
    await office.driver.message(TEACHER, "someone says he brings a gun to school tomorrow")
    await office.settle()
    card = office.card(CHANNEL, "C-1")
    text = f"<@{bot}> how many admins must our page have?"
    await office.driver.mention(SPECIALIST, text, CHANNEL, card.ts)
    await office.driver.message(SPECIALIST, text, CHANNEL, card.ts)
    await office.settle()

    assert "how many admins" not in office.dm(TEACHER)
    answers = [each for each in office.world.thread(CHANNEL, card.ts) if "two (2)" in text_in(each.blocks)]
    assert [each.ephemeral_for for each in answers] == [SPECIALIST]
    assert await office.count("cases WHERE state = 'claimed'") == 0


async def test_what_is_written_under_a_filing_is_answered_and_not_swallowed(office: SlackOffice) -> None:
    """Under a case it goes to the person, under a filing to nobody: whoever writes there is told so, alone."""
    await filed(office)
    card = office.card(CHANNEL, "R-1")
    await office.driver.message(SPECIALIST, "Which school is this for?", CHANNEL, card.ts)
    await office.settle()

    told = office.newest(CHANNEL)
    assert told.ephemeral_for == SPECIALIST
    assert told.thread_ts == card.ts
    assert "Which school" not in office.dm(TEACHER)


async def test_whoever_is_asked_for_more_sees_the_question_in_the_form_and_the_asker_hears_of_the_answer(
    office: SlackOffice,
) -> None:
    """On a phone nobody remembers what was asked; and an edited card notifies nobody."""
    await filed(office)
    await office.driver.press(SPECIALIST, office.card(CHANNEL, "R-1"), "Ask for something")
    await office.settle()
    asking = office.world.top_view(SPECIALIST)
    assert asking is not None
    await office.driver.submit(SPECIALIST, asking, {_first_input(asking): "Which school is it?"})
    await office.settle()
    await office.driver.press(TEACHER, office.newest(office.world.direct(TEACHER).id), "Answer and send R-1 again")
    await office.settle()
    view = office.world.top_view(TEACHER)
    assert view is not None
    assert "Which school is it?" in text_in(view.blocks)
    await office.driver.submit(TEACHER, view, {})
    await office.settle()

    assert "Tess Teacher has sent R-1 again." in office.seen(CHANNEL)


async def test_people_who_were_picked_stay_picked_when_the_form_comes_back(office: SlackOffice) -> None:
    """A likely duplicate has to be looked at; nobody picks twice."""
    await filed(office)
    view = await filed(office, **{"Handle you would like": "@robotics_two"})
    assert "The registry has something like it" in text_in(view.blocks)
    [picker] = [each["element"] for each in view.blocks if each.get("element", {}).get("type") == "multi_users_select"]

    assert picker["initial_users"] == [TEACHER, COACH]


async def test_demoted_specialist_decides_nothing_though_slack_is_silent(office: SlackOffice) -> None:
    """What Slack told last counts, also where it cannot be asked."""
    await filed(office)
    await office.driver.message(SPECIALIST, "how many admins must our page have?")
    await office.settle()
    office.world.users[SPECIALIST].is_restricted = True
    await office.driver.user_change(SPECIALIST)
    office.platform._people._known.clear()
    office.slack.errors["users.info"] = "internal_error"

    await office.driver.press(SPECIALIST, office.card(CHANNEL, "R-1"), "Approve")
    await office.settle()

    assert await office.count("accounts WHERE status = 'approved'") == 0


@pytest.mark.parametrize(
    ("user", "standing"),
    [
        ({"team_id": "T0REDLANDS"}, Standing.MEMBER),
        ({"team_id": "T0ELSEWHERE"}, Standing.GUEST),
        ({}, Standing.GUEST),
        ({"team_id": "T0REDLANDS", "is_stranger": True}, Standing.GUEST),
        ({"team_id": "T0REDLANDS", "is_ultra_restricted": True}, Standing.GUEST),
        ({"team_id": "T0REDLANDS", "deleted": True}, Standing.GUEST),
        ({"team_id": "T0REDLANDS", "is_bot": True}, Standing.BOT),
    ],
)
def test_only_a_full_member_of_the_workspace_is_staff(user: dict[str, Any], standing: Standing) -> None:
    """Whoever is met in a shared channel may have no flag at all; their own workspace tells."""
    assert person_of({"id": "U1", **user}, team_id="T0REDLANDS").standing is standing


async def test_what_a_person_is_told_never_goes_to_a_channel_they_wrote_in(office: SlackOffice) -> None:
    """Somebody known only from a channel is told in their direct message."""
    bot = office.world.first_team.bot_user
    await office.driver.mention(TEACHER, f"<@{bot}> how many admins must our page have?", "C0STAFF")
    await filed(office)
    await office.driver.press(SPECIALIST, office.card(CHANNEL, "R-1"), "Approve")
    await office.settle()

    assert "approved" in office.dm(TEACHER)
    assert "R-1" not in office.seen("C0STAFF")


@pytest.mark.parametrize("who", [GUEST, STRANGER])
async def test_guests_and_strangers_are_answered_politely_and_given_nothing(office: SlackOffice, who: str) -> None:
    """Nothing of the district: not in a message, a command, a shortcut or on the Home tab."""
    await office.driver.message(who, "how many admins must our page have?")
    answer = await office.driver.command("/postwise", "help", user=who)
    await office.driver.command("/newaccount", user=who)
    await office.driver.opens_home(who)
    await office.settle()
    home = office.world.home(who)
    assert home is not None

    shown = [office.dm(who), text_in(answer.body["blocks"]), text_in(home.blocks)]
    assert all("you are here as a guest" in each for each in shown)
    assert not any("Redlands" in each or "administrators" in each for each in shown)
    assert office.world.top_view(who) is None
    assert await office.count("questions") == 0
    assert await office.count("people") == 0


async def test_home_shows_what_is_mine_and_begins_the_same_things(office: SlackOffice) -> None:
    """A teacher's filings, accounts and cases; what is open for the specialist alone."""
    await filed(office)
    await office.driver.opens_home(TEACHER)
    await office.driver.opens_home(SPECIALIST)
    await office.settle()
    mine, at_work = office.world.home(TEACHER), office.world.home(SPECIALIST)
    assert mine is not None
    assert at_work is not None

    assert "R-1" in text_in(mine.blocks)
    assert "One filing waits" not in text_in(mine.blocks)
    assert "One filing waits" in text_in(at_work.blocks)
    assert "No case is open." in text_in(at_work.blocks)
    await office.driver.press(TEACHER, mine, "Add an administrator")
    await office.settle()
    view = office.world.top_view(TEACHER)
    assert view is not None
    assert "Add an admin" in view.content["title"]["text"]


async def test_opening_the_direct_message_suggests_what_to_ask(office: SlackOffice) -> None:
    """At most four prompts."""
    await office.driver.opens_home(TEACHER, "messages")
    await office.settle()

    [prompts] = office.slack.prompts.values()
    assert 1 <= len(prompts) <= 4


async def test_feedback_is_kept_and_asks_why_in_a_modal(office: SlackOffice) -> None:
    """Slack's own pair of thumbs, and a line of text beside them."""
    await office.driver.message(TEACHER, "how many admins must our page have?")
    await office.settle()
    answer = office.newest(office.world.direct(TEACHER).id)
    await office.driver.press(TEACHER, answer, "No")
    await office.settle()
    asked = office.newest(office.world.direct(TEACHER).id)
    label = next(each["text"]["text"] for each in _buttons(asked.blocks) if each["action_id"].startswith("ask:"))
    await office.driver.press(TEACHER, asked, label)
    await office.settle()
    view = office.world.top_view(TEACHER)
    assert view is not None
    await office.driver.submit(TEACHER, view, {label: "My pupil Jane Roe asked about the number"})
    await office.settle()

    async with office.database.reading() as unit:
        [row] = (
            await unit.questions._connection.exec_driver_sql("SELECT reason FROM feedback WHERE reason <> ''")
        ).all()
    assert "about the number" in row.reason
    assert "Jane" not in row.reason


async def test_shortcut_checks_somebody_elses_message(office: SlackOffice) -> None:
    """The verdict comes in the direct message; in the channel the asker alone is told so."""
    draft = office.world.post(
        _said(office, COACH, "C0STAFF", "Proud of Jane Roe, grade 5, SSN 078-05-1120, for her science prize!")
    )
    await office.driver.shortcut(TEACHER, "check_post", draft)
    await office.settle()

    assert "078-05-1120" not in office.dm(TEACHER)
    assert "Social Media Protocols" in office.dm(TEACHER)
    assert office.newest("C0STAFF").ephemeral_for == TEACHER


async def test_shortcut_escalates_a_message(office: SlackOffice) -> None:
    """The form opens with the message's words, and what is sent becomes a case."""
    post = office.world.post(
        _said(office, COACH, "C0STAFF", "Parents are furious about our mascot post, it is spreading")
    )
    await office.driver.shortcut(TEACHER, "escalate_post", post)
    await office.settle()
    view = office.world.top_view(TEACHER)
    assert view is not None
    assert "furious about our mascot post" in text_in(view.blocks)

    await office.driver.submit(TEACHER, view)
    await office.settle()

    assert "C-1" in text_in(office.card(CHANNEL, "furious").blocks)


async def test_case_is_claimed_talked_about_and_resolved(office: SlackOffice) -> None:
    """The whole of it: proposal in the thread, card in the direct message, relay both ways in threads, one card edited."""
    await office.driver.message(
        TEACHER, "angry comments about our mascot are going viral on our page right now, what do I do?"
    )
    await office.settle()
    proposal = office.newest(office.world.direct(TEACHER).id)
    await office.driver.press(TEACHER, proposal, "Send it")
    await office.settle()
    own_card = office.card(office.world.direct(TEACHER).id, "C-1")
    card = office.card(CHANNEL, "C-1")
    assert own_card.thread_ts == ""

    await office.driver.press(SPECIALIST, card, "Claim")
    await office.settle()
    await office.driver.message(SPECIALIST, "Please hide nothing yet, I am on it.", CHANNEL, card.ts)
    await office.settle()
    assert "I am on it" in "\n".join(
        text_in(each.blocks) for each in office.world.thread(own_card.channel, own_card.ts)
    )

    await office.driver.message(TEACHER, "There are forty now.", thread=own_card.ts)
    await office.settle()
    in_thread = "\n".join(text_in(each.blocks) for each in office.world.thread(CHANNEL, card.ts))
    assert "There are forty now." in in_thread
    assert await office.count("questions") == 1, "what is written under a card is no question"

    await office.driver.press(DEPUTY, card, "Resolve")
    await office.settle()
    assert office.newest(CHANNEL).ephemeral_for == DEPUTY, "somebody else has it"
    await office.driver.press(SPECIALIST, card, "Resolve")
    await office.settle()
    view = office.world.top_view(SPECIALIST)
    assert view is not None
    await office.driver.submit(
        SPECIALIST,
        view,
        {"How did it end?": "responded", "What Tess Teacher should read": "We answered under the post."},
    )
    await office.settle()
    assert await office.count("cases WHERE state = 'resolved'") == 1
    assert card.edits >= 2


async def test_somebody_who_left_is_taken_off_every_account(office: SlackOffice) -> None:
    """``user_change`` with ``deleted`` feeds the two-administrator rule."""
    await filed(office)
    await office.driver.press(SPECIALIST, office.card(CHANNEL, "R-1"), "Approve")
    await office.settle()
    office.world.users[COACH].deleted = True
    answer = await office.driver.user_change(COACH)
    assert answer.status == 200
    await office.settle()

    assert await office.count("people WHERE person_id = 'U0COACH' AND is_active") == 0


async def test_nobody_sends_or_judges_what_another_asked(office: SlackOffice) -> None:
    """In a thread everybody can press; only whoever asked is heard."""
    bot = office.world.first_team.bot_user
    await office.driver.mention(TEACHER, f"<@{bot}> may teachers wear red socks on fridays?", "C0STAFF")
    await office.settle()
    answer = office.newest("C0STAFF")
    await office.driver.press(COACH, answer, "Ask the specialist")
    await office.settle()

    told = office.newest("C0STAFF")
    assert told.ephemeral_for == COACH
    assert "red socks" not in text_in(told.blocks)
    assert await office.count("cases") == 0

    await office.driver.press(TEACHER, answer, "Ask the specialist")
    await office.settle()
    assert "red socks" in text_in(office.newest("C0STAFF").blocks)
    assert office.newest("C0STAFF").ephemeral_for == TEACHER


def _buttons(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for block in blocks:
        if block["type"] == "actions":
            found += [each for each in block["elements"] if each["type"] == "button"]
    return found


def _first_input(view: View) -> str:
    return str(next(block["block_id"] for block in view.blocks if block["type"] == "input"))


def _said(office: SlackOffice, user: str, channel: str, text: str) -> Message:
    return Message(channel=channel, ts=office.world.stamp(), user=user, team=office.world.first_team.id, text=text)
