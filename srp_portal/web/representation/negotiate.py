"""Which representation of a page a reader gets: `?fmt=`, then the path, then `Accept`.

The rules are those of contract/http.md, "One URL, several representations".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from webob.acceptparse import create_accept_header

from srp_portal.domain.errors import BadRequest, DomainError
from srp_portal.domain.filter_text import printable


@dataclass(frozen=True, slots=True)
class Format:
    """A representation: its `fmt` name, what it is served as, and how else it is asked for.

    content_type: the whole header. accepted: the media types in `Accept` that mean it. suffix: the
    last segment of a path that means it.
    """

    name: str
    content_type: str
    accepted: tuple[str, ...] = ()
    suffix: str | None = None


#: Every representation; Atom and CSV have no media type in `Accept`, as the contract names none.
FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("html", "text/html; charset=utf-8", ("text/html", "application/xhtml+xml")),
        Format("json", "application/json", ("application/json",)),
        Format("xml", "application/xml; charset=utf-8", ("application/xml", "text/xml")),
        Format("rss", "application/rss+xml; charset=utf-8", ("application/rss+xml",), "rss.xml"),
        Format("atom", "application/atom+xml; charset=utf-8", suffix="atom.xml"),
        Format("csv", "text/csv; charset=utf-8"),
    )
}


class UnknownFormat(BadRequest):
    """`?fmt=` names nothing that this page comes in (400)."""


class NotAcceptable(DomainError):
    """`Accept` leaves nothing that this page comes in (406); the message names what there is."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request says about the representation it wants.

    fmt: the values of `?fmt=`. path: decoded once. accept: the header, None without one.
    """

    fmt: tuple[str, ...] = ()
    path: str = ""
    accept: str | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """The values of `?fmt=` that are not empty, each once."""
        return tuple(dict.fromkeys(value for value in self.fmt if value))


def wish_of(request: Any) -> Wish:
    """What a request, whose path and query are known to be text, wants."""
    return Wish(tuple(request.GET.getall("fmt")), request.path_info, request.headers.get("Accept"))


def choose(offers: tuple[str, ...], wish: Wish) -> Format:
    """The representation to answer with.

    offers: names of formats in the page's own order. Raises UnknownFormat and NotAcceptable.
    """
    named = wish.named
    if named:
        if len(named) > 1 or named[0] not in offers:
            given = " and ".join(f"“{printable(value)}”" for value in named[:3])
            raise UnknownFormat(f"fmt={given}: this page comes as {', '.join(offers)}.")
        return FORMATS[named[0]]
    by_path = _by_path(offers, wish.path)
    if by_path is not None:
        return by_path
    chosen = next(_by_accept(offers, wish.accept), None)
    if chosen is None:
        types = ", ".join(FORMATS[name].content_type.partition(";")[0] for name in offers)
        raise NotAcceptable(f"This page comes as {types}; ?fmt= takes {', '.join(offers)}.")
    return chosen


def choose_for_error(offers: tuple[str, ...], wish: Wish) -> str:
    """The name of the format of an error page: html, json or xml; there always is one.

    offers: what the page itself comes in, for its order; empty when there is no such page. A feed
    or a table that fails is told about in XML.
    """
    order = tuple(dict.fromkeys((*offers, *FORMATS)))
    candidates: Iterable[Format | None] = (
        *(FORMATS.get(name) for name in wish.named),
        _by_path(order, wish.path),
        next(_by_accept(order, wish.accept), None),
        FORMATS[order[0]],
    )
    chosen = next(each for each in candidates if each is not None)
    return chosen.name if chosen.name in ("html", "json") else "xml"


def feed_suffix(path: str) -> tuple[str, str | None]:
    """A path without the suffix of a feed, and the name of that feed's format.

    `/request/pay/rss.xml` is `/request/pay` and `rss`. A filter value that reads like a suffix is
    still encoded here (`rss%2Exml`), so that it is none.
    """
    head, _, last = path.rpartition("/")
    for each in FORMATS.values():
        if each.suffix is not None and each.suffix == last:
            return head, each.name
    return path, None


def _by_path(offers: tuple[str, ...], path: str) -> Format | None:
    name = feed_suffix(path)[1]
    return FORMATS[name] if name in offers else None


def _by_accept(offers: tuple[str, ...], accept: str | None) -> Iterator[Format]:
    """The acceptable offers, best first; equal qualities keep the offers' order."""
    # A header that is malformed, empty or nothing but commas (RFC 9110, section 5.6.1.2) is as good
    # as none. Media types and `charset=UTF-8`, which many
    # clients add though it means nothing to JSON, are compared without regard to case.
    header = create_accept_header(accept.strip(" \t,").lower() or None if accept else None)
    ranges = {each[0]: each[1] for each in header.parsed or ()}
    named = {
        f"{media_type};charset=utf-8": FORMATS[name]
        for name in offers
        for media_type in FORMATS[name].accepted
        # A type that is refused by name does not come back by a wildcard for its other name.
        if ranges.get(FORMATS[name].accepted[0]) != 0 or media_type in ranges
    }
    for media_type, _quality in header.acceptable_offers(list(named)):
        yield named[media_type]
