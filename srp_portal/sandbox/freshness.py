"""Caching headers of ESI, and the answers to conditional requests."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from srp_portal.sandbox.messages import Request, Response


class Freshness:
    """Remembers since when each answer is what it is; clock: gives the present, aware UTC."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._since: dict[str, tuple[str, datetime]] = {}

    def reset(self) -> None:
        """Forgets since when anything is as it is."""
        with self._lock:
            self._since.clear()

    def dress(
        self, request: Request, answer: Response, *, age: int, is_public: bool, whole: bytes
    ) -> Response:
        """The answer with caching headers, or a 304 when the client has it already.

        age: seconds. whole: what the page is a part of; pages of one collection share their
        `Last-Modified`, which changes only when the collection does.
        """
        modified = self._modified(request, whole)
        tag = f'"{_digest(answer.body)}"'
        headers = {
            "Cache-Control": f"{'public' if is_public else 'private'}, max-age={age}",
            "ETag": tag,
            "Expires": _http_date(self._clock() + timedelta(seconds=age)),
            "Last-Modified": _http_date(modified),
        }
        if _has_it(request, tag, modified):
            kept = {k: v for k, v in answer.headers.items() if k != "Content-Type"}
            return Response(304, b"", {**kept, **headers})
        answer.headers |= headers
        return answer

    def _modified(self, request: Request, whole: bytes) -> datetime:
        digest = _digest(whole)
        language = request.headers.get("Accept-Language", "")
        key = f"{request.path} {language} {request.parameters.get('language', '')}"
        with self._lock:
            known = self._since.get(key)
            if known is None or known[0] != digest:
                known = (digest, self._clock().replace(microsecond=0))
                self._since[key] = known
            return known[1]


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:56]


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _has_it(request: Request, tag: str, modified: datetime) -> bool:
    tags = request.headers.get("If-None-Match")
    if tags is not None:
        # Weak comparison: a compressed answer had the same tag with a W/ before it.
        return any(each.strip().removeprefix("W/") in {tag, "*"} for each in tags.split(","))
    since = request.headers.get("If-Modified-Since")
    if since is None:
        return False
    try:
        return modified <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False
