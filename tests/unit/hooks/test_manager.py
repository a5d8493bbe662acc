"""Which plugins are loaded, in which order, and what is said about the others."""

from __future__ import annotations

import logging
from asyncio import CancelledError
from importlib.metadata import Distribution
from types import SimpleNamespace

import pytest

from srp_portal.hooks.errors import PluginConfigurationError
from srp_portal.hooks.manager import build_plugin_manager
from srp_portal.plugin import SettingError, Transformer, hookimpl


def base_payout():
    return None


def source(**overrides):
    members = {
        "name": "Board",
        "description": "Links of the board",
        "hosts": ("board.example",),
        "matches": lambda url: True,
        "fetch": lambda url, context: None,
    }
    return SimpleNamespace(**{**members, **overrides})


def giving(hook, *objects):
    """A hook called at start that gives these objects."""

    def function(settings):
        yield from objects

    function.__name__ = hook
    return function


def test_plugins_when_none_are_named_then_all_are_loaded_by_name(load, make_plugin):
    registry = load(b=make_plugin(base_payout), c=make_plugin(), a=make_plugin(base_payout))
    assert registry.names == ("a", "b", "c")
    assert [(report.name, report.enabled, report.hooks) for report in registry.reports] == [
        ("a", True, ("base_payout",)),
        ("b", True, ("base_payout",)),
        ("c", True, ()),
    ]


def test_plugins_when_named_then_these_are_loaded_in_this_order(load, make_plugin):
    registry = load(
        ["c", "a", "c"],
        a=make_plugin(base_payout),
        b=make_plugin(base_payout),
        c=make_plugin(base_payout),
    )
    assert registry.names == ("c", "a")
    assert [(report.name, report.reason) for report in registry.reports] == [
        ("c", ""),
        ("a", ""),
        ("b", "not named in srp.plugins"),
    ]


def test_plugin_when_not_enabled_then_is_not_imported(load, make_plugin):
    registry = load(["a"], a=make_plugin(), b=RuntimeError("imported"))
    assert registry.reports[1].reason == "not named in srp.plugins"


def test_plugins_when_none_are_wanted_then_none_are_loaded(load, make_plugin):
    assert load([], a=make_plugin()).names == ()


def test_plugin_when_named_but_not_installed_then_stops_the_start(load, make_plugin):
    with pytest.raises(PluginConfigurationError, match=r"names b, which .* \(installed: a\)"):
        load(["a", "b"], a=make_plugin())


def test_plugin_when_nothing_is_installed_then_the_error_says_so(load):
    with pytest.raises(PluginConfigurationError, match="installed: none"):
        load(["a"])


@pytest.mark.parametrize("as_mapping", [True, False], ids=["mapping", "callable"])
def test_settings_when_given_then_reach_the_hooks_called_at_start(load, make_plugin, as_mapping):
    seen = []

    def killmail_sources(settings):
        seen.append(settings)

    settings = {"a": {"key": "value"}}
    plugins = {"a": make_plugin(killmail_sources)}
    load(None, settings if as_mapping else settings.__getitem__, **plugins)
    assert seen == [{"key": "value"}]


def test_settings_when_there_are_none_of_a_plugin_then_are_empty(load, make_plugin):
    seen = []

    def transformers(settings):
        seen.append(settings)

    load(a=make_plugin(transformers))
    assert seen == [{}]


def test_entry_points_when_not_given_then_are_the_installed_ones():
    reports = {report.name: report for report in build_plugin_manager(None, {}).reports}
    assert reports["zkillboard"].distribution == "srp-portal-zkillboard"
    assert reports["esi-killmail"].hooks == ("killmail_sources",)
    assert reports["zkillboard"].version


def test_sources_when_loaded_then_carry_their_plugin_and_hosts(load, make_plugin):
    registry = load(
        ["b", "a"],
        a=make_plugin(giving("killmail_sources", source(name="A"))),
        b=make_plugin(giving("killmail_sources", source(name="B1"), source(name="B2", hosts=()))),
    )
    assert [(loaded.plugin, loaded.name) for loaded in registry.sources] == [
        ("b", "B1"),
        ("b", "B2"),
        ("a", "A"),
    ]
    assert list(registry.sources[0].hosts) == ["board.example"]
    assert registry.sources[0].description == "Links of the board"


