"""Every list finds its page by an index, on both databases, however long it is."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event

from srp_portal.seeding import seed as seeding

PATHS = [
    "pending/", "pay/", "completed/", "all/", "personal/",
    "all/page/5", "all/status/paid", "all/ship/Rifter", "all/pilot/Nobody", "all/region/Catch",
    "all/system/Jita", "all/corporation/Dreddit", "all/alliance/Nobody", "all/constellation/X",
    "all/submitter/nobody", "all/division/Nowhere", "all/payout/>100000000000",
    "all/kill_timestamp/2001", "all/submit_timestamp/2001", "all/sort/payout", "all/sort/-ship",
    "all/sort/kill_timestamp", "all/sort/pilot", "pay/ship/Rifter", "personal/status/paid",
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
        if re.search(r"\b(?:FROM|JOIN) requests\b", statement):
            seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = portal.browser().get(f"/request/{path}?fmt={fmt}&apikey={key}")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_int == 200
    assert len(seen) >= 2
    for statement, parameters in seen:
        plan = explained(engine, statement, parameters)
        assert not re.search(r"SCAN requests(?! USING)|Seq Scan on requests", plan), (
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
