"""Renewing an access token once, however many ask for it.

A refresh token may be good for one use only. Who wants to use it takes a short
lease in the token's row first; the others wait and find the new token there.
The lease and the new token are committed in transactions of their own: a
rotated refresh token must survive the failure of the page that asked for it,
and no lock is held while the SSO is asked.
"""

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import set_committed_value

from srp_portal.esi.credentials import AccessToken, token_owner
from srp_portal.esi.deadlines import deadline, remaining
from srp_portal.esi.errors import (
    EsiError,
    NotRefreshableTokenError,
    SsoRejected,
    SsoUnavailable,
    TokenError,
    TokenExpiredError,
    TokenInvalidError,
)
from srp_portal.esi.leases import TOO_LONG, Leases, Row, leases
from srp_portal.esi.models import Token
from srp_portal.esi.runtime import current
from srp_portal.esi.sso import TokenPayload
from srp_portal.esi.storing import remove_tokens

log = logging.getLogger(__name__)

# Well below the length of a lease.
REFRESH_S: Final = 30.0
LOCKED_TRIES: Final = 3

# Threads of this process queue here, so that only one of them asks the database again and again.
_queues: Final = [threading.Lock() for _ in range(64)]


def valid_access_token(token: Token) -> AccessToken:
    """An access token that ESI accepts now; see `Token.valid_access_token`."""
    if token.expired:
        if not token.can_refresh:
            raise TokenExpiredError(f"{token!r} is expired and can't be refreshed")
        refresh(token)
    owner = token_owner(token.character_id, token.character_owner_hash, token.scope_names)
    return AccessToken(token.access_token, owner)


def refresh_or_delete(token: Token) -> bool:
    """Renew the token, or delete it when it never can be; whether it is still there.

    An outage raises SsoUnavailable and deletes nothing.
    """
    session = object_session(token)
    try:
        refresh(token)
    except (NotRefreshableTokenError, TokenInvalidError) as error:
        log.info("%r is deleted: %s", token, error)
        if session is not None:
            remove_tokens(session, [token.id])
        return False
    return True


def renew_all(dbsession: Session, tokens: Iterable[Token]) -> tuple[list[int], list[int]]:
    """Renew tokens; ids of those renewed, and of those deleted since they never can be.

    Those that an outage kept from it are in neither. Deletes only after the last
    renewal, so that this transaction's writes don't block those.
    """
    renewed: list[int] = []
    doomed: list[int] = []
    for token in tokens:
        try:
            refresh(token)
        except (NotRefreshableTokenError, TokenInvalidError) as error:
            log.info("%r is deleted: %s", token, error)
            doomed.append(token.id)
        except EsiError as error:
            log.warning("%r could not be renewed now: %s", token, error)
        else:
            renewed.append(token.id)
    remove_tokens(dbsession, doomed)
    return renewed, doomed


def refresh(token: Token) -> None:
    """Renew the token and its instance; see `Token.refresh`.

    Best called before the transaction of the token's session wrote anything: on SQLite
    that keeps everybody else from writing, and the new tokens become part of it.
    """
    if not token.can_refresh:
        raise NotRefreshableTokenError(f"{token!r} came without a refresh token")
    session = object_session(token)
    if session is None:
        _renew_instance(token)
        return
    known = token.access_token
    with deadline(REFRESH_S * 2), _queue(token.id), leases(session, token.id) as row_leases:
        row = row_leases.read()
        if row is None:
            _refresh_here(session, token)
            return
        # Somebody else was faster: what they got is as good as what we would get.
        while row.access_token == known:
            lease = None if row.is_leased else row_leases.take()
            if lease is not None:
                row = _refresh_leased(token, row_leases, lease, known)
                break
            if row_leases.locked >= LOCKED_TRIES:
                _refresh_here(session, token)
                return
            row = row_leases.wait()
        _adopt(token, row)


def _refresh_leased(token: Token, row_leases: Leases, lease: str, known: str) -> Row:
    """Ask the SSO while the lease is ours, and store what it says before anything can fail."""
    row = row_leases.read()
    if row is None or row.refresh_token is None:
        row_leases.release(lease)
        raise TokenInvalidError(f"{token!r} is gone")
    if row.access_token != known:
        # It was renewed between our look at the row and our lease.
        row_leases.release(lease)
        return row
    try:
        with deadline(REFRESH_S):
            payload = current().sso.refresh(row.refresh_token)
    except BaseException:
        row_leases.release(lease)
        raise
    try:
        verified = _verified(token, payload)
    except TokenInvalidError:
        row_leases.delete()
        raise
    except (TokenError, SsoUnavailable):
        # The access token can't be believed now, but the old refresh token may be used up.
        row_leases.store(lease, refresh_token=payload.refresh)
        set_committed_value(token, "refresh_token", payload.refresh)
        raise
    row_leases.store(
        lease,
        access_token=str(verified.access),
        refresh_token=verified.refresh,
        expires_at=verified.expires_at,
    )
    return Row(str(verified.access), verified.refresh, verified.expires_at, None)


def _refresh_here(session: Session, token: Token) -> None:
    """Renew within the caller's transaction, which alone sees the row or keeps us from writing it.

    The new tokens are then stored or lost with everything else in it.
    """
    ours = update(Token).where(Token.id == token.id).values(refresh_lease_id=None)
    try:
        held = session.execute(ours, execution_options={"synchronize_session": False})
    except OperationalError as error:
        raise SsoUnavailable(TOO_LONG) from error
    if not held.rowcount:  # type: ignore[attr-defined]
        raise TokenInvalidError(f"{token!r} is gone")
    log.warning("%r is renewed in a transaction that wrote before", token)
    _renew_instance(token)
    session.flush()


def _verified(token: Token, payload: TokenPayload) -> TokenPayload:
    """The payload, once it is known to be for the same owner of the same character."""
    try:
        claims, verified = current().sso.verified(payload)
    except SsoRejected as error:
        raise TokenError(f"the SSO's answer for {token!r} can't be verified") from error
    same = (token.character_id, token.character_owner_hash)
    if (claims.character_id, claims.owner_hash) != same:
        raise TokenInvalidError(f"the character of {token!r} has another owner now")
    return verified


def _renew_instance(token: Token) -> None:
    """Renew an instance whose row is its own transaction's affair."""
    with deadline(REFRESH_S):
        payload = current().sso.refresh(token.refresh_token or "")
        # First: the old one may be used up, whatever becomes of the new access token.
        token.refresh_token = payload.refresh
        verified = _verified(token, payload)
    token.access_token = str(verified.access)
    token.expires_at = verified.expires_at


def _adopt(token: Token, row: Row) -> None:
    """Show on the instance what is committed already.

    Not as a change: writing it again could undo a later refresh, and on SQLite it
    would fail in a transaction that began before.
    """
    set_committed_value(token, "access_token", row.access_token)
    set_committed_value(token, "refresh_token", row.refresh_token)
    set_committed_value(token, "expires_at", row.expires_at)


@contextmanager
def _queue(token_id: int) -> Iterator[None]:
    lock = _queues[token_id % len(_queues)]
    left = remaining()
    if not lock.acquire(timeout=-1 if left is None else max(0.0, left)):
        raise SsoUnavailable(TOO_LONG)
    try:
        yield
    finally:
        lock.release()
