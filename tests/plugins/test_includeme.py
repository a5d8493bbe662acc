"""Plugins that add to the application, with Pyramid's own configurator."""

from __future__ import annotations

import pytest
from pyramid.config import Configurator
from pyramid.response import Response
from webtest import TestApp

from srp_portal.hooks.errors import PluginConfigurationError
from srp_portal.hooks.manager import build_plugin_manager
from srp_portal.plugin import hookimpl


class FakeEntryPoint:
    dist = None

    def __init__(self, name, plugin):
        self.name = name
        self.load = lambda: plugin


class Greeting:
    """A plugin with a page of its own."""

    API_VERSION = 1

    def __init__(self, word):
        self._word = word

    @hookimpl
    def includeme(self, config):
        config.add_route(self._word, f"/{self._word}")
        config.add_view(lambda request: Response(self._word), route_name=self._word)


class Broken:
    API_VERSION = 1

    @hookimpl
    def includeme(self, config):
        config.add_route("half", "/half")
        raise RuntimeError("no template")


def registry_of(**plugins):
    return build_plugin_manager(
        None, {}, [FakeEntryPoint(name, plugin) for name, plugin in plugins.items()]
    )


def test_pages_when_plugins_add_them_then_are_served():
    with Configurator() as config:
        registry_of(a=Greeting("hello"), b=Greeting("goodbye")).includeme(config)
    app = TestApp(config.make_wsgi_app())
    assert app.get("/hello").text == "hello"
    assert app.get("/goodbye").text == "goodbye"


def test_start_when_a_plugin_configures_half_then_stops_with_its_name():
    config = Configurator()
    with pytest.raises(PluginConfigurationError, match="plugin b: its includeme failed: Runtime"):
        registry_of(a=Greeting("hello"), b=Broken()).includeme(config)
