"""Only the right people work on a case, each step once, and nothing of it reaches anybody else."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot import answering
from handlers.incoming import Press, ThreadMessage
from knowledge.cases import CaseKind, CaseState
from knowledge.district import SHIPPED
from knowledge.people import Standing
from tests.support.case_desk import CaseDesk, colleague, whole
from tests.support.product import Talk

STORY = "The paper keeps asking about the coach, and the story is all over town"
PRESSES = (
    "case-claim",
    "case-unclaim",
    "case-still",
    "case-hand-over",
    "case-take-over",
    "case-note",
    "case-resolve",
    "case-reopen",
    "case-join",
    "case-timeline",
    "precedent",
    "precedent-withdraw",
)
FORMS = ("case-hand-over", "case-take-over", "case-note", "case-resolve", "precedent")


@pytest.fixture
async def desk(staff: Talk) -> CaseDesk:
    desk = await CaseDesk.open(staff)
    await desk.press("specialist", "mine")
    await desk.press("deputy", "mine")
    await desk.reports("teacher", STORY)
    return desk


async def test_nobody_but_specialists_and_deputies_works_on_a_case(desk: CaseDesk) -> None:
    """Every button and every form, pressed by a teacher, by a guest and by a program that have the role."""
    before = await desk.case()
    guest = replace(desk.person("specialist"), id="guest", email="guest@elsewhere.example", standing=Standing.GUEST)
    program = replace(desk.person("specialist"), id="bot", email="", standing=Standing.BOT)
    for person in (desk.person("teacher"), desk.person("principal"), guest, program):
        is_staff = person.standing is Standing.MEMBER
        refused = "Only the district's specialist or a deputy can do this" if is_staff else "you are here as a guest"
        for verb in PRESSES:
            outcome = await desk.press("specialist", verb, "1.1", person=person)
            assert refused in whole(outcome.reply), verb
            assert outcome.posts == ()
        for verb in FORMS:
            fields = {"note": "x", "outcome": "responded", "deputy": "deputy@redlands.example", "question": "q" * 20}
            outcome = await desk.sends("specialist", verb, "1", fields, person=person)
            assert refused in whole(outcome.reply), verb
    assert await desk.case() == before


@pytest.mark.parametrize("value", ["", "0", "-1", "7", "1e3", "1" * 40, "x", "\u0661", "1\u200b", "9999999999"])
async def test_button_of_no_case_of_this_district_is_answered(desk: CaseDesk, value: str) -> None:
    """Whatever a button carries, the answer is a sentence."""
    outcome = await desk.press("specialist", "case-claim", value)

    assert "There is no such case here" in whole(outcome.reply)
    assert (await desk.case()).state is CaseState.OPEN


async def test_another_districts_specialist_finds_no_case(desk: CaseDesk) -> None:
    """Case 1 of Redlands is nothing to Hesperia: not by button, form, thread, list or file."""
    other = await CaseDesk.open(desk.talk, "hesperia")
    pressed = await other.press("specialist", "case-claim", "1")
    card = (await desk.card_of("specialist")).name
    written = await other._take(
        ThreadMessage(
            district_id="hesperia",
            person=other.person("specialist"),
            conversation=desk.conversation("specialist"),
            event_key="stolen",
            message=card,
            text="hello from elsewhere",
        )
    )
    listed = whole(await other.says("specialist", "/postwise cases"))
    file = whole(await other.says("specialist", "/postwise cases csv"))

    assert "There is no such case here" in whole(pressed.reply)
    assert written.posts == ()
    assert "No case is open" in listed
    assert "C-1" not in file
    assert "hello from elsewhere" not in await desk.words("teacher")


async def test_claim_cannot_be_stolen_silently(desk: CaseDesk) -> None:
    """A second press changes nothing and says who has it; taking over asks why, tells the other, and stands in the timeline."""
    await desk.hits("specialist", "Claim")
    again = await desk.press("deputy", "case-claim", "1")
    resolved = await desk.press("deputy", "case-resolve", "1")
    unclaimed = await desk.press("deputy", "case-unclaim", "1")
    form = await desk.press("deputy", "case-take-over", "1")
    await desk.fills("deputy", form, note="in a meeting until noon")

    assert "Sam Specialist has C-1 already" in whole(again.reply)
    assert "Sam Specialist has C-1 already" in whole(resolved.reply)
    assert "Only whoever has C-1 can do this" in whole(unclaimed.reply)
    case = await desk.case()
    assert case.claimed_by is not None
    assert case.claimed_by.id == "deputy"
    assert "Dee Deputy has taken C-1 over from you" in await desk.words("specialist")
    assert "Dee Deputy took it over: in a meeting until noon" in (await desk.card_of("specialist")).words
    assert "Dee Deputy has claimed C-1" in await desk.thread_of("teacher")


async def test_hand_over_goes_to_somebody_who_may_work_on_it(desk: CaseDesk) -> None:
    """The form offers the others who work on cases; a teacher's address in it is refused."""
    await desk.hits("specialist", "Claim")
    form = await desk.hits("specialist", "Hand over")
    refused = await desk.fills("specialist", form, deputy="teacher@redlands.example")
    await desk.fills("specialist", form, deputy="deputy@redlands.example")

    assert "Choose a specialist or deputy" in whole(refused.reply)
    assert (await desk.case()).claimed_by == replace(desk.person("deputy"), roles=frozenset())


