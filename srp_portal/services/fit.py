"""What was on board a lost ship, from ESI's document, by slot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from srp_portal.services.results import LostItem

#: EVE's inventory flags by slot, in the order in which a fit is read.
SLOTS: tuple[tuple[str, frozenset[int]], ...] = (
    ("High slots", frozenset(range(27, 35))),
    ("Medium slots", frozenset(range(19, 27))),
    ("Low slots", frozenset(range(11, 19))),
    ("Rigs", frozenset(range(92, 100))),
    ("Subsystems", frozenset(range(125, 133))),
    ("Drone bay", frozenset({87})),
    ("Fighter bay", frozenset({158, *range(159, 164)})),
    ("Implants", frozenset({89})),
    ("Cargo", frozenset({5})),
)
OTHER = "Elsewhere"

_SLOT_OF = {flag: slot for slot, flags in SLOTS for flag in flags}
_ORDER = {slot: position for position, (slot, _) in enumerate(SLOTS)} | {OTHER: len(SLOTS)}


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
    return tuple(sorted(items, key=lambda item: (_ORDER[item.slot], item.name, item.type_id)))


def item_type_ids(document: dict[str, Any]) -> set[int]:
    """Ids of all types of items on board."""
    return {type_id for _, type_id, _, _ in _lines(document)}


def attacker_count(document: dict[str, Any]) -> int:
    """How many are on the killmail; 0 when the document is not at hand."""
    return len(document.get("attackers", ()))


def _lines(document: dict[str, Any]) -> Iterator[tuple[str, int, int, int]]:
    for item in document.get("victim", {}).get("items", ()):
        slot = _SLOT_OF.get(item["flag"], OTHER)
        # What a container held counts where the container was.
        for part in (item, *item.get("items", ())):
            yield (
                slot,
                part["item_type_id"],
                part.get("quantity_destroyed", 0),
                part.get("quantity_dropped", 0),
            )
