"""ESI's two limits, obeyed by everything that shares one store.

The old one counts errors of an address and answers 420 to everything. The new
one gives each group of operations and each user a bucket, and answers 429.
While a limit is exhausted nothing is sent that it covers: a 420, and a 429
that names no group, stop all traffic; a 429 with `X-Ratelimit-Group` stops
that group for that user, since the other buckets are not concerned.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from srp_portal.esi.deadlines import remaining
from srp_portal.esi.errors import EsiRateLimited
from srp_portal.esi.stores import Store

# Errors left in the window at which we stop: other processes at the same address count too.
ERROR_RESERVE: Final = 5
SHORT_BACKOFF_S: Final = 5.0
LEAST_BACKOFF_S: Final = 1.0
LONGEST_BACKOFF_S: Final = 3600.0
# Below this share of a bucket calls are spread out, by at most this pause each.
LOW_SHARE: Final = 0.1
LONGEST_PACE_S: Final = 1.0
PACE_KEPT_S: Final = 60.0
_UNITS: Final = {"s": 1, "m": 60, "h": 3600}


def bucket_name(group: str | None, owner: str | None) -> str | None:
    """The name of the bucket that a call is paid from, None without a group."""
    return None if group is None else f"{group}:{owner or 'public'}"


class Limiter:
    """Waits where a limit asks for it.

    store: shared by all that share ESI's limits (threads, or processes over Redis).
    clock gives seconds since 1970, which processes agree on.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._clock = clock
        self._sleep = sleep

    def wait(self, operation: str, bucket: str | None) -> None:
        """Return when the call may be sent.

        Raises EsiRateLimited when that is beyond the caller's deadline.
        """
        while (pause := self._blocked_for(bucket)) > 0:
            left = remaining()
            if left is not None and pause >= left:
                raise EsiRateLimited(
                    f"{operation} has to wait {pause:.0f} s for a limit of ESI",
                    retry_after=pause,
                    operation=operation,
                )
            self._sleep(pause)
        self._pace(bucket)

    def learn(
        self, status: int, headers: Mapping[str, str], group: str | None, owner: str | None
    ) -> None:
        """Take note of what an answer says about the limits."""
        named = headers.get("X-Ratelimit-Group")
        if status == 420:
            self._block("all", _pause(headers, "X-Esi-Error-Limit-Reset", "Retry-After"))
        elif status == 429:
            bucket = bucket_name(named, owner)
            pause = _pause(headers, "Retry-After", "X-Esi-Error-Limit-Reset")
            self._block(bucket or "all", pause)
        else:
            errors_left = _number(headers.get("X-Esi-Error-Limit-Remain"))
            if errors_left is not None and errors_left <= ERROR_RESERVE:
                self._block("all", _pause(headers, "X-Esi-Error-Limit-Reset"))
            self._learn_pace(headers, bucket_name(named or group, owner))

    def _blocked_for(self, bucket: str | None) -> float:
        keys = ["all"] if bucket is None else ["all", bucket]
        ends = [float(value) for key in keys if (value := self._store.get(f"limit:{key}"))]
        return max(ends, default=0.0) - self._clock()

    def _block(self, key: str, seconds: float) -> None:
        end = self._clock() + seconds
        known = self._store.get(f"limit:{key}")
        if known is None or float(known) < end:
            self._store.set(f"limit:{key}", repr(end).encode(), seconds)

    def _learn_pace(self, headers: Mapping[str, str], bucket: str | None) -> None:
        left = _number(headers.get("X-Ratelimit-Remaining"))
        size, window = _rate(headers.get("X-Ratelimit-Limit"))
        if bucket is None or left is None or not size or left > size * LOW_SHARE:
            return
        # An answer costs two tokens, and they come back one window later.
        pace = min(LONGEST_PACE_S, window * 2 / size)
        self._store.set(f"pace:{bucket}", repr(pace).encode(), PACE_KEPT_S)

    def _pace(self, bucket: str | None) -> None:
        value = None if bucket is None else self._store.get(f"pace:{bucket}")
        if value is None:
            return
        left = remaining()
        pause = float(value) if left is None else min(float(value), left / 2)
        if pause > 0:
            self._sleep(pause)


def _pause(headers: Mapping[str, str], *names: str) -> float:
    for name in names:
        seconds = seconds_from(headers.get(name))
        if seconds is not None:
            return min(max(seconds, LEAST_BACKOFF_S), LONGEST_BACKOFF_S)
    return SHORT_BACKOFF_S


def seconds_from(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds from now in a header like Retry-After: a number or an HTTP date."""
    number = _number(value)
    if number is not None or value is None:
        return number
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def _number(value: str | None) -> float | None:
    text = (value or "").strip()
    return float(text) if text.isascii() and text.isdigit() else None


def _rate(value: str | None) -> tuple[float, float]:
    """Tokens and seconds of `1800/15m`; zeros when it is not of that form."""
    size, _, window = (value or "").partition("/")
    tokens = _number(size)
    amount = _number(window[:-1])
    unit = _UNITS.get(window[-1:])
    if tokens is None or amount is None or unit is None:
        return 0.0, 0.0
    return tokens, amount * unit
