"""Times in filters: what a person writes, and the interval in UTC that it spans."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
#: Stands for the end of the last year, which would be no `datetime`.
_LATEST = datetime.max.replace(tzinfo=UTC)
_TICK = timedelta(microseconds=1)

_MOMENT = re.compile(
    r"""
    (?P<year>[0-9]{4})
    (?: -(?P<month>[0-9]{2}) (?: -(?P<day>[0-9]{2}) )?
      | (?P<basic_month>[0-9]{2}) (?P<basic_day>[0-9]{2})
    )?
    (?: [Tt](?P<hour>[0-9]{2})
        (?: :?(?P<minute>[0-9]{2})
            (?: :?(?P<second>[0-9]{2}) (?: \.(?P<fraction>[0-9]{1,6}) )? )?
        )?
        (?: [Zz]
          | (?P<sign>[+-]) (?P<zone_hour>[01][0-9]|2[0-3]) (?: :?(?P<zone_minute>[0-5][0-9]) )?
        )?
    )?
    """,
    re.VERBOSE,
)
_FORMS = "write 2014, 2014-07, 2014-07-09, 2014-07-09T19:43:58, or two of these with _ between"

#: What ISO 8601 text continues with when a shorter spelling leaves the rest out.
_REST = "0001-01-01T00:00:00.000000"
_YEAR, _MONTH, _DAY = 4, 7, 10
#: A unit of time, named by how much of ISO 8601 text its spelling keeps, with its length.
_LENGTHS = {
    _DAY: timedelta(days=1),
    13: timedelta(hours=1),
    16: timedelta(minutes=1),
    19: timedelta(seconds=1),
    **{20 + digits: timedelta(microseconds=10 ** (6 - digits)) for digits in range(1, 7)},
}
_UNITS = (_YEAR, _MONTH, *_LENGTHS)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From `start` until just before `end`; aware UTC, never empty, in the years 1 to 9999.

    The last year, and whatever else lasts until its end, ends a microsecond early. Raises
    ValueError for anything else.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.utcoffset() != timedelta() or self.end.utcoffset() != timedelta():
            raise ValueError("an interval needs aware times in UTC")
        if not _EARLIEST <= self.start < self.end <= _LATEST:
            raise ValueError("an interval starts before its end, in the years 0001 to 9999")

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


def parse_interval(text: str) -> Interval:
    """The interval that a year, month, day, hour, minute, second or fraction of one spans.

    Two of them with `_` between, in either order, span everything from the earlier one's start to
    the later one's end. Times are UTC, with `Z` or without; another offset is converted. Raises
    ValueError whose message is a clause for the user.
    Rule: contract/http.md, "Filters in the path".
    """
    parts = text.split("_")
    if len(parts) > 2:
        raise ValueError(f"more than two times; {_FORMS}")
    spans = [_parse_moment(part) for part in parts]
    return Interval(min(span.start for span in spans), max(span.end for span in spans))


def format_interval(interval: Interval) -> str:
    """The canonical text: one spelling if some unit is this interval, else the two coarsest.

    `parse_interval` gives the interval back.
    """
    first = next(
        _spell(interval.start, unit)
        for unit in _UNITS
        if _floor(interval.start, unit) == interval.start
        and _following(interval.start, unit) <= interval.end
    )
    final = interval.end - _TICK
    last = next(
        _spell(start, unit)
        for unit in _UNITS
        if (start := _floor(final, unit)) >= interval.start
        and _following(start, unit) == interval.end
    )
    return first if first == last else f"{first}_{last}"


def _parse_moment(text: str) -> Interval:
    match = _MOMENT.fullmatch(text)
    if match is None or (match["hour"] and not (match["day"] or match["basic_day"])):
        raise ValueError(f"no time; {_FORMS}")
    date = (
        match["year"],
        match["month"] or match["basic_month"],
        match["day"] or match["basic_day"],
    )
    time = (match["hour"], match["minute"], match["second"])
    spelling = "-".join(filter(None, date))
    if match["hour"]:
        spelling += "T" + ":".join(filter(None, time))
    if match["fraction"]:
        spelling += "." + match["fraction"]
    offset = timedelta(hours=int(match["zone_hour"] or 0), minutes=int(match["zone_minute"] or 0))
    try:
        start = min(_complete(spelling), _LATEST - _TICK)
        end = _following(start, len(spelling))
        if match["sign"] == "-":
            offset = -offset
        return Interval(start - offset, end - offset)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"no such time; {_FORMS}") from error


def _complete(spelling: str) -> datetime:
    return datetime.fromisoformat(spelling + _REST[len(spelling) :]).replace(tzinfo=UTC)


def _spell(moment: datetime, unit: int) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds")[:unit]


def _floor(moment: datetime, unit: int) -> datetime:
    return _complete(_spell(moment, unit))


def _following(start: datetime, unit: int) -> datetime:
    """The end of the unit that starts there, as far as there are times."""
    if unit == _MONTH and start.month < 12:
        return start.replace(month=start.month + 1)
    if unit in (_YEAR, _MONTH):
        is_last = start.year == _LATEST.year
        return _LATEST if is_last else start.replace(year=start.year + 1, month=1)
    length = _LENGTHS[unit]
    return start + length if _LATEST - start > length else _LATEST
