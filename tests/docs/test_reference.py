"""What the documents list is what there is: settings, commands, hooks, formats, links."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import re

import pytest

from srp_portal.cli.main import make_parser
from srp_portal.esi.settings import EsiSettings
from srp_portal.hooks.notify import MOST_ATTEMPTS, PAUSES
from srp_portal.plugin import hookspecs
from srp_portal.services.tasks import TASKS
from srp_portal.settings import SETTINGS, environment_name
from srp_portal.web.representation.negotiate import FORMATS

OPERATING = "docs/operating.md"
#: Defaults that the table tells in words.
IN_WORDS = {"all that are installed": None, "none": None}
KINDS_OF_CHANGES = {"added", "changed", "fixed", "removed", "security"}
UNWANTED = ("TODO", "FIXME", "XXX", "TBD", "coming soon", "blazing", "powerful", "seamless")


def code(cell):
    """The text of a cell that is one piece of code."""
    match = re.fullmatch(r"`([^`]*)`", cell)
    assert match, f"{cell!r} is not one piece of code"
    return match[1]


def commands(parser, prefix=()):
    """Each command of a parser by its words: its own parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield from commands(child, (*prefix, name))
            return
    yield " ".join(prefix), parser


def test_settings_when_documented_are_those_that_are_declared(pages):
    rows = pages[OPERATING].table("setting", "default", "meaning")
    assert [code(name) for name, _, _ in rows] == [setting.name for setting in SETTINGS]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_setting_when_documented_has_its_default(pages, setting):
    rows = pages[OPERATING].table("setting", "default", "meaning")
    [told] = [default for name, default, _ in rows if code(name) == setting.name]
    if setting.required:
        assert told == "required"
    elif told in IN_WORDS:
        assert setting.default in (None, "", ())
    else:
        assert setting.parse(code(told)) == setting.default


def test_environment_when_shown_holds_what_has_no_default(pages):
    [block] = re.findall(r"```sh\n(.*?)```", pages[OPERATING].text, re.DOTALL)
    shown = {line.split("=", 1)[0] for line in block.splitlines()}
    required = {environment_name(setting.name) for setting in SETTINGS if setting.required}
    esi = {"ESI_SSO_CLIENT_ID", "ESI_SSO_CLIENT_SECRET", "ESI_SSO_CALLBACK_URL"}
    assert shown == required | esi


@pytest.mark.parametrize(
    "field", dataclasses.fields(EsiSettings), ids=lambda field: f"esi.{field.name}"
)
def test_esi_setting_when_documented_has_its_default(pages, field):
    rows = pages["docs/esi.md"].table("setting", "default", "meaning")
    [told] = [default for name, default, _ in rows if code(name) == f"esi.{field.name}"]
    if told == "required":
        assert field.default == ""
    elif told in ("", "that of the catalogue") or told.startswith(("`srp.", "`esi.")):
        assert field.default in (None, "", (), False)
    else:
        parsed = EsiSettings.from_settings({f"esi.{field.name}": code(told), "esi.sandbox": "true"})
        assert getattr(parsed, field.name) == field.default


def test_esi_settings_when_documented_are_all_that_there_are(pages):
    rows = pages["docs/esi.md"].table("setting", "default", "meaning")
    declared = {f"esi.{field.name}" for field in dataclasses.fields(EsiSettings)}
    assert {code(name) for name, _, _ in rows} == declared


@pytest.mark.parametrize("ini", ["development.ini", "production.ini"])
def test_ini_when_it_names_a_setting_then_there_is_one(pages, ini):
    text = (pages[OPERATING].path.parents[1] / ini).read_text(encoding="utf-8")
    found = set(re.findall(r"^(?:# )?((?:srp|esi|sqlalchemy|celery)\.\w+) =", text, re.MULTILINE))
    known = {setting.name for setting in SETTINGS}
    known |= {f"esi.{field.name}" for field in dataclasses.fields(EsiSettings)}
    assert found
    assert found <= known