def test_source_when_it_declares_no_hosts_then_has_none(load, make_plugin):
    bare = source()
    del bare.hosts
    registry = load(a=make_plugin(giving("killmail_sources", bare)))
    assert list(registry.sources[0].hosts) == []


def test_sources_when_a_plugin_wants_to_be_first_then_pluggys_order_holds(load, make_plugin):
    early = giving("killmail_sources", source(name="B"))
    late = make_plugin(giving("killmail_sources", source(name="A")))
    registry = load(
        a=late, b=SimpleNamespace(API_VERSION=1, killmail_sources=hookimpl(tryfirst=True)(early))
    )
    assert [loaded.name for loaded in registry.sources] == ["B", "A"]


def test_transformers_when_loaded_then_carry_their_plugin(load, make_plugin):
    transformer = Transformer("ship", "Wiki", "https://wiki.example.com/{}")
    registry = load(a=make_plugin(giving("transformers", transformer)))
    (loaded,) = registry.transformers
    assert (loaded.plugin, loaded.attribute, loaded.name, loaded.url_template) == (
        "a",
        "ship",
        "Wiki",
        "https://wiki.example.com/{}",
    )


@pytest.mark.parametrize(
    ("declared", "settings"),
    [(("hook.example:8443",), {}), (lambda given: [given["host"]], {"host": "hook.example:8443"})],
    ids=["constant", "function of the settings"],
)
def test_hosts_when_declared_beside_the_version_then_join_those_of_the_sources(
    load, make_plugin, declared, settings
):
    registry = load(
        None,
        {"a": settings},
        a=make_plugin(giving("killmail_sources", source()), HOSTS=declared),
    )
    assert list(registry.hosts("a")) == ["board.example", "hook.example:8443"]
    assert list(registry.sources[0].hosts) == ["board.example"]


def test_name_when_two_distributions_share_it_then_one_is_left_out(entry_point, make_plugin):
    first, second = (SimpleNamespace(name=name, version="1.0") for name in ("d-one", "d-two"))
    registry = build_plugin_manager(
        None,
        {},
        [
            entry_point("a", make_plugin(base_payout), second),
            entry_point("a", make_plugin(base_payout), first),
        ],
    )
    assert [
        (report.distribution, report.enabled, report.reason) for report in registry.reports
    ] == [
        ("d-one", True, ""),
        ("d-two", False, "d-one has a plugin of the same name"),
    ]


def test_object_when_two_names_share_it_then_one_is_left_out(load, make_plugin):
    plugin = make_plugin(base_payout)
    registry = load(a=plugin, b=plugin)
    assert registry.names == ("a",)
    assert "same object" in registry.reports[1].reason


def test_optional_hook_when_unknown_then_does_no_harm(load):
    def of_another_portal():
        return None

    plugin = SimpleNamespace(API_VERSION=1, other=hookimpl(optionalhook=True)(of_another_portal))
    registry = load(a=plugin)
    assert (registry.names, registry.reports[0].hooks) == (("a",), ())


def payouts():
    return None


async def _async(killmail):
    return None


async def _async_generator(killmail):
    yield None


def _named(hook, function):
    function.__name__ = hook
    return function


def _wrong_argument(killmail, pilot):
    return None


def _wrong_keyword(killmail, *, pilot):
    return None


def _not_iterable(settings):
    return 5


def _text(settings):
    return "source"


def _endless(settings):
    while True:
        yield source()


def _raising(settings):
    raise RuntimeError("no\nnetwork")


def _exiting(settings):
    raise SystemExit(3)


def _of_no_hook(error):
    def declared(settings):
        raise error

    return declared


def _cancelled(settings):
    raise CancelledError


def _ended(settings):
    raise GeneratorExit


