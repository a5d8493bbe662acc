"""ESI and EVE's single sign-on for Pyramid applications.

`config.include("srp_portal.esi", route_prefix="/sso")` adds the callback of the
SSO, `request.esi` and the directive `config.add_esi_login_handler`. The client
works without Pyramid too: `EsiClientProvider().client`.
"""

from srp_portal.esi.client import EsiClient, EsiClientProvider
from srp_portal.esi.connections import Answer
from srp_portal.esi.deadlines import deadline, remaining
from srp_portal.esi.settings import EsiSettings
from srp_portal.esi.version import __version__

__all__ = [
    "Answer",
    "EsiClient",
    "EsiClientProvider",
    "EsiSettings",
    "__version__",
    "deadline",
    "remaining",
]
