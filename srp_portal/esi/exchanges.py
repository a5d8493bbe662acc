"""Codes that were exchanged a moment ago, for a request that is run a second time."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from srp_portal.esi.jwt import Claims
from srp_portal.esi.locks import Lock
from srp_portal.esi.sso import TokenPayload

KEPT_S: Final = 60.0
MOST: Final = 256

Exchanged = tuple[Claims, TokenPayload]


class Exchanges:
    """What codes were exchanged for, in this process, for a minute. now: monotonic seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = Lock()
        self._kept: OrderedDict[str, tuple[float, Exchanged]] = OrderedDict()

    def once(self, key: str, exchange: Callable[[], Exchanged]) -> Exchanged:
        """What the exchange under this key gave, made now unless it was a moment ago.

        Two at the same time both exchange, and the SSO refuses one of them.
        """
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and kept[0] > self._now():
            return kept[1]
        exchanged = exchange()
        with self._lock:
            self._kept[key] = (self._now() + KEPT_S, exchanged)
            while len(self._kept) > MOST or next(iter(self._kept.values()))[0] <= self._now():
                self._kept.popitem(last=False)
        return exchanged
