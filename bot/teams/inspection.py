"""Whether an activity really comes from Bot Framework, for this bot, from a tenant that may write.

Each check that the stock authentication of botframework-connector 4.17.1 leaves out is made here: a token without an
expiry, a key without endorsements, an activity without a serviceUrl or a channel, a tenant of somebody else.

Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from bot.teams.keys import KeyNotKnownError, KeySet
from bot.teams.limits import CLOCK_LEEWAY_SECONDS, MAX_TOKEN_CHARACTERS
from knowledge.errors import PostwiseError

CHANNEL = "msteams"
"""The channel that we serve; a key must be endorsed for it."""

PUBLIC_ISSUER = "https://api.botframework.com"
GOVERNMENT_ISSUER = "https://api.botframework.us"
"""Who signs. Source: https://learn.microsoft.com/azure/bot-service/how-to-deploy-gov-cloud-high"""


class NotBelievedError(PostwiseError):
    """A request does not carry a token that Bot Framework made for this bot."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
        """A short word for the log."""


class NotAllowedError(NotBelievedError):
    """The token is good; what it was sent with comes from where nobody may write from."""


def issuer_of(metadata_url: str) -> str:
    """Return who signs in the cloud of a metadata address: the government's own, or the public one."""
    return GOVERNMENT_ISSUER if "botframework.azure.us" in metadata_url else PUBLIC_ISSUER


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspector:
    """Looks at tokens and at what they came with."""

    app_id: str
    keys: KeySet
    issuer: str
    tenants: Collection[str]
    """Whose people may write, in small letters."""

    service_urls: tuple[str, ...]
    """What the address to answer at must begin with, in small letters."""

    async def claims(self, header: str) -> Mapping[str, Any]:
        """Return what the token of a request claims, once its signature, expiry, issuer and audience are found good.

        Raises
        ------
        NotBelievedError
            Raised if it is not.
        KeysAwayError
            Raised if nobody can tell.
        """
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > MAX_TOKEN_CHARACTERS:
            raise NotBelievedError("no token")
        try:
            head = jwt.get_unverified_header(token)
            name = head.get("kid")
            if head.get("alg") != "RS256" or not isinstance(name, str):
                raise NotBelievedError("algorithm")
            key = await self.keys.key(name)
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                audience=self.app_id,
                issuer=self.issuer,
                leeway=CLOCK_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud"], "strict_aud": True},
            )
        except KeyNotKnownError as error:
            raise NotBelievedError("key") from error
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise NotBelievedError(type(error).__name__) from error
        if CHANNEL not in key.endorsements:
            raise NotBelievedError("endorsement")
        return claims

    def check(self, claims: Mapping[str, Any], *, channel: str, service_url: str, tenant: str) -> None:
        """Compare an activity with its token, and with who may write.

        Raises
        ------
        NotBelievedError, NotAllowedError
            Raised if they do not go together.
        """
        if channel != CHANNEL:
            raise NotAllowedError("channel")
        claimed = claims.get("serviceurl")
        if not service_url or not isinstance(claimed, str) or _plain(claimed) != _plain(service_url):
            raise NotBelievedError("serviceUrl")
        if not any(_plain(service_url).startswith(allowed.rstrip("/") + "/") for allowed in self.service_urls):
            raise NotAllowedError("serviceUrl")
        if tenant.lower() not in self.tenants:
            raise NotAllowedError("tenant")


def _plain(address: str) -> str:
    """Return an address in the form in which two of the same are equal."""
    return address.lower().rstrip("/") + "/"
