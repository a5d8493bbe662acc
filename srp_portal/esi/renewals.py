"""Renewing many tokens: the good ones are stored one by one, the worthless ones deleted."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from srp_portal.esi.callers import delete_worthless
from srp_portal.esi.errors import EsiError, NotRefreshableTokenError, SsoUnavailable
from srp_portal.esi.leases import Leases
from srp_portal.esi.models import EXPIRY_MARGIN, Token, utc_now
from srp_portal.esi.own_transactions import OpenSession, own_transactions
from srp_portal.esi.refreshing import FATAL, adopt, refresh, renew

log = logging.getLogger(__name__)

# As often in a row the SSO may be unavailable before the rest is left for another time:
# somebody may be waiting for a page, and a token that alone fails must not stop the clean-up.
OUTAGE_OF_PAGE: Final = 3
OUTAGE_OF_CLEANUP: Final = 10
_PAGE: Final = 500


def renew_all(session: Session, tokens: Iterable[Token]) -> list[Token]:
    """Renew tokens of a session and delete those that never can be; the renewed ones.

    Those that an outage kept from it stay as they are. Deletes only after the last
    renewal, so that a write of this transaction does not block those.
    """
    renewed: list[Token] = []
    worthless: list[Token] = []
    failures = 0
    for token in tokens:
        try:
            refresh(token)
        except FATAL as error:
            log.info("%r is deleted: %s", token, error)
            worthless.append(token)
        except EsiError as error:
            log.warning("%r could not be renewed now: %s", token, error)
            failures = _failures(failures, error)
            if failures >= OUTAGE_OF_PAGE:
                break
            continue
        else:
            renewed.append(token)
        failures = 0
    if worthless:
        with own_transactions(session) as open_session:
            delete_worthless(session, open_session, worthless)
    return renewed


@dataclass
class Renewals:
    """What became of expired tokens, as numbers; left are those to be tried another time."""

    renewed: int = 0
    deleted: int = 0
    left: int = 0
    failures: int = field(default=0, repr=False)


def renew_expired(session: Session) -> Renewals:
    """Renew or delete all expired tokens in the database of a session.

    One after the other, each in short transactions of its own, so that neither a
    transaction nor memory grows with their number. Where the session's transaction has
    a row locked, it is renewed or deleted in that.
    """
    done = Renewals()
    last = 0
    with own_transactions(session) as open_session:
        while ids := _expired(open_session, last):
            for token_id in ids:
                last = token_id
                _renew_or_delete(session, open_session, token_id, done)
                if done.failures >= OUTAGE_OF_CLEANUP:
                    log.warning("the SSO does not answer, the other tokens are left as they are")
                    done.left += _count(open_session, last)
                    return done
    return done


def _renew_or_delete(
    session: Session, open_session: OpenSession, token_id: int, done: Renewals
) -> None:
    try:
        token = _load(open_session, token_id)
        # Somebody may have been here before us.
        if token is None or not token.expired:
            return
        try:
            if not token.can_refresh:
                raise NotRefreshableTokenError(f"{token!r} came without a refresh token")
            renew(session, token, Leases(open_session, token_id))
        except FATAL as error:
            log.info("%r is deleted: %s", token, error)
            locked = delete_worthless(session, open_session, [token])
            done.left += len(locked)
            done.deleted += 1 - len(locked)
        else:
            known = session.identity_map.get(identity_key(Token, token_id))
            if known is not None:
                adopt(known, token)
            done.renewed += 1
        done.failures = 0
    except EsiError as error:
        log.warning("token %d could not be renewed now: %s", token_id, error)
        done.left += 1
        done.failures = _failures(done.failures, error)


def _failures(so_far: int, error: EsiError) -> int:
    return so_far + 1 if isinstance(error, SsoUnavailable) else 0


def _load(open_session: OpenSession, token_id: int) -> Token | None:
    """An instance of its own, so that no transaction stays open while it is renewed."""
    with open_session() as session:
        token = session.get(Token, token_id)
        if token is not None:
            session.expunge(token)
        return token


def _is_expired(last: int) -> tuple[ColumnElement[bool], ...]:
    return Token.id > last, Token.expires_at <= utc_now() + EXPIRY_MARGIN


def _expired(open_session: OpenSession, last: int) -> list[int]:
    statement = select(Token.id).where(*_is_expired(last)).order_by(Token.id).limit(_PAGE)
    with open_session() as session:
        return list(session.scalars(statement))


def _count(open_session: OpenSession, last: int) -> int:
    with open_session() as session:
        return session.scalar(select(func.count(Token.id)).where(*_is_expired(last))) or 0
