"""Divisions: the list, making one, and the page where permissions and transformers are set."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from srp_portal.domain.errors import InvalidInput
from srp_portal.services import divisions, grants, transformers
from srp_portal.services.administration_results import DivisionDetail, DivisionList
from srp_portal.services.division_access import require_site_administrator
from srp_portal.services.grants import GrantChange
from srp_portal.services.transformers import Offered
from srp_portal.web.forms.divisions import (
    FORMS,
    NEW_FORM,
    ChangeEntity,
    ChangeTransformer,
    parse_change,
)
from srp_portal.web.forms.fields import text

PAGE = ("html", "json", "xml")
TEMPLATES = "srp_portal:web/templates/"

_VERBS = {
    "submit": "submit",
    "review": "review",
    "pay": "pay",
    "audit": "audit",
    "admin": "administer",
}


@view_config(
    route_name="division.list",
    request_method="GET",
    permission="user",
    formats=PAGE,
    renderer=TEMPLATES + "division_list.jinja2",
    gives=DivisionList,
)
def division_list(request: Request) -> dict[str, Any]:
    """The divisions that the reader administers."""
    return {"document": divisions.division_list(request.dbsession, request.identity)}


@view_config(
    route_name="division.add",
    request_method="GET",
    permission="user",
    renderer=TEMPLATES + "division_add.jinja2",
)
def division_add(request: Request) -> dict[str, Any]:
    """The form for a new division."""
    require_site_administrator(request.identity, "division.create")
    return {"values": {"name": ""}, "errors": {}}


@view_config(
    route_name="division.add",
    request_method="POST",
    permission="user",
    formats=PAGE,
    renderer=TEMPLATES + "division_add.jinja2",
    gives=DivisionDetail,
    takes=(NEW_FORM,),
)
def division_create(request: Request) -> dict[str, Any] | Response:
    """Makes a division."""
    name = text(request.POST, "name")
    try:
        division = divisions.create_division(
            request.dbsession, request.identity, name, now=request.clock()
        )
    except InvalidInput as error:
        if request.representation != "html":
            raise
        request.response.status_int = 422
        return {"values": {"name": name}, "errors": {error.field: error.message}}
    if request.representation == "html":
        request.flash(f"{division.name} has been made.", "success")
        return HTTPSeeOther(request.route_path("division.detail", division_id=division.id))
    return _page(request, division.id)


@view_config(
    route_name="division.detail",
    request_method="GET",
    permission="user",
    formats=PAGE,
    renderer=TEMPLATES + "division_detail.jinja2",
    gives=DivisionDetail,
)
def division_detail(request: Request) -> dict[str, Any]:
    """A division with everybody who holds a permission in it."""
    return _page(request, _division_id(request))


@view_config(
    route_name="division.detail",
    request_method="POST",
    permission="user",
    formats=PAGE,
    renderer=TEMPLATES + "division_detail.jinja2",
    gives=DivisionDetail,
    takes=FORMS,
)
def division_change(request: Request) -> dict[str, Any] | Response:
    """Gives or takes a permission, or sets a transformer."""
    division_id = _division_id(request)
    try:
        sentence, level = _change(request, division_id, parse_change(request.POST))
    except InvalidInput as error:
        if request.representation != "html":
            raise
        request.response.status_int = 422
        return _page(request, division_id, error)
    if request.representation == "html":
        request.flash(sentence, level)
        return HTTPSeeOther(request.route_path("division.detail", division_id=division_id))
    return _page(request, division_id)


@view_config(
    route_name="division.transformers",
    request_method="GET",
    permission="user",
    formats=("json",),
    gives="TransformerChoices",
)
@view_config(
    route_name="division.transformers.attribute",
    request_method="GET",
    permission="user",
    formats=("json",),
    gives="TransformerChoices",
)
def division_transformers(request: Request) -> dict[str, Any]:
    """What can be chosen for each attribute, or for one."""
    choices = transformers.choices(
        request.dbsession,
        request.identity,
        _division_id(request),
        offered=_offered(request),
        attribute=request.matchdict.get("attribute"),
    )
    return {"document": choices}


def _division_id(request: Request) -> int:
    # The route lets nothing but digits through.
    return int(request.matchdict["division_id"])


def _offered(request: Request) -> Offered:
    portal = request.portal
    return transformers.offered_transformers(
        portal.settings.transformers, portal.plugins.transformers
    )


def _page(request: Request, division_id: int, error: InvalidInput | None = None) -> dict[str, Any]:
    """The page; after an error with what was typed, and with form, field and message."""
    detail = divisions.division_detail(
        request.dbsession, request.identity, division_id, offered=_offered(request)
    )
    if error is None:
        return {"document": detail, "form_error": None, "form_values": {}}
    return {
        "document": detail,
        "form_error": (text(request.POST, "form_id"), error.field, error.message),
        "form_values": dict(request.POST),
    }


def _change(
    request: Request, division_id: int, change: ChangeEntity | ChangeTransformer
) -> tuple[str, str]:
    """Does it; what to say of it, and how loud."""
    if isinstance(change, ChangeTransformer):
        chosen = transformers.choose_transformer(
            request.dbsession,
            request.identity,
            division_id,
            change.attribute,
            change.transformer,
            offered=_offered(request),
            now=request.clock(),
        )
        if chosen is None:
            return f"“{change.attribute}” has no transformer now.", "success"
        return f"“{change.attribute}” uses {chosen} now.", "success"
    act = grants.grant if change.is_added else grants.revoke
    done = act(
        request.dbsession,
        request.identity,
        division_id,
        change.permission,
        change.choice,
        now=request.clock(),
    )
    return _sentence(change, done)


def _sentence(change: ChangeEntity, done: GrantChange) -> tuple[str, str]:
    name, verb = done.entity.name, _VERBS[done.permission.value]
    if change.is_added:
        if done.is_changed:
            return f"{name} may {verb} now.", "success"
        return f"{name} may {verb} already.", "info"
    if done.is_changed:
        # They may still hold it by a group, so it would be wrong to say that they may no longer.
        return f"The permission to {verb} has been taken from {name}.", "success"
    return f"{name} did not hold the permission to {verb}.", "warning"
