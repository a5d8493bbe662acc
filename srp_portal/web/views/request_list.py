"""The lists of requests, with and without filters."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPFound, HTTPMovedPermanently
from pyramid.view import view_config

from srp_portal.domain.errors import NotFound
from srp_portal.domain.filter_conditions import Operator
from srp_portal.domain.filter_kinds import KINDS
from srp_portal.domain.filter_lists import LIST_STATUSES, SORT_ATTRIBUTES, ListName
from srp_portal.domain.filters import FilterError, Filters, are_few, describe, parse_filters
from srp_portal.services import apikeys, listing
from srp_portal.services.results import ApiKeyView, RequestPage
from srp_portal.web.forms.declaration import Field
from srp_portal.web.forms.filters import (
    filter_values,
    filters_from_query,
    has_filter_fields,
    name_text,
)
from srp_portal.web.representation.caching import etag_of, not_modified
from srp_portal.web.representation.deriver import FEEDS, kept_feed
from srp_portal.web.representation.links import Links
from srp_portal.web.representation.negotiate import feed_suffix
from srp_portal.web.unchanged import decided_by_database

#: Rows a page in everything but HTML (contract/http.md, "Filters in the path").
ROWS = 200
FORMATS = ("html", "json", "xml", "rss", "atom", "csv")
BEFORE = Field("before", "A request's id, for the page with what comes right before it; in `prev`.")
#: Digits of an id that the databases take.
_LONGEST_ID = 19
TEMPLATE = "srp_portal:web/templates/request_list.jinja2"


@view_config(
    route_name="request.list",
    request_method="GET",
    permission="user",
    formats=FORMATS,
    renderer=TEMPLATE,
    gives=RequestPage,
    asks=(BEFORE,),
)
@view_config(
    route_name="request.list.filtered",
    request_method="GET",
    permission="user",
    formats=FORMATS,
    renderer=TEMPLATE,
    gives=RequestPage,
    asks=(BEFORE,),
)
def request_list(request: Any) -> Any:
    """One page of a list; any spelling of its path but the canonical one redirects to it."""
    list_name = ListName(request.matchdict["list"])
    listing.check_may_open(list_name, request.identity)
    path, suffix = _split(request.matchdict.get("filters", ""))
    try:
        filters = parse_filters(path, list_name=list_name)
        if has_filter_fields(request.GET):
            return _to_filtered(request, filters, suffix)
    except FilterError as error:
        if request.representation != "html":
            raise
        return _page_with_error(request, list_name, error)
    # A feed's own segment came off with the slash before it, so the bare list has an empty path.
    if not filters.is_canonical(path):
        return HTTPMovedPermanently(_url(request, filters, suffix, request.query_string))
    if request.representation != "html":
        return _document(request, filters)
    settings = request.portal.settings
    page = listing.request_page(
        request.dbsession,
        request.identity,
        filters,
        page_size=settings.page_size,
        with_payee=list_name is ListName.PAY,
    )
    if page.page > page.page_count:
        last = page.filters.replace(page=page.page_count)
        return HTTPFound(_url(request, last, "", request.query_string))
    return {"document": page, "error": None, **_extras(request, filters), **_ways(request, page)}


def _document(request: Any, filters: Filters) -> Any:
    """The page for programs, or word that they have it: nothing is listed to say so."""
    decided_by_database(request)
    dbsession, identity = request.dbsession, request.identity
    offset = _offset(request, filters)
    keys = _api_keys(request, filters.list_name)
    tally, revision = listing.revision(dbsession, identity, filters)
    # Not when a key was last used: a list that is polled would change by being read.
    shown = [replace(key, last_used_at=None) for key in keys or ()]
    etag = etag_of(request, revision, shown, offset)
    answer = not_modified(request, etag) or kept_feed(request, etag)
    if answer is not None:
        return answer
    page = listing.request_page(
        dbsession,
        identity,
        _in_feeds_order(request, filters),
        page_size=ROWS,
        tally=tally,
        offset=offset,
    )
    if page.page > page.page_count:
        raise NotFound(f"The list has {page.page_count} pages; there is no page {page.page}.")
    request.response.headers["ETag"] = etag
    return {"document": replace(page, filters=filters, api_keys=keys)}


def _offset(request: Any, filters: Filters) -> int | None:
    """Where the page begins that ends right before a request, which a link back names."""
    text = request.GET.get("before", "")
    if not (text.isascii() and text.isdigit() and len(text) < _LONGEST_ID):
        return None
    rows = listing.rows_before(request.dbsession, request.identity, filters, int(text))
    return None if rows is None else max(0, rows - ROWS)


def _in_feeds_order(request: Any, filters: Filters) -> Filters:
    """Newest first for a feed, which would never show what is new at the far end of a list."""
    if request.representation not in FEEDS or filters.chosen_sort is not None:
        return filters
    listed = filters.with_sort("submit_timestamp", is_descending=True)
    return listed.replace(page=filters.page)


def _split(path: str) -> tuple[str, str]:
    """The filters' part of a path, and the feed's suffix or nothing."""
    rest, feed = feed_suffix(f"/{path}")
    return rest.removeprefix("/"), "" if feed is None else f"{feed}.xml"


def _url(request: Any, filters: Filters, suffix: str, query: str) -> str:
    """The canonical path of a list, or of its feed, with a query."""
    path = request.links.listing(filters)
    if suffix:
        path = f"{path.removesuffix('/')}/{suffix}"
    return f"{path}?{query}" if query else path


def _to_filtered(request: Any, filters: Filters, suffix: str) -> Any:
    wanted = filters_from_query(filters, request.GET)
    kept = [(name, value) for name, value in request.GET.items() if name not in KINDS]
    return HTTPFound(_url(request, wanted, suffix, urlencode(kept)))


def _api_keys(request: Any, list_name: ListName) -> tuple[ApiKeyView, ...] | None:
    """What the personal list says of keys: the one it was asked with, or all to their owner."""
    if list_name is not ListName.PERSONAL or request.representation not in ("json", "xml"):
        return None
    identity = request.identity
    keys = apikeys.list_keys(request.dbsession, request.portal.secrets, identity.user_id)
    if identity.api_key_id is None:
        return tuple(keys)
    return tuple(key for key in keys if key.id == identity.api_key_id)


def _page_with_error(request: Any, list_name: ListName, error: FilterError) -> dict[str, Any]:
    request.response.status = 400
    empty = Filters(list_name)
    typed = {name: text for name, text in request.GET.items() if name in KINDS}
    return {
        "document": None,
        "error": error.message,
        **_extras(request, empty),
        "filter_values": typed,
        "page_links": (None, None, None, None),
        "sort_links": {},
    }


def _extras(request: Any, filters: Filters) -> dict[str, Any]:
    chips = [
        (
            chip.attribute.replace("_", " "),
            f"{_sign(chip.operator)}{chip.text}" if chip.text else f"{chip.count} values",
            request.links.listing(chip.without),
        )
        for chip in describe(filters)
    ]
    return {
        "chips": chips,
        "filter_values": filter_values(filters),
        "feed_url": request.links.feed(filters.replace(page=1), "rss.xml"),
        "statuses": sorted(LIST_STATUSES[filters.list_name]),
        "divisions": _divisions(request, filters.list_name),
    }


def _sign(operator: Operator) -> str:
    return {Operator.ANY: "", Operator.NOT: "not "}.get(operator, f"{operator} ")


def _divisions(request: Any, list_name: ListName) -> list[tuple[str, str]]:
    """The options of the form's field: its text, and the name for people."""
    names = listing.division_names(request.dbsession, request.identity, list_name)
    return [(name_text(name), name) for name in names]


