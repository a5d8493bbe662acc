"""Tokens: good for one browser's session, in every tab, and for nobody else."""

from __future__ import annotations

import base64

import pytest

from srp_portal.services.crypto import Secrets
from srp_portal.web.security.csrf import TokenPolicy

policy = TokenPolicy()
SESSION = {"srp_session": "A" * 43}


def token_for(make_request, answer, browser, **more):
    request = make_request(browser=browser, **more)
    token = policy.get_csrf_token(request)
    answer(request, browser)
    return token


def is_good(make_request, browser, token):
    return policy.check_csrf_token(make_request(browser=browser, method="POST"), token)


def test_token_when_two_tabs_have_forms_then_both_stay_good_and_differ(make_request, answer):
    browser = dict(SESSION)
    tokens = [token_for(make_request, answer, browser) for _ in range(3)]
    assert len(set(tokens)) == 3
    assert all(is_good(make_request, browser, token) for token in tokens)
    # Once more, as after an answer of 422.
    assert is_good(make_request, browser, tokens[0])
    assert browser == SESSION


def test_token_when_of_another_session_then_it_is_refused(make_request, answer):
    token = token_for(make_request, answer, {"srp_session": "B" * 43})
    assert not is_good(make_request, SESSION, token)


def test_token_when_a_visitor_sees_a_form_then_a_cookie_binds_it(make_request, answer):
    browser = {}
    token = token_for(make_request, answer, browser)
    assert set(browser) == {"srp_visitor"}
    assert is_good(make_request, browser, token)
    assert not is_good(make_request, {}, token)
    assert not is_good(make_request, {"srp_visitor": "another"}, token)
    second = token_for(make_request, answer, browser)
    assert is_good(make_request, browser, second)
    assert len(browser) == 1


def test_token_when_a_page_has_two_forms_then_one_cookie_is_set(make_request, answer):
    request, browser = make_request(), {}
    tokens = [policy.get_csrf_token(request), policy.get_csrf_token(request)]
    response = answer(request, browser)
    assert len(response.headers.getall("Set-Cookie")) == 1
    assert all(is_good(make_request, browser, token) for token in tokens)


def test_token_when_logged_in_then_a_visitors_is_no_longer_good(make_request, answer):
    browser = {}
    token = token_for(make_request, answer, browser)
    assert not is_good(make_request, {**browser, **SESSION}, token)


def test_token_when_a_visitor_plants_a_sessions_id_then_the_kinds_stay_apart(make_request, answer):
    token = token_for(make_request, answer, {"srp_visitor": "A" * 43})
    assert not is_good(make_request, SESSION, token)


def test_token_when_the_secret_was_rotated_then_open_forms_stay_good(make_request, answer, secrets):
    token = token_for(make_request, answer, dict(SESSION))
    request = make_request(browser=SESSION, method="POST")
    request.portal.secrets = Secrets(("a newer secret that writes from now on", *secrets._secrets))
    assert policy.check_csrf_token(request, token)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "é" * 88,
        base64.urlsafe_b64encode(bytes(64)).decode(),
        base64.urlsafe_b64encode(bytes(63)).decode(),
        "A" * 87,
        b"bytes",
        object(),
        None,
    ],
    ids=["empty", "short", "not ASCII", "zeros", "63 bytes", "no base64", "bytes", "file", "none"],
)
def test_token_when_it_is_none_of_ours_then_it_is_refused(make_request, token):
    assert not is_good(make_request, SESSION, token)


@pytest.mark.parametrize(
    ("scheme", "is_secure"), [("http", False), ("https", True)], ids=["http", "https"]
)
def test_visitor_cookie_when_set_then_scripts_and_other_sites_dont_get_it(
    make_request, answer, scheme, is_secure
):
    request = make_request(scheme=scheme)
    request.environ["SCRIPT_NAME"] = "/srp"
    policy.get_csrf_token(request)
    cookie = answer(request).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/srp" in cookie
    assert ("secure" in cookie.lower()) is is_secure


def test_new_token_when_asked_for_then_those_given_out_before_stay_good(make_request, answer):
    browser = dict(SESSION)
    token = token_for(make_request, answer, browser)
    newer = policy.new_csrf_token(make_request(browser=browser))
    assert is_good(make_request, browser, token)
    assert is_good(make_request, browser, newer)
