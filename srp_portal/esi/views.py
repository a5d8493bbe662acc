"""The page that EVE sends people back to."""

from collections.abc import Callable
from html import escape
from typing import Final

from pyramid.request import Request
from pyramid.response import Response

from srp_portal.esi.errors import EsiConfigurationError, SsoError
from srp_portal.esi.logins import use_up, verify_login
from srp_portal.esi.sso import SsoLogin

HANDLERS: Final = "esi.login_handlers"

LoginHandler = Callable[[Request, SsoLogin], Response]


def callback(request: Request) -> Response:
    """Finish a login and let the host's handler of its kind answer.

    Raises SsoError and its children, EsiConfigurationError without a handler.
    """
    login, row_id = verify_login(request)
    handlers: dict[str, LoginHandler] = request.registry.get(HANDLERS, {})
    handler = handlers.get(login.kind)
    if handler is None:
        message = f"no handler for ESI logins of kind {login.kind!r} is registered"
        raise EsiConfigurationError(message)
    # The handler may ask ESI before it writes; what is written here would lock it meanwhile.
    response = handler(request, login)
    use_up(request, login, row_id)
    # The address of this page holds code and state.
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def sso_error(error: SsoError, request: Request) -> Response:  # noqa: ARG001
    """A plain page for hosts that have none of their own."""
    page = (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Login failed</title>"
        f"<h1>Login failed</h1><p>{escape(str(error))}</p><p><a href=/>Back</a></p>"
    )
    return Response(page, status=error.http_status, headers={"Referrer-Policy": "no-referrer"})
