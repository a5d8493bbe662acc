"""The files of a new plugin: a small rule with settings, and its tests."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from string import Template

#: Where each file of the skeleton comes from; `PACKAGE` stands for the package's name.
_FILES = {
    ".gitignore": "gitignore",
    "MANIFEST.in": "MANIFEST.in.in",
    "README.md": "README.md.in",
    "pyproject.toml": "pyproject.toml.in",
    "setup.cfg": "setup.cfg.in",
    "PACKAGE/__init__.py": "package.py.in",
    "PACKAGE/py.typed": "",
    "tests/conftest.py": "conftest.py.in",
    "tests/test_plugin.py": "test_plugin.py.in",
}
# A letter first: a setting's environment variable begins with the name, and can't with a digit.
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
#: Lines of the skeleton with the name in them still fit.
_LENGTH = 40
_PREFIX = "srp-portal-"


def check_name(name: str) -> None:
    """Raises ValueError, with a clause that follows the name, for one that no plugin can have."""
    from srp_portal.hooks.loading import RESERVED_NAMES

    if not _NAME.fullmatch(name):
        raise ValueError(
            "is no plugin's name: small letters, digits and single hyphens between them, a letter"
            " first"
        )
    if len(name) > _LENGTH:
        raise ValueError(f"is longer than {_LENGTH} characters")
    if name.startswith(_PREFIX):
        raise ValueError(f"begins with {_PREFIX}, which the distribution gets by itself")
    if name in RESERVED_NAMES:
        raise ValueError("is a name of the portal's own settings")


def package_of(name: str) -> str:
    """The import package of a plugin."""
    return distribution_of(name).replace("-", "_")


def distribution_of(name: str) -> str:
    """The distribution of a plugin, as pip knows it."""
    return f"{_PREFIX}{name}"


def write(name: str, folder: Path) -> None:
    """Writes the skeleton of a plugin into a folder, which must not be there yet.

    Raises ValueError for a name that no plugin can have, FileExistsError, and other OSErrors.
    """
    check_name(name)
    words = {
        "name": name,
        "package": package_of(name),
        "distribution": distribution_of(name),
        "variable": f"{name.upper().replace('-', '_')}_",
    }
    texts = {
        path.replace("PACKAGE", words["package"]): _text(source).substitute(words)
        for path, source in _FILES.items()
    }
    folder.mkdir(parents=True)
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _text(source: str) -> Template:
    if not source:
        return Template("")
    return Template((files("srp_portal.cli") / "skeleton" / source).read_text(encoding="utf-8"))
