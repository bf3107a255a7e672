"""Whose host it is: a platform's own, one that only carries a platform's name, or another."""

import re

from knowledge.handles.address import AddressProblem, refuse
from knowledge.handles.platforms import BRANDS, PLATFORMS, SHORTENERS, SINGLE_POSTS, SocialPlatform

_SUBDOMAIN = re.compile(r"www|m|mobile|mbasic|web|touch|free|business|p|d|[a-z]{2}(?:-[a-z]{2})?")
"""What stands before a platform's host without leading elsewhere: devices and languages."""

_FIGURES_FOR_LETTERS = tuple(str.maketrans("013457", letters) for letters in ("oleast", "oieast"))


def platform_of_host(host: str) -> SocialPlatform | None:
    """Return the platform whose account links have this host; None for another's.

    Raises
    ------
    AddressNotValidError
        Raised if the host shortens links, shows single posts alone, or is the platform's own for something else.
    """
    if host in SHORTENERS:
        refuse(AddressProblem.SHORTENED)
    if host in SINGLE_POSTS:
        refuse(AddressProblem.SINGLE_POST)
    for platform in PLATFORMS.values():
        if host in platform.hosts:
            return platform
    for platform in PLATFORMS.values():
        for own in platform.hosts:
            if host.endswith(f".{own}"):
                if not _SUBDOMAIN.fullmatch(host.removesuffix(f".{own}")):
                    refuse(AddressProblem.NOT_AN_ACCOUNT, platform.name)
                return platform
    return PLATFORMS["bluesky"] if host.endswith(".bsky.social") else None


def holds_platform_host(host: str) -> bool:
    """Tell whether a platform's whole host stands in another: ``facebook.com.evil.example``."""
    return any(f".{own}." in f".{host}." for platform in PLATFORMS.values() for own in platform.hosts)


def is_dressed_up(host: str) -> bool:
    """Tell whether a host that is no platform's carries a platform's name, figures for letters included."""
    joined = host.replace("-", "")
    spellings = (joined, *(joined.translate(figures) for figures in _FIGURES_FOR_LETTERS))
    return holds_platform_host(host) or any(brand in spelling for spelling in spellings for brand in BRANDS)
