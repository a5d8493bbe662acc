"""The exception view: every error in the representation that its reader wants, and never a 200.

It starts from a transaction of its own, so that nothing that a failed view left behind can be
stored or stands in the way, and it renders by itself: whatever renderer the view was about to use
doesn't matter here.
"""

from __future__ import annotations

import logging
from html import escape
from typing import Any

from lxml import etree
from pyramid.exceptions import PredicateMismatch
from pyramid.httpexceptions import (
    HTTPException,
    HTTPForbidden,
    HTTPNotFound,
    HTTPUnauthorized,
)
from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response
from pyramid_retry import is_error_retryable, mark_error_retryable

from srp_portal.domain.errors import NotAllowed
from srp_portal.web.representation import caching, json, xml
from srp_portal.web.representation.error_table import Answer, answer_to, of_status
from srp_portal.web.representation.negotiate import FORMATS, choose_for_error, wish_of
from srp_portal.web.representation.refusals import record_refusal
from srp_portal.web.representation.slashes import slash_redirect

TEMPLATE = "srp_portal:web/templates/error.jinja2"

_SAFE_METHODS = frozenset({"GET", "HEAD"})
_REFUSALS = (NotAllowed, HTTPForbidden, HTTPUnauthorized)

logger = logging.getLogger(__name__)

#: For when the template itself fails, as it does while the database is away.
_BARE_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{name}</title></head>
<body><h1>{name}</h1><p>{description}</p></body></html>
"""


def includeme(config: Any) -> None:
    """Registers the view for every exception; HTTP exceptions have a closer default view."""
    config.add_exception_view(error_view, context=Exception)
    config.add_exception_view(error_view, context=HTTPException)


def error_view(error: Exception, request: Request) -> Response:
    """The answer to an error; 4xx or 5xx, or the way to the login for an anonymous browser.

    Or to the address with a slash at its end, where that leads somewhere.
    """
    _start_over(request, error)
    redirect = slash_redirect(request) if isinstance(error, HTTPNotFound) else None
    if redirect is not None:
        return _finished(redirect)
    format_name = choose_for_error(getattr(request, "offered_formats", ()), wish_of(request))
    answer = answer_to(error)
    if isinstance(error, _REFUSALS):
        if request.identity is None:
            if format_name == "html" and not getattr(request, "bad_credentials", False):
                return _finished(_to_login(request))
            answer = of_status(401)
        elif isinstance(error, NotAllowed):
            record_refusal(request, request.identity, error)
    elif isinstance(error, PredicateMismatch):
        allowed = _allowed_methods(request)
        if allowed and request.method not in allowed:
            response = _rendered(request, format_name, of_status(405))
            response.allow = allowed
            return _finished(response)
    elif answer.status == 500:
        _log_failure(request, error)
    response = _rendered(request, format_name, answer)
    if answer.status == 401:
        # RFC 9110, section 11.6.1: a 401 says how to do better.
        response.headers["WWW-Authenticate"] = 'Bearer realm="srp_portal"'
    return _finished(response)


def _start_over(request: Request, error: Exception) -> None:
    if not request.environ.get("tm.active"):
        return
    transaction = request.tm.get()
    if transaction.isDoomed():
        # It is going to be aborted by whoever doomed it, who may still want to look at it.
        return
    # The session's data manager, which knows the database's conflicts, goes with the transaction.
    if transaction.isRetryableError(error):
        mark_error_retryable(error)
    request.tm.abort()
    request.tm.begin()


def _to_login(request: Request) -> Response:
    query = {}
    path = request.path_qs
    # `//host` and `/\host` are other hosts to a browser.
    if request.method in _SAFE_METHODS and not path.startswith(("//", "/\\")):
        query["next"] = path
    location = request.route_path("login", _query=query or None)
    return Response(status=303, location=location)


def _allowed_methods(request: Request) -> list[str]:
    """The methods that the views of the matched route take, empty where that isn't known."""
    route = getattr(request, "matched_route", None)
    if route is None:
        return []
    allowed: set[str] = set()
    for entry in request.registry.introspector.get_category("views", ()):
        view = entry["introspectable"]
        if view.get("route_name") == route.name:
            methods = view.get("request_methods") or ()
            allowed.update((methods,) if isinstance(methods, str) else methods)
    if "GET" in allowed:
        allowed.add("HEAD")
    return sorted(allowed)


def _log_failure(request: Request, error: Exception) -> None:
    # Without the query: it may hold an API key.
    where = (request.method, request.path)
    if is_error_retryable(request, error):
        logger.info("%s %s is tried again after %s", *where, type(error).__name__)
    elif isinstance(error, HTTPException) and error.status_int < 400:
        logger.error("%s %s raised a redirect instead of returning it", *where, exc_info=error)
    else:
        logger.error("%s %s failed", *where, exc_info=error)


def _rendered(request: Request, format_name: str, answer: Answer) -> Response:
    if format_name == "html":
        return _page(request, answer)
    render = _as_json if format_name == "json" else _as_xml
    response = Response(render(answer), status=answer.status)
    response.headers["Content-Type"] = FORMATS[format_name].content_type
    return response


def _as_json(answer: Answer) -> bytes:
    return json.dumps(
        {
            **answer.more,
            "code": answer.status,
            "description": answer.description,
            "name": answer.name,
        }
    )


def _as_xml(answer: Answer) -> bytes:
    root = etree.Element("error", code=str(answer.status), name=answer.name)
    for name, value in answer.more.items():
        root.set(name, xml.carried(value))
    root.text = xml.carried(answer.description)
    return xml.serialize(root)


def _page(request: Request, answer: Answer) -> Response:
    shown = {"code": answer.status, "name": answer.name, "description": answer.description}
    try:
        response = render_to_response(TEMPLATE, shown, request=request)
    except Exception:
        logger.exception("the error page itself failed")
        bare = _BARE_PAGE.format(name=escape(answer.name), description=escape(answer.description))
        response = Response(bare)
    response.status_int = answer.status
    return response


def _finished(response: Response) -> Response:
    caching.add_vary(response, *caching.VARY)
    caching.make_private(response)
    return response
