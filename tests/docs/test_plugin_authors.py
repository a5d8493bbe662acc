"""docs/plugin-authors.md: each hook is described as it is specified, and its example works."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import sys
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import ModuleType

import pytest

import srp_portal.plugin
from srp_portal.domain.lifecycle import Status
from srp_portal.domain.transformable import ATTRIBUTES
from srp_portal.hooks import border, context, sessions
from srp_portal.hooks.errors import PluginConfigurationError, PluginFailed
from srp_portal.hooks.manager import build_plugin_manager
from srp_portal.plugin import (
    Attacker,
    DivisionInfo,
    Flag,
    Item,
    PastRequest,
    PluginError,
    RequestEvent,
    SettingError,
    SubmissionRejected,
    UserInfo,
    checks,
    errors,
    hookimpl,
    hookspecs,
)
from srp_portal.plugin import types as plugin_types
from srp_portal.services import delivery, history, killmail_lookup, plugin_panels
from srp_portal.testing.plugins import PluginBench

PAGE = "docs/plugin-authors.md"
HOOKS = {
    name: inspect.signature(function)
    for name, function in inspect.getmembers(hookspecs, inspect.isfunction)
    if function.__module__ == hookspecs.__name__
}
DIVISION = DivisionInfo(1, "Fleet", alliance_ids=(498125261,))
PILOT = UserInfo(1, "pilot", is_admin=False)
#: What happens when a hook fails, in the page's words.
FAILURES = {
    "killmail_sources": "the plugin is left out",
    "base_payout": "503, nothing is stored",
    "payout_modifiers": "503, nothing is stored",
    "review_flags": "the plugin's flags are left out",
    "request_panels": "the plugin's panels are left out",
    "validate_submission": "503, nothing is stored",
    "request_changed": "it is told again",
    "transformers": "the plugin is left out",
    "includeme": "the portal does not start",
}


class EntryPoint:
    """A plugin as if it were installed."""

    dist = None

    def __init__(self, plugin, name="example"):
        self.name = name
        self.load = lambda: plugin


@pytest.fixture(scope="session")
def sections(pages):
    """The text under the heading of each hook."""
    parts = re.split(r"^##(#?) (.*)\n", pages[PAGE].text, flags=re.MULTILINE)
    return {title: text for level, title, text in zip(*[iter(parts[1:])] * 3, strict=True) if level}


def points(section):
    """The points of a list in a section by their first words, each as one line."""
    found = re.findall(r"^- \*\*(\w+)\*\*: ((?:.+\n)(?:  .+\n)*)", section, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}


def rows(section, *headings):
    """The rows of the section's table with these headings."""
    lines = section.splitlines()
    start = lines.index(f"| {' | '.join(headings)} |") + 2
    table = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        table.append([cell.strip().strip("`") for cell in line.split("|")[1:-1]])
    return table


def example(pages, hook):
    """The example of a hook, as a module."""
    [block] = pages[PAGE].blocks(hook)
    module = ModuleType(f"example_of_{hook}")
    # Pyramid looks up the module of a function that it includes.
    sys.modules[module.__name__] = module
    exec(compile(block, f"{PAGE}, {hook}", "exec"), vars(module))
    return module


@pytest.fixture(autouse=True)
def no_examples_left():
    """Takes the examples' modules away again."""
    yield
    for name in [name for name in sys.modules if name.startswith("example_of_")]:
        del sys.modules[name]


@pytest.fixture
def load(pages, universe):
    """Gives load(hook, settings, history): a bench with the example of this hook."""
    benches = []

    def bench(hook, settings=None, past=()):
        point = EntryPoint(example(pages, hook))
        own = {"example": settings or {}}
        benches.append(PluginBench(universe, None, own, past, entry_points=[point]))
        return benches[-1]

    yield bench
    for each in benches:
        each.__exit__()


@pytest.mark.parametrize("hook", HOOKS)
def test_hook_when_documented_then_has_its_arguments_with_their_types(sections, hook):
    told = [(name, kind) for name, kind, _ in rows(sections[hook], "argument", "type", "is")]
    assert told == [(name, each.annotation) for name, each in HOOKS[hook].parameters.items()]
    assert all(what for _, _, what in rows(sections[hook], "argument", "type", "is"))


@pytest.mark.parametrize("hook", HOOKS)
def test_hook_when_documented_then_has_result_moment_and_failure(sections, hook):
    told = points(sections[hook])
    assert set(told) == {"Result", "Called", "Failure"}
    assert told["Result"].startswith(f"`{HOOKS[hook].return_annotation}`")


