"""How hooks are called: arguments, contexts, order, guards."""

from __future__ import annotations

from asyncio import CancelledError
from decimal import Decimal
from types import SimpleNamespace

import pytest

from srp_portal.hooks.errors import PluginConfigurationError, PluginFailed
from srp_portal.plugin import (
    Flag,
    IskOutOfRange,
    KillmailNotFound,
    KillmailUnverified,
    Panel,
    PluginContext,
    PluginError,
    ProposedModifier,
    SourceUnavailable,
    SubmissionRejected,
    hookimpl,
)
from srp_portal.testing.killmails import make_killmail

KILLMAIL = make_killmail()


def raising(hook, error):
    def function():
        raise error

    function.__name__ = hook
    return function


def answering(hook, answer):
    def function():
        return answer

    function.__name__ = hook
    return function


class Source:
    description = "Links"
    hosts = ()

    def __init__(self, name, answer=None, prefix=""):
        self.name = name
        self.answer = answer
        self.prefix = prefix

    def matches(self, url):
        if isinstance(self.prefix, BaseException):
            raise self.prefix
        return url.startswith(self.prefix)

    def fetch(self, url, context):
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


def with_sources(make_plugin, *sources):
    def killmail_sources():
        return sources

    return make_plugin(killmail_sources)


@pytest.fixture
def call(contexts, division, user):
    """Gives call(registry, hook): the hook called with ordinary arguments."""

    def call_hook(registry, hook):
        arguments = [KILLMAIL, division]
        if hook in ("payout_modifiers", "review_flags", "validate_submission"):
            arguments.append(user)
        return getattr(registry, hook)(*arguments, contexts)

    return call_hook


#: By these a program ends, and a thread that serves others would with it.
ENDINGS = (SystemExit(1), KeyboardInterrupt(), GeneratorExit(), CancelledError())
CHECKED_HOOKS = ("base_payout", "payout_modifiers", "validate_submission")
SKIPPED_HOOKS = ("review_flags", "request_panels")


def test_source_when_several_match_then_the_first_in_order_wins(load, make_plugin):
    registry = load(
        ["b", "a"],
        a=with_sources(make_plugin, Source("A")),
        b=with_sources(make_plugin, Source("B1", prefix="x"), Source("B2")),
    )
    assert registry.find_source("x").name == "B1"
    assert registry.find_source("y").name == "B2"


def test_source_when_none_matches_then_is_none(load, make_plugin):
    registry = load(a=with_sources(make_plugin, Source("A", prefix="x")))
    assert registry.find_source("y") is None


@pytest.mark.parametrize(
    "error", [RuntimeError("bad regex"), KillmailNotFound("answer"), *ENDINGS], ids=repr
)
def test_source_when_matches_raises_then_is_logged_and_does_not_match(
    load, make_plugin, caplog, error
):
    registry = load(a=with_sources(make_plugin, Source("A", prefix=error), Source("B")))
    assert registry.find_source("y").name == "B"
    assert "Plugin a: matches of source A" in caplog.text


def test_source_when_matches_raises_and_no_other_takes_the_link_then_fails(load, make_plugin):
    broken = Source("A", prefix=RuntimeError("bad regex"))
    registry = load(a=with_sources(make_plugin, broken, Source("B", prefix="x")))
    with pytest.raises(PluginFailed, match="a"):
        registry.find_source("y")


def fetch(load, make_plugin, answer):
    registry = load(a=with_sources(make_plugin, Source("A", answer)))
    context = PluginContext({}, None, None, None, None)
    return registry.fetch(registry.sources[0], "url", context)


def test_fetch_when_verified_then_gives_the_killmail_with_isk_rounded(load, make_plugin):
    answer = make_killmail(value="1.005", values={"total": "1.015"}, source="")
    killmail = fetch(load, make_plugin, answer)
    assert (str(killmail.value), killmail.source) == ("1.00", "A")
    assert str(killmail.values["total"]) == "1.02"


def test_fetch_when_the_source_named_itself_then_that_name_stays(load, make_plugin):
    assert fetch(load, make_plugin, make_killmail(source="Mirror", value=None)).source == "Mirror"


