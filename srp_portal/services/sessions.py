"""Logins in browsers: a row for each, so that they can be listed and ended from elsewhere.

The cookie holds a random id and the row a keyed digest of it, so that a stolen copy of the
database opens no session.
"""

from __future__ import annotations

import secrets as random_source
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from srp_portal.domain.errors import NotFound
from srp_portal.models.access import BrowserSession
from srp_portal.services.administration_results import SessionView
from srp_portal.services.crypto import Secrets

PURPOSE = "session"

#: A session ends when it was not used for so long,
IDLE = timedelta(days=30)
#: and in any case when it is so old.
LONGEST = timedelta(days=90)
#: How exact `last_seen_at` is; every page would otherwise write to the database.
TOUCH_EVERY = timedelta(minutes=5)
#: For how long rows of ended sessions are kept.
KEPT = timedelta(days=7)


def start(
    dbsession: Session,
    secrets: Secrets,
    *,
    user_id: int,
    method: str,
    now: datetime,
    address: str = "",
    user_agent: str = "",
) -> str:
    """A new session; the result is its secret id, for the cookie and nothing else.

    method: `local` or `sso`. address, user_agent: for its owner to recognise it by.
    """
    session_id = random_source.token_urlsafe(32)
    dbsession.add(
        BrowserSession(
            digest=secrets.digest(PURPOSE, session_id),
            user_id=user_id,
            method=method,
            created_at=now,
            last_seen_at=now,
            expires_at=now + IDLE,
            address=address[:50],
            user_agent=_printable(user_agent)[:300],
        )
    )
    dbsession.flush()
    return session_id


def digests(secrets: Secrets, session_id: str) -> tuple[str, ...]:
    """What a session with this id may be filed under."""
    return secrets.digests(PURPOSE, session_id)


def is_touch_due(last_seen_at: datetime, now: datetime) -> bool:
    """Whether it is time to note again that a session is in use."""
    return now - last_seen_at >= TOUCH_EVERY


def touch(dbsession: Session, session_id: int, *, created_at: datetime, now: datetime) -> None:
    """Notes that the session is in use, and lets it live on; where it is due, and only once."""
    dbsession.execute(
        update(BrowserSession)
        .where(BrowserSession.id == session_id, BrowserSession.last_seen_at <= now - TOUCH_EVERY)
        .values(last_seen_at=now, expires_at=min(now + IDLE, created_at + LONGEST))
        .execution_options(synchronize_session=False)
    )


def end(dbsession: Session, session_digests: Sequence[str], *, now: datetime) -> None:
    """Ends the session that is filed under one of the digests, if there is one."""
    _revoke(dbsession, now, BrowserSession.digest.in_(session_digests))


def list_sessions(
    dbsession: Session, user_id: int, *, now: datetime, current_id: int | None
) -> tuple[SessionView, ...]:
    """A user's open sessions, the one used last first.

    current_id: the one that the reader is using.
    """
    rows = dbsession.scalars(
        select(BrowserSession)
        .where(
            BrowserSession.user_id == user_id,
            BrowserSession.revoked_at.is_(None),
            BrowserSession.expires_at > now,
        )
        .order_by(BrowserSession.last_seen_at.desc(), BrowserSession.id.desc())
    )
    return tuple(
        SessionView(
            id=row.id,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            address=row.address,
            user_agent=row.user_agent,
            is_current=row.id == current_id,
        )
        for row in rows
    )


def revoke(dbsession: Session, user_id: int, session_id: int, *, now: datetime) -> None:
    """Ends one of the user's sessions; raises NotFound when it is none of theirs, or over."""
    is_it = (BrowserSession.id == session_id) & (BrowserSession.user_id == user_id)
    if not _revoke(dbsession, now, is_it):
        raise NotFound("None of your sessions has that number.")


def revoke_others(
    dbsession: Session, user_id: int, current_id: int | None, *, now: datetime
) -> int:
    """Ends all of a user's sessions but the one in use; the result is how many that were."""
    conditions = [BrowserSession.user_id == user_id, BrowserSession.expires_at > now]
    if current_id is not None:
        conditions.append(BrowserSession.id != current_id)
    return _revoke(dbsession, now, *conditions)


def purge_expired(dbsession: Session, *, now: datetime) -> int:
    """Removes sessions that ended a week ago; the result is how many."""
    ended = or_(BrowserSession.expires_at < now - KEPT, BrowserSession.revoked_at < now - KEPT)
    return _count(
        dbsession.execute(
            delete(BrowserSession).where(ended).execution_options(synchronize_session=False)
        )
    )


def _revoke(dbsession: Session, now: datetime, *conditions: Any) -> int:
    return _count(
        dbsession.execute(
            update(BrowserSession)
            .where(BrowserSession.revoked_at.is_(None), *conditions)
            .values(revoked_at=now)
            .execution_options(synchronize_session=False)
        )
    )


def _count(result: Any) -> int:
    return cast("CursorResult[Any]", result).rowcount


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
