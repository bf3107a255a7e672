"""Whole dialogs about accounts, from the first word to the end, with everything that anybody is told."""

import pytest

from handlers.replies import Reply
from knowledge.filings import FilingKind
from tests.support.desk import ROBOTICS, Desk, form_of, text
from tests.support.product import Talk
from tests.support.verbatim import check


def everything_said(desk: Desk) -> list[Reply]:
    replies = [outcome.reply for outcome in desk.outcomes if outcome.reply is not None]
    return replies + [post.reply for outcome in desk.outcomes for post in outcome.posts]


async def test_a_new_account_from_the_wish_to_the_registry(staff: Talk) -> None:
    """A teacher asks, two accept, the specialist approves, the address comes, and anybody can look it up."""
    desk = await Desk.open(staff)
    form = form_of(await desk.says("teacher", "/newaccount lincoln robotics club on insta"))
    await desk.sends("teacher", form.verb, form.value, ROBOTICS)
    await desk.presses("coach", "Yes, I will")
    await desk.presses("specialist", "Approve")
    await desk.presses("office", "Yes, I will")
    address = form_of(desk.posts_to("teacher")[-1].reply)
    await desk.sends("teacher", address.verb, address.value, {"handle": "instagram.com/lincolnrobotics"})

    official = text(await desk.says("principal", "is @lincolnrobotics official?"))

    assert "Yes: @lincolnrobotics" in official
    assert "live and in order" in official


async def test_leaving_the_district_from_the_hand_over_to_the_mended_account(staff: Talk) -> None:
    """A coach leaves, the principal takes over, then the office manager leaves as well and a task is open."""
    desk = await Desk.open(staff)
    await desk.files("teacher", FilingKind.REGISTER, **(ROBOTICS | {"platform": "twitter"}))
    await desk.presses("coach", "Yes, I will")
    await desk.presses("office", "Yes, I will")
    form = form_of(await desk.says("coach", "/addadmin leaving"))
    chosen = next(each.value for each in form.fields if each.name == "account")
    await desk.sends(
        "coach", form.verb, form.value, {"account": chosen, "successor": "Pete P, principal@redlands.example"}
    )
    await desk.presses("principal", "Yes, I will")
    await desk.sends("specialist", "left", "", {"administrator": "office@redlands.example"})

    waiting = text((await desk.press("specialist", "mine")).reply)
    tasks = text(await desk.says("specialist", "/postwise tasks"))

    assert "has too few administrators" in tasks
    assert "no account" in waiting


@pytest.mark.parametrize("district_id", ["redlands", "hesperia"])
async def test_every_sentence_of_a_guideline_that_anybody_reads_is_a_whole_clause(
    staff: Talk, district_id: str
) -> None:
    """Forms, problems at their fields, cards, notices, acceptances, reminders: all quote their own district verbatim."""
    desk = await Desk.open(staff, district_id)
    at = f"@{district_id}.example"
    people = f"Cal Coach, coach{at}\nOlive Office, office{at}"
    filed = ROBOTICS | {"administrators": people, "supervisor": f"principal{at}", "page_type": "page"}
    for kind in FilingKind:
        who = "specialist" if kind is FilingKind.ASKED_TO_REMOVE else "teacher"
        await desk.press(who, "open", f'{{"kind": "{kind.value}"}}')
        await desk.files(who, kind)
    for platform in ("snapchat", "facebook", "tiktok"):
        await desk.files("teacher", FilingKind.NEW_ACCOUNT, **(filed | {"platform": platform, "page_type": "profile"}))
    await desk.files("teacher", FilingKind.NEW_ACCOUNT, **(filed | {"administrators": f"coach{at}"}))
    await desk.files("teacher", FilingKind.REGISTER, **(filed | {"organization": "Band", "handle": "@rhsband"}))
    await desk.presses("coach", "Yes, I will")
    await desk.presses("office", "Yes, I will")
    await desk.files("coach", FilingKind.REMOVE_ADMINISTRATOR, account="@rhsband", administrator=f"office{at}")
    await desk.files("specialist", FilingKind.ASKED_TO_REMOVE, account="@rhsband", note="Music without a licence")
    for reminder in [each for outcome in desk.outcomes for each in outcome.reminders]:
        await desk.remind(reminder)

    shelf = await staff.districts.shelf(district_id)
    others = [await staff.districts.shelf(other) for other in staff.districts.all if other != district_id]
    quoted = sum(check(reply, shelf, others) for reply in everything_said(desk))

    assert quoted >= (12 if district_id == "redlands" else 4)
