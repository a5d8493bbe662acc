"""Where cached answers and limits are kept: this process, or a Redis shared by several."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from srp_portal.esi.locks import Lock

log = logging.getLogger(__name__)

MEMORY_LIMIT = 64 * 1024 * 1024
# An entry costs more than its bytes: key, tuple and dictionary slot.
ENTRY_OVERHEAD = 256
# In one step: between a look and a write of ours another process could write.
_SET_IF_LARGER: Final = """
local known = redis.call('GET', KEYS[1])
if not known or tonumber(known) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
"""


class Store(Protocol):
    """Bytes under names, for a while; it may forget anything at any time."""

    def get(self, key: str) -> bytes | None:
        """The value, or None when there is none (any more)."""

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values under these names, in one step."""

    def set(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value for this many seconds at most."""

    def set_if_larger(self, key: str, number: float, seconds: float) -> None:
        """Keep a number unless a larger one is there, whoever writes at the same time."""


class MemoryStore:
    """A store inside this process, safe for threads.

    limit: bytes of all keys and values together; the least recently used go first.
    """

    def __init__(
        self, limit: int = MEMORY_LIMIT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._clock = clock
        self._lock = Lock()
        self._entries: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._size = 0

    def get(self, key: str) -> bytes | None:
        """The value, or None when it expired, was displaced or never was."""
        with self._lock:
            return self._get(key)

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values, or None for each that there is not (any more)."""
        with self._lock:
            return [self._get(key) for key in keys]

    def set(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value; one larger than the whole limit is not kept at all."""
        with self._lock:
            self._set(key, value, seconds)

    def set_if_larger(self, key: str, number: float, seconds: float) -> None:
        """Keep a number unless a larger one is there."""
        with self._lock:
            known = self._get(key)
            if known is None or float(known) < number:
                self._set(key, repr(number).encode(), seconds)

    def _get(self, key: str) -> bytes | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        ends_at, value = entry
        if ends_at <= self._clock():
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return value

    def _set(self, key: str, value: bytes, seconds: float) -> None:
        if key in self._entries:
            self._drop(key)
        if self._cost(key, value) > self._limit:
            return
        self._entries[key] = (self._clock() + seconds, value)
        self._size += self._cost(key, value)
        while self._size > self._limit:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: str) -> None:
        _, value = self._entries.pop(key)
        self._size -= self._cost(key, value)

    @staticmethod
    def _cost(key: str, value: bytes) -> int:
        return len(key) + len(value) + ENTRY_OVERHEAD


class RedisStore:
    """A store that processes share; while Redis is down it is an empty one.

    url: `redis://…`. Raises ImportError when the redis client is not installed.
    """

    def __init__(self, url: str, prefix: str = "esi:") -> None:
        import redis

        self._error = redis.RedisError
        self._client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._prefix = prefix

    def get(self, key: str) -> bytes | None:
        """The value, or None when Redis has none or can't be reached."""
        try:
            value = self._client.get(self._prefix + key)
        except self._error as error:
            log.warning("the cache can't be read: %s", type(error).__name__)
            return None
        return value if isinstance(value, bytes) else None

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values, or None for each that Redis has not; for all when it can't be reached."""
        try:
            values = self._client.mget([self._prefix + key for key in keys])
        except self._error as error:
            log.warning("the cache can't be read: %s", type(error).__name__)
            return [None] * len(keys)
        return [value if isinstance(value, bytes) else None for value in values]

    def set(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value where Redis can be reached."""
        try:
            self._client.set(self._prefix + key, value, px=_milliseconds(seconds))
        except self._error as error:
            log.warning("the cache can't be written: %s", type(error).__name__)

    def set_if_larger(self, key: str, number: float, seconds: float) -> None:
        """Keep a number where Redis can be reached, unless a larger one is there."""
        try:
            name = self._prefix + key
            self._client.eval(_SET_IF_LARGER, 1, name, repr(number), _milliseconds(seconds))
        except self._error as error:
            log.warning("the cache can't be written: %s", type(error).__name__)


def _milliseconds(seconds: float) -> int:
    return max(1, int(seconds * 1000))


def open_store(url: str | None) -> Store:
    """The store that `esi.cache_url` asks for; None means this process."""
    return MemoryStore() if url is None else RedisStore(url)
