"""Documents for programs, compressed for whoever asks for it.

HTML is left as it is: it holds the token of its forms beside text from the URL, and the length of
a compressed answer would tell an eavesdropper, try by try, which of his guesses stands in it
(BREACH). Documents hold secrets as well, API keys among them. So nothing is compressed for a
browser that another site may have sent here; a program with a key nobody can send.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import INGRESS
from webob.acceptparse import AcceptEncodingValidHeader

from srp_portal.web.representation.caching import VARY, add_vary
from srp_portal.web.representation.negotiate import FORMATS

Handler = Callable[[Request], Response]

#: Shorter answers fit into one packet anyway.
LEAST_BYTES = 1_400
#: zlib's quickest: a list of 200 requests becomes a sixth in a millisecond; the best level takes
#: five times as long to save another quarter.
LEVEL = 1
COMPRESSED_TYPES = frozenset(
    each.content_type.partition(";")[0] for each in FORMATS.values() if each.name != "html"
)

#: For zlib: a gzip header and trailer around the data; the header has no time in it.
_GZIP = zlib.MAX_WBITS | 16
_SAFE_METHODS = frozenset({"GET", "HEAD"})
#: What Sec-Fetch-Site says of requests that no other site has made the browser send.
_OWN_REQUESTS = frozenset({"same-origin", "none"})


def includeme(config: Any) -> None:
    """Adds the tween outside all others, so that no transaction is open meanwhile."""
    config.add_tween(f"{__name__}.compression_tween_factory", under=INGRESS)


def compression_tween_factory(handler: Handler, registry: Any) -> Handler:  # noqa: ARG001
    """A tween that compresses answers with gzip."""

    def compression(request: Request) -> Response:
        response = handler(request)
        # Nobody but the asking client keeps these answers: one who names no encodings is told of
        # none (contract/http.md: "Responses carry `Vary: Accept, Cookie`").
        if "Accept-Encoding" not in request.headers:
            return response
        if response.content_type in COMPRESSED_TYPES or _is_unchanged(response):
            # Whoever completes the headers later on leaves a Vary as it is, so it is whole here.
            add_vary(response, *(() if response.vary else VARY), "Accept-Encoding")
            if _is_worthwhile(request, response) and _wants_gzip(request):
                _compress(response)
        return response

    return compression


def _is_unchanged(response: Response) -> bool:
    """Whether it stands for a document; a 304 varies like the 200 that it stands for."""
    return bool(response.status_int == 304 and response.vary)


def _is_worthwhile(request: Request, response: Response) -> bool:
    return (
        request.method in _SAFE_METHODS
        and response.status_int == 200
        and response.content_encoding is None
        and (response.content_length is None or response.content_length >= LEAST_BYTES)
        and not _may_be_lured(request)
    )


def _may_be_lured(request: Request) -> bool:
    """Whether another site may have made a browser send this request, with the user's session."""
    if "Cookie" not in request.headers:
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        # All browsers call themselves this, and those before 2023 don't tell the site.
        return request.headers.get("User-Agent", "").startswith("Mozilla/")
    return site.strip().lower() not in _OWN_REQUESTS


def _wants_gzip(request: Request) -> bool:
    accepted = request.accept_encoding
    # Who says nothing of encodings, or nothing sensible, takes any by the rules, and often can't
    # read one.
    if not isinstance(accepted, AcceptEncodingValidHeader):
        return False
    best = accepted.acceptable_offers(["gzip", "identity"])
    return bool(best) and best[0][0] == "gzip"


def _compress(response: Response) -> None:
    # A strong tag would claim the bytes; those of documents are weak, and stay.
    if response.etag_strong is not None:
        response.headers["ETag"] = f"W/{response.headers['ETag']}"
    response.content_encoding = "gzip"
    parts = _compressed(response.app_iter)
    if response.content_length is None:
        response.app_iter = parts
    else:
        body = b"".join(parts)
        response.app_iter = [body]
        response.content_length = len(body)


def _compressed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts as one gzip stream, piece by piece."""
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, _GZIP)
    try:
        for part in parts:
            # An empty piece would be the end to a server that sends chunks.
            if piece := compressor.compress(part):
                yield piece
        yield compressor.flush()
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
