"""The plugin as the portal loads it."""

from __future__ import annotations

import pytest

from srp_portal.testing.plugins import PluginBench


@pytest.fixture
def bench(universe):
    """The plugin, at the sandbox's ESI."""
    settings = {"esi-killmail": {"base_url": universe.settings()["esi.base_url"]}}
    with PluginBench(universe, ["esi-killmail"], settings) as made:
        yield made
