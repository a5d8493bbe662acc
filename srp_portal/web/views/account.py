"""A user's own page: characters, and the browsers that are logged in."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from srp_portal.domain.errors import BadRequest, NotAllowed
from srp_portal.services import sessions
from srp_portal.services.accounts import account_page, choose_main_character
from srp_portal.web.forms.fields import number, text
from srp_portal.web.forms.own_pages import ACCOUNT_FORMS


@view_config(
    route_name="account",
    request_method="GET",
    formats=("html",),
    renderer="srp_portal:web/templates/account.jinja2",
)
def account(request: Request) -> dict[str, Any]:
    """One's own account.

    Not for a key, which is handed to programs and must not tell where its owner is.
    """
    identity = request.identity
    if identity.api_key_id is not None:
        raise NotAllowed("This page opens in a browser that is logged in, not with a key.")
    return {"document": account_page(request.dbsession, identity, now=request.clock())}


@view_config(route_name="account", request_method="POST", gives=HTTPSeeOther, takes=ACCOUNT_FORMS)
def change_account(request: Request) -> HTTPSeeOther:
    """Chooses the main character, or logs browsers out; `id_` says which form it is."""
    form = text(request.POST, "id_")
    identity, now = request.identity, request.clock()
    if form == "main":
        character_id = number(request.POST, "character_id")
        choose_main_character(request.dbsession, identity, character_id, now=now)
        request.flash("Your main character is changed.")
    elif form == "revoke":
        session_id = number(request.POST, "session_id")
        sessions.revoke(request.dbsession, identity.user_id, session_id, now=now)
        request.flash("That browser is logged out.")
    elif form == "revoke_others":
        ended = sessions.revoke_others(
            request.dbsession, identity.user_id, identity.session_id, now=now
        )
        request.flash(f"Other browsers logged out: {ended}.")
    else:
        raise BadRequest("`id_` must be main, revoke or revoke_others.")
    return HTTPSeeOther(request.route_path("account"))
