"""`seed`: generated data, for trying and measuring a portal."""

from __future__ import annotations

import argparse
import sys
import time

from srp_portal.cli.bootstrap import Commands, open_portal

#: How often the progress is told, in requests.
_TELL_EVERY = 50_000


def add(commands: Commands) -> None:
    """Adds the command."""
    command = commands.add_parser(
        "seed",
        help="add generated users, divisions and requests",
        description=(
            "Adds generated users, divisions and requests in all statuses, the same ones for the"
            " same seed, and prints the divisions and a local account that reviews and pays in"
            " all of them. Not for a database that people use."
        ),
    )
    command.add_argument("--requests", metavar="N", type=int, required=True)
    command.add_argument("--seed", metavar="S", type=int, default=1, help="1 without it")
    command.set_defaults(handler=seed_database)


def seed_database(arguments: argparse.Namespace) -> None:
    """Adds the data; prints a line for each division, then the account, its password and key."""
    from srp_portal.seeding.seed import seed

    with open_portal(arguments) as portal:
        began = time.perf_counter()
        report = seed(
            portal.engine,
            portal.secrets,
            requests=arguments.requests,
            seed=arguments.seed,
            progress=_tell,
        )
        seconds = time.perf_counter() - began
    for division in report.divisions:
        print(f"division: {division.id} {division.name}")
    print(f"reviewer: {report.reviewer}")
    print(f"password: {report.password}")
    print(f"apikey: {report.api_key}")
    rate = report.requests / seconds
    print(f"{report.requests:,} requests in {seconds:.1f} s, {rate:,.0f}/s", file=sys.stderr)


def _tell(made: int) -> None:
    if made % _TELL_EVERY == 0:
        print(f"{made:,} requests made", file=sys.stderr)
