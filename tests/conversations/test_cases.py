"""Whole cases, from the first word to the ruling, as everybody sees them on their own page."""

from datetime import UTC, datetime

import pytest

from knowledge.cases import CaseKind, CaseState
from tests.support.case_desk import CaseDesk, whole
from tests.support.product import Talk
from tests.support.verbatim import check

STORM = "212 comments under our dance video and climbing, parents are calling the coach a racist"


@pytest.fixture
async def desk(staff: Talk) -> CaseDesk:
    desk = await CaseDesk.open(staff)
    await desk.press("specialist", "mine")  # a specialist is known once they have done something
    await desk.press("deputy", "mine")
    return desk


async def test_a_comment_storm_from_the_first_word_to_the_answer(desk: CaseDesk) -> None:
    """A teacher reports it, sees what will be sent, sends it; the specialist claims, writes, and resolves."""
    offered = await desk.says("teacher", STORM)
    assert "Please do not answer it alone" in whole(offered)
    assert "What will be sent, personal data masked: 212 comments" in whole(offered)
    assert await desk.words("specialist") == ""

    await desk.presses("teacher", "Send it")
    await desk.settle()
    assert "C-1 is with the District and Community Relations Specialist since 9:00 AM" in await desk.words("teacher")
    card = await desk.card_of("specialist")
    assert "C-1: a controversial-post situation" in card.words
    assert "212 comments under our dance video" in card.words
    assert "From Tess Teacher, teacher@redlands.example" in card.words
    assert "it is required to work in collaboration with the District" in card.words

    await desk.hits("specialist", "Claim")
    assert "Sam Specialist has claimed C-1" in await desk.thread_of("teacher")
    assert "C-1: Sam Specialist has it now." in (await desk.card_of("teacher")).words

    await desk.writes("specialist", "Please hide nothing yet. When was it posted?")
    assert "When was it posted?" in await desk.thread_of("teacher")
    assert "Delivered to Tess Teacher" in await desk.thread_of("specialist")

    await desk.writes("teacher", "Saturday evening, by our captain")
    assert "Saturday evening, by our captain" in await desk.thread_of("specialist")
    assert "Delivered to Sam Specialist" in await desk.thread_of("teacher")

    form = await desk.hits("specialist", "Resolve")
    await desk.fills("specialist", form, outcome="responded", note="We posted a statement and turned comments off.")
    assert "C-1 is resolved: a response was posted" in await desk.thread_of("teacher")
    assert "We posted a statement" in (await desk.card_of("teacher")).words
    assert "Resolved by Sam Specialist" in (await desk.card_of("specialist")).words
    assert len([each for each in await desk.sees("specialist") if "C-1: a controv" in each.words]) == 1


async def test_danger_is_sent_at_once_and_safety_comes_first(desk: CaseDesk) -> None:
    """No form, no preview: the emergency wording first, and the specialist's ping says safety."""
    await desk.says("teacher", "a student just posted that he will bring a gun to school tomorrow")
    await desk.settle()

    [own] = await desk.sees("teacher")
    first = own.words.splitlines()[0]
    card = await desk.card_of("specialist")
    assert first == "If anyone is in danger now, call 911. For a suicidal crisis, call or text 988."
    assert "It was sent at once" in own.words
    assert "(909) 307-5300" in own.words
    assert "form" not in own.words
    assert "C-1: SAFETY, a person may be in danger" in card.words
    assert "@Sam Specialist" in card.words


async def test_hesperia_quotes_its_duty_to_report_and_names_its_own_setting(staff: Talk) -> None:
    """Where no clause names a specialist, the wording says whose setting it is; the duty to report is the clause's."""
    desk = await CaseDesk.open(staff, "hesperia")
    await desk.says("teacher", "one of my students wrote on instagram that her stepdad hits her every night")
    await desk.settle()

    own = (await desk.sees("teacher"))[0].words
    assert own.startswith("If anyone is in danger now, call 911.")
    assert "[hesperia/expectations-for-all-use-of-social-media-personal-and/3] Report, as required by law" in own
    assert "district communications contact" in own
    assert "C-1: SAFETY" in await desk.words("specialist")


async def test_nobody_claims_it(desk: CaseDesk) -> None:
    """Re-ping, deputy, phone number, and on it goes: in business hours, each once."""
    await desk.reports("teacher", "The paper keeps asking about the coach, and the story is all over town")

    await desk.later(minutes=14)
    assert "still waits" not in await desk.words("specialist")
    await desk.later(minutes=2)
    assert (await desk.words("specialist")).count("C-1 still waits") == 1
    assert "The District and Community Relations Specialist has not claimed it" not in await deputywhole(desk)

    await desk.later(minutes=15)
    assert (await desk.words("specialist")).count("C-1 still waits") == 1, "the newest ping alone asks to be claimed"
    assert (await desk.words("specialist")).count("C-1 was brought up at") == 1
    assert "No deputy could be written to" in await desk.words("specialist") or await deputywhole(desk)

    await desk.later(minutes=15)
    assert "Nobody has claimed C-1 yet. Please call." in await desk.thread_of("teacher")
    assert "(909) 307-5300" in await desk.thread_of("teacher")

    await desk.later(minutes=58)
    assert (await desk.words("specialist")).count("C-1 was brought up at") == 2
    await desk.later(minutes=3)
    assert (await desk.words("specialist")).count("C-1 was brought up at") == 3

    await desk.hits("specialist", "Claim")
    await desk.later(hours=3)
    said = await desk.words("specialist")
    assert "still waits" not in said
    assert said.count("C-1 was brought up at") == 4


