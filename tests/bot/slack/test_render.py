"""What a reply looks like in Slack: plain, whole, and inside Slack's limits."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.limits import MAX_BLOCKS, MAX_MESSAGE_CHARACTERS
from bot.slack.render import GOES_ON, STOPS_HERE, blocks_of, page_of, pages_of, text_of
from handlers.replies import (
    Bullets,
    Button,
    ButtonStyle,
    Choices,
    ClauseQuote,
    CopyText,
    MarkedText,
    Mentioned,
    Mentions,
    Paragraph,
    Reply,
    Ruling,
    Span,
    TextPrompt,
    Thread,
)
from tests.support.slack_shapes import problems_of_call
from tests.support.slack_world import text_in


def test_nothing_that_a_person_typed_becomes_markup() -> None:
    """A mention of everybody, a link or bold letters stay the letters they are."""
    typed = "<!channel> *free* <https://evil.example|click> & more"
    reply = Reply(parts=(Paragraph(text=typed),))

    (block,) = blocks_of(reply)

    [section] = block["elements"]
    assert section["elements"] == [{"type": "text", "text": typed}]
    assert "<" not in text_of(reply)


def test_buttons_carry_their_verb_and_value() -> None:
    """A press can be told from every other one, even where two buttons stand for the same."""
    choices = Choices(
        prompt="Decide:",
        buttons=(
            Button(label="Approve", verb="approve", value="12", style=ButtonStyle.PRIMARY),
            Button(label="Deny", verb="deny", value="12", style=ButtonStyle.DANGER),
            Button(label="Deny kindly", verb="deny", value="12"),
        ),
    )
    prompt = TextPrompt(label="Answer the asker", verb="reply", value="12")

    _, row, last = blocks_of(Reply(parts=(choices, prompt)))

    drawn = row["elements"] + last["elements"]
    assert [(each["action_id"], each["value"], each.get("style")) for each in drawn] == [
        ("approve/0", "12", "primary"),
        ("deny/1", "12", "danger"),
        ("deny/2", "12", None),
        ("ask:reply/3", "12", None),
    ]


def test_the_two_buttons_that_judge_an_answer_are_slacks_own_thumbs() -> None:
    """Beside the others, under what asks for them; in a modal, where Slack has none, they are buttons."""
    choices = Choices(
        prompt="Did this help?",
        buttons=(
            Button(label="Yes", verb="helpful", value="q1"),
            Button(label="No", verb="unhelpful", value="q1"),
            Button(label="Ask the specialist", verb="refer", value="q1"),
        ),
    )

    row, _, thumbs = blocks_of(Reply(parts=(choices,)))
    _, buttons = blocks_of(Reply(parts=(choices,)), in_message=False)

    assert [each["action_id"] for each in row["elements"]] == ["refer/0"]
    [pair] = thumbs["elements"]
    assert (pair["positive_button"]["value"], pair["negative_button"]["value"]) == ("helpful:q1", "unhelpful:q1")
    assert len(buttons["elements"]) == 3


def test_clause_longer_than_a_section_is_shown_whole() -> None:
    """Nothing of a clause is cut off; it goes on in the next block, and the lead-in stands before it."""
    text = "Employees shall " * 400
    quote = ClauseQuote(clause_id="x/1", section="S", lead_in="At no time:", text=text, document="D, version 1")

    shown = text_in(blocks_of(Reply(parts=(quote,))))

    assert text in shown.replace("\n", "")
    assert shown.startswith("At no time:")


def test_what_is_edited_in_place_says_where_it_had_to_stop_and_keeps_its_buttons() -> None:
    """A card is one message for ever."""
    lines = Bullets(items=tuple(f"Line {number}. " + "x" * 900 for number in range(30)))
    reply = Reply(parts=(lines, Choices(buttons=(Button(label="Claim", verb="case-claim", value="1"),))))

    page = page_of(reply)

    assert STOPS_HERE in text_in(page)
    assert "Claim" in text_in(page)
    assert problems_of_call("chat.update", {"channel": "C0X", "ts": "1.1", "text": "x", "blocks": page}) == []


def text(most: int = 4000) -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=most).filter(str.strip)


PARTS = st.one_of(
    st.builds(Paragraph, text=text(), is_headline=st.booleans()),
    st.builds(
        ClauseQuote,
        clause_id=text(20),
        section=text(300),
        lead_in=st.none() | text(500),
        text=text(8000),
        document=text(100),
    ),
    st.builds(Bullets, items=st.lists(text(1000), min_size=1, max_size=60).map(tuple)),
    st.builds(
        MarkedText,
        label=text(50),
        spans=st.lists(
            st.builds(Span, text=text(), is_marked=st.booleans(), note=st.just("") | text(50)), max_size=9
        ).map(tuple),
    ),
    st.builds(CopyText, label=text(50), text=text()),
    st.builds(Ruling, name=text(8), by=text(60), on=text(20), question=text(500), text=text()),
    st.builds(Thread, hint=text(200)),
    st.builds(TextPrompt, label=text(100), verb=st.just("reason"), value=text(100)),
    st.builds(
        Choices,
        prompt=st.just("") | text(200),
        buttons=st.lists(
            st.builds(Button, label=text(120), verb=st.sampled_from(["open", "helpful", "unhelpful"]), value=text(100)),
            min_size=1,
            max_size=30,
        ).map(tuple),
    ),
)


@given(parts=st.lists(PARTS, min_size=1, max_size=12))
@settings(max_examples=25, deadline=None)
def test_every_message_of_every_reply_is_as_slack_takes_it(parts: list[Paragraph]) -> None:
    """Whatever is said: each page by the shapes of Slack's own types and by the table of its limits."""
    reply = Reply(parts=tuple(parts))
    pages = pages_of(reply)

    for page in pages:
        call = {"channel": "C0X", "text": text_of(reply), "blocks": page, "unfurl_links": False, "unfurl_media": False}
        assert problems_of_call("chat.postMessage", call) == []
        assert len(page) <= MAX_BLOCKS
        assert len(text_in(page)) <= MAX_MESSAGE_CHARACTERS + 3000
    assert all(GOES_ON in text_in(page) for page in pages[:-1])


def test_people_of_slack_are_woken_and_nobody_else_by_what_they_are_called() -> None:
    """A mention is made of Slack's own identifier alone; a name, or the identifier of another platform, stays a name."""
    mentions = Mentions(
        people=(
            Mentioned(platform="slack", id="U0SAM", name="<!channel>"),
            Mentioned(platform="slack", id="U1> <!here", name="Mallory"),
            Mentioned(platform="local", id="deputy", name="Dee Deputy"),
        )
    )

    woken, named = blocks_of(Reply(parts=(mentions,)))

    assert woken["text"] == {"type": "mrkdwn", "text": "<@U0SAM>", "verbatim": True}
    assert text_in([named]) == "@Mallory @Dee Deputy"
