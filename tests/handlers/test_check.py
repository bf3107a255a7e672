"""What a member of staff is told about a post before it is published, and what is remembered of it."""

import json

import pytest
from sqlalchemy import text as sql

from handlers.replies import Bullets, Choices, CopyText, MarkedText, Reply
from tests.support.case_desk import whole
from tests.support.product import Talk, quotes, words

NO_RELEASES = "can I post this?\nWhat a season! Photo of our seniors, two of them have no release on file."
HARMLESS = "can I post this?\nBook fair opens Monday at 8 in the library. See you there!"


async def remembered(staff: Talk) -> list[dict[str, object]]:
    async with staff.database.engine.begin() as connection:
        rows = await connection.execute(sql("SELECT * FROM questions ORDER BY asked_at, event_key"))
        return [dict(row._mapping) for row in rows]


def headline(reply: Reply) -> str:
    return words(reply).splitlines()[0]


def asked(reply: Reply) -> list[str]:
    """The questions that come with buttons for their answers."""
    return [
        part.prompt
        for part in reply.parts
        if isinstance(part, Choices) and any(button.verb == "said" for button in part.buttons)
    ]


def bullets(reply: Reply) -> list[str]:
    return [item for part in reply.parts if isinstance(part, Bullets) for item in part.items]


async def test_harmless_draft_gets_its_yes(staff: Talk) -> None:
    """A plain notice gets a plain yes, with the clause on what the accounts are for."""
    reply = await staff.says(HARMLESS)

    assert headline(reply) == "Nothing in the guidelines stands against it."
    assert quotes(reply)


async def test_draft_with_a_missing_release_is_refused_with_the_clause_and_what_would_make_it_fine(staff: Talk) -> None:
    """The person reads why, in the district's own words, and what to do, in ours."""
    reply = await staff.says(NO_RELEASES)

    assert headline(reply).startswith("Not as it stands")
    assert "Media Consent Release" in quotes(reply)[0].text
    assert quotes(reply)[0].lead_in == "At no time is it acceptable to:"
    assert any("AERIES Parent Portal" in item for item in bullets(reply))
    assert staff.button("Ask the specialist").verb == "refer"


async def test_bare_request_asks_for_the_draft_and_takes_the_next_message_for_it(staff: Talk) -> None:
    """The bare request is answered with a request for the post; what comes then is the post."""
    first = await staff.says("can I post this?")
    second = await staff.says("Band boosters spaghetti dinner, Friday 5 to 8 in the cafeteria!")

    assert "Paste the text" in words(first)
    assert headline(second) == "Nothing in the guidelines stands against it."
    assert [row["verdict"] for row in await remembered(staff)] == [None, "allowed"]


@pytest.mark.parametrize("instead", ["how many admins does our page need?", "never mind"])
async def test_something_else_after_the_bare_request_is_no_draft(instead: str, staff: Talk) -> None:
    """Whoever changes their mind is answered and not checked."""
    await staff.says("can I post this?")
    await staff.says(instead)

    assert (await remembered(staff))[-1]["post"] is None


async def test_unsaid_release_is_asked_about_and_the_answer_changes_the_verdict(staff: Talk) -> None:
    """The verdict states its condition, and one press turns it into a yes or a no, in place of the first reply."""
    draft = "can I post this on our facebook page?\nOur fourth graders with their volcanoes, photo of the whole class smiling."
    reply = await staff.says(draft)
    yes = await staff.presses("Yes, for each")

    assert headline(reply).startswith("Only if the conditions below are met")
    assert asked(reply)[:1] == ["Is a release on file for every student in it?"]
    assert yes.reply is not None
    assert yes.replaces_pressed_message
    assert headline(yes.reply) == "Nothing in the guidelines stands against it."
    assert asked(yes.reply) == []
    assert [row["verdict"] for row in await remembered(staff)] == ["allowed"]


