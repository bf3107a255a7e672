"""The app package of Teams: manifest and icons, as an administrator uploads them.

No rights over messages are asked for (no resource-specific consent): in a channel the bot reads only what mentions it. Nobody
signs in. The limits kept are those of the old schemas, which are the narrower ones.

Source: https://learn.microsoft.com/microsoftteams/platform/resources/schema/manifest-schema
"""

import io
import json
import struct
import zipfile
import zlib
from typing import Any

VERSION = "1.0.0"
"""Of the package; to be raised with what is in it, so that Teams takes the new one."""

SCHEMA = "1.16"
"""The manifest's schema: old enough for every tenant, and it has all that is used here."""

COLOR_PIXELS, OUTLINE_PIXELS = 192, 32
"""Sizes of the icons. Source: https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/apps-package"""

ACCENT = (0x1F, 0x4E, 0x79)
"""The blue of the icon; the same as ``accentColor``."""

COMMANDS = (
    ("help", "What Postwise can do"),
    ("newaccount", "Ask for a new account, or register one that exists"),
    ("addadmin", "Add or remove an administrator, rename, close, hand over"),
    ("escalate", "Tell the specialist of something that should not wait"),
    ("postwise", "Your filings, accounts and cases"),
)
"""The command menu: picking one writes its word. At most ten; titles of 32 and descriptions of 128 characters."""


class AddressNotPublicError(ValueError):
    """What the package is to name is no https address."""


def manifest(*, app_id: str, website: str, developer: str) -> dict[str, Any]:
    """Return the manifest.

    Parameters
    ----------
    app_id
        Of the bot; the app has the same.
    website
        An https address of the district: its privacy and terms pages are linked to it unless they are changed in the file.
    developer
        Who runs this installation, as people read it.

    Raises
    ------
    AddressNotPublicError
        Raised if the website is no https address.
    """
    if not website.startswith("https://") or len(website) <= len("https://") or any(each.isspace() for each in website):
        raise AddressNotPublicError(website)
    scopes = ["personal", "team", "groupChat"]
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": VERSION,
        "id": app_id,
        "developer": {
            "name": developer[:32],
            "websiteUrl": website,
            "privacyUrl": website,
            "termsOfUseUrl": website,
        },
        "name": {"short": "Postwise", "full": "Postwise: social-media guidelines"},
        "description": {
            "short": "Your district's social-media guidelines, word for word.",
            "full": "Ask what your district's social-media guidelines say and read the clause itself. "
            "Ask whether a post is fine, request and register accounts, and reach the specialist when it should not wait.",
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#" + "".join(f"{each:02X}" for each in ACCENT),
        "bots": [
            {
                "botId": app_id,
                "scopes": scopes,
                "supportsFiles": False,
                "isNotificationOnly": False,
                "commandLists": [
                    {
                        "scopes": scopes,
                        "commands": [{"title": title, "description": words} for title, words in COMMANDS],
                    }
                ],
            }
        ],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [],
    }


def package(described: dict[str, Any]) -> bytes:
    """Return the package: a ZIP file with the manifest and both icons, the same bytes for the same manifest."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("manifest.json", json.dumps(described, indent=2, ensure_ascii=False).encode()),
            ("color.png", color_icon()),
            ("outline.png", outline_icon()),
        ):
            archive.writestr(zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0)), content)
    return packed.getvalue()


def color_icon() -> bytes:
    """Draw the icon in color: a page with a marked line in a speech bubble."""
    return _png(COLOR_PIXELS, background=(*ACCENT, 255), ink=(255, 255, 255, 255))


def outline_icon() -> bytes:
    """Draw the icon in white on nothing, as Teams wants it."""
    return _png(OUTLINE_PIXELS, background=(255, 255, 255, 0), ink=(255, 255, 255, 255))


def _png(size: int, *, background: tuple[int, ...], ink: tuple[int, ...]) -> bytes:
    """Draw by hand: two icons are no reason for a library of pictures."""
    rows = bytearray()
    for y in range(size):
        rows.append(0)
        for x in range(size):
            rows += bytes(ink if _is_ink((x + 0.5) / size, (y + 0.5) / size) else background)
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(rows), 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _is_ink(x: float, y: float) -> bool:
    """Tell whether a point of the unit square is drawn."""
    is_bubble = 0.2 <= x <= 0.8 and 0.2 <= y <= 0.68
    is_inside = 0.26 <= x <= 0.74 and 0.26 <= y <= 0.62
    is_tip = 0.68 <= y <= 0.82 and 0.32 <= x <= 0.32 + (0.82 - y)
    is_line = any(0.34 <= x <= right and top <= y <= top + 0.055 for top, right in ((0.34, 0.66), (0.48, 0.56)))
    return (is_bubble and not is_inside) or is_tip or is_line
