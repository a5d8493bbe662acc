"""Who may come in, and what keeps others out: identity, sessions, CSRF, headers."""

from __future__ import annotations

from typing import Any

from pyramid.events import NewResponse
from pyramid.interfaces import ISecurityPolicy
from pyramid.tweens import INGRESS as FIRST_TWEEN
from pyramid.viewderivers import INGRESS as FIRST_DERIVER

from srp_portal import logmask
from srp_portal.web.security import csrf
from srp_portal.web.security.headers import SecurityHeaders
from srp_portal.web.security.policy import USER, SecurityPolicy
from srp_portal.web.security.throttle import LoginThrottle

THROTTLE = "srp_portal.login_throttle"


def includeme(config: Any) -> None:
    """Denies and checks by default; needs `registry["srp_portal.portal"]`.

    To be included before the first view: its defaults count for what comes after. The handler of
    EVE logins is `srp_portal.web.security.sso`, to be included after the ESI layer.
    """
    config.set_security_policy(SecurityPolicy())
    config.set_default_permission(USER)
    config.set_csrf_storage_policy(csrf.TokenPolicy())
    # Where a browser names no origin at all, the token alone has to do; a wrong one is refused.
    config.set_default_csrf_options(require_csrf=True, allow_no_origin=True)
    # Pyramid checks after authorization. Before it, a forged request changes and tells nothing.
    config.add_view_deriver(csrf.derive, name="csrf_view", under=FIRST_DERIVER, over="secured_view")
    config.add_request_method(_bad_credentials, "bad_credentials", reify=True)
    config.include("srp_portal.web.security.flash")
    config.add_tween("srp_portal.web.security.proxies.tween_factory", under=FIRST_TWEEN)
    settings = config.registry["srp_portal.portal"].settings
    config.add_subscriber(SecurityHeaders(settings), NewResponse)
    config.registry[THROTTLE] = LoginThrottle()
    logmask.install()


def _bad_credentials(request: Any) -> bool:
    """Whether the request came with an API key that is none: then every page answers 401."""
    policy = request.registry.getUtility(ISecurityPolicy)
    return policy.entrance(request).has_bad_credentials
