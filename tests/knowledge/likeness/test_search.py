"""The search for likely duplicates, and for the account that somebody means."""

import time
from collections import Counter
from itertools import product

import pytest

from bench.registry import CLUBS, SCHOOLS, district_of_accounts
from knowledge.likeness import Closest, Known, Relation, closest, likely_same

REGISTRY = (
    Known(id="1", organization="Redlands High School Band", platform="instagram", handle="@rhsband"),
    Known(id="2", organization="Redlands High School Band", platform="facebook", handle="facebook.com/RHSBand"),
    Known(id="3", organization="Redlands East Valley High School Band", platform="instagram", handle="@revband"),
    Known(id="4", organization="Citrus Valley HS Robotics", platform="instagram", handle="@cv_robotics"),
    Known(id="5", organization="RHS Band Boosters", platform="instagram", handle="@rhsbandboosters"),
    Known(id="6", organization="Cope Middle School", platform="twitter", handle="@CopeWolves"),
    Known(id="7", organization="Music at Redlands High", platform="twitter", handle="@rhschoir"),
    Known(id="8", organization="Kimberly PTA", platform="facebook", handle=""),
)


def found(organization: str, handle: str, platform: str) -> list[tuple[str, Relation]]:
    """Return what is shown, as pairs of the account and the reason."""
    return [(one.id, one.relation) for one in likely_same(organization, handle, platform, REGISTRY)]


def test_same_organization_on_the_platform_is_a_likely_duplicate() -> None:
    """Who files "RHS Band" on Instagram is shown the high school's band there, not the boosters or the other school."""
    assert found("RHS Band", "", "instagram") == [("1", Relation.ALIKE)]


def test_same_organization_on_another_platform_is_no_duplicate() -> None:
    """The band may have a page on X although it has one on Instagram and on Facebook."""
    assert found("Redlands HS Band", "", "twitter") == []


def test_same_handle_elsewhere_is_shown_as_such_and_last() -> None:
    """The handle that is taken on another platform is worth knowing, behind the likely duplicates."""
    assert found("Redlands HS Band", "@RHS_Band", "facebook") == [
        ("2", Relation.SAME_HANDLE),
        ("1", Relation.ELSEWHERE),
    ]


def test_handle_tells_what_a_name_does_not() -> None:
    """A choir filed under its name is found although the registry calls it music."""
    assert found("Redlands High School Choir", "", "twitter") == [("7", Relation.ALIKE)]


def test_handle_of_another_school_is_no_duplicate_by_its_initials() -> None:
    """CVHS fits two schools; where both names are written out, the initials in a handle say nothing."""
    known = (Known(id="1", organization="Chino Valley High Band", platform="instagram", handle="@cvhsband"),)

    assert likely_same("Citrus Valley High Band", "", "instagram", known) == ()


def test_no_more_than_five_are_shown() -> None:
    """A person looks at five, not at fifty."""
    known = [Known(id=str(n), organization="RHS Band", platform="instagram", handle=f"@rhsband{n}") for n in range(50)]

    assert len(likely_same("Redlands High School Band", "", "instagram", known)) == 5


@pytest.mark.parametrize(("organization", "handle"), [("", ""), ("???", "@"), ("Redlands", ""), ("🎺", "🎺")])
def test_nothing_in_particular_is_like_nothing(organization: str, handle: str) -> None:
    """An empty or meaningless filing brings up no account."""
    assert found(organization, handle, "instagram") == []
    assert likely_same(organization, handle, "instagram", ()) == ()


def ids(closest_accounts: Closest) -> list[str]:
    """Return the accounts that may be meant."""
    return [one.id for one in closest_accounts.best]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the cope page", ["6"]),
        ("@rhsbandboosters", ["5"]),
        ("facebook.com/rhsband", ["2"]),
        ("citrus valley robotics", ["4"]),
        ("robotics insta", ["4"]),
        ("rhs band on instagram", ["1"]),
        ("redlands high band facebook page", ["2"]),
        ("rev band", ["3"]),
        ("kimberly pta", ["8"]),
        ("our robtoics account", ["4"]),
    ],
)
def test_account_is_known_by_what_people_call_it(text: str, expected: list[str]) -> None:
    """A few words and the platform are enough where only one account fits."""
    found = closest(text, REGISTRY)

    assert (ids(found), found.is_clear) == (expected, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the band insta", {"1", "3", "5"}),
        ("rhs band", {"1", "2", "5"}),
        ("band", {"1", "2", "3", "5"}),
        ("@rhsband", {"1", "2"}),
    ],
)
def test_name_that_several_accounts_share_is_asked_back(text: str, expected: set[str]) -> None:
    """Where two accounts fit, both are shown and none is chosen."""
    found = closest(text, REGISTRY)

    assert (set(ids(found)), found.is_clear) == (expected, False)


@pytest.mark.parametrize(
    "text", ["@rhs_band", "@rhsbandofficial", "@the.rhsband", "instagram.com/rhs_band", "is @rhs.band on insta ours"]
)
def test_handle_that_only_resembles_ours_is_never_taken_for_it(text: str) -> None:
    """An impostor's handle, a line or an "official" away from the band's, brings up the band and no certainty."""
    found = closest(text, REGISTRY)

    assert ids(found)[:1] == ["1"]
    assert not found.is_clear


def test_dots_of_a_facebook_name_do_not_count() -> None:
    """Facebook leads RHS.Band to RHSBand, so the page is found for certain."""
    found = closest("facebook.com/RHS.Band", REGISTRY)

    assert (ids(found), found.is_clear) == (["2"], True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the account",
        "insta",
        "zebra",
        "x",
        "@nobody",
        "\u202e",
        "chess club",
        "@rhsb\u0430nd",
        "rhsband@evil.example",
    ],
)
def test_name_of_no_account_means_none(text: str) -> None:
    """What nobody registered is not guessed."""
    found = closest(text, REGISTRY)

    assert (ids(found), found.is_clear) == ([], False)


HOSTILE = ("band " * 2048, "a" * 10_240, "rhs" * 3_413, "\u202e" * 10_240, "1 " * 5_120, "bands" * 2_048, "@a." * 3_413)


@pytest.mark.parametrize("text", HOSTILE)
def test_long_name_costs_no_time(text: str) -> None:
    """Ten kilobytes as a name are done with in five milliseconds, at the best of three tries."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        likely_same(text, text, "instagram", REGISTRY)
        closest(text, REGISTRY)
        times.append(time.perf_counter() - began)

    assert min(times) < 0.010  # two searches


def test_search_in_a_district_of_2000_accounts_is_fast_and_finds() -> None:
    """Accounts registered by their school's initials are found under its full name, within 20 milliseconds each."""
    accounts = district_of_accounts(2000)
    initials = Counter("".join(word[0] for word in school.split()) + "HS" for school in SCHOOLS)

    times, missed = [], []
    for account, (school, club) in zip(accounts, product(SCHOOLS, CLUBS), strict=True):
        short = account.organization.split()[0]
        if initials[short] != 1:
            continue
        began = time.perf_counter()
        shown = likely_same(f"The {school} High {club} Team", "", account.platform, accounts)
        times.append(time.perf_counter() - began)
        if account.id not in {one.id for one in shown}:
            missed.append(account)

    assert len(times) > 150
    assert missed == []
    assert sorted(times)[len(times) // 2] < 0.020
