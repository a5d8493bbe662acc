"""Addresses that lack the slash at their end."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPMovedPermanently
from pyramid.interfaces import IRoutesMapper
from pyramid.request import Request

_METHODS = frozenset({"GET", "HEAD"})


def slash_redirect(request: Request) -> HTTPMovedPermanently | None:
    """The way to the same address with a slash at its end, where a route ends in one; else None.

    For requests that only read: a browser would send a form again without its fields. The query is
    kept.
    """
    if request.method not in _METHODS or getattr(request, "matched_route", None) is not None:
        return None
    path = f"{request.path_info}/"
    routes = request.registry.getUtility(IRoutesMapper).get_routes()
    if not any(route.pattern.endswith("/") and route.match(path) is not None for route in routes):
        return None
    # With the host: a path of its own that began with two slashes would be another one's.
    query = f"?{request.query_string}" if request.query_string else ""
    return HTTPMovedPermanently(f"{request.path_url}/{query}")