def test_hooks_when_documented_then_are_all_and_have_an_example(pages, sections):
    assert set(HOOKS) <= set(sections)
    for hook in HOOKS:
        [report] = build_plugin_manager(None, {}, [EntryPoint(example(pages, hook))]).reports
        assert (report.enabled, report.reason, report.hooks) == (True, "", (hook,))


def broken(hook):
    """A plugin whose hook fails, with no arguments: they say nothing of failing."""

    def fail():
        raise RuntimeError("on purpose")

    fail.__name__ = hook
    module = ModuleType("broken")
    module.API_VERSION = 1
    setattr(module, hook, hookimpl(fail))
    return module


@pytest.mark.parametrize("hook", HOOKS)
def test_failure_when_documented_then_is_what_happens(sections, make_killmail, hook):
    assert FAILURES[hook] in points(sections[hook])["Failure"]
    registry = build_plugin_manager(None, {}, [EntryPoint(broken(hook))])
    given = {"killmail": make_killmail(), "division": DIVISION, "context_for": lambda _: None}
    if hook != "base_payout" and "submitter" in HOOKS[hook].parameters:
        given["submitter"] = PILOT
    match FAILURES[hook]:
        case "the plugin is left out":
            assert "on purpose" in registry.reports[0].reason
        case "503, nothing is stored":
            with pytest.raises(PluginFailed, match="on purpose"):
                getattr(registry, hook)(**given)
        case "the plugin's flags are left out" | "the plugin's panels are left out":
            assert getattr(registry, hook)(**given) == []
        case "it is told again":
            with pytest.raises(RuntimeError, match="on purpose"):
                registry.notify("example", None, None)
        case "the portal does not start":
            from pyramid.config import Configurator

            with pytest.raises(PluginConfigurationError, match=r"plugin example: .*on purpose"):
                registry.includeme(Configurator())


def test_killmail_sources_when_used_as_shown_then_fetch_what_eve_says(load, universe):
    bench, loss = load("killmail_sources"), universe.losses[39861569]
    link = f"https://losses.example.com/{loss.killmail_id}/{loss.hash}"
    killmail = bench.fetch(f"{link}/?from=chat")
    assert (killmail.ship, killmail.url, killmail.source) == ("Guardian", link, "Loss pages")
    assert bench.source_of("https://losses.example.com/39861569/") is None
    assert bench.source_of(link.replace("losses.", "")) is None


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ({}, "270000000.00"),
        ({"values": {}}, None),
        ({"ship": "Capsule", "ship_group": "Capsule"}, "5000000.00"),
    ],
)
def test_base_payout_when_used_as_shown_then_is_flat_for_capsules(
    load, make_killmail, loss, expected
):
    bench = load("base_payout", {"capsule": "5000000"})
    found = bench.registry.base_payout(make_killmail(**loss), DIVISION, bench.context_for)
    assert found == (expected and Decimal(expected))


def past(request_id, status="approved"):
    """An earlier request."""
    now = datetime.now(UTC)
    return PastRequest(request_id, 1, 587, "Rifter", now, now, status, None, Decimal(1))


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ([], [("0.05", True)]),
        ([past(1, "rejected")], [("0.05", True)]),
        ([past(1)], []),
        ([past(number) for number in range(1, 11)], [("-0.25", False)]),
    ],
    ids=["none", "rejected", "one", "ten"],
)
def test_payout_modifiers_when_used_as_shown_then_look_back(load, make_killmail, earlier, expected):
    bench = load("payout_modifiers", past=earlier)
    found = bench.registry.payout_modifiers(make_killmail(), DIVISION, PILOT, bench.context_for)
    assert [(each.value, each.apply) for _, each in found] == [
        (Decimal(value), apply) for value, apply in expected
    ]


@pytest.mark.parametrize(
    ("fitted", "bonus"), [("270000000", ["54000000"]), ("900000000", ["100000000"]), ("0", [])]
)
def test_bonus_when_capped_as_shown_then_is_of_the_base_and_no_more(
    pages, universe, make_killmail, fitted, bonus
):
    point = EntryPoint(example(pages, "capped"))
    killmail = make_killmail(values={"fitted": Decimal(fitted)}, value=Decimal(fitted))
    with PluginBench(universe, entry_points=[point]) as bench:
        base = bench.registry.base_payout(killmail, DIVISION, bench.context_for)
        found = bench.registry.payout_modifiers(killmail, DIVISION, PILOT, bench.context_for)
    assert base == Decimal(fitted)
    assert [modifier.value for _, modifier in found] == [Decimal(value) for value in bonus]


