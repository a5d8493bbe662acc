"""The context that plugins are given."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest

from srp_portal.hooks.context import ContextFactory, PluginCache, Tools
from srp_portal.plugin import ProposedModifier


def history(days, ship_id=None):
    return [days, ship_id]


@pytest.fixture
def registry(load, make_plugin):
    def killmail_sources():
        for name, host in (("One", "one.example"), ("Two", "two.example")):
            yield SimpleNamespace(
                name=name,
                description="Links",
                hosts=(host,),
                matches=lambda url: True,
                fetch=lambda url, context: None,
            )

    return load(a=make_plugin(killmail_sources, HOSTS=("hook.example",)), b=make_plugin())


@pytest.fixture
def factory(registry, store):
    made = ContextFactory(
        registry,
        Tools(
            settings=lambda plugin: {"name": plugin},
            esi="the client",
            store=store,
            user_agent="portal/1.0",
        ),
    )
    yield made
    made.close()


def test_context_when_made_for_hooks_then_has_the_plugins_own_tools(factory):
    context = factory.for_hooks(history)("a")
    assert context.settings == {"name": "a"}
    assert context.esi == "the client"
    assert context.history(30, 587) == [30, 587]
    assert context.http.headers["User-Agent"] == "portal/1.0"


def test_context_when_rules_are_applied_once_more_then_has_the_plugins_modifiers(factory):
    given = {"a": [ProposedModifier("relative", "0.1", "Home")], "b": []}
    context_for = factory.for_hooks(history, given.__getitem__)
    assert context_for("a").earlier == tuple(given["a"])
    assert context_for("b").earlier == factory.for_hooks(history)("a").earlier == ()


@pytest.mark.parametrize(
    ("host", "for_hooks", "for_source"),
    [
        ("one.example", True, True),
        ("two.example", True, False),
        ("hook.example", True, False),
        ("other.example", False, False),
    ],
)
def test_hosts_when_called_then_are_the_plugins_or_the_sources(
    factory, registry, host, for_hooks, for_source
):
    urls = f"https://{host}/"
    hooks = factory.for_hooks(history)("a").http.get_adapter(urls)
    source = factory.for_source(registry.sources[0], history).http.get_adapter(urls)
    assert hooks.allows(urls) is for_hooks
    assert source.allows(urls) is for_source


def test_session_when_wanted_again_then_is_the_same(factory, registry):
    context_for = factory.for_hooks(history)
    assert context_for("a").http is factory.for_hooks(history)("a").http
    assert context_for("a").http is not context_for("b").http
    assert context_for("a").http is not factory.for_source(registry.sources[0], history).http


def test_session_when_closed_then_a_new_one_is_made(factory):
    first = factory.for_hooks(history)("a").http
    factory.close()
    assert factory.for_hooks(history)("a").http is not first


def test_context_when_the_plugin_is_not_loaded_then_raises(factory):
    with pytest.raises(KeyError):
        factory.for_hooks(history)("c")


@pytest.mark.parametrize("value", [None, 1, "text", [1, {"a": None}], {"isk": "1.50"}])
def test_cache_when_something_was_set_then_gives_it_back(store, value):
    cache = PluginCache(store, "a")
    cache.set("key", value, 60)
    assert cache.get("key") == value
    assert list(store.seconds.values()) == [60]


def test_cache_when_nothing_was_set_then_gives_none(store):
    assert PluginCache(store, "a").get("key") is None


def test_cache_when_of_two_plugins_then_they_do_not_meet(store):
    PluginCache(store, "a").set("key", 1, 60)
    assert PluginCache(store, "b").get("key") is None


@pytest.mark.parametrize("key", ["", "x" * 201, 5, None], ids=["blank", "long", "int", "none"])
def test_cache_when_the_key_is_wrong_then_raises(store, key):
    cache = PluginCache(store, "a")
    with pytest.raises(ValueError, match="key"):
        cache.get(key)
    with pytest.raises(ValueError, match="key"):
        cache.set(key, 1, 60)


@pytest.mark.parametrize(
    ("value", "seconds", "error"),
    [
        (1, 0, ValueError),
        (1, -1, ValueError),
        (1, 10**9, ValueError),
        ("x" * 70_000, 60, ValueError),
        (object(), 60, TypeError),
    ],
    ids=["no time", "past", "ever", "large", "no JSON"],
)
def test_cache_when_the_value_can_not_be_kept_then_raises(store, value, seconds, error):
    with pytest.raises(error):
        PluginCache(store, "a").set("key", value, seconds)
    assert store.kept == {}


def test_cache_when_the_store_is_down_then_is_an_empty_one(caplog):
    def down(*arguments):
        raise OSError("no redis")

    cache = PluginCache(SimpleNamespace(get=down, set=down), "a")
    with caplog.at_level(logging.WARNING):
        cache.set("key", 1, 60)
        assert cache.get("key") is None
    assert len(caplog.records) == 2
