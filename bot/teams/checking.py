"""What ``postwise doctor`` looks at: whether Microsoft is reached, knows the bot, and has let us hear of the specialists' channel."""

from bot.settings import Settings
from bot.teams.credentials import TokenRefusedError
from bot.teams.keys import KeysAwayError
from bot.teams.line import opened_line
from knowledge.clock import SystemClock
from knowledge.errors import PostwiseError
from knowledge.store.unit import Database


class TeamsNotReadyError(PostwiseError):
    """Something keeps the Teams bot from working; `advice` says what, and what to do."""

    def __init__(self, advice: str) -> None:
        super().__init__(advice)
        self.advice = advice


async def check(settings: Settings, *, database: Database) -> str:
    """Try what serving needs.

    Returns
    -------
    str
        What was found, in a few words.

    Raises
    ------
    TeamsNotReadyError
        Raised if something has to be mended.
    """
    async with opened_line(settings, database=database, clock=SystemClock()) as line:
        try:
            keys = await line.inspector.keys.fetch()
        except KeysAwayError as error:
            raise TeamsNotReadyError(
                "the keys of Bot Framework cannot be fetched. Let this machine reach login.botframework.com, "
                "or correct POSTWISE_TEAMS_OPENID_METADATA_URL."
            ) from error
        try:
            await line.token.get()
        except TokenRefusedError as error:
            raise TeamsNotReadyError(_about_token(error.kind, settings)) from error
    said = [f"{keys} keys, a token was given to {settings.microsoft_app_id} ({settings.microsoft_app_type})"]
    if not settings.teams_specialist_conversation:
        said.append(
            "no specialists' channel in Teams (POSTWISE_TEAMS_SPECIALIST_CONVERSATION): they read on another platform"
        )
    elif not await _has_heard(settings, database):
        said.append(
            "nothing heard from Teams yet: install the app in the specialists' team and write '@Postwise help' in the channel"
        )
    return "; ".join(said)


def _about_token(kind: str, settings: Settings) -> str:
    if not kind.isdigit():
        return f"no token can be asked for ({kind}). Let this machine reach login.microsoftonline.com."
    if settings.microsoft_app_type == "UserAssignedMSI":
        return f"the managed identity gives no token ({kind}). Assign it to this machine or app, by the id in MICROSOFT_APP_ID."
    return (
        f"Entra gives no token ({kind}). Check MICROSOFT_APP_ID, MICROSOFT_APP_TENANT_ID, and that the secret in "
        "MICROSOFT_APP_PASSWORD has not run out."
    )


async def _has_heard(settings: Settings, database: Database) -> bool:
    try:
        async with database.reading() as unit:
            return await unit.teams_conversations.newest(district_id=settings.district) is not None
    except Exception:  # noqa: BLE001 - a database that is away or empty has a check of its own
        return False
