"""`sandbox`: a universe on this machine, for development and tests."""

from __future__ import annotations

import argparse
import sys

from srp_portal.cli.bootstrap import CommandError, Commands
from srp_portal.cli.tasks import stopped_by_signals

#: sandbox.DEFAULT_PORT, known here without loading the sandbox.
DEFAULT_PORT = 6544


def add(commands: Commands) -> None:
    """Adds the commands."""
    group = commands.add_parser("sandbox", help="a universe on this machine").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    serve = group.add_parser("serve", help="serve it until stopped; prints its address")
    serve.add_argument("--port", metavar="P", type=int, default=DEFAULT_PORT)
    serve.set_defaults(handler=serve_sandbox)


def serve_sandbox(arguments: argparse.Namespace) -> None:
    """Serves the sandbox universe alone; port 0 takes a free one."""
    from srp_portal.sandbox import Sandbox

    if not 0 <= arguments.port <= 65535:
        raise CommandError(f"{arguments.port} is not a port")
    sandbox = Sandbox(arguments.port)
    try:
        sandbox.start()
    except OSError as error:
        raise CommandError(f"port {arguments.port} of 127.0.0.1: {error.strerror}") from error
    with sandbox, stopped_by_signals() as stop:
        print(sandbox.url)
        # Whoever started us may be waiting for the address on a pipe.
        sys.stdout.flush()
        stop.wait()
