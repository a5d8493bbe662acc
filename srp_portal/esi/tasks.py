"""Cleaning up, for cron, a command or Celery."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from srp_portal.esi.models import CallbackRedirect, utc_now
from srp_portal.esi.queries import tokens
from srp_portal.esi.refreshing import renew_all


def cleanup_callbackredirect(dbsession: Session, max_age: float = 300) -> int:
    """Forget logins that were begun more than max_age seconds ago; how many there were."""
    old = CallbackRedirect.created < utc_now() - timedelta(seconds=max_age)
    done = dbsession.execute(delete(CallbackRedirect).where(old))
    return int(done.rowcount)  # type: ignore[attr-defined]


def cleanup_token(dbsession: Session) -> int:
    """Renew all expired tokens and delete those that never can be; how many were deleted."""
    _, deleted = renew_all(dbsession, tokens(dbsession).get_expired())
    return len(deleted)
