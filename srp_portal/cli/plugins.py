"""`plugins`: what is installed, and what became of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from srp_portal.cli.bootstrap import Commands, open_portal

_HEADINGS = ("name", "distribution", "version", "enabled", "hooks or reason")


def add(commands: Commands) -> None:
    """Adds the commands."""
    group = commands.add_parser("plugins", help="plugins").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    listing = group.add_parser("list", help="the installed plugins, enabled or why not")
    listing.set_defaults(handler=list_plugins)


def list_plugins(arguments: argparse.Namespace) -> None:
    """A line for each plugin: name, distribution, version, enabled, its hooks or why not."""
    with open_portal(arguments) as portal:
        reports = portal.plugins.reports
    rows = [
        (
            report.name,
            report.distribution or "-",
            report.version or "-",
            "yes" if report.enabled else "no",
            ", ".join(report.hooks) if report.enabled else report.reason,
        )
        for report in reports
    ]
    for line in _aligned([_HEADINGS, *rows]):
        print(line)


def _aligned(rows: list[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
