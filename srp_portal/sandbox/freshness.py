"""Caching headers of ESI, and the answers to conditional requests."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from srp_portal.sandbox.messages import Request, Response
from srp_portal.sandbox.switches import EsiSwitches


class Freshness:
    """Remembers since when each answer is what it is; clock: gives the present, aware UTC."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._since: dict[str, tuple[str, datetime]] = {}
        self._tags: dict[str, str] = {}

    def reset(self) -> None:
        """Forgets since when anything is as it is."""
        with self._lock:
            self._since.clear()
            self._tags.clear()

    def dress(
        self,
        request: Request,
        answer: Response,
        switches: EsiSwitches,
        *,
        age: int,
        is_public: bool,
        whole: bytes,
    ) -> Response:
        """The answer with caching headers, or a 304 when the client has it already.

        age: seconds. whole: what the page is a part of; pages of one collection share their
        `Last-Modified`, which changes only when the collection does.
        """
        modified = self._modified(request, whole)
        tag = self._tag(request, answer, is_stale=switches.stale_etags)
        headers = {"Last-Modified": _http_date(modified)}
        if switches.etags != "none":
            headers["ETag"] = f"W/{tag}" if switches.etags == "weak" else tag
        scope = "public" if is_public else "private"
        if switches.caching in {"both", "max-age"}:
            headers["Cache-Control"] = f"{scope}, max-age={age}"
        if switches.caching in {"both", "expires"}:
            headers.setdefault("Cache-Control", scope)
            headers["Expires"] = _http_date(self._clock() + timedelta(seconds=age))
        if _has_it(request, tag if switches.etags != "none" else "", modified):
            kept = {k: v for k, v in answer.headers.items() if k != "Content-Type"}
            return Response(304, b"", {} if switches.bare_304 else {**kept, **headers})
        answer.headers |= headers
        return answer

    def _tag(self, request: Request, answer: Response, *, is_stale: bool) -> str:
        """The strong tag of an answer, or that of the first answer to this question."""
        tag = f'"{_digest(answer.body)}"'
        key = f"{_key(request)} {request.parameters.get('page', '1')}"
        with self._lock:
            if is_stale:
                return self._tags.setdefault(key, tag)
            self._tags[key] = tag
        return tag

    def _modified(self, request: Request, whole: bytes) -> datetime:
        digest = _digest(whole)
        key = _key(request)
        with self._lock:
            known = self._since.get(key)
            if known is None or known[0] != digest:
                now = self._clock().replace(microsecond=0)
                if known is not None:
                    # Headers know no parts of a second, and a change must show.
                    now = max(now, known[1] + timedelta(seconds=1))
                known = (digest, now)
                self._since[key] = known
            return known[1]


def _key(request: Request) -> str:
    """What is asked, but for the page: all pages of a collection are the same question."""
    asked = [pair for pair in request.parameters.items() if pair[0] not in {"page", "token"}]
    return f"{request.path} {request.headers.get('Accept-Language', '')} {sorted(asked)}"


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
