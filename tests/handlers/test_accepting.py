"""Administrators accept, decline, confirm and leave; the two-administrator rule stands all the time."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from handlers.carrying_out import carry_out
from handlers.context import HandlerContext
from handlers.incoming import Departure
from handlers.outcome import Reminder
from handlers.telling import Telling
from handlers.upkeep import has_relevant_change
from knowledge.district import SHIPPED
from knowledge.filings import FilingKind
from knowledge.guidelines import Guideline
from knowledge.people import Person
from knowledge.registry import Account, AccountStatus, AdministratorState, TaskKind
from tests.support.desk import Desk, form_of, problems_of, text
from tests.support.product import Talk


@pytest.fixture
async def desk(staff: Talk) -> Desk:
    """Redlands' people, with the band's account registered and its two administrators asked."""
    desk = await Desk.open(staff)
    await desk.files(
        "teacher",
        FilingKind.REGISTER,
        organization="RHS Band",
        platform="instagram",
        handle="@rhsband",
        administrators="Cal Coach, coach@redlands.example\nOlive Office, office@redlands.example",
    )
    return desk


async def band(desk: Desk) -> Account:
    async with desk.database.unit() as unit:
        return await unit.registry.get(district_id="redlands", number=1)


async def tasks(desk: Desk) -> list[TaskKind]:
    async with desk.database.unit() as unit:
        return [task.kind for task in await unit.registry.open_tasks(district_id="redlands")]


async def both_accept(desk: Desk) -> None:
    await desk.presses("coach", "Yes, I will")
    await desk.presses("office", "Yes, I will")


async def test_account_is_in_order_only_with_the_minimum_accepted(desk: Desk) -> None:
    """Named is not enough; two have to say yes."""
    first = await desk.presses("coach", "Yes, I will")
    after_one = (await band(desk)).is_in_order(2)
    second = await desk.presses("office", "Yes, I will")

    assert not after_one
    assert "1 of at least 2 administrators have accepted" in text(first.reply)
    assert "live and in order" in text(second.reply)
    assert (await band(desk)).is_in_order(2)


async def test_nobody_accepts_for_another(desk: Desk) -> None:
    """The button names an account; who presses it comes from the platform."""
    outcome = await desk.press("principal", "accept", "1")

    assert "Nobody waits for your answer" in text(outcome.reply)
    assert (await band(desk)).accepted == ()


async def test_decline_is_told_to_the_filer_with_what_to_do(desk: Desk) -> None:
    """The filer reads who declined and gets the button to name another."""
    await desk.presses("coach", "No")

    assert "Cal Coach declined to administer @rhsband" in desk.told("teacher")
    assert desk.button("teacher", "Add an administrator").verb == "open"


async def test_removing_one_of_two_opens_a_dated_task_and_tells_those_left_and_the_channel(desk: Desk) -> None:
    """Below the minimum, with the clause, until somebody is added."""
    await both_accept(desk)

    await desk.files(
        "coach", FilingKind.REMOVE_ADMINISTRATOR, account="@rhsband", administrator="office@redlands.example"
    )

    assert await tasks(desk) == [TaskKind.BELOW_MINIMUM]
    assert "has too few administrators" in desk.told("coach")
    assert "has too few administrators" in desk.told("specialist")
    assert "There shall be at least two (2) account administrators" in desk.told("specialist")
    assert "took you off @rhsband" in desk.told("office")


async def test_task_is_closed_once_another_has_accepted(desk: Desk) -> None:
    """Named is not enough here either."""
    await both_accept(desk)
    await desk.files(
        "coach", FilingKind.REMOVE_ADMINISTRATOR, account="@rhsband", administrator="office@redlands.example"
    )
    await desk.files(
        "coach", FilingKind.ADD_ADMINISTRATOR, account="@rhsband", administrators="Pete P, principal@redlands.example"
    )
    before = await tasks(desk)

    await desk.presses("principal", "Yes, I will")

    assert before == [TaskKind.BELOW_MINIMUM]
    assert await tasks(desk) == []
    assert "has enough administrators again" in desk.told("specialist")


async def test_task_is_closed_when_who_brought_it_in_adds_themselves(desk: Desk) -> None:
    """Who names themselves has accepted by that, so nobody is asked and nobody's answer mends it."""
    await both_accept(desk)
    await desk.files(
        "coach", FilingKind.REMOVE_ADMINISTRATOR, account="@rhsband", administrator="office@redlands.example"
    )

    await desk.files(
        "teacher", FilingKind.ADD_ADMINISTRATOR, account="@rhsband", administrators="Tea, teacher@redlands.example"
    )

    assert await tasks(desk) == []
    assert "has enough administrators again" in desk.told("specialist")


