"""Killmails in ESI's shape, built from the short form in which the sandbox keeps its losses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from srp_portal.sandbox.entities import Character

# The attackers that are no players: corporation, faction and ship.
NPC_ATTACKERS: dict[str, dict[str, int]] = {
    "concord": {"corporation_id": 1000125},
    "guristas": {"corporation_id": 1000127, "faction_id": 500010},
}

# What players shoot with: the ship and its weapon, picked by the attacker's place in the list.
_ARMS = ((24702, 485), (12015, 485), (629, 485), (22456, 3244))


def killmail_hash(killmail_id: int) -> str:
    """The hash that belongs to a killmail: 40 hex digits, the same in every run."""
    return hashlib.sha1(
        f"sandbox killmail {killmail_id}".encode(), usedforsecurity=False
    ).hexdigest()


def wire_time(moment: datetime) -> str:
    """A time as ESI writes it, `2016-10-22T17:13:36Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def items(short: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Items from rows of type, flag, destroyed, dropped, singleton and, perhaps, contents.

    A quantity of 0 is left out, as ESI does; quantities never come as null.
    """
    found = []
    for type_id, flag, destroyed, dropped, singleton, *contents in short:
        item: dict[str, Any] = {"flag": flag, "item_type_id": type_id, "singleton": singleton}
        if destroyed:
            item["quantity_destroyed"] = destroyed
        if dropped:
            item["quantity_dropped"] = dropped
        if contents:
            item["items"] = items(contents[0])
        found.append(item)
    return found


def attackers(who: Sequence[Character | str], damage: int) -> list[dict[str, Any]]:
    """Attackers that share `damage`; the last one did the final blow.

    who: characters, or names out of `NPC_ATTACKERS`. Raises KeyError for another name.
    """
    found = []
    share = damage // max(len(who), 1)
    for index, attacker in enumerate(who):
        entry: dict[str, Any] = {
            "damage_done": share,
            "final_blow": index == len(who) - 1,
            "security_status": round(max(-10.0, -0.5 - 1.3 * index), 1),
        }
        if isinstance(attacker, str):
            entry |= NPC_ATTACKERS[attacker] | {"security_status": 0.0}
        else:
            ship, weapon = _ARMS[index % len(_ARMS)]
            entry |= {"character_id": attacker.id, "corporation_id": attacker.corporation_id}
            entry |= {"ship_type_id": ship, "weapon_type_id": weapon}
            if attacker.alliance_id:
                entry["alliance_id"] = attacker.alliance_id
        found.append(entry)
    return found


def position(killmail_id: int) -> dict[str, float]:
    """A place in space, within a few light seconds of the sun, the same in every run."""
    digest = hashlib.sha256(str(killmail_id).encode()).digest()
    numbers = (int.from_bytes(digest[at : at + 5], "big") / 10 - 5e10 for at in (0, 5, 10))
    return dict(zip("xyz", (round(number, 2) for number in numbers), strict=True))
