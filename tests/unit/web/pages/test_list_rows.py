"""The rows of lists: whatever a name holds, a row keeps its cells."""

from __future__ import annotations

from datetime import datetime
from html.parser import HTMLParser

import pytest

from srp_portal.services.results import RequestRow
from srp_portal.web.list_rows import ListRows
from srp_portal.web.pieces import Pictures

HOSTILE = """</td></tr><script>alert('x')</script>" onload="y&amp;{{ 7 * 7 }}"""
ROWS = ListRows(Pictures("https://images.example"))
PLAIN = RequestRow(
    id=1,
    status="paid",
    is_withdrawn=False,
    base_hundredths=1,
    payout_hundredths=123_456_789,
    version=1,
    details="",
    submitted_utc=datetime(2014, 7, 9, 1, 2, 3),  # noqa: DTZ001 - as SQLite has it
    killed_utc=datetime(2014, 7, 8, 1, 2, 3),  # noqa: DTZ001
    killmail_url="",
    pilot_id=2,
    pilot="Pilot",
    corporation_id=3,
    corporation="Corporation",
    alliance_id=None,
    alliance=None,
    ship_id=587,
    ship="Rifter",
    system="System",
    constellation="",
    region="Region",
    division_id=4,
    division_name="Division",
    submitter_id=5,
    submitter_name="Submitter",
)


class Found(HTMLParser):
    """The elements of a row with their attributes, and its texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.values: list[str | None] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.values += [value for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts += [data] if data.strip() else []


def test_row_when_plain_then_shows_its_facts_in_order() -> None:
    assert Found(ROWS.request_row(PLAIN, "/request/1/")).texts == [
        "Rifter",
        "Pilot",
        "Corporation",
        "System",
        "Region",
        "2014-07-08 01:02",
        "2014-07-09 01:02",
        "Division",
        "Submitter",
        "paid",
        "1,234,567.89",
        "1.2 m",
    ]


@pytest.mark.parametrize(
    ("field", "shown_in_attributes"),
    [
        ("pilot", 1),
        ("ship", 1),
        ("corporation", 0),
        ("alliance", 0),
        ("system", 0),
        ("region", 0),
        ("division_name", 0),
        ("submitter_name", 0),
        ("status", 2),
    ],
)
def test_row_when_a_name_is_hostile_then_is_shown_as_text(
    field: str, shown_in_attributes: int
) -> None:
    plain = Found(ROWS.request_row(PLAIN, "/request/1/"))
    found = Found(ROWS.request_row(PLAIN._replace(**{field: HOSTILE}), "/request/1/"))
    assert found.elements == plain.elements
    assert found.texts.count(HOSTILE) == 1
    assert found.values.count(HOSTILE) == shown_in_attributes


def test_loss_when_its_address_is_hostile_then_is_one_attribute() -> None:
    found = Found(ROWS.loss_cell(PLAIN, HOSTILE))
    assert found.elements == Found(ROWS.loss_cell(PLAIN, "/request/1/")).elements
    assert HOSTILE in found.values