def _ways(request: Any, page: RequestPage) -> dict[str, Any]:
    filters, last = page.filters, page.page_count

    def to(number: int) -> str:
        return request.links.listing(filters.replace(page=number))

    has_earlier, has_later = page.page > 1, page.page < last
    sort_links = _sort_links if are_few(filters.conditions) else _sort_links.__wrapped__
    return {
        "page_links": (
            to(1) if has_earlier else None,
            to(page.page - 1) if has_earlier else None,
            to(page.page + 1) if has_later else None,
            to(last) if has_later else None,
        ),
        "sort_links": sort_links(filters.replace(page=1), request.links.prefix),
    }


# Kept, since a list is asked for again and again.
@lru_cache(maxsize=256)
def _sort_links(filters: Filters, prefix: str) -> dict[str, tuple[str, str | None]]:
    """By attribute: the list in its order, and how it is in order by it now, if it is."""
    links, present = Links(prefix=prefix), filters.sort
    found: dict[str, tuple[str, str | None]] = {}
    for attribute in SORT_ATTRIBUTES:
        is_present = present.attribute == attribute
        direction = ("descending" if present.is_descending else "ascending") * is_present
        # A first click puts the largest and the newest on top, and names from A.
        starts_down = attribute in ("payout", "base_payout", "kill_timestamp", "submit_timestamp")
        is_descending = not present.is_descending if is_present else starts_down
        url = links.listing(filters.with_sort(attribute, is_descending=is_descending))
        found[attribute] = (url, direction or None)
    return found
