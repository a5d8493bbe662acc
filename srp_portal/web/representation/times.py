"""Times as the published documents write them: always UTC, never in the server's language."""

from __future__ import annotations

from datetime import UTC, datetime

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def http_time(moment: datetime) -> str:
    """`Wed, 09 Jul 2014 19:43:58 GMT`; moment: aware."""
    # strftime would follow the locale, and email.utils is three times slower on a long list.
    moment = moment.astimezone(UTC)
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day:02d} {_MONTHS[moment.month - 1]} "
        f"{moment.year:04d} {moment.hour:02d}:{moment.minute:02d}:{moment.second:02d} GMT"
    )


def iso_time(moment: datetime) -> str:
    """`2014-07-09T19:43:58.126158`: UTC without offset, microseconds unless they are zero."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def minute_time(moment: datetime) -> str:
    """`02 Jul 2014 19:26`, for titles."""
    moment = moment.astimezone(UTC)
    month = _MONTHS[moment.month - 1]
    return f"{moment.day:02d} {month} {moment.year:04d} {moment.hour:02d}:{moment.minute:02d}"
