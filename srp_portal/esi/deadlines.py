"""How long the work at hand may still take, for everything called inside of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ends_at: ContextVar[float | None] = ContextVar("srp_portal_esi_deadline", default=None)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Give all calls made inside at most this many seconds together.

    A deadline inside another one can shorten it, never extend it.
    """
    end = time.monotonic() + seconds
    outer = _ends_at.get()
    token = _ends_at.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _ends_at.reset(token)


def remaining() -> float | None:
    """Seconds left until the deadline (negative once it passed), None where there is none."""
    end = _ends_at.get()
    return None if end is None else end - time.monotonic()
