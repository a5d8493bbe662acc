"""A generated loss as rows of its killmail and its request."""

from __future__ import annotations

from typing import Any, NamedTuple

from srp_portal.domain.lifecycle import Status
from srp_portal.domain.text import name_key
from srp_portal.domain.words import tag_of
from srp_portal.models.killmails import Killmail, KillmailValue
from srp_portal.models.requests import SrpRequest
from srp_portal.models.search import RequestWords
from srp_portal.seeding.bulk import Model, Row
from srp_portal.seeding.histories import Case
from srp_portal.seeding.people import Pilot
from srp_portal.seeding.places import System
from srp_portal.seeding.ships import Ship

SOURCE = "zKillboard"
LINK = "https://zkillboard.com/kill/%d/"

COLUMNS: dict[Model, tuple[str, ...]] = {
    Killmail: (
        "id",
        "hash",
        "url",
        "source",
        "killed_at",
        "pilot_id",
        "pilot",
        "corporation_id",
        "corporation",
        "alliance_id",
        "alliance",
        "ship_id",
        "ship",
        "ship_group_id",
        "ship_group",
        "system_id",
        "system",
        "security",
        "constellation_id",
        "constellation",
        "region_id",
        "region",
        "is_npc",
        "is_solo",
        "is_awox",
        "raw",
        "fetched_at",
    ),
    KillmailValue: ("id", "killmail_id", "name", "value", "source", "recorded_at"),
    SrpRequest: (
        "id",
        "submitter_id",
        "division_id",
        "status",
        "is_withdrawn",
        "base_payout",
        "is_base_by_hand",
        "payout",
        "version",
        "details",
        "submitted_at",
        "changed_at",
        "killmail_url",
        "killed_at",
        "pilot_id",
        "pilot",
        "pilot_key",
        "corporation_id",
        "corporation",
        "corporation_key",
        "alliance_id",
        "alliance",
        "alliance_key",
        "ship_id",
        "ship",
        "ship_key",
        "system",
        "system_key",
        "constellation",
        "constellation_key",
        "region",
        "region_key",
    ),
    RequestWords: (
        "request_id",
        "submitter_id",
        "division_id",
        "status",
        "base_payout",
        "payout",
        "submitted_at",
        "killed_at",
        "words",
    ),
}


class PilotPart:
    """A pilot's columns in both tables, made once for all of the pilot's losses."""

    def __init__(self, pilot: Pilot) -> None:
        corporation = pilot.corporation
        self.pilot = pilot
        self.victim = (pilot.id, corporation.id, corporation.alliance_id)
        self.killmail: Row = (
            pilot.id,
            pilot.name,
            corporation.id,
            corporation.name,
            corporation.alliance_id,
            corporation.alliance,
        )
        self.request: Row = (
            pilot.id,
            pilot.name,
            name_key(pilot.name),
            corporation.id,
            corporation.name,
            name_key(corporation.name),
            corporation.alliance_id,
            corporation.alliance,
            name_key(corporation.alliance or ""),
        )
        self.tag = tag_of("alliance", name_key(corporation.alliance or ""))


class ShipPart:
    """A ship's columns in both tables."""

    def __init__(self, ship: Ship) -> None:
        self.ship = ship
        self.killmail: Row = (ship.id, ship.name, ship.group.id, ship.group.name)
        self.request: Row = (ship.id, ship.name, name_key(ship.name))


class SystemPart:
    """A system's columns in both tables."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.killmail: Row = (
            system.id,
            system.name,
            system.security,
            system.constellation_id,
            system.constellation,
            system.region_id,
            system.region,
        )
        names = (system.name, system.constellation, system.region)
        self.request: Row = tuple(part for name in names for part in (name, name_key(name)))
        self.tag = tag_of("region", name_key(system.region))


class LossParts(NamedTuple):
    """What both rows of one loss are put together from; killed_at: as the database stores it."""

    pilot: PilotPart
    ship: ShipPart
    system: SystemPart
    link: str
    killed_at: Any


def killmail_row(
    parts: LossParts,
    killmail_id: int,
    *,
    hash_: str,
    labels: tuple[bool, bool, bool],
    raw: str,
    fetched_at: object,
) -> Row:
    """A row of the killmails; labels: npc, solo, awox."""
    return (
        killmail_id,
        hash_,
        parts.link,
        SOURCE,
        parts.killed_at,
        *parts.pilot.killmail,
        *parts.ship.killmail,
        *parts.system.killmail,
        *labels,
        raw,
        fetched_at,
    )


def request_row(parts: LossParts, case: Case, status: Status, *, base: object, details: str) -> Row:
    """A row of the requests; base: as the database stores it."""
    return (
        case.id,
        case.submitter_id,
        case.staff.division.id,
        status.value,
        case.is_withdrawn,
        base,
        case.base is not case.value,
        case.stored_payout,
        case.version,
        details,
        case.stored_submitted_at,
        case.stored_at,
        parts.link,
        parts.killed_at,
        *parts.pilot.request,
        *parts.ship.request,
        *parts.system.request,
    )


def words_row(parts: LossParts, case: Case, status: Status, *, base: object, words: object) -> Row:
    """A row of the words of requests; base and words: as the database stores them."""
    return (
        case.id,
        case.submitter_id,
        case.staff.division.id,
        status.value,
        base,
        case.stored_payout,
        case.stored_submitted_at,
        parts.killed_at,
        words,
    )
