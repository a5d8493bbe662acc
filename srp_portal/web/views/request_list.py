"""The lists of requests, with and without filters."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPFound, HTTPMovedPermanently
from pyramid.view import view_config

from srp_portal.domain.errors import NotFound
from srp_portal.domain.filter_conditions import Operator
from srp_portal.domain.filter_kinds import KINDS
from srp_portal.domain.filter_lists import LIST_STATUSES, SORT_ATTRIBUTES, ListName
from srp_portal.domain.filters import FilterError, Filters, describe, parse_filters
from srp_portal.services import apikeys, listing
from srp_portal.services.results import ApiKeyView, RequestPage
from srp_portal.web.forms.filters import (
    filter_values,
    filters_from_query,
    has_filter_fields,
    name_text,
)
from srp_portal.web.representation.negotiate import feed_suffix

#: Rows a page in everything but HTML (contract/http.md, "Filters in the path").
ROWS = 200
FORMATS = ("html", "json", "xml", "rss", "atom", "csv")
TEMPLATE = "srp_portal:web/templates/request_list.jinja2"


@view_config(
    route_name="request.list",
    request_method="GET",
    permission="user",
    formats=FORMATS,
    renderer=TEMPLATE,
)
@view_config(
    route_name="request.list.filtered",
    request_method="GET",
    permission="user",
    formats=FORMATS,
    renderer=TEMPLATE,
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
    page = listing.request_page(
        request.dbsession,
        request.identity,
        filters,
        page_size=request.portal.settings.page_size if request.representation == "html" else ROWS,
        api_keys=_api_keys(request, list_name),
    )
    if page.page > page.page_count:
        return _past_the_end(request, page)
    if request.representation != "html":
        return {"document": page}
    return {"document": page, "error": None, **_extras(request, filters), **_ways(request, page)}


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


def _past_the_end(request: Any, page: RequestPage) -> Any:
    if request.representation != "html":
        raise NotFound(f"The list has {page.page_count} pages; there is no page {page.page}.")
    last = page.filters.replace(page=page.page_count)
    return HTTPFound(_url(request, last, "", request.query_string))


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
    sort_links = {}
    for attribute in SORT_ATTRIBUTES:
        is_present = filters.sort.attribute == attribute
        direction = ("descending" if filters.sort.is_descending else "ascending") * is_present
        # A first click puts the largest and the newest on top, and names from A.
        starts_down = attribute in ("payout", "base_payout", "kill_timestamp", "submit_timestamp")
        is_descending = not filters.sort.is_descending if is_present else starts_down
        url = request.links.listing(filters.with_sort(attribute, is_descending=is_descending))
        sort_links[attribute] = (url, direction or None)
    return {
        "page_links": (
            to(1) if has_earlier else None,
            to(page.page - 1) if has_earlier else None,
            to(page.page + 1) if has_later else None,
            to(last) if has_later else None,
        ),
        "sort_links": sort_links,
    }
