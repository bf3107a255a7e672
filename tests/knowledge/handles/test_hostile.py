"""Texts that mean harm, and texts without any meaning."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.handles import AddressNotValidError, mentioned_in, platform_of, read_address
from knowledge.handles.address import LONGEST_SHOWN_CHARACTERS

PIECES = st.sampled_from(
    "https:// http:// // / @ . .. : ? # % %2F %00 %E2%80%AE & = - _ www. m. facebook.com instagram.com x.com fb.me youtube.com "
    "linkedin.com bsky.app .bsky.social snapchat.com vimeo.com evil.example xn-- groups pages people profile.php?id= company in "
    "channel c user add p status 123456789 RHSBand rhs band insta facebook X on [ ] ::1 127.0.0.1 \\ < > \" ' | {} javascript: "
    "did:plc: \u0430 \u202e \u200b é 😀 \x00 \n \t".split(" ")
) | st.just(" ")
TEXTS = st.text(max_size=320) | st.lists(PIECES, max_size=12).map("".join)


@settings(max_examples=2000, deadline=None)
@given(
    text=TEXTS, platform=st.sampled_from(("", "facebook", "insta", "X", "LinkedIn", "bluesky", "website", "Discord"))
)
def test_any_text_is_read_or_refused(text: str, platform: str) -> None:
    """Whatever is typed, it is an address that is read back as itself, or it is refused with a reason."""
    try:
        address = read_address(text, platform)
    except AddressNotValidError:
        return

    assert address.key.isascii()
    assert address.key.isprintable()
    assert len(address.shown) <= LONGEST_SHOWN_CHARACTERS
    assert len(address.key) <= 200
    assert not set(address.key + address.url + address.shown) & set("<>\"'` \\")
    assert read_address(address.shown, address.platform).key == address.key
    if address.url:
        assert read_address(address.url).key == address.key


@settings(max_examples=500, deadline=None)
@given(text=st.text(max_size=600) | st.lists(PIECES, max_size=40).map(" ".join))
def test_any_sentence_is_searched(text: str) -> None:
    """No sentence makes the search for accounts fail."""
    for account in mentioned_in(text):
        assert account


LONG = {
    "letters": "a" * 10_240,
    "at signs": "@" * 10_240,
    "handles": "@rhsband " * 1_137,
    "distinct handles": "".join(f"@rhsband{n} " for n in range(850)),
    "unreadable handles": "@! " * 3_413,
    "dots": "a." * 5_120,
    "slashes": "facebook.com" + "/a" * 5_114,
    "figures": "facebook.com/RHS-Band-" + "1" * 10_218,
    "links": "https://facebook.com.evil.example/x " * 284,
    "hosts": "a.facebook.com " * 682,
    "look-alikes": "\u0430" * 10_240,
    "spaces": " " * 10_240,
    "colons": "facebook:" * 1_137,
    "percent": "facebook.com/" + "%41" * 3_409,
}


def best(call: Callable[[], object]) -> float:
    """Return the seconds of the fastest of five calls; a slower one was the machine's."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        with suppress(AddressNotValidError):
            call()
        times.append(time.perf_counter() - began)
    return min(times)


@pytest.mark.parametrize("name", LONG)
def test_long_text_costs_no_time(name: str) -> None:
    """Ten kilobytes of anything are done with in five milliseconds, at the best of five tries."""
    text = LONG[name]

    times = {
        "read": best(lambda: read_address(text, text)),
        "the most that is read": best(lambda: read_address(text[:300], "facebook")),
        "mentioned": best(lambda: mentioned_in(text)),
        "platform": best(lambda: platform_of(text)),
    }

    assert {what: seconds for what, seconds in times.items() if seconds >= 0.005} == {}
