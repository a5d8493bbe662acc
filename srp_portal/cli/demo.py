"""`demo`: the portal with demo data, beside the sandbox universe; what `make serve` runs."""

from __future__ import annotations

import argparse
import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from srp_portal.cli.bootstrap import CommandError, Commands, load_settings
from srp_portal.cli.sandbox import DEFAULT_PORT as SANDBOX_PORT

if TYPE_CHECKING:
    from srp_portal.composition import Portal
    from srp_portal.sandbox import Sandbox
    from srp_portal.settings import Settings

HOST = "127.0.0.1"
PORT = 6543
#: Pages that are worked on at once; more of them only wait for each other in one process.
THREADS = 4


def add(commands: Commands) -> None:
    """Adds the command."""
    command = commands.add_parser(
        "demo",
        help="serve the portal with demo data, beside the sandbox",
        description=(
            "Migrates the database, fills it with demo data the first time, and serves the portal"
            " and the sandbox universe until Ctrl-C. Only with srp.sandbox = true, since its"
            " accounts have a known password."
        ),
    )
    command.add_argument("--port", metavar="P", type=int, default=PORT)
    command.add_argument("--sandbox-port", metavar="P", type=int, default=SANDBOX_PORT)
    command.set_defaults(handler=serve_demo)


def serve_demo(arguments: argparse.Namespace) -> None:
    """Serves until a signal comes; an address that is taken is an error before anything starts."""
    settings = load_settings(arguments)
    if not settings.sandbox:
        raise CommandError("the demo has accounts with a known password: set srp.sandbox = true")
    with (
        _stopped_by_signals(),
        _listening(arguments.port) as listener,
        _running_sandbox(arguments.sandbox_port) as sandbox,
        _open_portal(settings, sandbox, listener) as portal,
    ):
        _prepare(portal, sandbox, _address(listener))
        _serve(portal, sandbox, listener)


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Lets SIGTERM do what Ctrl-C does, and both of them end the command with success."""
    wanted = (signal.SIGINT, signal.SIGTERM)

    def stop(*_: object) -> None:
        # A second Ctrl-C, or the one that make passes on, must not break into the clean end.
        for number in wanted:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    # Python leaves SIGINT alone where it is ignored at the start, as in a shell's background.
    before = [signal.signal(number, stop) for number in wanted]
    try:
        # It may also come while the database is made; whatever was begun is rolled back.
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        for number, handler in zip(wanted, before, strict=True):
            signal.signal(number, handler)


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        # Else the address stays taken for a minute after the last run.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(128)
        except (OSError, OverflowError) as error:
            raise _taken(port, "--port", error) from error
        yield listener


@contextlib.contextmanager
def _running_sandbox(port: int) -> Iterator[Sandbox]:
    from srp_portal.sandbox import Sandbox

    sandbox = Sandbox(port, HOST)
    try:
        sandbox.start()
    except (OSError, OverflowError) as error:
        raise _taken(port, "--sandbox-port", error) from error
    with sandbox:
        yield sandbox


def _taken(port: int, option: str, error: Exception) -> CommandError:
    why = getattr(error, "strerror", None) or str(error)
    return CommandError(f"can't serve at {HOST}:{port}: {why}; choose another with {option}")


@contextlib.contextmanager
def _open_portal(settings: Settings, sandbox: Sandbox, listener: socket.socket) -> Iterator[Portal]:
    from srp_portal.composition import compose
    from srp_portal.settings import Settings

    services = sandbox.settings()
    overriding = {
        **services,
        "esi-killmail.base_url": services["esi.base_url"],
        "esi.sso_callback_url": f"{_address(listener)}/sso/callback",
    }
    portal = compose(Settings.load({**settings.merged, **overriding}, settings.environment))
    try:
        yield portal
    finally:
        portal.close()


def _address(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"


def _prepare(portal: Portal, sandbox: Sandbox, address: str) -> None:
    from srp_portal.demo import furnish
    from srp_portal.services import migrations

    if not migrations.is_current(portal.engine):
        migrations.upgrade(portal.engine)
    if not furnish.is_furnished(portal):
        print("Making the demo data …", file=sys.stderr)
    furnish.furnish(portal, sandbox.characters, sandbox.losses, address=address)


def _serve(portal: Portal, sandbox: Sandbox, listener: socket.socket) -> None:
    from waitress.server import create_server

    from srp_portal.web.application import configure

    server: Any = create_server(
        configure(portal).make_wsgi_app(), sockets=[listener], threads=THREADS, ident=None
    )
    with _periodic_tasks(portal):
        print(_welcome(portal, sandbox, _address(listener)), flush=True)
        try:
            # Ends without an error when a signal raises KeyboardInterrupt in it.
            server.run()
        finally:
            server.close()


@contextlib.contextmanager
def _periodic_tasks(portal: Portal) -> Iterator[None]:
    from srp_portal.services import tasks

    stop = threading.Event()
    # A daemon: a task that waits for a slow answer must not keep the command from ending.
    thread = threading.Thread(
        target=tasks.run_until, args=(stop, portal), name="srp-tasks", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(3)


def _welcome(portal: Portal, sandbox: Sandbox, address: str) -> str:
    from srp_portal.demo import furnish, scenes

    to_try = sandbox.losses[scenes.TO_TRY]
    names = ", ".join(scenes.ACCOUNTS)
    return f"""
{portal.settings.site_name} with demo data: {address}/

  Log in as        {names}; the password is {furnish.PASSWORD}
  or with EVE      choose “log in with EVE”, then any character of the sandbox
  A loss to submit {to_try.zkb_url} (as pilot)
  The sandbox      {sandbox.url}/ lists characters, losses and their links

Ctrl-C stops it; the data stays for the next time."""
