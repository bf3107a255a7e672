"""Filing: what each district's own clauses make of a form, kept once, with every check quoted and cited."""

from dataclasses import replace

import pytest

from handlers.replies import ChoiceField, TextField
from knowledge.filings import FilingKind, FilingState
from knowledge.people import Standing
from knowledge.registry import AccountStatus
from tests.support.desk import ROBOTICS, Desk, form_of, number_of, problems_of, somebody, state_of, status_of, text
from tests.support.product import Talk

DUTIES = "redlands/basic-responsibilities-of-social-media-administrators"
GENERAL = "redlands/general-social-media-guidelines"
EDUCATIONAL = "hesperia/expectations-for-the-educational-use-of-social-media"


@pytest.fixture
async def desk(staff: Talk) -> Desk:
    """Redlands' people."""
    return await Desk.open(staff)


@pytest.fixture
async def hesperia(staff: Talk) -> Desk:
    """Hesperia's people."""
    return await Desk.open(staff, "hesperia")


async def filings_in(desk: Desk) -> int:
    async with desk.database.unit() as unit:
        count = 0
        for number in range(1, 50):
            try:
                await unit.filings.get(district_id=desk.district_id, number=number)
            except Exception:  # noqa: BLE001 the first that is missing ends the count
                return count
            count += 1
    return count


async def test_new_account_in_redlands_waits_for_approval_with_its_clause_on_the_card(desk: Desk) -> None:
    """The filer reads that it is filed and not to create it yet; the channel has the card with the clause."""
    outcome = await desk.files_robotics()

    said = text(outcome.reply)
    assert "Filed as R-1" in said
    assert "do not create the account" in said
    assert f"[{DUTIES}/2] If you would like to create a new social media account" in desk.card()
    assert "<Approve>" in desk.card()
    assert await state_of(desk, 1) is FilingState.WAITING
    assert await status_of(desk) is AccountStatus.REQUESTED


async def test_each_named_administrator_is_asked_to_accept(desk: Desk) -> None:
    """Coach and office manager each find the question in their own messages."""
    await desk.files_robotics()

    for who in ("coach", "office"):
        assert "named you as an administrator of @lincolnrobotics" in desk.told(who)
        assert desk.button(who, "Yes, I will").verb == "accept"
    assert desk.told("principal") == ""


async def test_administrator_whom_nobody_can_write_to_is_told_to_the_filer(desk: Desk) -> None:
    """A mistyped or unknown address is noticed on the day of filing, with what to do."""
    people = "Cal Coach, coach@redlands.example\nNew Hire, hire@redlands.example"
    outcome = await desk.files_robotics(administrators=people)

    assert "I know no way to write to hire@redlands.example" in text(outcome.reply)


async def test_filer_who_names_themselves_has_accepted_by_that(desk: Desk) -> None:
    """Nobody is asked whether they agree with themselves."""
    people = "Tess Teacher, teacher@redlands.example\nCal Coach, coach@redlands.example"
    await desk.files_robotics(administrators=people)

    async with desk.database.unit() as unit:
        account = await unit.registry.get(district_id="redlands", number=1)
    assert [person.email for person in account.accepted] == ["teacher@redlands.example"]


