"""Renewing an access token once, however many ask for it.

A refresh token may be good for one use only. Who wants to use it takes a short
lease in the token's row first; the others wait and find the new token there.
The lease and the new token are committed in transactions of their own: a
rotated refresh token must survive the failure of the page that asked for it,
and no lock is held while the SSO is asked.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import inspect
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import set_committed_value

from srp_portal.esi.callers import afterwards, delete_worthless, hold_row
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
from srp_portal.esi.jwt import Claims
from srp_portal.esi.leases import TOO_LONG, Leases, Row
from srp_portal.esi.locks import Lock
from srp_portal.esi.models import Token
from srp_portal.esi.own_transactions import own_transactions
from srp_portal.esi.runtime import current
from srp_portal.esi.sso import TokenPayload
from srp_portal.esi.storing import delete_tokens_of_character

log = logging.getLogger(__name__)

# After these a token is good for nothing.
FATAL: Final = (NotRefreshableTokenError, TokenInvalidError)
# Well below the length of a lease.
REFRESH_S: Final = 30.0
LOCKED_TRIES: Final = 3
# For somebody else's lock on the row; nobody should hold one for long.
LOCKED_S: Final = 10.0
QUEUE_S: Final = 2.0

# Threads of this process queue here, so that only one of them asks the database again and again.
_queues: Final = [Lock() for _ in range(64)]


def valid_access_token(token: Token) -> AccessToken:
    """An access token that ESI accepts now; see `Token.valid_access_token`."""
    if token.expired:
        if not token.can_refresh:
            raise TokenExpiredError(f"{token!r} is expired and can't be refreshed")
        refresh(token)
    owner = token_owner(token.character_id, token.character_owner_hash, token.scope_names)
    return AccessToken(token.access_token, owner)


def refresh(token: Token) -> None:
    """Renew the token and its instance; see `Token.refresh`.

    Best called before the transaction of the token's session wrote anything: on SQLite
    that keeps everybody else from writing, while the SSO is asked.
    Raises TokenError for a stored token without a session, since a rotated refresh
    token would be lost.
    """
    if not token.can_refresh:
        raise NotRefreshableTokenError(f"{token!r} came without a refresh token")
    session, state = object_session(token), inspect(token)
    if session is not None and state.persistent:
        with own_transactions(session) as open_session:
            renew(session, token, Leases(open_session, token.id))
    elif state.detached:
        raise TokenError(f"{token!r} belongs to no session, so it can't be stored when renewed")
    else:
        _renew_instance(token)


def refresh_or_delete(token: Token) -> bool:
    """Renew the token, or delete it when it never can be; whether it is still there.

    An outage raises SsoUnavailable and deletes nothing.
    """
    try:
        refresh(token)
    except FATAL as error:
        session = object_session(token)
        if session is not None:
            log.info("%r is deleted: %s", token, error)
            with own_transactions(session) as open_session:
                delete_worthless(session, open_session, [token])
        return False
    return True


def renew(session: Session, token: Token, leases: Leases) -> None:
    """Renew a token whose row the database of the session has; see `Token.refresh`.

    The instance need not belong to the session, which is used only where its own
    transaction keeps everybody else from writing the row.
    """
    known, patience_ends = token.access_token, time.monotonic() + LOCKED_S
    with deadline(REFRESH_S * 2), _queue(token.id):
        row = leases.read()
        if row is None:
            # Nobody else sees it: it is new in this transaction, or was deleted meanwhile.
            if not hold_row(session, token.id):
                raise TokenInvalidError(f"{token!r} is gone")
            _renew_here(session, token)
            return
        # Somebody else was faster: what they got is as good as what we would get.
        while row.access_token == known:
            lease = leases.take()
            if lease is not None:
                # A lease that ran out was there before: its taker may still be at it.
                renewed = _renew_leased(token, leases, lease, known, row.lease_id is not None)
                if renewed is not None:
                    row = renewed
                    break
            if leases.locked >= LOCKED_TRIES:
                if hold_row(session, token.id):
                    if row.is_leased:
                        # Who has the lease can't store anything before this transaction ends.
                        raise SsoUnavailable(TOO_LONG)
                    _renew_here(session, token)
                    return
                if time.monotonic() > patience_ends:
                    raise SsoUnavailable(TOO_LONG)
            row = leases.wait()
        adopt(token, row)


def _renew_leased(
    token: Token, leases: Leases, lease: str, known: str, is_taken_over: bool
) -> Row | None:
    """Ask the SSO while the lease is ours, and store what it says before anything can fail.

    None when somebody took the lease over, and what they get is to be waited for.
    """
    row = leases.read()
    if row is None or row.refresh_token is None:
        leases.release(lease)
        raise TokenInvalidError(f"{token!r} is gone")
    if row.access_token != known:
        # It was renewed between our look at the row and our lease.
        leases.release(lease)
        return row
    used = row.refresh_token
    try:
        with deadline(REFRESH_S):
            payload = current().sso.refresh(used)
    except TokenInvalidError as refusal:
        problem: EsiError = SsoUnavailable(TOO_LONG) if is_taken_over else refusal
        return _after_refusal(leases, lease, used, problem)
    except BaseException:
        leases.release(lease)
        raise
    try:
        verified = _verified(token, payload)
    except _SoldError as sold:
        leases.delete_sold(sold.character_id, sold.owner_hash)
        raise
    except (TokenError, SsoUnavailable):
        # The access token can't be believed now, but the old refresh token may be used up.
        leases.store(lease, used, refresh_token=payload.refresh)
        set_committed_value(token, "refresh_token", payload.refresh)
        raise
    instead = leases.store(
        lease,
        used,
        access_token=str(verified.access),
        refresh_token=verified.refresh,
        expires_at=verified.expires_at,
    )
    return instead or Row(str(verified.access), verified.refresh, verified.expires_at)


def _after_refusal(leases: Leases, lease: str, used: str, problem: EsiError) -> Row | None:
    """What is there after the SSO refused a refresh token for good; None when it is to be awaited.

    It may have refused it because somebody else used it, after our lease ran out, or
    because of a new login. Raises the problem when neither is the case.
    """
    is_ours = leases.release(lease)
    row = leases.read()
    if row is not None and row.refresh_token not in (None, used):
        return row
    if row is not None and not is_ours and row.is_leased:
        return None
    raise problem


def _renew_here(session: Session, token: Token) -> None:
    """Renew within the caller's transaction, which is able to write the row.

    Should it be rolled back, the new tokens are stored all the same, right after.
    """
    log.warning("%r is renewed in a transaction that wrote before", token)
    stored = session.get_one(Token, token.id)
    used = stored.refresh_token or ""
    try:
        _renew_instance(stored)
    except _SoldError as sold:
        owner = (sold.character_id, sold.owner_hash)
        delete_tokens_of_character(session, owner[0], except_owner_hash=owner[1])
        afterwards(session, token.id, lambda leases: leases.delete_sold(*owner))
        raise
    except (TokenError, SsoUnavailable):
        _keep_afterwards(session, stored, used)
        raise
    _keep_afterwards(session, stored, used)
    adopt(token, stored)


def _keep_afterwards(session: Session, token: Token, used: str) -> None:
    session.flush()
    values: dict[str, object] = {
        "access_token": token.access_token,
        "refresh_token": token.refresh_token,
        "expires_at": token.expires_at,
    }
    afterwards(session, token.id, lambda leases: leases.keep(used, **values))


def _renew_instance(token: Token) -> None:
    """Renew an instance whose row, if it has one, is its own transaction's affair."""
    with deadline(REFRESH_S):
        payload = current().sso.refresh(token.refresh_token or "")
        # First: the old one may be used up, whatever becomes of the new access token.
        token.refresh_token = payload.refresh
        verified = _verified(token, payload)
    token.access_token = str(verified.access)
    token.expires_at = verified.expires_at


class _SoldError(TokenInvalidError):
    """The token's character has another owner, known by this hash."""

    def __init__(self, token: Token, claims: Claims) -> None:
        super().__init__(f"the character of {token!r} has another owner now")
        self.character_id = claims.character_id
        self.owner_hash = claims.owner_hash


def _verified(token: Token, payload: TokenPayload) -> TokenPayload:
    """The payload, once it is known to be for the same owner of the same character."""
    try:
        claims, verified = current().sso.verified(payload)
    except SsoRejected as error:
        raise TokenError(f"the SSO's answer for {token!r} can't be verified") from error
    same = (token.character_id, token.character_owner_hash)
    if (claims.character_id, claims.owner_hash) != same:
        raise _SoldError(token, claims)
    return verified


def adopt(token: Token, row: Row | Token) -> None:
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
    # Then on without: who is at work may be waiting for our own caller's transaction to end.
    is_ours = lock.acquire(timeout=max(0.0, min(QUEUE_S, remaining() or 0.0)))
    if not is_ours and (remaining() or 0.0) <= 0:
        raise SsoUnavailable(TOO_LONG)
    try:
        yield
    finally:
        if is_ours:
            lock.release()
