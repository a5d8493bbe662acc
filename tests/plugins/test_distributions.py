"""Plugins as installed distributions, good ones and one of each broken kind."""

from __future__ import annotations

import importlib
import logging
import sys
from textwrap import dedent

import pytest

from srp_portal.composition import compose
from srp_portal.hooks.errors import PluginConfigurationError
from srp_portal.hooks.manager import build_plugin_manager
from srp_portal.settings import Settings, SettingsError

GOOD = """
    from srp_portal.plugin import ProposedModifier, hookimpl

    API_VERSION = 1

    @hookimpl
    def payout_modifiers(killmail, division, submitter):
        if killmail.region == "Catch":
            yield ProposedModifier("relative", "0.10", "Home defence")
    """

# Each with the words that its line in the log has to hold.
BROKEN = {
    "missing-module": ("import srp_portal_of_another_galaxy", "srp_portal_of_another_galaxy"),
    "syntax": ("API_VERSION = = 1", "SyntaxError"),
    "raising": ("raise RuntimeError('at import')", "RuntimeError: at import"),
    "exiting": ("import sys\nsys.exit('bye')", "SystemExit: bye"),
    "old-name": ("from srp_portal.plugin import Lossmail", "Lossmail"),
    "no-version": (GOOD.replace("API_VERSION = 1", ""), "no API_VERSION"),
    "future-version": (GOOD.replace("API_VERSION = 1", "API_VERSION = 2"), "API_VERSION 2"),
    "unknown-hook": (
        GOOD.replace("def payout_modifiers", "def payout_modifier"),
        "unknown hook 'payout_modifier'",
    ),
    "wrong-argument": (GOOD.replace("submitter", "pilot"), "pilot"),
    "wrong-source": (
        """
        from srp_portal.plugin import hookimpl

        API_VERSION = 1

        class Source:
            name = "Board"
            description = "Links"

            def matches(self, url):
                return True

        @hookimpl
        def killmail_sources(settings):
            return [Source()]
        """,
        "fetch()",
    ),
    "wrong-transformer": (
        """
        from srp_portal.plugin import Transformer, hookimpl

        API_VERSION = 1

        @hookimpl
        def transformers(settings):
            return [Transformer("ship", "Wiki", "wiki.example.com")]
        """,
        "Transformer.url_template",
    ),
    "missing-setting": (
        """
        from srp_portal.plugin import hookimpl

        API_VERSION = 1

        @hookimpl
        def killmail_sources(settings):
            return [settings["token"]]
        """,
        "KeyError: 'token'",
    ),
}


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Gives install(name, code): puts a distribution with this plugin on the path."""
    monkeypatch.syspath_prepend(tmp_path)
    modules = set()

    def put(name, code):
        module = f"throw_away_{name.replace('-', '_')}"
        modules.add(module)
        (tmp_path / f"{module}.py").write_text(dedent(code), encoding="utf-8")
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", encoding="utf-8"
        )
        (info / "entry_points.txt").write_text(
            f"[srp_portal]\n{name} = {module}\n", encoding="utf-8"
        )
        importlib.invalidate_caches()

    yield put
    for module in modules:
        sys.modules.pop(module, None)


def test_plugin_when_installed_then_is_loaded(install):
    install("home-region", GOOD)
    registry = build_plugin_manager(["home-region"], {})
    report = registry.reports[0]
    assert (report.name, report.distribution, report.version) == (
        "home-region",
        "throw_away_home_region",
        "1.0",
    )
    assert (report.enabled, report.hooks) == (True, ("payout_modifiers",))


@pytest.mark.parametrize("kind", BROKEN)
def test_plugin_when_broken_then_is_left_out_with_one_line_and_the_others_work(
    install, caplog, kind
):
    code, words = BROKEN[kind]
    install(kind, code)
    install("home-region", GOOD)
    with caplog.at_level(logging.INFO):
        registry = build_plugin_manager([kind, "home-region"], {})
    assert registry.names == ("home-region",)
    assert words in registry.reports[0].reason
    (record,) = caplog.records
    assert record.getMessage() == (
        f"Plugin {kind} (throw_away_{kind.replace('-', '_')} 1.0) is left out:"
        f" {registry.reports[0].reason}"
    )


def test_plugins_when_none_are_named_then_broken_ones_do_not_hinder_the_others(install):
    for kind, (code, _) in BROKEN.items():
        install(kind, code)
    install("home-region", GOOD)
    registry = build_plugin_manager(None, {})
    assert {"home-region", "zkillboard", "esi-killmail"} <= set(registry.names)
    assert not set(BROKEN) & set(registry.names)
    assert {report.name for report in registry.reports} >= set(BROKEN)


def test_plugin_when_named_but_not_installed_then_stops_the_start():
    with pytest.raises(PluginConfigurationError, match="not-there"):
        build_plugin_manager(["zkillboard", "not-there"], {})


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("zkillboard.value", "ZKILLBOARD_VALUE"),
        ("zkillboard.base_url", "ZKILLBOARD_BASE_URL"),
        ("zkillboard.domains", "ZKILLBOARD_DOMAINS"),
        ("esi-killmail.base_url", "ESI_KILLMAIL_BASE_URL"),
    ],
)
def test_portal_when_a_plugins_setting_is_wrong_then_stops_with_a_line_that_names_it(
    name, variable
):
    ini = {"sqlalchemy.url": "sqlite://", "srp.secret": "s" * 32}
    with pytest.raises(SettingsError) as caught:
        compose(Settings.load(ini, {variable: "a/b\nc"}))
    assert caught.value.name == name
    assert str(caught.value).startswith(f"setting {name} (or {variable}): must ")
    assert "\n" not in str(caught.value)


def test_registries_when_several_are_built_then_share_nothing(install):
    install("home-region", GOOD)
    first = build_plugin_manager(["home-region"], {})
    second = build_plugin_manager(["zkillboard"], {})
    assert (first.names, second.names) == (("home-region",), ("zkillboard",))
    assert first.sources == ()
