"""Counts and totals that the database keeps agree with the requests, whatever happens to them."""

from __future__ import annotations

import random
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import case, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from srp_portal.domain.filters import parse_filters
from srp_portal.domain.lifecycle import Status
from srp_portal.domain.permissions import Identity, Permission
from srp_portal.models.divisions import Division
from srp_portal.models.engine import make_engine, writing
from srp_portal.models.requests import SrpRequest
from srp_portal.models.tallies import DivisionTally, MonthTally, SubmitterTally
from srp_portal.models.users import User
from srp_portal.seeding.seed import seed
from srp_portal.services import tallies
from srp_portal.services.crypto import Secrets

SECRETS = Secrets(("a-secret-of-the-tests-that-is-long-enough",))
PAYOUTS = func.sum(SrpRequest.payout)
#: Where one month ends and the next begins, in UTC.
AROUND_MONTHS = [
    datetime(year, month, 1, tzinfo=UTC) + timedelta(microseconds=moment)
    for year, month in ((2024, 1), (2024, 3), (2025, 1), (2025, 7))
    for moment in (-1, 0, 1)
]


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, portal_databases):
    url = (
        portal_databases.sqlite()
        if request.param == "sqlite"
        else request.getfixturevalue("postgresql_url")
    )
    engine = make_engine(url)
    seed(engine, SECRETS, requests=300, seed=5)
    yield engine
    engine.dispose()


def kept(dbsession, table, *keys):
    """What the table keeps by its keys, rows that count nothing left out."""
    statement = (
        select(*keys, func.sum(table.requests), func.sum(table.payouts))
        .group_by(*keys)
        .having(func.sum(table.requests) > 0)
    )
    return {tuple(row[:-2]): (int(row[-2]), row[-1]) for row in dbsession.execute(statement)}


def counted(dbsession, *keys):
    """The same, counted from the requests."""
    statement = select(*keys, func.count(), PAYOUTS).group_by(*keys)
    return {tuple(row[:-2]): (row[-2], row[-1]) for row in dbsession.execute(statement)}


def months_kept(dbsession):
    keys = (MonthTally.division_id, MonthTally.status, MonthTally.month)
    requests = func.sum(MonthTally.requests)
    rows = dbsession.execute(select(*keys, requests).group_by(*keys).having(requests != 0))
    return Counter({tuple(row[:-1]): row[-1] for row in rows})


def months_counted(dbsession):
    """By Python's own calendar."""
    columns = (SrpRequest.division_id, SrpRequest.status, SrpRequest.submitted_at)
    return Counter(
        (division_id, status, at.year * 100 + at.month)
        for division_id, status, at in dbsession.execute(select(*columns))
    )


def assert_kept_rightly(engine):
    with Session(engine) as dbsession:
        assert kept(dbsession, DivisionTally, DivisionTally.division_id, DivisionTally.status) == (
            counted(dbsession, SrpRequest.division_id, SrpRequest.status)
        )
        keys = (SubmitterTally.submitter_id, SubmitterTally.division_id, SubmitterTally.status)
        assert kept(dbsession, SubmitterTally, *keys) == (
            counted(dbsession, SrpRequest.submitter_id, SrpRequest.division_id, SrpRequest.status)
        )
        assert months_kept(dbsession) == months_counted(dbsession)
        empty = select(func.sum(case((DivisionTally.requests == 0, DivisionTally.payouts))))
        assert not dbsession.scalar(empty)


def test_tallies_when_data_was_loaded_in_bulk_agree_with_it(engine):
    assert_kept_rightly(engine)


def test_tallies_when_requests_change_at_random_agree_with_them(engine):
    source = random.Random(11)
    with Session(writing(engine)) as dbsession:
        ids = list(dbsession.scalars(select(SrpRequest.id)))
        divisions = list(dbsession.scalars(select(Division.id)))
        submitters = list(dbsession.scalars(select(SrpRequest.submitter_id).distinct()))
        for number in range(200):
            changes = {
                "status": source.choice(list(Status)).value,
                "division_id": source.choice(divisions),
                "submitter_id": source.choice(submitters),
                "payout": Decimal(source.randrange(10**12)).scaleb(-2),
                "details": f"{number}",
                "submitted_at": source.choice(AROUND_MONTHS),
            }
            chosen = dict(source.sample(sorted(changes.items()), source.randint(1, 3)))
            chosen.setdefault("is_withdrawn", False)
            dbsession.execute(
                update(SrpRequest)
                .where(SrpRequest.id.in_(source.sample(ids, source.randint(1, 4))))
                .values(**chosen)
                .execution_options(synchronize_session=False)
            )
        dbsession.commit()
    assert_kept_rightly(engine)


def test_tallies_when_a_change_is_taken_back_stay_as_they_were(engine):
    with Session(writing(engine)) as dbsession:
        dbsession.execute(update(SrpRequest).values(status="evaluating", is_withdrawn=False))
        dbsession.rollback()
    assert_kept_rightly(engine)


def reader_of(dbsession):
    """Somebody who may see everything, and has submitted most."""
    divisions = dbsession.scalars(select(Division.id))
    submitter = dbsession.scalar(
        select(SrpRequest.submitter_id).group_by(SrpRequest.submitter_id).order_by(-func.count())
    )
    grants = {division: frozenset({Permission.ADMIN}) for division in divisions}
    return Identity(submitter, "reader", grants=grants)


