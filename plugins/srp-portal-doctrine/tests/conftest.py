"""The plugin as the portal loads it."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from srp_portal.testing.plugins import PluginBench

README = Path(__file__).parents[1] / "README.md"
_TESTED = re.compile(r"^<!-- tested: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session")
def examples():
    """The blocks of the README that say that they are tested, by what they are tested as."""
    return dict(_TESTED.findall(README.read_text(encoding="utf-8")))


@pytest.fixture
def folder(tmp_path):
    """An empty folder for fits."""
    made = tmp_path / "doctrines"
    made.mkdir()
    return made


@pytest.fixture
def make_bench(universe, folder):
    """Gives make(**settings): a bench with the plugin, with the folder unless told."""
    with ExitStack() as benches:

        def make(**settings):
            own = {"doctrine": {"folder": str(folder), **settings}}
            return benches.enter_context(PluginBench(universe, ["doctrine"], own))

        yield make
