"""Locks between threads that stay usable when a process forks.

A child process has only the thread that forked. A lock that another one held at that
moment would stay locked in the child, where the first call would wait for ever.
"""

import os
import threading
from typing import Final
from weakref import WeakSet


class Lock:
    """A lock as `threading.Lock`, and free in a child process whoever held it before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        _known.add(self)

    def acquire(self, timeout: float = -1) -> bool:
        """Whether it was got within this many seconds; without any it waits."""
        return self._lock.acquire(timeout=timeout)

    def release(self) -> None:
        """Let the next thread have it."""
        self._lock.release()

    def renew(self) -> None:
        """Forget who holds it; for a process in which nobody can."""
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


_known: Final[WeakSet[Lock]] = WeakSet()


def _renew_all() -> None:
    for lock in _known:
        lock.renew()


os.register_at_fork(after_in_child=_renew_all)