def test_relative_modifier_when_given_then_is_rounded_to_the_places_that_are_told(pages):
    text = " ".join(pages[PAGE].text.split())
    assert "rounded to five places (0.00001 is 0.001 %)" in text
    assert Decimal("0.00001") == border._RATIO_STEP


LINKS = [
    ("https://a.example/x/", "https://a.example/x/", "https://a.example/x"),
    (" https://A.example:443/X ", "https://a.example/X", "https://a.example/X"),
    ("http://a.example:8080", "http://a.example:8080", "http://a.example:8080"),
    ("https://a.example/x?y=1", "https://a.example/x", None),
    ("https://a.example/x#y", "https://a.example/x", None),
    ("https://user@a.example/", None, None),
    ("https://a.example\\x", None, None),
    ("https://a.example/x y", None, None),
    ("https://ä.example/", None, None),
    ("ftp://a.example/", None, None),
    ("a.example/x", None, None),
]


@pytest.mark.parametrize(("text", "link", "base"), LINKS)
def test_link_when_taken_apart_then_as_the_page_says(text, link, base):
    found = srp_portal.plugin.parse_link(text)
    assert (found and found.url) == link
    if base is None:
        with pytest.raises(SettingError):
            srp_portal.plugin.parse_base_url("url", text)
    else:
        assert srp_portal.plugin.parse_base_url("url", text).url == base


@pytest.mark.parametrize(("alliance_id", "codes"), [(498125261, ["friendly-fire"]), (None, [])])
def test_review_flags_when_used_as_shown_then_tell_of_friends(
    load, make_killmail, alliance_id, codes
):
    bench = load("review_flags")
    killmail = make_killmail(attackers=(Attacker(7, 8, alliance_id, 587, final_blow=True),))
    found = bench.registry.review_flags(killmail, DIVISION, PILOT, bench.context_for)
    assert [flag.code for _, flag in found] == codes


def test_request_panels_when_used_as_shown_then_hold_what_was_lost(load, make_killmail):
    bench = load("request_panels")
    killmail = make_killmail(items=(Item(1, 11, 1, 2), Item(2, 12, 1, 0), Item(3, 5, 40, 0)))
    found = bench.registry.request_panels(killmail, DIVISION, bench.context_for)
    assert [(panel.title, panel.rows) for _, panel in found] == [
        ("Lost by slot", (("Cargo", "40"), ("Low slots", "4"))),
        ("Worth", (("fitted", "270,000,000.00"), ("total", "285,000,000.00"))),
    ]


def test_validate_submission_when_used_as_shown_then_refuses_old_losses(load, make_killmail):
    bench = load("validate_submission", {"days": "7"})
    now = datetime.now(UTC)
    fresh = make_killmail(timestamp=now - timedelta(days=6))
    bench.registry.validate_submission(fresh, DIVISION, PILOT, bench.context_for)
    old = make_killmail(timestamp=now - timedelta(days=8))
    with pytest.raises(SubmissionRejected, match="Fleet takes losses of the last 7 days"):
        bench.registry.validate_submission(old, DIVISION, PILOT, bench.context_for)


@pytest.fixture
def listener():
    """A server that takes note of what is posted to it: its URL, and what came."""
    came = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format, *args):  # noqa: A002 - the name is inherited
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", came
    server.shutdown()
    thread.join()
    server.server_close()


def paid_event(number, batch=()):
    """A request was marked as paid."""
    return RequestEvent(
        event_id=f"event-{number}",
        kind="status_changed",
        request_id=number,
        division=DIVISION,
        submitter=PILOT,
        pilot="Mira Solenne",
        ship="Rifter",
        payout=Decimal("1500000.00"),
        actor=PILOT,
        status="paid",
        previous_status="approved",
        note="",
        url="https://srp.example.com/request/1/",
        timestamp=datetime(2026, 5, 4, tzinfo=UTC),
        batch=batch,
    )


def test_request_changed_when_used_as_shown_then_tells_a_batch_once(load, listener):
    url, came = listener
    bench = load("request_changed", {"url": url})
    assert bench.registry.request_changed_subscribers == ("example",)
    alone = (paid_event(1), paid_event(2))
    for number in (1, 2):
        event = paid_event(number, alone)
        bench.registry.notify("example", event, bench.context_for("example"))
    bench.registry.notify("example", paid_event(3), bench.context_for("example"))
    assert came == [
        {"id": "event-1", "text": "2 requests paid: 3,000,000.00 ISK"},
        {"id": "event-3", "text": "1 requests paid: 1,500,000.00 ISK"},
    ]


def test_request_changed_when_not_configured_then_does_not_listen(load):
    assert load("request_changed").registry.request_changed_subscribers == ()


