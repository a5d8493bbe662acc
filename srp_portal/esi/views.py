"""The page that EVE sends people back to."""

from collections.abc import Callable
from html import escape
from typing import Final

from pyramid.request import Request
from pyramid.response import Response

from srp_portal.esi.errors import EsiConfigurationError, SsoError
from srp_portal.esi.logins import use_up, verify_login
from srp_portal.esi.sso import SsoLogin
from srp_portal.esi.token_logins import TOKEN_LOGINS

HANDLERS: Final = "esi.login_handlers"

LoginHandler = Callable[[Request, SsoLogin], Response]


def callback(request: Request) -> Response:
    """Finish a login and let the handler of its kind answer: the host's, or that of our views.

    Raises SsoError and its children, EsiConfigurationError without a handler.
    """
    login, row = verify_login(request)
    row_id = row.id
    # A host's handler may ask ESI before it writes; what is written here would lock it meanwhile.
    if login.kind in TOKEN_LOGINS:
        response = TOKEN_LOGINS[login.kind](request, login, row)
    else:
        response = _handler(request, login.kind)(request, login)
    use_up(request, login, row_id)
    # The address of this page holds code and state.
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _handler(request: Request, kind: str) -> LoginHandler:
    handlers: dict[str, LoginHandler] = request.registry.get(HANDLERS, {})
    handler = handlers.get(kind)
    if handler is None:
        raise EsiConfigurationError(f"no handler for ESI logins of kind {kind!r} is registered")
    return handler


def sso_error(error: SsoError, request: Request) -> Response:
    """A plain page for hosts that have none of their own; it leads back to the view that asked."""
    is_of_view = error.return_to is not None and error.kind in TOKEN_LOGINS
    url = error.return_to if is_of_view else f"{request.script_name}/"
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><title>That did not work</title></head>'
        f"<body><main><h1>That did not work</h1><p>{escape(str(error))}</p>"
        f'<p><a href="{escape(str(url))}">{"Try again" if is_of_view else "Back"}</a></p>'
        "</main></body></html>\n"
    )
    response = Response(page, status=error.http_status)
    # Not as an argument, which would take the place of the type and the length.
    response.headers.update({"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"})
    return response
