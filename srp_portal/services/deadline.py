"""Work that must end in time, whatever the code that does it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import TypeVar

from srp_portal.domain.errors import Unavailable
from srp_portal.esi.deadlines import deadline

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T], *, too_slow: str) -> T:
    """What the work gives or raises; raises Unavailable when it takes longer.

    The work runs in a thread of its own, with a deadline that ESI's client and the plugins'
    sessions obey. One that ignores it is left behind, and its result with it.
    """
    results: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            with deadline(seconds):
                results.put((work(), None))
        # Handed over to the thread that waits, which raises it.
        except BaseException as error:  # noqa: BLE001
            results.put((None, error))

    # A daemon: what hangs must not keep the server from stopping.
    threading.Thread(
        target=copy_context().run, args=(run,), name="srp-deadline", daemon=True
    ).start()
    try:
        result, error = results.get(timeout=seconds)
    except queue.Empty:
        raise Unavailable(too_slow) from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # there is a result where there is no error
