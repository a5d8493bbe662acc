"""Submitting a loss: first everything is asked of the network, then it is written in one go.

A check asks the same, and writes nothing.
"""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from srp_portal.domain.errors import AlreadySubmitted, InvalidInput, NotAllowed, Unavailable
from srp_portal.domain.permissions import Identity, Permission
from srp_portal.plugin import DivisionInfo
from srp_portal.services import identities, listing
from srp_portal.services.history import history_of
from srp_portal.services.infos import division_info, user_infos
from srp_portal.services.killmail_lookup import Loss
from srp_portal.services.request_detail import is_readable
from srp_portal.services.request_work import clean_text
from srp_portal.services.results import Reference
from srp_portal.services.submission import store_request
from srp_portal.services.submission_preview import SubmissionPreview
from srp_portal.web.forms.fields import text
from srp_portal.web.forms.request_forms import parse_number
from srp_portal.web.forms.submission import SUBMIT_FORM, is_checked
from srp_portal.web.views.request_detail import make_outbox, wake_delivery

TEMPLATE = "srp_portal:web/templates/request_submit.jinja2"
FORMATS = ("html", "json", "xml")
SUBMIT = frozenset({Permission.SUBMIT})


@view_config(
    route_name="request.add",
    request_method="GET",
    permission="user",
    formats=("html",),
    renderer=TEMPLATE,
    asks=SUBMIT_FORM.fields,
)
def form(request: Any) -> dict[str, Any]:
    """The empty form, or prefilled from the query."""
    if not request.identity.holds_anywhere(SUBMIT):
        raise NotAllowed("You may not submit to any division.", attempt="submit")
    return _page(request, request.GET)


@view_config(
    route_name="request.add",
    request_method="POST",
    permission="user",
    formats=FORMATS,
    renderer=TEMPLATE,
    gives=SubmissionPreview,
    takes=(SUBMIT_FORM,),
)
def submit(request: Any) -> Any:
    """Stores a request, or with `check` tells what it would be; or says what is wrong with it."""
    is_check = is_checked(request.POST)
    try:
        if is_check:
            return _preview(request)
        request_id = _submit(request)
    except InvalidInput as error:
        if request.representation != "html":
            raise
        return _again(request, 422, errors={error.field: error.message})
    except Unavailable as error:
        if request.representation != "html":
            raise
        return _again(request, 503, problem=error.message)
    except AlreadySubmitted as error:
        can_read = is_readable(request.dbsession, request.identity, error.request_id)
        if can_read and not (is_check and request.representation == "html"):
            return HTTPSeeOther(request.route_path("request.detail", id=error.request_id))
        if request.representation != "html":
            raise InvalidInput("url", error.message) from error
        # Whoever only checks keeps what was typed, with a link to what there is.
        existing = error.request_id if can_read else None
        return _again(request, 422, errors={"url": error.message}, existing=existing)
    wake_delivery(request)
    request.flash("Submitted. Here you see what becomes of it.")
    return HTTPSeeOther(request.route_path("request.detail", id=request_id))


def _submit(request: Any) -> int:
    posted, division = _asked_for(request)
    details = clean_text(posted["details"], "details")
    if not details and request.portal.settings.details_required:
        raise InvalidInput("details", "Tell the reviewers what happened.")
    loss = _look_up(request, posted["url"].strip(), division)
    row = store_request(
        request.dbsession,
        _checked_again(request, division, loss),
        loss,
        division_id=division.id,
        details=details,
        outbox=make_outbox(request),
        now=request.clock(),
    )
    return row.id


def _preview(request: Any) -> dict[str, Any]:
    """The page, or the document, of a loss as it would be submitted."""
    posted, division = _asked_for(request)
    loss = _look_up(request, posted["url"].strip(), division)
    identity = request.identity
    preview = SubmissionPreview(
        Reference(identity.user_id, identity.name),
        Reference(division.id, division.name),
        loss,
    )
    if request.representation != "html":
        return {"document": preview}
    return {**_page(request, request.POST), "document": preview}


def _asked_for(request: Any) -> tuple[dict[str, str], DivisionInfo]:
    """What was typed, and the division, after all that can be said without the network."""
    posted, identity = SUBMIT_FORM.read(request.POST), request.identity
    if not identity.holds_anywhere(SUBMIT):
        raise NotAllowed("You may not submit to any division.", attempt="submit")
    return posted, _division(request, identity)


def _division(request: Any, identity: Identity) -> DivisionInfo:
    division_id = parse_number(request.POST, "division")
    if not identity.holds(division_id, SUBMIT):
        raise NotAllowed("You may not submit to that division.", attempt=f"submit {division_id}")
    division = division_info(request.dbsession, division_id)
    if division is None:
        raise NotAllowed("That division takes no more requests.", attempt=f"submit {division_id}")
    return division


def _look_up(request: Any, url: str, division: DivisionInfo) -> Loss:
    """Everything from the network, with no transaction open meanwhile."""
    portal, user_id = request.portal, request.identity.user_id
    submitter = user_infos(request.dbsession, {user_id})[user_id]
    history = history_of(portal.read_session_factory, user_id, portal.clock)
    request.tm.abort()
    try:
        return portal.lookup.look_up(url, division, submitter, history)
    finally:
        request.tm.begin()


def _checked_again(request: Any, division: DivisionInfo, loss: Loss) -> Identity:
    """Who submits, as the rights are now: the look-up may have taken its time."""
    present = identities.load_identity(
        request.dbsession,
        request.identity.user_id,
        now=request.clock(),
        settings=request.portal.settings,
    )
    if present is None or not present.holds(division.id, SUBMIT):
        raise NotAllowed("You may not submit to that division.", attempt=f"submit {division.id}")
    if loss.killmail.pilot_id not in present.character_ids:
        raise InvalidInput("url", f"{loss.killmail.pilot} is no longer one of your characters.")
    return present


def _page(request: Any, typed: Any) -> dict[str, Any]:
    portal = request.portal
    return {
        "document": None,
        "values": {name: text(typed, name) for name in ("url", "details", "division")},
        "errors": {},
        "problem": None,
        "existing": None,
        "divisions": listing.submit_divisions(request.dbsession, request.identity),
        "sources": [(source.name, source.description) for source in portal.plugins.sources],
        "details_description": portal.settings.details_description,
        "details_required": portal.settings.details_required,
    }


def _again(request: Any, status: int, **said: Any) -> dict[str, Any]:
    request.response.status = status
    return {**_page(request, request.POST), **said}
