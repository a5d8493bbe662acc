"""A user's API keys: seen, made, deleted."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from srp_portal.domain.errors import BadRequest
from srp_portal.services import apikeys
from srp_portal.services.results import ApiKeyList, Reference
from srp_portal.web.forms.fields import text
from srp_portal.web.views.account import number


@view_config(
    route_name="apikeys",
    request_method="GET",
    formats=("html", "json", "xml"),
    renderer="srp_portal:web/templates/apikeys.jinja2",
)
def api_keys(request: Request) -> dict[str, Any]:
    """One's own keys; who came with a key sees the text of that one alone."""
    identity = request.identity
    keys = apikeys.list_keys(
        request.dbsession,
        request.portal.secrets,
        identity.user_id,
        shown_id=identity.api_key_id,
    )
    new_id = request.GET.get("new", "")
    return {
        "document": ApiKeyList(reader=Reference(identity.user_id, identity.name), keys=keys),
        "new_key_id": next((key.id for key in keys if str(key.id) == new_id), None),
    }


@view_config(route_name="apikeys", request_method="POST")
def change_api_keys(request: Request) -> HTTPSeeOther:
    """`action=add` (`name`, may be empty), or `action=delete` with `key_id`."""
    identity, now = request.identity, request.clock()
    action = text(request.POST, "action")
    if action == "add":
        key = apikeys.create(
            request.dbsession,
            request.portal.secrets,
            user_id=identity.user_id,
            actor=identity,
            name=text(request.POST, "name"),
            now=now,
        )
        request.flash("Your new key is ready.")
        return HTTPSeeOther(request.route_path("apikeys", _query={"new": key.id}))
    if action == "delete":
        key_id = number(request, "key_id")
        apikeys.revoke(request.dbsession, key_id, user_id=identity.user_id, actor=identity, now=now)
        request.flash("The key is deleted; nothing gets in with it any more.")
        return HTTPSeeOther(request.route_path("apikeys"))
    raise BadRequest("`action` must be add or delete.")
