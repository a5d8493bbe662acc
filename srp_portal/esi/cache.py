"""Answers kept until they expire, and beyond, to be revalidated by their ETag."""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Final

from requests.structures import CaseInsensitiveDict

from srp_portal.esi.connections import Answer
from srp_portal.esi.stores import Store

log = logging.getLogger(__name__)

# A body outlives its expiry by this long, since a 304 is worth nothing without it.
KEPT_AFTER_EXPIRY_S: Final = 86400.0
# ESI once sent 304 without caching headers; asking again at once would be circumvention.
UNSTATED_AGE_S: Final = 60.0
# Beyond any age that ESI gives; a store may have no room for larger numbers.
LONGEST_AGE_S: Final = 365 * 86400.0
_KEPT_HEADERS: Final = frozenset(
    {
        "cache-control",
        "content-language",
        "content-type",
        "date",
        "etag",
        "expires",
        "last-modified",
        "x-esi-request-id",
        "x-pages",
    }
)


@dataclass(frozen=True)
class Entry:
    """A kept answer. expires_at: seconds since 1970."""

    answer: Answer
    expires_at: float

    def is_fresh(self, now: float) -> bool:
        """Whether it may be given away without asking ESI."""
        return now < self.expires_at

    @property
    def validators(self) -> dict[str, str]:
        """Request headers that ask for the body only if it changed."""
        headers = self.answer.headers
        if "ETag" in headers:
            return {"If-None-Match": headers["ETag"]}
        if "Last-Modified" in headers:
            return {"If-Modified-Since": headers["Last-Modified"]}
        return {}


def cache_key(parts: Iterable[str | None]) -> str:
    """The name of what these parts together identify.

    Parts: method, URL, parameters, body, language, tenant, compatibility date and
    the owner of the token: an answer to one character is never given to another.
    """
    return "answer:" + hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()


class AnswerCache:
    """Answers of one application. clock: seconds since 1970."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def get(self, key: str) -> Entry | None:
        """What is kept, fresh or not."""
        data = self._store.get(key)
        if data is None:
            return None
        try:
            return _unpack(data)
        except (ValueError, TypeError, AttributeError):
            # Of another version of this package, or of somebody else who uses the same Redis.
            log.warning("a cached answer can't be read, it is asked for again")
            return None

    def is_fresh(self, entry: Entry) -> bool:
        """Whether the entry may be given away without asking ESI."""
        return entry.is_fresh(self._clock())

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer as long as its headers allow; without any it is not kept."""
        age = freshness(answer.headers, self._clock())
        if age is None and "ETag" not in answer.headers:
            return
        if "no-store" in answer.headers.get("Cache-Control", "").lower():
            return
        self._keep(key, Entry(answer, self._clock() + (age or 0.0)))

    def renew(self, key: str, entry: Entry, headers: Mapping[str, str]) -> Answer:
        """The kept answer, after a 304 with these headers said that it still holds."""
        merged = CaseInsensitiveDict(entry.answer.headers)
        merged.update({k: v for k, v in headers.items() if k.lower() in _KEPT_HEADERS})
        age = freshness(headers, self._clock())
        answer = replace(entry.answer, headers=merged)
        expires_at = self._clock() + (UNSTATED_AGE_S if age is None else age)
        self._keep(key, Entry(answer, expires_at))
        return answer

    def _keep(self, key: str, entry: Entry) -> None:
        seconds = entry.expires_at - self._clock() + KEPT_AFTER_EXPIRY_S
        self._store.set(key, _pack(entry), seconds)


def freshness(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds an answer stays fresh, 0 or more; None when its headers say nothing."""
    directives = [part.strip() for part in headers.get("Cache-Control", "").lower().split(",")]
    if "no-cache" in directives or "no-store" in directives:
        return 0.0
    for directive in directives:
        name, _, value = directive.partition("=")
        if name == "max-age" and value.isascii() and value.isdigit():
            return _bounded(float(value) - _age(headers))
    expires = _moment(headers.get("Expires"))
    if expires is None:
        return None
    # Against the server's own clock, where it tells it: ours may be off.
    served_at = _moment(headers.get("Date"))
    return _bounded(expires - (now if served_at is None else served_at))


def _bounded(seconds: float) -> float:
    return min(max(0.0, seconds), LONGEST_AGE_S)


def _age(headers: Mapping[str, str]) -> float:
    value = headers.get("Age", "")
    return min(float(value), LONGEST_AGE_S) if value.isascii() and value.isdigit() else 0.0


def _moment(value: str | None) -> float | None:
    if value is None:
        return None
    try:
        return parsedate_to_datetime(value).timestamp()
    except ValueError:
        return None


def _pack(entry: Entry) -> bytes:
    headers = {k: v for k, v in entry.answer.headers.items() if k.lower() in _KEPT_HEADERS}
    head = json.dumps([entry.expires_at, entry.answer.status_code, headers])
    return head.encode() + b"\n" + entry.answer.content


def _unpack(data: bytes) -> Entry:
    head, _, content = data.partition(b"\n")
    expires_at, status, headers = json.loads(head)
    return Entry(Answer(status, CaseInsensitiveDict(headers), content), expires_at)
