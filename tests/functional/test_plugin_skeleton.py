"""`srp-portal plugins new`: what it writes, what it refuses, and that what it writes works."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
from pathlib import Path

import pytest

from srp_portal.cli import plugin_skeleton
from srp_portal.cli.main import main
from srp_portal.hooks.loading import RESERVED_NAMES
from srp_portal.hooks.manager import build_plugin_manager

ROOT = Path(__file__).parents[2]
LONGEST = "abcdefghij-klmnopqrst-uvwxyz0123-4567890"
#: The shortest and the longest name: lines of the files hold it.
NAMES = ("a", LONGEST)
FILES = {
    ".gitignore",
    "MANIFEST.in",
    "README.md",
    "pyproject.toml",
    "setup.cfg",
    "srp_portal_home_region/__init__.py",
    "srp_portal_home_region/py.typed",
    "tests/conftest.py",
    "tests/test_plugin.py",
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder, the current one, with no settings of a portal anywhere."""
    for name in list(os.environ):
        if name.startswith(("SRP_", "ESI_", "SQLALCHEMY_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tool(folder, *arguments):
    """Runs a tool in a folder; gives status and what it said."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def files_in(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_new_when_there_is_no_portal_then_writes_a_folder_and_says_what_is_next(here, capsys):
    assert main(["plugins", "new", "home-region"]) == 0
    told = capsys.readouterr()
    assert files_in(here / "home-region") == FILES
    assert "cd home-region\n" in told.out
    assert "srp_portal_home_region/__init__.py" in told.out
    assert told.err == ""


def test_new_when_a_folder_is_given_then_writes_there(here, capsys):
    assert main(["plugins", "new", "home-region", "--folder", "of mine/region"]) == 0
    assert files_in(here / "of mine" / "region") == FILES
    assert "cd 'of mine/region'\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "small letters"),
        ("Home", "small letters"),
        ("home_region", "small letters"),
        ("home.region", "small letters"),
        ("home--region", "small letters"),
        ("home-", "small letters"),
        ("7days", "a letter first"),
        ("häme", "small letters"),
        ("../home", "small letters"),
        ("home\n", "small letters"),
        (LONGEST + "1", "longer than 40"),
        ("srp-portal-home", "begins with srp-portal-"),
        *((name, "portal's own settings") for name in sorted(RESERVED_NAMES)),
    ],
)
def test_new_when_no_plugin_can_have_the_name_then_one_line_and_nothing_is_written(
    here, capsys, name, words
):
    assert main(["plugins", "new", name, "--folder", "new"]) == 1
    told = capsys.readouterr()
    assert words in told.err
    assert told.err.count("\n") == 1
    assert (told.out, list(here.iterdir())) == ("", [])


def test_new_when_an_installed_plugin_has_the_name_then_one_line_and_nothing_is_written(
    here, capsys
):
    assert main(["plugins", "new", "zkillboard"]) == 1
    told = capsys.readouterr()
    assert told.err == (
        "srp-portal: the installed distribution srp-portal-zkillboard has a plugin 'zkillboard'"
        " already\n"
    )
    assert (told.out, list(here.iterdir())) == ("", [])


def test_list_when_there_is_no_portal_then_plugins_are_listed(here, capsys):
    assert main(["plugins", "list"]) == 0
    told = capsys.readouterr()
    assert "srp-portal-zkillboard" in told.out
    assert told.err == ""
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_new_when_something_is_there_then_one_line_and_nothing_is_written(here, capsys, kind):
    there = here / "home-region"
    if kind == "folder":
        there.mkdir()
    else:
        there.write_text("mine")
    assert main(["plugins", "new", "home-region"]) == 1
    told = capsys.readouterr()
    assert told.err == "srp-portal: home-region is there already; nothing was written\n"
    assert told.out == ""
    assert files_in(here) == (set() if kind == "folder" else {"home-region"})


def test_skeleton_when_declared_then_its_entry_point_is_the_plugin(here):
    folder = here / "home-region"
    plugin_skeleton.write("home-region", folder)
    setup = configparser.ConfigParser()
    setup.read(folder / "setup.cfg")
    assert setup["metadata"]["name"] == "srp-portal-home-region"
    assert setup["options"]["packages"].split() == ["srp_portal_home_region"]
    points = setup["options.entry_points"]["srp_portal"].strip()
    assert points == "home-region = srp_portal_home_region"


def test_skeleton_when_loaded_then_is_enabled_and_does_nothing_unasked(
    here, monkeypatch, make_killmail
):
    from importlib.metadata import EntryPoint
    from types import SimpleNamespace

    plugin_skeleton.write("home-region", here / "home-region")
    monkeypatch.syspath_prepend(here / "home-region")
    point = EntryPoint("home-region", "srp_portal_home_region", "srp_portal")
    try:
        [report] = build_plugin_manager(None, {}, [point]).reports
        module = sys.modules["srp_portal_home_region"]
    finally:
        sys.modules.pop("srp_portal_home_region", None)
    assert (report.enabled, report.reason) == (True, "")
    assert report.hooks == ("payout_modifiers", "transformers")
    unset = SimpleNamespace(settings={})
    assert list(module.payout_modifiers(make_killmail(), unset)) == []


@pytest.mark.parametrize("name", NAMES)
def test_skeleton_when_checked_then_ruff_has_nothing_to_say(here, name):
    plugin_skeleton.write(name, here / name)
    assert tool(here / name, "ruff", "check", ".") == (0, "All checks passed!\n")
    assert tool(here / name, "ruff", "format", "--check", ".")[0] == 0


def test_skeleton_when_checked_then_mypy_has_nothing_to_say(here):
    plugin_skeleton.write("home-region", here / "new")
    # What the portal's own code lacks by the plugin's strict rules is not the plugin's.
    status, said = tool(here / "new", "mypy", "--follow-imports=silent")
    assert status == 0, said


def test_skeletons_tests_when_run_then_they_pass(here):
    plugin_skeleton.write("home-region", here / "home-region")
    status, said = tool(here / "home-region", "pytest", "-q", "-p", "no:cacheprovider")
    assert status == 0, said
    assert "10 passed" in said
