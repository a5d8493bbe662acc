"""Times in filters: what each spelling spans, and the canonical spelling of an interval."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.domain.filter_times import Interval, format_interval, parse_interval

MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999998)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)
END = datetime.max.replace(tzinfo=UTC)
#: Ends of days and months are what arbitrary moments never hit.
MIDNIGHTS = MOMENTS.map(lambda m: m.replace(hour=0, minute=0, second=0, microsecond=0))
MONTHS = MIDNIGHTS.map(lambda m: m.replace(day=1))
ANY_MOMENTS = st.one_of(MOMENTS, MIDNIGHTS, MONTHS, MONTHS.map(lambda m: m.replace(month=1)))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    first, second = sorted((draw(ANY_MOMENTS), draw(ANY_MOMENTS)))
    return Interval(
        first, max(draw(st.sampled_from([second, END])), first + timedelta(microseconds=1))
    )


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        pytest.param("2014", utc(2014, 1, 1), utc(2015, 1, 1), id="year"),
        pytest.param("2014-07", utc(2014, 7, 1), utc(2014, 8, 1), id="month"),
        pytest.param("2014-12", utc(2014, 12, 1), utc(2015, 1, 1), id="december"),
        pytest.param("2014-07-09", utc(2014, 7, 9), utc(2014, 7, 10), id="day"),
        pytest.param("20140709", utc(2014, 7, 9), utc(2014, 7, 10), id="basic-day"),
        pytest.param("2016-02-29", utc(2016, 2, 29), utc(2016, 3, 1), id="leap-day"),
        pytest.param("20150314T15", utc(2015, 3, 14, 15), utc(2015, 3, 14, 16), id="hour"),
        pytest.param(
            "2014-07-09T19:43", utc(2014, 7, 9, 19, 43), utc(2014, 7, 9, 19, 44), id="minute"
        ),
        pytest.param(
            "20140709T1943", utc(2014, 7, 9, 19, 43), utc(2014, 7, 9, 19, 44), id="basic-minute"
        ),
        pytest.param(
            "2014-07-09T19:43:58",
            utc(2014, 7, 9, 19, 43, 58),
            utc(2014, 7, 9, 19, 43, 59),
            id="second",
        ),
        pytest.param(
            "2014-07-09T19:43:58Z",
            utc(2014, 7, 9, 19, 43, 58),
            utc(2014, 7, 9, 19, 43, 59),
            id="second-zulu",
        ),
        pytest.param(
            "2014-07-09T19:43:58.12",
            utc(2014, 7, 9, 19, 43, 58, 120000),
            utc(2014, 7, 9, 19, 43, 58, 130000),
            id="hundredth",
        ),
        pytest.param(
            "2014-07-09T19:43:58.126158+00:00",
            utc(2014, 7, 9, 19, 43, 58, 126158),
            utc(2014, 7, 9, 19, 43, 58, 126159),
            id="microsecond-as-python-writes-it",
        ),
        pytest.param(
            "2014-07-09T01+05:30", utc(2014, 7, 8, 19, 30), utc(2014, 7, 8, 20, 30), id="east"
        ),
        pytest.param("2014-07-09T22-0300", utc(2014, 7, 10, 1), utc(2014, 7, 10, 2), id="west"),
        pytest.param("9998-12-31T23-01", utc(9999, 1, 1), utc(9999, 1, 1, 1), id="into-9999"),
        pytest.param("9999", utc(9999, 1, 1), END, id="last-year"),
        pytest.param("9999-12", utc(9999, 12, 1), END, id="last-month"),
        pytest.param("9999-12-31", utc(9999, 12, 31), END, id="last-day"),
        pytest.param("9999-12-31T23:59:59", utc(9999, 12, 31, 23, 59, 59), END, id="last-second"),
        pytest.param(
            "9999-12-31T23:59:59.999999", END - timedelta(microseconds=1), END, id="last-tick"
        ),
        pytest.param("9999_0001", utc(1, 1, 1), END, id="all-years"),
        pytest.param("2014-07_2014-09", utc(2014, 7, 1), utc(2014, 10, 1), id="two"),
        pytest.param("2014-09_2014-07", utc(2014, 7, 1), utc(2014, 10, 1), id="two-reversed"),
        pytest.param("2014_2014-07", utc(2014, 1, 1), utc(2015, 1, 1), id="one-inside-the-other"),
        pytest.param("2014-07-09_2015", utc(2014, 7, 9), utc(2016, 1, 1), id="two-units"),
    ],
)
def test_parse_interval_of_a_spelling_gives_what_it_spans(
    text: str, start: datetime, end: datetime
) -> None:
    assert parse_interval(text) == Interval(start, end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "14",
        "201407",
        "2014-7",
        "2014-13",
        "2014-00",
        "2014-02-30",
        "2014-07T10",
        "2014T10",
        "2014-07-09T",
        "2014-07-09T24",
        "2014-07-09T10:60",
        "2014-07-09T23:59:60",
        "2014-07-09T10:00:00.",
        "2014-07-09T10:00:00.1234567",
        "2014-07-09 10:00",
        "2014-07-09T10+24:00",
        "2014-07-09Z",
        "0000",
        "0001-01-01T00+01",
        "9999-12-31T23-01",
        "_",
        "2014_",
        "2014_2015_2016",
        "٢٠١٤",
        "2014-0\uff17",
        "now",
        "2014\n",
    ],
)
def test_parse_interval_of_no_time_raises_a_message(text: str) -> None:
    with pytest.raises(ValueError, match="write 2014"):
        parse_interval(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2014_2014", "2014"),
        ("2014-01_2014-12", "2014"),
        ("2014-01-01_2015-12-31", "2014_2015"),
        ("2014-06_2014-01", "2014-01_2014-06"),
        ("20150314T15", "2015-03-14T15"),
        ("20150314T150000Z", "2015-03-14T15:00:00"),
        ("2014-07-09T00_2014-07-09T23", "2014-07-09"),
        ("2014-07-09T01+05:30", "2014-07-08T19:30_2014-07-08T20:29"),
        ("2014-07-09T10:00:00.120", "2014-07-09T10:00:00.120"),
        ("0999-02", "0999-02"),
        ("9999-12-31", "9999-12-31"),
        ("9999-01_9999-12", "9999"),
        ("9999_0001", "0001_9999"),
        ("9999-06_9999-12-31", "9999-06_9999-12"),
    ],
)
def test_format_interval_gives_the_coarsest_spelling(text: str, canonical: str) -> None:
    assert format_interval(parse_interval(text)) == canonical


@given(intervals())
def test_format_interval_of_any_interval_parses_to_it(interval: Interval) -> None:
    assert parse_interval(format_interval(interval)) == interval


@given(st.text(alphabet="0123456789-_:.TZ+", max_size=30))
def test_parse_interval_of_anything_gives_an_interval_or_a_value_error(text: str) -> None:
    try:
        outcome = format_interval(parse_interval(text))
    except ValueError as error:
        outcome = str(error)
    assert "write 2014" in outcome or format_interval(parse_interval(outcome)) == outcome


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(utc(2014, 1, 1), utc(2014, 1, 1), id="empty"),
        pytest.param(utc(2015, 1, 1), utc(2014, 1, 1), id="reversed"),
        pytest.param(datetime(2014, 1, 1), datetime(2015, 1, 1), id="naive"),  # noqa: DTZ001
        pytest.param(
            datetime(2014, 1, 1, tzinfo=timezone(timedelta(hours=1))), utc(2015, 1, 1), id="not-utc"
        ),
    ],
)
def test_interval_that_is_none_is_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match="an interval"):
        Interval(start, end)


def test_interval_holds_its_start_but_not_its_end() -> None:
    year = parse_interval("2014")
    assert year.start in year
    assert year.end - timedelta(microseconds=1) in year
    assert year.end not in year
