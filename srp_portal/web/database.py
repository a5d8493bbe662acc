"""A request's database session, its transaction, and what may be tried again."""

from __future__ import annotations

from typing import Any

from pyramid_retry import mark_error_retryable
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import Session
from zope.sqlalchemy import ZopeTransactionEvents

from srp_portal.models.engine import writing

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_EVENTS = "srp_portal.transaction_events"


class RequestSession(Session):
    """A session that belongs to the transaction of its request."""


def _tell(name: str) -> None:
    """Has all these sessions tell of an event of this name, each to its own transaction.

    `zope.sqlalchemy.register` listens to one session, and takes as long as a small statement.
    """

    def listener(about: Any, *more: Any) -> None:
        session = about if isinstance(about, Session) else about.session
        getattr(session.info[_EVENTS], name)(about, *more)

    event.listen(RequestSession, name, listener)


for _name in (
    "after_begin",
    "after_attach",
    "after_flush",
    "after_bulk_update",
    "after_bulk_delete",
    "before_commit",
    "do_orm_execute",
):
    _tell(_name)


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
    return RequestSession(
        bind=engine, info={_EVENTS: ZopeTransactionEvents(transaction_manager=request.tm)}
    )


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
