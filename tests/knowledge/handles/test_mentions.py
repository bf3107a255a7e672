"""Accounts that a sentence names."""

import pytest

from knowledge.handles import mentioned_in


def named(text: str) -> list[str]:
    """Return what a sentence names: keys of addresses, and bare handles."""
    return [account if isinstance(account, str) else account.key for account in mentioned_in(text)]


@pytest.mark.parametrize(
    ("text", "accounts"),
    [
        ("who runs @rhsband?", ["rhsband"]),
        ("is facebook.com/RHSBand official", ["facebook/rhsband"]),
        ("is @rhsband on insta ours?", ["instagram/rhsband"]),
        ("who has the instagram @rhsband", ["instagram/rhsband"]),
        ("(see https://x.com/RHSBand?s=20).", ["twitter/rhsband"]),
        ("@rhsband and @RHSBand and @rhsdrama", ["rhsband", "rhsdrama"]),
        ("is redlandsusd.net/band ours", ["website/redlandsusd.net/band"]),
        ("is rhsband.bsky.social ours", ["bluesky/rhsband.bsky.social"]),
        ("Who runs @rhs.band.", ["rhs.band"]),
        ("“@rhsband”", ["rhsband"]),
    ],
)
def test_account_in_a_sentence_is_found(text: str, accounts: list[str]) -> None:
    """A handle or link is found wherever it stands, with its platform where the sentence says it."""
    assert named(text) == accounts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "which accounts am I on?",
        "write to coach@redlandsusd.net please",
        "That is it.Then we go",
        "see facebook.com/RHSBand/posts/123",
        "is @rhsb\u0430nd ours",
        "clause 4.2.b",
        "@",
        "@ rhsband",
        "facebook.com.evil.example/RHSBand",
    ],
)
def test_sentence_without_an_account_names_none(text: str) -> None:
    """E-mail addresses, posts, numbers of clauses and look-alikes are no accounts."""
    assert named(text) == []
