"""Where cached answers and limits are kept: this process, or a Redis shared by several."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

log = logging.getLogger(__name__)

MEMORY_LIMIT = 64 * 1024 * 1024
# An entry costs more than its bytes: key, tuple and dictionary slot.
ENTRY_OVERHEAD = 256


class Store(Protocol):
    """Bytes under names, for a while; it may forget anything at any time."""

    def get(self, key: str) -> bytes | None:
        """The value, or None when there is none (any more)."""

    def set(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value for this many seconds at most."""


class MemoryStore:
    """A store inside this process, safe for threads.

    limit: bytes of all keys and values together; the least recently used go first.
    """

    def __init__(
        self, limit: int = MEMORY_LIMIT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._size = 0

    def get(self, key: str) -> bytes | None:
        """The value, or None when it expired, was displaced or never was."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            ends_at, value = entry
            if ends_at <= self._clock():
                self._drop(key)
                return None
            self._entries.move_to_end(key)
            return value

    def set(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value; one larger than the whole limit is not kept at all."""
        with self._lock:
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

    def set(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value where Redis can be reached."""
        try:
            self._client.set(self._prefix + key, value, px=max(1, int(seconds * 1000)))
        except self._error as error:
            log.warning("the cache can't be written: %s", type(error).__name__)


def open_store(url: str | None) -> Store:
    """The store that `esi.cache_url` asks for; None means this process."""
    return MemoryStore() if url is None else RedisStore(url)
