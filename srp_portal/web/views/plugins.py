"""The page of plugins for site administrators: how they fare, and what they could not be told."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from srp_portal.domain.errors import BadRequest, NotFound
from srp_portal.services import deliveries
from srp_portal.services.plugin_overview import plugin_page
from srp_portal.services.plugin_results import PluginPage
from srp_portal.web.forms.declaration import Field
from srp_portal.web.forms.fields import text
from srp_portal.web.forms.plugins import FORMS, parse_which

FORMATS = ("html", "json", "xml")
TEMPLATE = "srp_portal:web/templates/plugins.jinja2"
ONLY = Field("plugin", "The plugin whose dead deliveries are listed; without it those of all.")
PAGE = Field("page", "The page of dead deliveries, from 1.")
#: Deliveries a page in everything but HTML.
ROWS = 200
#: Digits of a page's number that are looked at.
_LONGEST_PAGE = 9


@view_config(
    route_name="plugins",
    request_method="GET",
    permission="user",
    formats=FORMATS,
    renderer=TEMPLATE,
    gives=PluginPage,
    asks=(ONLY, PAGE),
)
def plugins(request: Any) -> dict[str, Any]:
    """Every plugin, its failures, and a page of dead deliveries; for administrators of the site."""
    return _page(request)


@view_config(
    route_name="plugins",
    request_method="POST",
    permission="user",
    formats=FORMATS,
    renderer=TEMPLATE,
    gives=PluginPage,
    takes=FORMS,
)
def change_deliveries(request: Any) -> Any:
    """Has dead deliveries made again, or forgets them; `action` says which."""
    try:
        said, level = _change(request), "success"
    except NotFound as error:
        # Two administrators, or the page of before in another tab.
        if request.representation != "html":
            raise
        said, level = error.message, "warning"
    if request.representation != "html":
        return _page(request)
    request.flash(said, level)
    return HTTPSeeOther(_url(request, request.GET.get("plugin", ""), _number(request)))


def _change(request: Any) -> str:
    """Does it, and says so in a sentence."""
    action, actor = text(request.POST, "action"), request.identity
    change = {"resend": deliveries.resend, "forget": deliveries.forget}.get(action)
    if change is None:
        raise BadRequest("`action` must be resend or forget.")
    count = change(request.dbsession, actor, parse_which(request.POST), now=request.clock())
    what = "1 delivery" if count == 1 else f"{count:,} deliveries"
    if action == "forget":
        return f"{what} forgotten."
    if count:
        request.tm.get().addAfterCommitHook(
            lambda is_committed: is_committed and request.portal.delivery_thread.wake()
        )
    return f"{what} on the way again."


def _page(request: Any) -> dict[str, Any]:
    portal, is_page = request.portal, request.representation == "html"
    only = request.GET.get("plugin", "")
    document = plugin_page(
        request.dbsession,
        request.identity,
        portal.plugins.reports,
        portal.settings.of_plugin,
        only=only,
        page=_number(request),
        page_size=portal.settings.page_size if is_page else ROWS,
    )
    number, last = document.page, document.page_count
    back = [1, number - 1] if number > 1 else [None, None]
    ways = back + ([number + 1, last] if number < last else [None, None])
    return {
        "document": document,
        "form_url": _url(request, only, number),
        "page_links": [None if way is None else _url(request, only, way) for way in ways],
    }


def _number(request: Any) -> int:
    """The page that is asked for; the first one for anything that is no number."""
    typed = request.GET.get("page", "")
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_PAGE
    return int(typed) if is_number else 1


def _url(request: Any, only: str, page: int) -> str:
    query = {**({"plugin": only} if only else {}), **({"page": str(page)} if page > 1 else {})}
    path = request.route_path("plugins")
    return f"{path}?{urlencode(query)}" if query else path
