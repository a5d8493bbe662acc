"""A request's database session, its transaction, and what may be tried again."""

from __future__ import annotations

from typing import Any

import zope.sqlalchemy
from pyramid_retry import mark_error_retryable
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import Session

from srp_portal.models.engine import writing

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def includeme(config: Any) -> None:
    """Adds `request.dbsession`; needs `registry["srp_portal.portal"]`."""
    config.add_settings(
        {
            "tm.manager_hook": "pyramid_tm.explicit_manager",
            # An answer of 4xx or 5xx stores nothing, also where a view returns it.
            "tm.commit_veto": "pyramid_tm.default_commit_veto",
            "tm.annotate_user": False,
            "retry.attempts": 3,
        }
    )
    config.include("pyramid_retry")
    config.include("pyramid_tm")
    config.add_request_method(_dbsession, "dbsession", reify=True)
    event.listen(config.registry["srp_portal.portal"].engine, "handle_error", _mark_retryable)


def _dbsession(request: Any) -> Session:
    # A test may hand in its own session through the WSGI environment.
    given = request.environ.get("srp_portal.dbsession")
    if given is not None:
        return given
    engine = request.registry["srp_portal.portal"].engine
    if request.method not in SAFE_METHODS:
        engine = writing(engine)
    session = Session(bind=engine)
    zope.sqlalchemy.register(session, transaction_manager=request.tm)
    return session


def _mark_retryable(context: ExceptionContext) -> None:
    # zope.sqlalchemy knows PostgreSQL's conflicts at flush and nothing of SQLite's; marked here,
    # they are seen by the retry even behind an exception view.
    error, original = context.sqlalchemy_exception, context.original_exception
    if error is None:
        return
    sqlstate = getattr(original, "sqlstate", None) or ""
    sqlite_name = getattr(original, "sqlite_errorname", None) or ""
    if sqlstate.startswith("40") or sqlite_name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        mark_error_retryable(error)
