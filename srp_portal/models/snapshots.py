"""Whether anything at all was committed since a moment, asked of the database itself."""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

from sqlalchemy import Engine, event

log = logging.getLogger(__name__)

_STATEMENTS = {
    # Another number after each commit of any other connection; this one never writes.
    "sqlite": "PRAGMA data_version",
    # Which transactions can be seen: another text after each one that wrote.
    "postgresql": "SELECT CAST(txid_current_snapshot() AS text)",
}


class DatabaseSnapshots:
    """Names what the database holds at a moment, over a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._statement = _STATEMENTS.get(engine.dialect.name)
        self._lock = threading.Lock()
        self._connection: Any = None
        self._connections = 0
        self._process = 0
        event.listen(engine, "engine_disposed", self._close)

    def present(self) -> str | None:
        """A text that stays the same only while nothing is committed; None if nobody can tell.

        It is good for comparing within this process alone.
        """
        if self._statement is None:
            return None
        with self._lock:
            try:
                cursor = self._connected().cursor()
                cursor.execute(self._statement)
                found = str(cursor.fetchone()[0])
                cursor.close()
            # A driver's own errors have no root in common.
            except Exception:
                log.warning("the database's state is unknown", exc_info=True)
                self._drop()
                return None
            # The numbers of another connection mean something else.
            return f"{self._connections} {found}"

    def _connected(self) -> Any:
        # A connection must not be used on both sides of a fork.
        if self._process != os.getpid():
            self._connection, self._process = None, os.getpid()
        if self._connection is None:
            self._connections += 1
            pooled = self._engine.raw_connection()
            self._connection = pooled.dbapi_connection
            pooled.detach()
            if self._engine.dialect.name == "postgresql":
                self._connection.autocommit = True
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except Exception:
                log.debug("a broken connection could not be closed", exc_info=True)

    def _close(self, _engine: Engine) -> None:
        with self._lock:
            if self._process == os.getpid():
                self._drop()
