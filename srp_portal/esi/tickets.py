"""Tickets: what a view asks the selection page for, signed, on its way through the browser.

A ticket is good for one user in one browser, and so it is the page's protection against
forged forms as well.
"""

import base64
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import orjson
from pyramid.request import Request

from srp_portal.esi.browser import LOGIN_LIFETIME_S, known_browser
from srp_portal.esi.crypto import digest
from srp_portal.esi.errors import SsoStateInvalid
from srp_portal.esi.logins import RUNTIME, user_id_of
from srp_portal.esi.runtime import Runtime

# What else is signed with the same key, as the browser's cookie, is no ticket.
_PURPOSE: Final = "esi.select_token"
_REFUSED: Final = (
    "This choice was begun by another user or in another browser, or it took too long. "
    "Please go back to the page that you came from and try again."
)


@dataclass(frozen=True)
class Ticket:
    """A view at `url` wants a token with `scopes`, names in order."""

    url: str
    scopes: tuple[str, ...]


def issue(request: Request, url: str, scopes: Iterable[str], browser: str) -> str:
    """A ticket for the present user in the browser of this name."""
    content = {
        "for": _PURPOSE,
        "url": url,
        "scopes": list(scopes),
        "user": user_id_of(request),
        "browser": digest(browser),
        "until": int(time.time()) + LOGIN_LIFETIME_S,
    }
    text = base64.urlsafe_b64encode(orjson.dumps(content)).decode("ascii")
    return _runtime(request).cipher.sign(text)


def read(request: Request, signed: object) -> Ticket:
    """What a ticket says. Raises SsoStateInvalid when it isn't the sender's, or too old."""
    text = _runtime(request).cipher.verify(signed) if isinstance(signed, str) else None
    browser = known_browser(request, _runtime(request).cipher)
    if text is None or browser is None:
        raise SsoStateInvalid(_REFUSED)
    try:
        content = orjson.loads(base64.urlsafe_b64decode(text))
    except ValueError:
        raise SsoStateInvalid(_REFUSED) from None
    if not isinstance(content, dict) or content.get("for") != _PURPOSE:
        raise SsoStateInvalid(_REFUSED)
    expected = (user_id_of(request), digest(browser))
    if (content["user"], content["browser"]) != expected or content["until"] < time.time():
        raise SsoStateInvalid(_REFUSED)
    return Ticket(content["url"], tuple(content["scopes"]))


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.registry[RUNTIME]
    return runtime
