"""A list's tag is known without listing anything, and changes with all that the list shows."""

from __future__ import annotations

import pytest

FORMATS = ("json", "xml", "rss", "atom", "csv")


@pytest.fixture
def stored(any_house):
    ids = [any_house.store() for _ in range(3)]
    return any_house, ids


def tag(browser, path, status=200, known=""):
    headers = {"If-None-Match": known} if known else {}
    return browser.get(path, headers=headers, status=status).headers["ETag"]


def reader_of(house, name):
    return house.pilot if name == "personal/" else house.reviewer


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("name", ["personal/", "pending/", "all/", "all/ship/Guardian"])
def test_list_when_nothing_changed_is_304_without_being_read(stored, count_statements, name, fmt):
    house, _ = stored
    browser, path = (
        reader_of(house, name),
        f"/request/{name}?fmt={fmt}",
    )
    known = tag(browser, path)
    assert known.startswith('W/"')
    with count_statements(house.portal) as statements:
        answer = browser.get(path, headers={"If-None-Match": known}, status=304)
    assert answer.body == b""
    assert answer.headers["ETag"] == known
    assert answer.headers["Vary"] == "Accept, Cookie"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert not [each for each in statements.seen if "FROM requests" in each]


@pytest.mark.parametrize("fmt", ["json", "rss"])
def test_tag_when_a_request_of_the_list_changes_is_another(stored, fmt):
    house, ids = stored
    path = f"/request/all/?fmt={fmt}"
    seen = [tag(house.reviewer, path)]
    for act in (
        lambda: house.bring(ids[0], "incomplete"),
        lambda: house.bring(ids[1], "approved"),
        house.store,
    ):
        act()
        seen.append(tag(house.reviewer, path, known=seen[-1]))
    assert len(set(seen)) == len(seen)


def test_feed_when_asked_again_is_the_same_bytes_and_is_not_read_again(stored, count_statements):
    house, ids = stored
    first = house.reviewer.get("/request/all/rss.xml")
    with count_statements(house.portal) as statements:
        second = house.reviewer.get("/request/all/rss.xml")
    assert second.body == first.body
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert not [each for each in statements.seen if "FROM requests" in each]
    house.bring(ids[0], "approved")
    assert house.reviewer.get("/request/all/rss.xml").body != first.body


def test_tag_when_another_reader_asks_is_another(stored):
    house, _ = stored
    tags = {tag(browser, "/request/all/?fmt=json") for browser in (house.reviewer, house.auditor)}
    assert len(tags) == 2


def test_tag_when_page_filter_or_format_differ_is_another(stored):
    house, _ = stored
    paths = ("all/?fmt=json", "all/?fmt=xml", "all/status/evaluating?fmt=json", "pending/?fmt=json")
    assert len({tag(house.reviewer, f"/request/{path}") for path in paths}) == len(paths)


def test_feed_of_what_is_to_be_paid_has_the_newest_first(any_house):
    first, second = (any_house.store(status="approved") for _ in range(2))
    text = any_house.payer.get("/request/pay/rss.xml").text
    assert text.index(f"/request/{second}/") < text.index(f"/request/{first}/")
    listed = any_house.payer.get("/request/pay/?fmt=json").json["requests"]
    assert [each["id"] for each in listed] == [first, second]


def test_feed_of_what_is_to_be_paid_when_longer_than_a_page_has_the_newest(any_house, monkeypatch):
    from srp_portal.web.views import request_list

    monkeypatch.setattr(request_list, "ROWS", 2)
    ids = [any_house.store(status="approved") for _ in range(3)]
    text = any_house.payer.get("/request/pay/rss.xml").text
    assert f"/request/{ids[-1]}/" in text
    assert f"/request/{ids[0]}/" not in text
