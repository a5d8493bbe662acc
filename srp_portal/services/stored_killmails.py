"""A stored killmail as plugins know it, for hooks that run after the submission."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from srp_portal.plugin import Attacker, Item, Killmail
from srp_portal.services import fit

logger = logging.getLogger(__name__)


def killmail_of(
    row: Any, recorded: Iterable[tuple[str, Decimal]], document: dict[str, Any] | None = None
) -> Killmail:
    """The killmail of a row of that table, or of its columns.

    recorded: its values by name, oldest first; the last one counts. document: ESI's, for callers
    who have read it already.
    """
    values = dict(recorded)
    value = values.pop("value", None)
    if document is None:
        document = fit.document_of(row.raw)
    return Killmail(
        killmail_id=row.id,
        killmail_hash=row.hash,
        url=row.url,
        timestamp=row.killed_at,
        pilot_id=row.pilot_id,
        pilot=row.pilot,
        corporation_id=row.corporation_id,
        corporation=row.corporation,
        alliance_id=row.alliance_id,
        alliance=row.alliance,
        ship_id=row.ship_id,
        ship=row.ship,
        system_id=row.system_id,
        system=row.system,
        constellation=row.constellation,
        region=row.region,
        value=value,
        verified=True,
        items=_items(document),
        attackers=_attackers(document),
        source=row.source,
        ship_group_id=row.ship_group_id,
        ship_group=row.ship_group,
        constellation_id=row.constellation_id,
        region_id=row.region_id,
        security=Decimal(row.security) if row.security else None,
        values=values,
        npc=row.is_npc,
        solo=row.is_solo,
        awox=row.is_awox,
        raw=row.raw,
    )


def readable_document(raw: str) -> str:
    """The document as it is when everything that reads it later can do so, else nothing.

    A source may hand over anything as `raw`, and pages are made from it for years.
    """
    if not raw:
        return ""
    try:
        document = fit.document_of(raw)
        _items(document)
        _attackers(document)
        fit.lost_items(document, {})
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        logger.warning("A killmail's document is not kept, as it is not ESI's: %s", error)
        return ""
    return raw


def _items(document: dict[str, Any]) -> tuple[Item, ...]:
    return tuple(_item(each) for each in document.get("victim", {}).get("items", ()))


def _attackers(document: dict[str, Any]) -> tuple[Attacker, ...]:
    return tuple(_attacker(each) for each in document.get("attackers", ()))


def _item(entry: dict[str, Any]) -> Item:
    return Item(
        type_id=entry["item_type_id"],
        flag=entry["flag"],
        quantity_destroyed=entry.get("quantity_destroyed", 0),
        quantity_dropped=entry.get("quantity_dropped", 0),
        singleton=entry.get("singleton", 0),
        items=tuple(_item(inner) for inner in entry.get("items", ())),
    )


def _attacker(entry: dict[str, Any]) -> Attacker:
    return Attacker(
        character_id=entry.get("character_id"),
        corporation_id=entry.get("corporation_id"),
        alliance_id=entry.get("alliance_id"),
        ship_id=entry.get("ship_type_id"),
        final_blow=entry["final_blow"],
    )
