"""The plugin as the portal loads it."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from srp_portal.testing.plugins import PluginBench


@pytest.fixture
def make_bench(universe):
    """Gives make(**settings): a bench with the plugin, at the sandbox's ESI."""
    with ExitStack() as benches:

        def make(**settings):
            own = {"insurance": settings}
            return benches.enter_context(PluginBench(universe, ["insurance"], own))

        yield make


@pytest.fixture
def proposed(make_killmail):
    """Gives proposed(bench, earlier, **killmail): the modifiers, checked by the portal."""
    from srp_portal.plugin import DivisionInfo, UserInfo

    def propose(bench, earlier=(), **fields):
        modifiers = bench.registry.payout_modifiers(
            make_killmail(**fields),
            DivisionInfo(1, "Fleet"),
            UserInfo(1, "pilot", is_admin=False),
            lambda plugin: bench.context_for(plugin, earlier),
        )
        return [modifier for _, modifier in modifiers]

    return propose
