"""A plugin whose configuration fails or conflicts stops the start with one line that names it."""

from __future__ import annotations

import sys
from asyncio import CancelledError

import pytest
from pyramid.security import NO_PERMISSION_REQUIRED

from srp_portal.composition import compose
from srp_portal.settings import Settings, SettingsError
from srp_portal.web.application import configure


def raising(config):
    raise RuntimeError("no licence")


def conflicting(config):
    config.add_route("request.detail", "/stolen/")


class EntryPoint:
    """An installed plugin, as the packaging metadata tell of it."""

    name = "intruder"
    dist = None

    def __init__(self, includeme):
        self._includeme = includeme

    def load(self):
        from types import ModuleType

        from srp_portal.plugin import hookimpl

        module = ModuleType("intruder")
        module.API_VERSION = 1
        module.includeme = hookimpl(self._includeme)
        return module


def without_route(config):
    config.add_view(raising, route_name="nowhere")


def exiting_at_the_commit(config):
    config.action(None, sys.exit, ("no licence",))


def cancelled(config):
    raise CancelledError


def interrupting(config):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("includeme", "reason"),
    [
        (raising, "RuntimeError: no licence"),
        (conflicting, "request.detail"),
        # These two are found at the commit, long after the includeme.
        (without_route, "No route named nowhere"),
        (exiting_at_the_commit, "SystemExit: no licence"),
        (cancelled, "CancelledError"),
        (interrupting, "KeyboardInterrupt"),
    ],
)
def test_start_when_a_plugins_includeme_fails_or_conflicts_names_the_plugin(
    portal, includeme, reason
):
    other = compose(Settings.load(portal.ini, {}), entry_points=[EntryPoint(includeme)])
    with pytest.raises(SettingsError) as caught:
        configure(other)
    assert "plugin intruder: its includeme failed: " in str(caught.value)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_start_when_a_plugin_adds_pages_then_they_are_served(make_portal):
    def adding(config):
        config.add_route("greeting", "/greeting/")
        config.add_view(
            lambda request: {"document": {}},
            route_name="greeting",
            formats=("json",),
            permission=NO_PERMISSION_REQUIRED,
        )

    browser = make_portal(entry_points=[EntryPoint(adding)]).browser()
    assert browser.get("/greeting/?fmt=json").json == {}
