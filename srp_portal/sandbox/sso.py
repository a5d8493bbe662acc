"""The single sign-on: OAuth 2 with PKCE, as EVE's SSO speaks it in version 2."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import re
import threading
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from srp_portal.sandbox import pages
from srp_portal.sandbox.grants import Grant, Grants, Switches
from srp_portal.sandbox.keys import KeyRing
from srp_portal.sandbox.messages import (
    Request,
    Response,
    html_response,
    json_response,
    redirect,
)
from srp_portal.sandbox.sso_errors import sso_error, trouble
from srp_portal.sandbox.tokens import AccessTokens
from srp_portal.sandbox.universe import Universe

_SCOPE = re.compile(r"publicData|esi-[a-z-]+\.[a-z_]+\.v[0-9]+")
_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "client_secret_jwt"]


class Sso:
    """Answers below `/sso`."""

    def __init__(self, universe: Universe) -> None:
        self.universe = universe
        self.url = f"{universe.base_url}/sso"
        self.keys = KeyRing()
        self.tokens = AccessTokens(self.url, self.keys, universe.clock)
        self.grants = Grants(universe.clock)
        self._lock = threading.Lock()
        self._switches = Switches()

    @property
    def switches(self) -> Switches:
        """How it behaves now."""
        return self._switches

    def set(self, *, new_kid: bool = False, **changes: Any) -> Switches:
        """Changes switches, see `Switches`; `new_kid` makes a new signing key at once."""
        with self._lock:
            self._switches = self._switches.changed(**changes)
        if new_kid:
            self.keys.rotate()
        return self._switches

    def reset(self) -> None:
        """Switches as at the start; codes and refresh tokens are forgotten, the key stays."""
        with self._lock:
            self._switches = Switches()
        self.grants.clear()

    def answer(self, request: Request) -> Response:
        """One answer."""
        routes = {
            ("GET", "/.well-known/oauth-authorization-server"): self._metadata,
            ("GET", "/v2/oauth/authorize"): self._authorize,
            ("POST", "/v2/oauth/authorize"): self._authorize,
            ("POST", "/v2/oauth/token"): self._token,
            ("POST", "/v2/oauth/revoke"): self._revoke,
            ("GET", "/oauth/jwks"): self._key_set,
        }
        method = "GET" if request.method == "HEAD" else request.method
        handler = routes.get((method, request.path))
        if handler is not None:
            return handler(request)
        allowed = sorted(verb for verb, path in routes if path == request.path)
        if allowed:
            return json_response(
                {"error": "method_not_allowed"}, 405, {"Allow": ", ".join(allowed)}
            )
        return json_response({"error": "not_found"}, 404)

    def _metadata(self, _request: Request) -> Response:
        value = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/v2/oauth/authorize",
            "token_endpoint": f"{self.url}/v2/oauth/token",
            "response_types_supported": ["code", "token"],
            "jwks_uri": f"{self.url}/oauth/jwks",
            "revocation_endpoint": f"{self.url}/v2/oauth/revoke",
            "subject_types_supported": ["public"],
            "revocation_endpoint_auth_methods_supported": _AUTH_METHODS,
            "token_endpoint_auth_methods_supported": _AUTH_METHODS,
            "id_token_signing_alg_values_supported": ["HS256"],
            "token_endpoint_auth_signing_alg_values_supported": ["HS256"],
            "code_challenge_methods_supported": ["S256"],
        }
        return json_response(value, headers={"Cache-Control": "public, max-age=300"})

    def _key_set(self, _request: Request) -> Response:
        return json_response(self.keys.key_set(), headers={"Cache-Control": "no-store"})

    def _authorize(self, request: Request) -> Response:
        """The page where a person chooses a character, and what follows the choice.

        A choice is `character_id` with `approve=1`, by the page's form or, for scripts, in the
        query of a GET; `cancel=1` refuses.
        """
        asked = {**request.parameters, **(request.form if request.method == "POST" else {})}
        problem = self._problem(asked)
        if problem is not None:
            return problem
        if asked.get("cancel"):
            return _back(asked, error="access_denied", error_description="The user denied access")
        chosen = asked.get("character_id", "")
        if not (asked.get("approve") and chosen):
            return html_response(pages.authorize(asked, self.universe))
        character = self.universe.characters.get(int(chosen)) if _is_id(chosen) else None
        if character is None:
            return sso_error("invalid_request", f"There is no character {chosen} in the sandbox.")
        grant = Grant(
            client_id=asked.get("client_id", ""),
            character_id=character.id,
            owner=character.owner,
            scopes=tuple(dict.fromkeys(asked.get("scope", "").split())),
            redirect_uri=asked["redirect_uri"],
            challenge=asked.get("code_challenge", ""),
        )
        return _back(asked, code=self.grants.code_for(grant, self.switches.code_lifetime))

    def _problem(self, asked: dict[str, str]) -> Response | None:
        """What is wrong with an authorization request; shown in the browser, never sent back."""
        if not self._is_redirect_allowed(asked.get("redirect_uri", "")):
            text = "the callback uri doesn't match the value stored for this client"
            return sso_error("invalid_request", text)
        client = self.switches.client
        if client and asked.get("client_id") != client.get("id"):
            return sso_error("invalid_request", "Unknown client_id.")
        if asked.get("response_type") != "code":
            return sso_error("unsupported_response_type", "Only response_type=code is supported.")
        if not asked.get("state"):
            return sso_error("invalid_request", "The state parameter is required.")
        for scope in asked.get("scope", "").split():
            if not _SCOPE.fullmatch(scope):
                text = f"The requested '{scope}' scope is not valid."
                return sso_error("invalid_scope", text)
        if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
            return sso_error("invalid_request", "code_challenge_method must be S256.")
        return None

    def _is_redirect_allowed(self, uri: str) -> bool:
        if uri in self.switches.redirect_uris:
            return True
        try:
            parts = urlsplit(uri)
            host = parts.hostname or ""
        except ValueError:
            return False
        return parts.scheme in {"http", "https"} and not parts.fragment and _is_loopback(host)

    def _token(self, request: Request) -> Response:
        failure = self._next_error()
        if failure is not None:
            return failure
        form = request.form
        client_id, secret, by_header = _credentials(request, form)
        refused = self._refused_client(client_id, secret, is_native=not by_header and not secret)
        if refused is not None:
            return refused
        if form.get("grant_type") == "authorization_code":
            return self._exchange(form, client_id)
        if form.get("grant_type") == "refresh_token":
            return self._refresh(form, client_id)
        return sso_error("unsupported_grant_type", "Only authorization_code and refresh_token.")

    def _next_error(self) -> Response | None:
        with self._lock:
            error = self._switches.next_error
            if error is None:
                return None
            left = self._switches.error_times - 1
            changes = {"error_times": left} if left > 0 else {"next_error": None, "error_times": 1}
            self._switches = self._switches.changed(**changes)
        return trouble(error)

    def _refused_client(self, client_id: str, secret: str, *, is_native: bool) -> Response | None:
        client = self.switches.client
        if client is None:
            return None
        known = client_id == client.get("id")
        # A native application has no secret; its codes are protected by PKCE instead.
        if known and (is_native or hmac.compare_digest(secret, client.get("secret", ""))):
            return None
        return sso_error("invalid_client", "Unknown client or wrong secret.", 401)

    def _exchange(self, form: dict[str, str], client_id: str) -> Response:
        grant = self.grants.redeem(form.get("code", ""))
        if grant is None:
            return sso_error("invalid_grant", "Authorization code not found, used or expired.")
        if grant.client_id != client_id:
            return sso_error("invalid_grant", "The code was given to another client.")
        if form.get("redirect_uri", grant.redirect_uri) != grant.redirect_uri:
            return sso_error("invalid_grant", "The redirect_uri is not that of the request.")
        if grant.challenge and not _verifies(form.get("code_verifier", ""), grant.challenge):
            return sso_error("invalid_grant", "The code_verifier does not match the challenge.")
        if self.switches.scope_change_revokes:
            self.grants.revoke_other_scopes(grant)
        refresh_token = None
        if grant.scopes and self.switches.refresh_token:
            refresh_token = self.grants.refresh_token_for(grant)
        return self._tokens_for(grant, refresh_token)

    def _refresh(self, form: dict[str, str], client_id: str) -> Response:
        token = form.get("refresh_token", "")
        grant = self.grants.grant_of(token)
        if grant is None:
            return sso_error("invalid_grant", "Invalid refresh token. Token missing/expired.")
        if grant.client_id != client_id:
            text = "The refresh token does not match the client specified."
            return sso_error("invalid_grant", text)
        asked = form.get("scope", "").split()
        if not set(asked) <= set(grant.scopes):
            return sso_error("invalid_scope", "More scopes than the person allowed.")
        next_token: str | None = token
        if self.switches.rotate:
            next_token = self.grants.rotate(token)
            if next_token is None:
                return sso_error("invalid_grant", "Invalid refresh token. Token missing/expired.")
        narrowed = Grant(client_id, grant.character_id, grant.owner, tuple(asked) or grant.scopes)
        return self._tokens_for(narrowed, next_token if self.switches.refresh_token else None)

    def _tokens_for(self, grant: Grant, refresh_token: str | None) -> Response:
        # The owner is the present one: a client must notice that the character was sold.
        character = self.universe.characters[grant.character_id]
        answer = {
            "access_token": self.tokens.sign(grant, character, self.switches),
            "expires_in": max(self.switches.lifetime - 1, 0),
            "token_type": "Bearer",
        }
        if refresh_token is not None:
            answer["refresh_token"] = refresh_token
        return json_response(answer, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})

    def _revoke(self, request: Request) -> Response:
        self.grants.revoke(request.form.get("token", ""))
        return Response(200, b"", {"Cache-Control": "no-store"})


def _credentials(request: Request, form: dict[str, str]) -> tuple[str, str, bool]:
    """Client id, secret, and whether they came in the Authorization header."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            text = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            text = ""
        client_id, _, secret = text.partition(":")
        return unquote(client_id), unquote(secret), True
    return form.get("client_id", ""), form.get("client_secret", ""), False


def _verifies(verifier: str, challenge: str) -> bool:
    digest = hashlib.sha256(verifier.encode()).digest()
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(expected, challenge)


def _is_id(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,18}", text))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _back(asked: dict[str, str], **answer: str) -> Response:
    uri = asked["redirect_uri"]
    separator = "&" if urlsplit(uri).query else "?"
    return redirect(f"{uri}{separator}{urlencode({**answer, 'state': asked['state']})}")
