"""Plugins made on the spot, and what hooks are called with."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from srp_portal.hooks.manager import build_plugin_manager
from srp_portal.plugin import DivisionInfo, PluginContext, RequestEvent, UserInfo
from srp_portal.plugin import hookimpl as mark


class FakeEntryPoint:
    """An entry point that gives an object, or raises an error in place of the import."""

    def __init__(self, name, plugin, distribution=None):
        self.name = name
        self.plugin = plugin
        self.dist = distribution

    def load(self):
        if isinstance(self.plugin, BaseException):
            raise self.plugin
        return self.plugin


class Store:
    """The application's cache, as a dict."""

    def __init__(self):
        self.kept = {}
        self.seconds = {}

    def get(self, key):
        return self.kept.get(key)

    def set(self, key, value, seconds):
        self.kept[key] = value
        self.seconds[key] = seconds


class Plugin(SimpleNamespace):
    """A plugin as an object; two of them are never equal, as with modules."""

    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other


def _plugin(*functions, version=1, **attributes):
    marked = {function.__name__: mark(function) for function in functions}
    versioned = {} if version is None else {"API_VERSION": version}
    return Plugin(**versioned, **marked, **attributes)


@pytest.fixture
def make_plugin():
    """Gives make(*functions, version=1, **attributes): a plugin with these hooks."""
    return _plugin


@pytest.fixture
def entry_point():
    """The class of stand-ins for entry points."""
    return FakeEntryPoint


@pytest.fixture
def load():
    """Gives load(enabled=None, settings=None, **plugins): the registry of these plugins."""

    def load_plugins(enabled=None, settings=None, **plugins):
        points = [FakeEntryPoint(name, plugin) for name, plugin in plugins.items()]
        return build_plugin_manager(enabled, settings or {}, points)

    return load_plugins


@pytest.fixture
def store():
    """An empty cache."""
    return Store()


@pytest.fixture
def contexts():
    """A factory of contexts that names the plugin in the settings, and remembers its calls."""

    def context_for(plugin):
        context_for.made.append(plugin)
        return PluginContext({"plugin": plugin}, None, None, None, lambda days, ship_id=None: [])

    context_for.made = []
    return context_for


@pytest.fixture
def division():
    """A division."""
    return DivisionInfo(1, "Test Alliance")


@pytest.fixture
def user():
    """Somebody who submits."""
    return UserInfo(3, "Ann", False, (570140137,))


@pytest.fixture
def event(division, user):
    """A submission that was committed."""
    return RequestEvent(
        event_id="e-1",
        kind="submitted",
        request_id=39861569,
        division=division,
        submitter=user,
        pilot="Paxswill",
        ship="Guardian",
        payout=Decimal("40000000.00"),
        actor=user,
        status="evaluating",
        previous_status=None,
        note="",
        url="https://srp.example.com/request/39861569/",
        timestamp=datetime(2026, 3, 4, tzinfo=UTC),
    )