async def test_giving_it_back_pings_for_it_again(desk: CaseDesk) -> None:
    """Whoever gives a case back leaves it to everybody, at once and after the interval."""
    await desk.hits("specialist", "Claim")
    await desk.hits("specialist", "Give it back")
    assert "Sam Specialist gave C-1 back" in await desk.words("specialist")
    assert "back with everybody" in await desk.thread_of("teacher")

    await desk.later(minutes=16)
    assert "C-1 still waits" in await desk.words("specialist")


async def test_note_stays_among_the_specialists(desk: CaseDesk) -> None:
    """By the form and by a message that begins with "note:"; its personal data is masked."""
    await desk.hits("specialist", "Claim")
    form = await desk.hits("specialist", "Add a note")
    await desk.fills("specialist", form, note="The mother called, 909-555-0144, be careful")
    await desk.writes("specialist", "note: do not tell the teacher yet")

    seen = await desk.words("teacher")
    assert "be careful" not in seen
    assert "do not tell the teacher" not in seen
    card = (await desk.card_of("specialist")).words
    assert "Sam Specialist noted: The mother called, [phone number], be careful" in card
    assert "Sam Specialist noted: do not tell the teacher yet" in card


async def test_who_answers_a_case_that_nobody_has_has_it(desk: CaseDesk) -> None:
    """So that two do not answer at once, and nobody is pinged for what is being answered."""
    await desk.writes("deputy", "I am on it, tell me more")

    assert (await desk.case()).state is CaseState.CLAIMED
    await desk.later(hours=1)
    assert "still waits" not in await desk.words("specialist")


async def test_words_of_others_under_a_card_go_nowhere(desk: CaseDesk) -> None:
    """Somebody in the channel without the role is told that it stayed there; a colleague cannot write into another's case."""
    await desk.writes("specialist", "let me answer this one", person=desk.person("principal"))
    assert "let me answer this one" not in await desk.words("teacher")
    assert "That was not sent on" in await desk.thread_of("specialist")

    stranger = await desk.writes("teacher", "I am not the teacher", person=desk.person("coach"))
    assert "was opened by somebody else" in whole(stranger.reply)
    assert "I am not the teacher" not in await desk.words("specialist")


