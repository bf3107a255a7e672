"""The question bank: its form, its reach, and that it holds nothing of the labelled samples."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from knowledge.district import SHIPPED, read_links
from knowledge.ingest.reading import read_guideline
from knowledge.training.bank import BankLineError, read_bank_clauses, read_topics, read_wordings
from knowledge.training.posts import read_example_posts

SAMPLE_HASHES = frozenset((Path(__file__).parents[2] / "data" / "sample_hashes.txt").read_text().split())
"""Hashes of the normalised sample texts and of each run of eight words in them."""

LABELLED = Path(__file__).parents[3] / "bench" / "data"


def normalised(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower().replace("’", "'").replace("'", "")).strip()


def hashes(text: str) -> set[str]:
    words = normalised(text).split()
    runs = [" ".join(words[start : start + 8]) for start in range(len(words) - 7)]
    return {hashlib.sha256(run.encode()).hexdigest()[:16] for run in [" ".join(words), *runs]}


def test_no_wording_of_the_bank_is_taken_from_the_labelled_samples() -> None:
    """Not one message of the bank is a sample message or shares eight words in a row with one."""
    taken = [wording.text for wording in read_wordings() if hashes(wording.text) & SAMPLE_HASHES]

    assert taken == []


def test_no_clause_of_the_bank_is_taken_from_the_labelled_samples() -> None:
    """Not one imaginary clause shares eight words in a row with a sample message."""
    taken = [clause.text for clause in read_bank_clauses() if hashes(clause.text) & SAMPLE_HASHES]

    assert taken == []


def test_no_example_post_is_taken_from_the_labelled_samples() -> None:
    """Neither the text nor the attachment of an example post shares eight words in a row with a sample's."""
    posts = [example.post for example in read_example_posts() if example.is_draft]
    taken = [post.text for post in posts if (hashes(post.text) | hashes(post.attachment or "-")) & SAMPLE_HASHES]

    assert len(posts) > 5000
    assert taken == []


def test_no_labelled_message_of_ours_is_taken_from_the_samples() -> None:
    """Our own labelled sets are our own."""
    texts = [
        json.loads(line)["text"]
        for path in LABELLED.rglob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]

    assert len(texts) > 500
    assert [text for text in texts if hashes(text) & SAMPLE_HASHES] == []


def test_labelled_messages_are_not_in_the_bank() -> None:
    """What is measured on was not learned."""
    learned = {normalised(wording.text) for wording in read_wordings()}
    learned |= {normalised(example.post.text) for example in read_example_posts()}
    measured = [
        json.loads(line)["text"]
        for path in LABELLED.rglob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]

    both = [text for text in measured if normalised(text) in learned and len(normalised(text).split()) > 4]

    assert both == []


def test_every_topic_has_wordings() -> None:
    """A topic without wordings could never be recognised."""
    counted = {topic.id: 0 for topic in read_topics()}
    for wording in read_wordings():
        for topic in wording.topics:
            counted[topic] += 1

    assert {topic: number for topic, number in counted.items() if number < 20} == {}


@pytest.mark.parametrize("district_id", ["redlands", "hesperia"])
def test_every_link_of_a_shipped_district_leads_to_a_clause_and_from_a_topic(district_id: str) -> None:
    """No link points to a clause or a topic that is not there, and nearly every clause can be reached."""
    links = read_links(district_id, SHIPPED / district_id) or {}
    document = next((SHIPPED / district_id).glob("*.txt"))
    clauses = {clause.id.split("/", 1)[1] for clause in read_guideline(document, district_id=district_id).clauses}

    assert set(links) <= {topic.id for topic in read_topics()}
    linked = {clause for answering in links.values() for clause in answering}
    assert linked <= clauses
    assert len(clauses - linked) <= 3


@pytest.mark.parametrize("line", ["may I post this", "q may I post this", "x: what", "q: text ++ no_such_topic"])
def test_line_without_the_banks_form_is_refused(tmp_path: Path, line: str) -> None:
    """A typing error in the bank is found when it is read, not when it has been learned."""
    (tmp_path / "topics.txt").write_text("photo_consent_rule | content | Photos\n")
    (tmp_path / "wordings").mkdir()
    (tmp_path / "wordings" / "photo_consent_rule.txt").write_text(line + "\n")

    with pytest.raises(BankLineError):
        read_wordings(tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        "e facebook | a post without an attachment || good_news=met",
        "x facebook | text | - || good_news=met",
        "e facebook | text | - || no_such_matter=met",
        "e facebook | text | - || good_news=perhaps",
        "e facebook | text | -",
    ],
)
def test_post_without_the_banks_form_is_refused(tmp_path: Path, line: str) -> None:
    """A typing error in an example post is found when it is read."""
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "good_news.txt").write_text(line + "\n")

    with pytest.raises(BankLineError):
        read_example_posts(tmp_path)
