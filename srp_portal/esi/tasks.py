"""Cleaning up, for cron, a command or Celery."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from srp_portal.esi.models import CallbackRedirect, utc_now
from srp_portal.esi.renewals import renew_expired


@dataclass(frozen=True)
class TokenCleanup:
    """How many expired tokens were renewed, deleted, and left for another time by an outage."""

    renewed: int
    deleted: int
    left: int


def cleanup_callbackredirect(dbsession: Session, max_age: float = 300) -> int:
    """Forget logins that were begun more than max_age seconds ago; how many there were.

    Part of the session's transaction, which its owner commits.
    """
    old = CallbackRedirect.created < utc_now() - timedelta(seconds=max_age)
    done = dbsession.execute(delete(CallbackRedirect).where(old))
    return int(done.rowcount)  # type: ignore[attr-defined]


def cleanup_token(dbsession: Session) -> TokenCleanup:
    """Renew all expired tokens, and delete those that never can be; what became of them.

    An outage deletes nothing, and ends it early. Each token is committed by itself, so
    give it a session that has written nothing: what such a one has locked is renewed in
    its own transaction, and kept or lost with that.
    """
    done = renew_expired(dbsession)
    return TokenCleanup(renewed=done.renewed, deleted=done.deleted, left=done.left)
