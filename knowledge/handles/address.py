"""The address of one account, why a text may be none, and the platform's rule that its handle keeps."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Never

from knowledge.errors import PostwiseError
from knowledge.handles.platforms import OTHER, PLATFORMS, WEBSITE, SocialPlatform


class AddressProblem(StrEnum):
    """Why a text is no address of an account."""

    EMPTY = "empty"
    """Nothing, or words for nothing: "n/a", "none yet"."""

    TOO_LONG = "too long"
    HIDDEN_CHARACTERS = "hidden characters"
    """Characters that nobody sees: zero-width, bidirectional, control."""

    LOOKALIKE = "look-alike"
    """Letters outside ASCII, which can look like the ones that handles are made of."""

    EMAIL = "e-mail"
    SEVERAL = "several"
    """More than one account in one field."""

    NOT_AN_ADDRESS = "not an address"
    PLATFORM_MISSING = "platform missing"
    """A handle, and nobody said on which platform."""

    OTHER_PLATFORM = "other platform"
    """The address of another platform than the one that was named; `AddressNotValidError.platform` is the one found."""

    HANDLE_NOT_ALLOWED = "handle not allowed"
    """Against the platform's own rule: `PLATFORMS` has it for `AddressNotValidError.platform`."""

    DECEPTIVE_HOST = "deceptive host"
    """Another host dressed as a platform's, a name before @, an IP address or punycode."""

    SHORTENED = "shortened"
    """A link that hides where it leads."""

    SINGLE_POST = "single post"
    NOT_AN_ACCOUNT = "not an account"
    """A page of the platform's own: its start, login or explore page."""


class AddressNotValidError(PostwiseError):
    """A text is no address of an account."""

    def __init__(self, reason: AddressProblem, platform: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.platform = platform
        """The platform it was read for, or was found to be of: a key of `PLATFORMS`, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAddress:
    """Where an account is. Made by `read_address`, which checks; the two fields are all there is to keep."""

    platform: str
    """A key of `PLATFORMS`."""

    handle: str
    """The handle with the capitals it was written with; before it its kind where it has one: ``groups/RHSBand``.

    Of a website the host and path; of a platform that is not listed those, or a name behind an @.
    """

    @property
    def key(self) -> str:
        """The one canonical form, the same for every spelling: ``instagram/rhsband``."""
        handle = self.handle
        for kind in PLATFORMS[self.platform].same_kinds:
            handle = handle.removeprefix(kind)
        # The number of a YouTube channel is the only name in which capitals count.
        if not handle.startswith("channel/"):
            handle = handle.lower()
        if self.platform == "facebook" and "/" not in handle:
            handle = handle.replace(".", "")
        if self._is_web_address:
            # One page is one account, whether it was filed as a website or as a platform that we do not list.
            return f"{WEBSITE}/{handle.removeprefix('www.')}"
        return f"{self.platform}/{handle.removeprefix('@')}"

    @property
    def url(self) -> str:
        """A link that people can open; empty where only a name is known."""
        platform, kind, name = self._parts
        if self.platform == OTHER and not self._is_web_address:
            return ""
        if kind == "people/":
            return f"https://www.facebook.com/profile.php?id={name}"
        return f"https://www.{platform.hosts[0]}/{self.handle}" if kind else platform.link.format(name)

    @property
    def shown(self) -> str:
        """How people write it: "@rhsband", "facebook.com/RHSBand". `read_address` reads it back."""
        platform, kind, name = self._parts
        if kind == "people/":
            return f"facebook.com/profile.php?id={name}"
        return f"{platform.hosts[0]}/{self.handle}" if kind else platform.shown.format(name)

    @property
    def is_profile(self) -> bool:
        """True where the address has the form of a person's own profile.

        Facebook gives new Pages without a username this form too (``profile.php?id=...``), so it is a reason to ask, and
        none to refuse.
        """
        return self._parts[1] in ("people/", "in/")

    @property
    def _is_web_address(self) -> bool:
        """True where it is known by a host, not by a name."""
        return self.platform in (WEBSITE, OTHER) and is_host(self.handle.partition("/")[0].partition("?")[0])

    @property
    def _parts(self) -> tuple[SocialPlatform, str, str]:
        """The platform, the kind of the address ("groups/", or nothing), and the name."""
        platform = PLATFORMS[self.platform]
        kind = next((kind for kind in platform.kinds.values() if kind and self.handle.startswith(kind)), "")
        return platform, kind, self.handle.removeprefix(kind)


LONGEST_SHOWN_CHARACTERS = 120
"""Longest address as people read it; the registry keeps no longer ones. Our own figure."""

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}", re.IGNORECASE)
_DID = re.compile(r"did:(?:plc:[a-z2-7]{24}|web:[a-z0-9.-]{3,200})")
"""What a Bluesky account is called without a handle. Source: https://atproto.com/specs/did"""


def checked_length(address: AccountAddress) -> AccountAddress:
    """Return an address that is short enough to be kept.

    Raises
    ------
    AddressNotValidError
        Raised if it is too long, as the address of a page deep in a website can be.
    """
    if len(address.shown) > LONGEST_SHOWN_CHARACTERS:
        refuse(AddressProblem.TOO_LONG, address.platform)
    return address


def is_host(text: str) -> bool:
    """Tell whether a text has the form of a public host name: no punycode, no number, no bare word."""
    return _HOST.fullmatch(text) is not None and "xn--" not in text.lower()


def refuse(reason: AddressProblem, platform: str = "") -> Never:
    """Raise `AddressNotValidError`."""
    raise AddressNotValidError(reason, platform)


def address(platform: SocialPlatform, kind: str, name: str, *, is_link: bool) -> AccountAddress:
    """Make the address of a handle that keeps the platform's rule.

    Parameters
    ----------
    platform
        Whose rule it is held to.
    kind
        What stands before the handle ("groups/"), or nothing.
    name
        The handle itself.
    is_link
        True where it was read from a link. A link was copied from where the account is: the account may be older than
        the rule for the shortest.

    Raises
    ------
    AddressNotValidError
        Raised if the handle is against the platform's rule, or a word that the platform keeps for its own pages.
    """
    if not kind and name.lower() in platform.own_paths:
        refuse(AddressProblem.NOT_AN_ACCOUNT, platform.name)
    if platform.name != "bluesky" or not _DID.fullmatch(name):
        shortest = 1 if is_link else platform.shortest
        letters = rf"[A-Za-z0-9{re.escape(platform.marks)}]{{{shortest},{platform.longest}}}"
        if not re.fullmatch(letters, name) or not re.search("[A-Za-z0-9_]", name):
            refuse(AddressProblem.HANDLE_NOT_ALLOWED, platform.name)
        if platform.dots_stand_inside and (name.startswith(".") or name.endswith(".") or ".." in name):
            refuse(AddressProblem.HANDLE_NOT_ALLOWED, platform.name)
        if platform.name == "bluesky" and not is_host(name):
            refuse(AddressProblem.HANDLE_NOT_ALLOWED, platform.name)
        if platform.name == "facebook" and not is_link and name.lower().endswith((".com", ".net", ".org")):
            refuse(AddressProblem.HANDLE_NOT_ALLOWED, platform.name)
    # On a platform that we do not list the @ tells a name from a web address.
    return AccountAddress(platform=platform.name, handle=f"{'@' if platform.name == OTHER else kind}{name}")
