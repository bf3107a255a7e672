"""Links and words by which two reports are recognised as one matter, and questions as one question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.alike import groups, links_in, same_link, tells_the_same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.facebook.com/groups/42/posts/99?fbclid=abc", "https://m.facebook.com/groups/42/posts/99/"),
        ("https://twitter.com/kvcr/status/17?s=20", "https://x.com/kvcr/status/17"),
        ("https://youtu.be/dQw4w9WgXcQ?si=x", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&feature=share"),
        ("http://instagram.com/p/abc/?igshid=1", "www.instagram.com/p/abc"),
        ("HTTPS://Example.ORG/Story", "https://example.org/Story#comments"),
    ],
)
def test_spellings_of_one_address_are_equal(one: str, other: str) -> None:
    """Phones, trackers and old names change nothing about which post is meant."""
    assert same_link(one) == same_link(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.facebook.com/groups/42/posts/99", "https://www.facebook.com/groups/42/posts/98"),
        ("https://www.youtube.com/watch?v=a", "https://www.youtube.com/watch?v=b"),
        ("https://example.org/Story", "https://example.org/story"),
        (
            "https://www.facebook.com/story.php?story_fbid=1&id=2",
            "https://www.facebook.com/story.php?story_fbid=3&id=2",
        ),
    ],
)
def test_other_posts_stay_others(one: str, other: str) -> None:
    """What names the post is kept, also where it stands behind a question mark."""
    assert same_link(one) != same_link(other)


def test_links_are_found_without_what_stands_around_them() -> None:
    """Dots, brackets and quotation marks belong to the sentence."""
    text = 'see (https://x.com/a/1), "www.instagram.com/p/b" and https://x.com/a/1.'
    assert links_in(text) == ("https://x.com/a/1", "www.instagram.com/p/b")


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_links(text: str) -> None:
    """Whatever is typed, links come back as they were written, and have a form to be compared by."""
    for link in links_in(text):
        assert same_link(link) == same_link(f"{link}#there")


def test_link_keeps_what_names_the_post_and_nothing_of_a_person() -> None:
    """Passwords, addresses and tokens behind the question mark are dropped; a link with masked data is left out."""
    said = (
        "https://ann:secret@portal.example/story?id=7&email=a@b.example&token=x "
        "https://school.example/iep/[student's name].pdf"
    )
    assert links_in(said) == ("https://portal.example/story?id=7",)


def test_nearly_the_same_words_tell_the_same_and_few_words_do_not() -> None:
    """Two colleagues copy one sentence with a slip; "help please" is no matter of its own."""
    one = "there is a fake account with our crest that rates the girls of the dance team"
    other = "There's a fake account with our crest that rates girls of the dance team!!"
    assert tells_the_same(one, (), other, ())
    assert not tells_the_same("help please", (), "please help", ())
    assert not tells_the_same(one, (), "a reporter asks about the budget vote of last night", ())


def test_questions_are_counted_by_what_they_ask() -> None:
    """The most frequent first; the shortest stands for its group."""
    found = groups(
        [
            "do our captions have to be translated into spanish?",
            "do captions have to be translated into Spanish",
            "may we fly a drone over the game",
            "DO OUR CAPTIONS HAVE TO BE TRANSLATED IN SPANISH",
        ]
    )
    assert [(group.count, group.example) for group in found] == [
        (3, "do captions have to be translated into Spanish"),
        (1, "may we fly a drone over the game"),
    ]
