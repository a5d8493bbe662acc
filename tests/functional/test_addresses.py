"""Addresses that lead to another one: the front door, and those without the slash at their end."""

from __future__ import annotations

import pytest

from srp_portal.testing.portal import ORIGIN

SLASHED = (
    "/account",
    "/api/division",
    "/api/division/1/submit",
    "/api/user/1",
    "/apikeys",
    "/division",
    "/division/1",
    "/division/1/transformers/ship",
    "/login",
    "/recalculation",
    "/request/123",
    "/request/123/division",
    "/request/add",
    "/request/all",
)


@pytest.mark.parametrize("path", SLASHED)
def test_address_when_it_lacks_its_slash_then_leads_there_for_good(portal, path):
    browser = portal.browser()
    for query in ("", "?fmt=json&x=1%2C2&x="):
        answer = browser.get(path + query, status=301)
        assert answer.location == f"{ORIGIN}{path}/{query}"
    assert browser.head(path, status=301).location == f"{ORIGIN}{path}/"


@pytest.mark.parametrize("path", SLASHED)
def test_address_when_it_lacks_its_slash_and_a_form_is_sent_then_is_404(portal, path):
    assert portal.browser().post(path, status="*").status_int in (403, 404)
    portal.make_user("ada")
    assert portal.post(portal.login("ada"), path, {}, status="*").status_int == 404


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere", "/request", "/request/x", "/request/lost", "/login/none", "/division/x",
        "/health", "/health/live/", "/static", "//localhost/login", "//evil.example/request/1",
    ],
)  # fmt: skip
def test_address_when_a_slash_leads_nowhere_then_is_404_in_the_wanted_form(portal, path):
    for accept in ("application/json", "text/html"):
        answer = portal.browser().get(
            "/", extra_environ={"PATH_INFO": path}, headers={"Accept": accept}, status=404
        )
        assert answer.content_type == accept


@pytest.mark.parametrize("query", ["", "?fmt=json&x=1%2C2"])
def test_front_door_when_somebody_enters_then_leads_to_the_own_list_with_the_query(portal, query):
    portal.make_user("ada")
    answer = portal.login("ada").get(f"/{query}", status=302)
    assert answer.location == f"{ORIGIN}/request/personal/{query}"


def test_front_door_when_entered_with_a_key_then_the_list_opens_with_it(portal):
    key = portal.make_key(portal.make_user("ada"))
    document = portal.browser().get(f"/?apikey={key}&fmt=json", status=302).follow().json
    assert document["api_keys"][0]["key"] == key


def test_front_door_when_nobody_is_known_then_leads_to_the_login(portal):
    assert portal.browser().get("/?fmt=json", status=302).location == f"{ORIGIN}/login/"
