"""The cookie of a login, and the row behind it: begun at login, ended at logout."""

from __future__ import annotations

from typing import Any

from srp_portal.services import sessions
from srp_portal.web.security.cookies import cookie_header
from srp_portal.web.security.credentials import SESSION_COOKIE, session_id

Headers = list[tuple[str, str]]


def begin(request: Any, user_id: int, method: str) -> Headers:
    """Starts a session under a new id, whatever id the browser had before.

    method: `local` or `sso`. The headers belong on the response.
    """
    _end_present(request)
    text = sessions.start(
        request.dbsession,
        request.portal.secrets,
        user_id=user_id,
        method=method,
        now=request.clock(),
        address=request.remote_addr or "",
        user_agent=request.user_agent or "",
    )
    # The row says when a session ends; the cookie only has to live as long.
    max_age = int(sessions.LONGEST.total_seconds())
    return [cookie_header(request, SESSION_COOKIE, text, max_age=max_age)]


def end(request: Any) -> Headers:
    """Ends the session of this browser; the headers belong on the response."""
    _end_present(request)
    return [cookie_header(request, SESSION_COOKIE, None)]


def _end_present(request: Any) -> None:
    text = session_id(request)
    if text is not None:
        digests = sessions.digests(request.portal.secrets, text)
        sessions.end(request.dbsession, digests, now=request.clock())
