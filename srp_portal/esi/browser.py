"""The cookie that ties logins to the browser which began them.

One signed random name a browser; any number of logins may be under way under it.
"""

import secrets
from typing import Final

from pyramid.request import Request
from pyramid.response import Response

from srp_portal.esi.crypto import Cipher

COOKIE: Final = "esi_sso"
# As long as a person may take on EVE's pages, with a second factor and a forgotten password.
LOGIN_LIFETIME_S: Final = 1800


def known_browser(request: Request, cipher: Cipher) -> str | None:
    """The name of the browser that sends this request, None when it has none of ours."""
    try:
        signed = request.cookies.get(COOKIE)
    except UnicodeDecodeError:
        return None
    return None if signed is None else cipher.verify(signed)


def name_browser(request: Request, cipher: Cipher) -> str:
    """The name of the browser, a new one if need be."""
    return known_browser(request, cipher) or secrets.token_urlsafe(24)


def remember_browser(request: Request, response: Response, cipher: Cipher, name: str) -> None:
    """Have the browser keep its name while its login is under way."""
    response.set_cookie(
        COOKIE,
        cipher.sign(name),
        max_age=LOGIN_LIFETIME_S,
        path=request.script_name or "/",
        secure=request.scheme == "https",
        httponly=True,
        # Not Strict: the SSO's redirect comes from another site.
        samesite="Lax",
    )
