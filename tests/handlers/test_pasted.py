"""Where in a message the text of a post stands."""

import pytest

from handlers.pasted import asks_for_a_check, find_pasted


@pytest.mark.parametrize(
    ("text", "draft", "around"),
    [
        ("can I post this? \nBook fair opens Monday at 8!", "Book fair opens Monday at 8!", ""),
        ("Can i post this: Go Wildcats, see you Friday", "Go Wildcats, see you Friday", ""),
        (
            "can I post this? Jacob made my day: he told me his mom is proud",
            "Jacob made my day: he told me his mom is proud",
            "",
        ),
        (
            "hey quick q, going to put this up on FB in 5 min, any issues? Congrats to our Lady Terriers!",
            "Congrats to our Lady Terriers!",
            "hey quick q, going to put this up on FB in 5 min, any issues",
        ),
        ("Can I post this? Who's ready for Friday night lights?!", "Who's ready for Friday night lights?!", ""),
        (
            "ok to post this on our insta, all releases on file:\nFirst day smiles!! welcome back",
            "First day smiles!! welcome back",
            "ok to post this on our insta, all releases on file",
        ),
        ("pls check this post\n\nHuge thanks to the crossing guards.", "Huge thanks to the crossing guards.", ""),
        (
            'can we put "Hats off to our custodians this week" and share it on facebook',
            "Hats off to our custodians this week",
            "can we put and share it on facebook",
        ),
        (
            "Pancake breakfast Saturday 7 to 10 in the gym! can I post this?",
            "Pancake breakfast Saturday 7 to 10 in the gym!",
            "",
        ),
    ],
)
def test_draft_is_found(text: str, draft: str, around: str) -> None:
    """A line that asks and the draft below or behind its colon, a draft in quotation marks, or one that is asked about last."""
    found = find_pasted(text)

    assert found is not None
    assert found.draft == draft
    assert found.around == around


@pytest.mark.parametrize(
    "text",
    [
        "can I post this?",
        "is it ok to put the team photo on our IG story?",
        "how many admins does our page need?",
        "may I post a picture of my class if one parent said no",
        "quick question: who approves a new page",
        "can you check this for me: how many admins does a page need",
        "a parent left this comment on our post: the principal is a fat pig",
        'a kid wrote "nobody likes me anyway" under our post, can I hide it?',
        "what do we do about this post?\nA former student is threatening our coach on instagram",
        'what does "proprietary" mean here?',
        "",
    ],
)
def test_message_without_a_draft_holds_none(text: str) -> None:
    """A question about the rules, an idea in words or the bare request is no draft."""
    assert find_pasted(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "can I post this?",
        "Can i post this",
        "ok to post?",
        "hi, can you check this post please",
        "is this ok to share?",
    ],
)
def test_bare_request_is_known(text: str) -> None:
    """Somebody who only asks whether "this" may be posted is asked for the draft."""
    assert asks_for_a_check(text)


@pytest.mark.parametrize("text", ["can I post this picture of my class?", "who checks this post before it goes out"])
def test_request_that_says_what_it_is_about_is_not_bare(text: str) -> None:
    """A message that says what is to be posted is answered, not asked back."""
    assert not asks_for_a_check(text)
