"""Database connections that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.orm import Session, sessionmaker

#: How long a writer waits for another one on SQLite, in milliseconds.
SQLITE_BUSY_TIMEOUT = 10_000

#: The execution option under which a transaction on SQLite takes the write lock at its beginning.
WRITES = "srp_writes"


class DatabaseUrlError(ValueError):
    """No engine can be made for a URL; the message quotes nothing of it, as it holds a password."""


def open_engine(url: str) -> Engine:
    """`make_engine` for a URL from the settings; raises DatabaseUrlError."""
    try:
        return make_engine(url)
    except ModuleNotFoundError as error:
        raise DatabaseUrlError(
            f"the driver {error.name} is not installed; `srp-portal[postgres]` brings PostgreSQL's"
        ) from error
    except NoSuchModuleError as error:
        raise DatabaseUrlError("there is no such database driver") from error
    except (ArgumentError, ValueError) as error:
        raise DatabaseUrlError("the URL is malformed") from error
    except OSError as error:
        raise DatabaseUrlError(f"the database's folder can't be made: {error.strerror}") from error


def make_engine(url: str, **options: Any) -> Engine:
    """An engine for an SQLite or PostgreSQL URL; the folder of an SQLite file is made."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        options = {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10, **options}
        return create_engine(parsed, **options)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:  # noqa: ARG001
    # The driver's own transactions start too late and break savepoints; we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer halfway can't wait for another writer: SQLite refuses it at once.
    # So whoever is going to write says so at the beginning, and waits there.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def writing(engine: Engine) -> Engine:
    """The same connections, for transactions that will write."""
    return engine.execution_options(**{WRITES: True})


def make_session_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions for short transactions of their own; for writers on `writing(engine)`."""
    return sessionmaker(bind=engine, expire_on_commit=False)
