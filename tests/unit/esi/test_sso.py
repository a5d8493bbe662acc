"""The token endpoint, when it answers oddly."""

import base64
from urllib.parse import parse_qs

import pytest

from srp_portal.esi.errors import EsiConfigurationError, SsoUnavailable, TokenInvalidError
from srp_portal.esi.exchanges import KEPT_S, MOST, Exchanges
from srp_portal.esi.limits import Limiter
from srp_portal.esi.runtime import _serving, current
from srp_portal.esi.sso import Proof, SsoClient
from srp_portal.esi.stores import MemoryStore
from srp_portal.esi.transport import Transport


@pytest.fixture
def make_sso(make_settings):
    def make(**changes):
        settings = make_settings(**changes)
        return SsoClient(settings, Transport(settings, "tests v1", Limiter(MemoryStore())))

    return make


def test_refresh_when_answered_then_form_and_basic_authorization_are_sent(make_sso, server):
    server.reply = lambda _: (200, {}, {"access_token": "a", "expires_in": 1199})
    payload = make_sso(sso_client_id="id", sso_client_secret="pw").refresh("old one/+")
    assert (payload.access, payload.refresh) == ("a", "old one/+")
    method, path, headers, body = server.asked[0]
    assert (method, path) == ("POST", "/v2/oauth/token")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"id:pw").decode()
    form = parse_qs(body.decode())
    assert form == {"grant_type": ["refresh_token"], "refresh_token": ["old one/+"]}


def test_refresh_when_there_is_no_secret_then_client_id_is_in_the_form(make_sso, server):
    server.reply = lambda _: (200, {}, {"access_token": "a", "refresh_token": "new"})
    assert make_sso(sso_client_id="id").refresh("old").refresh == "new"
    _, _, headers, body = server.asked[0]
    assert "Authorization" not in headers
    assert parse_qs(body.decode())["client_id"] == ["id"]


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_token"])
def test_refresh_when_refused_for_good_then_token_invalid(make_sso, server, error):
    server.reply = lambda _: (400, {}, {"error": error, "error_description": "gone"})
    with pytest.raises(TokenInvalidError, match=error):
        make_sso().refresh("secret")


@pytest.mark.parametrize(
    "reply",
    [
        (401, {}, {"error": "invalid_client"}),
        (400, {}, {"error": "unsupported_grant_type"}),
        (400, {}, {"error": "<script>"}),
        (401, {}, {"error": "invalid_grant"}),
        (400, {}, ["invalid_grant"]),
        (429, {}, {}),
        (500, {}, b"<html>invalid_grant"),
        (200, {}, b""),
        (200, {}, {"access_token": 7}),
    ],
    ids=["client", "grant-type", "odd", "status", "list", "limit", "html", "empty", "number"],
)
def test_refresh_when_anything_else_then_unavailable_and_asked_once(
    make_sso, server, reply, caplog
):
    server.reply = lambda _: reply
    with pytest.raises(SsoUnavailable):
        make_sso().refresh("secret-token")
    assert len(server.asked) == 1
    assert "secret-token" not in caplog.text
    assert "<script>" not in caplog.text


def test_refresh_when_sso_is_away_then_unavailable(make_sso):
    with pytest.raises(SsoUnavailable):
        make_sso(sso_base_url="http://127.0.0.1:1").refresh("secret")


def test_revoke_when_called_then_refresh_token_is_named(make_sso, server):
    make_sso().revoke("secret")
    method, path, _, body = server.asked[0]
    assert (method, path) == ("POST", "/v2/oauth/revoke")
    assert parse_qs(body.decode()) == {"token": ["secret"], "token_type_hint": ["refresh_token"]}


def test_proof_when_made_then_all_random_and_hidden():
    one, two = Proof.new(), Proof.new()
    assert len({one.state, two.state, one.verifier, two.verifier, one.challenge}) == 5
    assert one.state not in repr(one)
    assert one.verifier not in repr(one)


def test_exchanges_when_asked_again_soon_then_same_else_anew():
    now, made = [0.0], []
    exchanges = Exchanges(now=lambda: now[0])

    def exchange():
        made.append(len(made))
        return made[-1]

    assert [exchanges.once("a", exchange) for _ in range(2)] == [0, 0]
    now[0] += KEPT_S
    assert exchanges.once("a", exchange) == 1
    for number in range(MOST + 5):
        exchanges.once(str(number), exchange)
    assert len(exchanges._kept) == MOST


def test_current_when_nothing_is_included_then_configuration_error(monkeypatch):
    monkeypatch.setattr("srp_portal.esi.runtime._configured", [])
    token = _serving.set(None)
    try:
        with pytest.raises(EsiConfigurationError, match="not included"):
            current()
    finally:
        _serving.reset(token)
