"""ESI and EVE's single sign-on for Pyramid applications.

`config.include("srp_portal.esi", route_prefix="/sso")` adds the callback of the
SSO, the page where people choose a character, `request.esi`, the view option
`esi_token` and the directive `config.add_esi_login_handler`. The client works
without Pyramid and without a database too: `EsiClientProvider().client`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from srp_portal.esi.client import EsiClient, EsiClientProvider, esi_client_factory
from srp_portal.esi.connections import Answer
from srp_portal.esi.deadlines import deadline, remaining
from srp_portal.esi.operations import Operation
from srp_portal.esi.records import Records
from srp_portal.esi.settings import EsiSettings
from srp_portal.esi.version import __version__

if TYPE_CHECKING:
    from pyramid.config import Configurator

    from srp_portal.esi.configuration import provider
    from srp_portal.esi.decorators import single_use_token, token_required, tokens_required
    from srp_portal.esi.logins import begin_login
    from srp_portal.esi.lookups import Affiliation, affiliations, names
    from srp_portal.esi.queries import TokenQuery, tokens
    from srp_portal.esi.sso import SsoLogin, TokenPayload
    from srp_portal.esi.storing import delete_tokens_of_character, save_token

__all__ = [
    "Affiliation",
    "Answer",
    "EsiClient",
    "EsiClientProvider",
    "EsiSettings",
    "Operation",
    "Records",
    "SsoLogin",
    "TokenPayload",
    "TokenQuery",
    "__version__",
    "affiliations",
    "begin_login",
    "deadline",
    "delete_tokens_of_character",
    "esi_client_factory",
    "includeme",
    "names",
    "provider",
    "remaining",
    "save_token",
    "single_use_token",
    "token_required",
    "tokens",
    "tokens_required",
]

# Imported when first used: they need Pyramid or SQLAlchemy, which the client alone does not.
_LAZY = {
    "Affiliation": "lookups",
    "SsoLogin": "sso",
    "TokenPayload": "sso",
    "TokenQuery": "queries",
    "affiliations": "lookups",
    "begin_login": "logins",
    "delete_tokens_of_character": "storing",
    "names": "lookups",
    "provider": "configuration",
    "save_token": "storing",
    "single_use_token": "decorators",
    "token_required": "decorators",
    "tokens": "queries",
    "tokens_required": "decorators",
}


def __getattr__(name: str) -> Any:
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def includeme(config: "Configurator") -> None:
    """Add the ESI layer to a Pyramid application; see `srp_portal.esi.configuration`."""
    from srp_portal.esi.configuration import include

    include(config)
