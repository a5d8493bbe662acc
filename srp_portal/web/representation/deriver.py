"""The view option `formats`: one view, and its result in the representation that was asked for.

    @view_config(route_name="request.detail", formats=("html", "json", "xml"), renderer=…)
    def request_detail(request):
        return {"document": detail, "panels": panels}

`formats` are names of negotiate.FORMATS in the page's own order. The representation is chosen
after CSRF and authorization and before the view, which finds its name in `request.representation`.
In HTML the view's renderer gets the whole dict; everything else is made of `document` alone. An
answer that the view makes itself, such as a redirect, passes as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.exceptions import ConfigurationError
from pyramid.interfaces import IResponse
from pyramid.request import Request
from pyramid.response import Response

from srp_portal.web.representation import caching, csv, feeds, json, xml
from srp_portal.web.representation.documents import document
from srp_portal.web.representation.links import Links
from srp_portal.web.representation.negotiate import FORMATS, choose, wish_of

View = Callable[[Any, Request], Any]

FEEDS = ("rss", "atom")
KEPT_FEEDS = "srp_portal.feeds"

#: How each representation but HTML is made from a service's result.
SERIALIZERS: dict[str, Callable[[Any, Links], bytes]] = {
    "json": lambda result, links: json.dumps(document(result, links)),
    "xml": xml.dumps,
    "rss": feeds.rss,
    "atom": feeds.atom,
    "csv": csv.dumps,
}


def offered_view(view: View, info: Any) -> View:
    """Outermost: leaves the page's offers on the request, for errors raised on the way in."""
    formats = info.options.get("formats")
    if formats is None:
        return view
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats or isinstance(formats, str):
        raise ConfigurationError(f"formats={formats!r}: there are {', '.join(FORMATS)}")

    def offered(context: Any, request: Request) -> Any:
        request.offered_formats = tuple(formats)
        return view(context, request)

    return offered


def negotiated_view(view: View, info: Any) -> View:
    """After authorization: chooses, and finishes the answer's headers."""
    formats = info.options.get("formats")
    if formats is None:
        return view
    offers = tuple(formats)

    def negotiated(context: Any, request: Request) -> Any:
        request.representation = choose(offers, wish_of(request)).name
        response = view(context, request)
        caching.add_vary(response, *caching.VARY)
        if request.representation != "html":
            caching.make_conditional(request, response)
        caching.make_private(response)
        return response

    return negotiated


def document_view(view: View, info: Any) -> View:
    """Inside the renderer: turns the view's result into a response, unless it is for HTML."""
    formats = info.options.get("formats")
    if formats is None:
        return view

    def documented(context: Any, request: Request) -> Any:
        result = view(context, request)
        name = request.representation
        if name == "html" or IResponse.providedBy(result) or isinstance(result, Response):
            return result
        # request.response carries the status and the headers that the view has set.
        response = request.response
        response.body = _serialized(request, response, result["document"])
        # As a header: assigned to `content_type`, JSON would get a charset that it doesn't have.
        response.headers["Content-Type"] = FORMATS[name].content_type
        return response

    return documented


def _serialized(request: Request, response: Response, result: Any) -> bytes:
    name = request.representation
    body = SERIALIZERS[name](result, request.links)
    if name in FEEDS and "ETag" in response.headers:
        request.registry[KEPT_FEEDS].put(response.headers["ETag"], body)
    return body


def kept_feed(request: Request, etag: str) -> Response | None:
    """The answer with a feed of this tag, where it was made before."""
    name = request.representation
    body = request.registry[KEPT_FEEDS].get(etag) if name in FEEDS else None
    if body is None:
        return None
    response: Response = request.response
    response.body = body
    response.headers["ETag"] = etag
    response.headers["Content-Type"] = FORMATS[name].content_type
    return response


offered_view.options = ("formats",)  # type: ignore[attr-defined]
negotiated_view.options = ("formats",)  # type: ignore[attr-defined]
document_view.options = ("formats",)  # type: ignore[attr-defined]