async def test_answer_that_is_no_answer_changes_nothing(staff: Talk) -> None:
    """A made-up button value is told as out of date, and what was judged stays."""
    await staff.says(
        "can I post this on our facebook page?\nOur fourth graders with their volcanoes, photo of the class."
    )
    question_id = staff.button("Yes, for each").value.split()[0]
    before = await remembered(staff)
    for value in (
        f"{question_id} consent maybe",
        f"{question_id} nonsense yes",
        f"{question_id} recognisable yes",
        question_id,
        "",
    ):
        outcome = await staff.press("said", value)
        assert outcome.reply is not None

    assert await remembered(staff) == before


async def test_answer_from_another_conversation_is_refused(staff: Talk) -> None:
    """The id of a question is no right: only the conversation that holds the post may answer, and read it back."""
    await staff.says(
        "can I post this on our facebook page?\nOur fourth graders with their volcanoes, photo of the class."
    )
    value = staff.button("Yes, for each").value
    staff.conversation = "staff/redlands/2"
    outcome = await staff.press("said", value)

    assert outcome.reply is not None
    assert "volcanoes" not in repr(outcome.reply)
    assert [row["verdict"] for row in await remembered(staff)] == ["allowed_with_conditions"]


async def test_answer_to_a_post_of_another_district_is_refused(staff: Talk) -> None:
    """A question's id opens nothing to another district."""
    await staff.says(
        "can I post this on our facebook page?\nOur fourth graders with their volcanoes, photo of the class."
    )
    value = staff.button("Yes, for each").value
    staff.district_id = "hesperia"
    outcome = await staff.press("said", value)

    assert outcome.reply is not None
    assert quotes(outcome.reply) == []
    assert [row["verdict"] for row in await remembered(staff)] == ["allowed_with_conditions"]


async def test_fact_typed_afterwards_counts_like_a_button(staff: Talk) -> None:
    """Somebody who writes the answer instead of pressing it is understood."""
    await staff.says(
        "can I post this on our facebook page?\nOur fourth graders with their volcanoes, photo of the class."
    )
    reply = await staff.says("one boy has no release on file")

    assert headline(reply).startswith("Not as it stands")


async def test_personal_data_is_marked_masked_and_offered_for_copying(staff: Talk) -> None:
    """A number is marked with what it is; the draft without it can be copied; the number itself is nowhere."""
    reply = await staff.says("can I post this?\nLost: a set of keys. Call Dana's mom at 909-555-0144 if you find them.")
    marked = next(part for part in reply.parts if isinstance(part, MarkedText))
    copy = next(part for part in reply.parts if isinstance(part, CopyText))

    assert "[phone number]" in [span.text for span in marked.spans if span.is_marked]
    assert "[phone number]" in copy.text
    assert "555" not in copy.text
    assert headline(reply).startswith("Not as it stands")


async def test_sentence_that_a_clause_concerns_is_marked(staff: Talk) -> None:
    """In a post of several sentences the one that sinks it is shown."""
    reply = await staff.says(
        "can I post this on twitter?\nGym floor is finished and it shines. The alarm code for the east door is on the sticky note. See all of you on Monday!"
    )
    marked = next(part for part in reply.parts if isinstance(part, MarkedText))

    assert [span.text for span in marked.spans if span.is_marked] == [
        "The alarm code for the east door is on the sticky note."
    ]


async def test_platform_that_the_district_does_not_approve_is_explained(staff: Talk) -> None:
    """TikTok is refused in Redlands with its closed list, and allowed in Hesperia, which has none."""
    draft = "can I post this on our tiktok?\nPancake breakfast Saturday at 7!"
    redlands = await staff.says(draft)
    staff.district_id = "hesperia"
    hesperia = await staff.says(draft)

    assert "only district-approved social media platforms" in quotes(redlands)[0].text
    assert headline(hesperia) == "Nothing in the guidelines stands against it."


async def test_attached_file_is_honestly_not_looked_into(staff: Talk) -> None:
    """The bot says that it does not look into pictures, asks about consent, and gives no plain yes."""
    reply = await staff.says(HARMLESS, attachments=("fair.jpg",))

    assert "do not look into the file" in words(reply)
    assert headline(reply).startswith("Only if the conditions below are met")
    assert asked(reply)[:1] == ["Is a release on file for every student in it?"]


