"""The examples in the documents do what they show."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from srp_portal.hooks.manager import build_plugin_manager

ROOT = Path(__file__).parents[2]
PLUGIN = "srp_region_bonus"
#: The blocks of the page that are tests.
KINDS = ("pytest", "pytest-portal", "pytest-bench")

#: Stands before the output of each command, so that it can be told from the others'.
_MARK = "--- command "


def test_console_when_typed_then_it_answers_as_shown(pages, tmp_path, universe):
    """Every command in one shell, one after the other, beside the sandbox instead of EVE."""
    shown = "".join(pages["docs/operating.md"].blocks("console"))
    steps = [step.split("\n", 1) for step in re.split(r"^\$ ", shown, flags=re.MULTILINE)[1:]]
    answers = typed([command for command, _ in steps], tmp_path, universe)
    different = [
        f"$ {command}\n{answer}"
        for (command, expected), answer in zip(steps, answers, strict=True)
        if not agrees(expected, answer)
    ]
    assert different == []


def typed(commands, folder, universe):
    """What each of the commands answers."""
    shutil.copy(ROOT / "production.ini", folder)
    script = "".join(
        f"echo '{_MARK}{number}'\n{command} || echo \"exit status $?\"\n"
        for number, command in enumerate(commands)
    )
    settings = {
        "SQLALCHEMY_URL": f"sqlite:///{folder}/portal.sqlite",
        "SRP_SECRET": "a-secret-of-the-documents-that-is-long-enough",
        "ESI_SSO_CLIENT_ID": "client",
        "ESI_SSO_CLIENT_SECRET": "client-secret",
        "ESI_SSO_CALLBACK_URL": "https://srp.example.com/sso/callback",
        "ESI_USER_CONTACT_EMAIL": "srp@example.com",
        "ESI_BASE_URL": universe.settings()["esi.base_url"],
    }
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env={
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            "HOME": str(folder),
            # As on a terminal, where messages stand between results.
            "PYTHONUNBUFFERED": "1",
            **settings,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=True,
    )
    return re.split(rf"^{_MARK}\d+\n", done.stdout, flags=re.MULTILINE)[1:]


def agrees(expected, answer):
    """Whether an answer is the one that is shown; `…` stands for what differs each time."""
    pattern = ".+".join(re.escape(part) for part in expected.strip().split("…"))
    return re.fullmatch(pattern, answer.strip()) is not None


@pytest.fixture
def written_plugin(pages, tmp_path, monkeypatch):
    """A folder with the documents' plugin, as if it were installed there."""
    page = pages["docs/plugin-authors.md"]
    [module], [setup] = page.blocks("plugin"), page.blocks("setup.cfg")
    (tmp_path / f"{PLUGIN}.py").write_text(module)
    config = configparser.ConfigParser()
    config.read_string(setup)
    assert config["options"]["py_modules"] == PLUGIN
    distribution = tmp_path / f"{PLUGIN}-1.0.dist-info"
    distribution.mkdir()
    (distribution / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {config['metadata']['name']}\nVersion: 1.0\n"
    )
    declared = config["options.entry_points"]["srp_portal"].strip()
    (distribution / "entry_points.txt").write_text(f"[srp_portal]\n{declared}\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path, EntryPoint(*declared.split(" = "), "srp_portal")
    sys.modules.pop(PLUGIN, None)


def test_plugin_when_written_as_shown_then_it_is_loaded(written_plugin):
    _, entry_point = written_plugin
    registry = build_plugin_manager(None, {}, [entry_point])
    [report] = registry.reports
    assert (report.name, report.enabled, report.reason) == ("region-bonus", True, "")
    assert report.hooks == ("payout_modifiers",)


def test_plugins_tests_when_written_as_shown_then_they_pass(pages, written_plugin):
    folder, _ = written_plugin
    page = pages["docs/plugin-authors.md"]
    blocks = [block for kind in KINDS for block in page.blocks(kind)]
    files = [f"test_{number}.py" for number, _ in enumerate(blocks)]
    for file, block in zip(files, blocks, strict=True):
        (folder / file).write_text(block)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "5 passed" in done.stdout
