"""`tasks`: what has to be done from time to time, for installations without Celery."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import threading
from collections.abc import Iterator

from srp_portal.cli.bootstrap import Commands, open_portal


def add(commands: Commands) -> None:
    """Adds the commands."""
    group = commands.add_parser("tasks", help="periodic tasks").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    run = group.add_parser("run", help="run periodic tasks as they become due, until stopped")
    run.add_argument("--once", action="store_true", help="run what is due now, and end")
    run.set_defaults(handler=run_tasks)


def run_tasks(arguments: argparse.Namespace) -> int:
    """Runs periodic tasks; with --once, fails if one of them did."""
    from srp_portal.services import tasks

    with open_portal(arguments) as portal:
        if not arguments.once:
            with stopped_by_signals() as stop:
                tasks.run_until(stop, portal)
            return 0
        outcomes = tasks.run_due(portal)
    for outcome in outcomes:
        if outcome.error:
            print(f"srp-portal: {outcome.name}: {outcome.error}", file=sys.stderr)
        else:
            print(f"{outcome.name}: {outcome.said}")
    return 1 if any(outcome.error for outcome in outcomes) else 0


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, so that a command ends what it is doing and stops."""
    stop = threading.Event()
    wanted = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: stop.set()) for number in wanted]
    try:
        yield stop
    finally:
        for number, handler in zip(wanted, before, strict=True):
            signal.signal(number, handler)
