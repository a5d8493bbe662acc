"""Headers that tell caches and clients what an answer depends on and whether it has changed."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from pyramid.httpexceptions import HTTPNotModified
from pyramid.request import Request
from pyramid.response import Response
from webob.etag import AnyETag

from srp_portal.composition import application_name

#: What every negotiated answer depends on (contract/http.md).
VARY = ("Accept", "Cookie")

_NO_STORE = "private, no-store"
_REVALIDATE = "private, no-cache"
_SAFE_METHODS = frozenset({"GET", "HEAD"})


def add_vary(response: Response, *names: str) -> None:
    """Adds names to `Vary`; what is there stays."""
    present = response.vary or ()
    known = {name.lower() for name in present}
    if "*" not in known:
        response.vary = (*present, *(name for name in names if name.lower() not in known))


def make_private(response: Response) -> None:
    """Keeps the answer out of every cache but that of a client who asks again each time.

    An answer that says how it may be cached keeps its word.
    """
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = _REVALIDATE if response.etag else _NO_STORE


def make_conditional(request: Request, response: Response) -> None:
    """Gives the answer to a successful GET or HEAD an `ETag`; 304 for a reader who has it.

    The tag is weak: it outlives compression on the way. A tag that the view has set is used
    as it is, without looking at the body.
    """
    if request.method not in _SAFE_METHODS or response.status_int != 200:
        return
    if not response.etag:
        digest = blake2b(response.body, digest_size=16).hexdigest()
        response.headers["ETag"] = f'W/"{digest}"'
    # WebOb compares weakly, as RFC 9110 (section 13.1.2) wants it for If-None-Match.
    if response.etag in request.if_none_match:
        _empty(response)


def etag_of(request: Request, *parts: object) -> str:
    """The weak tag of an answer that these parts, its address and our version decide.

    parts: with a repr that tells them apart.
    """
    told = (application_name(), request.representation, request.links, request.path, parts)
    return f'W/"{blake2b(repr(told).encode(), digest_size=16).hexdigest()}"'


def not_modified(request: Request, etag: str) -> Response | None:
    """The 304 for a reader who has the answer with this tag already."""
    # `*` asks whether there is anything at all, which only the answer itself can tell.
    if request.if_none_match is AnyETag:
        return None
    value = etag.removeprefix("W/").strip('"')
    return HTTPNotModified(etag=(value, False)) if value in request.if_none_match else None


def _empty(response: Any) -> None:
    response.status_int = 304
    response.app_iter = []
    response.content_type = None
    response.content_length = None
