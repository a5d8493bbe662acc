"""The keys with which the sandbox signs tokens: made at first use, thrown away at the end."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import rsa

FIRST_KID = "JWT-Signature-Key"


@dataclass(frozen=True)
class SigningKey:
    """An RSA key and the name under which the key set lists it."""

    kid: str
    private: rsa.RSAPrivateKey

    def as_jwk(self) -> dict[str, Any]:
        """The public part, as the key set has it."""
        import jwt

        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key()))
        public.pop("key_ops", None)
        return {**public, "alg": "RS256", "kid": self.kid, "use": "sig"}

    def public_pem(self) -> bytes:
        """The public part as text, as anybody can have it."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        public = self.private.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class KeyRing:
    """The present signing key; an older one is forgotten when a new one is made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made = 0
        self._key: SigningKey | None = None
        self._other: dict[str, Any] = {}

    @property
    def present(self) -> SigningKey:
        """The key that signs now."""
        with self._lock:
            return self._key or self._make()

    def rotate(self) -> SigningKey:
        """A new key with a new name."""
        with self._lock:
            return self._make()

    def key_set(self) -> dict[str, Any]:
        """The published keys: a foreign one first, since clients must pick by name."""
        present = self.present.as_jwk()
        return {"keys": [self._other, present], "SkipUnresolvedJsonWebKeys": True}

    def _make(self) -> SigningKey:
        # Loading the cryptography takes longer than all the rest, so it waits for the first use.
        import jwt
        from cryptography.hazmat.primitives.asymmetric import ec, rsa

        self._made += 1
        kid = FIRST_KID if self._made == 1 else f"{FIRST_KID}-{self._made}"
        self._key = SigningKey(kid, rsa.generate_private_key(public_exponent=65537, key_size=2048))
        if not self._other:
            elliptic = ec.generate_private_key(ec.SECP256R1()).public_key()
            public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(elliptic))
            self._other = {**public, "alg": "ES256", "kid": "Other-Key", "use": "sig"}
        return self._key