async def test_file_without_words_is_asked_about(staff: Talk) -> None:
    """A picture and "can I post this?" are answered with what has to be known."""
    first = await staff.says("can I post this?", attachments=("team.jpg",))
    second = await staff.says("Go Wildcats, what a night for our volleyball program!")

    assert "do not look into the file" in words(first)
    assert asked(second)[:1] == ["Is a release on file for every student in it?"]


async def test_idea_in_words_is_checked_like_a_draft(staff: Talk) -> None:
    """Nobody has to write the post first."""
    reply = await staff.says("ok to put the team photo on our IG story?")

    assert headline(reply).startswith("Not as it stands")
    assert any("temporary still or moving images" in quote.text for quote in quotes(reply))


async def test_live_matter_goes_to_the_specialist_with_the_printed_contact(staff: Talk) -> None:
    """Where the rules ask for collaboration, the person is told whom, as the document prints it."""
    reply = await staff.says(
        "can I post this?\nTo set the record straight about the video from Friday's fight that everyone is sharing: our coaches acted properly."
    )

    assert "Specialist" in headline(reply)
    assert any("(909) 307-5300" in quote.text for quote in quotes(reply))


async def test_what_is_remembered_is_masked_and_names_clauses_and_version(staff: Talk) -> None:
    """The record holds the masked draft, the verdict, the clauses shown and the version of the document."""
    await staff.says(
        "can I post this?\nCongrats to our student Marisol Vega on her 4.0! Questions: marisol.vega@gmail.com"
    )
    row = (await remembered(staff))[0]
    kept = json.dumps(row, default=str)

    assert row["verdict"] == "not_allowed"
    assert row["guideline_version"] == 1
    assert "protecting-confidential-information" in kept
    assert "Marisol" not in kept
    assert "gmail" not in kept


async def test_referral_of_a_checked_draft_carries_the_masked_draft(staff: Talk) -> None:
    """One press sends the draft to the specialist's channel, without the personal data."""
    await staff.says("can I post this?\nCall Dana's mom at 909-555-0144 about the carpool to Friday's game.")
    await staff.presses("Ask the specialist")
    outcome = await staff.presses("Send it")
    posted = whole(outcome.posts[0].reply)

    assert "[phone number]" in posted
    assert "555" not in posted


@pytest.mark.parametrize(
    ("message", "headline_begins", "quoted"),
    [
        (
            "can I hide this comment? he keeps calling our principal a fat pig and worse",
            "It looks like a comment that may be removed",
            "harassing",
        ),
        (
            "someone put an ad for their roofing company under our post, may I delete it?",
            "It looks like a comment that may be removed",
            "",
        ),
        (
            "can we delete what he wrote under our post? he just says the new schedule is dumb",
            "I see no category that covers it",
            "",
        ),
    ],
)
async def test_comment_gets_its_category_or_none(message: str, headline_begins: str, quoted: str, staff: Talk) -> None:
    """A comment falls under a category of the comments policy, with what to do, or is left."""
    reply = await staff.says(message)

    assert headline(reply).startswith(headline_begins)
    assert any(quoted in quote.text for quote in quotes(reply))


async def test_comment_in_a_district_without_a_comments_policy_is_not_covered(staff: Talk) -> None:
    """Hesperia's document says nothing of comments, and so does the answer."""
    staff.district_id = "hesperia"
    reply = await staff.says("can I hide this comment? he keeps calling our principal a fat pig and worse")

    assert "do not cover this" in words(reply)
    assert quotes(reply) == []


async def test_missing_release_told_after_a_yes_takes_the_yes_back(staff: Talk) -> None:
    """The newer word counts, whether pressed or typed."""
    await staff.says(
        "can I post this on our facebook page?\nOur fourth graders with their volcanoes, photo of the class."
    )
    yes = await staff.presses("Yes, for each")
    no = await staff.says("one boy has no release on file")

    assert yes.reply is not None
    assert headline(yes.reply) == "Nothing in the guidelines stands against it."
    assert headline(no).startswith("Not as it stands")


