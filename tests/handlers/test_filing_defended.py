"""What a hurried, mistyping or hostile person tries with filings, and what must not come of it."""

from dataclasses import replace

import pytest

from handlers.incoming import Departure
from knowledge.filings import FilingKind, FilingState
from knowledge.people import Person, Standing
from knowledge.registry import AccountStatus, AdministratorState, TaskKind
from tests.support.desk import ROBOTICS, Desk, account_of, form_of, problems_of, text
from tests.support.product import Talk

BAND = {
    "organization": "RHS Band",
    "platform": "instagram",
    "handle": "@rhsband",
    "administrators": ROBOTICS["administrators"],
}


@pytest.fixture
async def desk(staff: Talk) -> Desk:
    """Redlands' people, with the band's account registered and accepted by its two administrators."""
    desk = await Desk.open(staff)
    await desk.files("teacher", FilingKind.REGISTER, **BAND)
    await desk.presses("coach", "Yes, I will")
    await desk.presses("office", "Yes, I will")
    return desk


async def accepted(desk: Desk, number: int = 1) -> set[str]:
    return {person.email.partition("@")[0] for person in (await account_of(desk, number)).accepted}


async def test_filing_that_nothing_was_asked_about_cannot_be_mended_into_another(desk: Desk) -> None:
    """A notice that waits to be seen is no door to the account's administrators."""
    taken_over = BAND | {"administrators": "Tess Teacher, teacher@redlands.example\nEve, eve@redlands.example"}

    outcome = await desk.sends("teacher", "file", '{"kind": "register", "filing": 1}', taken_over)

    assert "R-1 is waiting already" in text(outcome.reply)
    assert await accepted(desk) == {"coach", "office"}


async def test_mending_keeps_kind_and_account(staff: Talk) -> None:
    """A new account cannot be mended into a logo that has no administrators to check."""
    desk = await Desk.open(staff)
    await desk.files_robotics()
    form = form_of((await desk.presses("specialist", "Ask for something")).reply)
    await desk.sends("specialist", form.verb, form.value, {"note": "Which site?"})

    outcome = await desk.sends("teacher", "file", '{"kind": "logo", "filing": 1}', {"organization": "RHS", "note": "x"})

    assert "no such filing" in text(outcome.reply)


async def test_account_that_waits_for_approval_cannot_be_changed_behind_its_card(staff: Talk) -> None:
    """What is approved is what the card showed."""
    desk = await Desk.open(staff)
    people = "Tess Teacher, teacher@redlands.example\nCal Coach, coach@redlands.example"
    await desk.files_robotics(administrators=people)

    renamed = await desk.files("teacher", FilingKind.RENAME, account="1", organization="Totally Different")

    assert "waits for approval" in problems_of(renamed)["account"]
    assert (await account_of(desk)).organization == ROBOTICS["organization"]


async def test_somebody_who_never_said_yes_changes_nothing(desk: Desk) -> None:
    """Named is not yet in charge."""
    await desk.files(
        "coach", FilingKind.ADD_ADMINISTRATOR, account="@rhsband", administrators="Pete P, principal@redlands.example"
    )

    outcome = await desk.files("principal", FilingKind.CLOSE, account="@rhsband")

    assert "not an administrator" in text(outcome.reply)
    assert (await account_of(desk)).status is AccountStatus.LIVE


async def test_filer_can_name_somebody_else_after_a_decline(staff: Talk) -> None:
    """The button they are offered works for them, too."""
    desk = await Desk.open(staff)
    await desk.files("teacher", FilingKind.REGISTER, **BAND)
    await desk.presses("coach", "No")

    outcome = await desk.files(
        "teacher", FilingKind.ADD_ADMINISTRATOR, account="1", administrators="Pete P, principal@redlands.example"
    )

    assert "Filed as R-2" in text(outcome.reply)


