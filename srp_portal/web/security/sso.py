"""What happens when EVE's SSO has vouched for a character: its account is logged in."""

from __future__ import annotations

import logging
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.security import remember

from srp_portal.domain.errors import NotAllowed
from srp_portal.esi.deadlines import deadline
from srp_portal.esi.errors import EsiError, SsoRejected
from srp_portal.esi.sso import SsoLogin
from srp_portal.esi.storing import save_token
from srp_portal.services import groups
from srp_portal.services.groups import Placement
from srp_portal.services.sso_login import login_with_character
from srp_portal.web.security.navigation import safe_next

log = logging.getLogger(__name__)

#: Nobody waits longer at the login because EVE is slow; the groups known last hold until then.
LOOK_UP_S = 4.0


def includeme(config: Any) -> None:
    """Takes the logins; to be included after the ESI layer."""
    config.add_esi_login_handler(finish)


def finish(request: Any, login: SsoLogin) -> HTTPSeeOther:
    """Logs the character's account in, or adds the character to the one that is logged in."""
    # Before the first write of ours: no lock is held while EVE thinks.
    placement = _look_up(request, login.character_id)
    identity = request.identity
    current = identity.user_id if identity is not None and identity.session_id else None
    now = request.clock()
    try:
        user = login_with_character(request.dbsession, login, current_user_id=current, now=now)
    except NotAllowed as error:
        # To an anonymous visitor, a plain refusal would be the way to the login, and round again.
        raise SsoRejected(error.message) from error
    save_token(request.dbsession, login, user.id)
    if placement is not None:
        groups.store(request.dbsession, placement, now=now)
    if current == user.id:
        request.flash(f"{login.character_name} belongs to your account.")
        headers = []
    else:
        request.flash(f"Logged in as {user.name}.")
        headers = remember(request, user.id, method="sso")
    after = safe_next(request, login.return_to) or request.route_path("home")
    return HTTPSeeOther(after, headers=headers)


def _look_up(request: Any, character_id: int) -> Placement | None:
    try:
        with deadline(LOOK_UP_S):
            return groups.look_up(request.esi.client, [character_id])
    except EsiError as error:
        log.warning("EVE did not say where character %s is: %s", character_id, error)
        return None
