"""A list of any length takes a fixed number of statements, and so does a request's page."""

from __future__ import annotations

import pytest

LISTS = ("personal", "pending", "pay", "completed", "all")
FORMATS = ("html", "json", "xml", "rss", "atom", "csv")


@pytest.fixture
def filled(house):
    for index in range(6):
        id_ = house.submit(index)
        if index % 3:
            house.work("reviewer", id_, id_="modifier", type_="rel-bonus", value="5", note="x")
            house.work("reviewer", id_, id_="action", type_="approved", note="", status=200)
        if index % 3 == 2:
            house.work("payer", id_, id_="action", type_="paid", note="", status=200)
    return house


@pytest.mark.parametrize("list_name", LISTS)
@pytest.mark.parametrize("fmt", FORMATS)
def test_list_when_read_takes_few_statements(filled, count_statements, list_name, fmt):
    reader = filled.pilot if list_name == "personal" else filled.admin
    path = f"/request/{list_name}/?fmt={fmt}"
    reader.get(path)
    with count_statements(filled.portal) as statements:
        reader.get(path)
    assert len(statements) <= (8 if fmt == "html" else 6), "\n".join(statements.seen)


@pytest.mark.parametrize("fmt", ["html", "json", "xml"])
@pytest.mark.parametrize("who", ["pilot", "reviewer", "admin"])
def test_detail_when_read_takes_few_statements(filled, count_statements, fmt, who):
    [id_, *_] = (
        row["id"] for row in filled.pilot.get("/request/personal/?fmt=json").json["requests"]
    )
    path = f"/request/{id_}/?fmt={fmt}"
    reader = getattr(filled, who)
    reader.get(path)
    with count_statements(filled.portal) as statements:
        reader.get(path)
    # Two say who asks; in HTML one counts what waits.
    assert len(statements) <= (7 if fmt == "html" else 4), "\n".join(statements.seen)


def test_list_when_longer_takes_no_more_statements(filled, count_statements):
    counts = []
    for _ in range(2):
        filled.admin.get("/request/all/?fmt=json")
        with count_statements(filled.portal) as statements:
            filled.admin.get("/request/all/?fmt=json")
        counts.append(len(statements))
        for index in range(6, 10):
            if index < len(filled.losses()) and counts[1:] == []:
                filled.submit(index)
    assert counts[0] == counts[1]
