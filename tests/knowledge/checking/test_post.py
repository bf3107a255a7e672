"""A post cut into what is read by itself."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from knowledge.checking.post import MOST_SEGMENTS, Post, segments_of


def test_each_sentence_and_the_attachment_are_read_by_themselves() -> None:
    """One bad sentence of three must not drown in the other two."""
    post = Post(
        text="Go Cats, see you Friday! Mr. Bell is out with the flu. Please wear blue and white tomorrow.",
        attachment="a flyer",
    )
    texts = [segment.text for segment in segments_of(post)]

    assert texts == [
        "a flyer",
        "Go Cats, see you Friday!",
        "Mr. Bell is out with the flu.",
        "Please wear blue and white tomorrow.",
    ]


def test_short_cry_is_read_with_its_neighbour() -> None:
    """Two words say nothing alone."""
    assert segments_of(Post(text="What a game that was tonight. Wow.")) == []


def test_single_sentence_is_read_once() -> None:
    """The whole is read anyway."""
    assert segments_of(Post(text="Book fair opens on Monday at eight")) == []


@given(st.text(max_size=1500), st.text(max_size=40))
def test_any_text_is_cut_into_pieces_that_stand_in_it(text: str, attachment: str) -> None:
    """Whatever is typed, a segment is a slice of the text, in order, and there are not too many."""
    post = Post(text=text, attachment=attachment)
    found = [segment for segment in segments_of(post) if segment.start >= 0]

    assert len(found) <= MOST_SEGMENTS
    assert all(text[segment.start : segment.end] == segment.text for segment in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