async def deputywhole(desk: CaseDesk) -> str:
    return "\n".join(each.words for each in await desk.messages(desk.own_conversation("deputy")))


async def test_deputy_is_asked_in_person_and_can_claim_from_there(desk: CaseDesk) -> None:
    """A deputy who has written to Postwise is asked in their own direct message; the button works there."""
    await desk.reports("teacher", "The paper keeps asking about the coach, and the story is all over town")
    async with desk.database.unit() as unit:
        await unit.people.see(
            district_id="redlands",
            person=desk.person("deputy"),
            conversation=desk.own_conversation("deputy"),
            at=desk.clock.now(),
        )

    await desk.later(minutes=31)

    asked = (await desk.messages(desk.own_conversation("deputy")))[-1]
    button = asked.button("Claim")
    await desk.press("deputy", button.verb, button.value)
    assert "C-1 waits for somebody" in asked.words
    assert (await desk.case()).claimed_by is not None


async def test_out_of_hours_a_controversy_waits_and_danger_does_not(desk: CaseDesk) -> None:
    """On Friday night the person is told what happens when; safety goes on by night, a controversy on Monday."""
    desk.clock.move_to(datetime(2026, 12, 5, 5, 0, tzinfo=UTC))  # Friday, December 4, 9 PM in California
    await desk.reports("teacher", "A parent group shares our page everywhere and it is getting ugly")
    await desk.says("coach", "a kid on my team texted that she wants to kill herself tonight")
    await desk.settle()

    storm, danger = (await desk.card_of("teacher", 1)).words, (await desk.card_of("coach", 2)).words
    assert "The office is closed now" in storm
    assert "the office opens Monday, December 7, 8:00 AM" in storm
    assert "brought up again every 5 minutes, by day and by night" in danger
    await desk.later(minutes=16)
    said = await desk.words("specialist")
    assert said.count("C-2 still waits") == 1
    assert said.count("C-2 was brought up at") == 2
    assert "C-1 still waits" not in said
    desk.clock.move_to(datetime(2026, 12, 7, 16, 14, tzinfo=UTC))
    await desk.settle()
    assert "C-1 still waits" not in await desk.words("specialist")
    await desk.later(minutes=2)
    assert (await desk.words("specialist")).count("C-1 still waits") == 1


async def test_claimed_and_forgotten(desk: CaseDesk) -> None:
    """Whoever has it is reminded once, then it goes back to everybody and is pinged for anew."""
    await desk.says("teacher", "a student just posted that he will bring a gun to school tomorrow")
    await desk.settle()
    await desk.hits("specialist", "Claim")

    await desk.later(minutes=29)
    assert "without a step" not in await desk.words("specialist")
    await desk.later(minutes=2)
    assert (await desk.words("specialist")).count("without a step") == 1
    await desk.later(minutes=30)
    assert "C-1 was unclaimed: nothing was done for too long" in await desk.words("specialist")
    assert (await desk.case()).state is CaseState.OPEN
    await desk.later(minutes=6)
    assert "C-1 still waits" in await desk.words("specialist")


async def test_one_who_works_on_it_is_not_taken_for_one_who_forgot(desk: CaseDesk) -> None:
    """A message in the thread, a note, or a press on "Still on it" count as a step."""
    await desk.says("teacher", "a student just posted that he will bring a gun to school tomorrow")
    await desk.settle()
    await desk.hits("specialist", "Claim")
    await desk.later(minutes=20)
    await desk.writes("specialist", "Who is he?")
    await desk.later(minutes=20)
    assert "without a step" not in await desk.words("specialist")
    await desk.later(minutes=15)
    reminded = next(each for each in await desk.sees("specialist") if "without a step" in each.words)
    button = reminded.button("Still on it")
    await desk.press("specialist", button.verb, button.value)
    await desk.later(minutes=29)
    assert (await desk.case()).state is CaseState.CLAIMED
    assert "was unclaimed" not in await desk.words("specialist")


