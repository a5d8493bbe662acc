"""The API's description, for programs and for people."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from srp_portal.web.openapi.description import describe
from srp_portal.web.openapi.page import chapters
from srp_portal.web.representation import caching, json

#: Nothing in it is anybody's own, and it changes with the portal's version at most.
_CACHED = "public, max-age=3600"


@view_config(
    route_name="api.openapi",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    gives="OpenApi",
)
def openapi(request: Request) -> Response:
    """This description, in OpenAPI 3.1."""
    response = Response(json.dumps(_description(request)))
    response.headers["Content-Type"] = "application/json"
    response.headers["Cache-Control"] = _CACHED
    # It depends on nothing that a browser sends, whatever other pages do.
    response.vary = ("Accept-Encoding",)
    caching.make_conditional(request, response)
    return response


@view_config(
    route_name="api.page",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    formats=("html",),
    renderer="srp_portal:web/templates/api.jinja2",
)
def api_page(request: Request) -> dict[str, Any]:
    """The same as a page to read."""
    description = _description(request)
    return {"about": description["info"], **chapters(description)}


def _description(request: Request) -> dict[str, Any]:
    return describe(
        request.registry,
        site_name=request.portal.settings.site_name,
        prefix=request.links.prefix,
    )
