"""Times as the published documents write them: always UTC, never in the server's language."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


#: Every number of two digits; looked up twice as fast as it is formatted.
_DIGITS = tuple(f"{number:02d}" for number in range(60))


def http_time(moment: datetime) -> str:
    """`Wed, 09 Jul 2014 19:43:58 GMT`; moment: aware."""
    return http_time_of_utc(moment.astimezone(UTC))


def http_time_of_utc(moment: datetime) -> str:
    """The same of a time that is in UTC, whether it says so or not."""
    # A list of 200 requests holds 400 times, which were nearly half of the work on its document:
    # hence the table, and the days that are kept.
    day = _http_day(moment.toordinal())
    return f"{day} {_DIGITS[moment.hour]}:{_DIGITS[moment.minute]}:{_DIGITS[moment.second]} GMT"


@lru_cache(maxsize=4096)
def _http_day(ordinal: int) -> str:
    # strftime would follow the locale.
    day = date.fromordinal(ordinal)
    return f"{_DAYS[day.weekday()]}, {_DIGITS[day.day]} {_MONTHS[day.month - 1]} {day.year:04d}"


def iso_time(moment: datetime) -> str:
    """`2014-07-09T19:43:58.126158`: UTC without offset, microseconds unless they are zero."""
    return iso_time_of_utc(moment.astimezone(UTC))


def iso_time_of_utc(moment: datetime) -> str:
    """The same of a time that is in UTC, whether it says so or not."""
    return (moment if moment.tzinfo is None else moment.replace(tzinfo=None)).isoformat()


def minute_time(moment: datetime) -> str:
    """`02 Jul 2014 19:26`, for titles."""
    moment = moment.astimezone(UTC)
    month = _MONTHS[moment.month - 1]
    return f"{moment.day:02d} {month} {moment.year:04d} {moment.hour:02d}:{moment.minute:02d}"
