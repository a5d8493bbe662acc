"""Killmails for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from srp_portal.plugin import Attacker, Item, Killmail


def make_killmail(**overrides: Any) -> Killmail:
    """A valid killmail, a Guardian lost in Catch; any field of Killmail may be given instead.

    Raises what Killmail raises for a value that it does not take.
    """
    fields: dict[str, Any] = {
        "killmail_id": 39861569,
        "killmail_hash": "1a7c2b54d04e3d20bd7a6ba26c37cb8c8c2d54a4",
        "url": "https://zkillboard.com/kill/39861569/",
        "timestamp": datetime(2014, 7, 2, 19, 26, tzinfo=UTC),
        "pilot_id": 570140137,
        "pilot": "Paxswill",
        "corporation_id": 1018389948,
        "corporation": "Dreddit",
        "alliance_id": 498125261,
        "alliance": "Test Alliance Please Ignore",
        "ship_id": 11987,
        "ship": "Guardian",
        "system_id": 30001198,
        "system": "WD-VTV",
        "constellation": "UX3-N2",
        "region": "Catch",
        "value": Decimal("285000000.00"),
        "verified": True,
        "items": (Item(type_id=3530, flag=11, quantity_destroyed=1, quantity_dropped=0),),
        "attackers": (
            Attacker(
                character_id=95810944,
                corporation_id=98000001,
                alliance_id=None,
                ship_id=17841,
                final_blow=True,
            ),
        ),
        "source": "zKillboard",
        "ship_group_id": 832,
        "ship_group": "Logistics",
        "constellation_id": 20000174,
        "region_id": 10000014,
        "security": Decimal("-0.4"),
        "values": {"total": Decimal("285000000.00"), "fitted": Decimal("270000000.00")},
    }
    return Killmail(**{**fields, **overrides})
