"""Keys derived from `srp.secret`: digests for look-ups, encryption at rest, signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class DecryptionError(Exception):
    """No present secret opens the text: it was written under one that is gone."""


class Secrets:
    """The site's secrets; the first one writes, all of them read.

    Each purpose ("session", "apikey", …) gets a key of its own, so that what is made for one
    is worthless for another.
    """

    def __init__(self, secrets: tuple[str, ...]) -> None:
        if not secrets:
            raise ValueError("at least one secret is needed")
        self._secrets = secrets
        self._keys: dict[tuple[str, int], bytes] = {}
        self._fernets: dict[str, MultiFernet] = {}

    def _key(self, purpose: str, index: int) -> bytes:
        key = self._keys.get((purpose, index))
        if key is None:
            derivation = HKDF(SHA256(), 32, salt=None, info=f"srp_portal {purpose}".encode())
            key = self._keys[purpose, index] = derivation.derive(self._secrets[index].encode())
        return key

    def digest(self, purpose: str, text: str) -> str:
        """A keyed digest under the first secret: 64 hexadecimal digits."""
        return self._digest(purpose, 0, text)

    def digests(self, purpose: str, text: str) -> tuple[str, ...]:
        """The digests under every secret, for look-ups of what an older one wrote."""
        return tuple(self._digest(purpose, index, text) for index in range(len(self._secrets)))

    def _digest(self, purpose: str, index: int, text: str) -> str:
        key = self._key(f"digest {purpose}", index)
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def encrypt(self, purpose: str, text: str) -> str:
        """The text encrypted and authenticated under the first secret."""
        return self._fernet(purpose).encrypt(text.encode()).decode()

    def decrypt(self, purpose: str, text: str) -> str:
        """The text as it was; raises DecryptionError."""
        try:
            return self._fernet(purpose).decrypt(text.encode()).decode()
        except InvalidToken:
            raise DecryptionError(f"no present secret decrypts this {purpose}") from None

    def _fernet(self, purpose: str) -> MultiFernet:
        fernet = self._fernets.get(purpose)
        if fernet is None:
            keys = (self._key(f"encrypt {purpose}", i) for i in range(len(self._secrets)))
            fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
            self._fernets[purpose] = fernet
        return fernet

    def sign(self, purpose: str, text: str) -> str:
        """The text with a signature before it; readable, but not to be forged."""
        return f"{self.digest(f'sign {purpose}', text)}.{text}"

    def unsign(self, purpose: str, signed: str) -> str | None:
        """The text that was signed, or None when the signature isn't ours."""
        signature, dot, text = signed.partition(".")
        known = self.digests(f"sign {purpose}", text)
        # compare_digest refuses text beyond ASCII, which a cookie may well hold.
        given = signature.encode()
        is_ours = any(hmac.compare_digest(given, digest.encode()) for digest in known)
        return text if dot and is_ours else None
