"""Scripts walk long lists while people work: rows may come twice, none that was there is missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from urllib.parse import urlsplit

import pytest
from lxml import etree
from sqlalchemy import update

from srp_portal.models.requests import SrpRequest
from srp_portal.services.killmail_lookup import Loss
from srp_portal.services.submission import store_request
from srp_portal.testing.killmails import make_killmail

START = datetime(2024, 1, 1, tzinfo=UTC)
ROWS = 450
HOUR = timedelta(hours=1)
FORMATS = ("json", "xml")
SHIPS = ("Rifter", "Guardian", "Capsule")


@pytest.fixture(scope="module")
def house(make_any_shared_house):
    """450 approved requests, one an hour, whose payouts fall and rise."""
    house = make_any_shared_house()
    with house.portal.writing() as dbsession:
        # In one transaction, and approved at once: a request by itself takes ten times as long.
        work = house._work(dbsession, "pilot", 0)
        for number in range(ROWS):
            killmail = make_killmail(
                killmail_id=next(house.killmail_ids),
                pilot_id=min(house.character_ids),
                pilot=f"Pilot {number * 7 % ROWS}",
                ship=SHIPS[number % 3],
            )
            store_request(
                dbsession,
                work.identity,
                Loss(killmail, Decimal(number * 37 % 100), (), (), {}),
                division_id=house.division,
                details="",
                outbox=work.outbox,
                now=START + number * HOUR,
            )
        dbsession.execute(update(SrpRequest).values(status="approved"))
    house.clock = count(1)
    house.stored = frozenset(ids_of(house, "/request/all/"))
    assert len(house.stored) == ROWS
    return house


def ids_of(house, path):
    ids, url = [], f"{path}?fmt=json"
    while url:
        ids += (document := read(house, url, "json"))["ids"]
        url = document["next"]
    return ids


def read(house, url, fmt, who="payer"):
    """What a script takes from a page: ids, `next` and `prev`."""
    parts = urlsplit(url)
    answer = getattr(house, who).get(f"{parts.path}?{parts.query}", status="*")
    assert answer.status_int == 200, (url, answer.status)
    if fmt == "json":
        ids = [row["id"] for row in answer.json["requests"]]
        return {"ids": ids, "next": answer.json["next"], "prev": answer.json["prev"]}
    root = etree.fromstring(answer.body)
    ids = [int(text) for text in root.xpath("/response/requests/request/@id")]
    return {"ids": ids, "next": root.findtext("next"), "prev": root.findtext("prev")}


def submit_some(house):
    """Three new requests, as people submit them, and one that comes late and looks old."""
    for _ in range(3):
        number = next(house.clock)
        at = START + 1000 * HOUR + number * HOUR
        house.store(status="approved", at=at, base=Decimal(number % 100), ship="Rifter")
    house.store(status="approved", at=START, base=Decimal(50), ship="Rifter", pilot="Pilot 2")


LISTS = (
    "all/",
    "pay/",
    "pay/sort/-submit_timestamp",
    "all/sort/-payout",
    "all/sort/payout",
    "all/sort/pilot",
    "all/sort/submitter",
    "all/sort/-division",
    "all/sort/-ship",
    "all/sort/status/status/approved",
    "all/division/Fleet/payout/%3E=0/status/-rejected",
)


@pytest.mark.parametrize(
    ("path", "fmt"), [*((path, "json") for path in LISTS), ("all/", "xml"), ("pay/", "xml")]
)
def test_walk_by_next_when_requests_come_in_between_then_misses_none(house, path, fmt):
    seen, url, pages = [], f"/request/{path}?fmt={fmt}", 0
    while url is not None:
        document = read(house, url, fmt)
        seen += document["ids"]
        pages, url = pages + 1, document["next"]
        submit_some(house)
    assert pages >= 3
    assert house.stored <= set(seen)


@pytest.mark.parametrize("fmt", FORMATS)
def test_walk_there_and_back_when_requests_come_in_between_then_misses_none(house, fmt):
    seen, url, last, pages = set(), f"/request/all/?fmt={fmt}", None, 0
    while url is not None:
        document = read(house, url, fmt)
        seen |= set(document["ids"])
        last, url = url, document["next"]
        submit_some(house)
    url = last
    newest = house.store(status="approved", at=START + 5000 * HOUR + next(house.clock) * HOUR)
    while url is not None:
        document = read(house, url, fmt)
        seen |= set(document["ids"])
        pages, url = pages + 1, document["prev"]
        submit_some(house)
    assert pages >= 3
    # What came during the walk stands on the first page, which is read last.
    assert house.stored | {newest} <= seen


@pytest.mark.parametrize("path", LISTS)
def test_walk_by_prev_when_requests_come_in_between_then_misses_none(house, path):
    last = read(house, f"/request/{path}?fmt=json", "json")
    while last["next"] is not None:
        url, last = last["next"], read(house, last["next"], "json")
    known = house.payer.get(f"/request/{path}?fmt=json").json["request_count"]
    seen, pages = [], 0
    while url is not None:
        document = read(house, url, "json")
        seen += document["ids"]
        pages, url = pages + 1, document["prev"]
        # A walk that meets the same rows again and again would never end.
        assert pages <= 2 + (known + 4 * pages) // 200
        submit_some(house)
    assert pages >= 3
    assert house.stored <= set(seen)


def test_next_when_the_page_lies_between_two_others_leaves_nothing_out(house):
    first = read(house, "/request/all/?fmt=json", "json")
    second = read(house, first["next"], "json")
    submit_some(house)
    back = read(house, second["prev"], "json")
    assert back["ids"][-1] == first["ids"][-1]
    assert second["ids"][0] not in back["ids"]
    after = read(house, back["next"], "json")
    assert second["ids"][0] in after["ids"]


@pytest.mark.parametrize("before", ["", "x", "-1", "0", "1" * 30, "\u0661", "99999999999999999"])
def test_page_when_the_request_behind_it_is_none_then_is_the_numbered_one(house, before):
    browser = house.payer
    plain = browser.get("/request/all/page/2", {"fmt": "json"}).json
    odd = browser.get("/request/all/page/2", {"fmt": "json", "before": before}).json
    assert [row["id"] for row in odd["requests"]] == [row["id"] for row in plain["requests"]]


@pytest.mark.parametrize(
    ("path", "fmt"),
    [("all/", "xml"), ("all/sort/-payout", "json"), ("all/ship/Capsule,Guardian,Rifter", "json")],
)
def test_walk_by_prev_when_nothing_happens_then_is_the_walk_by_next_backwards(house, path, fmt):
    forth, url, last = [], f"/request/{path}?fmt={fmt}", None
    while url is not None:
        document = read(house, url, fmt)
        forth.append(document["ids"])
        last, url = url, document["next"]
    back, url = [], last
    while url is not None:
        document = read(house, url, fmt)
        back.append(document["ids"])
        url = document["prev"]
    assert back == forth[::-1]
    flat = [id_ for ids in forth for id_ in ids]
    assert len(flat) == len(set(flat))


def test_walk_by_next_when_states_change_in_between_then_misses_none(house):
    # The states come and go; a list that isn't narrowed or sorted by them doesn't move.
    turn = iter(sorted(house.stored)[::40])
    seen, url = [], "/request/all/?fmt=json"
    while url is not None:
        document = read(house, url, "json")
        seen += document["ids"]
        url = document["next"]
        submit_some(house)
        for id_ in (next(turn), next(turn)):
            for state in ("evaluating", "approved"):
                form = {"id_": "action", "type_": state, "note": ""}
                assert house.act("reviewer", id_, **form).status_int == 200
    assert house.stored <= set(seen)


def test_page_when_read_then_says_how_many_there_are_in_all(house):
    document = house.payer.get("/request/all/?fmt=json").json
    ids = ids_of(house, "/request/all/")
    assert document["request_count"] == len(ids) == len(set(ids))
