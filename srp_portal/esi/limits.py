"""ESI's two limits, obeyed by everything that shares one store.

The old one counts errors of an address and answers 420 to everything. The new
one gives each group of operations and each user a bucket, and answers 429.
While a limit is exhausted nothing is sent that it covers: a 420, and a 429
that names no group, stop all traffic until the reset. So does a 429 that names
its group, but no longer than a minute, and that group for that user until the reset.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from srp_portal.esi.connections import Answer
from srp_portal.esi.deadlines import remaining
from srp_portal.esi.errors import EsiRateLimited
from srp_portal.esi.stores import MemoryStore, Store

# Errors left in the window at which we stop: other processes at the same address count too.
ERROR_RESERVE: Final = 5
SHORT_BACKOFF_S: Final = 5.0
LEAST_BACKOFF_S: Final = 1.0
LONGEST_BACKOFF_S: Final = 3600.0
# A 429 of one bucket stops everything for at most so long: ESI judges an application as a whole by
# whether it goes on regardless, yet one character's bucket must not stop others a quarter hour.
LONGEST_STOP_S: Final = 10.0
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

    store: shared by all that share ESI's limits (threads, or processes over Redis); what
    this process learns it obeys even when the store forgets. clock gives seconds since
    1970, which processes agree on. server: whose limits these are.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        *,
        server: str = "",
    ) -> None:
        self._store = store
        # A sandbox and EVE, or applications with an ESI each, may share a store.
        self._limit, self._pace = f"limit:{server}:", f"pace:{server}:"
        self._own = MemoryStore()
        self._clock = clock
        self._sleep = sleep
        # ESI knows better than a specification, and an old one says nothing.
        self._groups: dict[str, str] = {}

    def bucket(self, operation: str, group: str | None, owner: str | None) -> str | None:
        """The bucket that a call is paid from. group: what its specification says."""
        return bucket_name(self._groups.get(operation, group), owner)

    def wait(self, operation: str, bucket: str | None, refusal: Answer | None = None) -> None:
        """Return when the call may be sent.

        refusal: ESI's answer to the same call a moment ago. Raises EsiRateLimited when
        the end of the limit is beyond the caller's deadline.
        """
        while True:
            pause, pace = self._state(bucket)
            if pause <= 0:
                break
            left = remaining()
            if left is not None and pause >= left:
                raise self.refused(operation, pause, refusal)
            self._sleep(pause)
        left = remaining()
        pace = pace if left is None else min(pace, left / 2)
        if pace > 0:
            self._sleep(pace)

    def refused(
        self, operation: str, retry_after: float, refusal: Answer | None = None
    ) -> EsiRateLimited:
        """The error for a call that has to wait too long; refusal: as with `wait`."""
        return EsiRateLimited(
            f"{operation} has to wait {retry_after:.0f} s for a limit of ESI",
            retry_after=retry_after,
            status=None if refusal is None else refusal.status_code,
            operation=operation,
            request_id=None if refusal is None else refusal.request_id,
        )

    def learn(
        self,
        status: int,
        headers: Mapping[str, str],
        group: str | None,
        owner: str | None,
        operation: str | None = None,
    ) -> None:
        """Take note of what the answer to an operation says about the limits."""
        named = headers.get("X-Ratelimit-Group")
        if named is not None and named != group and operation is not None:
            self._groups[operation] = named
        if status == 420:
            self._block("all", asked_pause(status, headers))
        elif status == 429:
            bucket = bucket_name(named, owner)
            pause = asked_pause(status, headers)
            if bucket is not None:
                self._block(bucket, pause)
            self._block("all", pause if bucket is None else min(pause, LONGEST_STOP_S))
        else:
            errors_left = _number(headers.get("X-Esi-Error-Limit-Remain"))
            if errors_left is not None and errors_left <= ERROR_RESERVE:
                self._block("all", _pause(headers, "X-Esi-Error-Limit-Reset"))
            self._learn_pace(headers, bucket_name(named or group, owner))

    def _state(self, bucket: str | None) -> tuple[float, float]:
        """Seconds until a limit ends, 0 or less for none, and how long to wait between calls."""
        keys = [f"{self._limit}all"]
        if bucket is not None:
            keys += [f"{self._limit}{bucket}", f"{self._pace}{bucket}"]
        # Both in one step each: with Redis every look is a way over the network.
        pairs = zip(self._own.get_many(keys), self._store.get_many(keys), strict=True)
        numbers = [max((float(value) for value in pair if value), default=0.0) for pair in pairs]
        return max(numbers[:2]) - self._clock(), 0.0 if bucket is None else numbers[2]

    def _block(self, key: str, seconds: float) -> None:
        end = self._clock() + seconds
        for store in (self._own, self._store):
            store.set_if_larger(f"{self._limit}{key}", end, seconds)

    def _learn_pace(self, headers: Mapping[str, str], bucket: str | None) -> None:
        left = _number(headers.get("X-Ratelimit-Remaining"))
        size, window = _rate(headers.get("X-Ratelimit-Limit"))
        if bucket is None or left is None or not size or left > size * LOW_SHARE:
            return
        # An answer costs two tokens, and they come back one window later.
        pace = min(LONGEST_PACE_S, window * 2 / size)
        self._store.set(f"{self._pace}{bucket}", repr(pace).encode(), PACE_KEPT_S)


def asked_pause(status: int, headers: Mapping[str, str]) -> float:
    """Seconds for which a 420 or 429 asks to send nothing, short where it does not say."""
    names = ("Retry-After", "X-Esi-Error-Limit-Reset")
    return _pause(headers, *(names if status == 429 else names[::-1]))


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
