"""EVE's single sign-on, version 2: authorization code with PKCE, refresh, revocation."""

import base64
import logging
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from oauthlib.oauth2 import WebApplicationClient

from srp_portal.esi.credentials import AccessToken, token_owner
from srp_portal.esi.errors import (
    EsiUnavailable,
    SsoRejected,
    SsoUnavailable,
    TokenInvalidError,
)
from srp_portal.esi.jwt import Claims, KeySet, Verifier
from srp_portal.esi.settings import EsiSettings
from srp_portal.esi.transport import Call, Transport

log = logging.getLogger(__name__)

# The only errors of the token endpoint that say something about the token itself.
FATAL_ERRORS: Final = frozenset({"invalid_grant", "invalid_token"})
# Those of RFC 6749: anything else in their place might repeat what was sent.
KNOWN_ERRORS: Final = FATAL_ERRORS | {
    "access_denied",
    "invalid_client",
    "invalid_request",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
}
LONGEST_LIFETIME_S: Final = 86400
_VERIFIER_LENGTH: Final = 64
_SILENT: Final = "EVE's login service does not answer. Please try again in a few minutes."


@dataclass(frozen=True)
class TokenPayload:
    """Tokens as the SSO gave them out. refresh: None when no scope was granted."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class SsoLogin:
    """A character that proved who it is, and what it allows.

    owner_hash changes when the character is sold. scopes are sorted. return_to: a
    path of the application. kind: what `begin_login` was told.
    """

    character_id: int
    character_name: str
    owner_hash: str
    scopes: tuple[str, ...]
    token_payload: TokenPayload
    return_to: str = "/"
    kind: str = "login"


@dataclass(frozen=True)
class Proof:
    """State and PKCE pair of one login; secret until it came back."""

    state: str = field(repr=False)
    verifier: str = field(repr=False)
    challenge: str

    @classmethod
    def new(cls) -> "Proof":
        """A fresh one."""
        client = WebApplicationClient("")
        verifier = client.create_code_verifier(_VERIFIER_LENGTH)
        return cls(
            state=secrets.token_urlsafe(32),
            verifier=verifier,
            challenge=client.create_code_challenge(verifier, "S256"),
        )


class SsoClient:
    """Speaks with the SSO for one application."""

    def __init__(self, settings: EsiSettings, transport: Transport) -> None:
        self._settings = settings
        self._transport = transport
        keys = KeySet(f"{settings.sso_base_url}/oauth/jwks", transport)
        self._verifier = Verifier(settings, keys)

    def authorization_url(self, proof: Proof, scopes: tuple[str, ...], redirect_uri: str) -> str:
        """Where to send the person's browser."""
        query = {
            "response_type": "code",
            "client_id": self._settings.sso_client_id,
            "redirect_uri": redirect_uri,
            "state": proof.state,
            "code_challenge": proof.challenge,
            "code_challenge_method": "S256",
        }
        if scopes:
            query["scope"] = " ".join(scopes)
        return f"{self._settings.sso_base_url}/v2/oauth/authorize?{urlencode(query)}"

    def exchange(self, code: str, verifier: str, redirect_uri: str) -> tuple[Claims, TokenPayload]:
        """What a code from the callback stands for, verified.

        Raises SsoRejected for a code or token that is not good, SsoUnavailable.
        """
        body = self._oauth().prepare_request_body(
            code=code,
            redirect_uri=redirect_uri,
            code_verifier=verifier,
            include_client_id=not self._settings.sso_client_secret,
        )
        try:
            payload = self._token("SSO login", body)
        except TokenInvalidError as error:
            raise SsoRejected(
                "EVE did not accept this login, perhaps it took too long. Please try again."
            ) from error
        return self.verified(payload)

    def refresh(self, refresh_token: str) -> TokenPayload:
        """New tokens for a refresh token, not verified yet; their refresh token may be new.

        Raises TokenInvalidError when the SSO refuses the refresh token for good,
        SsoUnavailable for everything else, which says nothing about the token.
        """
        oauth = self._oauth()
        body = oauth.prepare_refresh_body(refresh_token=refresh_token)
        if not self._settings.sso_client_secret:
            body += "&" + urlencode({"client_id": self._settings.sso_client_id})
        payload = self._token("SSO refresh", body)
        return TokenPayload(payload.access, payload.refresh or refresh_token, payload.expires_at)

    def verified(self, payload: TokenPayload) -> tuple[Claims, TokenPayload]:
        """The claims in a payload, and the payload with a token that knows its owner.

        Raises SsoRejected, SsoUnavailable.
        """
        claims = self._verifier.verify(payload.access)
        owner = token_owner(claims.character_id, claims.owner_hash, claims.scopes)
        access = AccessToken(payload.access, owner)
        # An answer that names no time does so in the token; else our own clock is what counts.
        is_timed = payload.expires_at > datetime.now(UTC)
        expires_at = payload.expires_at if is_timed else claims.expires_at
        return claims, TokenPayload(access, payload.refresh, expires_at)

    def revoke(self, refresh_token: str) -> None:
        """Tell the SSO that a refresh token is not wanted any more. Raises SsoUnavailable."""
        form = {"token": refresh_token, "token_type_hint": "refresh_token"}
        self._post("SSO revoke", "/v2/oauth/revoke", urlencode(form))

    def _oauth(self) -> WebApplicationClient:
        return WebApplicationClient(self._settings.sso_client_id)

    def _token(self, operation: str, body: str) -> TokenPayload:
        status, document = self._post(operation, "/v2/oauth/token", body)
        access = document.get("access_token")
        if status == 200 and isinstance(access, str):
            refresh = document.get("refresh_token")
            return TokenPayload(
                access=access,
                refresh=refresh if isinstance(refresh, str) and refresh else None,
                expires_at=datetime.now(UTC) + _lifetime(document.get("expires_in")),
            )
        error = document.get("error")
        error = error if isinstance(error, str) else None
        if status == 400 and error in FATAL_ERRORS:
            raise TokenInvalidError(f"the SSO answered {error}", status=status, operation=operation)
        # A wrong client secret among them: a matter for the operator, not for the token.
        known = error if error in KNOWN_ERRORS else "nothing that is known"
        log.error("%s was answered %d, %s", operation, status, known)
        raise SsoUnavailable(_SILENT, status=status, operation=operation)

    def _post(self, operation: str, path: str, body: str) -> tuple[int, dict[str, Any]]:
        settings = self._settings
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        if settings.sso_client_secret:
            pair = f"{settings.sso_client_id}:{settings.sso_client_secret}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        url = settings.sso_base_url + path
        # Never repeated: a code works once, and a refresh token may be rotated by the first try.
        call = Call(operation, "POST", url, headers=headers, body=body.encode())
        try:
            answer = self._transport.send(call)
        except EsiUnavailable as error:
            raise SsoUnavailable(_SILENT, operation=operation) from error
        try:
            document = orjson.loads(answer.content) if answer.content else {}
        except ValueError:
            document = {}
        return answer.status_code, document if isinstance(document, dict) else {}


def _lifetime(value: object) -> timedelta:
    """How long an access token is good for; nothing where the SSO does not say so, or nonsense.

    Never an error: the tokens beside it are already given out.
    """
    seconds = value if isinstance(value, int) and not isinstance(value, bool) else 0
    return timedelta(seconds=min(max(seconds, 0), LONGEST_LIFETIME_S))