async def test_person_who_left_is_taken_off_every_account(desk: Desk) -> None:
    """A specialist records that somebody left; the accounts below the minimum are marked at once."""
    await both_accept(desk)

    outcome = await desk.sends("specialist", "left", "", {"administrator": "office@redlands.example"})

    assert "is off 1 account" in text(outcome.reply)
    assert await tasks(desk) == [TaskKind.BELOW_MINIMUM]
    left = (await band(desk)).administrator("office@redlands.example")
    assert left is not None
    assert left.state is AdministratorState.LEFT


async def test_staff_cannot_record_that_somebody_left(desk: Desk) -> None:
    """Only the specialist may."""
    outcome = await desk.sends("teacher", "left", "", {"administrator": "office@redlands.example"})

    assert "Only the district's specialist" in text(outcome.reply)
    assert len((await band(desk)).named) == 2


async def test_hand_over_takes_the_leaving_person_off_when_the_successor_accepts(desk: Desk) -> None:
    """Until then the account is not without its administrator."""
    await both_accept(desk)
    await desk.files(
        "coach", FilingKind.HAND_OVER, account="@rhsband", successor="Pete Principal, principal@redlands.example"
    )
    before = {person.email for person in (await band(desk)).accepted}

    await desk.presses("principal", "Yes, I will")

    assert "coach@redlands.example" in before
    assert {person.email for person in (await band(desk)).accepted} == {
        "office@redlands.example",
        "principal@redlands.example",
    }
    assert "Pete Principal has taken over @rhsband" in desk.told("coach")
    assert await tasks(desk) == []


async def test_nobody_hands_an_account_over_to_themselves(desk: Desk) -> None:
    """A successor is somebody else."""
    await both_accept(desk)

    outcome = await desk.files(
        "coach", FilingKind.HAND_OVER, account="@rhsband", successor="Cal Coach, coach@redlands.example"
    )

    assert "That is you" in problems_of(outcome)["successor"]


async def test_filer_hears_who_has_not_answered(desk: Desk) -> None:
    """After three school days; and the live account without enough is marked."""
    reminder = next(each for outcome in desk.outcomes for each in outcome.reminders if each.verb == "acceptance-waits")
    await desk.presses("coach", "Yes, I will")

    await desk.remind(reminder)

    assert "No answer yet from Olive Office" in desk.told("teacher")
    assert await tasks(desk) == [TaskKind.BELOW_MINIMUM]


async def test_approved_account_goes_live_with_its_address(staff: Talk) -> None:
    """The filer sends where it is; a wrong address is said at the field."""
    desk = await Desk.open(staff)
    await desk.files_robotics()
    await desk.presses("specialist", "Approve")
    form = form_of(desk.posts_to("teacher")[-1].reply)

    wrong = await desk.sends("teacher", form.verb, form.value, {"handle": "https://www.facebook.com/lincolnrobotics"})
    right = await desk.sends("teacher", form.verb, form.value, {"handle": "instagram.com/LincolnRobotics/?ref=1"})

    assert "Facebook" in problems_of(wrong)["handle"]
    assert "is live in the registry" in text(right.reply)
    async with desk.database.unit() as unit:
        account = await unit.registry.get(district_id="redlands", number=1)
    assert (account.status, account.address_key) == (AccountStatus.LIVE, "instagram/lincolnrobotics")


async def test_stranger_cannot_send_the_address_of_an_account(staff: Talk) -> None:
    """Only its filer, its administrators and the specialist."""
    desk = await Desk.open(staff)
    await desk.files_robotics()
    await desk.presses("specialist", "Approve")

    outcome = await desk.sends("it", "send-address", "1", {"handle": "@lincolnrobotics"})

    assert "not an administrator" in text(outcome.reply)


