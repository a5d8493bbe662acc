"""How the portal's own cookies are set: never for scripts, never for other sites' requests."""

from __future__ import annotations

from typing import Any

from webob.cookies import make_cookie


def cookie_header(
    request: Any, name: str, value: str | None, *, max_age: int | None = None
) -> tuple[str, str]:
    """The header that sets a cookie, or removes it where the value is None.

    max_age: seconds; without it the cookie lives as long as the browser's window.
    """
    header = make_cookie(
        name,
        value,
        max_age=max_age,
        # Where several applications share a host, the others don't get it.
        path=request.script_name or "/",
        secure=request.scheme == "https",
        httponly=True,
        # Not Strict: who comes from EVE's login page is to be known.
        samesite="Lax",
    )
    return ("Set-Cookie", header)
