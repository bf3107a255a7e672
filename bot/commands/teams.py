"""``postwise teams package``: writes the app package that an administrator uploads to Teams."""

import sys
from pathlib import Path

from bot.settings import read_settings


def package(*, website: str, developer: str, to: Path) -> int:
    """Write the package."""
    # Late: what draws icons is needed by nobody else.
    from bot.teams.manifest import AddressNotPublicError, manifest
    from bot.teams.manifest import package as packed

    settings = read_settings()
    if not settings.has_teams:
        print(
            "Set MICROSOFT_APP_ID first: the package names the bot. docs/teams.md says where it comes from.",
            file=sys.stderr,
        )
        return 1
    try:
        described = manifest(app_id=settings.microsoft_app_id, website=website, developer=developer)
    except AddressNotPublicError:
        print("--website has to be an https address of your district, like https://www.example.org.", file=sys.stderr)
        return 2
    to.write_bytes(packed(described))
    print(f"Wrote {to}. Upload it in the Teams admin center under Teams apps > Manage apps > Upload new app.")
    return 0
