"""Logins that views ask for: what is done when they come back from the SSO."""

from collections.abc import Callable, Mapping
from typing import Final

from pyramid.request import Request
from pyramid.response import Response

from srp_portal.esi.browser import known_browser, remember_browser
from srp_portal.esi.errors import SsoRejected, SsoStateInvalid
from srp_portal.esi.handovers import Purpose, hand_over
from srp_portal.esi.logins import RUNTIME, redirect_once, user_id_of
from srp_portal.esi.models import CallbackRedirect
from srp_portal.esi.single_use import packed
from srp_portal.esi.sso import SsoLogin
from srp_portal.esi.storing import save_token

TokenLoginHandler = Callable[[Request, SsoLogin, CallbackRedirect], Response]


def store_token(request: Request, login: SsoLogin, row: CallbackRedirect) -> Response:
    """A token for the user, or for nobody, which the view gets."""
    _check(request, login, row)
    token = save_token(request.dbsession, login, user_id_of(request))
    purpose = Purpose(row.kind)
    # A view that takes all tokens finds this one among them.
    if purpose is not Purpose.MORE:
        hand_over(request, purpose, url=row.url, scopes=row.scopes, token_id=token.id)
    return _back(request, row)


def keep_for_once(request: Request, login: SsoLogin, row: CallbackRedirect) -> Response:
    """A token that waits for its view and is never stored."""
    _check(request, login, row)
    content = packed(login)
    hand_over(request, Purpose.SINGLE_USE, url=row.url, scopes=row.scopes, single_use=content)
    return _back(request, row)


TOKEN_LOGINS: Final[Mapping[str, TokenLoginHandler]] = {
    Purpose.NEW: store_token,
    Purpose.CHOICE: store_token,
    Purpose.MORE: store_token,
    Purpose.SINGLE_USE: keep_for_once,
}


def _check(request: Request, login: SsoLogin, row: CallbackRedirect) -> None:
    if row.user_id is not None and user_id_of(request) is None:
        raise SsoStateInvalid("You were logged out meanwhile. Please log in and try again.")
    missing = set(row.scopes.split()) - set(login.scopes)
    if missing:
        # The view would not find what it needs, and send the person round in circles.
        raise SsoRejected(f"EVE did not grant {', '.join(sorted(missing))}. Please try again.")


def _back(request: Request, row: CallbackRedirect) -> Response:
    response = redirect_once(row.url)
    cipher = request.registry[RUNTIME].cipher
    browser = known_browser(request, cipher)
    if browser is not None:
        # The view needs it too, however long the person took on EVE's pages.
        remember_browser(request, response, cipher, browser)
    return response