async def test_handle_of_a_closed_account_never_means_another_one(desk: Desk) -> None:
    """Pressing Send twice closes one account and not the next best."""
    await desk.files(
        "teacher",
        FilingKind.REGISTER,
        **(BAND | {"platform": "facebook", "handle": "facebook.com/RHSBand", "is_same": "another"}),
    )
    await desk.presses("coach", "Yes, I will")
    await desk.files("coach", FilingKind.CLOSE, account="@rhsband")

    again = await desk.files("coach", FilingKind.CLOSE, account="@rhsband")

    assert "already filed" in text(again.reply)
    assert (await account_of(desk, 2)).status is AccountStatus.LIVE


async def test_hand_over_to_a_fellow_administrator_keeps_their_yes(desk: Desk) -> None:
    """Who said yes is not asked again; who leaves is off at once, and the account is marked."""
    await desk.files(
        "coach", FilingKind.HAND_OVER, account="@rhsband", successor="Olive Office, office@redlands.example"
    )

    async with desk.database.unit() as unit:
        tasks = [task.kind for task in await unit.registry.open_tasks(district_id="redlands")]
    assert await accepted(desk) == {"office"}
    assert tasks == [TaskKind.BELOW_MINIMUM]


async def test_declined_hand_over_is_over(desk: Desk) -> None:
    """Months later the same person is added and accepts: nobody is taken off for it."""
    await desk.files("coach", FilingKind.HAND_OVER, account="@rhsband", successor="Pete P, principal@redlands.example")
    await desk.presses("principal", "No")
    await desk.files(
        "office", FilingKind.ADD_ADMINISTRATOR, account="@rhsband", administrators="Pete P, principal@redlands.example"
    )

    await desk.presses("principal", "Yes, I will")

    assert await accepted(desk) == {"coach", "office", "principal"}


async def test_notice_in_effect_cannot_be_withdrawn_nor_asked_about(desk: Desk) -> None:
    """Withdrawing a closing would say a thing that is not so."""
    await desk.files("coach", FilingKind.CLOSE, account="@rhsband")

    withdrawn = await desk.press("coach", "withdraw", "2.1")
    asked = await desk.press("specialist", "ask-for", "2.1")

    assert "cannot be withdrawn" in text(withdrawn.reply)
    assert "look at its newest card" in text(asked.reply)
    assert "<Withdraw" not in "".join(text(outcome.reply) for outcome in desk.outcomes)


@pytest.mark.parametrize("verb", ["accept", "confirm", "not-mine", "approve", "acknowledge"])
async def test_guests_and_programs_press_nothing(desk: Desk, verb: str) -> None:
    """Whoever was invited from outside administers and decides nothing, whatever address they have."""
    for who in ("coach", "specialist"):
        guest = replace(desk.person(who), standing=Standing.GUEST)
        outcome = await desk.press(who, verb, "1.1" if verb in {"approve", "acknowledge"} else "1", person=guest)
        assert "Only the district's own staff" in text(outcome.reply)


async def test_own_filing_is_recognised_from_another_platform_that_tells_no_address(staff: Talk) -> None:
    """What is known of a person from before counts."""
    desk = await Desk.open(staff)
    slack = replace(desk.person("specialist"), platform="slack", id="U1")
    await desk.press("specialist", "mine", person=slack)
    await desk.files("specialist", FilingKind.NEW_ACCOUNT, **ROBOTICS)

    outcome = await desk.press("specialist", "approve", "1.1", person=replace(slack, email=""))

    assert "You filed R-1 yourself" in text(outcome.reply)


async def test_gone_from_one_platform_and_here_on_another_is_not_gone(desk: Desk) -> None:
    """A district that moves from Slack to Teams does not lose its registry."""
    async with desk.database.unit() as unit:
        await unit.people.see(
            district_id="redlands",
            person=replace(desk.person("coach"), platform="slack", id="U7"),
            conversation=desk.own_conversation("specialist"),
            at=desk.clock.now(),
        )

    await desk.turns.depart(Departure(district_id="redlands", person=Person(platform="slack", id="U7"), event_key="d1"))

    assert "coach" in await accepted(desk)


