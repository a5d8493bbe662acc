"""The plugin as the portal loads it."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from srp_portal.testing.plugins import PluginBench


@pytest.fixture
def board(universe):
    """The address of the sandbox's board."""
    return universe.settings()["zkillboard.base_url"]


@pytest.fixture
def make_bench(universe, board):
    """Gives make(**settings): a bench with the plugin, at the sandbox's board unless told."""
    with ExitStack() as benches:

        def make(**settings):
            own = {"zkillboard": {"base_url": board, **settings}}
            return benches.enter_context(PluginBench(universe, ["zkillboard"], own))

        yield make
