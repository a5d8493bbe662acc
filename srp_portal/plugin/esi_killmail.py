"""A killmail from EVE's own API, with every name resolved.

Both shipped sources use it, and so may any source that learns a killmail's id and hash: what
somebody is paid for is then EVE's word and nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from srp_portal.plugin import checks
from srp_portal.plugin.context import PluginContext
from srp_portal.plugin.errors import (
    KillmailNotFound,
    KillmailUnverified,
    PluginError,
    SourceUnavailable,
)
from srp_portal.plugin.killmail import Attacker, Item, Killmail

_DOWN = "EVE's API can't be reached at the moment. Please try again later."
_STRANGE = "EVE's API answered something that can't be understood. Please try again later."


class _Place(NamedTuple):
    system: Mapping[str, Any]
    constellation: Mapping[str, Any]
    region: Mapping[str, Any]


class _Hull(NamedTuple):
    type: Mapping[str, Any]
    group: Mapping[str, Any]


def killmail_from_esi(
    context: PluginContext,
    killmail_id: int,
    killmail_hash: str,
    *,
    url: str,
    source: str,
    value: Decimal | None = None,
    values: Mapping[str, Decimal] | None = None,
    npc: bool = False,
    solo: bool = False,
    awox: bool = False,
) -> Killmail:
    """The verified killmail with this id and hash, as ESI has it.

    url: the normalised link to keep. value, values: ISK from the source, as ESI knows none.
    Attackers without any pilot count as `npc`, whatever the argument says. Raises
    KillmailNotFound (unknown, or a loss without a pilot), KillmailUnverified (id and hash don't
    belong together) and SourceUnavailable (network, ESI's errors and limits).
    """
    # Before the network, and apart from what ESI may get wrong: these are the source's.
    value = checks.optional(checks.isk_amount, "value", value)
    values = {
        name: checks.isk_amount(f"values[{name!r}]", amount)
        for name, amount in (values or {}).items()
    }
    document, raw = _document(context.esi, killmail_id, killmail_hash)
    try:
        victim = document["victim"]
        if "character_id" not in victim:
            raise KillmailNotFound(
                "This loss has no pilot (a structure, or something left in space), so there is"
                " nobody to reimburse."
            )
        names, place, hull = _look_ups(context.esi, document)
        attackers = tuple(_attacker(entry) for entry in document["attackers"])
        alliance_id = victim.get("alliance_id")
        return Killmail(
            killmail_id=killmail_id,
            killmail_hash=killmail_hash,
            url=url,
            timestamp=_moment(document["killmail_time"]),
            pilot_id=victim["character_id"],
            pilot=names[victim["character_id"]],
            corporation_id=victim["corporation_id"],
            corporation=names[victim["corporation_id"]],
            alliance_id=alliance_id,
            alliance=None if alliance_id is None else names[alliance_id],
            ship_id=victim["ship_type_id"],
            ship=hull.type["name"],
            system_id=document["solar_system_id"],
            system=place.system["name"],
            constellation=place.constellation["name"],
            region=place.region["name"],
            value=value,
            verified=True,
            items=tuple(_item(entry) for entry in victim.get("items", ())),
            attackers=attackers,
            source=source,
            ship_group_id=hull.type["group_id"],
            ship_group=hull.group["name"],
            constellation_id=place.system["constellation_id"],
            region_id=place.constellation["region_id"],
            security=checks.decimal("security", str(place.system["security_status"])),
            values=values,
            npc=npc or (bool(attackers) and all(a.character_id is None for a in attackers)),
            solo=solo,
            awox=awox,
            raw=raw,
        )
    except PluginError:
        raise
    except (LookupError, TypeError, ValueError) as error:
        raise SourceUnavailable(_STRANGE) from error


def _document(esi: Any, killmail_id: int, killmail_hash: str) -> tuple[Mapping[str, Any], str]:
    """The killmail decoded, and as it was received."""
    operation = esi.Killmails.get_killmails_killmail_id_killmail_hash(
        killmail_id=killmail_id, killmail_hash=killmail_hash
    )
    operation.request_config.also_return_response = True
    try:
        document, response = operation.result()
    except Exception as error:
        status = _status(error)
        if status == 404:
            raise KillmailNotFound(f"EVE knows no killmail {killmail_id}.") from error
        if status in (400, 422):
            raise KillmailUnverified(
                f"EVE says that killmail {killmail_id} and its hash don't belong together."
            ) from error
        raise SourceUnavailable(_DOWN) from error
    if (
        not isinstance(document, Mapping)
        or document.get("killmail_id") != killmail_id
        or not isinstance(document.get("victim"), Mapping)
    ):
        raise SourceUnavailable(_STRANGE)
    return document, response.text


def _look_ups(esi: Any, document: Mapping[str, Any]) -> tuple[Mapping[int, str], _Place, _Hull]:
    victim = document["victim"]
    owners = [victim[key] for key in ("character_id", "corporation_id")]
    if "alliance_id" in victim:
        owners.append(victim["alliance_id"])
    # Three chains that don't wait for each other. Each runs in a copy of this context, as
    # deadlines are kept in context variables, which threads don't inherit.
    with ThreadPoolExecutor(max_workers=3, thread_name_prefix="killmail") as pool:
        names = pool.submit(copy_context().run, _names, esi, owners)
        place = pool.submit(copy_context().run, _place, esi, document["solar_system_id"])
        hull = pool.submit(copy_context().run, _hull, esi, victim["ship_type_id"])
        return names.result(), place.result(), hull.result()


def _names(esi: Any, ids: list[int]) -> Mapping[int, str]:
    entries = _result(esi.Universe.post_universe_names, ids=ids)
    return {entry["id"]: entry["name"] for entry in entries}


def _place(esi: Any, system_id: int) -> _Place:
    universe = esi.Universe
    system = _result(universe.get_universe_systems_system_id, system_id=system_id)
    constellation = _result(
        universe.get_universe_constellations_constellation_id,
        constellation_id=system["constellation_id"],
    )
    region = _result(universe.get_universe_regions_region_id, region_id=constellation["region_id"])
    return _Place(system, constellation, region)


def _hull(esi: Any, type_id: int) -> _Hull:
    universe = esi.Universe
    ship = _result(universe.get_universe_types_type_id, type_id=type_id)
    group = _result(universe.get_universe_groups_group_id, group_id=ship["group_id"])
    return _Hull(ship, group)


def _result(operation: Callable[..., Any], **parameters: Any) -> Any:
    """The result of a look-up; any refusal is an outage, since ESI itself named the id."""
    call = operation(**parameters)
    try:
        return call.result()
    except Exception as error:
        _status(error)
        raise SourceUnavailable(_DOWN) from error


def _status(error: Exception) -> int | None:
    """The HTTP status that an error of the ESI client carries, None for one without an answer.

    Raises the error again where it has no such attribute: it isn't the client's word about ESI
    but a mistake in the program, and must not be shown as an outage.
    """
    try:
        status: int | None = error.status  # type: ignore[attr-defined]
    except AttributeError:
        raise error from None
    return status


def _attacker(entry: Mapping[str, Any]) -> Attacker:
    final_blow = entry["final_blow"]
    return Attacker(
        character_id=entry.get("character_id"),
        corporation_id=entry.get("corporation_id"),
        alliance_id=entry.get("alliance_id"),
        ship_id=entry.get("ship_type_id"),
        final_blow=final_blow,
    )


def _item(entry: Mapping[str, Any]) -> Item:
    return Item(
        type_id=entry["item_type_id"],
        flag=entry["flag"],
        quantity_destroyed=entry.get("quantity_destroyed", 0),
        quantity_dropped=entry.get("quantity_dropped", 0),
        singleton=entry.get("singleton", 0),
        items=tuple(_item(inner) for inner in entry.get("items", ())),
    )


def _moment(value: str | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
