"""`esi`: what is to be cleaned from time to time of logins and tokens of EVE's, for cron."""

from __future__ import annotations

import argparse

from srp_portal.cli.bootstrap import CommandError, Commands, open_portal, transaction

#: About thirty years; whatever is begun earlier is not in any database.
LONGEST_DIGITS = 9


def add(commands: Commands) -> None:
    """Adds the commands."""
    group = commands.add_parser("esi", help="logins and tokens of EVE's").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    tokens = group.add_parser(
        "cleanup-tokens", help="renew expired tokens, delete those that never can be"
    )
    tokens.set_defaults(handler=clean_tokens)

    callbacks = group.add_parser("cleanup-callbacks", help="forget logins that nobody finished")
    callbacks.add_argument(
        "--max-age",
        metavar="SECONDS",
        type=seconds,
        default=300,
        help="those begun longer ago than this, by default %(default)s",
    )
    callbacks.set_defaults(handler=clean_callbacks)


def seconds(text: str) -> int:
    """An argument that is a span of time, for argparse."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_DIGITS):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of seconds, 0 or more")
    return int(text)


def clean_tokens(arguments: argparse.Namespace) -> None:
    """Renews expired tokens or deletes them; an error where EVE did not answer for some."""
    from srp_portal.services import tasks

    with open_portal(arguments) as portal:
        said, left = tasks.clean_tokens(portal)
    print(said)
    if left:
        raise CommandError(f"EVE's login service did not answer for {left} tokens")


def clean_callbacks(arguments: argparse.Namespace) -> None:
    """Forgets logins that nobody finished."""
    from srp_portal.esi.tasks import cleanup_callbackredirect

    with transaction(arguments) as (_, dbsession):
        forgotten = cleanup_callbackredirect(dbsession, max_age=arguments.max_age)
    print(f"{forgotten} unfinished logins forgotten")
