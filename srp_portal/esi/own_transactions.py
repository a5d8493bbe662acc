"""Short transactions of their own beside the one that a session is in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, SingletonThreadPool, StaticPool

from srp_portal.esi.models import Token
from srp_portal.esi.runtime import current

OpenSession = Callable[[], Session]

_LOCK_TIMEOUTS: Final = {
    "postgresql": "SET lock_timeout = 250",
    "sqlite": "PRAGMA busy_timeout = 250",
}


@contextmanager
def own_transactions(session: Session) -> Iterator[OpenSession]:
    """Opens sessions on the database of this session, over connections of their own.

    Never over the session's pool: threads that hold its last connections while they
    wait here would starve the one that they wait for. A statement that meets somebody's
    lock fails soon, with OperationalError: the lock may be our own caller's.
    """
    given = current().session_factory
    bind = session.get_bind(Token)
    if given is not None:
        yield given
    elif not isinstance(bind, Engine):
        # A host that runs on one connection (as tests do) keeps its outer transaction.
        yield sessionmaker(bind, join_transaction_mode="create_savepoint")
    elif isinstance(bind.pool, StaticPool | SingletonThreadPool):
        # A database in memory is there on this very connection only. Closing another session
        # on it would roll back what this one wrote.
        if session.in_transaction():
            here = session.connection(bind_arguments={"mapper": Token.__mapper__})
            yield sessionmaker(here, join_transaction_mode="create_savepoint")
        else:
            yield sessionmaker(bind)
    else:
        own = _like(bind)
        try:
            yield sessionmaker(own)
        finally:
            own.dispose()


def _like(engine: Engine) -> Engine:
    """An engine with the same connections, impatient, and none open yet."""
    own = create_engine(
        engine.url,
        pool=engine.pool.recreate(),
        execution_options=engine.get_execution_options(),
    )
    statement = _LOCK_TIMEOUTS.get(own.dialect.name)
    if statement is None:
        return own

    def set_timeout(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        # PostgreSQL takes a setting back with the transaction that made it.
        connection.commit()

    event.listen(own, "connect", set_timeout)
    if own.dialect.name == "sqlite":
        event.listen(own, "begin", _begin)
    return own


def _begin(connection: Connection) -> None:
    # The pool brings along what the host does to a new connection, but not what its engine
    # does at the beginning of a transaction: without this, each statement would be one.
    driver = connection.connection.driver_connection
    if driver is not None and driver.isolation_level is None:
        connection.exec_driver_sql("BEGIN")
