"""Whichever way a page is found, it is the same page: compared with plain sorting and slicing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from srp_portal.domain.filters import parse_filters
from srp_portal.domain.permissions import Identity, Permission
from srp_portal.models.divisions import Division
from srp_portal.models.engine import make_engine
from srp_portal.models.requests import SrpRequest
from srp_portal.seeding.seed import seed
from srp_portal.services import listing, listing_query, listing_walk, tallies
from srp_portal.services.crypto import Secrets
from srp_portal.services.listing_walk import Way

SECRETS = Secrets(("a-secret-of-the-tests-that-is-long-enough",))
LISTS = ("personal", "pending", "pay", "completed", "all")
SIZE = 7


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request, portal_databases):
    is_sqlite = request.param == "sqlite"
    url = portal_databases.sqlite() if is_sqlite else request.getfixturevalue("module_postgresql")
    engine = make_engine(url)
    seed(engine, SECRETS, requests=400, seed=9)
    yield engine
    engine.dispose()


@pytest.fixture
def dbsession(engine):
    with Session(engine) as dbsession:
        yield dbsession


def reader(dbsession, divisions):
    """Somebody with requests, who administers some of the divisions."""
    ids = list(dbsession.scalars(select(Division.id).order_by(Division.id)))[:divisions]
    submitter = dbsession.scalar(select(SrpRequest.submitter_id).limit(1))
    return Identity(submitter, "r", grants={id_: frozenset({Permission.ADMIN}) for id_ in ids})


def plainly(dbsession, filters, identity):
    """Ids of the whole list by sorting in Python."""
    found = dbsession.execute(
        select(SrpRequest.id, SrpRequest.submitted_at).where(
            listing_query.visible(filters.list_name), *listing_query.clauses(filters)
        ),
        {"reader": listing_query.reader_value(filters.list_name, identity)},
    ).all()
    is_descending = filters.sort.is_descending
    return [
        row.id
        for row in sorted(found, key=lambda row: (row.submitted_at, row.id), reverse=is_descending)
    ]


@pytest.mark.parametrize("divisions", [1, 2, 50])
@pytest.mark.parametrize("path", ["", "sort/submit_timestamp", "status/-approved"])
@pytest.mark.parametrize("name", LISTS)
def test_pages_when_walked_hold_each_request_once_and_in_order(dbsession, name, path, divisions):
    identity = reader(dbsession, divisions)
    filters = parse_filters(path, list_name=name)
    expected = plainly(dbsession, filters, identity)
    seen = []
    for number in range(1, len(expected) // SIZE + 2):
        page = listing.request_page(
            dbsession, identity, filters.replace(page=number), page_size=SIZE
        )
        assert page.count == len(expected)
        seen += [row.id for row in page.rows]
    assert seen == expected


@pytest.mark.parametrize("divisions", [1, 2, 50])
@pytest.mark.parametrize("path", ["", "sort/submit_timestamp", "status/-approved"])
@pytest.mark.parametrize("name", LISTS)
def test_pages_when_their_months_are_found_first_are_the_same(
    dbsession, monkeypatch, name, path, divisions
):
    monkeypatch.setattr(listing_walk, "_MANY", 0)
    identity = reader(dbsession, divisions)
    filters = parse_filters(path, list_name=name)
    expected = plainly(dbsession, filters, identity)
    # Pages that begin anywhere: in the middle of a month, at its end, and reach over several.
    for offset in range(0, len(expected) + 1, 3):
        page = listing.request_page(dbsession, identity, filters, page_size=SIZE, offset=offset)
        assert [row.id for row in page.rows] == expected[offset : offset + SIZE]
        assert page.count == len(expected)


@pytest.mark.parametrize("path", ["", "sort/submit_timestamp", "status/paid", "sort/payout"])
@pytest.mark.parametrize("name", ["personal", "completed", "all"])
def test_rows_before_when_asked_of_any_request_are_those_that_stand_before_it(
    dbsession, name, path
):
    identity = reader(dbsession, 2)
    filters = parse_filters(path, list_name=name)
    listed = listing.request_page(dbsession, identity, filters, page_size=1000).rows
    everybody = reader(dbsession, 50)
    whole = parse_filters(f"sort/{filters.sort}", list_name="all")
    ids, before = {row.id for row in listed}, 0
    hidden = 0
    # Those of the list, and between them those that it doesn't show by their status, and those that
    # are nothing of the reader's.
    for row in listing.request_page(dbsession, everybody, whole, page_size=1000).rows:
        own = identity.user_id == row.submitter_id
        may_see = own if name == "personal" else row.division_id in identity.grants
        found = listing.rows_before(dbsession, identity, filters, row.id)
        assert found == (before if may_see else None)
        hidden += not may_see
        before += row.id in ids
    assert before == len(listed) > 0
    assert hidden > 0


def test_page_when_its_requests_went_meanwhile_is_empty(dbsession, monkeypatch):
    monkeypatch.setattr(listing_walk, "_MANY", 0)
    identity = reader(dbsession, 2)
    filters = parse_filters("", list_name="all")
    known = tallies.tally(dbsession, filters, identity)
    later = replace(known, count=known.count + 10)
    page = listing.request_page(
        dbsession, identity, filters, page_size=SIZE, tally=later, offset=known.count
    )
    assert page.rows == ()


@pytest.mark.parametrize("is_limited", [False, True])
@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("name", ["pending", "pay", "completed", "all"])
def test_way_when_taken_finds_the_same_rows_as_the_others(dbsession, name, way, is_limited):
    identity = reader(dbsession, 2)
    filters = parse_filters("", list_name=name)
    expected = plainly(dbsession, filters, identity)
    offset, limit = len(expected) // 3, 5
    values = {
        "reader": listing_query.reader_value(filters.list_name, identity),
        "offset": offset,
        "limit": limit,
    }
    if way is Way.STATUS:
        values["end"] = offset + limit
    if is_limited:
        values |= {
            "span_start": datetime(2000, 1, 1, tzinfo=UTC),
            "span_end": datetime(2100, 1, 1, tzinfo=UTC),
        }
    statement = listing_walk.ids(filters, way, is_limited=is_limited)
    found = list(dbsession.connection().execute(statement, values).scalars())
    assert found == expected[offset : offset + limit]


@pytest.mark.parametrize(
    ("seen", "everybody", "page", "way"),
    [
        # Nearly all of it is the reader's: the first rows are near.
        (900_000, 1_000_000, 1, Way.ALL),
        # A few among many: they are gathered sooner than met.
        (50, 1_000_000, 1, Way.GATHER),
        (900_000, 1_000_000, 1000, Way.ALL),
    ],
)
def test_way_when_chosen_is_the_one_with_less_to_look_at(seen, everybody, page, way):
    filters = parse_filters("", list_name="all")
    share = dict.fromkeys(filters.statuses, seen // 5)
    whole = dict.fromkeys(filters.statuses, everybody // 5)
    tally = tallies.Tally(sum(share.values()), 0, 1, share, whole)
    assert listing_walk.way(filters, tally, (page - 1) * 200, 200 if seen > 200 else 10) is way


def test_way_when_few_of_a_status_wait_among_many_that_are_done_is_that_status():
    filters = parse_filters("", list_name="pay")
    [status] = filters.statuses
    everybody = dict.fromkeys(parse_filters("", list_name="all").statuses, 250_000)
    everybody[status] = 6_000
    tally = tallies.Tally(6_000, 0, 1, {status: 6_000}, everybody)
    assert listing_walk.way(filters, tally, 0, 200) is Way.STATUS


def test_way_when_a_status_has_nothing_for_the_reader_is_not_to_walk_it_in_vain():
    filters = parse_filters("", list_name="completed")
    seen = dict(zip(sorted(filters.statuses), (5_000, 0), strict=True))
    everybody = dict.fromkeys(filters.statuses, 5_000) | {max(filters.statuses): 900_000}
    tally = tallies.Tally(5_000, 0, 1, seen, everybody)
    assert listing_walk.way(filters, tally, 0, 200) is Way.GATHER


def test_page_when_past_the_end_needs_no_way():
    filters = parse_filters("", list_name="all")
    tally = tallies.Tally(8, 0, 1, {}, {})
    assert listing_walk.way(filters, tally, 8, 1) is None