def test_commands_when_documented_are_those_that_there_are(pages):
    rows = pages[OPERATING].table("command", "does")
    documented = [code(name) for name, _ in rows]
    assert len(documented) == len(set(documented))
    assert set(documented) == {name for name, _ in commands(make_parser())}


def test_commands_when_documented_have_an_example(pages):
    shown = pages[OPERATING].text
    for name, _ in commands(make_parser()):
        assert re.search(rf"srp-portal(?: -c \S+)? {name}\b", shown), name


def test_tasks_when_documented_are_those_that_there_are(pages):
    rows = pages[OPERATING].table("task", "every", "does")
    assert {code(name) for name, _, _ in rows} == {task.name for task in TASKS}
    told = {code(name): every for name, every, _ in rows}
    units = {"s": 1, "hour": 3600, "hours": 3600}
    for task in TASKS:
        count, _, unit = told[task.name].rpartition(" ")
        assert int(count or 1) * units[unit] == task.interval.total_seconds(), task.name


def test_hooks_when_documented_have_the_specified_arguments(pages):
    rows = pages["docs/plugin-authors.md"].table("hook", "gives", "called")
    specified = {
        f"{name}({', '.join(inspect.signature(function).parameters)})"
        for name, function in inspect.getmembers(hookspecs, inspect.isfunction)
        if function.__module__ == hookspecs.__name__
    }
    assert {code(signature) for signature, _, _ in rows} == specified


def test_repeats_when_documented_are_those_that_are_made(pages):
    text = " ".join(pages["docs/plugin-authors.md"].text.split())
    told = re.search(r"called again after 10 s, ([\d, and]+) min, ([\d, and]+) h, then", text)
    minutes, hours = ([int(n) for n in re.findall(r"\d+", part)] for part in told.groups())
    seconds = [10, *(60 * n for n in minutes), *(3600 * n for n in hours)]
    assert seconds == [pause.total_seconds() for pause in PAUSES]
    assert len(seconds) == MOST_ATTEMPTS - 1


def test_formats_when_documented_are_those_that_are_served(pages):
    rows = pages["docs/api.md"].table("format", "`?fmt=`", "path ends in", "`Accept`", "pages")
    told = {
        code(fmt): (suffix.strip("`").removeprefix("/") or None, set(re.findall("`(.*?)`", accept)))
        for _, fmt, suffix, accept, _ in rows
    }
    assert told == {name: (each.suffix, set(each.accepted)) for name, each in FORMATS.items()}


def test_links_when_they_lead_to_the_project_then_there_is_something(pages):
    broken = []
    for page in pages.values():
        prose = re.sub(r"```.*?```", "", page.text, flags=re.DOTALL)
        for link in re.findall(r"\]\(([^)\s]+)\)", prose):
            if link.startswith(("https://", "http://")):
                continue
            path, _, anchor = link.partition("#")
            target = (page.path.parent / path).resolve() if path else page.path
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(f"{page.name}: {link}")
    assert broken == []


def anchors(path):
    """What can stand after `#` in a link to a page."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_pages_when_read_hold_no_loose_ends(pages):
    found = [
        f"{page.name}: {word}"
        for page in pages.values()
        for word in UNWANTED
        if re.search(rf"\b{re.escape(word)}\b", page.text, re.IGNORECASE)
    ]
    assert found == []


def test_documentation_when_written_is_reached_from_the_readme(pages):
    readme = pages["README.md"].text
    assert all(f"({name})" in readme for name in pages if name.startswith("docs/"))


def test_changes_when_added_are_named_by_their_kind(pages):
    fragments = [
        name for name in pages if name.startswith("changes/") and name != "changes/README.md"
    ]
    for name in fragments:
        match = re.fullmatch(r"changes/[a-z0-9-]+\.([a-z]+)\.md", name)
        assert match, name
        assert match[1] in KINDS_OF_CHANGES, name
        assert pages[name].text.strip(), name
