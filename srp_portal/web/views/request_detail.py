"""A request's page, and the forms on it."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from srp_portal.domain.errors import InvalidInput, StateConflict
from srp_portal.services import identities, listing
from srp_portal.services.outbox import Outbox
from srp_portal.services.plugin_panels import panels_for
from srp_portal.services.request_detail import request_detail
from srp_portal.services.request_work import Work
from srp_portal.services.results import Reference, RequestDetail
from srp_portal.services.submitter import change_division
from srp_portal.services.transformers import offered_transformers
from srp_portal.services.transforming import transform
from srp_portal.web.forms.request_forms import parse_number, parse_version, perform
from srp_portal.web.security.navigation import safe_next

FORMATS = ("html", "json", "xml")
TEMPLATE = "srp_portal:web/templates/request_detail.jinja2"
DIVISION_TEMPLATE = "srp_portal:web/templates/request_division.jinja2"


def load_detail(request: Any) -> RequestDetail:
    """The request that the URL names, as its reader may see it. Raises NotFound, NotAllowed."""
    portal = request.portal
    offered = offered_transformers(portal.settings.transformers, portal.plugins.transformers)
    return request_detail(
        request.dbsession,
        request.identity,
        int(request.matchdict["id"]),
        self_review=portal.settings.self_review,
        transformed=lambda row, killmail: transform(request.dbsession, row, killmail, offered),
    )


@view_config(
    route_name="request.detail",
    request_method="GET",
    permission="user",
    formats=FORMATS,
    renderer=TEMPLATE,
)
def detail(request: Any) -> dict[str, Any]:
    """The request."""
    return _page(request)


@view_config(
    route_name="request.detail",
    request_method="POST",
    permission="user",
    formats=FORMATS,
    renderer=TEMPLATE,
)
def work_on(request: Any) -> Any:
    """Does what a form asks for; HTML goes back to the page, JSON and XML get it anew."""
    form = request.POST
    try:
        done = perform(
            make_work(request), form, details_required=request.portal.settings.details_required
        )
    except InvalidInput as error:
        if request.representation != "html":
            raise
        return _page_again(
            request, 422, form_error=(form.get("id_", ""), error.field, error.message)
        )
    except StateConflict as error:
        if request.representation != "html":
            raise
        return _page_again(request, 409, conflict=error.message)
    wake_delivery(request)
    if request.representation != "html":
        return _page(request)
    request.flash(done)
    here = request.route_path("request.detail", id=request.matchdict["id"])
    return HTTPSeeOther(safe_next(request, form.get("next")) or here)


def make_work(request: Any) -> Work:
    """The person's work on the request that the URL names. Raises InvalidInput."""
    return Work(
        dbsession=request.dbsession,
        identity=request.identity,
        outbox=make_outbox(request),
        now=request.clock(),
        request_id=int(request.matchdict["id"]),
        version=parse_version(request.POST),
        self_review=request.portal.settings.self_review,
    )


def make_outbox(request: Any) -> Outbox:
    """The outbox of this transaction."""
    return Outbox(
        request.dbsession,
        subscribers=request.portal.plugins.request_changed_subscribers,
        url_for=lambda request_id: request.route_url("request.detail", id=request_id),
    )


def wake_delivery(request: Any) -> None:
    """Has the outbox worked off once this transaction is committed, and not if it isn't."""
    portal = request.portal
    if portal.plugins.request_changed_subscribers:
        request.tm.get().addAfterCommitHook(
            lambda is_committed: is_committed and portal.delivery_thread.wake()
        )


def _page(request: Any) -> dict[str, Any]:
    document = load_detail(request)
    if request.representation != "html":
        return {"document": document}
    return {
        "document": document,
        "panels": panels_for(request.portal, request.dbsession, document),
        "form_error": None,
        "form_values": {},
        "conflict": None,
    }


def _page_again(request: Any, status: int, **said: Any) -> dict[str, Any]:
    """The page with what was typed and what is wrong with it; nothing of the form was stored."""
    request.tm.abort()
    request.tm.begin()
    request.response.status = status
    return {**_page(request), "form_values": dict(request.POST), **said}


@view_config(
    route_name="request.division",
    request_method="GET",
    permission="user",
    formats=FORMATS,
    renderer=DIVISION_TEMPLATE,
)
def division(request: Any) -> dict[str, Any]:
    """The form to move a request to another division."""
    document = load_detail(request)
    return {"document": document, "divisions": _targets(request, document), "errors": {}}


@view_config(
    route_name="request.division",
    request_method="POST",
    permission="user",
    formats=FORMATS,
    renderer=DIVISION_TEMPLATE,
)
def move(request: Any) -> Any:
    """Moves a request to another division."""
    document = load_detail(request)
    targets = _targets(request, document)
    try:
        work = make_work(request)
        change_division(work, parse_number(request.POST, "division"), targets=targets)
    except (InvalidInput, StateConflict) as error:
        if request.representation != "html":
            raise
        is_invalid = isinstance(error, InvalidInput)
        request.response.status = 422 if is_invalid else 409
        return {
            "document": document,
            "divisions": targets,
            "errors": {error.field if is_invalid else "": error.message},
        }
    wake_delivery(request)
    if request.representation != "html":
        return {"document": load_detail(request)}
    request.flash("The request was moved.")
    return HTTPSeeOther(request.route_path("request.detail", id=request.matchdict["id"]))


def _targets(request: Any, document: RequestDetail) -> tuple[Reference, ...]:
    """The divisions that the submitter may submit to now."""
    submitter = identities.load_identity(
        request.dbsession,
        document.row.submitter.id,
        now=request.clock(),
        settings=request.portal.settings,
    )
    return () if submitter is None else listing.submit_divisions(request.dbsession, submitter)
