"""One sandbox for the whole folder, put back to its start before each test."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from srp_portal.sandbox import Sandbox

CALLBACK = "http://127.0.0.1:6543/sso/callback"
VERIFIER = "a-verifier-of-more-than-forty-three-characters"
KILLMAILS = "esi-killmails.read_killmails.v1"
MIRA = 2112000101


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def universe(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def web(universe: Sandbox) -> Iterator[Callable[..., requests.Response]]:
    """Calls `web("GET", "/esi/status")`; redirects are not followed."""
    with requests.Session() as session:
        session.trust_env = False

        def call(method: str, path: str, **more: Any) -> requests.Response:
            url = path if path.startswith("http") else universe.url + path
            return session.request(method, url, timeout=10, allow_redirects=False, **more)

        yield call


@pytest.fixture
def authorize_url(universe: Sandbox) -> Callable[..., str]:
    """The address where a login begins; a parameter given as None is left out."""

    def build(**changes: str | None) -> str:
        digest = hashlib.sha256(VERIFIER.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": "portal",
            "redirect_uri": CALLBACK,
            "scope": KILLMAILS,
            "state": "a state",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **changes,
        }
        query = urlencode({key: value for key, value in asked.items() if value is not None})
        return f"{universe.url}/sso/v2/oauth/authorize?{query}"

    return build


@pytest.fixture
def exchange(web: Callable[..., requests.Response]) -> Callable[..., requests.Response]:
    """Sends a code to the token endpoint; a field given as None is left out."""

    def send(code: str, client: str = "portal", **changes: str | None) -> requests.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": VERIFIER,
            **changes,
        }
        return web("POST", "/sso/v2/oauth/token", data=form, auth=(client, "secret"))

    return send


@pytest.fixture
def log_in(
    universe: Sandbox,
    authorize_url: Callable[..., str],
    exchange: Callable[..., requests.Response],
) -> Callable[..., dict[str, Any]]:
    """A whole login; gives the token endpoint's answer."""

    def run(character_id: int = MIRA, **changes: str | None) -> dict[str, Any]:
        callback = universe.approve(authorize_url(**changes), character_id)
        answer = exchange(code_in(callback))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return run


@pytest.fixture
def as_pilot(log_in: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, str]]:
    """Headers of a pilot who allowed a scope."""

    def headers(scope: str, character_id: int = MIRA) -> dict[str, str]:
        token = log_in(character_id, scope=scope)["access_token"]
        return {"Authorization": f"Bearer {token}"}

    return headers


def code_in(callback: str) -> str:
    """The code in the address of a callback."""
    return parse_qs(urlsplit(callback).query)["code"][0]
