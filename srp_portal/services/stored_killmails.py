"""A killmail to be stored, and a stored one as plugins know it: what went in comes out again."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from srp_portal.models.killmails import Killmail as KillmailRow
from srp_portal.plugin import Attacker, Item, Killmail
from srp_portal.services import fit

logger = logging.getLogger(__name__)

#: The name under which the value that counts is recorded.
VALUE = "value"
#: Where a source has a value of that very name among the others; no code of a source's looks so.
VALUE_BY_NAME = "values: value"

#: Characters of the column for the security status: 27 decimals with a sign before them.
SECURITY_LENGTH = 30

#: Stands in documents that were made here, which are not ESI's.
_MADE = "made_of_source"


def killmail_row(killmail: Killmail, now: datetime) -> KillmailRow:
    """The row of a killmail from which `killmail_of` makes the same one again."""
    return KillmailRow(
        id=killmail.killmail_id,
        hash=killmail.killmail_hash,
        url=killmail.url,
        source=killmail.source,
        killed_at=killmail.timestamp,
        pilot_id=killmail.pilot_id,
        pilot=killmail.pilot,
        corporation_id=killmail.corporation_id,
        corporation=killmail.corporation,
        alliance_id=killmail.alliance_id,
        alliance=killmail.alliance,
        ship_id=killmail.ship_id,
        ship=killmail.ship,
        ship_group_id=killmail.ship_group_id,
        ship_group=killmail.ship_group,
        system_id=killmail.system_id,
        system=killmail.system,
        constellation_id=killmail.constellation_id,
        constellation=killmail.constellation,
        region_id=killmail.region_id,
        region=killmail.region,
        security=security_text(killmail.security),
        is_npc=killmail.npc,
        is_solo=killmail.solo,
        is_awox=killmail.awox,
        raw=stored_document(killmail),
        fetched_at=now,
    )


def recorded_values(killmail: Killmail) -> dict[str, Decimal]:
    """All of a killmail's values in ISK, by the names under which they are recorded."""
    values = {
        VALUE_BY_NAME if name == VALUE else name: isk for name, isk in killmail.values.items()
    }
    if killmail.value is not None:
        values[VALUE] = killmail.value
    return values


def security_text(security: Decimal | None) -> str:
    """The security status with all digits that the column holds; empty for an unknown one."""
    if security is None:
        return ""
    text, precision = str(security), SECURITY_LENGTH
    while len(text) > SECURITY_LENGTH:
        # An exponent takes characters as well, so that only trying tells how many digits remain.
        rounding = Context(precision, ROUND_HALF_EVEN, Emin=MIN_EMIN, Emax=MAX_EMAX)
        text = str(rounding.plus(security))
        precision -= 1
    return text


def killmail_of(
    row: Any, recorded: Iterable[tuple[str, Decimal]], document: dict[str, Any] | None = None
) -> Killmail:
    """The killmail of a row of that table, or of its columns.

    recorded: its values by name, oldest first; the last one counts. document: ESI's, for callers
    who have read it already.
    """
    values = dict(recorded)
    value = values.pop(VALUE, None)
    if VALUE_BY_NAME in values:
        values[VALUE] = values.pop(VALUE_BY_NAME)
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
        raw="" if _MADE in document else row.raw,
    )


def stored_document(killmail: Killmail) -> str:
    """ESI's document, or one in its shape from which the same items and attackers can be read.

    A source may know what was lost and have no document, or one that says something else. What it
    leaves out altogether is taken from its document.
    """
    raw = readable_document(killmail.raw)
    document = fit.document_of(raw)
    if (
        killmail.items in ((), _items(document))
        and killmail.attackers in ((), _attackers(document))
        and _MADE not in document
    ):
        return raw
    made = {
        _MADE: True,
        "killmail_id": killmail.killmail_id,
        "victim": {"items": [_item_entry(each) for each in killmail.items or _items(document)]},
        "attackers": [_attacker_entry(each) for each in killmail.attackers or _attackers(document)],
    }
    return json.dumps(made, separators=(",", ":"))


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


def _item_entry(item: Item) -> Mapping[str, Any]:
    entry: dict[str, Any] = {
        "item_type_id": item.type_id,
        "flag": item.flag,
        "quantity_destroyed": item.quantity_destroyed,
        "quantity_dropped": item.quantity_dropped,
        "singleton": item.singleton,
    }
    if item.items:
        entry["items"] = [_item_entry(inner) for inner in item.items]
    return entry


def _attacker_entry(attacker: Attacker) -> Mapping[str, Any]:
    entry = {
        "character_id": attacker.character_id,
        "corporation_id": attacker.corporation_id,
        "alliance_id": attacker.alliance_id,
        "ship_type_id": attacker.ship_id,
        "final_blow": attacker.final_blow,
    }
    return {name: value for name, value in entry.items() if value is not None}
