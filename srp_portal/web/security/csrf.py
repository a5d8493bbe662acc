"""Forms that only our own pages can send: tokens bound to the browser's session.

A token is a keyed digest of the session's id (of a visitor's cookie before the login), mixed
with random bytes anew for each page, so that compressed answers don't give it away. Nothing is
stored: every tab's form stays good as long as the session.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets as random_source
from collections.abc import Callable
from typing import Any

from pyramid.interfaces import ICSRFStoragePolicy
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.viewderivers import csrf_view
from zope.interface import implementer

from srp_portal.web.security.cookies import cookie_header
from srp_portal.web.security.credentials import cookie, session_id

PURPOSE = "csrf"
VISITOR_COOKIE = "srp_visitor"
DIGEST_BYTES = 32

View = Callable[[Any, Any], Any]


@implementer(ICSRFStoragePolicy)
class TokenPolicy:
    """Makes tokens and recognises its own."""

    def new_csrf_token(self, request: Any) -> str:
        """A token; those that were given out before stay good (a new session ends them)."""
        return self.get_csrf_token(request)

    def get_csrf_token(self, request: Any) -> str:
        """A token for the forms of a page; a visitor gets a cookie for it to be bound to."""
        digest = request.portal.secrets.digest(
            PURPOSE, _bound_to(request) or _name_visitor(request)
        )
        mask = random_source.token_bytes(DIGEST_BYTES)
        mixed = _mixed(mask, bytes.fromhex(digest))
        return base64.urlsafe_b64encode(mask + mixed).decode()

    def check_csrf_token(self, request: Any, supplied_token: object) -> bool:
        """Whether a token was made for this browser's session."""
        bound_to = _bound_to(request)
        digest = _digest_in(supplied_token)
        if bound_to is None or digest is None:
            return False
        known = request.portal.secrets.digests(PURPOSE, bound_to)
        return any(hmac.compare_digest(digest, bytes.fromhex(each)) for each in known)


def derive(view: View, info: Any) -> View:
    """The view deriver `csrf_view`: Pyramid's check, but before authorization.

    A request without a session can't misuse one: at a view for users it goes on and is told to
    log in, which is what a script with nothing but an API key has to hear. Views that are open
    to all (the login) are checked always.
    """
    checked = csrf_view(view, info)
    if checked is view:
        return view
    is_open = info.options.get("permission") == NO_PERMISSION_REQUIRED

    def check(context: Any, request: Any) -> Any:
        if not is_open and session_id(request) is None:
            return view(context, request)
        return checked(context, request)

    return check


derive.options = ("require_csrf",)  # type: ignore[attr-defined]


def _bound_to(request: Any) -> str | None:
    """What tokens of this browser are bound to; the prefix keeps the two kinds apart."""
    text = session_id(request)
    if text is not None:
        return f"session {text}"
    visitor = request.environ.get("srp_portal.visitor") or cookie(request, VISITOR_COOKIE)
    return f"visitor {visitor}" if visitor else None


def _name_visitor(request: Any) -> str:
    visitor = random_source.token_urlsafe(24)
    # For the page's other forms: one page, one cookie.
    request.environ["srp_portal.visitor"] = visitor

    def set_cookie(request: Any, response: Any) -> None:
        response.headerlist.append(cookie_header(request, VISITOR_COOKIE, visitor))

    request.add_response_callback(set_cookie)
    return f"visitor {visitor}"


def _digest_in(token: object) -> bytes | None:
    if not isinstance(token, str) or not token.isascii():
        return None
    try:
        content = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(content) != 2 * DIGEST_BYTES:
        return None
    return _mixed(content[:DIGEST_BYTES], content[DIGEST_BYTES:])


def _mixed(mask: bytes, digest: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(mask, digest, strict=True))
