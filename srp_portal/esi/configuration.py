"""What `config.include("srp_portal.esi")` does."""

import logging
from typing import Any

from pyramid.config import Configurator
from pyramid.events import ApplicationCreated, NewRequest
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.viewderivers import VIEW

from srp_portal.esi import selection
from srp_portal.esi.client import EsiClientProvider
from srp_portal.esi.errors import EsiConfigurationError, SsoError
from srp_portal.esi.handovers import RESERVED
from srp_portal.esi.logins import RUNTIME
from srp_portal.esi.runtime import Runtime, configure, serve
from srp_portal.esi.settings import EsiSettings
from srp_portal.esi.view_options import token_mapped_view
from srp_portal.esi.views import HANDLERS, LoginHandler, callback, sso_error

SESSION_FACTORY = "esi.session_factory"
APP_INFO = "esi.app_info_text"
CHOICE_RENDERER = "esi.select_token_renderer"
LIBRARIES = ("urllib3", "requests", "requests_oauthlib", "oauthlib")


def include(config: Configurator) -> None:
    """Settings, routes, request property, directive, view option and views of the ESI layer.

    Reads `esi.…` settings, and from the registry, where the host put them:
    `esi.session_factory` (makes sessions for short transactions), `esi.app_info_text` (for
    the User-Agent) and `esi.select_token_renderer` (an asset specification, for the page
    where people choose a character; the host's rule for CSRF tokens then holds for its form).
    Raises EsiConfigurationError.
    """
    registry = config.registry
    settings = EsiSettings.from_settings(registry.settings)
    runtime = Runtime(settings, registry.get(APP_INFO))
    registry[RUNTIME] = runtime
    configure(runtime)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(settings.log_level_libraries)
    config.add_directive("add_esi_login_handler", add_esi_login_handler)
    config.add_request_method(_esi, "esi", reify=True)
    config.add_subscriber(_on_request, NewRequest)
    config.add_subscriber(_on_created, ApplicationCreated)
    config.add_route("esi.callback", "/callback", request_method="GET")
    config.add_view(callback, route_name="esi.callback", permission=NO_PERMISSION_REQUIRED)
    _add_selection_page(config)
    config.add_view_deriver(token_mapped_view, name="mapped_view", under="rendered_view", over=VIEW)


def _add_selection_page(config: Configurator) -> None:
    config.add_route("esi.select_token", "/select_token")
    renderer = config.registry.get(CHOICE_RENDERER)
    for method, view in (("GET", selection.show), ("POST", selection.choose)):
        config.add_view(
            view if renderer else selection.plain(view),
            route_name="esi.select_token",
            request_method=method,
            renderer=renderer,
            permission=NO_PERMISSION_REQUIRED,
            # The ticket, bound to user and browser, protects the form. The plain page can't know
            # how the host checks forms besides; a page of the host's does.
            require_csrf=None if renderer else False,
        )


def provider(registry: Registry) -> EsiClientProvider:
    """The client provider of an application, for code without a request."""
    return _runtime(registry).provider


def add_esi_login_handler(
    config: Configurator, handler: LoginHandler | str, kind: str = "login"
) -> None:
    """Directive: who takes logins of this kind, `handler(request, login) -> response`.

    login is a verified `SsoLogin`. A second handler of a kind is a conflict; kinds that
    begin with `esi.` are this layer's own, EsiConfigurationError.
    """
    if kind.startswith(RESERVED):
        raise EsiConfigurationError(f"logins of kind {kind!r} are handled by srp_portal.esi")
    found: Any = config.maybe_dotted(handler)

    def register() -> None:
        config.registry.setdefault(HANDLERS, {})[kind] = found

    config.action(("esi login handler", kind), register)


def _runtime(registry: Registry) -> Runtime:
    runtime: Runtime | None = registry.get(RUNTIME)
    if runtime is None:
        raise EsiConfigurationError("srp_portal.esi is not included in this application")
    return runtime


def _esi(request: Request) -> EsiClientProvider:
    return provider(request.registry)


def _on_request(event: NewRequest) -> None:
    serve(_runtime(event.request.registry))


def _on_created(event: ApplicationCreated) -> None:
    """Last of all: take the host's session factory, and see whether it has error pages."""
    registry = event.app.registry
    _runtime(registry).session_factory = registry.get(SESSION_FACTORY)
    if not _has_sso_error_view(registry):
        config = Configurator(registry=registry)
        config.add_exception_view(sso_error, context=SsoError)
        config.commit()


def _has_sso_error_view(registry: Registry) -> bool:
    """Whether the host shows SsoError by a view of its own, be it that for any Exception."""
    views = registry.introspector.get_category("views") or []
    contexts = [view["introspectable"].get("context") for view in views]
    return any(
        isinstance(context, type)
        and issubclass(context, Exception)
        and (issubclass(SsoError, context) or issubclass(context, SsoError))
        for context in contexts
    )
