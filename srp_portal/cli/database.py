"""`db`: the database's schema."""

from __future__ import annotations

import argparse

from srp_portal.cli.bootstrap import CommandError, Commands, open_portal


def add(commands: Commands) -> None:
    """Adds the commands."""
    group = commands.add_parser("db", help="the database's schema").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    upgrade = group.add_parser("upgrade", help="bring it up to date; prints its revision")
    upgrade.set_defaults(handler=upgrade_database)
    check = group.add_parser("check", help="see whether it is up to date; prints its revision")
    check.set_defaults(handler=check_database)


def upgrade_database(arguments: argparse.Namespace) -> None:
    """Migrates to the newest revision."""
    from alembic.util.exc import CommandError as AlembicError

    from srp_portal.services import migrations

    with open_portal(arguments) as portal:
        try:
            migrations.upgrade(portal.engine)
        except AlembicError as error:
            # Such as a database that a newer version has migrated already.
            raise CommandError(str(error)) from error
        print(migrations.current(portal.engine))


def check_database(arguments: argparse.Namespace) -> None:
    """Succeeds when the database is at the newest revision."""
    from srp_portal.services import migrations

    with open_portal(arguments) as portal:
        current = migrations.current(portal.engine)
    wanted = migrations.head()
    print(current or "empty")
    if current != wanted:
        raise CommandError(
            f"the database is at {current or 'no revision'}, this version wants {wanted}:"
            " run srp-portal db upgrade"
        )
