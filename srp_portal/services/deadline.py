"""Work that must end in time, whatever the code that does it."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextvars import copy_context
from typing import Generic, TypeVar

from srp_portal.domain.errors import Unavailable
from srp_portal.esi.deadlines import deadline
from srp_portal.hooks.errors import PluginFailed
from srp_portal.hooks.running import Running, Watch, watched

logger = logging.getLogger(__name__)

T = TypeVar("T")


class TookTooLong(Unavailable):
    """Work did not end in time; running: the plugin's hook that ran in it then, if any."""

    def __init__(self, message: str, running: Running | None) -> None:
        super().__init__(message)
        self.running = running


class Begun(Generic[T]):
    """Work that was begun in a thread of its own, with a deadline.

    The deadline is known to ESI's client and the plugins' sessions. Work that ignores it is left
    behind, and its result with it.
    """

    def __init__(self, seconds: float, work: Callable[[], T], too_slow: str) -> None:
        self._seconds = seconds
        self._too_slow = too_slow
        self._watch = Watch()
        self._results: queue.SimpleQueue[tuple[T | None, BaseException | None]] = (
            queue.SimpleQueue()
        )
        self._ends_at = time.monotonic() + seconds

        def run() -> None:
            try:
                with deadline(seconds), watched(self._watch):
                    self._results.put((work(), None))
            # Handed over to the thread that waits, which raises it.
            except BaseException as error:  # noqa: BLE001
                self._results.put((None, error))

        # A daemon: what hangs must not keep the server from stopping.
        threading.Thread(
            target=copy_context().run, args=(run,), name="srp-deadline", daemon=True
        ).start()

    def result(self) -> T:
        """What the work gives or raises; raises TookTooLong when its time is over.

        The hook that runs then is named in the log and noted as a failure of its plugin.
        """
        try:
            result, error = self._results.get(timeout=max(0.0, self._ends_at - time.monotonic()))
        except queue.Empty:
            running = self._watch.end()
            if running is not None:
                message = f"it was still running when {self._seconds:.3g} s were over"
                logger.warning("Plugin %s: %s: %s", running.plugin, running.hook, message)
                running.report(PluginFailed(running.plugin, running.hook, message))
            raise TookTooLong(self._too_slow, running) from None
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # there is a result where there is no error


def within(seconds: float, work: Callable[[], T], *, too_slow: str) -> T:
    """What the work gives or raises; raises TookTooLong with that message when it takes longer."""
    return Begun(seconds, work, too_slow).result()


def those_within(seconds: float, works: Sequence[Callable[[], Iterable[T]]]) -> list[T]:
    """What several works give, done side by side, in their order; late ones are left out.

    For hooks that must not hold up one another. What a work raises is raised here.
    """
    begun = [Begun(seconds, work, "") for work in works]
    found: list[T] = []
    for each in begun:
        try:
            found.extend(each.result())
        except TookTooLong as late:
            if late.running is None:
                logger.warning("A plugin's context was not made within %.3g s", seconds)
    return found
