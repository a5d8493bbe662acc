"""Where to go on to: only to our own pages."""

from __future__ import annotations

import string
from typing import Any
from urllib.parse import quote

LONGEST = 2000

_ASCII = string.digits + string.ascii_letters + string.punctuation


def safe_next(request: Any, value: object) -> str:
    """The path to go on to; empty where the value is no path of ours.

    value: path and query as `request.path_qs` gives it, from a form or a link. Refused are other
    hosts, schemes, backslashes (slashes to a browser), control characters and spaces (which it
    drops), and the login and logout pages, where nobody wants to end up.
    """
    if not isinstance(value, str) or not value or len(value) > LONGEST or not value.isprintable():
        return ""
    if not value.startswith("/") or value.startswith("//") or "\\" in value or " " in value:
        return ""
    path = value.split("?", 1)[0].split("#", 1)[0]
    if path.startswith((request.route_path("login"), request.route_path("logout"))):
        return ""
    return quote(value, safe=_ASCII)
