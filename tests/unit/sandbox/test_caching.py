"""Caching headers as ESI sent them at one time or another, and tags that are wrong."""

from __future__ import annotations

import pytest

ORDERS = "/esi/markets/10000002/orders"
STATUS = "/esi/status"
PLAIN = {"Accept-Encoding": "identity"}


@pytest.mark.parametrize(
    ("caching", "cache_control", "has_expires"),
    [
        pytest.param("both", "public, max-age=30", True, id="both"),
        pytest.param("expires", "public", True, id="Expires only"),
        pytest.param("max-age", "public, max-age=30", False, id="max-age only"),
        pytest.param("none", None, False, id="none"),
    ],
)
def test_headers_when_switched_then_answers_and_304_have_those(
    web, universe, caching, cache_control, has_expires
):
    universe.esi(caching=caching)
    answer = web("GET", STATUS)
    again = web("GET", STATUS, headers={"If-None-Match": answer.headers["ETag"]})
    assert (answer.status_code, again.status_code) == (200, 304)
    for each in (answer, again):
        assert each.headers.get("Cache-Control") == cache_control
        assert ("Expires" in each.headers) == has_expires
        assert "Last-Modified" in each.headers


def test_etags_when_weak_then_they_fit_with_and_without_the_mark(web, universe):
    universe.esi(etags="weak")
    tag = web("GET", STATUS, headers=PLAIN).headers["ETag"]
    assert tag.startswith('W/"')
    for asked in (tag, tag.removeprefix("W/")):
        assert web("GET", STATUS, headers={"If-None-Match": asked}).status_code == 304


def test_etags_when_there_are_none_then_no_tag_ever_fits(web, universe):
    tag = web("GET", STATUS).headers["ETag"]
    universe.esi(etags="none")
    answer = web("GET", STATUS, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "ETag" not in answer.headers


def test_304_when_bare_then_it_has_no_caching_header_and_no_tag(web, universe):
    universe.esi(bare_304=True)
    tag = web("GET", STATUS).headers["ETag"]
    answer = web("GET", STATUS, headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert not {"Cache-Control", "Expires", "ETag", "Last-Modified"} & set(answer.headers)


def test_etag_when_stale_then_a_change_is_hidden_from_who_asks_with_it(web, universe):
    universe.esi(stale_etags=True)
    before = web("GET", ORDERS)
    universe.rebuild("orders")
    tag = before.headers["ETag"]
    assert web("GET", ORDERS, headers={"If-None-Match": tag}).status_code == 304
    fresh = web("GET", ORDERS)
    assert fresh.json() != before.json()
    assert fresh.headers["ETag"] == tag
    universe.esi(stale_etags=False)
    assert web("GET", ORDERS, headers={"If-None-Match": tag}).status_code == 200


def test_etag_when_made_stale_later_then_it_is_that_of_before_the_change(web, universe):
    before = web("GET", ORDERS, params={"page": 2})
    universe.esi(stale_etags=True)
    universe.rebuild("orders")
    after = web("GET", ORDERS, params={"page": 2})
    assert after.headers["ETag"] == before.headers["ETag"]
    assert web("GET", ORDERS).headers["ETag"] != before.headers["ETag"]


@pytest.mark.parametrize(
    "switches",
    [
        pytest.param({"caching": "some"}, id="caching"),
        pytest.param({"etags": True}, id="etags"),
        pytest.param({"bare_304": 1}, id="bare_304"),
        pytest.param({"stale_etags": None}, id="stale_etags"),
        pytest.param({"cursor": "left"}, id="cursor"),
        pytest.param({"cursor_overlap": -1}, id="cursor_overlap"),
        pytest.param({"extra_pages": 0.5}, id="extra_pages"),
    ],
)
def test_switches_when_wrong_then_400_names_them(web, switches):
    answer = web("POST", "/control/esi", json=switches)
    assert answer.status_code == 400
    assert next(iter(switches)) in answer.json()["error"]
