"""Refused attempts in the audit log."""

from __future__ import annotations

import logging

from pyramid.request import Request

from srp_portal.domain.errors import NotAllowed
from srp_portal.domain.permissions import Identity
from srp_portal.services import audit

logger = logging.getLogger(__name__)

#: Which part of a route's match says whose page it is.
_SUBJECTS = {"id": "request", "division_id": "division", "user_id": "user", "group_id": "group"}


def record_refusal(request: Request, identity: Identity, error: NotAllowed) -> None:
    """Writes down who tried what, in a transaction of its own: the request's is aborted.

    A failure is logged and goes no further, so that the reader gets the refusal in any case.
    """
    subject_type, subject_id = _subject(request)
    try:
        with request.portal.session_factory.begin() as dbsession:
            audit.record(
                dbsession,
                now=request.clock(),
                actor=identity,
                action="refused",
                subject_type=subject_type,
                subject_id=subject_id,
                request_id=subject_id if subject_type == "request" else None,
                payload={
                    "attempt": error.attempt or error.message,
                    "method": request.method,
                    "path": request.path,
                },
                is_refused=True,
            )
    except Exception:
        logger.exception("a refused attempt of user %s could not be recorded", identity.user_id)


def _subject(request: Request) -> tuple[str, int | None]:
    match = getattr(request, "matchdict", None) or {}
    for key, subject_type in _SUBJECTS.items():
        # The routes let digits alone through, but plugins have routes of their own.
        if match.get(key, "").isascii() and match.get(key, "").isdigit():
            return subject_type, int(match[key])
    return "page", None
