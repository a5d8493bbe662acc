"""The months of a page hold all of its rows, and say rightly how many come before them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.services.listing_span import span_at, span_of

#: Sixteen months.
TIMES = st.timedeltas(timedelta(), timedelta(days=480)).map(
    lambda since: datetime(2023, 11, 1, tzinfo=UTC) + since
)
LISTS = st.lists(TIMES, max_size=30)


def months_of(times):
    counts = {}
    for time in times:
        month = time.year * 100 + time.month
        counts[month] = counts.get(month, 0) + 1
    return counts


@given(LISTS, st.integers(0, 35), st.integers(1, 10), st.booleans())
def test_span_when_made_for_a_page_holds_it_in_its_place(times, offset, limit, is_descending):
    times.sort(reverse=is_descending)
    span = span_of(months_of(times), offset, limit, is_descending=is_descending)
    page = times[offset : offset + limit]
    if not page:
        assert span is None
        return
    within = [time for time in times if span.start <= time < span.end]
    assert within[offset - span.passed :][:limit] == page
    assert span.count == len(within)


@given(LISTS, st.integers(0, 29), st.booleans())
def test_span_when_a_page_is_one_row_is_one_month(times, offset, is_descending):
    span = span_of(months_of(times), offset, 1, is_descending=is_descending)
    assert span is None or span.end - span.start <= timedelta(days=31)


@given(LISTS, TIMES, st.booleans())
def test_span_when_made_at_a_time_tells_what_comes_before_it(times, at, is_descending):
    span = span_at(months_of(times), at, is_descending=is_descending)
    assert span.start <= at < span.end
    before = [time for time in times if (time >= span.end if is_descending else time < span.start)]
    assert span.passed == len(before)


@pytest.mark.parametrize(
    ("month", "start", "end"),
    [
        (202412, datetime(2024, 12, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)),
        (202501, datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)),
        (202402, datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)),
    ],
)
def test_month_when_it_is_a_span_ends_where_the_next_begins(month, start, end):
    span = span_of({month: 1}, 0, 1, is_descending=True)
    assert (span.start, span.end) == (start, end)


def test_span_when_the_time_is_of_another_zone_is_the_month_in_utc():
    at = datetime(2025, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    assert span_at({202412: 3, 202501: 4}, at, is_descending=False).passed == 0
