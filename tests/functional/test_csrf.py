"""Nothing changes by a request that did not come from a page of ours."""

from __future__ import annotations

import pytest
from pyramid.security import NO_PERMISSION_REQUIRED

from srp_portal.testing.portal import PASSWORD, csrf_token

FORMS = [
    "/login/local/",
    "/logout/",
    "/account/",
    "/apikeys/",
    "/request/add/",
    "/request/1/",
    "/request/1/division/",
    "/division/add/",
    "/division/1/",
    "/plugins/",
    "/recalculation/",
]


@pytest.fixture
def browser(portal):
    portal.make_user("ada", is_admin=True)
    return portal.login("ada")


def post_routes(portal):
    """Every route that takes a POST, with the options of its views."""
    views = portal.wsgi.registry.introspector.get_category("views")
    for entry in views:
        view = entry["introspectable"]
        if "POST" in (view.get("request_methods") or ()):
            yield view


def test_views_when_they_take_a_post_then_none_goes_without_the_check(portal):
    checked = list(post_routes(portal))
    assert checked
    assert all(view.get("require_csrf") is not False for view in checked)
    public = {
        view["route_name"] for view in checked if view.get("permission") == NO_PERMISSION_REQUIRED
    }
    # The choice of a character refuses visitors by itself.
    assert public <= {"login.local", "logout", "esi.select_token"}


@pytest.mark.parametrize("token", [None, "", "x", "A" * 88], ids=["none", "empty", "x", "forged"])
def test_post_when_the_token_is_missing_or_forged_then_it_is_400(browser, token):
    form = {} if token is None else {"csrf_token": token}
    for path in FORMS:
        by_field = browser.post(path, form, status="*")
        by_header = browser.post(path, headers={"X-CSRF-Token": token or ""}, status="*")
        assert (path, by_field.status_int, by_header.status_int) == (path, 400, 400)


def test_post_when_the_token_is_in_the_query_then_it_does_not_count(browser):
    token = csrf_token(browser.get("/apikeys/").text)
    answer = browser.post(f"/apikeys/?csrf_token={token}", {"action": "add"}, status="*")
    assert answer.status_int == 400


def test_post_when_the_token_is_in_the_header_then_it_counts(browser):
    token = csrf_token(browser.get("/apikeys/").text)
    browser.post("/apikeys/", {"action": "add"}, headers={"X-CSRF-Token": token}, status=303)


def test_post_when_the_token_is_another_sessions_then_it_is_400(portal, browser):
    portal.make_user("ben")
    token = csrf_token(portal.login("ben").get("/apikeys/").text)
    form = {"action": "add", "csrf_token": token}
    assert browser.post("/apikeys/", form, status="*").status_int == 400


def test_post_when_several_tabs_are_open_then_each_form_stays_good(browser):
    tokens = [
        csrf_token(browser.get(path).text) for path in ("/apikeys/", "/account/", "/apikeys/")
    ]
    for token in (*tokens, tokens[0]):
        browser.post("/apikeys/", {"action": "add", "csrf_token": token}, status=303)


def test_login_when_a_form_of_before_is_sent_then_only_visitors_tokens_count(portal):
    portal.make_user("ada")
    stranger, browser = portal.browser(), portal.browser()
    form = {"username": "ada", "password": PASSWORD}
    browser.get("/login/")
    foreign = csrf_token(stranger.get("/login/").text)
    answer = browser.post("/login/local/", {**form, "csrf_token": foreign}, status="*")
    assert answer.status_int == 400
    assert "srp_session" not in browser.cookies


def test_post_when_anonymous_then_views_for_users_ask_for_a_login_and_not_for_a_token(portal):
    browser = portal.browser()
    accept = {"Accept": "application/json"}
    assert browser.post("/apikeys/", headers=accept, status="*").status_int == 401
    answer = browser.post("/apikeys/", status="*")
    assert (answer.status_int, answer.location) == (303, "http://localhost/login/")


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://localhost", 303),
        (None, 303),
        ("https://evil.example", 400),
        ("null", 400),
        ("http://localhost", 400),
    ],
)
def test_post_when_over_https_then_a_wrong_origin_is_refused(portal, browser, origin, status):
    token = csrf_token(browser.get("/apikeys/").text)
    browser.extra_environ["wsgi.url_scheme"] = "https"
    answer = browser.post(
        "/apikeys/",
        {"action": "add", "csrf_token": token},
        headers={} if origin is None else {"Origin": origin},
        status="*",
    )
    assert answer.status_int == status
