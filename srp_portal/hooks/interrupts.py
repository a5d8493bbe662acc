"""Tells Ctrl-C from a plugin that raises KeyboardInterrupt itself."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

#: Whether an error is the operator's Ctrl-C and no plugin's doing.
IsInterrupt = Callable[[BaseException], bool]


def _never(_error: BaseException) -> bool:
    return False


@contextmanager
def interrupts() -> Iterator[IsInterrupt]:
    """Gives a function that says of an error raised inside whether Ctrl-C raised it.

    Python tells the main thread alone of signals; in any other the answer is always no.
    """
    before = (
        signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread()
        else None
    )
    if not callable(before):
        yield _never
        return
    handler, has_come = before, False

    def note(number: int, frame: FrameType | None) -> object:
        nonlocal has_come
        has_come = True
        return handler(number, frame)

    try:
        signal.signal(signal.SIGINT, note)
    except ValueError:
        # In another than the main interpreter (mod_wsgi) there are no signals.
        yield _never
        return
    try:
        yield lambda error: has_come and isinstance(error, KeyboardInterrupt)
    finally:
        # Not over the handler that somebody put in place meanwhile.
        if signal.getsignal(signal.SIGINT) is note:
            signal.signal(signal.SIGINT, handler)
