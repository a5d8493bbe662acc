"""Lists and requests are found by an index, on both databases, however many there are."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event

from srp_portal.seeding import seed as seeding
from srp_portal.services import listing_walk

PATHS = [
    "pending/", "pay/", "completed/", "all/", "personal/",
    "all/page/5", "all/status/paid", "all/ship/Rifter", "all/pilot/Nobody", "all/region/Catch",
    "all/system/Jita", "all/corporation/Dreddit", "all/alliance/Nobody", "all/constellation/X",
    "all/submitter/nobody", "all/division/Nowhere", "all/payout/>100000000000",
    "all/kill_timestamp/2001", "all/submit_timestamp/2001", "all/sort/payout", "all/sort/-ship",
    "all/sort/kill_timestamp", "all/sort/pilot", "pay/ship/Rifter", "personal/status/paid",
    "all/ship/-Capsule", "all/ship/Capsule,Loki", "all/ship/-Capsule,-Loki/sort/payout",
    "all/alliance/Sable%20Horizon/region/Catch", "all/alliance/Sable%20Horizon/kill_timestamp/2024",
    "all/division/Small%20Gangs/ship/Capsule", "all/division/-Small%20Gangs/kill_timestamp/2024",
    "all/division/Small%20Gangs/payout/>100000000/status/paid", "all/payout/>0", "all/payout/-1",
    "all/base_payout/>0/payout/>0", "all/kill_timestamp/-2024", "all/submit_timestamp/2023,2024",
    "all/kill_timestamp/2024/submit_timestamp/2024", "all/ship/Capsule/sort/-kill_timestamp",
    "all/alliance/Sable%20Horizon/sort/ship", "all/sort/division", "all/sort/-submitter",
    "all/sort/status", "completed/payout/>100000000", "personal/ship/Capsule", "all/details/fleet",
    "all/details/zzz", "all/details/logistics/details/worth%20carrier", "pending/details/fleet",
    "all/details/fleet/ship/Capsule", "all/details/fleet/sort/payout", "personal/details/fleet",
    "all/details/fleet/division/Small%20Gangs/status/paid", "all/details/fleet/kill_timestamp/2024",
    "all/alliance/Sable%20Horizon/details/fleet", "all/alliance/-Sable%20Horizon/details/fleet",
    "all/details/fleet/region/Catch/ship/-Capsule", "all/base_payout/>0/details/fleet",
]  # fmt: skip


@pytest.fixture(scope="module")
def reader(make_any_shared_house):
    """A portal with generated requests, and the key of somebody who reads them all."""
    portal = make_any_shared_house().portal
    report = seeding.seed(portal.portal.engine, portal.portal.secrets, requests=3000, seed=7)
    with portal.portal.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return portal, report.api_key


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("fmt", ["html", "json"])
def test_list_when_read_then_no_statement_reads_the_whole_table(reader, path, fmt):
    portal, key = reader
    engine, seen = portal.portal.engine, []

    def note(connection, cursor, statement, parameters, context, executemany):
        if re.search(r"\b(?:FROM|JOIN) request(?:s|_words)\b", statement):
            seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = portal.browser().get(f"/request/{path}?fmt={fmt}&apikey={key}")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_int == 200
    # Where the tally says that there is nothing, nobody looks.
    assert seen or path == "all/division/Nowhere"
    for statement, parameters in seen:
        plan = explained(engine, statement, parameters)
        tables = "request(?:s|_words)"
        assert not re.search(rf"SCAN {tables}(?! USING)\b|Seq Scan on {tables}", plan), (
            f"{statement}\n{parameters}\n{plan}"
        )


DEEP = [
    "pending/page/2", "completed/page/2", "all/page/2", "all/page/5",
    "all/page/3/sort/submit_timestamp", "all/page/2/status/paid",
    "all/division/Small%20Gangs/page/2", "completed/page/2/status/-paid",
]  # fmt: skip


@pytest.mark.parametrize("path", DEEP)
def test_page_when_far_behind_then_only_its_months_are_walked(reader, monkeypatch, path):
    monkeypatch.setattr(listing_walk, "_MANY", 0)
    portal, key = reader
    engine, seen = portal.portal.engine, []

    def note(connection, cursor, statement, parameters, context, executemany):
        if re.search(r"\bFROM (?:requests|month_tallies)\b", statement):
            seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        portal.browser().get(f"/request/{path}?fmt=json&apikey={key}", status=200)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    (months, values), (page, bound) = seen
    plan = explained(engine, months, values)
    assert re.search(r"SEARCH month_tallies USING PRIMARY KEY|pk_month_tallies", plan), plan
    plan = explained(engine, page, bound)
    # Both ends of the time are looked up in an index.
    ends = (
        r"USING COVERING INDEX \w+ \((?:\w+=\? AND )*submitted_at>\? AND submitted_at<\?\)"
        if engine.dialect.name == "sqlite"
        else r"Index Cond: .*submitted_at >= .*submitted_at < "
    )
    assert re.search(ends, plan), plan


@pytest.mark.parametrize("anchor", ["newest", "oldest"])
def test_place_when_asked_for_then_only_its_month_is_counted(reader, anchor):
    portal, key = reader
    engine, seen = portal.portal.engine, []
    browser = portal.browser()
    order = "" if anchor == "newest" else "sort/submit_timestamp"
    [first, *_] = browser.get(f"/request/all/{order}?fmt=json&apikey={key}").json["requests"]

    def note(connection, cursor, statement, parameters, context, executemany):
        if "submitted_at <" in statement and "count(*)" in statement:
            seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        browser.get(f"/request/all/?fmt=json&before={first['id']}&apikey={key}", status=200)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    [(statement, parameters)] = seen
    plan = explained(engine, statement, parameters)
    assert not re.search(r"SCAN requests|Seq Scan on requests", plan), plan


@pytest.mark.parametrize("fmt", ["html", "json"])
def test_request_when_read_then_no_statement_reads_a_whole_table(reader, fmt):
    portal, key = reader
    engine, seen = portal.portal.engine, []
    browser = portal.browser()
    [paid, *_] = browser.get(f"/request/all/status/paid?fmt=json&apikey={key}").json["requests"]

    def note(connection, cursor, statement, parameters, context, executemany):
        if re.search(
            r"\b(?:FROM|JOIN) (?:requests|actions|killmails|killmail_values)\b", statement
        ):
            seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = browser.get(f"/request/{paid['id']}/?fmt={fmt}&apikey={key}")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_int == 200
    assert len(seen) == (4 if fmt == "html" else 2)
    for statement, parameters in seen:
        plan = explained(engine, statement, parameters)
        assert not re.search(r"SCAN \w|Seq Scan", plan.replace("SCAN CONSTANT ROW", "")), (
            f"{statement}\n{parameters}\n{plan}"
        )


def explained(engine, statement, parameters):
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return "\n".join(row[-1] for row in rows)
        # A table this small would often be read whole; the question is whether it has to be.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return "\n".join(row[0] for row in rows)
