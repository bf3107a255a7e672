"""Addresses of accounts, in one canonical form whatever way a person wrote them.

Two spellings of one account have the same `AccountAddress.key`. What could be mistaken for another account (look-alike
letters, hidden characters, hosts that only carry a platform's name) is refused, never quietly mended.
"""

from knowledge.handles.address import AccountAddress, AddressNotValidError, AddressProblem
from knowledge.handles.mentions import mentioned_in
from knowledge.handles.platforms import OTHER, PLATFORMS, WEBSITE, SocialPlatform, platform_of, platform_title
from knowledge.handles.reading import read_address

__all__ = [
    "OTHER",
    "PLATFORMS",
    "WEBSITE",
    "AccountAddress",
    "AddressNotValidError",
    "AddressProblem",
    "SocialPlatform",
    "mentioned_in",
    "platform_of",
    "platform_title",
    "read_address",
]