async def look(desk: Desk, days: int) -> None:
    """Let the daily look fall due so many days later."""
    due = desk.clock.now() + timedelta(days=days)
    await desk.remind(Reminder(key=f"look/{days}", verb="look-daily", value="", subject="registry/look", due_at=due))


async def test_administrators_confirm_once_a_year(desk: Desk) -> None:
    """A year after the last word, and not before."""
    await both_accept(desk)
    await look(desk, 300)
    early = await tasks(desk)
    await look(desk, 70)
    asked = await tasks(desk)

    await desk.presses("coach", "Yes, still mine")

    assert early == []
    assert asked == [TaskKind.CONFIRM]
    assert "Is @rhsband, RHS Band (Instagram) still yours, and current?" in desk.told("office")
    assert await tasks(desk) == []


async def test_silent_account_is_flagged_as_perhaps_abandoned(desk: Desk) -> None:
    """Nobody confirmed it in time: the specialist is told, once."""
    await both_accept(desk)
    await look(desk, 366)

    await look(desk, 30)
    await look(desk, 1)

    assert await tasks(desk) == [TaskKind.PERHAPS_ABANDONED]
    assert desk.told("specialist").count("is perhaps abandoned") == 1


async def test_daily_look_comes_back_on_the_next_school_day(desk: Desk) -> None:
    """It never ends, and each day has one."""
    await look(desk, 0)

    following = desk.outcomes[-1].reminders[0]
    assert following.verb == "look-daily"
    assert following.due_at > desk.clock.now()
    assert following.key.startswith("registry/look/2026-11-24")


async def test_changed_clause_on_accounts_asks_everybody_to_confirm(desk: Desk) -> None:
    """A new version matters where a clause that filings rest on reads otherwise, and not where only others do."""
    shelf = await desk.talk.districts.shelf("redlands")
    before = shelf.guideline

    def edited(section: str) -> Guideline:
        from dataclasses import replace

        clauses = tuple(
            replace(clause, text=clause.text + " Now.") if section in clause.id else clause for clause in before.clauses
        )
        return replace(before, version=2, clauses=clauses)

    assert has_relevant_change(before, edited("administrators/1"), shelf.district)
    assert not has_relevant_change(before, edited("content-considerations/1"), shelf.district)


async def test_who_runs_it_and_is_it_official_are_answered_from_the_registry(desk: Desk) -> None:
    """In chat, in plain words."""
    await both_accept(desk)
    early = await desk.says("principal", "is @rhsband official?")
    await desk.presses("specialist", "Seen")

    who = await desk.says("principal", "who runs @rhsband?")
    official = await desk.says("principal", "is @rhsband official?")
    unknown = await desk.says("principal", "is @rhs_band_fans official?")
    mine = await desk.says("coach", "which accounts am I on?")

    assert "Cal Coach, coach@redlands.example" in text(who)
    assert "Yes" not in text(early)
    assert "Nobody has acknowledged the notice yet" in text(early)
    assert "Yes: @rhsband" in text(official)
    assert "which is not an approval" in text(official)
    assert "@rhs_band_fans is not in Redlands' registry" in text(unknown)
    assert "You are on one account" in text(mine)


async def test_only_specialists_export_the_registry(desk: Desk) -> None:
    """And no cell is read as a formula by a spreadsheet."""
    refused = await desk.press("teacher", "export")
    given = await desk.press("specialist", "export")

    assert "Only the district's specialist" in text(refused.reply)
    assert "'@rhsband" in text(given.reply)
    assert "coach@redlands.example" in text(given.reply)


async def test_account_asked_to_be_removed_tells_its_administrators_with_the_clause(desk: Desk) -> None:
    """Recorded by the specialist alone."""
    refused = await desk.files("coach", FilingKind.ASKED_TO_REMOVE, account="@rhsband", note="x")
    await desk.files("specialist", FilingKind.ASKED_TO_REMOVE, account="@rhsband", note="Pictures without releases")

    assert "Only the district's specialist" in text(refused.reply)
    assert "asks you to remove @rhsband" in desk.told("coach")
    assert "will be asked to remove their profile" in desk.told("coach")
    assert (await band(desk)).status is AccountStatus.ASKED_TO_REMOVE


