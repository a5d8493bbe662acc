"""The command `srp-portal`: finds the command that is meant, and does it.

Each module of COMMANDS adds its commands with `add(commands)`. They import what they need when
they run, so that `--help` and mistyped commands answer at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module

from srp_portal.cli import bootstrap

COMMANDS = (
    "srp_portal.cli.users",
    "srp_portal.cli.apikeys",
    "srp_portal.cli.divisions",
    "srp_portal.cli.groups",
    "srp_portal.cli.database",
    "srp_portal.cli.tasks",
    "srp_portal.cli.esi",
    "srp_portal.cli.plugins",
    "srp_portal.cli.deliveries",
    "srp_portal.cli.sandbox",
    "srp_portal.cli.seed",
    "srp_portal.cli.demo",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Does one command; the result is the exit status.

    0 only on success, 1 when the command failed, 130 when it was interrupted. A command line that
    makes no sense raises SystemExit with 2, `--help` with 0, as argparse does.
    """
    arguments = make_parser().parse_args(argv)
    return bootstrap.run(arguments.handler, arguments)


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="srp-portal",
        description="Manages a ship replacement portal. Results go to stdout, messages to stderr.",
    )
    parser.add_argument(
        "-c",
        "--config",
        metavar="FILE.ini",
        help=(
            f"settings; without it {bootstrap.DEFAULT_INI} where there is one, and environment"
            " variables win over both"
        ),
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="tell more on stderr")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        import_module(name).add(commands)
    return parser
