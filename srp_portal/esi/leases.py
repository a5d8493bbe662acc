"""Short transactions on a token's row: who may use its refresh token, and what came of it."""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import OperationalError

from srp_portal.esi.deadlines import remaining
from srp_portal.esi.errors import SsoUnavailable, TokenInvalidError
from srp_portal.esi.models import Token, utc_now
from srp_portal.esi.own_transactions import OpenSession
from srp_portal.esi.storing import delete_tokens_of_character, remove_tokens

log = logging.getLogger(__name__)

# Longer than asking the SSO may take: a lease that outlives its taker only costs a wait.
LEASE: Final = timedelta(seconds=90)
FIRST_POLL_S: Final = 0.02
LONGEST_POLL_S: Final = 0.5
STORE_PAUSES_S: Final = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
TOO_LONG: Final = "Renewing the access to EVE takes too long. Please try again."
_FREE: Final[dict[str, object]] = {"refresh_lease_id": None, "refresh_lease_until": None}
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Row:
    """A token as other transactions see it."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime
    lease_id: str | None = None
    lease_until: datetime | None = None

    @property
    def is_leased(self) -> bool:
        """Whether somebody is renewing it just now."""
        return self.lease_until is not None and self.lease_until > utc_now()


class Leases:
    """Short transactions on the row of one token.

    locked: how often in a row the database kept us from taking a lease.
    """

    def __init__(self, open_session: OpenSession, token_id: int) -> None:
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
                    Token.refresh_lease_id,
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

    def store(self, lease: str, used: str, **values: object) -> Row | None:
        """Store new tokens and give the lease back; the row that is there instead, if one is.

        used: the refresh token that they were got for. Tries for long: what is not
        stored now is lost, with the old refresh token used up.
        """
        changes: dict[str, object] = {**values, **_FREE}
        if _patiently(lambda: self._update(Token.refresh_lease_id == lease, changes)):
            return None
        row = _patiently(self.read)
        if row is None:
            log.warning("token %d was deleted while it was renewed", self._id)
            return None
        if row.refresh_token != used:
            # Another login or renewal put newer ones there.
            return row
        # The lease ran out, and whoever has it now can't use the old refresh token any more.
        log.warning("token %d took longer to renew than its lease", self._id)
        theirs = Token.refresh_lease_id.is_not_distinct_from(row.lease_id)
        if _patiently(lambda: self._update(theirs, changes)):
            return None
        return _patiently(self.read)

    def keep(self, used: str, **values: object) -> None:
        """Store tokens that a transaction got and lost, unless there are newer ones."""
        row = _patiently(self.read)
        if row is not None and row.refresh_token == used:
            same = Token.refresh_lease_id.is_not_distinct_from(row.lease_id)
            _patiently(lambda: self._update(same, {**values, **_FREE}))

    def release(self, lease: str) -> bool:
        """Give the lease back; whether it was still ours."""
        try:
            return _patiently(lambda: self._update(Token.refresh_lease_id == lease, _FREE))
        except OperationalError as error:
            # It ends by itself, and what went wrong before must be told rather than this.
            log.warning("no end of the lease on token %d: %s", self._id, type(error).__name__)
            return True

    def delete(self) -> bool:
        """Delete the row; whether there was one. Raises OperationalError where it is locked."""
        with self._open() as session:
            deleted = remove_tokens(session, [self._id])
            session.commit()
        return bool(deleted)

    def delete_sold(self, character_id: int, owner_hash: str) -> None:
        """Delete this row, and all others of the character that belong to another owner."""

        def delete() -> None:
            with self._open() as session:
                remove_tokens(session, [self._id])
                delete_tokens_of_character(session, character_id, except_owner_hash=owner_hash)
                session.commit()

        _patiently(delete)

    def _update(self, condition: ColumnElement[bool], values: dict[str, object]) -> bool:
        with self._open() as session:
            if session.get_bind(Token).dialect.name != "sqlite":
                # A lock is to be noticed on rows that don't fit, too. SQLite locks them all, and
                # is not to read before it writes.
                session.execute(select(Token.id).where(Token.id == self._id).with_for_update())
            statement = update(Token).where(Token.id == self._id, condition)
            done = session.execute(
                statement.values(values), execution_options={"synchronize_session": False}
            )
            session.commit()
            return bool(done.rowcount)  # type: ignore[attr-defined]


def _patiently(act: Callable[[], _Result]) -> _Result:
    """Do something in the database that must be done, again while others hold locks."""
    pauses = iter(STORE_PAUSES_S)
    while True:
        try:
            return act()
        except OperationalError:
            pause = next(pauses, None)
            if pause is None:
                raise
            time.sleep(pause)
