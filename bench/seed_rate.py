"""How many generated requests a second are loaded: `python bench/seed_rate.py`."""

from __future__ import annotations

import argparse

from portals import seeded_portal, tell


def main() -> None:
    """Prints a line for each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--postgresql", metavar="URL", help="a server, without a database")
    arguments = parser.parse_args()
    print("| database | requests | seconds | requests/s |")
    print("|---|---:|---:|---:|")
    for kind in filter(None, ("sqlite", arguments.postgresql)):
        tell(f"seeding {arguments.requests:,} requests on {kind.partition(':')[0]}")
        with seeded_portal(kind, arguments.requests) as (portal, _, seconds):
            name = portal.engine.dialect.name
        rate = arguments.requests / seconds
        print(f"| {name} | {arguments.requests:,} | {seconds:.1f} | {rate:,.0f} |")


if __name__ == "__main__":
    main()
