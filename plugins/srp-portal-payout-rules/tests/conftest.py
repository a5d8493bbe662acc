"""The plugin as the portal loads it, with files of rules that a test writes."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from textwrap import dedent

import pytest

from srp_portal.plugin import DivisionInfo, UserInfo
from srp_portal.testing.plugins import PluginBench


class RulesBench:
    """Asks the loaded plugin about killmails."""

    def __init__(self, bench):
        self._bench = bench
        self._submitter = UserInfo(1, "pilot", False)
        #: What the plugin has given the request already.
        self.earlier = ()

    def context_for(self, plugin):
        """The context that its hooks get."""
        return self._bench.context_for(plugin, self.earlier)

    def check(self, killmail, division="Fleet"):
        """What the plugin says to the submission; raises SubmissionRejected."""
        self._bench.registry.validate_submission(
            killmail, DivisionInfo(7, division), self._submitter, self.context_for
        )

    def base(self, killmail, division="Fleet"):
        """The base payout."""
        return self._bench.registry.base_payout(
            killmail, DivisionInfo(7, division), self.context_for
        )

    def modifiers(self, killmail, division="Fleet"):
        """The modifiers."""
        found = self._bench.registry.payout_modifiers(
            killmail, DivisionInfo(7, division), self._submitter, self.context_for
        )
        return [modifier for _, modifier in found]

    def notes(self, killmail, division="Fleet"):
        """Their notes alone."""
        return [modifier.note for modifier in self.modifiers(killmail, division)]

    def payout(self, killmail, division="Fleet"):
        """What the portal would pay."""
        from srp_portal.domain.payout import ModifierKind, ModifierTerm, payout

        return payout(
            self.base(killmail, division),
            [
                ModifierTerm(ModifierKind(m.kind), m.value, is_suggested=not m.apply)
                for m in self.modifiers(killmail, division)
            ],
        )


@pytest.fixture
def write(tmp_path):
    """Gives write(rules): the path of a new file with them."""

    def put(rules):
        path = tmp_path / f"rules-{len(list(tmp_path.iterdir()))}.toml"
        path.write_text(dedent(rules), encoding="utf-8")
        return str(path)

    return put


@pytest.fixture
def make_rules(universe, write):
    """Gives make(rules): a bench with the plugin and these rules."""
    with ExitStack() as benches:

        def make(rules):
            own = {"payout-rules": {"file": write(rules)}}
            bench = PluginBench(universe, ["payout-rules"], own)
            return RulesBench(benches.enter_context(bench))

        yield make


@pytest.fixture
def readme():
    """The text of the README."""
    return (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
