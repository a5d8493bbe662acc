"""Logging in, by a local account or by EVE, and logging out."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED, forget, remember
from pyramid.view import view_config

from srp_portal.domain.errors import NotFound
from srp_portal.esi.logins import begin_login
from srp_portal.services.accounts import authenticate_local
from srp_portal.web.forms.fields import text
from srp_portal.web.security import THROTTLE
from srp_portal.web.security.navigation import safe_next

PAGE = "srp_portal:web/templates/login.jinja2"

WRONG = "There is no local account with that user name and password."


@view_config(
    route_name="login", request_method="GET", permission=NO_PERMISSION_REQUIRED, renderer=PAGE
)
@view_config(
    route_name="login.local", request_method="GET", permission=NO_PERMISSION_REQUIRED, renderer=PAGE
)
def login_page(request: Request) -> dict[str, Any] | HTTPSeeOther:
    """All ways to log in; who is logged in already goes on."""
    if request.matched_route.name == "login.local":
        _require_local_accounts(request)
    after = request.GET.get("next", "")
    if request.identity is not None and request.identity.session_id is not None:
        return HTTPSeeOther(_destination(request, after))
    return _page(request, after)


@view_config(
    route_name="login.local",
    request_method="POST",
    permission=NO_PERMISSION_REQUIRED,
    renderer=PAGE,
)
def login_local(request: Request) -> dict[str, Any] | HTTPSeeOther:
    """Name and password; 422 when they don't fit, 429 after too many that did not."""
    _require_local_accounts(request)
    name = text(request.POST, "username")
    password = text(request.POST, "password")
    after = text(request.POST, "next")
    throttle, now = request.registry[THROTTLE], request.clock()
    address = request.remote_addr or ""
    wait = throttle.attempt(name, address, now)
    if wait is not None:
        request.response.status_int = 429
        request.response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
        minutes = int(wait.total_seconds()) // 60 + 1
        error = f"Too many failed logins. Please try again in {minutes} min."
        return _page(request, after, username=name, error=error)
    user = authenticate_local(request.dbsession, name, password)
    if user is None:
        request.response.status_int = 422
        return _page(request, after, username=name, error=WRONG)
    throttle.succeeded(name, address)
    user.last_login_at = now
    headers = remember(request, user.id, method="local")
    return HTTPSeeOther(_destination(request, after), headers=headers)


@view_config(route_name="login.eve", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def login_eve(request: Request) -> HTTPSeeOther:
    """Sends the browser to EVE's SSO; while logged in, the character joins the account."""
    after = safe_next(request, request.GET.get("next"))
    if not after:
        # Who adds a character wants to see it among the others.
        after = request.route_path("home" if request.identity is None else "account")
    return begin_login(request, return_to=after)


@view_config(
    route_name="logout",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    renderer="srp_portal:web/templates/logout.jinja2",
)
def logout_page(request: Request) -> dict[str, Any]:  # noqa: ARG001
    """A button: a link must not log anybody out."""
    return {}


@view_config(route_name="logout", request_method="POST", permission=NO_PERMISSION_REQUIRED)
def logout(request: Request) -> HTTPSeeOther:
    """Ends the session, here and in the database."""
    request.flash("You are logged out.", "info")
    return HTTPSeeOther(request.route_path("login"), headers=forget(request))


def _destination(request: Request, after: str) -> str:
    return safe_next(request, after) or request.route_path("home")


def _require_local_accounts(request: Request) -> None:
    if not request.portal.settings.local_accounts:
        raise NotFound("There are no local accounts here.")


def _page(request: Request, after: str, *, username: str = "", error: str = "") -> dict[str, Any]:
    after = safe_next(request, after)
    return {
        "username": username,
        "next": after,
        "error": error or None,
        "local_accounts": request.portal.settings.local_accounts,
        "is_eve_enabled": True,
        "eve_login_url": request.route_path("login.eve", _query={"next": after} if after else None),
    }
