"""`group` and `groups`: groups kept by hand, and those that EVE says characters are in."""

from __future__ import annotations

import argparse

from srp_portal.cli.bootstrap import ACTOR, CommandError, Commands, open_portal, transaction


def add(commands: Commands) -> None:
    """Adds the commands."""
    group = commands.add_parser("group", help="groups kept by hand").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    create = group.add_parser("create", help="make a group; prints its id")
    create.add_argument("name", metavar="NAME")
    create.set_defaults(handler=create_group)
    for name, help_, handler in (
        ("add", "put a user into a group", add_member),
        ("remove", "take a user out of a group", remove_member),
    ):
        command = group.add_parser(name, help=help_)
        command.add_argument("name", metavar="NAME", help="the group's")
        command.add_argument("user", metavar="USER")
        command.set_defaults(handler=handler)

    groups = commands.add_parser("groups", help="corporations and alliances").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    refresh = groups.add_parser("refresh", help="ask EVE where all characters are; for cron")
    refresh.set_defaults(handler=refresh_groups)


def create_group(arguments: argparse.Namespace) -> None:
    """Makes a group kept by hand."""
    from srp_portal.services import groups

    with transaction(arguments) as (portal, dbsession):
        group = groups.create_group(dbsession, arguments.name, actor=ACTOR, now=portal.clock())
        group_id = group.id
    print(group_id)


def add_member(arguments: argparse.Namespace) -> None:
    """Puts a user into a group."""
    from srp_portal.services import accounts, groups

    with transaction(arguments) as (portal, dbsession):
        groups.add_member(
            dbsession,
            groups.find_group(dbsession, arguments.name),
            accounts.find_user(dbsession, arguments.user),
            actor=ACTOR,
            now=portal.clock(),
        )


def remove_member(arguments: argparse.Namespace) -> None:
    """Takes a user out of a group."""
    from srp_portal.services import accounts, groups

    with transaction(arguments) as (portal, dbsession):
        groups.remove_member(
            dbsession,
            groups.find_group(dbsession, arguments.name),
            accounts.find_user(dbsession, arguments.user),
            actor=ACTOR,
            now=portal.clock(),
        )


def refresh_groups(arguments: argparse.Namespace) -> None:
    """Asks EVE where all characters are; an error where it did not answer for some."""
    from srp_portal.services import groups

    with open_portal(arguments) as portal:
        done = groups.refresh_affiliations(
            portal.session_factory, portal.esi.client, now=portal.clock()
        )
    print(f"{done.seen} characters seen, {done.moved} moved, {done.missed} missed")
    if done.error:
        raise CommandError(f"EVE did not answer for all characters: {done.error}")
