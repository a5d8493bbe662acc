"""Limits for failed logins, by user name and by address, in constant memory.

Each process counts for itself. Limits by name alone are wide, or a stranger could lock somebody
out of their account by failing in their name.
"""

from __future__ import annotations

import hashlib
import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from srp_portal.domain.text import name_key
from srp_portal.services.names import single_spaced

WINDOW = timedelta(minutes=15)
#: Failures in a window: of one name from one address, of one address, of one name.
MOST_OF_BOTH = 10
MOST_OF_ADDRESS = 30
MOST_OF_NAME = 60


@dataclass(slots=True)
class _Count:
    since: datetime
    number: int = 0


class LoginThrottle:
    """Counts tries until they succeed; thread-safe. `most_keys` bounds what it remembers."""

    def __init__(self, *, most_keys: int = 20_000) -> None:
        self._most_keys = most_keys
        self._counts: OrderedDict[Hashable, _Count] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, name: str, address: str, now: datetime) -> timedelta | None:
        """Counts a try before it is made, so that many at once don't slip through.

        None: go on; else for how long no further try is taken.
        """
        with self._lock:
            limits = _limits(name, address)
            counts = [(self._count(key, now), most) for key, most in limits]
            waits = [count.since + WINDOW - now for count, most in counts if count.number >= most]
            if waits:
                return max(waits)
            for count, _ in counts:
                count.number += 1
            return None

    def succeeded(self, name: str, address: str) -> None:
        """Takes the last try back: it was none of guessing."""
        with self._lock:
            for key, most in _limits(name, address):
                count = self._counts.get(key)
                if count is not None:
                    count.number = 0 if most == MOST_OF_BOTH else max(0, count.number - 1)

    def _count(self, key: Hashable, now: datetime) -> _Count:
        count = self._counts.get(key)
        if count is None or now - count.since >= WINDOW:
            count = self._counts[key] = _Count(now)
        self._counts.move_to_end(key)
        while len(self._counts) > self._most_keys:
            self._counts.popitem(last=False)
        return count


def _limits(name: str, address: str) -> tuple[tuple[Hashable, int], ...]:
    key = name_key(single_spaced(name))
    who = hashlib.blake2b(key.encode(errors="replace"), digest_size=16).digest()
    where = _network(address)
    return (
        ((who, where), MOST_OF_BOTH),
        (where, MOST_OF_ADDRESS),
        (who, MOST_OF_NAME),
    )


def _network(address: str) -> str:
    """The address; of IPv6 the network, of which anybody has all addresses."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:50]
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
