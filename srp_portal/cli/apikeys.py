"""`apikey`: keys for scripts."""

from __future__ import annotations

import argparse
import sys

from srp_portal.cli.bootstrap import ACTOR, Commands, number, transaction


def add(commands: Commands) -> None:
    """Adds the commands."""
    group = commands.add_parser("apikey", help="keys for scripts").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    create = group.add_parser("create", help="make a key of a user's; prints it")
    create.add_argument("user", metavar="USER")
    create.add_argument("--name", default="", help="what it is for")
    create.add_argument("--expires", default="", metavar="DAY", help="its last day: 2026-12-31")
    create.add_argument(
        "--keep-stdin",
        action="store_true",
        help="no new key, but one that EVE-SRP has made, read from stdin",
    )
    create.set_defaults(handler=create_key)

    revoke = group.add_parser("revoke", help="end a key for good")
    revoke.add_argument("key_id", metavar="ID", type=number)
    revoke.set_defaults(handler=revoke_key)


def create_key(arguments: argparse.Namespace) -> None:
    """Makes a key."""
    from srp_portal.services import accounts, apikeys

    with transaction(arguments) as (portal, dbsession):
        user = accounts.find_user(dbsession, arguments.user)
        made = apikeys.create(
            dbsession,
            portal.secrets,
            user_id=user.id,
            actor=ACTOR,
            name=arguments.name,
            expires_at=apikeys.end_of_day(arguments.expires),
            key=sys.stdin.readline().strip() if arguments.keep_stdin else None,
            now=portal.clock(),
        )
    print(made.key)


def revoke_key(arguments: argparse.Namespace) -> None:
    """Ends a key."""
    from srp_portal.services import apikeys

    with transaction(arguments) as (portal, dbsession):
        apikeys.revoke(dbsession, arguments.key_id, actor=ACTOR, now=portal.clock())
