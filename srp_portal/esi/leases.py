"""Short transactions on a token's row: who may use its refresh token, and what came of it."""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Engine, create_engine, event, or_, select, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, SingletonThreadPool, StaticPool

from srp_portal.esi.deadlines import remaining
from srp_portal.esi.errors import SsoUnavailable, TokenInvalidError
from srp_portal.esi.models import Token, utc_now
from srp_portal.esi.runtime import current
from srp_portal.esi.storing import remove_tokens

log = logging.getLogger(__name__)

# Longer than asking the SSO may take: a lease that outlives its taker only costs a wait.
LEASE: Final = timedelta(seconds=90)
FIRST_POLL_S: Final = 0.02
LONGEST_POLL_S: Final = 0.5
STORE_PAUSES_S: Final = (0.1, 0.5, 1.0, 2.0, None)
_LOCK_TIMEOUTS: Final = {
    "postgresql": "SET lock_timeout = 250",
    "sqlite": "PRAGMA busy_timeout = 250",
}
TOO_LONG: Final = "Renewing the access to EVE takes too long. Please try again."


@dataclass(frozen=True)
class Row:
    """A token as other transactions see it."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime
    lease_until: datetime | None

    @property
    def is_leased(self) -> bool:
        """Whether somebody is renewing it just now."""
        return self.lease_until is not None and self.lease_until > utc_now()


class Leases:
    """Short transactions on the row of one token.

    locked: how often in a row the database kept us from taking a lease.
    """

    def __init__(self, open_session: Callable[[], Session], token_id: int) -> None:
        self._open = open_session
        self._id = token_id
        self._poll = FIRST_POLL_S
        self.locked = 0

    def read(self) -> Row | None:
        """The row as it is committed."""
        with self._open() as session:
            found = session.execute(
                select(
                    Token.access_token,
                    Token.refresh_token,
                    Token.expires_at,
                    Token.refresh_lease_until,
                ).where(Token.id == self._id)
            ).one_or_none()
        return None if found is None else Row(*found)

    def take(self) -> str | None:
        """A lease, None when somebody else has one."""
        lease = str(uuid.uuid4())
        now = utc_now()
        free = or_(Token.refresh_lease_until.is_(None), Token.refresh_lease_until <= now)
        try:
            taken = self._update(
                free, {"refresh_lease_id": lease, "refresh_lease_until": now + LEASE}
            )
        except OperationalError as error:
            # Somebody writes this row, or with SQLite anything at all.
            log.debug("no lease on token %d: %s", self._id, type(error).__name__)
            self.locked += 1
            return None
        self.locked = 0
        return lease if taken else None

    def wait(self) -> Row:
        """The row, after a pause that grows.

        Raises TokenInvalidError when it is gone, SsoUnavailable when the deadline is.
        """
        left = remaining()
        if left is not None and self._poll >= left:
            raise SsoUnavailable(TOO_LONG)
        time.sleep(self._poll)
        self._poll = min(LONGEST_POLL_S, self._poll * 2)
        row = self.read()
        if row is None:
            raise TokenInvalidError("the token was deleted meanwhile")
        return row

    def store(self, lease: str, **values: object) -> None:
        """Store new tokens and give the lease back.

        Tries for long: what is not stored now is lost, with the old refresh token used up.
        """
        ended = {"refresh_lease_id": None, "refresh_lease_until": None}
        changes: dict[str, object] = {**values, **ended}
        for pause in STORE_PAUSES_S:
            try:
                stored = self._update(Token.refresh_lease_id == lease, changes)
            except OperationalError:
                if pause is None:
                    raise
                time.sleep(pause)
            else:
                break
        if not stored:
            log.warning("token %d was deleted while it was renewed", self._id)

    def release(self, lease: str) -> None:
        """Give the lease back."""
        self._update(
            Token.refresh_lease_id == lease,
            {"refresh_lease_id": None, "refresh_lease_until": None},
        )

    def delete(self) -> None:
        """Delete the row."""
        with self._open() as session:
            remove_tokens(session, [self._id])
            session.commit()

    def _update(self, condition: ColumnElement[bool], values: dict[str, object]) -> bool:
        with self._open() as session:
            statement = update(Token).where(Token.id == self._id, condition)
            done = session.execute(
                statement.values(values), execution_options={"synchronize_session": False}
            )
            session.commit()
            return bool(done.rowcount)  # type: ignore[attr-defined]


@contextmanager
def leases(session: Session, token_id: int) -> Iterator[Leases]:
    """Leases on a token that this session has, over connections of their own.

    Never over the session's pool: threads that hold its last connections while they
    wait here would starve the one that they wait for.
    """
    given = current().session_factory
    bind = session.get_bind(Token)
    if given is not None:
        yield Leases(given, token_id)
    elif not isinstance(bind, Engine):
        # A host that runs on one connection (as tests do) keeps its outer transaction.
        yield Leases(sessionmaker(bind, join_transaction_mode="create_savepoint"), token_id)
    elif isinstance(bind.pool, StaticPool | SingletonThreadPool):
        # A database in memory is there in this very pool only.
        yield Leases(sessionmaker(bind), token_id)
    else:
        options = bind.get_execution_options()
        own = create_engine(bind.url, pool=bind.pool.recreate(), execution_options=options)
        _be_impatient(own)
        try:
            yield Leases(sessionmaker(own), token_id)
        finally:
            own.dispose()


def _be_impatient(engine: Engine) -> None:
    """Have a statement that meets somebody's lock fail soon: it may be our own caller's."""
    statement = _LOCK_TIMEOUTS.get(engine.dialect.name)
    if statement is None:
        return

    def set_timeout(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        # PostgreSQL takes a setting back with the transaction that made it.
        connection.commit()

    event.listen(engine, "connect", set_timeout)
