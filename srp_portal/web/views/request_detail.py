"""A request's page, and the forms on it."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from srp_portal.domain.errors import InvalidInput, NotAllowed, StateConflict
from srp_portal.plugin import Panel
from srp_portal.services import identities, listing, plugin_panels
from srp_portal.services.outbox import Outbox
from srp_portal.services.request_detail import is_readable, request_detail
from srp_portal.services.request_work import Work
from srp_portal.services.results import Reference, RequestDetail
from srp_portal.services.submitter import change_division
from srp_portal.services.transformers import offered_transformers
from srp_portal.web.forms.fields import text
from srp_portal.web.forms.request_forms import FORMS, parse_number, parse_version, perform
from srp_portal.web.forms.submission import MOVE_FORM
from srp_portal.web.security.navigation import safe_next

FORMATS = ("html", "json", "xml")
TEMPLATE = "srp_portal:web/templates/request_detail.jinja2"
DIVISION_TEMPLATE = "srp_portal:web/templates/request_division.jinja2"


def load_detail(request: Any, *, is_moved: bool = False) -> RequestDetail:
    """The request that the URL names, as its reader may see it. Raises NotFound, NotAllowed."""
    portal = request.portal
    is_page = request.representation == "html"
    return request_detail(
        request.dbsession,
        request.identity,
        int(request.matchdict["id"]),
        self_review=portal.settings.self_review,
        offered=offered_transformers(portal.settings.transformers, portal.plugins.transformers),
        is_moved=is_moved,
        with_loss=is_page,
        with_killmail=is_page and portal.plugins.has_panels,
    )


@view_config(
    route_name="request.detail",
    request_method="GET",
    permission="user",
    formats=FORMATS,
    renderer=TEMPLATE,
    gives=RequestDetail,
)
def detail(request: Any) -> dict[str, Any]:
    """A request with its history."""
    return _page(request)


@view_config(
    route_name="request.detail",
    request_method="POST",
    permission="user",
    formats=FORMATS,
    renderer=TEMPLATE,
    gives=RequestDetail,
    takes=FORMS,
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
        return _page_again(request, 422, form_error=(text(form, "id_"), error.field, error.message))
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
        "panels": _panels(request, document),
        "form_error": None,
        "form_values": {},
        "conflict": None,
    }


def _panels(request: Any, document: RequestDetail) -> list[tuple[str, Panel]]:
    """What plugins add to the page, with no transaction open while they ask the network."""
    question = plugin_panels.question(request.portal, request.dbsession, document)
    if question is None:
        return []
    _start_over(request)
    return plugin_panels.answers(request.portal, question)


def _page_again(request: Any, status: int, **said: Any) -> dict[str, Any]:
    """The page with what was typed and what is wrong with it; nothing of the form was stored."""
    _start_over(request)
    request.response.status = status
    typed = {name: text(request.POST, name) for name in request.POST}
    return {**_page(request), "form_values": typed, **said}


def _start_over(request: Any) -> None:
    request.tm.abort()
    request.tm.begin()


@view_config(
    route_name="request.division",
    request_method="GET",
    permission="user",
    formats=FORMATS,
    renderer=DIVISION_TEMPLATE,
    gives=RequestDetail,
    refuses=(409,),
)
def division(request: Any) -> dict[str, Any]:
    """The form to move a request to another division."""
    document = load_detail(request)
    _check_may_move(document)
    if not document.rights.change_division:
        status = document.row.status
        raise StateConflict(f"The request is {status} already.", present=status)
    return {"document": document, "divisions": _targets(request, document), "errors": {}}


@view_config(
    route_name="request.division",
    request_method="POST",
    permission="user",
    formats=FORMATS,
    renderer=DIVISION_TEMPLATE,
    gives=RequestDetail,
    takes=(MOVE_FORM,),
)
def move(request: Any) -> Any:
    """Moves a request to another division."""
    document = load_detail(request)
    _check_may_move(document)
    targets = _targets(request, document)
    try:
        work = make_work(request)
        change_division(work, parse_number(request.POST, "division"), targets=targets)
    except InvalidInput as error:
        if request.representation != "html":
            raise
        return _move_again(request, 422, targets, {error.field: error.message})
    except StateConflict as error:
        if request.representation != "html":
            raise
        return _move_again(request, 409, targets, {"": error.message})
    wake_delivery(request)
    if request.representation != "html":
        # A reviewer of the old division alone gets this last look.
        return {"document": load_detail(request, is_moved=True)}
    request.flash("The request was moved.")
    if is_readable(request.dbsession, request.identity, document.row.id):
        return HTTPSeeOther(request.route_path("request.detail", id=document.row.id))
    return HTTPSeeOther(request.route_path("request.list", list="pending"))


def _move_again(
    request: Any, status: int, targets: tuple[Reference, ...], errors: dict[str, str]
) -> dict[str, Any]:
    _start_over(request)
    request.response.status = status
    return {"document": load_detail(request), "divisions": targets, "errors": errors}


def _check_may_move(document: RequestDetail) -> None:
    """Raises NotAllowed for readers who are neither the submitter nor a reviewer."""
    if not document.rights.review and document.reader.id != document.row.submitter.id:
        raise NotAllowed("You may not move this request.", attempt="move request")


def _targets(request: Any, document: RequestDetail) -> tuple[Reference, ...]:
    """The divisions that the submitter may submit to now."""
    submitter = identities.load_identity(
        request.dbsession,
        document.row.submitter.id,
        now=request.clock(),
        settings=request.portal.settings,
    )
    return () if submitter is None else listing.submit_divisions(request.dbsession, submitter)
