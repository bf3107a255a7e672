"""What a person typed into the field for an account: a handle, a link, or "instagram: rhsband"."""

import re

from knowledge.handles.address import AccountAddress, AddressProblem, address, checked_length, refuse
from knowledge.handles.letters import plain
from knowledge.handles.links import is_link, read_link
from knowledge.handles.platforms import OTHER, PLATFORMS, WEBSITE, platform_of

_EMAIL = re.compile(r"[^\s@/]{1,64}@[^\s@/]{1,255}")
_SEPARATORS = ("-", ":", "on", "at", "in")


def read_address(text: str, platform: str = "") -> AccountAddress:
    """Read the address of an account as a person typed or pasted it.

    Parameters
    ----------
    text
        A handle, a link, or either with its platform in words. A wish in words ("rhs robotics") is read as the handle
        that the platform would make of it.
    platform
        The platform named beside it, in any words; needed for a bare handle. Words that name no platform we list stand
        for ``other``.

    Returns
    -------
    AccountAddress
        Equal accounts have equal keys. Whether the account exists is not known here.

    Raises
    ------
    AddressNotValidError
        Raised if the text is no address of one account on that platform; it carries the reason.
    """
    named = platform_of(platform) or (OTHER if platform.strip() else "")
    text, named = _without_platform(plain(text, named), named)
    return checked_length(read_link(text, named) if is_link(text, named) else _handle(text, named))


def _without_platform(text: str, named: str) -> tuple[str, str]:
    """Take a platform's name off the text: "facebook: rhsband", "@rhsband on insta", "ig @rhsband"."""
    head, colon, rest = text.partition(":")
    if colon and platform_of(head) and rest.strip() and not rest.startswith("//"):
        return rest.strip(), _agreed(platform_of(head), named)
    words = text.split()
    for count in range(min(3, len(words) - 1), 0, -1):
        for name, others in ((words[:count], words[count:]), (words[-count:], words[:-count])):
            found = platform_of(" ".join(name).strip("-:,() "))
            if not found:
                continue
            if others[0] in _SEPARATORS:
                others = others[1:]  # noqa: PLW2901 - the word between belongs to neither
            elif others[-1].lower() in _SEPARATORS:
                others = others[:-1]  # noqa: PLW2901 - likewise
            # "X ray club" and "web design" are wishes. A platform stands beside an @ or a link, or is the one named.
            if others and (
                others[0].startswith("@") or "/" in others[0] or (len(others) == 1 and found == (named or found))
            ):
                return " ".join(others), _agreed(found, named)
    return text, named


def _agreed(found: str, named: str) -> str:
    return refuse(AddressProblem.OTHER_PLATFORM, found) if named not in ("", found) else found


def _handle(text: str, named: str) -> AccountAddress:
    """Read a bare handle, or a wish for one in words."""
    words = text.split()
    if sum(word.startswith("@") or "/" in word for word in words) > 1:
        refuse(AddressProblem.SEVERAL, named)
    if any(_EMAIL.fullmatch(word) for word in words):
        refuse(AddressProblem.EMAIL, named)
    if not named:
        refuse(AddressProblem.PLATFORM_MISSING)
    if named == WEBSITE or any("/" in word.rstrip("/") for word in words):
        refuse(AddressProblem.NOT_AN_ADDRESS, named)
    platform = PLATFORMS[named]
    # Where platforms make a handle of a name, they leave the spaces out; LinkedIn puts hyphens.
    handle = ("-" if named == "linkedin" else "").join(words).removeprefix("@").rstrip("/")
    if named == "bluesky" and "." not in handle and not handle.startswith("did:"):
        handle += ".bsky.social"
    return address(platform, "", handle, is_link=False)
