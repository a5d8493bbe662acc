"""Rows of lists, made without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from srp_portal.domain.money import to_hundredths
from srp_portal.services.results import Reference, RequestRow

_FACTS: dict[str, Any] = {
    "id": 100,
    "status": "evaluating",
    "is_withdrawn": False,
    "base_payout": Decimal("1500000.00"),
    "payout": Decimal("1500000.00"),
    "version": 1,
    "details": "Lost in fleet",
    "submitted_at": datetime(2014, 7, 9, 12, tzinfo=UTC),
    "killed_at": datetime(2014, 7, 2, 19, 26, tzinfo=UTC),
    "killmail_url": "https://zkillboard.com/kill/100/",
    "pilot_id": 1,
    "pilot": "Pilot One",
    "corporation_id": 2,
    "corporation": "Corporation Two",
    "alliance_id": 3,
    "alliance": "Alliance Three",
    "ship_id": 587,
    "ship": "Rifter",
    "system": "Jita",
    "constellation": "Kimotoro",
    "region": "The Forge",
    "division": Reference(4, "Division Four"),
    "submitter": Reference(5, "submitter"),
}


def make_row(**facts: Any) -> RequestRow:
    """A row by its fields, or by what they mean: `payout` in ISK, `division` by id and name."""
    return RequestRow(**_stored({**_FACTS, **facts}))


def changed(row: RequestRow, **facts: Any) -> RequestRow:
    """The row with other facts, given in the same way."""
    return row._replace(**_stored(facts))


def _stored(facts: dict[str, Any]) -> dict[str, Any]:
    stored: dict[str, Any] = {}
    for name, value in facts.items():
        if name in ("base_payout", "payout"):
            stored[f"{name.removesuffix('_payout')}_hundredths"] = to_hundredths(value)
        elif name in ("submitted_at", "killed_at"):
            stored[name.replace("_at", "_utc")] = value.astimezone(UTC)
        elif name in ("division", "submitter", "payee"):
            stored |= {f"{name}_id": value.id, f"{name}_name": value.name}
        else:
            stored[name] = value
    return stored