def test_transformers_when_used_as_shown_then_are_offered(load):
    [transformer] = load("transformers").registry.transformers
    assert transformer.url_template == "https://wiki.example.com/doctrines?ship={}"


def test_includeme_when_used_as_shown_then_adds_a_page_for_whoever_is_logged_in(pages, make_portal):
    portal = make_portal(entry_points=[EntryPoint(example(pages, "includeme"))])
    portal.make_user("somebody")
    assert portal.login("somebody").get("/house-rules/").text == "Doctrine ships are paid in full."
    assert "/login/" in portal.browser().get("/house-rules/", status=303).location


def test_types_when_documented_then_have_their_fields_in_order(pages):
    told = {
        name.strip("`"): re.findall("`(.*?)`", fields.replace("\\|", "|"))
        for name, fields in pages[PAGE].table("type", "fields")
    }
    assert told == {
        name: [f"{field.name}: {field.type}" for field in dataclasses.fields(value)]
        for name, value in vars(srp_portal.plugin).items()
        if name in srp_portal.plugin.__all__ and dataclasses.is_dataclass(value)
    }


def test_statuses_when_documented_then_are_all(pages):
    text = " ".join(pages[PAGE].text.split())
    told = re.findall("`(.*?)`", re.search("A `status` is (.*?);", text)[1])
    assert told == [str(status) for status in Status]


def test_attributes_of_transformers_when_documented_then_are_all(sections):
    text = points(sections["transformers"])["Result"]
    told = re.findall("`(.*?)`", text.partition("attributes of a request: ")[2])
    assert tuple(told) == ATTRIBUTES


def test_event_kinds_when_documented_then_are_all(pages):
    text = " ".join(pages[PAGE].text.split())
    told = re.search("`EventKind`, is (.*?)\\. ", text)[1]
    assert tuple(re.findall("`(.*?)`", told)) == plugin_types.EVENT_KINDS


def test_names_when_public_then_are_documented(pages):
    prose = pages[PAGE].text
    missing = [name for name in srp_portal.plugin.__all__ if not re.search(rf"\b{name}\b", prose)]
    assert missing == []


def test_errors_when_documented_then_are_all_that_a_plugin_raises(pages):
    told = {re.match(r"`(\w+)", name)[1]: then for name, then in pages[PAGE].table("error", "then")}
    raised = {
        name
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, PluginError | SettingError) and kind is not PluginError
    }
    assert set(told) == raised
    statuses = {name: re.search(r"\((\d+)\)", getattr(errors, name).__doc__) for name in raised}
    assert all(found is None or told[name].startswith(found[1]) for name, found in statuses.items())


def longest_code():
    """How long a flag's code may be."""
    for length in range(1, 1000):
        try:
            Flag("a" * length, "info", "text")
        except ValueError:
            return length - 1
    raise AssertionError("a code has no end")


def test_limits_when_documented_then_are_those_that_count(pages):
    told = {what: int(limit) for what, limit in pages[PAGE].table("limit", "is")}
    assert told == {
        "objects that a hook gives": border.MOST_RESULTS,
        "rows of a panel": plugin_types.PANEL_ROWS,
        "cells of a row": plugin_types.PANEL_CELLS,
        "characters of a cell": plugin_types.CELL_LENGTH,
        "characters of a cache's key": context.KEY_LENGTH,
        "bytes of a cached value, as JSON": context.VALUE_SIZE,
        "days that the cache keeps a value": context.LONGEST_S / 86_400,
        "bytes of an answer to `context.http`": sessions.BODY_LIMIT,
        "attempts of `context.http`, for what is safe to repeat": sessions.ATTEMPTS,
        "requests that `history` gives": history.MOST_REQUESTS,
        "ISK in one amount": srp_portal.domain.money.LIMIT,
        "largest relative modifier (1 is 100 %)": checks.RATIO_LIMIT,
        "characters of a modifier's note, or a flag's text": checks.TEXT_LENGTH,
        "characters of a flag's code, of `a-z0-9._-`": longest_code(),
        "characters of a name or a panel's title": checks.NAME_LENGTH,
        "characters of an error's message": len(SubmissionRejected("x" * 10_000).message),
    }


def test_times_when_documented_then_are_those_that_are_given(pages):
    text = " ".join(pages[PAGE].text.split())
    assert f"within {killmail_lookup.SECONDS:g} seconds for all of them together" in text
    assert f"within {plugin_panels.SECONDS:g} seconds for all plugins" in text
    assert f"Flags alone have {killmail_lookup.FLAG_SECONDS:g} seconds" in text
    assert f"takes longer than {delivery.ATTEMPT_SECONDS:g} s |" in text
