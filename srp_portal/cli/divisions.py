"""`division`, `grant` and `revoke`: divisions, and who may do what in them."""

from __future__ import annotations

import argparse

from srp_portal.cli.bootstrap import ACTOR, CommandError, Commands, transaction
from srp_portal.domain.permissions import Permission

_ENTITY_HELP = "a user or a group by name; user:NAME or group:NAME where both exist"


def add(commands: Commands) -> None:
    """Adds the commands."""
    group = commands.add_parser("division", help="divisions").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    create = group.add_parser("create", help="make a division; prints its id")
    create.add_argument("name", metavar="NAME")
    create.set_defaults(handler=create_division)

    for name, help_, handler in (
        ("grant", "give a permission in a division", grant),
        ("revoke", "take a permission in a division away", revoke),
    ):
        command = commands.add_parser(name, help=help_)
        command.add_argument("division", metavar="DIVISION", help="its name")
        command.add_argument("permission", choices=[permission.value for permission in Permission])
        command.add_argument("entity", metavar="ENTITY", help=_ENTITY_HELP)
        command.set_defaults(handler=handler)


def create_division(arguments: argparse.Namespace) -> None:
    """Makes a division."""
    from srp_portal.services import divisions

    with transaction(arguments) as (portal, dbsession):
        made = divisions.create_division(dbsession, ACTOR, arguments.name, now=portal.clock())
    print(made.id)


def grant(arguments: argparse.Namespace) -> None:
    """Gives a permission; one that is held already is no error."""
    from srp_portal.services import grants
    from srp_portal.services.division_access import find_division

    with transaction(arguments) as (portal, dbsession):
        grants.grant(
            dbsession,
            ACTOR,
            find_division(dbsession, arguments.division).id,
            Permission(arguments.permission),
            grants.EntityChoice(name=arguments.entity),
            now=portal.clock(),
        )


def revoke(arguments: argparse.Namespace) -> None:
    """Takes a permission away; one that isn't held is an error, since a name may be mistyped."""
    from srp_portal.services import grants
    from srp_portal.services.division_access import find_division

    with transaction(arguments) as (portal, dbsession):
        division = find_division(dbsession, arguments.division)
        done = grants.revoke(
            dbsession,
            ACTOR,
            division.id,
            Permission(arguments.permission),
            grants.EntityChoice(name=arguments.entity),
            now=portal.clock(),
        )
        if not done.is_changed:
            entity = f"{done.entity.type} {done.entity.name}"
            raise CommandError(f"{entity} does not hold {done.permission} in {division.name}")
