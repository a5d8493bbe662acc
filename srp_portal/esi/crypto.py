"""Secrets at rest, and signatures for the browser's cookie.

From each secret of `esi.secret` one key is derived for each purpose (HKDF with
SHA-256, RFC 5869). The first secret writes, all of them read, so that an
operator can put a new one in front and drop the old one later.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from srp_portal.esi.errors import EsiConfigurationError

_ENCRYPT: Final = b"srp_portal.esi encrypt 1"
_SIGN: Final = b"srp_portal.esi sign 1"


class Secret(str):
    """A text that is not shown by its repr, as a database's log of rows and a traceback do."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<secret>"


class Cipher:
    """Encrypts and signs with secrets; the first one writes.

    Raises EsiConfigurationError when there is none.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets:
            raise EsiConfigurationError("esi.secret is required")
        keys = [base64.urlsafe_b64encode(_derive(secret, _ENCRYPT)) for secret in secrets]
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._signing_keys = [_derive(secret, _SIGN) for secret in secrets]

    def encrypt(self, text: str) -> str:
        """The text in a form that may be stored; different each time."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def decrypt(self, stored: str) -> Secret:
        """The text that was encrypted under any of the secrets.

        Raises EsiConfigurationError when none of them fits.
        """
        try:
            return Secret(self._fernet.decrypt(stored.encode()).decode())
        except InvalidToken:
            raise EsiConfigurationError("esi.secret does not fit what is stored") from None

    def sign(self, text: str) -> str:
        """The text with a signature behind a dot."""
        return f"{text}.{_signature(self._signing_keys[0], text)}"

    def verify(self, signed: str) -> str | None:
        """The text that was signed, None when the signature is not ours."""
        text, _, signature = signed.rpartition(".")
        given = signature.encode()
        found = [
            hmac.compare_digest(_signature(key, text).encode(), given) for key in self._signing_keys
        ]
        return text if any(found) else None


def digest(text: str) -> str:
    """SHA-256 in hex: what is stored of random values that only need to be found again."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


def _signature(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
