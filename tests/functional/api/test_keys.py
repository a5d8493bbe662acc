"""API keys as their owners and their programs meet them."""

from __future__ import annotations

import io
import logging
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import text

from srp_portal.services import apikeys
from srp_portal.testing.portal import PASSWORD

#: The one of EVE-SRP's documentation.
OLD = "dVbP0_SCPS12LnLpIZoJvemzeUUOOUErT7nojbJW4_I,"
LIST = "/request/personal/"
FORMATS = ("html", "json", "xml", "rss", "atom", "csv")


@pytest.fixture
def ada(portal):
    portal.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    return portal.make_user("ada")


@pytest.mark.parametrize("fmt", FORMATS)
def test_key_when_it_is_one_of_eve_srp_then_opens_its_documented_addresses(portal, ada, fmt):
    with portal.writing() as dbsession:
        apikeys.create(
            dbsession,
            portal.portal.secrets,
            user_id=ada,
            actor="test",
            now=portal.clock(),
            key=OLD,
        )
    for spelling in (OLD, OLD[:-1], f"{OLD[:-1]}=", quote(OLD)):
        answer = portal.browser().get(f"{LIST}?apikey={spelling}&fmt={fmt}", status="*")
        assert answer.status_int == 200, spelling
    answer = portal.browser().get(f"{LIST}?fmt={fmt}", headers={"Authorization": f"Bearer {OLD}"})
    assert answer.status_int == 200
    if fmt == "json":
        assert answer.json["api_keys"] == [
            {
                "expires": None,
                "id": 1,
                "key": OLD,
                "name": "",
                "timestamp": "Sun, 01 Mar 2026 12:00:00 GMT",
            }
        ]
    for near in (OLD[1:], OLD.lower(), f"{OLD},", f"{OLD[:-2]}J,", f"{OLD}%00"):
        assert portal.browser().get(f"{LIST}?apikey={near}", status="*").status_int in (400, 401)


def test_key_when_given_a_last_day_then_works_to_its_end(portal, ada):
    browser = portal.login("ada")
    form = {"action": "add", "name": "Payday sheet", "expires": "2026-03-02"}
    assert portal.post(browser, "/apikeys/", form).status_int == 303
    [key] = browser.get("/apikeys/?fmt=json").json["api_keys"]
    assert (key["name"], key["expires"]) == ("Payday sheet", "Tue, 03 Mar 2026 00:00:00 GMT")
    assert "2026-03-03" in browser.get("/apikeys/").text
    assert browser.get("/apikeys/?fmt=xml").xml.findtext(".//expires") == "2026-03-03T00:00:00"
    program = portal.browser()
    for now, status in (
        (datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC), 200),
        (datetime(2026, 3, 3, tzinfo=UTC), 401),
    ):
        portal.now = now
        answer = program.get(f"{LIST}?fmt=json&apikey={key['key']}", status="*")
        assert answer.status_int == status
    # It is there still, to be seen and deleted.
    assert browser.get("/apikeys/?fmt=json").json["api_keys"][0]["id"] == key["id"]


@pytest.mark.parametrize("expires", ["2026-02-28", "soon", "2026-13-01", "<b>", "٢٠٢٧-01-01"])
def test_key_when_its_last_day_is_over_or_none_then_is_422_and_keeps_what_was_typed(
    portal, ada, expires
):
    browser = portal.login("ada")
    form = {"action": "add", "name": "Sheet & co", "expires": expires}
    answer = portal.post(browser, "/apikeys/", form, status="*")
    assert answer.status_int == 422
    shown = next(each for each in answer.forms.values() if "name" in each.fields)
    assert (shown["name"].value, shown["expires"].value) == ("Sheet & co", expires)
    assert "field-error" in answer.text
    assert browser.get("/apikeys/?fmt=json").json["api_keys"] == []