async def test_two_reports_of_one_post_become_one_matter(desk: CaseDesk) -> None:
    """The second person is asked; both openers read what the specialist writes, and neither sees the other's words."""
    link = "https://www.facebook.com/groups/42/posts/99?fbclid=abc"
    await desk.reports("teacher", "Look what they write about our music teacher", links=link)
    asked = await desk.reports(
        "coach", "Somebody lies about a colleague of mine", links="https://m.facebook.com/groups/42/posts/99"
    )
    assert "C-1 tells of the same" in whole(asked.reply)
    assert "music teacher" not in whole(asked.reply)

    await desk.fills("coach", asked, is_same="1")
    await desk.hits("specialist", "Claim")
    await desk.writes("specialist", "Between us: the union knows.")
    await desk.hits("specialist", "Let C-2 take part")
    await desk.writes("specialist", "Thank you both. Please do not answer there.")

    assert (await desk.case(2)).joined_to == 1
    assert "the union knows" not in await desk.words("coach"), "who joins by a link reads nothing written to another"
    assert "Please do not answer there." in await desk.thread_of("teacher", 1)
    assert "Please do not answer there." in await desk.thread_of("coach", 2)
    assert "Somebody lies" in await desk.thread_of("specialist", 1)
    assert "Somebody lies" not in await desk.words("teacher")
    assert "music teacher" not in await desk.words("coach")


async def test_ruling_becomes_a_precedent_and_can_be_withdrawn(desk: CaseDesk) -> None:
    """From the next question on it stands beside the clause, marked and dated; withdrawn, it is gone."""
    asked = "do we need to translate our captions into spanish"
    assert "guidelines do not cover this" in whole(await desk.says("teacher", asked))
    await desk.presses("teacher", "Ask the specialist")
    await desk.presses("teacher", "Send it")
    await desk.settle()
    form = await desk.hits("specialist", "Resolve")
    await desk.fills(
        "specialist", form, outcome="answered", note="Translate captions of anything families must act on."
    )
    form = await desk.hits("specialist", "Save as precedent")
    saved = await desk.fills("specialist", form, question="Do captions have to be in Spanish too?", rests_on="none")
    assert "Saved as P-1" in whole(saved.reply)

    answer = await desk.says("office", "must captions be in spanish as well?")
    assert "ruling P-1 of the District and Community Relations Specialist, November 23, 2026" in whole(answer)
    assert "Translate captions of anything families must act on." in whole(answer)
    assert check(answer, await desk.talk.districts.shelf("redlands")) == 0
    other = await desk.says("office", "who may use the district's logo?")
    assert "ruling" not in whole(other)

    await desk.press("specialist", "precedent-withdraw", "1")
    assert "ruling" not in whole(await desk.says("office", "must captions be in spanish as well?"))


async def test_weekly_digest_tells_what_was_opened_and_what_the_guidelines_did_not_answer(desk: CaseDesk) -> None:
    """On Monday morning, once, with the time to claim and the questions grouped by likeness."""
    await desk.audited()
    await desk.says("teacher", "do we need to translate our captions into spanish")
    await desk.says("coach", "do our captions need to be translated into spanish?")
    await desk.reports("teacher", "The paper keeps asking about the coach, it is everywhere", school="Lincoln High")
    await desk.later(minutes=10)
    await desk.hits("specialist", "Claim")

    await desk.later(days=7)

    digests = [each.words for each in await desk.sees("specialist") if "Your week" in each.words]
    assert len(digests) == 1
    assert "1 case opened (1 controversy)" in digests[0]
    assert "Time to claim, controversy: 10 minutes" in digests[0]
    assert "Lincoln High: 1 case, claimed after 10 minutes (median)." in digests[0]
    assert "2x do" in digests[0]


@pytest.mark.parametrize("district_id", ["redlands", "hesperia"])
async def test_every_sentence_of_a_guideline_around_a_case_is_a_whole_clause(staff: Talk, district_id: str) -> None:
    """Previews, cards, pings, phone numbers, relays and resolutions quote their own district verbatim."""
    desk = await CaseDesk.open(staff, district_id)
    await desk.press("specialist", "mine")
    await desk.says("teacher", STORM)
    await desk.presses("teacher", "Send it")
    await desk.says("coach", "a student just posted that he will bring a gun to school tomorrow")
    await desk.later(hours=2)
    for number in (1, 2):
        await desk.hits("specialist", "Claim", case=number)
        await desk.writes("specialist", "On it.", case=number)
        form = await desk.hits("specialist", "Resolve", case=number)
        await desk.fills("specialist", form, outcome="nothing_to_do", note="It was looked into.")

    shelf = await staff.districts.shelf(district_id)
    others = [await staff.districts.shelf(other) for other in staff.districts.all if other != district_id]
    shown = [each for who in ("teacher", "coach", "specialist") for each in await desk.sees(who)]
    quoted = sum(check(each.reply, shelf, others) for each in shown)
    said = [outcome.reply for outcome in desk.outcomes if outcome.reply] + [post.reply for post in desk.posts()]
    for reply in said:
        check(reply, shelf, others)
    assert quoted >= 1
    assert (await desk.case(1)).kind is CaseKind.CONTROVERSY
