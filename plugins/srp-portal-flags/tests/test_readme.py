"""What the README says of the settings is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from srp_portal_flags.options import OPTIONS
from srp_portal_flags.settings import FlagSettings
from srp_portal_flags.table import CHECKS

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `flags\.(\w+)` \| `([^`]*)` \| (.+) \|$", re.MULTILINE)


def test_readme_when_read_then_its_tables_have_every_setting_with_its_default():
    checks = [(check.code, check.default) for check in CHECKS]
    options = [(option.name, option.default) for option in OPTIONS]
    assert [match.group(1, 2) for match in ROW.finditer(README)] == checks + options


def test_readme_when_read_then_tells_each_checks_level():
    told = {match[1]: match[3].split(" | ")[0] for match in ROW.finditer(README)}
    assert {check.code: check.level for check in CHECKS}.items() <= told.items()


def test_readme_when_its_example_is_used_then_it_works():
    (example,) = re.findall(r"```ini\n(.*?)```", README, re.DOTALL)
    settings = dict(line.removeprefix("flags.").split(" = ") for line in example.splitlines())
    found = FlagSettings.from_mapping(settings)
    assert found.thresholds["cargo_share"] == 50
    assert "solo" not in found.thresholds
    assert found.options.names
