"""EVE's access tokens: signed JWTs, checked before anything in them is believed."""

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import jwt
import orjson

from srp_portal.esi.deadlines import deadline
from srp_portal.esi.errors import EsiUnavailable, SsoRejected, SsoUnavailable
from srp_portal.esi.locks import Lock
from srp_portal.esi.settings import EsiSettings
from srp_portal.esi.transport import Call, Transport

log = logging.getLogger(__name__)

ALGORITHM: Final = "RS256"
GAME: Final = "EVE Online"
LEEWAY_S: Final = 60
KEYS_KEPT_S: Final = 3600.0
# While the keys can't be had again: how often they are tried for, and how long.
RETRY_S: Final = 60.0
PATIENCE_S: Final = 5.0
# Fetches because of an unknown key: a rotation needs one, a flood of bad tokens gets no more.
FORCED_FETCHES: Final = 5
FORCED_WINDOW_S: Final = 60.0
_REQUIRED: Final = ["exp", "sub", "iss", "aud", "name", "owner"]


@dataclass(frozen=True)
class Claims:
    """What a checked access token says.

    owner_hash changes when the character moves to another account; scopes are sorted.
    """

    character_id: int
    character_name: str
    owner_hash: str
    scopes: tuple[str, ...]
    expires_at: datetime


class KeySet:
    """The SSO's public keys by their id, fetched when needed. now: monotonic seconds."""

    def __init__(
        self, url: str, transport: Transport, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = url
        self._transport = transport
        self._now = now
        self._lock = Lock()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._failed_at: float | None = None
        self._forced: deque[float] = deque(maxlen=FORCED_FETCHES)

    def key(self, kid: str) -> jwt.PyJWK | None:
        """The key with this id, None when the SSO has no such key.

        Raises SsoUnavailable when keys are needed and can't be had.
        """
        with self._lock:
            now = self._now()
            if self._is_stale(now) and (kid not in self._keys or self._may_retry(now)):
                self._fetch_or_keep(kid, now)
            if kid not in self._keys and self._may_force(now):
                self._forced.append(now)
                self._fetch()
            return self._keys.get(kid)

    def _is_stale(self, now: float) -> bool:
        return self._fetched_at is None or now - self._fetched_at > KEYS_KEPT_S

    def _may_retry(self, now: float) -> bool:
        return self._failed_at is None or now - self._failed_at > RETRY_S

    def _may_force(self, now: float) -> bool:
        if self._fetched_at == now:
            return False
        full = len(self._forced) == FORCED_FETCHES
        return not full or now - self._forced[0] > FORCED_WINDOW_S

    def _fetch_or_keep(self, kid: str, now: float) -> None:
        if kid not in self._keys:
            self._fetch()
            return
        try:
            # Everybody waits for this, and the key is at hand.
            with deadline(PATIENCE_S):
                self._fetch()
        except SsoUnavailable:
            # A key that was good an hour ago is better than no logins during an outage.
            self._failed_at = now
            log.warning("the keys of the SSO can't be fetched, the known ones are kept")

    def _fetch(self) -> None:
        call = Call("SSO keys", "GET", self._url, repeatable=True)
        try:
            answer = self._transport.send(call)
        except EsiUnavailable as error:
            raise SsoUnavailable(_SILENT) from error
        try:
            documents = orjson.loads(answer.content)["keys"] if answer.status_code == 200 else None
            found = [_key(document) for document in documents] if documents is not None else None
        except (ValueError, KeyError, TypeError):
            found = None
        if found is None:
            raise SsoUnavailable(_SILENT, status=answer.status_code)
        self._keys = {key.key_id: key for key in found if key is not None and key.key_id}
        self._fetched_at = self._now()


_SILENT: Final = "EVE's login service does not answer. Please try again in a few minutes."


def _key(document: Mapping[str, Any]) -> jwt.PyJWK | None:
    """A key that may verify RS256, None for one of another kind or a broken one."""
    if document.get("kty") != "RSA" or document.get("alg", ALGORITHM) != ALGORITHM:
        return None
    try:
        return jwt.PyJWK(dict(document), algorithm=ALGORITHM)
    except jwt.PyJWTError:
        log.warning("one of the keys of the SSO is broken")
        return None


class Verifier:
    """Checks access tokens for one application."""

    def __init__(self, settings: EsiSettings, keys: KeySet) -> None:
        self._client_id = settings.sso_client_id
        self._keys = keys
        url = urlsplit(settings.sso_base_url)
        base = settings.sso_base_url
        # Lists here and for audiences: a claim of any type can be looked for in one.
        self._issuers = [base, base + "/", url.hostname, url.netloc]

    def verify(self, token: str) -> Claims:
        """The claims of a token whose signature, issuer, audience and expiry are right.

        Raises SsoRejected for any that is not, SsoUnavailable when the keys can't be had.
        """
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError as error:
            raise _rejected("it is not a JWT") from error
        kid = header.get("kid")
        if header.get("alg") != ALGORITHM or not isinstance(kid, str):
            raise _rejected("its algorithm is not allowed")
        key = self._keys.key(kid)
        if key is None:
            raise _rejected("it is signed with an unknown key")
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                leeway=LEEWAY_S,
                options={"require": _REQUIRED, "verify_aud": False, "verify_iss": False},
            )
        except jwt.PyJWTError as error:
            raise _rejected(type(error).__name__) from error
        return self._read(claims)

    def _read(self, claims: Mapping[str, Any]) -> Claims:
        if claims["iss"] not in self._issuers:
            raise _rejected("of another issuer")
        audience = claims["aud"]
        # Both, always: a token made for another application must not open this one.
        wanted = (self._client_id, GAME)
        if not isinstance(audience, list) or not all(name in audience for name in wanted):
            raise _rejected("of another audience")
        name, owner = claims["name"], claims["owner"]
        if not isinstance(name, str) or not isinstance(owner, str) or not owner:
            raise _rejected("of its claims")
        return Claims(
            character_id=_character_id(claims["sub"]),
            character_name=name,
            owner_hash=owner,
            scopes=_scopes(claims.get("scp")),
            expires_at=_moment(claims["exp"]),
        )


def _moment(value: Any) -> datetime:
    try:
        return datetime.fromtimestamp(int(value), UTC)
    except (ValueError, OverflowError, OSError):
        raise _rejected("its end is no time") from None


def _character_id(subject: object) -> int:
    """The id in `CHARACTER:EVE:95465499`."""
    parts = subject.split(":") if isinstance(subject, str) else []
    if len(parts) != 3 or parts[:2] != ["CHARACTER", "EVE"]:
        raise _rejected("its subject is no character")
    digits = parts[2]
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        raise _rejected("its subject is no character")
    return int(digits)


def _scopes(value: object) -> tuple[str, ...]:
    """A list, a text when there is one scope, or nothing when there is none."""
    if value is None:
        return ()
    items = value.split() if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise _rejected("of its scopes")
    return tuple(sorted(set(items)))


def _rejected(why: str) -> SsoRejected:
    log.warning("an access token was refused: %s", why)
    return SsoRejected("EVE's answer to this login could not be verified. Please try again.")
