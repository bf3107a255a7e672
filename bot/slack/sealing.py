"""Seals tokens before they are kept: whoever reads the database alone has none."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from knowledge.errors import PostwiseError


class SealBrokenError(PostwiseError):
    """What was sealed cannot be opened: ``POSTWISE_SECRET_KEY`` is another one than it was sealed with."""


class Seal:
    """Closes and opens, under a key that is derived from the secret of this installation."""

    def __init__(self, secret: str) -> None:
        """Derive the key; a key of its own, so that what else the secret is used for tells nothing about it."""
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"postwise slack tokens").derive(secret.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, text: str) -> str:
        """Return a text sealed; nothing stays nothing."""
        return self._fernet.encrypt(text.encode()).decode() if text else ""

    def open(self, sealed: str) -> str:
        """Return what was sealed.

        Raises
        ------
        SealBrokenError
            Raised if it was sealed with another secret, or changed since.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode() if sealed else ""
        except InvalidToken as error:
            raise SealBrokenError from error
