"""What a reply looks like in Slack: plain, whole, and inside Slack's limits."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.limits import MAX_BLOCKS, MAX_BUTTON_CHARACTERS, MAX_SECTION_CHARACTERS, MAX_VALUE_CHARACTERS
from bot.slack.render import blocks_of, text_of
from handlers.replies import (
    Button,
    ButtonStyle,
    Choices,
    ClauseQuote,
    Mentioned,
    Mentions,
    Paragraph,
    Reply,
    TextPrompt,
)


def test_nothing_that_a_person_typed_becomes_markup() -> None:
    """A mention of everybody, a link or bold letters stay the letters they are."""
    typed = "<!channel> *free* <https://evil.example|click> & more"
    reply = Reply(parts=(Paragraph(text=typed),))

    (block,) = blocks_of(reply)

    assert block["text"] == {"type": "plain_text", "text": typed, "emoji": False}
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
        ("reply/3", "12", None),
    ]


def test_clause_longer_than_a_section_is_shown_whole() -> None:
    """Nothing of a clause is cut off; it goes on in the next block."""
    text = "Employees shall " * 400
    quote = ClauseQuote(clause_id="x/1", section="S", lead_in="At no time:", text=text, document="D, version 1")

    shown = "".join(block["text"]["text"] for block in blocks_of(Reply(parts=(quote,))))

    assert text in shown
    assert shown.startswith("  | At no time:")


@given(reply=st.from_type(Reply))
@settings(max_examples=100, deadline=None)
def test_every_reply_keeps_slacks_limits(reply: Reply) -> None:
    """Whatever is said, Slack takes it."""
    blocks = blocks_of(reply)

    assert len(blocks) <= MAX_BLOCKS
    assert json.dumps(blocks)
    for block in blocks:
        if block["type"] == "section":
            assert 0 < len(block["text"]["text"]) <= MAX_SECTION_CHARACTERS
        for button in block.get("elements", ()):
            assert len(button["text"]["text"]) <= MAX_BUTTON_CHARACTERS
            assert len(button["value"]) <= MAX_VALUE_CHARACTERS


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
    assert named["text"] == {"type": "plain_text", "text": "@Mallory @Dee Deputy", "emoji": False}
