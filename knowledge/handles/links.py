"""Links: from a pasted address to the account that it leads to."""

import re
from collections.abc import Mapping, Sequence

from yarl import URL

from knowledge.handles.address import AccountAddress, AddressProblem, address, is_host, refuse
from knowledge.handles.hosts import holds_platform_host, is_dressed_up, platform_of_host
from knowledge.handles.letters import check_letters
from knowledge.handles.platforms import OTHER, PLATFORMS, WEBSITE, SocialPlatform, platform_of

WEB_ENDINGS = frozenset("com net org edu gov us info app io tv me".split())
"""Ends of host names that nobody takes for the end of a sentence or of a handle."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,20}:", re.IGNORECASE)
_UNSAFE = re.compile(r"[\\<>\"'`{}|^ \x00-\x1f\x7f]")
_NUMBER = re.compile(r"(?:[^/]*-)?([0-9]{5,20})")
"""A number of Facebook's, or one behind a name: ``Redlands-High-School-Band-100057``."""

_ADDRESS_NUMBER = re.compile(r"[0-9.]+|0x[0-9a-f]+|.*:.*")
_TRACKING = re.compile(r"utm_|mc_|igsh|(?:fbclid|gclid|ref|si)$", re.IGNORECASE)


def is_link(text: str, named: str) -> bool:
    """Tell a link from a handle: "rhs.band" is a handle where its platform is named, "redlandsusd.net" a website.

    Raises
    ------
    AddressNotValidError
        Raised if it is an e-mail address, or a host dressed as one before an @.
    """
    if text.startswith("@") or " " in text:
        return False
    if "/" in text.rstrip("/") or _SCHEME.match(text):
        return True
    before, at, _ = text.partition("@")
    if at:
        refuse(AddressProblem.DECEPTIVE_HOST if holds_platform_host(before.lower()) else AddressProblem.EMAIL, named)
    host = re.split(r"[?#]", text, maxsplit=1)[0].lower()
    if "." not in host:
        return False
    if named in ("", WEBSITE, OTHER) or platform_of_host(host) or holds_platform_host(host):
        return True
    return named != "bluesky" and host.rpartition(".")[2] in WEB_ENDINGS


def read_link(text: str, named: str) -> AccountAddress:
    """Read the account that a link leads to.

    Parameters
    ----------
    text
        A link, with or without its scheme, or a path of the named platform's: "groups/rhsband".
    named
        The platform named beside it, a key of `PLATFORMS`; empty where none was.

    Raises
    ------
    AddressNotValidError
        Raised if it leads to no account, or not for certain.
    """
    text = _whole(text, named)
    if not text.lower().startswith(("http://", "https://")) or _UNSAFE.search(text):
        refuse(AddressProblem.NOT_AN_ADDRESS, named)
    try:
        url = URL(text)
        host, port = (url.raw_host or "").lower().removesuffix("."), url.explicit_port
        parts, query, path = [part for part in url.parts if part not in ("", "/")], url.query, url.raw_path_qs
    except ValueError:
        refuse(AddressProblem.NOT_AN_ADDRESS, named)
    if url.raw_user is not None or url.raw_password is not None or "@" in url.raw_authority:
        refuse(AddressProblem.DECEPTIVE_HOST, named)
    found = platform_of_host(host)
    if found is None:
        return _website(host, port, path, named)
    if named and named != found.name:
        refuse(AddressProblem.OTHER_PLATFORM, found.name)
    if port not in (None, 80, 443):
        refuse(AddressProblem.NOT_AN_ADDRESS, found.name)
    check_letters("".join(parts), found.name)
    if host.endswith(".bsky.social"):
        return address(found, "", host, is_link=True)
    return _account(found, parts, {name.lower(): value for name, value in query.items()})


