"""`deliveries`: events that plugins did not take, to send again or to forget."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from srp_portal.cli.bootstrap import ACTOR, Commands, aligned, number, open_portal, transaction

if TYPE_CHECKING:
    from srp_portal.services.deliveries import Which

_HEADINGS = ("id", "plugin", "event", "request", "attempts", "given up", "error")


def add(commands: Commands) -> None:
    """Adds the commands."""
    group = commands.add_parser(
        "deliveries", help="events that plugins were told in vain"
    ).add_subparsers(title="commands", metavar="COMMAND", required=True)
    listing = group.add_parser("list", help="the dead deliveries, newest first")
    listing.add_argument("--plugin", metavar="NAME", help="only those for this plugin")
    listing.set_defaults(handler=list_deliveries)

    resend = group.add_parser("resend", help="have dead deliveries made again, now")
    resend.set_defaults(handler=resend_deliveries)
    forget = group.add_parser("forget", help="remove dead deliveries for good")
    forget.set_defaults(handler=forget_deliveries)
    for command in (resend, forget):
        which = command.add_mutually_exclusive_group(required=True)
        which.add_argument("delivery_id", metavar="ID", type=number, nargs="?", help="this one")
        which.add_argument("--plugin", metavar="NAME", help="all for this plugin")
        which.add_argument("--all", action="store_true", help="all for every plugin")


def list_deliveries(arguments: argparse.Namespace) -> None:
    """A line for each dead delivery."""
    from srp_portal.services.deliveries import Which, dead_deliveries

    with open_portal(arguments) as portal, portal.read_session_factory() as dbsession:
        found = dead_deliveries(dbsession, Which(plugin=arguments.plugin))
    rows = [
        (
            str(each.id),
            each.plugin,
            each.kind,
            str(each.request_id),
            str(each.attempts),
            f"{each.failed_at:%Y-%m-%d %H:%M}",
            each.error,
        )
        for each in found
    ]
    for line in aligned([_HEADINGS, *rows]):
        print(line)


def resend_deliveries(arguments: argparse.Namespace) -> None:
    """Has deliveries made again: here and now, or by Celery's workers where there is a broker."""
    from srp_portal.services import deliveries

    with open_portal(arguments) as portal:
        with portal.session_factory.begin() as dbsession:
            count = deliveries.resend(dbsession, ACTOR, _which(arguments), now=portal.clock())
        print(f"{_counted(count)} to be made again")
        if count:
            (portal.remote_delivery or portal.delivery).deliver_due()


def forget_deliveries(arguments: argparse.Namespace) -> None:
    """Removes deliveries."""
    from srp_portal.services import deliveries

    with transaction(arguments) as (portal, dbsession):
        count = deliveries.forget(dbsession, ACTOR, _which(arguments), now=portal.clock())
    print(f"{_counted(count)} forgotten")


def _which(arguments: argparse.Namespace) -> Which:
    from srp_portal.services.deliveries import Which

    return Which(id=arguments.delivery_id, plugin=arguments.plugin)


def _counted(count: int) -> str:
    return "1 delivery" if count == 1 else f"{count} deliveries"
