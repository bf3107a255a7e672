"""The definition of the matters holds together with the rest of the bank."""

from handlers.wording.matters import MATTER_WORDS
from knowledge.checking.matters import Force, matters
from knowledge.checking.post import Use
from knowledge.training.bank import read_topics
from knowledge.training.posts import read_example_posts


def test_every_topic_that_a_matter_names_exists() -> None:
    """A misspelt topic would silently govern nothing."""
    known = {topic.id for topic in read_topics()}
    named = {topic for matter in matters().values() for topic in (*matter.school, *matter.personal, *matter.wordings)}

    assert named <= known


def test_no_topic_teaches_two_matters() -> None:
    """One wording would otherwise teach one matter and unteach the other."""
    taught = [topic for matter in matters().values() for topic in matter.wordings]

    assert len(taught) == len(set(taught))


def test_every_matter_has_its_words_and_a_remedy_where_something_can_stand_against_it() -> None:
    """Whoever is told no is told what would make it fine."""
    assert set(MATTER_WORDS) == set(matters())
    for matter in matters().values():
        if matter.force is not Force.HARMLESS:
            assert MATTER_WORDS[matter.id].remedy


def test_every_matter_that_is_read_has_examples_against_and_harmless_neighbours() -> None:
    """A matter learned from few examples would be guessed at."""
    examples = [example for example in read_example_posts() if example.is_draft]
    for matter in matters().values():
        if matter.id == "unapproved_platform":
            continue  # by the district's own list
        assert sum(matter.id in example.raised for example in examples) >= 20, matter.id
    assert sum(example.post.use is Use.PERSONAL for example in examples) >= 400