@pytest.mark.parametrize(
    ("field", "typed", "said", "clause"),
    [
        ("platform", "snapchat", "vanish", f"{GENERAL}/3"),
        ("platform", "tiktok", "TikTok is not approved here", f"{GENERAL}/4"),
        ("administrators", "Cal Coach, coach@redlands.example", "at least 2", f"{DUTIES}/1"),
        (
            "administrators",
            "Cal Coach, coach@redlands.example\nCal C, COACH+band@redlands.example",
            "stands here twice",
            None,
        ),
        ("administrators", "Cal Coach, coach@redlands\nOlive Office, office@redlands.example", "not a whole", None),
        ("administrators", "Cal Coach\nOlive Office, office@redlands.example", "no e-mail address beside", None),
        ("administrators", "coach@redlands.example\noffice@redlands.example", "add the name", f"{DUTIES}/2"),
        ("administrators", "", "fill this in", f"{DUTIES}/2"),
        ("organization", "", "fill this in", None),
        ("organization", "x" * 121, "at most 120", None),
        ("organization", "Lincoln \u202eClub", "cannot be seen", None),
        ("handle", "lincоlnrobotics", "only look like ours", None),
        ("handle", "https://www.instagram.com/p/Cabc123/", "single post", None),
        ("handle", "https://bit.ly/3xyz", "Short links", None),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_with_its_clause(
    desk: Desk, field: str, typed: str, said: str, clause: str | None
) -> None:
    """Each check quotes the clause it rests on, keeps what was typed, and files nothing."""
    outcome = await desk.files_robotics(**{field: typed})

    problem = next(each.problem for each in form_of(outcome.reply).fields if each.name == field)
    assert problem is not None
    assert said in problem.text
    assert (problem.quote.clause_id if problem.quote else None) == clause
    assert not outcome.is_promised
    assert outcome.posts == ()
    assert await filings_in(desk) == 0


async def test_form_that_comes_back_still_holds_what_was_typed(desk: Desk) -> None:
    """Nobody types their form twice."""
    outcome = await desk.files_robotics(administrators="Cal Coach, coach@redlands.example")

    typed = {each.name: each.value for each in form_of(outcome.reply).fields}
    assert typed["organization"] == ROBOTICS["organization"]
    assert typed["administrators"] == "Cal Coach, coach@redlands.example"


async def test_same_filing_sent_twice_is_answered_with_its_number(desk: Desk) -> None:
    """A second press after a timeout, differently spelled, files nothing a second time."""
    await desk.files_robotics()

    again = await desk.files_robotics(
        organization="lincoln high school  robotics club", handle="https://instagram.com/LincolnRobotics/?ref=x"
    )

    assert "already filed as R-1" in text(again.reply)
    assert await filings_in(desk) == 1


async def test_likely_duplicate_is_shown_and_this_is_it_files_nothing(desk: Desk) -> None:
    """A name that is nearly the same is asked about; the one it was meant for is shown."""
    await desk.files_robotics()

    asked = await desk.files_robotics(organization="Lincoln HS Robotics", handle="@lhsrobots")
    choice = next(each for each in form_of(asked.reply).fields if each.name == "is_same")
    assert isinstance(choice, ChoiceField)
    meant = await desk.files_robotics(organization="Lincoln HS Robotics", handle="@lhsrobots", is_same="1")

    assert any("This is it: @lincolnrobotics" in option.label for option in choice.options)
    assert "The registry has it" in text(meant.reply)
    assert await filings_in(desk) == 1


async def test_likely_duplicate_said_to_be_another_is_filed_and_the_card_says_so(desk: Desk) -> None:
    """Two clubs may have like names; the specialist sees what the filer said."""
    await desk.files_robotics()

    outcome = await desk.files_robotics(organization="Lincoln HS Robotics", handle="@lhsrobots", is_same="another")

    assert "Filed as R-2" in text(outcome.reply)
    assert "another account than @lincolnrobotics" in desk.card()


async def test_same_address_in_other_spelling_cannot_be_registered_twice(desk: Desk) -> None:
    """twitter.com and x.com, with and without @: one account."""
    people = {"administrators": ROBOTICS["administrators"]}
    await desk.files(
        "teacher", FilingKind.REGISTER, organization="RHS Band", platform="twitter", handle="@rhsband", **people
    )

    again = await desk.files(
        "coach",
        FilingKind.REGISTER,
        organization="Something else entirely",
        platform="twitter",
        handle="https://mobile.twitter.com/RHSBand?s=20",
        is_same="another",
        **people,
    )

    assert "is_same" in {each.name for each in form_of(again.reply).fields}
    assert await filings_in(desk) == 1


async def test_registering_an_existing_account_is_a_notice_and_the_account_is_live_at_once(desk: Desk) -> None:
    """Redlands only wants to be told; the card has Seen and no Approve."""
    await desk.files(
        "teacher",
        FilingKind.REGISTER,
        organization="RHS Band",
        platform="facebook",
        handle="facebook.com/RHSBand",
        administrators=ROBOTICS["administrators"],
    )

    assert "<Seen>" in desk.card()
    assert "<Approve>" not in desk.card()
    assert f"[{DUTIES}/3]" in desk.card()
    assert await status_of(desk) is AccountStatus.LIVE


async def test_redlands_asks_no_supervisor_and_hesperia_no_administrators(desk: Desk, hesperia: Desk) -> None:
    """No field is demanded without a clause of that district."""
    opened = await desk.press("teacher", "open", '{"kind": "new_account"}')
    other = await hesperia.press("teacher", "open", '{"kind": "new_account"}')

    redlands = {each.name: each.is_required for each in form_of(opened.reply).fields}
    of_hesperia = {each.name: each.is_required for each in form_of(other.reply).fields}
    assert "supervisor" not in redlands
    assert "page_type" not in redlands
    assert redlands["administrators"]
    assert of_hesperia["supervisor"]
    assert not of_hesperia["administrators"]
    assert "page_type" in of_hesperia


async def test_new_site_in_hesperia_is_a_notice_to_supervisor_and_it(hesperia: Desk) -> None:
    """Both are told by name of their office, with the clause; nobody has to approve."""
    outcome = await hesperia.files(
        "teacher",
        FilingKind.NEW_ACCOUNT,
        organization="Oak Hills Drama",
        platform="instagram",
        supervisor="Pete Principal, principal@hesperia.example",
    )

    assert "Filed as R-1" in text(outcome.reply)
    assert "Nobody has to approve it" in text(outcome.reply)
    for who in ("principal", "it"):
        assert f"[{EDUCATIONAL}/3] Notify your supervisor" in hesperia.told(who)
    assert await status_of(hesperia) is AccountStatus.ANNOUNCED


async def test_supervisor_who_cannot_be_written_to_is_told_by_the_filer_with_a_text_to_send(hesperia: Desk) -> None:
    """The notice does not get lost because somebody is not in the chat."""
    outcome = await hesperia.files(
        "teacher",
        FilingKind.NEW_ACCOUNT,
        organization="Oak Hills Drama",
        platform="instagram",
        supervisor="Val Vice, vice@hesperia.example",
    )

    assert "I cannot write to your supervisor here" in text(outcome.reply)
    assert "wishes to establish a social media site on Instagram for Oak Hills Drama" in text(outcome.reply)


async def test_personal_facebook_profile_is_refused_in_hesperia_and_not_asked_about_in_redlands(
    desk: Desk, hesperia: Desk
) -> None:
    """Only Hesperia's guideline rules on pages and profiles."""
    fields = {"organization": "Oak Hills Drama", "platform": "facebook", "supervisor": "principal@hesperia.example"}
    refused = await hesperia.files("teacher", FilingKind.NEW_ACCOUNT, **fields, page_type="profile")
    unsaid = await hesperia.files("teacher", FilingKind.NEW_ACCOUNT, **fields)
    taken = await hesperia.files("teacher", FilingKind.NEW_ACCOUNT, **fields, page_type="page")
    redlands = await desk.files_robotics(
        platform="facebook", handle="facebook.com/LincolnRobotics", page_type="profile"
    )

    assert "personal profile" in problems_of(refused)["page_type"]
    assert "page_type" in problems_of(unsaid)
    assert "Filed as R-1" in text(taken.reply)
    assert "Filed as R-1" in text(redlands.reply)


async def test_adding_an_administrator_in_hesperia_is_recorded_and_says_that_the_guidelines_are_silent(
    hesperia: Desk,
) -> None:
    """No approval is made up where no clause asks for one."""
    await hesperia.files(
        "teacher",
        FilingKind.REGISTER,
        organization="Oak Hills Drama",
        platform="instagram",
        handle="@ohdrama",
        administrators="teacher@hesperia.example",
    )

    outcome = await hesperia.files(
        "teacher", FilingKind.ADD_ADMINISTRATOR, account="@ohdrama", administrators="Cal Coach, coach@hesperia.example"
    )

    assert "Recorded as R-2" in text(outcome.reply)
    assert "guidelines say nothing about this" in text(outcome.reply)
    assert "<Approve>" not in hesperia.card()


async def test_logo_of_a_school_is_decided_by_the_principal_whom_it_names_and_by_nobody_else(hesperia: Desk) -> None:
    """The clause names the principal or their designee; the specialist's press changes nothing."""
    await hesperia.files(
        "teacher",
        FilingKind.LOGO,
        organization="Oak Hills High",
        logo="school",
        principal="Pete Principal, principal@hesperia.example",
        note="Profile picture of the drama page",
    )

    refused = await hesperia.press("specialist", "approve", "1.1")
    approved = await hesperia.presses("principal", "Approve")

    assert "decided by the principal" in text(refused.reply)
    assert "was approved by Pete Principal" in text(approved.reply)
    assert "R-1 is approved" in hesperia.told("teacher")
    assert f"[{EDUCATIONAL}/10] Seek consent before using" in hesperia.told("principal")


async def test_logo_of_the_district_is_decided_by_admin_services(hesperia: Desk) -> None:
    """The same clause names the admin services office for the district's own logo."""
    await hesperia.files("teacher", FilingKind.LOGO, organization="Drama", logo="district", note="A banner")

    refused = await hesperia.press("principal", "approve", "1.1")
    await hesperia.presses("services", "Approve")

    assert "admin services office" in text(refused.reply)
    assert await state_of(hesperia, 1) is FilingState.APPROVED


async def test_redlands_has_no_filing_for_logos_from_the_command(desk: Desk) -> None:
    """Its guideline says nothing on logos: the filing is only recorded."""
    outcome = await desk.files("teacher", FilingKind.LOGO, organization="RHS", note="A banner")

    assert "Recorded as R-1" in text(outcome.reply)


async def test_guest_and_bot_file_nothing(desk: Desk) -> None:
    """Somebody invited from outside gets a polite refusal."""
    for standing in (Standing.GUEST, Standing.BOT):
        guest = somebody("parent@mail.example", base=desk.person("teacher"))
        guest = replace(guest, standing=standing)
        outcome = await desk.sends("teacher", "file", '{"kind": "new_account"}', ROBOTICS, person=guest)
        assert "Only the district's own staff can use Postwise" in text(outcome.reply)
    assert await filings_in(desk) == 0


async def test_somebody_elses_account_cannot_be_changed(desk: Desk) -> None:
    """Only its administrators and the specialist file changes to an account."""
    await desk.files(
        "teacher",
        FilingKind.REGISTER,
        organization="RHS Band",
        platform="instagram",
        handle="@rhsband",
        administrators=ROBOTICS["administrators"],
    )

    outcome = await desk.files("principal", FilingKind.CLOSE, account="@rhsband")

    assert "not an administrator of @rhsband" in text(outcome.reply)
    assert await status_of(desk) is AccountStatus.LIVE


async def test_account_of_another_district_is_not_found(desk: Desk, hesperia: Desk) -> None:
    """What one district has registered does not exist for the other."""
    await desk.files(
        "teacher",
        FilingKind.REGISTER,
        organization="RHS Band",
        platform="instagram",
        handle="@rhsband",
        administrators=ROBOTICS["administrators"],
    )

    outcome = await hesperia.files("coach", FilingKind.CLOSE, account="@rhsband")
    decided = await hesperia.press("specialist", "acknowledge", "1.1")

    assert "no such account" in problems_of(outcome)["account"]
    assert "no such filing" in text(decided.reply)


async def test_wished_handle_is_optional_for_a_new_account_and_needed_for_an_existing_one(desk: Desk) -> None:
    """An account that is to be created has no address yet."""
    new = await desk.files_robotics(handle="")
    existing = await desk.files("teacher", FilingKind.REGISTER, **(ROBOTICS | {"handle": "", "organization": "Band"}))

    assert "Filed as R-1" in text(new.reply)
    assert "handle" in problems_of(existing)


@pytest.mark.parametrize(
    "hostile",
    ["<!channel> <@U1>", "\u202egnitset", "=HYPERLINK(1)", "a" * 10_000, "<script>alert(1)</script>", "\x00x"],
)
async def test_hostile_text_in_any_field_makes_no_traceback_and_no_half_filing(desk: Desk, hostile: str) -> None:
    """Every field survives what a hostile or hurried person pastes."""
    for field in ROBOTICS:
        outcome = await desk.files_robotics(**{field: hostile})
        assert "Something went wrong" not in text(outcome.reply)
        if field != "organization":
            assert problems_of(outcome)


async def test_pupils_data_in_the_free_text_is_masked_before_it_is_kept(desk: Desk) -> None:
    """A phone number typed into "anything else?" is not stored."""
    await desk.files_robotics(note="Call Mia's mom at 909-555-0144")

    async with desk.database.unit() as unit:
        kept = await unit.filings.get(district_id="redlands", number=1)
    assert "909-555-0144" not in kept.details.note
    assert "909-555-0144" not in desk.card()


async def test_command_opens_the_form_filled_in(desk: Desk) -> None:
    """/newaccount robotics club on insta needs no typing twice."""
    reply = await desk.says("teacher", "/newaccount robotics club on insta")

    values = {each.name: each.value for each in form_of(reply).fields if isinstance(each, TextField | ChoiceField)}
    assert values["organization"] == "robotics club"
    assert values["platform"] == "instagram"


async def test_plain_words_open_the_form(desk: Desk) -> None:
    """Somebody who does not know the commands is understood."""
    reply = await desk.says("teacher", "please add our new coach as admin")

    assert form_of(reply).title == "Add an administrator"


async def test_number_grows_by_one_in_each_district(desk: Desk, hesperia: Desk) -> None:
    """R-1 of one district has nothing to do with R-1 of the other."""
    first = await desk.files_robotics()
    second = await desk.files_robotics(organization="Chess Club of Citrus Valley", handle="@cvchess", is_same="another")
    other = await hesperia.files(
        "teacher",
        FilingKind.NEW_ACCOUNT,
        organization="Drama",
        platform="instagram",
        supervisor="principal@hesperia.example",
    )

    assert (number_of(first), number_of(second), number_of(other)) == (1, 2, 1)