LISTS = ("personal", "pending", "pay", "completed", "all")
CHANGES = {
    "details": {"details": "Something else"},
    "payout": {"payout": Decimal("0.01")},
    "status": {"status": "incomplete", "is_withdrawn": False},
    "version": {"version": 99},
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", LISTS)
def test_revision_when_a_request_of_the_list_changes_is_another(engine, name, change):
    filters = parse_filters("", list_name=name)
    with Session(writing(engine)) as dbsession:
        reader = reader_of(dbsession)
        before = tallies.tally(dbsession, filters, reader)
        shown = select(SrpRequest.id).where(
            SrpRequest.status.in_([status.value for status in filters.statuses]),
            *([SrpRequest.submitter_id == reader.user_id] if name == "personal" else []),
        )
        dbsession.execute(
            update(SrpRequest)
            .where(SrpRequest.id == dbsession.scalar(shown.limit(1)))
            .values(**CHANGES[change])
            .execution_options(synchronize_session=False)
        )
        assert tallies.tally(dbsession, filters, reader).revision > before.revision


@pytest.mark.parametrize("table", [Division, User])
def test_revision_when_a_name_changes_is_another(engine, table):
    filters = parse_filters("", list_name="all")
    with Session(writing(engine)) as dbsession:
        reader = reader_of(dbsession)
        before = tallies.tally(dbsession, filters, reader)
        first = dbsession.scalars(select(table).limit(1)).one()
        first.name = "Renamed"
        dbsession.flush()
        requests, names = tallies.tally(dbsession, filters, reader).revision
        assert requests == before.revision[0]
        assert names > before.revision[1]


def test_revision_when_what_happened_is_taken_back_and_something_else_happens_is_another(engine):
    """As after a restored backup, whose readers still hold the tags of what was lost."""
    filters = parse_filters("", list_name="all")
    seen = []
    for details in ("Alpha", "Omega"):
        with Session(writing(engine)) as dbsession:
            reader = reader_of(dbsession)
            request = dbsession.scalars(select(SrpRequest).limit(1)).one()
            request.details = details
            division = dbsession.get_one(Division, request.division_id)
            division.name = f"Division {details}"
            dbsession.flush()
            seen.append(tallies.tally(dbsession, filters, reader).revision)
            dbsession.rollback()
    assert seen[0][0] != seen[1][0]
    assert seen[0][1] != seen[1][1]


@pytest.mark.parametrize("path", ["", "status/paid,approved", "status/-paid", "division/-Nowhere"])
@pytest.mark.parametrize("name", LISTS)
def test_tally_when_a_list_is_narrowed_is_what_counting_gives(engine, name, path):
    from srp_portal.services import listing_query

    filters = parse_filters(path, list_name=name)
    assert tallies.is_tallied(filters)
    with Session(engine) as dbsession:
        reader = reader_of(dbsession)
        found = tallies.tally(dbsession, filters, reader)
        count, total = dbsession.execute(
            listing_query.count_and_total(filters),
            {"reader": listing_query.reader_value(filters.list_name, reader)},
        ).one()
    assert (found.count, found.total) == (count, total or 0)
    assert isinstance(found.count, int)


def test_tally_when_other_filters_are_given_is_not_enough():
    assert not tallies.is_tallied(parse_filters("status/paid/ship/Sabre", list_name="all"))


def test_rebuild_when_run_again_gives_the_same_counts_and_new_revisions(engine):
    filters = parse_filters("", list_name="all")
    with Session(writing(engine)) as dbsession:
        reader = reader_of(dbsession)
        before = tallies.tally(dbsession, filters, reader)
        tallies.rebuild(dbsession.connection())
        after = tallies.tally(dbsession, filters, reader)
        dbsession.commit()
    assert (after.count, after.total) == (before.count, before.total)
    assert after.revision > before.revision
    assert_kept_rightly(engine)


@pytest.mark.postgresql
def test_transactions_when_they_move_requests_crosswise_never_lock_each_other_out(postgresql_url):
    engine = make_engine(postgresql_url)
    seed(engine, SECRETS, requests=100, seed=5)
    with Session(engine) as dbsession:
        submitter = dbsession.scalar(select(SrpRequest.submitter_id))
        ids = list(dbsession.scalars(select(SrpRequest.id)))[:2]
        dbsession.execute(
            update(SrpRequest).where(SrpRequest.id.in_(ids)).values(submitter_id=submitter)
        )
        dbsession.commit()
    failed = []

    def move(request_id, statuses):
        for _ in range(50):
            for status in statuses:
                try:
                    with Session(engine) as dbsession:
                        dbsession.execute(
                            update(SrpRequest)
                            .where(SrpRequest.id == request_id)
                            .values(status=status, is_withdrawn=False)
                        )
                        dbsession.commit()
                except DBAPIError as error:
                    failed.append(str(error))

    threads = [
        threading.Thread(target=move, args=(ids[0], ("approved", "evaluating"))),
        threading.Thread(target=move, args=(ids[1], ("evaluating", "approved"))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert_kept_rightly(engine)
    engine.dispose()
