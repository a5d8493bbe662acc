"""Health checks for load balancers and service managers: alive, and ready to serve."""

from __future__ import annotations

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from srp_portal.services.health import readiness


def _answer(status: int, document: dict[str, object]) -> Response:
    response = Response(json_body=document, status=status)
    response.cache_control = "no-store"
    return response


@view_config(
    route_name="health.live",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    gives="Health",
)
def live(request: Request) -> Response:  # noqa: ARG001
    """The process answers."""
    return _answer(200, {"status": "ok"})


@view_config(
    route_name="health.ready",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    gives="Health",
)
def ready(request: Request) -> Response:
    """Database and cache answer as well; 503 names the part that does not."""
    portal = request.portal
    parts = readiness(portal.engine, portal.settings.cache_url)
    told = {part: "ok" if works else "failed" for part, works in parts.items()}
    if all(parts.values()):
        return _answer(200, {"status": "ok", **told})
    return _answer(503, {"status": "failed", **told})