async def test_writer_is_told_of_masking_and_attachments_are_named_only(desk: CaseDesk) -> None:
    """Both ways; the file names are masked like everything else."""
    await desk.hits("specialist", "Claim")
    await desk.writes("teacher", "Her mom's cell is 909-555-0144", attachments=("IMG_1.jpg",))
    await desk.writes("specialist", "Mine is 909-555-0123", attachments=("statement.docx",))

    mine, theirs = await desk.thread_of("teacher"), await desk.thread_of("specialist")
    assert "Her mom's cell is [phone number]" in theirs
    assert "Tess Teacher attached: IMG_1.jpg. I name attachments and do not copy them" in theirs
    assert "Personal data in it was masked before it was sent." in mine
    assert "Mine is [phone number]" in mine
    assert "Sam Specialist attached: statement.docx" in mine
    assert "555" not in mine + theirs


async def test_person_who_left_is_named_as_not_reached(desk: CaseDesk) -> None:
    """Nothing is sent into the void: the specialist reads why, and what to do."""
    await desk.hits("specialist", "Claim")
    async with desk.database.unit() as unit:
        await unit.people.deactivate(district_id="redlands", platform="local", person_id="teacher")
    await desk.writes("specialist", "Are you still there?")

    assert "Not delivered to Tess Teacher: they have left" in await desk.thread_of("specialist")
    assert "(not delivered)" in (await desk.card_of("specialist")).words


async def test_resolved_case_can_be_written_to_and_opened_again(desk: CaseDesk) -> None:
    """A late fact reaches the thread with a hint; opening it again gives it to whoever presses."""
    form = await desk.hits("specialist", "Resolve")
    empty = await desk.fills("specialist", form, outcome="responded", note="  ")
    assert "Say what was decided or done" in whole(empty.reply)
    await desk.fills("specialist", form, outcome="responded", note="A statement is out.")
    await desk.writes("teacher", "It goes on, look at the comments")
    assert "C-1 is resolved. Open it again on its card" in await desk.thread_of("specialist")

    await desk.hits("deputy", "Open it again")
    assert (await desk.case()).state is CaseState.CLAIMED
    assert "Dee Deputy has opened C-1 again" in await desk.thread_of("teacher")
    stale = await desk.press("specialist", "case-reopen", "1")
    assert "no longer as this card shows" in whole(stale.reply)


async def test_similar_cases_are_joined_by_a_press(desk: CaseDesk) -> None:
    """The second opener is told, takes part from then on, and the pings of the second case end."""
    await desk.reports("coach", STORY + "!", is_same="another")
    asked = await desk.reports("coach", STORY + "!!")
    assert "tells of the same" in whole(asked.reply)
    card = await desk.card_of("specialist", 2)
    assert "Perhaps the same as C-1" in card.words
    await desk.hits("specialist", "Same as C-1", case=2)

    assert (await desk.case(2)).state is CaseState.JOINED
    assert "C-2 is now worked on as one with C-1" in await desk.thread_of("coach", 2)
    await desk.later(minutes=16)
    said = await desk.words("specialist")
    assert "C-1 still waits" in said
    assert "C-2 still waits" not in said


async def test_danger_beside_a_controversy_is_a_case_of_its_own(desk: CaseDesk) -> None:
    """A claimed comment storm must not swallow a gun: it is pinged for by itself, with its own words."""
    await desk.hits("specialist", "Claim")
    await desk.says("teacher", "now a dad writes that he will come to school with a gun")
    await desk.settle()

    assert (await desk.case(1)).kind is CaseKind.CONTROVERSY
    assert (await desk.case(2)).kind is CaseKind.SAFETY
    assert (await desk.card_of("teacher", 2)).words.startswith("If anyone is in danger now, call 911.")
    await desk.later(minutes=6)
    assert "C-2 still waits: SAFETY" in await desk.words("specialist")


