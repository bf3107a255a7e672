"""The keys with which Bot Framework signs what it sends: fetched beside the event loop's other work, and again when they change.

botframework-connector 4.17.1 fetches them with a blocking call without a timeout, and does not look for a new key before
the old ones are a day old.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from bot.teams.limits import KEYS_GAP_SECONDS, KEYS_KEPT_SECONDS, KEYS_OLDEST_SECONDS
from knowledge.errors import PostwiseError

FETCH_SECONDS = 8.0
"""How long fetching the keys may take: the channel waits fifteen seconds."""

MAX_KEYS = 100
"""Most keys that are read from one document; Bot Framework publishes fewer than ten."""

log = structlog.get_logger()


class KeyNotKnownError(PostwiseError):
    """A token names a key that Bot Framework does not publish."""


class KeysAwayError(PostwiseError):
    """The keys cannot be fetched just now, so nobody can be believed."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A published key."""

    key: Any
    """What PyJWT verifies with."""

    endorsements: frozenset[str]
    """Channels for which the key may sign."""


class KeySet:
    """The published keys, by their name."""

    def __init__(
        self,
        *,
        metadata_url: str,
        session: Callable[[], aiohttp.ClientSession],
        gap_seconds: float = KEYS_GAP_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; nothing is fetched before the first token.

        Parameters
        ----------
        metadata_url
            The OpenID document that names the address of the keys.
        gap_seconds
            How long after asking the keys are not asked for again.
        """
        self._metadata_url = metadata_url
        self._session = session
        self._gap = gap_seconds
        self._now = now
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._fetching = asyncio.Lock()

    async def key(self, name: str) -> SigningKey:
        """Return a published key.

        Raises
        ------
        KeyNotKnownError
            Raised if there is no key of this name.
        KeysAwayError
            Raised if the keys cannot be fetched.
        """
        if name not in self._keys or self._age > KEYS_KEPT_SECONDS:
            await self._refresh(name)
        if self._age > KEYS_OLDEST_SECONDS:
            raise KeysAwayError
        if name not in self._keys:
            raise KeyNotKnownError
        return self._keys[name]

    async def fetch(self) -> int:
        """Fetch the keys now, and return how many there are.

        Raises
        ------
        KeysAwayError
            Raised if they cannot be fetched.
        """
        async with self._fetching:
            await self._fetch()
        return len(self._keys)

    @property
    def _age(self) -> float:
        return float("inf") if self._fetched_at is None else self._now() - self._fetched_at

    async def _refresh(self, name: str) -> None:
        """Fetch the keys once, however many tokens wait for them."""
        async with self._fetching:
            is_here = name in self._keys and self._age <= KEYS_KEPT_SECONDS
            was_just_tried = self._tried_at is not None and self._now() - self._tried_at < self._gap
            if is_here or (was_just_tried and self._fetched_at is not None):
                return
            try:
                await self._fetch()
            except KeysAwayError:
                if self._fetched_at is None or name not in self._keys:
                    raise

    async def _fetch(self) -> None:
        self._tried_at = self._now()
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                document = await self._json(self._metadata_url)
                published = await self._json(str(document["jwks_uri"]))
            keys = {
                str(each["kid"]): SigningKey(
                    PyJWK(each, "RS256").key, frozenset(map(str, each.get("endorsements", ())))
                )
                for each in published["keys"][:MAX_KEYS]
                if each.get("kty") == "RSA" and "kid" in each
            }
        except (
            aiohttp.ClientError,
            OSError,
            TimeoutError,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
            PyJWTError,
        ) as error:
            log.warning("keys of Bot Framework cannot be fetched", kind=type(error).__name__)
            raise KeysAwayError from error
        self._keys, self._fetched_at = keys, self._now()

    async def _json(self, address: str) -> Any:
        async with self._session().get(address) as response:
            response.raise_for_status()
            return await response.json(content_type=None)
