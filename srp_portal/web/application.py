"""The application factory: what is configured, in the order in which it must be."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.config.actions import resolveConflicts
from pyramid.exceptions import ConfigurationExecutionError

from srp_portal.composition import Portal, application_name, compose
from srp_portal.hooks.errors import PluginConfigurationError
from srp_portal.hooks.including import configuring
from srp_portal.settings import Settings, SettingsError

_SELECT_TOKEN = "srp_portal.web:templates/select_token.jinja2"  # noqa: S105 - a template
#: How many new objects the collector waits for.
YOUNG_OBJECTS = 3_000
#: What Pyramid calls the configuration of derivers and of predicates.
_VIEW_OPTIONS = ("view deriver", "view option")


def make_application(global_config: dict[str, str], settings: dict[str, str]) -> Any:  # noqa: ARG001
    """The WSGI application; raises SettingsError."""
    application = configure(compose(Settings.load(settings))).make_wsgi_app()
    # What is here now stays for ever: the collector need not look through it again and again, which
    # was most of the slowest answers' time. Workers that are forked share it, too.
    gc.collect()
    gc.freeze()
    # A list makes a thousand objects, all of them short-lived: seldom looking through them is a
    # fifteenth of its time.
    gc.set_threshold(YOUNG_OBJECTS)
    return application


def configure(portal: Portal) -> Configurator:
    """A configurator with everything included and committed; tests hand in their own portal."""
    config = Configurator(
        settings={**portal.settings.merged, **portal.settings.of_esi()},
        package="srp_portal.web",
    )
    config.registry["srp_portal.portal"] = portal
    config.registry["esi.app_info_text"] = application_name()
    config.registry["esi.select_token_renderer"] = _SELECT_TOKEN
    config.add_request_method(_portal, "portal", reify=True)
    config.add_request_method(_clock, "clock")
    # Security first: its defaults (deny, CSRF) must stand before the first view is added.
    config.include("srp_portal.web.security")
    config.include("srp_portal.web.database")
    config.include("srp_portal.web.representation")
    config.include("srp_portal.web.openapi")
    config.include("srp_portal.web.compression")
    config.include("srp_portal.web.unchanged")
    config.include("srp_portal.web.templating")
    config.include("srp_portal.web.routes")
    config.include("srp_portal.web.statics")
    config.include("srp_portal.esi", route_prefix="/sso")
    config.include("srp_portal.web.security.sso")
    config.scan("srp_portal.web.views")
    # Plugins last: they may override templates and add routes, and find everything in its place.
    owners = _Owners(config)
    try:
        portal.plugins.includeme(config, check=owners.check)
        config.commit()
    except PluginConfigurationError as error:
        raise SettingsError("srp.plugins", str(error)) from error
    except ConfigurationExecutionError as error:
        if isinstance(error.evalue, PluginConfigurationError):
            raise SettingsError("srp.plugins", str(error.evalue)) from error
        raise
    return config


class _Owners:
    """Makes what plugins add fail with their names, though that is done only at the commit."""

    def __init__(self, config: Configurator) -> None:
        self._state = config.action_state
        self._config = config
        # The actions themselves, and not their ids alone, which others may get after them.
        self._seen = list(self._state.actions)

    def check(self, plugin: str) -> None:
        """Takes what was added since the last time for this plugin's; finds its conflicts."""
        _find_conflicts(self._config)
        seen = {id(action) for action in self._seen}
        for action in self._state.actions:
            if id(action) not in seen and action["callable"] is not None:
                action["callable"] = _named(plugin, action["callable"])
        self._seen = list(self._state.actions)


def _named(plugin: str, work: Callable[..., Any]) -> Callable[..., Any]:
    def named(*arguments: Any, **keywords: Any) -> Any:
        with configuring(plugin):
            return work(*arguments, **keywords)

    return named


def _find_conflicts(config: Configurator) -> None:
    """Raises Pyramid's ConfigurationConflictError; commits nothing."""
    for action in resolveConflicts(config.action_state.actions):
        # Whether two views are the same is told by their options, which must be known when it is
        # the views' turn. The commit registers options once more, over these.
        discriminator = action["discriminator"]
        if isinstance(discriminator, tuple) and discriminator[0] in _VIEW_OPTIONS:
            action["callable"](*action["args"], **action["kw"])


def _portal(request: Any) -> Portal:
    return request.registry["srp_portal.portal"]


def _clock(request: Any) -> Any:
    return request.portal.clock()
