"""Danger to a person is heard in whatever words, and everyday talk is not taken for it."""

import pytest

from knowledge.search.danger import tells_of_danger


@pytest.mark.parametrize(
    "text",
    [
        "I want to die.",
        "i wanna die",
        "im thinking about ending my life",
        "a student told me he wants to kill himself",
        "How many admins do we need? and btw a kid wrote on our page that he'll kill himself",
        "i will kill you",
        "im going to kill mr davis",
        "i'm bringing my dad's gun to school friday",
        "someone help me please he has a gun",
        "active shooter",
        "a student overdosed in the bathroom",
        "my husband hits me",
        "Can I post? Also a student told me she is being hurt at home.",
        "me quiero matar",
        "hay una pistola en la escuela",
    ],
)
def test_danger_is_heard(text: str) -> None:
    """First person or third, first sentence or last, English or Spanish."""
    assert tells_of_danger(text)


@pytest.mark.parametrize(
    "text",
    [
        "our wrestlers killed it last night",
        "my students are dying to be on tiktok",
        'student wrote "im gonna kill this test lol" under our post',
        "bomb pep rally lol posting it",
        'our play is called "Murder at the Manor", it has a fake knife in it',
        "active shooter drill moved to thurs?? what time",
        "what do we do if a kid ever posts that he wants to die",
        "can we post the 988 suicide prevention hotline",
        "we want to shoot a video of the band",
        "that photo was a hit with parents",
        "is there a rule on threats",
    ],
)
def test_everyday_talk_is_not_taken_for_danger(text: str) -> None:
    """Sport, theatre, drills, prevention and training questions raise no alarm."""
    assert not tells_of_danger(text)