def test_key_when_sent_twice_then_counts_if_both_are_the_same(portal, ada):
    keys = [portal.make_key(ada) for _ in range(2)]
    path = f"{LIST}?fmt=json&apikey={keys[0]}"
    for key, status in ((keys[0], 200), (keys[1], 401), ("x", 401), ("", 401)):
        headers = {"Authorization": f"Bearer {key}"}
        assert portal.browser().get(path, headers=headers, status="*").status_int == status
        assert portal.browser().get(f"{path}&apikey={key}", status="*").status_int == status
    short = {"Authorization": f"Bearer {keys[0].rstrip(',')}"}
    assert portal.browser().get(path, headers=short).status_int == 200
    # A password that a proxy asks for is no key.
    basic = {"Authorization": "Basic YWRhOnB3"}
    assert portal.browser().get(path, headers=basic).status_int == 200


def test_key_when_used_then_its_owner_sees_when_and_revoking_ends_it_at_once(portal, ada):
    key, browser = portal.make_key(ada), portal.login("ada")
    assert browser.get("/apikeys/?fmt=json").json["api_keys"][0]["last_used"] is None
    portal.now += timedelta(hours=1)
    read = f"{LIST}?fmt=json&apikey={key}"
    assert portal.browser().get(read).status_int == 200
    [listed] = browser.get("/apikeys/?fmt=json").json["api_keys"]
    assert listed["last_used"] == "Sun, 01 Mar 2026 13:00:00 GMT"
    # What is polled says nothing of being polled, so that its ETag stays.
    assert "last_used" not in browser.get(f"{LIST}?fmt=json").json["api_keys"][0]
    form = {"action": "delete", "key_id": str(listed["id"])}
    assert portal.post(browser, "/apikeys/", form).status_int == 303
    assert portal.browser().get(read, status="*").status_int == 401


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_key_when_the_method_changes_something_then_is_not_even_looked_at(house, method):
    request_id = house.store()
    for key in (house.portal.make_key(house.users["reviewer"]), "nonsense"):
        answer = getattr(house.portal.browser(), method)(
            f"/request/{request_id}/?fmt=json&apikey={key}",
            {"id_": "action", "type_": "approved"},
            headers={"Authorization": f"Bearer {key}"},
            status="*",
        )
        assert answer.status_int in (401, 404, 405)
        if method == "post":
            assert answer.status_int == 401
    assert house.detail("reviewer", request_id)["status"] == "evaluating"


def test_key_when_its_owner_loses_a_right_then_loses_it_with_them(house):
    key = house.portal.make_key(house.users["reviewer"])
    path = f"/request/all/?fmt=json&apikey={key}"
    assert house.portal.browser().get(path).status_int == 200
    with house.portal.writing() as dbsession:
        dbsession.execute(text("DELETE FROM grants WHERE permission = 'review'"))
    assert house.portal.browser().get(path, status="*").status_int == 403


ENCODINGS = {
    "plain": lambda key: f"apikey={key}",
    "quoted": lambda key: f"apikey={quote(key, safe='')}",
    "all quoted": lambda key: "apikey=" + "".join(f"%{ord(char):02x}" for char in key),
    "name quoted": lambda key: f"%61pi%6Bey={key}",
    "after others": lambda key: f"x=%26&apikey={key}&y=1",
}


@pytest.mark.parametrize("how", ENCODINGS)
def test_key_when_a_page_fails_or_is_logged_then_stands_in_no_log(make_portal, how):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root, access = logging.getLogger(), logging.getLogger("tests.access")
    root.addHandler(handler)
    try:
        portal = make_portal()
        key = portal.make_key(portal.make_user("ada"))
        query = ENCODINGS[how](key)
        with portal.writing() as dbsession:
            dbsession.execute(text("ALTER TABLE requests RENAME TO gone"))
        for fmt in ("", "&fmt=xml"):
            answer = portal.browser().get(f"/request/1/?{query}{fmt}", status="*")
            assert answer.status_int == 500
            assert key[:20] not in answer.text
        # As servers write them, with a URL, a header and a referrer.
        access.error('"GET %s?%s HTTP/1.1" 500 "http://x/?%s"', LIST, query, query)
        access.error("headers: %r", {"Authorization": f"Bearer {key}"})
    finally:
        root.removeHandler(handler)
    log = written.getvalue()
    assert "no such table" in log
    assert "***" in log
    for form in (key[:43], quote(key[:43], safe=""), key[20:43]):
        assert form not in log
    assert not re.search("".join(f"%{ord(char):02x}" for char in key[:10]), log, re.IGNORECASE)
    assert PASSWORD not in log
