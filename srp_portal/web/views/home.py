"""The front door: to one's own requests."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPFound
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config


@view_config(route_name="home", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def home(request: Any) -> Any:
    """Redirects to the personal list with the query, which may hold the key, or to the login."""
    if request.identity is None:
        return HTTPFound(request.route_path("login"))
    query = f"?{request.query_string}" if request.query_string else ""
    return HTTPFound(request.route_path("request.list", list="personal") + query)