@pytest.mark.parametrize(
    "error",
    [
        KillmailNotFound("none"),
        KillmailUnverified("forged"),
        SourceUnavailable("down"),
        SubmissionRejected("no"),
        IskOutOfRange("too much"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_fetch_when_it_answers_with_a_public_error_then_it_passes(load, make_plugin, error):
    with pytest.raises(type(error)) as caught:
        fetch(load, make_plugin, error)
    assert caught.value is error


def test_fetch_when_not_verified_then_is_refused(load, make_plugin):
    with pytest.raises(KillmailUnverified):
        fetch(load, make_plugin, make_killmail(verified=False))


@pytest.mark.parametrize(
    "error",
    [RuntimeError("boom"), SystemExit(1), PluginError("root")],
    ids=["error", "exit", "root of the public errors"],
)
def test_fetch_when_it_raises_then_the_failure_names_plugin_and_source(
    load, make_plugin, caplog, error
):
    with pytest.raises(PluginFailed) as caught:
        fetch(load, make_plugin, error)
    assert (caught.value.plugin, caught.value.hook) == ("a", "fetch of source A")
    assert caught.value.__cause__ is error
    assert caplog.records[0].exc_info


def test_fetch_when_it_gives_something_else_then_the_failure_shows_it(load, make_plugin):
    with pytest.raises(PluginFailed, match=r"must be of Killmail, not \{'killmail_id': 1\}"):
        fetch(load, make_plugin, {"killmail_id": 1})


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [("pilot", 5, PluginFailed), ("value", 10**13, IskOutOfRange)],
)
def test_fetch_when_a_frozen_value_was_forced_then_is_checked_again(
    load, make_plugin, field, value, error
):
    forced = make_killmail()
    object.__setattr__(forced, field, value)
    with pytest.raises(error, match=rf"Killmail\.{field}"):
        fetch(load, make_plugin, forced)


def test_hook_when_it_names_few_arguments_then_gets_only_those(load, make_plugin, call, contexts):
    seen = []

    def payout_modifiers(submitter):
        seen.append(submitter.name)

    assert call(load(a=make_plugin(payout_modifiers)), "payout_modifiers") == []
    assert seen == ["Ann"]
    assert contexts.made == []


def test_hook_when_it_names_arguments_in_any_way_then_gets_them(load, make_plugin, call):
    seen = []

    def review_flags(division, killmail=None, *, context, other="default"):
        seen.append((division.name, killmail.ship, context.settings, other))

    call(load(a=make_plugin(review_flags)), "review_flags")
    assert seen == [("Test Alliance", "Guardian", {"plugin": "a"}, "default")]


def test_hook_when_it_takes_anything_then_gets_what_pluggy_would_give(load, make_plugin, call):
    def base_payout(killmail, *arguments, **keywords):
        return Decimal(len(arguments) + len(keywords))

    assert call(load(a=make_plugin(base_payout)), "base_payout") == 0


def test_hook_when_a_method_then_self_is_no_argument(load, call):
    class Plugin:
        API_VERSION = 1

        @hookimpl
        def base_payout(self, killmail, context):
            return killmail.value

    assert call(load(a=Plugin()), "base_payout") == KILLMAIL.value


def test_context_when_wanted_then_is_each_plugins_own(load, make_plugin, call, contexts):
    def review_flags(context):
        yield Flag("own", "info", context.settings["plugin"])

    registry = load(a=make_plugin(review_flags), b=make_plugin(review_flags))
    flags = call(registry, "review_flags")
    assert [(plugin, flag.text) for plugin, flag in flags] == [("a", "a"), ("b", "b")]
    assert contexts.made == ["a", "b"]


@pytest.mark.parametrize("hook", CHECKED_HOOKS + SKIPPED_HOOKS)
def test_context_when_it_can_not_be_made_then_no_plugin_is_blamed(
    load, make_plugin, division, user, hook
):
    def wants(context):
        return None

    wants.__name__ = hook

    def context_for(plugin):
        raise KeyError("portal")

    arguments = [KILLMAIL, division] + [user] * (hook not in ("base_payout", "request_panels"))
    with pytest.raises(KeyError, match="portal"):
        getattr(load(a=make_plugin(wants)), hook)(*arguments, context_for)


def test_base_payout_when_the_first_passes_then_the_next_answers(load, make_plugin, call):
    registry = load(
        a=make_plugin(answering("base_payout", None)),
        b=make_plugin(answering("base_payout", Decimal("12.345"))),
        c=make_plugin(raising("base_payout", RuntimeError("never asked"))),
    )
    assert str(call(registry, "base_payout")) == "12.34"


def test_base_payout_when_nobody_answers_then_is_none(load, make_plugin, call):
    assert call(load(a=make_plugin(answering("base_payout", None))), "base_payout") is None


def test_base_payout_when_zero_then_is_an_answer(load, make_plugin, call):
    assert call(load(a=make_plugin(answering("base_payout", 0))), "base_payout") == 0


def test_base_payout_when_a_plugin_wants_to_be_last_then_is_asked_last(load, make_plugin, call):
    def base_payout():
        return Decimal(1)

    late = SimpleNamespace(API_VERSION=1, base_payout=hookimpl(trylast=True)(base_payout))
    registry = load(a=late, b=make_plugin(answering("base_payout", Decimal(2))))
    assert call(registry, "base_payout") == 2


@pytest.mark.parametrize(
    "answer",
    [1.5, "12", -1, Decimal("NaN"), True, object(), [1]],
    ids=lambda value: repr(value)[:9],
)
def test_base_payout_when_no_amount_then_fails(load, make_plugin, call, answer):
    with pytest.raises(PluginFailed, match="plugin a, hook base_payout: result must"):
        call(load(a=make_plugin(answering("base_payout", answer))), "base_payout")


def test_base_payout_when_beyond_a_trillion_then_refuses_the_submission(load, make_plugin, call):
    with pytest.raises(SubmissionRejected, match="1,000,000,000,000"):
        call(load(a=make_plugin(answering("base_payout", 10**12 + 1))), "base_payout")


def test_modifiers_when_from_generators_and_lists_then_come_in_order_and_rounded(
    load, make_plugin, call
):
    def payout_modifiers(killmail):
        yield ProposedModifier("relative", "0.1234567", "Home defence")
        yield ProposedModifier("absolute", "-5.005", "Insurance", apply=False)

    registry = load(
        a=make_plugin(payout_modifiers),
        b=make_plugin(answering("payout_modifiers", None)),
        c=make_plugin(answering("payout_modifiers", [ProposedModifier("absolute", 1, "One")])),
    )
    found = call(registry, "payout_modifiers")
    assert [(plugin, str(modifier.value), modifier.apply) for plugin, modifier in found] == [
        ("a", "0.12346", True),
        ("a", "-5.00", False),
        ("c", "1.00", True),
    ]


def test_modifiers_when_a_generator_raises_late_then_fail(load, make_plugin, call):
    def payout_modifiers(killmail):
        yield ProposedModifier("relative", "0.1", "First")
        raise RuntimeError("second")

    with pytest.raises(PluginFailed, match="RuntimeError: second"):
        call(load(a=make_plugin(payout_modifiers)), "payout_modifiers")


def test_modifiers_when_endless_then_fail(load, make_plugin, call):
    def payout_modifiers(killmail):
        while True:
            yield ProposedModifier("relative", "0.1", "Again")

    with pytest.raises(PluginFailed, match="more than 100"):
        call(load(a=make_plugin(payout_modifiers)), "payout_modifiers")


@pytest.mark.parametrize(
    "answer",
    [5, "text", {"a": 1}, [("relative", 1, "x")], ProposedModifier("relative", 1, "")],
    ids=["number", "text", "mapping", "tuples", "single"],
)
def test_modifiers_when_not_modifiers_then_fail(load, make_plugin, call, answer):
    with pytest.raises(PluginFailed, match="hook payout_modifiers: result must be"):
        call(load(a=make_plugin(answering("payout_modifiers", answer))), "payout_modifiers")


@pytest.mark.parametrize("hook", CHECKED_HOOKS)
@pytest.mark.parametrize(
    "error", [SubmissionRejected("no"), SourceUnavailable("down")], ids=["rejected", "down"]
)
def test_hook_when_it_answers_with_a_public_error_then_it_passes(
    load, make_plugin, call, hook, error
):
    with pytest.raises(type(error)) as caught:
        call(load(a=make_plugin(raising(hook, error))), hook)
    assert caught.value is error


@pytest.mark.parametrize("hook", CHECKED_HOOKS)
def test_hook_when_it_raises_then_the_failure_names_it(load, make_plugin, call, hook):
    registry = load(a=make_plugin(raising(hook, ZeroDivisionError("by zero"))))
    with pytest.raises(PluginFailed, match=f"plugin a, hook {hook}: ZeroDivisionError: by zero"):
        call(registry, hook)


@pytest.mark.parametrize("hook", CHECKED_HOOKS)
@pytest.mark.parametrize("error", ENDINGS, ids=repr)
def test_hook_when_it_ends_the_program_then_that_is_its_failure(
    load, make_plugin, call, hook, error
):
    with pytest.raises(PluginFailed, match=f"plugin a, hook {hook}: {type(error).__name__}"):
        call(load(a=make_plugin(raising(hook, error))), hook)


def test_validation_when_it_gives_an_answer_then_fails(load, make_plugin, call):
    with pytest.raises(PluginFailed, match="must be None, not 'too late'"):
        call(
            load(a=make_plugin(answering("validate_submission", "too late"))), "validate_submission"
        )


def test_validation_when_nobody_objects_then_is_silent(load, make_plugin, call):
    registry = load(a=make_plugin(answering("validate_submission", None)))
    assert call(registry, "validate_submission") is None


@pytest.mark.parametrize("hook", SKIPPED_HOOKS)
@pytest.mark.parametrize(
    "error",
    [RuntimeError("boom"), SubmissionRejected("no"), *ENDINGS],
    ids=repr,
)
def test_hook_when_it_may_not_block_then_a_failure_is_logged_and_skipped(
    load, make_plugin, call, caplog, *, hook, error
):
    results = {"review_flags": Flag("x", "info", "text"), "request_panels": Panel("x", [])}
    registry = load(
        a=make_plugin(raising(hook, error)), b=make_plugin(answering(hook, [results[hook]]))
    )
    assert call(registry, hook) == [("b", results[hook])]
    assert f"{hook}" in caplog.text


@pytest.mark.parametrize("hook", SKIPPED_HOOKS)
def test_hook_when_it_may_not_block_then_a_wrong_value_is_skipped(
    load, make_plugin, call, caplog, hook
):
    assert call(load(a=make_plugin(answering(hook, ["text"]))), hook) == []
    assert "result must be of" in caplog.text


def test_subscribers_when_asked_then_are_those_with_the_hook_in_order(load, make_plugin):
    def request_changed(event):
        return None

    plugin = make_plugin(request_changed)
    registry = load(["c", "a", "b"], a=plugin, b=make_plugin(), c=make_plugin(request_changed))
    assert registry.request_changed_subscribers == ("c", "a")


def test_subscribers_when_one_does_not_listen_with_its_settings_then_is_left_out(load, make_plugin):
    def request_changed(event):
        return None

    def listens(settings):
        return "url" in settings

    plugins = {
        "quiet": make_plugin(request_changed, LISTENS=listens),
        "told": make_plugin(request_changed, LISTENS=listens),
        "never": make_plugin(request_changed, LISTENS=False),
    }
    registry = load(settings={"told": {"url": "x"}}, **plugins)
    assert registry.request_changed_subscribers == ("told",)
    assert {report.hooks for report in registry.reports} == {("request_changed",)}


def test_notify_when_called_then_tells_that_plugin_alone(load, make_plugin, event, contexts):
    told = []

    def subscriber(name):
        def request_changed(event, context):
            told.append((name, event.event_id, context.settings))

        return make_plugin(request_changed)

    registry = load(a=subscriber("a"), b=subscriber("b"))
    registry.notify("b", event, contexts("b"))
    assert told == [("b", "e-1", {"plugin": "b"})]


def test_notify_when_the_hook_raises_then_so_does_notify(load, make_plugin, event, contexts):
    registry = load(a=make_plugin(raising("request_changed", ValueError("no"))))
    with pytest.raises(ValueError, match="no"):
        registry.notify("a", event, contexts("a"))


def test_notify_when_the_plugin_does_not_listen_then_raises(load, make_plugin, event, contexts):
    with pytest.raises(LookupError, match="b"):
        load(a=make_plugin()).notify("b", event, contexts("b"))


class Config:
    def __init__(self):
        self.included = []

    def include(self, callable):  # noqa: A002 - Pyramid's own name
        self.included.append(callable)
        callable(self)


def test_includeme_when_the_portal_starts_then_each_plugin_is_included_in_order(load, make_plugin):
    seen = []

    def subscriber(name):
        def includeme(config):
            seen.append(name)

        return make_plugin(includeme)

    config = Config()
    load(["b", "a"], a=subscriber("a"), b=subscriber("b")).includeme(config)
    assert (seen, len(config.included)) == (["b", "a"], 2)


@pytest.mark.parametrize("error", [RuntimeError("boom"), *ENDINGS], ids=repr)
def test_includeme_when_it_raises_then_stops_the_start_with_the_name(load, make_plugin, error):
    def includeme(config):
        raise error

    with pytest.raises(PluginConfigurationError, match="plugin a: its includeme failed") as caught:
        load(a=make_plugin(includeme)).includeme(Config())
    assert caught.value.__cause__ is error


def test_hosts_when_the_plugin_is_not_loaded_then_raises(load):
    with pytest.raises(KeyError):
        load().hosts("a")


def test_panels_when_no_plugin_has_any_then_the_page_need_not_ask(load, make_plugin):
    assert not load(a=make_plugin()).has_panels
    assert load(a=make_plugin(answering("request_panels", None))).has_panels
