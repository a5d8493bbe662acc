"""Says 304 again, at the price of one question, while nothing at all has changed.

Feed readers and scripts ask for the same list again and again. Who asks, what they may see and
whether the list has changed is all decided by the database. So the very same request gets the very
same 304 as long as nothing was committed and no key, session or word of EVE's ended by time. A
304 has no body, so nothing that belongs to somebody is kept here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from pyramid.interfaces import ISecurityPolicy
from pyramid.request import Request
from pyramid.response import Response

from srp_portal.models.snapshots import DatabaseSnapshots
from srp_portal.web.security.proxies import tween_factory as proxies

Handler = Callable[[Request], Response]

#: Answers kept at once, of about a kilobyte each.
MOST_KEPT = 1_000

_SAFE_METHODS = frozenset({"GET", "HEAD"})
#: Where the views are that call `decided_by_database`.
_LISTS = "/request/"
_PARTS = ("REQUEST_METHOD", "wsgi.url_scheme", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
_BY_DATABASE = "srp_portal.by_database"


def includeme(config: Any) -> None:
    """Adds the tween inside the one of forwarded headers and outside of the transaction."""
    config.add_tween(
        f"{__name__}.unchanged_tween_factory",
        under=f"{proxies.__module__}.{proxies.__name__}",
        over="pyramid_tm.tm_tween_factory",
    )


def decided_by_database(request: Any) -> None:
    """Says that the answer depends on the request, the database and who asks, and on nothing else.

    Not on the time of day, on EVE or on a file.
    """
    request.environ[_BY_DATABASE] = True


@dataclass(frozen=True, slots=True)
class Kept:
    """A 304 with what it depends on: good for requests from `since` until before `until`."""

    snapshot: str
    since: datetime
    until: datetime
    headers: tuple[tuple[str, str], ...]


class KeptAnswers:
    """Answers by the requests that they are for; the one that was used longest ago goes first."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, Kept] = OrderedDict()

    def get(self, key: bytes) -> Kept | None:
        """What is kept for a request."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: bytes, kept: Kept) -> None:
        """Keeps an answer."""
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)


def unchanged_tween_factory(handler: Handler, registry: Any) -> Handler:
    """A tween that answers for the handler where it knows that nothing has changed."""
    snapshots = DatabaseSnapshots(registry["srp_portal.portal"].engine)
    kept_answers = KeptAnswers()

    def unchanged(request: Any) -> Response:
        environ = request.environ
        if not _may_be_kept(environ):
            return handler(request)
        key, now = _key(environ), request.clock()
        # Before anything is read: what is committed while the answer is made, makes it an old one.
        snapshot = snapshots.present()
        kept = kept_answers.get(key)
        if kept is not None and kept.snapshot == snapshot and kept.since <= now < kept.until:
            return Response(status=304, headerlist=list(kept.headers))
        response = handler(request)
        until = _until(request, response) if snapshot is not None else None
        if snapshot is not None and until is not None:
            headers = tuple(response.headerlist)
            kept_answers.put(key, Kept(snapshot, now, until, headers))
        return response

    return unchanged


def _may_be_kept(environ: dict[str, Any]) -> bool:
    """Whether it is worth asking the database; files, which browsers have too, never are."""
    return (
        "HTTP_IF_NONE_MATCH" in environ
        and environ["PATH_INFO"].startswith(_LISTS)
        and environ["REQUEST_METHOD"] in _SAFE_METHODS
    )


def _key(environ: dict[str, Any]) -> bytes:
    """A digest of all that a view can know of a request, whose key or cookie it does not hold."""
    told = [environ.get(name, "") for name in _PARTS]
    told += [item for item in environ.items() if item[0].startswith("HTTP_")]
    return blake2b(repr(told).encode(), digest_size=16).digest()


def _until(request: Any, response: Response) -> datetime | None:
    """How long the answer is good; None for one that is not to be kept."""
    if response.status_int != 304 or not request.environ.get(_BY_DATABASE):
        return None
    if "Set-Cookie" in response.headers:
        return None
    policy = request.registry.getUtility(ISecurityPolicy)
    until: datetime | None = policy.entrance(request).good_until
    return until
