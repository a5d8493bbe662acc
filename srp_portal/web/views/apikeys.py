"""A user's API keys: seen, made, deleted."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from srp_portal.domain.errors import BadRequest, InvalidInput
from srp_portal.services import apikeys
from srp_portal.services.administration_results import ApiKeyList
from srp_portal.services.results import Reference
from srp_portal.web.forms.fields import number, text
from srp_portal.web.forms.own_pages import KEY_FORMS

PAGE = "srp_portal:web/templates/apikeys.jinja2"


@view_config(
    route_name="apikeys",
    request_method="GET",
    formats=("html", "json", "xml"),
    renderer=PAGE,
    gives=ApiKeyList,
)
def api_keys(request: Request) -> dict[str, Any]:
    """One's own keys; who came with a key sees the text of that one alone."""
    return _page(request)


@view_config(
    route_name="apikeys", request_method="POST", renderer=PAGE, gives=HTTPSeeOther, takes=KEY_FORMS
)
def change_api_keys(request: Request) -> dict[str, Any] | HTTPSeeOther:
    """Makes a key, or revokes one; `action` says which form it is."""
    action = text(request.POST, "action")
    if action == "add":
        try:
            key_id = _add(request)
        except InvalidInput as error:
            request.response.status_int = 422
            return _page(request, errors={error.field: error.message})
        return HTTPSeeOther(request.route_path("apikeys", _query={"new": key_id}))
    if action == "delete":
        _delete(request, number(request.POST, "key_id"))
        return HTTPSeeOther(request.route_path("apikeys"))
    raise BadRequest("`action` must be add or delete.")


def _add(request: Request) -> int:
    key = apikeys.create(
        request.dbsession,
        request.portal.secrets,
        user_id=request.identity.user_id,
        actor=request.identity,
        name=text(request.POST, "name"),
        expires_at=apikeys.end_of_day(text(request.POST, "expires")),
        now=request.clock(),
    )
    request.flash("Your new key is ready.")
    return key.id


def _delete(request: Request, key_id: int) -> None:
    apikeys.revoke(
        request.dbsession,
        key_id,
        user_id=request.identity.user_id,
        actor=request.identity,
        now=request.clock(),
    )
    request.flash("The key is revoked; nothing gets in with it any more.")


def _page(request: Request, *, errors: dict[str, str] | None = None) -> dict[str, Any]:
    identity = request.identity
    keys = apikeys.list_keys(
        request.dbsession, request.portal.secrets, identity.user_id, shown_id=identity.api_key_id
    )
    new_id = request.GET.get("new", "")
    return {
        "document": ApiKeyList(reader=Reference(identity.user_id, identity.name), keys=keys),
        "new_key_id": next((key.id for key in keys if str(key.id) == new_id), None),
        "errors": errors or {},
        "typed": {name: text(request.POST, name) for name in ("name", "expires")},
    }