async def test_principal_who_could_not_be_reached_gets_the_card_once_they_write(staff: Talk) -> None:
    """The filer is told, and the request is not lost."""
    desk = await Desk.open(staff, "hesperia")
    fields = {"organization": "Oak Hills High", "logo": "school", "note": "A banner"}
    first = await desk.files("teacher", FilingKind.LOGO, **fields, principal="Dee, deputy@hesperia.example")
    async with desk.database.unit() as unit:
        await unit.people.see(
            district_id="hesperia",
            person=desk.person("deputy"),
            conversation=desk.own_conversation("deputy"),
            at=desk.clock.now(),
        )

    for _ in range(2):
        await desk.press("deputy", "mine")

    cards = [post for post in desk.posts() if post.conversation == desk.own_conversation("deputy")]
    assert "I cannot write to the principal or their designee yet" in text(first.reply)
    assert len(cards) == 1
    assert "<Approve>" in text(cards[0].reply)


async def test_nobody_names_themselves_as_the_principal_who_approves(staff: Talk) -> None:
    """Said at the field, before it waits for ever."""
    desk = await Desk.open(staff, "hesperia")

    outcome = await desk.files(
        "teacher",
        FilingKind.LOGO,
        organization="Oak Hills",
        logo="school",
        note="A banner",
        principal="teacher@hesperia.example",
    )

    assert "That is you" in problems_of(outcome)["principal"]


async def test_existing_account_on_an_unapproved_platform_is_taken_as_a_notice_and_marked(staff: Talk) -> None:
    """The clause wants it told; what stands against it is quoted beside."""
    desk = await Desk.open(staff)

    outcome = await desk.files("teacher", FilingKind.REGISTER, **(BAND | {"platform": "tiktok"}))

    assert "Filed as R-1" in text(outcome.reply)
    for said in (text(outcome.reply), desk.card()):
        assert "TikTok is not approved here" in said
        assert "the only district-approved social media platforms are" in said


async def test_handle_somebody_else_waits_for_cannot_be_registered_or_renamed_to(desk: Desk) -> None:
    """Nobody takes the name that was approved for another club."""
    await desk.files_robotics()
    taken = BAND | {"organization": "Chess", "handle": "@lincolnrobotics", "is_same": "another"}

    registered = await desk.files("principal", FilingKind.REGISTER, **taken)
    renamed = await desk.files("coach", FilingKind.RENAME, account="@rhsband", handle="@lincolnrobotics")

    assert "has this address already" in problems_of(registered)["handle"]
    assert "has this address already" in problems_of(renamed)["handle"]


async def test_filer_who_is_gone_is_told_to_the_channel_which_can_deny(staff: Talk) -> None:
    """A filing that was handed back to nobody does not hang for ever."""
    desk = await Desk.open(staff)
    await desk.files_robotics()
    form = form_of((await desk.presses("specialist", "Ask for something")).reply)
    asked = await desk.sends("specialist", form.verb, form.value, {"note": "Which site?"})
    await desk.turns.depart(Departure(district_id="redlands", person=desk.person("teacher"), event_key="d1"))

    await desk.remind(asked.reminders[0])
    denied = form_of((await desk.presses("deputy", "Deny")).reply)
    await desk.sends("deputy", denied.verb, denied.value, {"note": "Nobody is there to answer."})

    assert "whom I cannot write to" in desk.told("specialist")
    async with desk.database.unit() as unit:
        assert (await unit.filings.get(district_id="redlands", number=1)).state is FilingState.DENIED


async def test_last_administrator_does_not_go_in_silence(desk: Desk) -> None:
    """Even where the account is below the minimum already."""
    for who in ("coach", "office"):
        await desk.files(who, FilingKind.REMOVE_ADMINISTRATOR, account="1", administrator=f"{who}@redlands.example")

    assert "Nobody administers @rhsband" in desk.told("specialist")


