"""What plugins failed at: the last failure of each hook, and how many there were."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from srp_portal.models.events import PluginFailure
from srp_portal.services.plugin_results import HookFailure

logger = logging.getLogger(__name__)

#: The shortest time between two writes, in seconds; failures in between are counted together.
PAUSE_S = 1.0
#: What the columns hold, in characters.
PLUGIN_LENGTH, HOOK_LENGTH = 100, 200

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class _Noted:
    """Failures of one hook that are not written yet."""

    message: str
    first_at: datetime
    last_at: datetime
    count: int


class FailureRecorder:
    """Keeps failures, in a thread of its own: whoever notes one goes on at once.

    The thread starts with the first failure, so not before a server forks. A failure that can't be
    written is logged and lost; safe with several threads and processes.
    """

    def __init__(
        self,
        session_factory: sessionmaker[Session],
        clock: Callable[[], datetime],
        *,
        pause_s: float = PAUSE_S,
    ) -> None:
        """session_factory: of sessions that write."""
        self._session_factory = session_factory
        self._clock = clock
        self._pause_s = pause_s
        self._noted: dict[tuple[str, str], _Noted] = {}
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, plugin: str, hook: str, message: str) -> None:
        """Takes a failure down and returns at once; raises nothing.

        message: for administrators, one line.
        """
        key, now = (plugin[:PLUGIN_LENGTH], hook[:HOOK_LENGTH]), self._clock()
        with self._lock:
            before = self._noted.get(key)
            self._noted[key] = (
                _Noted(message, now, now, 1)
                if before is None
                else replace(before, message=message, last_at=now, count=before.count + 1)
            )
            self._start()
        self._wanted.set()

    def write(self) -> None:
        """Writes what was noted, in a transaction of its own; a failure to is logged."""
        with self._lock:
            noted, self._noted = self._noted, {}
        if not noted:
            return
        try:
            with self._session_factory.begin() as dbsession:
                # In one order everywhere, so that two processes don't lock each other out.
                for (plugin, hook), failures in sorted(noted.items()):
                    _add(dbsession, plugin, hook, failures)
        except SQLAlchemyError as error:
            names = ", ".join(f"{plugin}: {hook}" for plugin, hook in sorted(noted))
            logger.warning("Failures of plugins (%s) could not be recorded: %s", names, error)

    def stop(self, timeout_s: float = 5) -> None:
        """Ends the thread after what is noted was written, or leaves it behind."""
        self._stopped.set()
        self._wanted.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(timeout_s)

    def _start(self) -> None:
        if self._stopped.is_set() or (self._thread is not None and self._thread.is_alive()):
            return
        thread = threading.Thread(target=self._run, name="srp-plugin-failures", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            # No thread to be had: the next failure tries again.
            logger.warning("Failures of plugins wait to be recorded: %s", error)
        else:
            self._thread = thread

    def _run(self) -> None:
        is_last = False
        while not is_last:
            self._wanted.wait()
            self._wanted.clear()
            is_last = self._stopped.is_set()
            self.write()
            self._stopped.wait(self._pause_s)


def failures_by_plugin(dbsession: Session) -> dict[str, tuple[HookFailure, ...]]:
    """The failures that are kept, the latest of each plugin first."""
    found: defaultdict[str, list[HookFailure]] = defaultdict(list)
    rows = dbsession.scalars(
        select(PluginFailure).order_by(PluginFailure.last_at.desc(), PluginFailure.hook)
    )
    for row in rows:
        found[row.plugin].append(
            HookFailure(row.hook, row.message, row.first_at, row.last_at, row.count)
        )
    return {plugin: tuple(failures) for plugin, failures in found.items()}


def _add(dbsession: Session, plugin: str, hook: str, failures: _Noted) -> None:
    insert = _INSERTS[dbsession.get_bind().dialect.name](PluginFailure).values(
        plugin=plugin,
        hook=hook,
        message=failures.message,
        first_at=failures.first_at,
        last_at=failures.last_at,
        count=failures.count,
    )
    dbsession.execute(
        insert.on_conflict_do_update(
            index_elements=[PluginFailure.plugin, PluginFailure.hook],
            set_={
                "message": insert.excluded.message,
                "last_at": insert.excluded.last_at,
                "count": PluginFailure.count + insert.excluded.count,
            },
        )
    )
