"""Which hook runs in the work at hand, so that one that never comes back has a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from srp_portal.hooks.errors import PluginFailed

#: Takes note of a failure; raises nothing and returns at once.
Report = Callable[[PluginFailed], None]


@dataclass(frozen=True, slots=True)
class Running:
    """A plugin's hook that has begun and not ended; report: where its failures are noted."""

    plugin: str
    hook: str
    report: Report


class Watch:
    """The hook that runs in one piece of work; read by another thread, which waits for it."""

    def __init__(self) -> None:
        self.running: Running | None = None
        self.is_over = False

    def end(self) -> Running | None:
        """Says that nobody waits any more, and gives the hook that was running."""
        self.is_over = True
        return self.running


_watch: ContextVar[Watch | None] = ContextVar("srp_portal_running_hook", default=None)


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Lets a watch see the hooks that are called inside, in this thread."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


@contextmanager
def running(plugin: str, hook: str, report: Report) -> Iterator[None]:
    """Says that a plugin's hook runs inside."""
    watch = _watch.get()
    if watch is None:
        yield
        return
    before, watch.running = watch.running, Running(plugin, hook, report)
    try:
        yield
    finally:
        watch.running = before


def is_awaited() -> bool:
    """Whether somebody still waits for what happens here; what fails later failed for lateness."""
    watch = _watch.get()
    return watch is None or not watch.is_over
