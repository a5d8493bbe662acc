"""What a request brings along to say who sends it: an API key, a session's cookie."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

SESSION_COOKIE = "srp_session"

#: Keys only read: on any other method they are not even looked at.
KEY_METHODS = frozenset({"GET", "HEAD"})

_SESSION_ID = re.compile(r"[A-Za-z0-9_-]{43}")


def api_keys(request: Any) -> frozenset[str]:
    """The different keys that a request came with; one may be empty, and any may be malformed.

    Read from the query as it came: the parsed one raises for bytes that are not UTF-8.
    """
    if request.method not in KEY_METHODS:
        return frozenset()
    query = parse_qsl(request.query_string, keep_blank_values=True, errors="replace")
    keys = {value for name, value in query if name == "apikey"}
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        keys.add(value.strip())
    return frozenset(keys)


def session_id(request: Any) -> str | None:
    """The id in the session cookie, None without one or for what can't be one."""
    value = cookie(request, SESSION_COOKIE)
    return value if value is not None and _SESSION_ID.fullmatch(value) else None


def cookie(request: Any, name: str) -> str | None:
    """A cookie's value, None when there is none or the header is no text."""
    try:
        return request.cookies.get(name)
    except UnicodeDecodeError:
        return None
