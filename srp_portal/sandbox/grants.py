"""Codes and refresh tokens that the sandbox gave out, and how it is told to misbehave."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from srp_portal.sandbox.sso_errors import NEXT_ERRORS


@dataclass(frozen=True)
class Switches:
    """How the SSO of the sandbox behaves.

    scp: shape of the claim; `auto` is a list, a string for one scope, absent for none.
    iss: the claim; None is the SSO's base URL, `slash` the same with a slash, `host` its host.
    aud, signature: what tokens say, and whether their signature is right.
    alg: how they are signed: `RS256`, `HS256` with the public key for a secret, or `none`.
    kid: the name of their key: `good`, `unknown` or `absent`.
    rotate: refreshing gives a new refresh token and kills the old one.
    scope_change_revokes: a login with another set of scopes kills the refresh tokens that the
    same application had for the same character.
    refresh_token: whether there is one at all. lifetime: of access tokens, seconds.
    code_lifetime: of authorization codes, seconds. clock_skew: seconds that the SSO's clock
    is ahead. client: `{"id": …, "secret": …}` when only that client is let in.
    redirect_uris: registered ones, beside every loopback address.
    next_error: one of `NEXT_ERRORS`, the token endpoint's next `error_times` answers.
    """

    scp: str = "auto"
    iss: str | None = None
    aud: str = "both"
    signature: str = "good"
    alg: str = "RS256"
    kid: str = "good"
    rotate: bool = True
    scope_change_revokes: bool = False
    refresh_token: bool = True
    lifetime: int = 1200
    code_lifetime: int = 300
    clock_skew: int = 0
    client: dict[str, str] | None = None
    redirect_uris: tuple[str, ...] = ()
    next_error: str | None = None
    error_times: int = 1

    def changed(self, **changes: Any) -> Switches:
        """Other switches; ValueError names an unknown switch, or one that can't be so."""
        for name, value in changes.items():
            check = _CHECKS.get(name)
            if check is None:
                raise ValueError(f"unknown switch {name!r}; there are {', '.join(_CHECKS)}")
            if not check(value):
                raise ValueError(f"the switch {name!r} can't be {value!r}")
        if "redirect_uris" in changes:
            changes["redirect_uris"] = tuple(changes["redirect_uris"])
        return replace(self, **changes)


def _is_number(value: Any) -> bool:
    return type(value) is int and abs(value) < 10**9


def _is_client(value: Any) -> bool:
    return value is None or (
        isinstance(value, dict)
        and set(value) == {"id", "secret"}
        and all(isinstance(each, str) for each in value.values())
    )


def _is_uris(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


# What a switch may be, by its name.
_CHECKS: dict[str, Callable[[Any], bool]] = {
    "scp": lambda value: value in {"auto", "list", "string", "absent"},
    "iss": lambda value: value is None or isinstance(value, str),
    "aud": lambda value: value in {"both", "text", "missing", "without-client", "without-eve"},
    "signature": lambda value: value in {"good", "bad"},
    "alg": lambda value: value in {"RS256", "HS256", "none"},
    "kid": lambda value: value in {"good", "unknown", "absent"},
    "rotate": _is_bool,
    "scope_change_revokes": _is_bool,
    "refresh_token": _is_bool,
    "lifetime": _is_number,
    "code_lifetime": _is_number,
    "clock_skew": _is_number,
    "client": _is_client,
    "redirect_uris": _is_uris,
    "next_error": lambda value: value in NEXT_ERRORS,
    "error_times": lambda value: _is_number(value) and value >= 1,
}


@dataclass(frozen=True)
class Grant:
    """What a person allowed a client: who they are, and which scopes."""

    client_id: str
    character_id: int
    owner: str
    scopes: tuple[str, ...]
    redirect_uri: str = ""
    challenge: str = ""
    expires_at: datetime | None = field(default=None, compare=False)


class Grants:
    """Codes and refresh tokens by their secret; any method from any thread."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._codes: dict[str, Grant] = {}
        self._refresh_tokens: dict[str, Grant] = {}

    def code_for(self, grant: Grant, lifetime_s: int) -> str:
        """A code that can be used once, within its lifetime."""
        code = secrets.token_urlsafe(16)
        expires_at = self._clock() + timedelta(seconds=lifetime_s)
        with self._lock:
            self._codes[code] = replace(grant, expires_at=expires_at)
        return code

    def redeem(self, code: str) -> Grant | None:
        """The grant of a code, which is used up; None for an unknown, used or late one."""
        with self._lock:
            grant = self._codes.pop(code, None)
        if grant is None or grant.expires_at is None or grant.expires_at <= self._clock():
            return None
        return grant

    def refresh_token_for(self, grant: Grant) -> str:
        """A refresh token: 24 characters, as the SSO's."""
        token = secrets.token_urlsafe(18)
        with self._lock:
            self._refresh_tokens[token] = replace(grant, redirect_uri="", challenge="")
        return token

    def grant_of(self, token: str) -> Grant | None:
        """The grant behind a refresh token; None for an unknown or revoked one."""
        with self._lock:
            return self._refresh_tokens.get(token)

    def rotate(self, token: str) -> str | None:
        """A new refresh token in place of an old one; None when somebody else was faster."""
        with self._lock:
            grant = self._refresh_tokens.pop(token, None)
        return None if grant is None else self.refresh_token_for(grant)

    def revoke(self, token: str) -> None:
        """Forgets a refresh token, if it is one."""
        with self._lock:
            self._refresh_tokens.pop(token, None)

    def revoke_other_scopes(self, grant: Grant) -> None:
        """Forgets refresh tokens of the same client and character for other scopes."""
        with self._lock:
            self._refresh_tokens = {
                token: each
                for token, each in self._refresh_tokens.items()
                if (each.client_id, each.character_id) != (grant.client_id, grant.character_id)
                or set(each.scopes) == set(grant.scopes)
            }

    def clear(self) -> None:
        """Forgets all codes and refresh tokens."""
        with self._lock:
            self._codes.clear()
            self._refresh_tokens.clear()