async def test_renamed_account_keeps_its_administrators_and_gets_its_new_address(desk: Desk) -> None:
    """A notice in Redlands: done at once, told to the others."""
    await both_accept(desk)

    outcome = await desk.files(
        "coach", FilingKind.RENAME, account="@rhsband", handle="@rhsmusic", organization="RHS Music"
    )

    account = await band(desk)
    assert "Filed as R-2" in text(outcome.reply)
    assert (account.organization, account.handle) == ("RHS Music", "@rhsmusic")
    assert account.address_key == "instagram/rhsmusic"
    assert "is now @rhsmusic, RHS Music" in desk.told("office")


async def test_closed_account_frees_its_address(desk: Desk) -> None:
    """Somebody else may register it anew."""
    await both_accept(desk)
    await desk.files("coach", FilingKind.CLOSE, account="@rhsband")

    again = await desk.files(
        "office",
        FilingKind.REGISTER,
        organization="RHS Band",
        platform="instagram",
        handle="@rhsband",
        administrators="Cal Coach, coach@redlands.example\nOlive Office, office@redlands.example",
        is_same="another",
    )

    assert (await band(desk)).status is AccountStatus.CLOSED
    assert "Filed as R-3" in text(again.reply)


async def test_person_who_could_not_be_reached_is_asked_once_they_write(staff: Talk) -> None:
    """The filer was told to have them send any message: then the question comes, once."""
    desk = await Desk.open(staff)
    people = "Cal Coach, coach@redlands.example\nSam Specialist, specialist@redlands.example"
    first = await desk.files_robotics(administrators=people)
    async with desk.database.unit() as unit:
        await unit.people.see(
            district_id="redlands",
            person=desk.person("specialist"),
            conversation=desk.own_conversation("specialist"),
            at=desk.clock.now(),
        )

    await desk.says("specialist", "hello")
    await desk.says("specialist", "thanks")

    asked = [post for post in desk.posts() if post.conversation == desk.own_conversation("specialist")]
    assert "no way to write to specialist@redlands.example" in text(first.reply)
    assert len(asked) == 1
    assert "named you as an administrator" in text(asked[0].reply)


async def test_deactivated_person_is_taken_off_and_the_others_are_told(desk: Desk) -> None:
    """The platform says that somebody left, three times: it counts once."""
    await both_accept(desk)
    event = Departure(district_id="redlands", person=Person(platform="local", id="office"), event_key="left-1")

    for _ in range(3):
        await desk.turns.depart(event)

    assert await tasks(desk) == [TaskKind.BELOW_MINIMUM]
    async with desk.database.unit() as unit:
        contact = await unit.people.by_person(district_id="redlands", platform="local", person_id="office")
        told = await unit.history.of(district_id="redlands", subject="account/1")
    assert contact is not None
    assert not contact.is_active
    assert [line.what for line in told][:2] == ["below minimum", "administrator left"]


async def test_account_that_goes_live_with_too_few_left_is_marked_at_once(staff: Talk) -> None:
    """Where registering needs approval, people may decline or leave before it comes."""
    desk = await Desk.open(staff)
    await desk.files(
        "teacher",
        FilingKind.REGISTER,
        organization="RHS Band",
        platform="instagram",
        handle="@rhsband",
        administrators="Cal Coach, coach@redlands.example\nOlive Office, office@redlands.example",
    )
    async with staff.database.unit() as unit:
        await unit.registry.change(
            replace(await unit.registry.get(district_id="redlands", number=1), status=AccountStatus.REQUESTED),
            at=staff.clock.now(),
        )
        filing = await unit.filings.get(district_id="redlands", number=1)
    await desk.presses("coach", "No")
    await desk.presses("office", "No")

    shelf = await staff.districts.shelf("redlands")
    async with staff.database.unit() as unit:
        context = HandlerContext(
            shelf=shelf,
            unit=unit,
            clock=staff.clock,
            conversation_key="",
            channel=desk.conversation("specialist"),
        )
        account = await unit.registry.get(district_id="redlands", number=1)
        await carry_out(filing, account, context, Telling(context))

    assert await tasks(desk) == [TaskKind.BELOW_MINIMUM]


