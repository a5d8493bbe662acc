"""Keys over HTTP: what they open, what they never do, who sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from srp_portal.models.access import ApiKey
from srp_portal.models.events import AuditEntry
from srp_portal.testing.portal import ORIGIN

JSON = "/apikeys/?fmt=json"


@pytest.fixture
def ada(portal):
    return portal.make_user("ada")


@pytest.fixture
def key(portal, ada):
    return portal.make_key(ada)


def reader(answer):
    return answer.json["current_user"]["name"]


@pytest.mark.parametrize(
    "spell",
    [
        pytest.param(lambda key: key, id="as given"),
        pytest.param(lambda key: key[:-1], id="without the comma"),
        pytest.param(lambda key: key[:-1] + "=", id="with ="),
        pytest.param(lambda key: key[:-1] + "%2C", id="quoted"),
    ],
)
def test_key_when_in_the_query_then_it_is_its_owner(portal, key, spell):
    assert reader(portal.browser().get(f"{JSON}&apikey={spell(key)}")) == "ada"


def test_key_when_in_the_header_then_it_is_its_owner(portal, key):
    answer = portal.browser().get(JSON, headers={"Authorization": f"Bearer {key}"})
    assert reader(answer) == "ada"


def test_key_when_beside_a_session_then_the_key_decides(portal, key):
    portal.make_user("ben")
    browser = portal.login("ben")
    assert reader(browser.get(JSON)) == "ben"
    assert reader(browser.get(f"{JSON}&apikey={key}")) == "ada"
    assert browser.get(f"{JSON}&apikey={key[1:]}", status="*").status_int == 401
    assert reader(browser.get(JSON)) == "ben"


@pytest.mark.parametrize("bad", ["", "x", "A" * 43, "A" * 44, "%FF", "%00", "A" * 5000])
def test_key_when_it_is_none_then_every_page_is_401_and_never_a_login(portal, bad):
    types = {
        "text/html": "text/html",
        "application/json": "application/json",
        "application/xml": "application/xml",
        "application/rss+xml": "application/xml",
    }
    expected = 400 if bad in ("%FF", "%00") else 401
    browser = portal.browser()
    for path in ("/request/personal/", "/login/", "/health/live", "/apikeys/", "/nowhere/"):
        for accept, content_type in types.items():
            answer = browser.get(f"{path}?apikey={bad}", headers={"Accept": accept}, status="*")
            told = (path, answer.status_int, answer.content_type)
            assert told == (path, expected, content_type)


def test_key_when_revoked_or_expired_then_it_is_401(portal, ada, key):
    browser = portal.browser()
    portal.now = datetime(2026, 3, 1, tzinfo=UTC)
    with portal.writing() as dbsession:
        dbsession.execute(update(ApiKey).values(expires_at=portal.now))
    assert browser.get(f"{JSON}&apikey={key}", status="*").status_int == 401
    portal.now -= timedelta(seconds=1)
    assert browser.get(f"{JSON}&apikey={key}").status_int == 200
    with portal.writing() as dbsession:
        dbsession.execute(update(ApiKey).values(expires_at=None, revoked_at=portal.now))
    assert browser.get(f"{JSON}&apikey={key}", status="*").status_int == 401


@pytest.mark.parametrize("path", ["/apikeys/", "/request/add/", "/account/", "/logout/"])
def test_key_when_it_is_to_change_something_then_it_is_ignored(portal, key, path):
    browser = portal.browser()
    answer = browser.post(
        f"{path}?apikey={key}",
        {"action": "add"},
        headers={"Accept": "application/json", "Authorization": f"Bearer {key}"},
        status="*",
    )
    # The logout is open to all, and so its token is asked for first.
    assert answer.status_int == (400 if path == "/logout/" else 401)
    with portal.reading() as dbsession:
        assert len(dbsession.scalars(select(ApiKey)).all()) == 1


def test_key_when_beside_a_session_in_a_post_then_the_session_counts_with_its_token(portal, key):
    portal.make_user("ben")
    browser = portal.login("ben")
    path = f"/apikeys/?apikey={key}"
    assert browser.post(path, {"action": "add"}, status="*").status_int == 400
    assert portal.post(browser, path, {"action": "add"}).status_int == 303
    assert len(browser.get("/apikeys/?fmt=json").json["api_keys"]) == 1


def test_key_when_used_then_its_last_use_is_noted(portal, ada, key):
    portal.now = datetime(2026, 3, 1, tzinfo=UTC)
    portal.browser().get(f"{JSON}&apikey={key}")
    with portal.reading() as dbsession:
        assert dbsession.scalars(select(ApiKey)).one().last_used_at == portal.now


def test_head_when_a_key_is_given_then_it_counts(portal, key):
    assert portal.browser().head(f"{JSON}&apikey={key}").status_int == 200
    assert portal.browser().head(f"{JSON}&apikey=x", status="*").status_int == 401


def test_page_when_keys_are_made_and_deleted_then_it_shows_them_and_the_log_knows(portal, ada):
    browser = portal.login("ada")
    answer = portal.post(browser, "/apikeys/", {"action": "add", "name": "Sheet"}, status=303)
    assert answer.location.startswith(f"{ORIGIN}/apikeys/?new=")
    [made] = browser.get("/apikeys/?fmt=json").json["api_keys"]
    page = browser.get(answer.location).text
    assert made["key"] in page
    assert "Sheet" in page
    assert reader(portal.browser().get(f"{JSON}&apikey={made['key']}")) == "ada"
    form = {"action": "delete", "key_id": str(made["id"])}
    assert portal.post(browser, "/apikeys/", form).status_int == 303
    assert browser.get("/apikeys/?fmt=json").json["api_keys"] == []
    assert portal.browser().get(f"{JSON}&apikey={made['key']}", status="*").status_int == 401
    with portal.reading() as dbsession:
        actions = dbsession.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["apikey.create", "apikey.revoke"]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"action": "add", "name": "x" * 101}, 422),
        ({"action": "delete", "key_id": "999"}, 404),
        ({"action": "delete", "key_id": "1 OR 1"}, 400),
        ({"action": "delete", "key_id": "٣"}, 400),
        ({"action": "delete"}, 400),
        ({"action": "steal"}, 400),
        ({}, 400),
    ],
)
def test_page_when_the_form_is_bad_then_it_says_so_and_changes_nothing(
    portal, ada, key, form, status
):
    browser = portal.login("ada")
    answer = portal.post(browser, "/apikeys/", form, status="*")
    assert answer.status_int == status
    assert len(browser.get("/apikeys/?fmt=json").json["api_keys"]) == 1


def test_page_when_the_key_is_somebody_elses_then_it_is_not_found(portal, ada, key):
    portal.make_user("ben")
    browser = portal.login("ben")
    key_id = portal.login("ada").get("/apikeys/?fmt=json").json["api_keys"][0]["id"]
    form = {"action": "delete", "key_id": str(key_id)}
    assert portal.post(browser, "/apikeys/", form, status="*").status_int == 404
    assert portal.browser().get(f"{JSON}&apikey={key}").status_int == 200


@pytest.mark.parametrize("fmt", ["json", "xml", "html"])
def test_page_when_one_came_with_a_key_then_other_keys_stay_hidden(portal, ada, key, fmt):
    other = portal.make_key(ada)
    text = portal.browser().get(f"/apikeys/?fmt={fmt}&apikey={key}").text
    assert key in text
    assert other not in text


def test_page_when_anonymous_then_html_leads_to_the_login_and_the_rest_is_401(portal):
    browser = portal.browser()
    assert browser.get("/apikeys/", status="*").location == f"{ORIGIN}/login/?next=%2Fapikeys%2F"
    assert browser.get("/apikeys/?fmt=json", status="*").status_int == 401
    assert browser.get("/apikeys/?fmt=xml", status="*").status_int == 401
