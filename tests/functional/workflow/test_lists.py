"""The lists on both databases: who finds what, spellings of a path, the form, pages."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

LISTS = ("personal", "pending", "pay", "completed", "all")
JSON = {"Accept": "application/json"}


@pytest.fixture
def house(listed_house):
    return listed_house


MEMBERS = {
    "pilot": {"personal": "fedcba"},
    "reviewer": {
        "personal": "", "pending": "fcba", "completed": "ed", "all": "fedcba",
    },
    "payer": {"personal": "", "pay": "cf", "completed": "ed", "all": "fedcba"},
    "auditor": {"personal": "", "pending": "cba", "completed": "ed", "all": "edcba"},
    "admin": {
        "personal": "", "pending": "cba", "pay": "c", "completed": "ed", "all": "edcba",
    },
    "stranger": {"personal": ""},
    "root": {"personal": ""},
}  # fmt: skip


@pytest.mark.parametrize("list_name", LISTS)
@pytest.mark.parametrize("who", MEMBERS)
def test_list_when_opened_then_holds_what_the_reader_may_see(house, who, list_name):
    wanted = MEMBERS[who].get(list_name)
    if wanted is None:
        for path in ("", "?fmt=json", "ship/Rifter", "shyp/x", "status/paid/page/9"):
            answer = getattr(house, who).get(f"/request/{list_name}/{path}", status="*")
            assert (path, answer.status_int) == (path, 403)
    else:
        assert house.found(f"{list_name}/", who) == wanted


@pytest.mark.parametrize("list_name", LISTS)
def test_list_when_anonymous_then_asks_for_a_login_or_is_401(house, list_name):
    path = f"/request/{list_name}/ship/Rifter"
    answer = house.portal.browser().get(path, status="*")
    assert answer.status_int == 303
    assert answer.location == (
        f"http://localhost/login/?next=%2Frequest%2F{list_name}%2Fship%2FRifter"
    )
    for fmt in ("json", "xml", "rss"):
        assert house.portal.browser().get(f"{path}?fmt={fmt}", status="*").status_int == 401


CANONICAL = {
    "ship/Rifter/": "ship/Rifter",
    "ship/Rifter,Guardian": "ship/Guardian,Rifter",
    "ship/Rifter,Rifter,rifter": "ship/Rifter",
    "status/paid/ship/Rifter": "ship/Rifter/status/paid",
    "page/1": "",
    "page/1/ship/Rifter": "ship/Rifter",
    "sort/-submit_timestamp": "",
    "payout/10.00": "payout/10",
    "kill_timestamp/20140702": "kill_timestamp/2014-07-02",
    "status/PAID": "status/paid",
    "ship/Rifter/ship/Guardian": "ship/Guardian,Rifter",
}


@pytest.mark.parametrize("spelling", CANONICAL)
def test_path_when_spelled_otherwise_then_redirects_for_good_and_keeps_the_query(house, spelling):
    wanted = f"http://localhost/request/all/{CANONICAL[spelling]}"
    for query in ("", "?fmt=json", "?fmt=html&x=1%2C2"):
        answer = house.reviewer.get(f"/request/all/{spelling}{query}", status="*")
        assert (answer.status_int, answer.location) == (301, wanted + query)
    for suffix in ("rss.xml", "atom.xml"):
        path = f"/request/all/{spelling.removesuffix('/')}/{suffix}"
        answer = house.reviewer.get(f"{path}?x=1", status="*")
        if answer.status_int != 200:
            location = f"{wanted.removesuffix('/')}/{suffix}?x=1"
            assert (answer.status_int, answer.location) == (301, location)


BAD = {
    "shyp/Rifter": "shyp",
    "ship": "ship",
    "ship/": "ship",
    "status/lost": "lost",
    "payout/abc": "abc",
    "payout/1e9": "1e9",
    "payout/1,": "payout",
    "payout/<>5": "payout",
    "kill_timestamp/yesterday": "yesterday",
    "kill_timestamp/2014-13": "2014-13",
    "kill_timestamp/2014_2015_2016": "2014_2015_2016",
    "page/0": "page",
    "page/x": "page",
    "page/\u0661": "page",
    "sort/details": "details",
    "sort/page": "page",
    "sort/--ship": "ship",
    "ship/<Rifter": "Rifter",
    "page/1/page/2": "page",
}


@pytest.mark.parametrize("path", BAD)
def test_filter_when_it_can_not_be_read_then_is_a_400_that_names_it(house, path):
    for fmt in ("json", "xml", "rss", "atom", "csv"):
        answer = house.reviewer.get(house.in_url(f"/request/all/{path}?fmt={fmt}"), status="*")
        assert (answer.status_int, BAD[path] in answer.text) == (400, True)
    page = house.reviewer.get(house.in_url(f"/request/all/{path}"), status="*")
    assert page.status_int == 400
    assert BAD[path] in page.text
    assert filter_form(page)


@pytest.mark.parametrize("path", ["ship/%00", "ship/%25FF", "ship/%2500", "%25FF/x"])
def test_path_when_it_is_no_text_then_is_400(house, path):
    for fmt in ("json", "html"):
        answer = house.reviewer.get(f"/request/all/{path}?fmt={fmt}", status="*")
        assert answer.status_int == 400


def filter_form(page):
    return next(form for form in page.forms.values() if form.method.lower() == "get")


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("ship=Rifter", "ship/Rifter"),
        ("ship=Rifter%2C+Guardian&status=&pilot=", "ship/Guardian,Rifter"),
        ("ship=&status=", ""),
        ("payout=%3E%3D5&fmt=html", "payout/%3E%3D5?fmt=html"),
        ("division=A%252C+B%2FC", "division/A%252C%20B%252FC"),
        ("details=died+to,+100%25", "details/died%20to,%20100%2525"),
        ("status=paid&status=rejected", "status/paid,rejected"),
    ],
)  # fmt: skip
def test_form_when_sent_then_leads_to_the_canonical_path(house, query, path):
    answer = house.reviewer.get(f"/request/all/?{query}", status="*")
    assert answer.status_int == 302
    assert answer.location == f"http://localhost/request/all/{path}"


@pytest.mark.parametrize("path", [
    "division/Dréads%252C Capitals%252FSupers", "corporation/A%252C B & Co%252FSons",
    "corporation/100%2525 Ünited", "ship/Guardian,Rifter", "payout/<=10000000,>=5",
    "kill_timestamp/2014-07", "ship/-Rifter", "details/bubble, died",
])  # fmt: skip
def test_form_when_sent_as_it_came_then_changes_nothing(house, path):
    page = house.reviewer.get(house.in_url(f"/request/all/{path}"))
    form = filter_form(page)
    answer = form.submit(status=302)
    assert unquote(answer.location) == unquote(f"http://localhost/request/all/{path}")


def test_form_when_a_value_is_wrong_then_is_400_and_keeps_what_was_typed(house):
    page = house.reviewer.get("/request/all/?ship=Rifter&payout=lots", status="*")
    assert page.status_int == 400
    form = filter_form(page)
    assert (form["ship"].value, form["payout"].value) == ("Rifter", "lots")
    assert "“lots”" in page.text


def ids_on(page):
    return [int(id_) for id_ in re.findall(r'href="/request/([0-9]+)/"', page.text)]


@pytest.mark.parametrize("sort", ["", "sort/constellation", "sort/-submitter", "sort/payout"])
def test_pages_in_html_when_walked_then_show_each_request_once(house, sort):
    seen = []
    for number in (1, 2, 3):
        parts = [part for part in (f"page/{number}" if number > 1 else "", sort) if part]
        path = "/request/all/" + "/".join(parts)
        page_ids = list(dict.fromkeys(ids_on(house.reviewer.get(path))))
        assert len(page_ids) == 2
        seen += page_ids
    assert sorted(seen) == sorted(house.letters)


def test_page_when_past_the_end_then_is_the_last_in_html_and_404_elsewhere(house):
    answer = house.reviewer.get("/request/all/page/9/ship/-Rifter?x=1", status="*")
    assert answer.status_int in (301, 302, 303)
    assert answer.location == "http://localhost/request/all/page/2/ship/-Rifter?x=1"
    for fmt in ("json", "xml", "rss", "atom", "csv"):
        assert house.reviewer.get(f"/request/all/page/2?fmt={fmt}", status="*").status_int == 404
    for page in ("1000000001", "1000000000000000"):
        path = f"/request/all/page/{page}"
        for fmt in ("json", "xml", "rss"):
            assert house.reviewer.get(f"{path}?fmt={fmt}", status="*").status_int == 404
        answer = house.reviewer.get(path, status="*")
        assert answer.location == "http://localhost/request/all/page/3"
    answer = house.reviewer.get(f"/request/all/page/{'9' * 30}?fmt=json", status=301).follow(
        status="*"
    )
    assert answer.status_int == 404
    assert house.reviewer.get("/request/all/ship/Nothing").status_int == 200
    assert house.reviewer.get("/request/all/page/2/ship/Nothing", status="*").location == (
        "http://localhost/request/all/ship/Nothing"
    )


@pytest.mark.parametrize(
    ("suffix", "kind"), [("rss.xml", "application/rss+xml"), ("atom.xml", "application/atom+xml")]
)
def test_feed_when_asked_by_its_suffix_then_is_the_list_filtered(house, suffix, kind):
    for path, count in (("", 6), ("ship/Rifter/", 2)):
        answer = house.reviewer.get(f"/request/all/{path}{suffix}")
        assert answer.content_type == kind
        assert len(re.findall(r"<(?:item|entry)>", answer.text)) == count
    accept = {"Accept": "application/rss+xml"}
    assert house.reviewer.get("/request/all/", headers=accept).content_type == "application/rss+xml"
    filtered = house.reviewer.get(f"/request/all/{suffix}?ship=Rifter", status="*")
    assert filtered.location == f"http://localhost/request/all/ship/Rifter/{suffix}"


def test_personal_list_when_read_with_a_key_then_names_that_key_alone(house):
    keys = [house.portal.make_key(house.users["pilot"]) for _ in range(2)]
    document = house.portal.browser().get(f"/request/personal/?fmt=json&apikey={keys[0]}").json
    assert [key["key"] for key in document["api_keys"]] == [keys[0]]
    listed = {key["key"] for key in house.pilot.get("/request/personal/?fmt=json").json["api_keys"]}
    assert set(keys) <= listed
    assert "api_keys" not in house.reviewer.get("/request/all/?fmt=json").json


@pytest.mark.parametrize("fmt", ["html", "json", "xml"])
def test_detail_when_any_of_them_is_opened_then_is_shown_on_both_databases(house, fmt):
    for id_, letter in house.letters.items():
        answer = house.reviewer.get(f"/request/{id_}/?fmt={fmt}", status="*")
        assert (letter, answer.status_int) == (letter, 200)
