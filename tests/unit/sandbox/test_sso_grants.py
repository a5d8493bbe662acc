"""Codes, refresh tokens and clients at the token endpoint."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

KILLMAILS = "esi-killmails.read_killmails.v1"
SKILLS = "esi-skills.read_skills.v1"
MIRA = 2112000101
TOBIN = 2112000102


def code_in(callback: str) -> str:
    return parse_qs(urlsplit(callback).query)["code"][0]


def claims_of(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


def refresh(web, token: str, client: str = "portal", **more: str):
    form = {"grant_type": "refresh_token", "refresh_token": token, **more}
    return web("POST", "/sso/v2/oauth/token", data=form, auth=(client, "secret"))


def test_code_when_used_twice_then_the_second_time_is_refused(universe, authorize_url, exchange):
    code = code_in(universe.approve(authorize_url(), MIRA))
    assert exchange(code).status_code == 200
    assert exchange(code).json()["error"] == "invalid_grant"


def test_code_when_late_then_it_is_refused(universe, authorize_url, exchange):
    universe.sso(code_lifetime=0)
    answer = exchange(code_in(universe.approve(authorize_url(), MIRA)))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"code_verifier": "something else"}, id="wrong verifier"),
        pytest.param({"code_verifier": None}, id="no verifier"),
        pytest.param({"redirect_uri": "http://127.0.0.1/other"}, id="another callback"),
        pytest.param({"client": "somebody"}, id="another client"),
    ],
)
def test_code_when_the_exchange_does_not_fit_then_it_is_refused(
    universe, authorize_url, exchange, changes
):
    answer = exchange(code_in(universe.approve(authorize_url(), MIRA)), **changes)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_code_when_sent_by_a_native_client_then_no_header_is_needed(web, universe, authorize_url):
    code = code_in(universe.approve(authorize_url(), MIRA))
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": "portal",
        "code_verifier": "a-verifier-of-more-than-forty-three-characters",
    }
    assert web("POST", "/sso/v2/oauth/token", data=form).status_code == 200


def test_refresh_when_rotating_then_the_old_token_is_dead(web, log_in):
    old = log_in()["refresh_token"]
    answer = refresh(web, old).json()
    assert answer["refresh_token"] != old
    assert claims_of(answer["access_token"])["sub"] == f"CHARACTER:EVE:{MIRA}"
    assert refresh(web, old).json()["error"] == "invalid_grant"
    assert refresh(web, answer["refresh_token"]).status_code == 200


def test_refresh_when_not_rotating_then_the_token_stays(web, universe, log_in):
    universe.sso(rotate=False)
    token = log_in()["refresh_token"]
    assert refresh(web, token).json()["refresh_token"] == token


def test_refresh_when_switched_off_then_the_field_is_missing(web, universe, log_in):
    token = log_in()["refresh_token"]
    universe.sso(refresh_token=False)
    assert "refresh_token" not in refresh(web, token).json()
    assert "refresh_token" not in log_in()


def test_refresh_when_fewer_scopes_are_asked_then_the_token_has_fewer(web, log_in):
    token = log_in(scope=f"{KILLMAILS} {SKILLS}")["refresh_token"]
    assert claims_of(refresh(web, token, scope=SKILLS).json()["access_token"])["scp"] == SKILLS


def test_refresh_when_more_scopes_are_asked_then_it_is_refused(web, log_in):
    answer = refresh(web, log_in()["refresh_token"], scope=SKILLS)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_refresh_when_another_client_asks_then_it_is_refused(web, log_in):
    answer = refresh(web, log_in()["refresh_token"], client="somebody")
    assert answer.json()["error"] == "invalid_grant"


def test_refresh_when_the_character_was_sold_then_the_owner_is_another(web, universe, log_in):
    answer = log_in(TOBIN)
    sold = universe.sell_character(TOBIN)
    after = claims_of(refresh(web, answer["refresh_token"]).json()["access_token"])
    assert claims_of(answer["access_token"])["owner"] != after["owner"] == sold.owner


def test_revoke_when_called_then_the_refresh_token_is_dead(web, log_in):
    token = log_in()["refresh_token"]
    form = {"token": token, "token_type_hint": "refresh_token"}
    assert web("POST", "/sso/v2/oauth/revoke", data=form).status_code == 200
    assert refresh(web, token).json()["error"] == "invalid_grant"


def test_revoke_when_the_token_is_unknown_then_it_is_200_all_the_same(web):
    assert web("POST", "/sso/v2/oauth/revoke", data={"token": "x"}).status_code == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param("invalid_grant", 400, id="grant"),
        pytest.param("invalid_token", 400, id="token"),
        pytest.param("invalid_client", 401, id="client"),
    ],
)
def test_errors_when_switched_on_then_they_come_that_often(web, universe, log_in, error, status):
    token = log_in()["refresh_token"]
    universe.sso(next_error=error, error_times=2)
    for _ in range(2):
        answer = refresh(web, token)
        assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert refresh(web, token).status_code == 200


def test_errors_when_it_is_an_outage_then_the_answer_is_html(web, universe, log_in):
    token = log_in()["refresh_token"]
    universe.sso(next_error="503")
    answer = refresh(web, token)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("auth", "status"),
    [
        pytest.param(("portal", "right"), 400, id="known"),
        pytest.param(("portal", "wrong"), 401, id="wrong secret"),
        pytest.param(("other", "right"), 401, id="unknown"),
    ],
)
def test_client_when_one_is_required_then_only_that_one_gets_past(web, universe, auth, status):
    universe.sso(client={"id": "portal", "secret": "right"})
    form = {"grant_type": "refresh_token", "refresh_token": "unknown"}
    assert web("POST", "/sso/v2/oauth/token", data=form, auth=auth).status_code == status


def test_client_when_one_is_required_then_the_page_knows_it_too(web, universe, authorize_url):
    universe.sso(client={"id": "portal", "secret": "right"})
    assert web("GET", authorize_url(client_id="other")).status_code == 400
    assert web("GET", authorize_url()).status_code == 200


def test_grant_when_of_another_kind_then_it_is_unsupported(web):
    answer = web("POST", "/sso/v2/oauth/token", data={"grant_type": "password"})
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize(
    "switches",
    [
        pytest.param({"colour": "red"}, id="unknown"),
        pytest.param({"scp": "tuple"}, id="no such shape"),
        pytest.param({"lifetime": "long"}, id="no number"),
        pytest.param({"rotate": "yes"}, id="no boolean"),
        pytest.param({"client": {"id": "x"}}, id="half a client"),
        pytest.param({"redirect_uris": "http://x"}, id="no list"),
        pytest.param({"error_times": 0}, id="never"),
    ],
)
def test_switches_when_wrong_then_they_are_refused_by_name(universe, switches):
    with pytest.raises(ValueError, match=next(iter(switches))):
        universe.sso(**switches)


def test_token_endpoint_when_read_by_get_then_405_names_the_method(web):
    answer = web("GET", "/sso/v2/oauth/token")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert web("GET", "/sso/v3/nothing").status_code == 404


def test_client_when_the_header_is_garbage_then_it_is_nobody(web, log_in):
    form = {"grant_type": "refresh_token", "refresh_token": log_in()["refresh_token"]}
    headers = {"Authorization": "Basic ***"}
    answer = web("POST", "/sso/v2/oauth/token", data=form, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_refresh_when_two_are_at_once_then_one_wins(web, universe, log_in):
    token = log_in()["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: refresh(web, token).status_code, range(8)))
    assert sorted(statuses) == [200] + [400] * 7


@pytest.mark.parametrize(
    ("switched", "scope", "status"),
    [
        pytest.param(True, f"{KILLMAILS} {SKILLS}", 400, id="other scopes"),
        pytest.param(True, KILLMAILS, 200, id="the same scopes"),
        pytest.param(False, f"{KILLMAILS} {SKILLS}", 200, id="switched off"),
    ],
)
def test_refresh_when_a_later_login_asked_for_scopes_then_they_decide(
    web, universe, log_in, switched, scope, status
):
    universe.sso(scope_change_revokes=switched)
    first = log_in()["refresh_token"]
    others = log_in(TOBIN)["refresh_token"]
    log_in(scope=scope)
    assert refresh(web, first).status_code == status
    assert refresh(web, others).status_code == 200


def test_error_when_429_then_it_says_when_to_come_back(web, universe, log_in):
    token = log_in()["refresh_token"]
    universe.sso(next_error="429")
    answer = refresh(web, token)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert refresh(web, token).status_code == 200


def test_error_when_empty_then_200_has_no_body(web, universe, log_in):
    token = log_in()["refresh_token"]
    universe.sso(next_error="empty")
    answer = refresh(web, token)
    assert (answer.status_code, answer.content) == (200, b"")


def test_error_when_of_a_wrong_client_then_it_sounds_like_another_one(web, universe, log_in):
    token = log_in()["refresh_token"]
    universe.sso(next_error="unsupported_grant_type")
    answer = refresh(web, token)
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize(
    "switches",
    [
        pytest.param({"alg": "RS512"}, id="alg"),
        pytest.param({"kid": "other"}, id="kid"),
        pytest.param({"scope_change_revokes": "yes"}, id="scope_change_revokes"),
        pytest.param({"next_error": "500"}, id="next_error"),
    ],
)
def test_switch_when_it_can_not_be_so_then_the_error_names_it(universe, switches):
    with pytest.raises(ValueError, match=next(iter(switches))):
        universe.sso(**switches)
