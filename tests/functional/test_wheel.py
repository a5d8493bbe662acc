"""The wheels hold all that an installation without the checkout needs."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGINS = tuple(sorted(path.parent.name for path in ROOT.glob("plugins/*/setup.cfg")))
SOURCES = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "srp_portal", "alembic")


def build(source: Path, folder: Path) -> zipfile.ZipFile:
    """The wheel of a project, made with what is installed here and no network."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += ["--disable-pip-version-check", "--no-build-isolation", "-w", str(folder)]
    done = subprocess.run([*command, str(source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [wheel] = folder.glob("*.whl")
    return zipfile.ZipFile(wheel)


def copied(source: Path, names: tuple[str, ...], target: Path) -> Path:
    """A copy without what earlier builds left behind, which a wheel would take in."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info", "build", "tests")
    target.mkdir()
    for name in names:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, ignore=ignored)
        else:
            shutil.copy(source / name, target / name)
    return target


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The portal's wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    with build(copied(ROOT, SOURCES, folder / "source"), folder) as opened:
        yield opened


def declared(path: Path) -> configparser.ConfigParser:
    config = configparser.ConfigParser()
    config.read(path)
    return config


def test_wheel_when_built_then_every_module_and_file_of_the_package_is_inside(wheel):
    package = ROOT / "srp_portal"
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted - set(wheel.namelist()) == set()


def test_wheel_when_built_then_the_migrations_are_inside(wheel):
    wanted = {"srp_portal/migrations/env.py", "srp_portal/migrations/script.py.mako"}
    wanted |= {
        f"srp_portal/migrations/versions/{path.name}"
        for path in (ROOT / "alembic" / "versions").glob("*.py")
    }
    assert len(wanted) > 2
    assert wanted <= set(wheel.namelist())


def test_wheel_when_built_then_it_holds_nothing_else(wheel):
    tops = {name.split("/", 1)[0] for name in wheel.namelist()}
    [information] = [top for top in tops if top.endswith(".dist-info")]
    assert tops == {"srp_portal", information}
    assert not [name for name in wheel.namelist() if name.endswith((".pyc", ".sqlite", ".ini"))]


def test_wheel_when_installed_then_its_commands_and_application_are_found(wheel):
    [path] = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    points = configparser.ConfigParser()
    points.read_string(wheel.read(path).decode())
    assert points["console_scripts"]["srp-portal"] == "srp_portal.cli.main:main"
    assert points["paste.app_factory"]["main"] == "srp_portal:main"
    assert points["pytest11"]["srp_portal"] == "srp_portal.testing.pytest_plugin"


def test_wheel_when_installed_then_its_metadata_is_complete(wheel):
    [path] = [name for name in wheel.namelist() if name.endswith("METADATA")]
    metadata = message_from_string(wheel.read(path).decode())
    assert metadata["Requires-Python"] == ">=3.11"
    assert {"postgres", "redis", "celery", "test", "dev"} <= set(metadata.get_all("Provides-Extra"))
    assert any(name.endswith("/LICENSE") for name in wheel.namelist())
    required = [each for each in metadata.get_all("Requires-Dist") if "extra ==" not in each]
    unbound = [each for each in required if ">" not in each and "<" not in each]
    assert required
    assert unbound == []


@pytest.mark.parametrize("plugin", PLUGINS)
def test_plugin_when_built_then_its_entry_point_leads_to_a_package_inside(plugin, tmp_path):
    source = ROOT / "plugins" / plugin
    names = tuple(path.name for path in source.iterdir() if path.name not in ("tests", "build"))
    names = tuple(name for name in names if not name.endswith(".egg-info") and name[0] != ".")
    with build(copied(source, names, tmp_path / "source"), tmp_path) as opened:
        [path] = [name for name in opened.namelist() if name.endswith("entry_points.txt")]
        points = configparser.ConfigParser()
        points.read_string(opened.read(path).decode())
        assert dict(points["srp_portal"]) == dict(
            entry.split(" = ")
            for entry in declared(source / "setup.cfg")["options.entry_points"]["srp_portal"]
            .strip()
            .splitlines()
        )
        for module in points["srp_portal"].values():
            assert {f"{module}/__init__.py", f"{module}/py.typed"} <= set(opened.namelist())
