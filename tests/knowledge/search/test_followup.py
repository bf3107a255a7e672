"""Which messages lean on the one before them, and what the two say together."""

import pytest

from knowledge.search.followup import is_follow_up, joined


@pytest.mark.parametrize(
    "text",
    [
        "and on tiktok?",
        "what if the parents said yes",
        "what about videos",
        "even on my own page?",
        "is that for coaches too",
    ],
)
def test_message_that_means_nothing_alone_is_a_follow_up(text: str) -> None:
    """A message like "and on TikTok?" asks about whatever was asked before."""
    assert is_follow_up(text)


@pytest.mark.parametrize(
    "text",
    [
        "how many admins do we need?",
        "can I post this photo of the team",
        "who do I tell before I rename our page",
        "snapchat ok?",
        "What if a parent who signed no release asks us to share the picture of the whole class on the page anyway?",
    ],
)
def test_message_that_says_what_it_is_about_stands_alone(text: str) -> None:
    """A whole question is not read with the one before it."""
    assert not is_follow_up(text)


def test_platform_asked_about_now_takes_the_place_of_the_earlier_one() -> None:
    """Both platforms together would ask about both."""
    assert joined("can we post on snapchat?", "and on tiktok?") == "can we post on tiktok?"


def test_other_follow_up_is_added_to_the_earlier_question() -> None:
    """What was asked before stays, and the new condition comes behind it."""
    assert joined("can we post the team photo?", "what if the parents said yes") == (
        "can we post the team photo what if the parents said yes"
    )
