"""Who sends a request, and whether a view is open to them.

A view is open to whoever is logged in (`permission="user"`, the default) or says that it is open
to all; what somebody may do there is decided by the services, by their identity.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pyramid.interfaces import ISecurityPolicy
from pyramid.request import RequestLocalCache
from pyramid.security import Allowed, Denied
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from zope.interface import implementer

from srp_portal.domain.permissions import Identity
from srp_portal.services import apikeys, sessions
from srp_portal.services.identities import Entry, identity_by_api_key, identity_by_session
from srp_portal.web.security import session
from srp_portal.web.security.credentials import api_keys, session_id

log = logging.getLogger(__name__)

#: The permission of views for whoever is logged in.
USER = "user"


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who came in, or that somebody tried to with a key that is none.

    good_until: when this must be looked up again, even if nothing in the database changes: a key, a
    session or a group of EVE's ends, or the next use has to be noted. None: at once.
    """

    identity: Identity | None = None
    has_bad_credentials: bool = False
    good_until: datetime | None = None


NOBODY = Entrance()


@implementer(ISecurityPolicy)
class SecurityPolicy:
    """An API key, which decides alone where there is one, or else the session's cookie."""

    def __init__(self) -> None:
        self._entrances = RequestLocalCache()

    def entrance(self, request: Any) -> Entrance:
        """Who came in; looked up once a request."""
        found = self._entrances.get(request)
        if found is RequestLocalCache.NO_VALUE:
            # When the database fails us, the error page asks again: there it is nobody.
            self._entrances.set(request, NOBODY)
            found = _enter(request)
            self._entrances.set(request, found)
        return found

    def identity(self, request: Any) -> Identity | None:
        """Who sends the request, None for an anonymous visitor."""
        return self.entrance(request).identity

    def authenticated_userid(self, request: Any) -> str | None:
        """The number of the account, as text."""
        identity = self.identity(request)
        return None if identity is None else str(identity.user_id)

    def permits(self, request: Any, context: Any, permission: str) -> Allowed | Denied:  # noqa: ARG002
        """Whether a view with this permission is open to the sender; unknown ones are to nobody."""
        if permission != USER:
            return Denied(f"there is no permission {permission!r}")
        if self.identity(request) is None:
            return Denied("nobody is logged in")
        return Allowed("somebody is logged in")

    def remember(self, request: Any, userid: int | str, **kw: Any) -> session.Headers:
        """Headers of a new session; `method` says how the user logged in (`local`, `sso`)."""
        return session.begin(request, int(userid), kw["method"])

    def forget(self, request: Any, **kw: Any) -> session.Headers:  # noqa: ARG002
        """Headers that end the session."""
        return session.end(request)


def _enter(request: Any) -> Entrance:
    keys = api_keys(request)
    return _by_key(request, keys) if keys else _by_session(request)


def _by_key(request: Any, keys: frozenset[str]) -> Entrance:
    portal, now = request.portal, request.clock()
    # Two different keys would leave open who is meant; one may be spelt in two ways.
    meant = {apikeys.normalise(key) or key for key in keys}
    digests = apikeys.digests_for(portal.secrets, meant.pop()) if len(meant) == 1 else ()
    entry = (
        identity_by_api_key(request.dbsession, digests, now, portal.settings) if digests else None
    )
    if entry is None or entry.identity.api_key_id is None:
        return Entrance(has_bad_credentials=True)
    if apikeys.is_touch_due(entry.last_used_at, now):
        touch = partial(apikeys.touch, key_id=entry.identity.api_key_id, now=now)
        _after_the_answer(request, touch)
    return Entrance(entry.identity, good_until=_good_until(entry, apikeys.TOUCH_EVERY))


def _by_session(request: Any) -> Entrance:
    text = session_id(request)
    if text is None:
        return NOBODY
    portal, now = request.portal, request.clock()
    digests = sessions.digests(portal.secrets, text)
    entry = identity_by_session(request.dbsession, digests, now, portal.settings)
    if entry is None or entry.identity.session_id is None or entry.last_used_at is None:
        return NOBODY
    if sessions.is_touch_due(entry.last_used_at, now):
        touch = partial(
            sessions.touch,
            session_id=entry.identity.session_id,
            created_at=entry.created_at,
            now=now,
        )
        _after_the_answer(request, touch)
    return Entrance(entry.identity, good_until=_good_until(entry, sessions.TOUCH_EVERY))


def _good_until(entry: Entry, touch_every: timedelta) -> datetime | None:
    if entry.last_used_at is None:
        return None
    noted_again_at = entry.last_used_at + touch_every
    return noted_again_at if entry.expires_at is None else min(noted_again_at, entry.expires_at)


def _after_the_answer(request: Any, touch: Callable[[Session], None]) -> None:
    """Notes the use in a transaction of its own, when the request's is over.

    Reading stays reading that way: no page waits for a writer, or is tried again, or fails,
    because of a time stamp.
    """

    def note(request: Any, response: Any) -> None:  # noqa: ARG001
        try:
            with request.portal.session_factory.begin() as dbsession:
                touch(dbsession)
        except SQLAlchemyError:
            log.warning("the use of a session or key could not be noted", exc_info=True)

    request.add_response_callback(note)