async def test_more_danger_of_one_matter_is_pinged_with_its_words_though_somebody_has_it(staff: Talk) -> None:
    """The second message of a counsellor in the same minutes joins her case, wakes the channel, and is watched at once."""
    desk = await CaseDesk.open(staff)
    await desk.press("specialist", "mine")
    await desk.says("teacher", "a student just posted that he will bring a gun to school tomorrow")
    await desk.settle()
    await desk.hits("specialist", "Claim")
    answer = await desk.says("teacher", "he is in the parking lot now with a gun")
    await desk.settle()

    assert whole(answer).startswith("If anyone is in danger now, call 911.")
    woken = next(each.words for each in await desk.sees("specialist") if "writes now" in each.words)
    assert "Sam Specialist has it." in woken
    assert "he is in the parking lot now with a gun" in woken
    assert "@Sam Specialist" in woken
    await desk.later(minutes=6)
    assert "without a step" in await desk.words("specialist")


async def test_danger_written_under_a_card_is_heard(desk: CaseDesk) -> None:
    """Also there the emergency wording comes first, and the case becomes one of safety."""
    await desk.writes("teacher", "he just wrote that he will shoot up the school")

    assert (await desk.case()).kind is CaseKind.SAFETY
    assert (await desk.thread_of("teacher")).startswith("If anyone is in danger now, call 911.")
    await desk.later(minutes=6)
    assert "C-1 still waits: SAFETY" in await desk.words("specialist")


async def test_form_that_tells_of_danger_is_a_safety_case_whatever_was_chosen(desk: CaseDesk) -> None:
    """In a hurry the first choice is left as it stands."""
    form = await desk.says("coach", "/escalate a student wrote he has a gun in his bag")
    assert whole(form).startswith("If anyone is in danger now, call 911.")
    await desk.reports("coach", "a student wrote he has a gun in his bag", kind="controversy")

    assert (await desk.case(2)).kind is CaseKind.SAFETY


@pytest.mark.parametrize(
    "note", ["note: x", "NOTE - x", "notes: x", "*note:* x", "@Sam note: x", "// x", "\uff2eOTE\uff1a x", "note\nx"]
)
async def test_whatever_begins_as_a_note_stays_inside(desk: CaseDesk, note: str) -> None:
    """Where it is in doubt, it stays."""
    await desk.writes("specialist", note.replace("x", "the mother called at 10, she said: take it down"))

    assert "the mother called" not in await desk.words("teacher")
    assert "she said: take it down" in (await desk.card_of("specialist")).words


async def test_hidden_signs_carry_nothing_past_the_mask(desk: CaseDesk) -> None:
    """A number cut by invisible characters, or written in other digits, is the same number."""
    for hidden in (
        "219\u200b-09\u00ad-9999",
        "\uff12\uff11\uff19-\uff10\uff19-\uff19\uff19\uff19\uff19",
        "219\u201109\u20119999",
    ):
        await desk.writes("teacher", f"her SSN is {hidden}")
    assert (await desk.thread_of("specialist")).count("her SSN is [social security number]") == 3


async def test_opener_can_say_that_it_was_a_mistake(staff: Talk) -> None:
    """The specialists read it; whether it was one, they judge, so the case stays open."""
    desk = await CaseDesk.open(staff)
    await desk.says("teacher", "a student just posted that he will bring a gun to school tomorrow")
    await desk.settle()
    await desk.hits("teacher", "It was a mistake")

    assert "It was a mistake, its opener says." in await desk.thread_of("specialist")
    assert (await desk.case()).state is CaseState.OPEN


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"happened": ""}, "Say what happened"),
        ({"happened": " \u200b\u202e "}, "Say what happened"),
        ({"kind": "apocalypse"}, "Choose one of the three"),
    ],
)
async def test_bad_form_comes_back_with_the_problem_at_its_field(
    desk: CaseDesk, fields: dict[str, str], problem: str
) -> None:
    """Nothing is stored, and what was typed stands there still."""
    came = await desk.reports("coach", "Somebody made a page in our name", **fields)

    assert problem in whole(came.reply)
    async with desk.database.unit() as unit:
        assert len(await unit.cases.live(district_id="redlands")) == 1