def _whole(text: str, named: str) -> str:
    """Complete a link: "facebook.com/x", "IG/rhsband", and "groups/x" where the platform is named."""
    if "://" in text[:12]:
        return text
    text = text.removeprefix("//")
    scheme, colon, _ = text.partition(":")
    if colon and scheme.isalpha():
        refuse(AddressProblem.EMAIL if scheme.lower() == "mailto" else AddressProblem.NOT_AN_ADDRESS, named)
    head, slash, rest = text.partition("/")
    platform = PLATFORMS[platform_of(head) or OTHER]
    if slash and rest and platform.hosts and "." not in head:
        return f"https://{platform.hosts[0]}/{'@' if platform.needs_kind and '/' not in rest else ''}{rest}"
    platform = PLATFORMS[named or OTHER]
    return f"https://{platform.hosts[0]}/{text}" if slash and head.lower() in platform.kinds else f"https://{text}"


def _website(host: str, port: int | None, path: str, named: str) -> AccountAddress:
    """Read a link to a host that is no platform's."""
    if is_dressed_up(host) or "xn--" in host or _ADDRESS_NUMBER.fullmatch(host):
        refuse(AddressProblem.DECEPTIVE_HOST, named)
    if not is_host(host) or port not in (None, 80, 443):
        refuse(AddressProblem.NOT_AN_ADDRESS, named)
    if named not in ("", WEBSITE, OTHER):
        refuse(AddressProblem.OTHER_PLATFORM, WEBSITE)
    path, _, query = path.partition("?")
    kept = "&".join(pair for pair in query.split("&") if pair and not _TRACKING.match(pair.partition("=")[0]))
    return AccountAddress(platform=named or WEBSITE, handle=f"{host}{path.rstrip('/')}" + (f"?{kept}" if kept else ""))


def _account(platform: SocialPlatform, parts: Sequence[str], query: Mapping[str, str]) -> AccountAddress:
    """Read the path of a platform's own link."""
    if platform.name == "facebook":
        parts = _with_facebook_number(parts, query)
    if platform.name == "twitter" and parts and parts[0].lower() == "intent" and "screen_name" in query:
        parts = [query["screen_name"]]
    words = [part.lower() for part in parts]
    _refuse_other_pages(platform, words[0] if words else "")
    kind = ""
    if words[0] in platform.kinds:
        kind, parts, words = platform.kinds[words[0]], parts[1:], words[1:]
    elif platform.needs_kind and not words[0].startswith("@"):
        refuse(AddressProblem.NOT_AN_ACCOUNT, platform.name)
    if not words:
        refuse(AddressProblem.NOT_AN_ACCOUNT, platform.name)
    if len(words) > 2 and words[1] in platform.posts:
        refuse(AddressProblem.SINGLE_POST, platform.name)
    if platform.name == "vimeo" and not kind and words[0].isdigit():
        # Vimeo gives films a bare number and people a name.
        refuse(AddressProblem.SINGLE_POST, platform.name)
    return address(platform, kind, parts[0].removeprefix("@"), is_link=True)


def _refuse_other_pages(platform: SocialPlatform, first: str) -> None:
    """Refuse a link whose path begins like none of an account's."""
    if first in platform.shorteners:
        refuse(AddressProblem.SHORTENED, platform.name)
    if not first or first in platform.pages:
        refuse(AddressProblem.NOT_AN_ACCOUNT, platform.name)
    if first in platform.posts:
        refuse(AddressProblem.SINGLE_POST, platform.name)


def _with_facebook_number(parts: Sequence[str], query: Mapping[str, str]) -> Sequence[str]:
    """Bring the forms of a Facebook link that carry a number to ``people/NUMBER`` or the bare number."""
    match [part.lower() for part in parts]:
        case ["profile.php"]:
            return ["people", query["id"]] if query.get("id", "").isdecimal() else []
        case ["people", number] | ["people", _, number, *_]:
            return ["people", number] if number.isdecimal() else []
        case ["pages" | "p", *_, last]:
            found = _NUMBER.fullmatch(last)
            return [found[1]] if found else []
        case ["t", _, *_]:
            return parts[1:]
        case [first, *_] if "-" in first and (found := _NUMBER.fullmatch(first)):
            return [found[1], *parts[1:]]
        case _:
            return parts
