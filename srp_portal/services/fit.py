"""What was on board a lost ship, from ESI's document, by slot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from srp_portal.domain.slots import position_of, slot_of
from srp_portal.services.results import LostItem


def document_of(raw: str) -> dict[str, Any]:
    """ESI's document of a killmail; empty where it is not at hand."""
    document: dict[str, Any] = json.loads(raw) if raw else {}
    return document


def lost_items(document: dict[str, Any], names: dict[int, str]) -> tuple[LostItem, ...]:
    """The items of a killmail, equal ones in a slot added up, by slot and name."""
    totals: dict[tuple[str, int], list[int]] = {}
    for slot, type_id, destroyed, dropped in _lines(document):
        total = totals.setdefault((slot, type_id), [0, 0])
        total[0] += destroyed
        total[1] += dropped
    items = (
        LostItem(type_id, slot, destroyed, dropped, names.get(type_id, f"Type {type_id}"))
        for (slot, type_id), (destroyed, dropped) in totals.items()
    )
    return tuple(sorted(items, key=lambda item: (position_of(item.slot), item.name, item.type_id)))


def item_type_ids(document: dict[str, Any]) -> set[int]:
    """Ids of all types of items on board."""
    return {type_id for _, type_id, _, _ in _lines(document)}


def attacker_count(document: dict[str, Any]) -> int:
    """How many are on the killmail; 0 when the document is not at hand."""
    return len(document.get("attackers", ()))


def _lines(document: dict[str, Any]) -> Iterator[tuple[str, int, int, int]]:
    for item in document.get("victim", {}).get("items", ()):
        slot = slot_of(item["flag"])
        # What a container held counts where the container was.
        for part in (item, *item.get("items", ())):
            yield (
                slot,
                part["item_type_id"],
                part.get("quantity_destroyed", 0),
                part.get("quantity_dropped", 0),
            )