async def test_hostile_report_is_shown_as_plain_text_and_masked(desk: CaseDesk) -> None:
    """Markup, directions and a wall of text become a short plain summary without personal data."""
    hostile = "<!channel> <script>alert(1)</script> \u202eevil her SSN is 219-09-9999 " + "A" * 12_000
    await desk.reports("coach", hostile)

    case = await desk.case(2)
    assert len(case.summary) <= 1500
    assert "219-09-9999" not in case.summary
    assert "\u202e" not in case.summary
    assert case.summary.startswith("<!channel> <script>")


async def test_colleague_with_a_role_by_settings_may_claim(desk: CaseDesk) -> None:
    """Whoever the platform vouches for as specialist works on cases, whatever their name."""
    other = colleague(desk, "nina@redlands.example", role_of="specialist")
    await desk.hits("specialist", "Claim", person=other)

    assert (await desk.case()).claimed_by is not None
    assert "Nina has it" in (await desk.card_of("specialist")).words


async def test_danger_is_brought_before_the_specialist_also_where_we_fail(
    desk: CaseDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that breaks, or a message that brings servers down, must not cost a ping: the words are enough."""

    async def breaks(*_: object) -> None:
        raise RuntimeError("no model")

    monkeypatch.setattr(answering, "consider", breaks)
    await desk.says("coach", "a student just posted that he will bring a gun to school tomorrow")
    await desk.settle()
    other = await desk.says("coach", "how many admins does our page need?")

    assert (await desk.case(2)).kind is CaseKind.SAFETY
    assert (await desk.card_of("coach", 2)).words.startswith("If anyone is in danger now, call 911.")
    assert "Something went wrong on our side" in whole(other)


async def test_message_shortcut_opens_the_form_filled_in_with_the_message_masked(desk: CaseDesk) -> None:
    """What a platform hands over from "Escalate this post" is shown before it goes, like everything else."""
    outcome = await desk.turns.take(
        Press(
            district_id="redlands",
            person=desk.person("coach"),
            conversation=desk.conversation("coach"),
            event_key="shortcut",
            verb="escalate-edit",
            fields={"text": "Look at https://x.com/kvcr/status/17 about our coach, call me at 909-555-0144"},
        )
    )
    shown = whole(outcome.reply)
    assert "happened=Look at https://x.com/kvcr/status/17 about our coach, call me at [phone number]" in shown
    assert "links=https://x.com/kvcr/status/17" in shown
    async with desk.database.unit() as unit:
        assert len(await unit.cases.live(district_id="redlands")) == 1, "nothing is sent by opening a form"


async def test_district_without_a_clause_gives_its_own_contact_and_says_whose_it_is(
    staff: Talk, tmp_path: Path
) -> None:
    """Hesperia prints no phone: what its settings give is shown as its setting, at once and when nobody claims it."""
    folder = tmp_path / "districts" / "hesperia"
    folder.mkdir(parents=True)
    for name in ("district.toml", "social-media-guidelines.txt"):
        (folder / name).write_bytes((SHIPPED / "hesperia" / name).read_bytes())
    settings = folder / "district.toml"
    settings.write_text(settings.read_text().replace('contact = ""', 'contact = "Front office, extension 12"', 1))
    staff.districts.reread()
    desk = await CaseDesk.open(staff, "hesperia")
    form = await desk.press("teacher", "escalate-edit")
    await desk.fills("teacher", form, happened="A page in our name rates the girls of the team")

    assert "by Hesperia's own settings: Front office, extension 12" in (await desk.card_of("teacher")).words
    await desk.later(minutes=46)
    assert "By Hesperia's own settings: Front office, extension 12" in await desk.thread_of("teacher")
    assert "was told how to reach you by phone" in await desk.words("specialist")
