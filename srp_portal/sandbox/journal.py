"""What the sandbox was asked: a log without secrets, for tests that count calls."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from srp_portal.sandbox.messages import Request

# Long demos must not grow without end; no test makes as many requests.
CAPACITY = 20_000

_HEADERS = (
    "User-Agent",
    "Accept-Language",
    "If-None-Match",
    "If-Modified-Since",
    "X-Compatibility-Date",
    "X-Tenant",
    "Content-Type",
)
_SECRETS = {"token", "code", "state", "code_verifier", "refresh_token", "client_secret"}


@dataclass
class Entry:
    """One request: secrets in the query are masked, of credentials only the scheme is kept.

    status: of the answer, None while there is none, 0 when a fault dropped the connection.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    status: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The entry as JSON has it."""
        return asdict(self)


class Journal:
    """The last requests in the order of their arrival; those to `/control` are not among them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=CAPACITY)

    def note(self, request: Request) -> Entry:
        """Adds a request that just came in."""
        headers = {name: request.headers[name] for name in _HEADERS if name in request.headers}
        credentials = request.headers.get("Authorization", "")
        if credentials:
            headers["Authorization"] = credentials.split(" ", 1)[0]
        entry = Entry(request.method, request.path, _masked(request.query), headers)
        with self._lock:
            self._entries.append(entry)
        return entry

    def entries(self) -> list[Entry]:
        """The requests so far, oldest first."""
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        """Forgets all requests."""
        with self._lock:
            self._entries.clear()


def _masked(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(key, "***" if key in _SECRETS else value) for key, value in pairs])
