"""Imports point one way; docs/architecture.md draws the same arrows."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRAMEWORKS = (
    "pyramid",
    "webob",
    "sqlalchemy",
    "zope",
    "transaction",
    "requests",
    "lxml",
    "alembic",
)
WEB = ("pyramid", "pyramid_tm", "webob", "zope", "transaction")
OURS = "srp_portal."

#: Room to what it must not import: other people's packages and rooms of ours.
FORBIDDEN = {
    "domain": (*FRAMEWORKS, "pluggy", *(OURS + room for room in (
        "plugin", "hooks", "models", "services", "web", "esi", "sandbox", "cli", "settings"))),
    "plugin": (*FRAMEWORKS, *(OURS + room for room in (
        "hooks", "models", "services", "web", "esi", "sandbox", "cli", "settings"))),
    "hooks": ("pyramid", "webob", "sqlalchemy", "zope", *(OURS + room for room in (
        "models", "services", "web", "cli", "sandbox", "settings"))),
    "models": (*WEB, *(OURS + room for room in (
        "services", "web", "hooks", "plugin", "cli", "esi", "sandbox", "settings"))),
    "services": (*WEB, *(OURS + room for room in ("web", "cli", "composition"))),
    "sandbox": (*(OURS + room for room in (
        "esi", "services", "models", "web", "hooks", "plugin", "domain", "cli")),),
}  # fmt: skip


def imports(path):
    """Every module that a file imports, with its line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def starts_with(name, prefixes):
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


@pytest.mark.parametrize("room", sorted(FORBIDDEN))
def test_room_when_importing_keeps_to_the_arrows(room):
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in sorted((ROOT / "srp_portal" / room).rglob("*.py"))
        for name, line in imports(path)
        if starts_with(name, FORBIDDEN[room])
    ]
    assert found == []


def test_esi_when_importing_uses_nothing_else_of_ours():
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in sorted((ROOT / "srp_portal" / "esi").rglob("*.py"))
        for name, line in imports(path)
        if name.startswith(OURS) and not starts_with(name, ("srp_portal.esi",))
    ]
    assert found == []


def test_plugins_when_importing_use_the_public_surface_alone():
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in sorted((ROOT / "plugins").rglob("*.py"))
        if "tests" not in path.parts and "build" not in path.parts
        for name, line in imports(path)
        if name.startswith(OURS)
        and not starts_with(name, ("srp_portal.plugin", "srp_portal.testing"))
    ]
    assert found == []


@pytest.mark.parametrize("module", ["srp_portal", "srp_portal.plugin", "srp_portal.domain.filters"])
def test_import_when_done_alone_loads_no_framework(module):
    program = (
        f"import sys, {module}; print([name for name in {FRAMEWORKS!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_environment_when_read_is_read_in_one_place():
    readers = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "srp_portal").rglob("*.py")
        if "os.environ" in path.read_text() or "os.getenv" in path.read_text()
    }
    assert readers <= {"srp_portal/settings.py"}