async def test_hand_over_that_waits_for_approval_takes_nobody_off(desk: Desk) -> None:
    """A successor who was asked before, for another reason, says yes: the one who leaves stays until it is approved."""
    await desk.presses("coach", "Yes, I will")
    await desk.files(
        "coach", FilingKind.HAND_OVER, account="@rhsband", successor="Olive Office, office@redlands.example"
    )
    async with desk.database.engine.begin() as connection:
        await connection.execute(sql("UPDATE filings SET force = 'approval', state = 'waiting' WHERE number = 2"))
        await connection.execute(sql("UPDATE administrators SET state = 'asked' WHERE email LIKE 'office%'"))
        await connection.execute(sql("UPDATE administrators SET state = 'accepted' WHERE email LIKE 'coach%'"))

    await desk.presses("office", "Yes, I will")

    coach = (await band(desk)).administrator("coach@redlands.example")
    assert coach is not None
    assert coach.state is AdministratorState.ACCEPTED


async def test_filer_hears_of_silence_also_after_an_approved_hand_over(staff: Talk, tmp_path: Path) -> None:
    """Where a hand-over needs approval, its successor is asked only then, and looked after from then on."""
    folder = tmp_path / "districts" / "pinecrest"
    folder.mkdir(parents=True)
    shipped = SHIPPED / "redlands"
    settings = (
        (shipped / "district.toml").read_text(encoding="utf-8").replace('force = "record"', 'force = "approval"', 1)
    )
    (folder / "district.toml").write_text(settings, encoding="utf-8")
    (folder / "social-media-protocols.txt").write_bytes((shipped / "social-media-protocols.txt").read_bytes())
    staff.districts.reread()
    await staff.districts.publish_shipped()
    desk = await Desk.open(staff, "pinecrest")
    at = "@pinecrest.example"
    await desk.files(
        "teacher",
        FilingKind.REGISTER,
        organization="RHS Band",
        platform="instagram",
        handle="@rhsband",
        administrators=f"Cal Coach, coach{at}\nOlive Office, office{at}",
    )
    await desk.presses("coach", "Yes, I will")
    await desk.files("coach", FilingKind.HAND_OVER, account="@rhsband", successor=f"Pete P, principal{at}")

    approved = await desk.presses("specialist", "Approve")

    assert [reminder.verb for reminder in approved.reminders] == ["acceptance-waits"]


async def test_task_is_closed_when_mended_also_where_it_was_asked_to_be_removed(desk: Desk) -> None:
    """An open task about administrators does not outlive what it was for."""
    await both_accept(desk)
    await desk.files(
        "coach", FilingKind.REMOVE_ADMINISTRATOR, account="@rhsband", administrator="office@redlands.example"
    )
    await desk.files(
        "coach", FilingKind.ADD_ADMINISTRATOR, account="@rhsband", administrators="Pete P, principal@redlands.example"
    )
    await desk.files("specialist", FilingKind.ASKED_TO_REMOVE, account="@rhsband", note="Music without a licence")

    await desk.presses("principal", "Yes, I will")

    assert await tasks(desk) == []


async def test_every_task_that_is_closed_leaves_a_line_in_the_history(desk: Desk) -> None:
    """Also where nobody asks for the address of an account any more, because it was asked to be removed."""
    await desk.files_robotics()
    await desk.presses("specialist", "Approve")
    await desk.files("specialist", FilingKind.ASKED_TO_REMOVE, account="2", note="Music without a licence")
    async with desk.database.unit() as unit:
        account = await unit.registry.get(district_id="redlands", number=2)
    desk.clock.move_to(desk.clock.now() + timedelta(days=60))
    await desk.remind(Reminder(key="x", verb="look-daily", value="", subject="x", due_at=desk.clock.now()))

    async with desk.database.unit() as unit:
        lines = await unit.history.of(district_id="redlands", subject=account.subject)
    assert TaskKind.SEND_ADDRESS not in await tasks(desk)
    assert "address not asked for any more" in [line.what for line in lines]
