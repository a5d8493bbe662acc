"""Every page in each of its forms: how it is asked for, its headers, HEAD, 304, 401 and 406."""

from __future__ import annotations

import pytest

TYPES = {
    "html": "text/html; charset=UTF-8",
    "json": "application/json",
    "xml": "application/xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
LIST = tuple(TYPES)
PAGE = ("html", "json", "xml")
DATA = ("json", "xml")
#: What each page comes in; `{id}` is a request of the pilot's, `{division}` its division.
PAGES = {
    "/request/personal/": LIST,
    "/request/all/": LIST,
    "/request/pay/ship/Guardian/status/approved": LIST,
    "/request/{id}/": PAGE,
    "/apikeys/": PAGE,
    "/division/": PAGE,
    "/division/{division}/": PAGE,
    "/api/user/{user}/": DATA,
    "/api/division/": DATA,
    "/api/division/{division}/": DATA,
}
OFFERED = [(path, fmt) for path, formats in PAGES.items() for fmt in formats]


@pytest.fixture(scope="module")
def house(make_shared_house):
    house = make_shared_house()
    house.places = {
        "id": house.store(submitter="admin", pilot_id=99),
        "division": house.division,
        "user": house.users["admin"],
    }
    house.key = house.portal.make_key(house.users["admin"])
    return house


def ask(house, path, fmt, method="get", **headers):
    """An answer to the key of an administrator of the division."""
    browser = house.portal.browser()
    query = {"fmt": fmt} if fmt else {}
    bearer = {"Authorization": f"Bearer {house.key}", **headers}
    url = path.format(**house.places)
    return getattr(browser, method)(url, query, headers=bearer, status="*")


@pytest.mark.parametrize(("path", "fmt"), OFFERED)
def test_page_when_asked_in_a_form_then_has_its_type_and_is_private(house, path, fmt):
    answer = ask(house, path, fmt)
    assert (answer.status_int, answer.headers["Content-Type"]) == (200, TYPES[fmt])
    assert {"Accept", "Cookie"} <= set(answer.vary)
    assert answer.cache_control.private
    assert not answer.cache_control.public
    if fmt == "html":
        assert answer.cache_control.no_store
    else:
        assert answer.headers["ETag"].startswith('W/"')


@pytest.mark.parametrize(("path", "fmt"), OFFERED)
def test_head_when_asked_then_has_the_headers_of_get_and_no_body(house, path, fmt):
    answer, head = ask(house, path, fmt), ask(house, path, fmt, "head")
    assert (head.status_int, head.body) == (200, b"")
    for name in ("Content-Type", "Vary", "ETag", "Cache-Control"):
        assert head.headers.get(name) == answer.headers.get(name)
    if fmt != "html":  # whose form carries a token of its own each time
        assert head.headers["Content-Length"] == str(len(answer.body))


@pytest.mark.parametrize(("path", "fmt"), [each for each in OFFERED if each[1] != "html"])
def test_page_when_the_reader_has_it_then_is_304_until_it_changes(house, path, fmt):
    answer = ask(house, path, fmt)
    for tag in (answer.headers["ETag"], f'"old", {answer.headers["ETag"]}', "*"):
        for method in ("get", "head"):
            kept = ask(house, path, fmt, method, **{"If-None-Match": tag})
            assert (kept.status_int, kept.body) == (304, b"")
            for name in ("ETag", "Vary", "Cache-Control"):
                assert kept.headers[name] == answer.headers[name]
            assert "Content-Type" not in kept.headers
    assert ask(house, path, fmt, **{"If-None-Match": 'W/"old"'}).body == answer.body


@pytest.mark.parametrize("path", PAGES)
def test_page_when_the_format_is_none_of_its_own_then_is_400_that_names_them(house, path):
    for fmt in {"yaml", "JSON", "json xml", *TYPES} - set(PAGES[path]):
        answer = ask(house, path, fmt, Accept="application/json")
        assert answer.status_int == 400, fmt
        assert f"“{fmt}”" in answer.json["description"] if "json" in answer.content_type else True
        assert ", ".join(PAGES[path]) in answer.text
    assert ask(house, path, "", Accept="application/json").content_type == "application/json"
    empty = house.portal.browser().get(
        path.format(**house.places) + "?fmt=",
        headers={"Authorization": f"Bearer {house.key}", "Accept": "text/xml"},
    )
    assert empty.content_type == "application/xml"


@pytest.mark.parametrize("path", PAGES)
def test_page_when_nothing_is_acceptable_then_is_406_that_names_what_there_is(house, path):
    for accept in ("image/png", "*/*;q=0", "text/html;q=0, application/*;q=0, text/*;q=0"):
        answer = ask(house, path, "", Accept=accept)
        assert answer.status_int == 406, accept
        for fmt in PAGES[path]:
            assert TYPES[fmt].partition(";")[0] in answer.text


ACCEPTED = {
    "application/json": "json",
    "application/json;q=0.1, image/*": "json",
    "application/xml;q=0.9, application/json;q=0.8": "xml",
    "application/json;q=0.8, text/xml;q=0.9": "xml",
    "text/html;q=0.5, application/json;q=0.6": "json",
    "text/html;q=0, */*": "json",
    "application/xhtml+xml": "html",
    "application/json, application/xml, text/html": "html",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "html",
    "*/*": "html",
    "text/*": "html",
    "": "html",
    "not a header": "html",
}


@pytest.mark.parametrize("accept", ACCEPTED)
def test_page_when_accept_has_qualities_then_the_best_comes(house, accept):
    for path in ("/request/all/", "/request/{id}/", "/apikeys/"):
        answer = ask(house, path, "", Accept=accept)
        assert (answer.status_int, answer.headers["Content-Type"]) == (200, TYPES[ACCEPTED[accept]])


def test_feed_when_asked_by_suffix_format_or_accept_then_the_first_of_these_counts(house):
    rss = {"Accept": "application/rss+xml"}
    assert ask(house, "/request/all/atom.xml", "", **rss).headers["Content-Type"] == TYPES["atom"]
    assert ask(house, "/request/all/atom.xml", "rss").headers["Content-Type"] == TYPES["rss"]
    assert ask(house, "/request/all/rss.xml", "json").headers["Content-Type"] == TYPES["json"]
    assert ask(house, "/request/all/", "", **rss).headers["Content-Type"] == TYPES["rss"]
    # Only a value that is encoded twice is one.
    assert ask(house, "/request/all/pilot/rss.xml", "").status_int == 400
    assert ask(house, "/request/all/pilot/rss%252Exml", "").headers["Content-Type"] == TYPES["html"]


@pytest.mark.parametrize(("path", "fmt"), OFFERED)
def test_page_when_the_key_is_bad_then_is_401_in_that_form_and_no_login(house, path, fmt):
    shown = TYPES[fmt if fmt in PAGE else "xml"]
    for browser in (house.portal.browser(), house.admin):
        answer = browser.get(
            path.format(**house.places), {"fmt": fmt, "apikey": "A" * 43 + ","}, status="*"
        )
        assert (answer.status_int, answer.headers["Content-Type"]) == (401, shown)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert 'name="password"' not in answer.text


@pytest.mark.parametrize(("path", "fmt"), OFFERED)
def test_page_when_anonymous_then_html_leads_to_the_login_and_the_rest_is_401(house, path, fmt):
    answer = house.portal.browser().get(path.format(**house.places), {"fmt": fmt}, status="*")
    if fmt == "html":
        assert answer.status_int == 303
        assert answer.location.startswith("http://localhost/login/?next=%2F")
    else:
        assert answer.status_int == 401
    assert {"Accept", "Cookie"} <= set(answer.vary)


@pytest.mark.parametrize("suffix", ["", "/rss.xml"])
def test_page_past_the_end_when_any_tag_is_known_then_is_404_all_the_same(house, suffix):
    for known in ({}, {"If-None-Match": "*"}):
        answer = ask(house, f"/request/all/page/99{suffix}", "", Accept="application/xml", **known)
        assert answer.status_int == 404
    there = ask(house, f"/request/all{suffix or '/'}", "xml", **{"If-None-Match": "*"})
    assert there.status_int == 304


@pytest.mark.parametrize("fmt", [*TYPES, "yaml"])
def test_error_when_its_page_is_none_then_comes_in_a_form_all_the_same(house, fmt):
    answer = ask(house, "/nowhere/at/all", fmt)
    shown = fmt if fmt in ("html", "json") else "xml" if fmt in TYPES else "html"
    assert (answer.status_int, answer.headers["Content-Type"]) == (404, TYPES[shown])
    if fmt == "json":
        assert (answer.json["code"], answer.json["name"]) == (404, "Not Found")
    if shown == "xml":
        assert (answer.xml.tag, answer.xml.get("code")) == ("error", "404")
        assert answer.xml.text


def test_head_when_it_is_an_error_or_a_redirect_then_is_the_same_without_a_body(house):
    for path, status in (("/nowhere/", 404), ("/request/all/shyp/x", 400)):
        for fmt in ("json", "xml"):
            answer = ask(house, path, fmt, "head")
            assert (answer.status_int, answer.body) == (status, b"")
            assert answer.headers["Content-Type"] == TYPES[fmt]
    moved = ask(house, "/request/all/ship/Rifter/", "json", "head")
    assert moved.status_int == 301
    assert moved.location == "http://localhost/request/all/ship/Rifter?fmt=json"
