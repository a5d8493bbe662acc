"""In which months of a list a page lies: what was submitted before and after needs no look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

#: What a month, such as 202507, counts its years by.
_YEAR = 100
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a list in the order of submission, in whole months.

    start, end: times in UTC; what was submitted at the end is not in it. passed: how many requests
    of the list come before it. count: how many are in it.
    """

    start: datetime
    end: datetime
    passed: int
    count: int


def span_of(
    months: Mapping[int, int], offset: int, limit: int, *, is_descending: bool
) -> Span | None:
    """The months of the rows that come after so many others; None where no row does.

    months: requests of the list by month, such as 202507.
    """
    passed, count = 0, 0
    met: list[int] = []
    for month in sorted(months, reverse=is_descending):
        if not met and passed + months[month] <= offset:
            passed += months[month]
            continue
        met.append(month)
        count += months[month]
        if passed + count >= offset + limit:
            break
    return Span(_start(min(met)), _end(max(met)), passed, count) if met else None


def span_at(months: Mapping[int, int], time: datetime, *, is_descending: bool) -> Span:
    """The month that holds a time, be there requests of the list in it or not."""
    at = time.astimezone(UTC)
    held = at.year * _YEAR + at.month
    passed = sum(
        count
        for month, count in months.items()
        if (month > held if is_descending else month < held)
    )
    return Span(_start(held), _end(held), passed, months.get(held, 0))


def _start(month: int) -> datetime:
    return datetime(*divmod(month, _YEAR), 1, tzinfo=UTC)


def _end(month: int) -> datetime:
    year, number = divmod(month, _YEAR)
    return _start((year + 1) * _YEAR + 1 if number == _DECEMBER else month + 1)
