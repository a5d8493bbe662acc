"""How flags write numbers and times: short, for somebody who reads them at night."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def counted(number: int, thing: str) -> str:
    """`1 minute`, `2 minutes`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def span(length: timedelta) -> str:
    """A span of time in seconds, minutes, hours or days, the coarsest of which there are two.

    Rounded down; from one minute on it is not told in seconds.
    """
    if length < timedelta(minutes=1):
        return counted(length // timedelta(seconds=1), "second")
    if length < 2 * _HOUR:
        return counted(length // timedelta(minutes=1), "minute")
    if length < 2 * _DAY:
        return counted(length // _HOUR, "hour")
    return counted(length // _DAY, "day")


def eve_time(moment: datetime) -> str:
    """`2014-07-02 19:26 EVE time`; expects UTC, which EVE time is."""
    return f"{moment:%Y-%m-%d %H:%M} EVE time"


def ratio_text(ratio: Decimal) -> str:
    """`2.4`, and below 1 with two decimals, `0.25`."""
    step = Decimal("0.1") if ratio >= 1 else Decimal("0.01")
    return f"{ratio.quantize(step, rounding=ROUND_HALF_EVEN):,f}"


def some(names: list[str], most: int = 3) -> str:
    """`A, B, C and 2 more`."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"
