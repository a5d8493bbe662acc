"""Logins, and the tokens that come out of them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CALLBACK = "http://127.0.0.1:6543/sso/callback"
KILLMAILS = "esi-killmails.read_killmails.v1"
SKILLS = "esi-skills.read_skills.v1"
MIRA = 2112000101


def code_in(callback: str) -> str:
    return parse_qs(urlsplit(callback).query)["code"][0]


def claims_of(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


def key_for(web, token: str) -> jwt.PyJWK:
    kid = jwt.get_unverified_header(token)["kid"]
    keys = web("GET", "/sso/oauth/jwks").json()["keys"]
    return jwt.PyJWK(next(key for key in keys if key["kid"] == kid))


def pem_of(key: jwt.PyJWK) -> bytes:
    return key.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def refusal_of(web, token: str) -> str:
    headers = {"Authorization": f"Bearer {token}"}
    answer = web("GET", f"/esi/characters/{MIRA}/killmails/recent", headers=headers)
    assert answer.status_code == 403
    return answer.json()["error"]


def test_metadata_when_read_then_all_its_addresses_are_in_the_sandbox(web, universe):
    metadata = web("GET", "/sso/.well-known/oauth-authorization-server").json()
    addresses = ("authorization_endpoint", "token_endpoint", "jwks_uri", "revocation_endpoint")
    assert metadata["issuer"] == f"{universe.url}/sso"
    assert all(metadata[name].startswith(f"{universe.url}/sso/") for name in addresses)
    assert metadata["code_challenge_methods_supported"] == ["S256"]


def test_login_when_a_character_is_chosen_then_state_and_code_come_back(universe, authorize_url):
    callback = universe.approve(authorize_url(), MIRA)
    query = parse_qs(urlsplit(callback).query)
    assert callback.startswith(f"{CALLBACK}?")
    assert query["state"] == ["a state"]
    assert query["code"][0]


def test_login_when_scripted_by_get_then_it_works_without_the_page(web, authorize_url):
    answer = web("GET", f"{authorize_url()}&character_id={MIRA}&approve=1")
    assert answer.status_code == 302
    assert code_in(answer.headers["Location"])


def test_login_when_cancelled_then_access_denied_comes_back(universe, authorize_url):
    query = parse_qs(urlsplit(universe.refuse(authorize_url())).query)
    assert query["error"] == ["access_denied"]
    assert query["state"] == ["a state"]
    assert "code" not in query


def test_page_when_opened_then_it_offers_every_character_and_shows_the_scopes(
    web, universe, authorize_url
):
    page = web("GET", authorize_url(client_id="<b>me</b>"))
    assert page.status_code == 200
    assert all(f'value="{number}"' in page.text for number in universe.characters)
    assert KILLMAILS in page.text
    assert "&lt;b&gt;me&lt;/b&gt;" in page.text
    assert "<b>me" not in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"redirect_uri": "https://evil.example/"}, "invalid_request", id="elsewhere"),
        pytest.param({"redirect_uri": "http://[::1"}, "invalid_request", id="malformed callback"),
        pytest.param({"redirect_uri": None}, "invalid_request", id="no callback"),
        pytest.param({"redirect_uri": "ftp://127.0.0.1/"}, "invalid_request", id="not http"),
        pytest.param({"response_type": "token"}, "unsupported_response_type", id="implicit"),
        pytest.param({"state": None}, "invalid_request", id="no state"),
        pytest.param({"scope": "all of it"}, "invalid_scope", id="no scope of ESI"),
        pytest.param({"code_challenge_method": "plain"}, "invalid_request", id="plain PKCE"),
    ],
)
def test_page_when_the_request_is_wrong_then_it_says_so_and_sends_nobody_back(
    web, authorize_url, changes, error
):
    answer = web("GET", authorize_url(**changes))
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert "Location" not in answer.headers


def test_page_when_the_callback_is_registered_then_it_may_be_anywhere(universe, authorize_url):
    universe.sso(redirect_uris=["https://srp.example/sso/callback?x=1"])
    url = authorize_url(redirect_uri="https://srp.example/sso/callback?x=1")
    assert universe.approve(url, MIRA).startswith("https://srp.example/sso/callback?x=1&code=")


def test_approve_when_the_sso_refuses_then_the_error_says_why(universe, authorize_url):
    with pytest.raises(ValueError, match="no character 1 "):
        universe.approve(authorize_url(), 1)


def test_token_when_signed_then_the_published_key_verifies_it(web, universe, log_in):
    answer = log_in()
    claims = jwt.decode(
        answer["access_token"],
        key_for(web, answer["access_token"]),
        algorithms=["RS256"],
        audience="EVE Online",
        issuer=f"{universe.url}/sso",
        options={"require": ["exp", "iat", "sub", "azp", "owner", "name"]},
    )
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 1199
    assert claims["sub"] == f"CHARACTER:EVE:{MIRA}"
    assert claims["name"] == "Mira Solenne"
    assert claims["aud"] == ["portal", "EVE Online"]
    assert claims["azp"] == "portal"
    assert claims["exp"] - claims["iat"] == 1200
    assert claims["owner"] == universe.characters[MIRA].owner


def test_token_when_the_client_is_blank_then_the_audience_holds_the_blank(
    universe, authorize_url, exchange
):
    callback = universe.approve(authorize_url(client_id=""), MIRA)
    answer = exchange(code_in(callback), client="")
    assert claims_of(answer.json()["access_token"])["aud"] == ["", "EVE Online"]


def test_key_set_when_read_then_keys_must_be_picked_by_name(web):
    keys = web("GET", "/sso/oauth/jwks").json()["keys"]
    assert [key["kty"] for key in keys] == ["EC", "RSA"]
    assert not any("d" in key for key in keys)


@pytest.mark.parametrize(
    ("scope", "shape", "expected"),
    [
        pytest.param(f"{KILLMAILS} {SKILLS}", "auto", [KILLMAILS, SKILLS], id="several"),
        pytest.param(KILLMAILS, "auto", KILLMAILS, id="one"),
        pytest.param("", "auto", None, id="none"),
        pytest.param(KILLMAILS, "list", [KILLMAILS], id="one as list"),
        pytest.param(f"{KILLMAILS} {SKILLS}", "string", f"{KILLMAILS} {SKILLS}", id="as string"),
        pytest.param(KILLMAILS, "absent", None, id="absent though asked"),
    ],
)
def test_token_when_scopes_are_asked_then_the_claim_has_the_shape(
    universe, log_in, scope, shape, expected
):
    universe.sso(scp=shape)
    assert claims_of(log_in(scope=scope)["access_token"]).get("scp") == expected


def test_token_when_no_scope_is_asked_then_there_is_no_refresh_token(log_in):
    assert "refresh_token" not in log_in(scope="")


@pytest.mark.parametrize(
    ("switches", "claim", "expected"),
    [
        pytest.param({"iss": "host"}, "iss", "127.0.0.1", id="issuer is a host"),
        pytest.param({"iss": "https://evil.example"}, "iss", "https://evil.example", id="issuer"),
        pytest.param({"aud": "text"}, "aud", "EVE Online", id="audience is text"),
        pytest.param({"aud": "missing"}, "aud", None, id="audience missing"),
        pytest.param({"aud": "without-client"}, "aud", ["EVE Online"], id="audience of nobody"),
        pytest.param({"aud": "without-eve"}, "aud", ["portal"], id="audience is no EVE"),
    ],
)
def test_token_when_a_switch_is_set_then_the_claim_is_so(
    universe, log_in, switches, claim, expected
):
    universe.sso(**switches)
    assert claims_of(log_in()["access_token"]).get(claim) == expected


def test_token_when_the_issuer_has_a_slash_then_it_is_the_base_url_with_one(universe, log_in):
    universe.sso(iss="slash")
    assert claims_of(log_in()["access_token"])["iss"] == f"{universe.url}/sso/"


def test_token_when_the_signature_is_spoiled_then_the_key_refuses_it(web, universe, log_in):
    universe.sso(signature="bad")
    token = log_in()["access_token"]
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, key_for(web, token), algorithms=["RS256"], audience="EVE Online")


def test_key_when_replaced_then_new_tokens_name_a_new_one(web, universe, log_in):
    before = jwt.get_unverified_header(log_in()["access_token"])["kid"]
    universe.sso(new_kid=True)
    after = jwt.get_unverified_header(log_in()["access_token"])["kid"]
    published = {key["kid"] for key in web("GET", "/sso/oauth/jwks").json()["keys"]}
    assert before != after
    assert after in published
    assert before not in published


def test_token_when_signed_with_the_public_key_then_the_signature_is_right_and_esi_refuses_it(
    web, universe, log_in
):
    universe.sso(alg="HS256")
    token = log_in()["access_token"]
    content, _, signature = token.rpartition(".")
    forged = hmac.new(pem_of(key_for(web, token)), content.encode(), hashlib.sha256).digest()
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    assert base64.urlsafe_b64encode(forged).rstrip(b"=").decode() == signature
    assert refusal_of(web, token) == "authentication failure"


def test_token_when_not_signed_at_all_then_esi_refuses_it(web, universe, log_in):
    universe.sso(alg="none")
    token = log_in()["access_token"]
    assert jwt.get_unverified_header(token)["alg"] == "none"
    assert token.endswith(".")
    assert refusal_of(web, token) == "authentication failure"


@pytest.mark.parametrize(
    ("kid", "named"),
    [
        pytest.param("unknown", "Unheard-Of-Key", id="unknown"),
        pytest.param("absent", None, id="none"),
    ],
)
def test_token_when_its_key_is_not_to_be_found_then_its_head_says_so(
    web, universe, log_in, kid, named
):
    universe.sso(kid=kid)
    head = jwt.get_unverified_header(log_in()["access_token"])
    published = {key["kid"] for key in web("GET", "/sso/oauth/jwks").json()["keys"]}
    assert head.get("kid") == named
    assert named not in published
