"""Long lists: pages of 200 and the links between them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from srp_portal.models.requests import SrpRequest

START = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def house(shared_house):
    """A list of 207 requests, many of them equal in what they are sorted by."""
    for number in range(207):
        shared_house.store(
            base=Decimal(number % 3),
            at=START + timedelta(minutes=number // 10),
            ship=("Rifter", "Guardian")[number % 2],
        )
    return shared_house


def walk(house, path, link="next"):
    """The ids on each page, following the links."""
    pages = []
    while path:
        document = house.reviewer.get(path).json
        pages.append([row["id"] for row in document["requests"]])
        path = document[link]
    return pages


@pytest.mark.parametrize("sort", ["", "sort/payout", "sort/-ship", "sort/submitter"])
def test_pages_when_walked_by_next_then_hold_each_request_once(house, sort):
    pages = walk(house, f"/request/all/{sort}?fmt=json")
    assert [len(page) for page in pages] == [200, 7]
    assert len({id_ for page in pages for id_ in page}) == 207
    back = walk(house, f"/request/all/page/2{'/' if sort else ''}{sort}?fmt=json", "prev")
    assert back == pages[::-1]


def test_pages_when_requests_are_added_meanwhile_then_none_is_missed(house):
    first = house.reviewer.get("/request/all/region/Catch?fmt=json").json
    seen = {row["id"] for row in first["requests"]}
    added = house.store()
    second = house.reviewer.get(first["next"]).json
    seen |= {row["id"] for row in second["requests"]}
    with house.portal.writing() as dbsession:
        # Out of the way of the other tests.
        dbsession.get_one(SrpRequest, added).division_id = house.other_division
    assert len(seen) == 207


def test_links_between_pages_when_given_then_keep_filters_format_and_key(house):
    key = house.portal.make_key(house.users["reviewer"])
    path = f"/request/all/sort/payout?fmt=json&apikey={key}&other=1"
    document = house.portal.browser().get(path).json
    assert document["next"].startswith("http://localhost/request/all/page/2/sort/payout?")
    assert "fmt=json" in document["next"]
    assert "apikey=" in document["next"]
    assert "other" not in document["next"]
    assert document["prev"] is None
    xml = house.reviewer.get("/request/all/page/2/region/Catch?fmt=xml").xml
    first = xml.find(".//{*}request").get("id")
    before = f"http://localhost/request/all/region/Catch?fmt=xml&before={first}"
    assert xml.findtext(".//{*}prev") == before


def test_list_in_html_when_long_then_has_25_rows_and_counts_the_whole(house):
    page = house.reviewer.get("/request/all/ship/Guardian,Rifter")
    assert len(set(re.findall(r'href="/request/([0-9]+)/"', page.text))) == 25
    assert "207 requests" in page.text
    assert house.reviewer.get("/request/all/?fmt=json").json["total_payouts"] == "207.00"
