"""What the words of a post tell for certain."""

import pytest

from knowledge.checking.post import Post, Use
from knowledge.checking.signs import (
    consent_is_missing,
    describes_picture,
    disappears,
    platform_named,
    shows_own_children,
    shows_students,
    swears,
    use_named,
)


@pytest.mark.parametrize(
    "said",
    [
        "selfie with four of my third graders; no releases on file",
        "two of them have no release on file",
        "I haven't got the parents' forms back from most of them",
        "one mom said no",
        "don't have anybody's permission slip",
        "forms are not in yet",
        "parents were never asked",
        "one boy is opted out",
        "their parents denied consent",
    ],
)
def test_missing_consent_is_heard(said: str) -> None:
    """A release that is said not to be there must never be read as one that is."""
    assert consent_is_missing(Post(text="Great game!", attachment=said))


@pytest.mark.parametrize(
    "said",
    [
        "all releases on file",
        "nobody is missing a release",
        "releases on file, no one opted out",
        "consent forms signed for everyone",
        "no release needed, empty gym",
        "photo of 12 kids at the science fair",
    ],
)
def test_consent_that_is_there_or_unsaid_is_not_called_missing(said: str) -> None:
    """Words like "no" and "missing" alone decide nothing."""
    assert not consent_is_missing(Post(text="Great game!", attachment=said))


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("ok for our insta?", "instagram"),
        ("put it on tik tok", "tiktok"),
        ("the FB page", "facebook"),
        ("on snapchat or instagram", "snapchat"),
        ("our school website", "website"),
        ("the bake sale is on Friday", None),
    ],
)
def test_platform_is_known_by_its_nicknames(text: str, platform: str | None) -> None:
    """Staff write insta, FB and tik tok."""
    assert platform_named(text) == platform


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("on my own page", Use.PERSONAL),
        ("on my personal instagram", Use.PERSONAL),
        ("on the band page", Use.SCHOOL),
        ("our facebook", Use.SCHOOL),
        ("can I post a picture of the robot", None),
    ],
)
def test_whose_account_is_known_where_it_is_said(text: str, use: Use | None) -> None:
    """Nobody is asked again whose account it is."""
    assert use_named(text) is use


@pytest.mark.parametrize(
    ("text", "platform", "vanishes"),
    [
        ("putting it on our story tonight", "instagram", True),
        ("on the IG story, gone in 24 hours", "instagram", True),
        ("snap of the week", "snapchat", True),
        ("Let's be real, Mondays are hard", "facebook", False),
        ("Share your story with us", "facebook", False),
        ("Sign up for 24 spots", "facebook", False),
        ("The story of our garden", "instagram", False),
        ("Story time in the library at 3", "facebook", False),
    ],
)
def test_disappearing_formats_are_known_and_stories_to_read_are_not_meant(
    text: str, platform: str, vanishes: bool
) -> None:
    """An Instagram story vanishes, story time in the library does not."""
    assert disappears(Post(text=text, platform=platform)) is vanishes


def test_own_children_are_nobodys_pupils() -> None:
    """A beach picture of one's own children needs no release; one with the class in it does."""
    assert shows_own_children(Post(text="My two goofballs", attachment="photo of my own kids at the beach"))
    assert not shows_own_children(Post(text="So proud of my kids today!", attachment="photo of them in room 12"))
    assert not shows_own_children(Post(text="Field trip", attachment="my son with the rest of his class"))


def test_picture_of_a_team_shows_students_and_one_of_a_trophy_does_not() -> None:
    """Who writes "photo of the varsity football team" need not say that there are students in it."""
    assert shows_students(Post(text="Game day!!", attachment="photo of varsity football team"))
    assert not shows_students(Post(text="Game day!!", attachment="photo of the team's trophy on the shelf"))
    assert not shows_students(Post(text="Quiet before the storm", attachment="photo of the empty class"))


@pytest.mark.parametrize(
    ("words", "tells"),
    [
        ("it's for our facebook page", False),
        ("the picture shows the flyer, no people", True),
        ("photo of 3 kids", True),
    ],
)
def test_words_that_tell_what_is_in_a_picture_are_known(words: str, tells: bool) -> None:
    """Only such words make a file no longer unseen."""
    assert describes_picture(words) is tells


@pytest.mark.parametrize(
    ("text", "is_swearing"),
    [
        ("the seniors are the s*** and I'll say it", True),
        ("F*** the school board", True),
        ("this is bullshit", True),
        ("*** IMPORTANT *** bring a jacket", False),
        ("Scunthorpe visits us on Friday, shitake soup for lunch", False),
        ("5 ***** reviews for our cafeteria", False),
    ],
)
def test_swearing_is_heard_behind_asterisks(text: str, is_swearing: bool) -> None:
    """Stars inside a word hide nothing; stars around words are emphasis."""
    assert swears(text) is is_swearing