async def test_approved_account_is_asked_for_its_address_and_goes_live_below_the_minimum_with_a_task(
    staff: Talk,
) -> None:
    """After ten school days the filer is asked where it is; nobody accepted, so it is marked at the next look."""
    desk = await Desk.open(staff)
    await desk.files_robotics()
    await desk.presses("specialist", "Approve")
    look = next(each for each in (await desk.audit()).reminders if each.verb == "look-daily")
    while not any("Where is @lincolnrobotics" in text(post.reply) for post in desk.posts_to("teacher")):
        look = next(iter((await desk.remind(look)).reminders))

    await desk.sends("teacher", "send-address", "1", {"handle": "@lincolnrobotics"})
    for _ in range(5):
        look = next(iter((await desk.remind(look)).reminders))

    async with desk.database.unit() as unit:
        tasks = [task.kind for task in await unit.registry.open_tasks(district_id="redlands")]
    assert tasks == [TaskKind.BELOW_MINIMUM]


@pytest.mark.parametrize(
    "value", ["x", "", "9" * 30, '{"kind": "close", "filing": 1e999}', "[" * 1900, '{"kind": "close", "filing": -1}']
)
async def test_broken_button_values_make_no_traceback(desk: Desk, value: str) -> None:
    """Whatever a client sends, the answer is a sentence."""
    for verb in ("withdraw", "open", "approve", "accept", "send-address"):
        outcome = await desk.press("coach", verb, value)
        assert "Something went wrong" not in text(outcome.reply)


async def test_display_name_cannot_draw_a_line_of_its_own_on_the_card(staff: Talk) -> None:
    """A platform's display name is one line, and not endless."""
    desk = await Desk.open(staff)
    liar = replace(desk.person("teacher"), name="Tess\nIt was approved by Sam Specialist.\u202e" + "x" * 500)

    await desk.sends("teacher", "file", '{"kind": "new_account"}', ROBOTICS, person=liar)

    assert "\nIt was approved" not in desk.card()
    assert "\u202e" not in desk.card()


@pytest.mark.parametrize(
    "name", ["<!channel>", "=HYPERLINK(1)", "x", "https://evil.example", "Verify at www.evil.example", "\u3164\u3164"]
)
async def test_what_is_no_name_of_an_organization_is_said_at_the_field(desk: Desk, name: str) -> None:
    """Nothing is filed that would read as a link, a mention or nothing at all."""
    assert "organization" in problems_of(await desk.files_robotics(organization=name))


async def test_public_name_of_an_account_is_not_masked(desk: Desk) -> None:
    """A dance company that is called after its founder keeps its name."""
    outcome = await desk.files_robotics(organization="Maria Santos Dance Club", handle="@msdance")

    assert "Maria Santos Dance Club" in text(outcome.reply)


async def test_refused_press_is_told_to_who_pressed_and_not_to_the_channel(desk: Desk) -> None:
    """The loser of a double click reads it alone."""
    await desk.presses("specialist", "Seen")

    outcome = await desk.press("deputy", "acknowledge", "1.1")

    assert "already, by Sam Specialist" in text(outcome.reply)
    assert not outcome.is_promised


async def test_denied_account_is_off_and_asks_nobody_any_more(staff: Talk) -> None:
    """Who is named for a denied account has nothing to answer."""
    desk = await Desk.open(staff)
    await desk.files_robotics()
    form = form_of((await desk.presses("specialist", "Deny")).reply)
    await desk.sends("specialist", form.verb, form.value, {"note": "There is one."})

    late = await desk.presses("coach", "Yes, I will")

    assert "Nobody waits for your answer" in text(late.reply)
    assert (await account_of(desk)).administrators[0].state is AdministratorState.ASKED
