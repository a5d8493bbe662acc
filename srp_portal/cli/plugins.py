"""`plugins`: what is installed and what became of it, and the beginning of a new one."""

from __future__ import annotations

import argparse
import shlex
from importlib import metadata
from pathlib import Path

from srp_portal.cli.bootstrap import CommandError, Commands, aligned, load_settings

_NEXT = """\
{folder} holds the plugin {name}: a bonus for losses in one region. What comes next:

  cd {folder}
  python -m pip install -e ".[test]"   into the portal's environment
  python -m pytest                     its tests
  srp-portal plugins list              shows it

Its rule is in {package}/__init__.py, its settings are in README.md.\
"""
_HEADINGS = ("name", "distribution", "version", "enabled", "hooks or reason")


def add(commands: Commands) -> None:
    """Adds the commands."""
    group = commands.add_parser("plugins", help="plugins").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    listing = group.add_parser("list", help="the installed plugins, enabled or why not")
    listing.set_defaults(handler=list_plugins)
    new = group.add_parser("new", help="write a plugin to begin with, and its tests")
    new.add_argument("name", metavar="NAME", help="small letters, digits and single hyphens")
    new.add_argument(
        "--folder", metavar="FOLDER", help="where to write it; without it NAME in this folder"
    )
    new.set_defaults(handler=new_plugin)


def list_plugins(arguments: argparse.Namespace) -> None:
    """A line for each plugin: name, distribution, version, enabled, its hooks or why not."""
    from srp_portal.composition import load_plugins

    # No portal is opened: whoever writes a plugin need not have one.
    reports = load_plugins(load_settings(arguments, are_whole=False)).reports
    rows = [
        (
            report.name,
            report.distribution or "-",
            report.version or "-",
            "yes" if report.enabled else "no",
            ", ".join(report.hooks) or report.reason,
        )
        for report in reports
    ]
    for line in aligned([_HEADINGS, *rows]):
        print(line)


def distribution_with(name: str) -> str | None:
    """The installed distribution that has a plugin of this name, None if there is none.

    Of two plugins with one name the portal takes one alone.
    """
    for point in metadata.entry_points(group="srp_portal", name=name):
        return "(without a name)" if point.dist is None else point.dist.name
    return None


def new_plugin(arguments: argparse.Namespace) -> None:
    """Writes the skeleton of a plugin, and says what to do with it; needs no portal."""
    from srp_portal.cli import plugin_skeleton

    name: str = arguments.name
    taken = distribution_with(name)
    if taken is not None:
        raise CommandError(f"the installed distribution {taken} has a plugin {name!r} already")
    folder = Path(arguments.folder or name)
    try:
        plugin_skeleton.write(name, folder)
    except ValueError as error:
        raise CommandError(f"{name!r} {error}") from error
    except FileExistsError as error:
        raise CommandError(f"{error.filename} is there already; nothing was written") from error
    package = plugin_skeleton.package_of(name)
    print(_NEXT.format(name=name, folder=shlex.quote(str(folder)), package=package))
