"""Access tokens: signed for clients, and checked where ESI wants one.

The JWT library is imported at first use, since it takes longer to load than all the rest.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from srp_portal.sandbox.entities import Character
from srp_portal.sandbox.grants import Grant, Switches
from srp_portal.sandbox.keys import KeyRing, SigningKey


class TokenRefusedError(Exception):
    """A bearer token that ESI refuses; `reason` is what it says about it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AccessTokens:
    """Signs access tokens as the SSO does, and reads them as ESI does.

    sso_url: base URL of the SSO. clock: gives the present, aware UTC.
    """

    def __init__(self, sso_url: str, keys: KeyRing, clock: Callable[[], datetime]) -> None:
        self.sso_url = sso_url
        self.keys = keys
        self._clock = clock

    def sign(self, grant: Grant, character: Character, switches: Switches) -> str:
        """A JWT for what the grant allows."""
        key = self.keys.present
        now = int(self._clock().timestamp()) + switches.clock_skew
        claims: dict[str, Any] = {
            "jti": str(uuid.uuid4()),
            "kid": key.kid,
            "sub": f"CHARACTER:EVE:{character.id}",
            "azp": grant.client_id,
            "tenant": "tranquility",
            "tier": "live",
            "region": "world",
            "name": character.name,
            "owner": character.owner,
            "exp": now + switches.lifetime,
            "iat": now,
            "iss": self._issuer(switches.iss),
        }
        claims |= _scope_claim(grant.scopes, switches.scp)
        claims |= _audience_claim(grant.client_id, switches.aud)
        headers: dict[str, Any] = {"typ": "JWT"}
        if switches.kid != "absent":
            headers["kid"] = key.kid if switches.kid == "good" else "Unheard-Of-Key"
        token = _signed(claims, headers, key, switches.alg)
        return _spoiled(token) if switches.signature == "bad" else token

    def read(self, token: str) -> dict[str, Any]:
        """The claims of a token with a good signature; raises TokenRefusedError."""
        import jwt

        try:
            # The clock may be a test's own, so expiry is compared here and not in the library.
            claims: dict[str, Any] = jwt.decode(
                token,
                self.keys.present.private.public_key(),
                algorithms=["RS256"],
                options={"verify_aud": False, "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError as error:
            raise TokenRefusedError("authentication failure") from error
        if claims.get("exp", 0) <= self._clock().timestamp():
            raise TokenRefusedError("expired")
        return claims

    def _issuer(self, wanted: str | None) -> str:
        if wanted == "slash":
            return f"{self.sso_url}/"
        if wanted == "host":
            return urlsplit(self.sso_url).hostname or ""
        return self.sso_url if wanted is None else wanted


def scopes_of(claims: dict[str, Any]) -> set[str]:
    """The scopes in a token, whichever shape the claim has."""
    scopes = claims.get("scp", [])
    return {scopes} if isinstance(scopes, str) else set(scopes)


def _scope_claim(scopes: tuple[str, ...], shape: str) -> dict[str, Any]:
    if shape == "auto":
        shape = {0: "absent", 1: "string"}.get(len(scopes), "list")
    if shape == "absent":
        return {}
    return {"scp": list(scopes) if shape == "list" else " ".join(scopes)}


def _audience_claim(client_id: str, shape: str) -> dict[str, Any]:
    if shape == "missing":
        return {}
    audiences = {
        "both": [client_id, "EVE Online"],
        "text": "EVE Online",
        "without-client": ["EVE Online"],
        "without-eve": [client_id],
    }
    return {"aud": audiences[shape]}


def _signed(
    claims: dict[str, Any], headers: dict[str, Any], key: SigningKey, algorithm: str
) -> str:
    import jwt

    if algorithm == "RS256":
        return jwt.encode(claims, key.private, algorithm="RS256", headers=headers)
    if algorithm == "none":
        return jwt.encode(claims, "", algorithm="none", headers=headers)
    # No library does what a forger would: sign with the public key as if it were a secret.
    parts = [{**headers, "alg": "HS256"}, claims]
    content = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    signature = hmac.new(key.public_pem(), content.encode(), hashlib.sha256).digest()
    return f"{content}.{_base64(signature)}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _spoiled(token: str) -> str:
    head, _, signature = token.rpartition(".")
    if not signature:
        return f"{head}.A"
    return f"{head}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