@pytest.mark.parametrize(
    "messages",
    [
        ["ok to post this on our facebook page?\nBook fair opens Monday at 8 in the library."],
        ["can I post this?", "Book fair opens Monday at 8 in the library."],
        ["can I post this?\nBook fair opens Monday at 8 in the library.", "it's for our facebook page"],
        ["can I post the bell schedule on our facebook page?"],
    ],
)
async def test_file_counts_as_unseen_until_somebody_says_what_is_in_it(messages: list[str], staff: Talk) -> None:
    """Words about the platform say nothing of the picture, so there is no plain yes yet."""
    first, *rest = messages
    reply = await staff.says(first, attachments=("fair.jpg",))
    for message in rest:
        reply = await staff.says(message)

    assert headline(reply) != "Nothing in the guidelines stands against it."


async def test_file_that_is_described_counts_as_seen(staff: Talk) -> None:
    """A flyer without people needs no release."""
    await staff.says(HARMLESS, attachments=("fair.jpg",))
    reply = await staff.says("the picture shows the flyer, no people")

    assert headline(reply) == "Nothing in the guidelines stands against it."


async def test_draft_longer_than_what_is_read_gets_no_plain_yes(staff: Talk) -> None:
    """What stands behind the limit was not read, and may be anything."""
    reply = await staff.says("can I post this?\n" + "Book fair opens Monday in the library, all are welcome. " * 90)

    assert headline(reply) != "Nothing in the guidelines stands against it."
    assert "4,000 characters" in words(reply)


async def test_alarm_after_the_bare_request_is_heard_as_an_alarm(staff: Talk) -> None:
    """Whoever reports danger is answered with the emergency wording, whatever was awaited."""
    await staff.says("can I post this?")
    reply = await staff.says("a student just told me he is going to kill himself tonight")

    assert "911" in headline(reply)
    assert (await remembered(staff))[-1]["escalate"]


@pytest.mark.parametrize("chatter", ["one sec", "hello", "thanks"])
async def test_small_talk_does_not_end_the_waiting_for_the_draft(chatter: str, staff: Talk) -> None:
    """Somebody who looks for the text first is still asked for it."""
    await staff.says("can I post this?")
    await staff.says(chatter)
    reply = await staff.says("Band boosters spaghetti dinner, Friday 5 to 8 in the cafeteria!")

    assert headline(reply) == "Nothing in the guidelines stands against it."


async def test_platform_said_with_the_awaited_draft_counts(staff: Talk) -> None:
    """The bot asks for the platform, so it listens when it is told."""
    await staff.says("can I post this?")
    reply = await staff.says("It is for our tiktok. Pancake breakfast Saturday at 7, bring the family!")

    assert headline(reply).startswith("Not as it stands")


async def test_idea_stays_an_idea_after_an_addition(staff: Talk) -> None:
    """The question itself is not taken for the text of the post."""
    await staff.says("can I post a photo of my class on facebook?")
    reply = await staff.says("all releases on file")
    last = (await remembered(staff))[-1]

    assert not any(isinstance(part, MarkedText) for part in reply.parts)
    post = last["post"] if isinstance(last["post"], dict) else json.loads(str(last["post"]))
    assert post["is_described"] is True


@pytest.mark.parametrize(
    "draft",
    [
        "Let's be real, Mondays are hard. Coffee in the staff lounge at 7!",
        "Field trip Friday! Don't forget your permission slip at home.",
        "Share your story with us at the alumni booth on Saturday.",
    ],
)
async def test_everyday_words_are_no_signs(draft: str, staff: Talk) -> None:
    """To be real is no app, a permission slip no missing release, a story to tell no disappearing post."""
    reply = await staff.says(f"can I post this on our facebook page?\n{draft}")

    assert not headline(reply).startswith("Not as it stands")
