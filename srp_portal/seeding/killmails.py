"""Killmails of generated losses, in ESI's shape and short."""

from __future__ import annotations

import json
from dataclasses import dataclass

from srp_portal.seeding.ships import FITS

_PIRATES = 500010
_HOSTILES = (98_700_011, 98_700_012, 98_700_013)
_HOSTILE_PILOT = 2_119_000_001
_HOSTILE_SHIPS = (12015, 11999, 22456, 24698, 11987)


@dataclass(frozen=True, slots=True)
class Attackers:
    """The attackers of a killmail as JSON, and what they make of it."""

    text: str
    is_npc: bool
    is_solo: bool


def _dumps(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _players(count: int) -> Attackers:
    entries = [
        {
            "character_id": _HOSTILE_PILOT + number,
            "corporation_id": _HOSTILES[number % len(_HOSTILES)],
            "damage_done": 900 * (count - number) + 37,
            "final_blow": number == 0,
            "security_status": 0.3,
            "ship_type_id": _HOSTILE_SHIPS[number % len(_HOSTILE_SHIPS)],
        }
        for number in range(count)
    ]
    return Attackers(_dumps(entries), is_npc=False, is_solo=count == 1)


def _pirates() -> Attackers:
    entry = {
        "damage_done": 4210,
        "faction_id": _PIRATES,
        "final_blow": True,
        "security_status": 0.0,
    }
    return Attackers(_dumps([entry]), is_npc=True, is_solo=False)


#: Who shot, and how often.
ATTACKERS: tuple[Attackers, ...] = (*(_players(count) for count in (1, 2, 3)), _pirates())
ATTACKER_WEIGHTS: tuple[int, ...] = (35, 45, 17, 3)

#: What was on board, as JSON.
ITEMS: tuple[str, ...] = tuple(
    _dumps(
        [
            {
                "flag": flag,
                "item_type_id": type_id,
                **({"quantity_destroyed": destroyed} if destroyed else {}),
                **({"quantity_dropped": dropped} if dropped else {}),
                "singleton": 0,
            }
            for type_id, flag, destroyed, dropped in fit
        ]
    )
    for fit in FITS
)


def raw_document(
    killmail_id: int,
    killed_at: str,
    *,
    system_id: int,
    victim: tuple[int, int, int | None],
    ship_id: int,
    attackers: str,
    items: str,
) -> str:
    """The document that ESI would have served.

    killed_at: ISO 8601 with Z. victim: ids of character, corporation and alliance. attackers,
    items: JSON.
    """
    character_id, corporation_id, alliance_id = victim
    alliance = "" if alliance_id is None else f'"alliance_id":{alliance_id},'
    return (
        f'{{"attackers":{attackers},"killmail_id":{killmail_id},"killmail_time":"{killed_at}",'
        f'"solar_system_id":{system_id},"victim":{{{alliance}"character_id":{character_id},'
        f'"corporation_id":{corporation_id},"damage_taken":4210,"items":{items},'
        f'"ship_type_id":{ship_id}}}}}'
    )