BROKEN = {
    "import": (lambda make: ImportError("no module\nnamed x"), "ImportError: no module named x"),
    "exit at import": (lambda make: SystemExit(1), "failed to load: SystemExit: 1"),
    "cancelled at import": (lambda make: CancelledError(), "failed to load: CancelledError"),
    "end at import": (lambda make: GeneratorExit(), "failed to load: GeneratorExit"),
    "interrupt at import": (lambda make: KeyboardInterrupt(), "failed to load: KeyboardInterrupt"),
    "no version": (lambda make: make(version=None), "no API_VERSION"),
    "other version": (lambda make: make(version=2), "API_VERSION 2, the portal's is 1"),
    "no int": (lambda make: make(version=True), "API_VERSION True"),
    "text version": (lambda make: make(version="1"), "API_VERSION '1'"),
    "unknown hook": (lambda make: make(payouts), "unknown hook 'payouts'"),
    "wrong argument": (lambda make: make(_named("base_payout", _wrong_argument)), "pilot"),
    "wrong keyword": (lambda make: make(_named("base_payout", _wrong_keyword)), "pilot"),
    "async": (lambda make: make(_named("base_payout", _async)), "async"),
    "async generator": (lambda make: make(_named("review_flags", _async_generator)), "async"),
    "raising": (
        lambda make: make(_named("killmail_sources", _raising)),
        "RuntimeError: no network",
    ),
    "exiting": (lambda make: make(_named("transformers", _exiting)), "SystemExit"),
    "cancelled": (lambda make: make(_named("killmail_sources", _cancelled)), "CancelledError"),
    "ended": (lambda make: make(_named("transformers", _ended)), "GeneratorExit"),
    "not iterable": (lambda make: make(_named("killmail_sources", _not_iterable)), "iterable"),
    "text": (lambda make: make(_named("transformers", _text)), "iterable"),
    "endless": (lambda make: make(_named("killmail_sources", _endless)), "more than 50"),
    "no source": (lambda make: make(giving("killmail_sources", object())), "matches()"),
    "source class": (lambda make: make(giving("killmail_sources", SimpleNamespace)), "matches()"),
    "no fetch": (lambda make: make(giving("killmail_sources", source(fetch=None))), "fetch()"),
    "no name": (lambda make: make(giving("killmail_sources", source(name=""))), "name"),
    "no description": (
        lambda make: make(giving("killmail_sources", source(description=None))),
        "description",
    ),
    "hosts as text": (lambda make: make(giving("killmail_sources", source(hosts="a.b"))), "hosts"),
    "host with scheme": (
        lambda make: make(giving("killmail_sources", source(hosts=("https://a.b",)))),
        "host",
    ),
    "no transformer": (lambda make: make(giving("transformers", ("a", "b", "c"))), "Transformer"),
    "hosts of the plugin": (lambda make: make(HOSTS=5), "HOSTS"),
    "hosts that exit": (lambda make: make(HOSTS=_of_no_hook(SystemExit(3))), "SystemExit"),
    "listens and is cancelled": (
        lambda make: make(LISTENS=_of_no_hook(CancelledError())),
        "CancelledError",
    ),
    "listens to something": (lambda make: make(LISTENS="yes"), "LISTENS"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_plugin_when_broken_then_is_left_out_with_one_line_and_the_others_work(
    load, make_plugin, caplog, kind
):
    make_broken, reason = BROKEN[kind]
    with caplog.at_level(logging.INFO):
        registry = load(broken=make_broken(make_plugin), fine=make_plugin(base_payout))
    assert registry.names == ("fine",)
    report = registry.reports[0]
    assert (report.name, report.enabled, report.hooks) == ("broken", False, ())
    assert reason in report.reason
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith("Plugin broken (no distribution) is left out: ")
    assert "\n" not in record.getMessage()


def _of_wrong_setting(settings):
    raise SettingError("region", "is no region")


@hookimpl(specname="transformers")
def _transformers_of_wrong_setting(settings):
    raise SettingError("region", "is no region")


@pytest.mark.parametrize(
    "part",
    [
        {"transformers": _transformers_of_wrong_setting},
        {"HOSTS": _of_wrong_setting},
        {"LISTENS": _of_wrong_setting},
    ],
    ids=["a hook", "HOSTS", "LISTENS"],
)
def test_plugin_when_its_setting_is_wrong_then_stops_the_start(load, make_plugin, part):
    with pytest.raises(PluginConfigurationError, match=r"^is no region$") as caught:
        load(fine=make_plugin(base_payout), home=make_plugin(**part))
    assert caught.value.setting == "home.region"


def test_plugin_when_it_has_a_wrapper_then_is_left_out(load):
    @hookimpl(wrapper=True)
    def base_payout(killmail):
        return (yield)

    registry = load(a=SimpleNamespace(API_VERSION=1, base_payout=base_payout))
    assert "wrapper" in registry.reports[0].reason


def test_plugin_when_looking_at_it_raises_then_is_left_out(load):
    class Plugin:
        @property
        def API_VERSION(self):  # noqa: N802 - the name that the portal reads
            raise RuntimeError("lazy")

    registry = load(a=Plugin())
    assert "RuntimeError: lazy" in registry.reports[0].reason


@pytest.mark.parametrize("name", ["srp", "esi", "Upper", "a.b", "a b", ""])
def test_plugin_when_its_name_can_not_stand_before_settings_then_is_left_out(
    load, make_plugin, name
):
    registry = load(**{name: make_plugin()})
    assert (registry.names, registry.reports[0].enabled) == ((), False)


def test_plugin_when_it_fails_to_load_then_debugging_shows_where(load, make_plugin, caplog):
    with caplog.at_level(logging.DEBUG, logger="srp_portal.hooks"):
        load(a=make_plugin(_named("killmail_sources", _raising)))
    [shown] = [record for record in caplog.records if record.levelno == logging.DEBUG]
    assert shown.exc_info[1].__traceback__ is not None
    assert "_raising" in caplog.text


def test_plugin_when_it_has_no_hooks_then_is_enabled_and_one_line_says_so(
    load, make_plugin, caplog
):
    registry = load(a=make_plugin(base_payout=lambda: None), b=make_plugin(base_payout))
    assert [(each.enabled, each.reason) for each in registry.reports] == [
        (True, "it has no hooks"),
        (True, ""),
    ]
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert "Plugin a is enabled and does nothing: it has no hooks" in record.getMessage()


class _Leftover(Distribution):
    """What is left of a distribution when the file METADATA is gone."""

    def read_text(self, filename):
        return None

    def locate_file(self, path):
        raise NotImplementedError


class _Unreadable:
    version = "1"

    @property
    def name(self):
        raise KeyError("Name")


@pytest.mark.parametrize("left", [_Leftover(), _Unreadable()], ids=["leftover", "unreadable"])
def test_plugin_when_its_distribution_has_no_metadata_then_is_passed_over_with_a_line(
    entry_point, make_plugin, caplog, left
):
    points = [
        entry_point("a", make_plugin(base_payout), SimpleNamespace(name="d", version="1.0")),
        entry_point("a", make_plugin(base_payout), left),
        entry_point("b", make_plugin(base_payout), left),
    ]
    registry = build_plugin_manager(None, {}, points)
    assert [(each.name, each.distribution) for each in registry.reports] == [("a", "d")]
    lines = [record.getMessage() for record in caplog.records]
    assert [line.partition(":")[0] for line in lines] == [
        "The plugin a is passed over",
        "The plugin b is passed over",
    ]


def test_plugin_when_it_can_not_be_compared_then_is_left_out(load, make_plugin):
    class Odd:
        API_VERSION = 1
        __hash__ = object.__hash__

        def __eq__(self, other):
            raise RuntimeError("odd")

    registry = load(["a", "b"], a=make_plugin(base_payout), b=Odd())
    assert registry.names == ("a",)
    assert "RuntimeError: odd" in registry.reports[1].reason
