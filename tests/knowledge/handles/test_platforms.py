"""Platforms' names as staff type them."""

import pytest

from knowledge.handles import PLATFORMS, platform_of, platform_title


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("insta", "instagram"),
        ("Instgram", "instagram"),
        ("X", "twitter"),
        ("Twitter / X", "twitter"),
        ("our Twitter account", "twitter"),
        ("fb page", "facebook"),
        ("Facebook group", "facebook"),
        ("facbook", "facebook"),
        ("LinkedIn", "linkedin"),
        ("LinkedIn Pages", "linkedin"),
        ("Tik Tok", "tiktok"),
        ("YouTube channel", "youtube"),
        ("Blue Sky", "bluesky"),
        ("the website", "website"),
        ("Snap", "snapchat"),
    ],
)
def test_platform_is_known_by_the_names_that_staff_use(text: str, name: str) -> None:
    """Short names, old names and slips of the fingers mean the platform."""
    assert platform_of(text) == name


@pytest.mark.parametrize("text", ["", "zoom", "threats", "band", "x ray", "remind", "page", "face", "i" * 10_000])
def test_word_that_names_no_platform_names_none(text: str) -> None:
    """A word that only resembles a platform's name, or none at all, is no platform."""
    assert platform_of(text) == ""


def test_platform_is_called_as_it_calls_itself() -> None:
    """People read LinkedIn and TikTok; a name that is not listed is left as it is."""
    assert [platform_title(name) for name in ("linkedin", "tiktok", "discord")] == ["LinkedIn", "TikTok", "discord"]


def test_every_platform_is_known_by_its_name_and_title() -> None:
    """What is stored and what is shown lead back to the same platform."""
    for platform in PLATFORMS.values():
        assert platform_of(platform.name) == platform_of(platform.title) == platform.name
