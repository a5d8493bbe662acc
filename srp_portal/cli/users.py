"""`user` and `pilot`: local accounts and the characters tied to them."""

from __future__ import annotations

import argparse
import sys

from srp_portal.cli.bootstrap import ACTOR, CommandError, Commands, number, transaction


def add(commands: Commands) -> None:
    """Adds the commands."""
    user = commands.add_parser("user", help="local accounts").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    create = user.add_parser("create", help="make a local account; prints its id")
    create.add_argument("name", metavar="NAME")
    create.add_argument("--admin", action="store_true", help="a site administrator")
    create.add_argument(
        "--password-stdin",
        action="store_true",
        required=True,
        help="read the password from stdin (never from the command line, where others see it)",
    )
    create.set_defaults(handler=create_user)

    admin = user.add_parser("admin", help="make somebody a site administrator, or no longer")
    admin.add_argument("name", metavar="NAME")
    switch = admin.add_mutually_exclusive_group(required=True)
    switch.add_argument("--on", dest="is_admin", action="store_true")
    switch.add_argument("--off", dest="is_admin", action="store_false")
    admin.set_defaults(handler=set_admin)

    pilot = commands.add_parser("pilot", help="characters").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    tie = pilot.add_parser("add", help="tie a character to a local account")
    tie.add_argument("user", metavar="USER")
    tie.add_argument("character_id", metavar="CHARACTER_ID", type=number)
    tie.add_argument("name", metavar="NAME")
    tie.set_defaults(handler=tie_character)


def create_user(arguments: argparse.Namespace) -> None:
    """Makes a local account."""
    from srp_portal.services import accounts

    try:
        password = sys.stdin.read()
        password.encode()
    except UnicodeError:
        raise CommandError("the password on stdin is not UTF-8") from None
    # One line break is the terminal's or echo's; any other is the password's.
    password = password.removesuffix("\n").removesuffix("\r")
    with transaction(arguments) as (portal, dbsession):
        user = accounts.create_local_user(
            dbsession, arguments.name, password, is_admin=arguments.admin, now=portal.clock()
        )
        user_id = user.id
    print(user_id)


def set_admin(arguments: argparse.Namespace) -> None:
    """Makes somebody a site administrator, or no longer one."""
    from srp_portal.services import accounts

    with transaction(arguments) as (portal, dbsession):
        user = accounts.find_user(dbsession, arguments.name)
        accounts.set_admin(dbsession, user, arguments.is_admin, now=portal.clock(), actor=ACTOR)


def tie_character(arguments: argparse.Namespace) -> None:
    """Ties a character to an account."""
    from srp_portal.services import accounts

    with transaction(arguments) as (portal, dbsession):
        user = accounts.find_user(dbsession, arguments.user)
        accounts.tie_character(
            dbsession, user, arguments.character_id, arguments.name, now=portal.clock(), actor=ACTOR
        )
