"""Checks of what was on board, and what it was worth."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from srp_portal.plugin import Item, short_isk, slot_of
from srp_portal_flags.case import Case
from srp_portal_flags.eve import item_names, prices
from srp_portal_flags.words import counted, some

_CAPSULES = 29
_BLUEPRINT_COPY = 2
# Not only the cargo hold: fleet hangar, ore hold and the like are no slots either.
_CARGO = frozenset({"Cargo", "Elsewhere"})
# How EVE calls what a mutaplasmid has changed: modules, and drones.
_MUTATED = re.compile(r"\b(?:Abyssal|Mutated)\b")


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What the market says: ISK of hull and items together, and of the cargo alone.

    unpriced: how many types have no price and count as nothing.
    """

    total: Decimal
    cargo: Decimal
    unpriced: int


def appraisal(case: Case) -> Appraisal | None:
    """Hull and items at market prices, destroyed and dropped; None where the hull has no price.

    Raises NoAnswer.
    """
    known = case.answer(prices)
    hull = known.get(case.killmail.ship_id)
    if hull is None and case.killmail.ship_group_id != _CAPSULES:
        return None
    total, cargo = hull or Decimal(0), Decimal(0)
    unpriced = set()
    for item, flag in case.contents():
        if item.singleton == _BLUEPRINT_COPY:
            # A copy has the type of the original, and with it a price that it isn't worth.
            continue
        price = known.get(item.type_id)
        if price is None:
            unpriced.add(item.type_id)
            continue
        amount = price * _quantity(item)
        total += amount
        if slot_of(flag) in _CARGO:
            cargo += amount
    return Appraisal(total, cargo, len(unpriced))


def cargo_share(case: Case, threshold: Decimal) -> str | None:
    """The cargo is so many percent of the whole, both at market prices."""
    market = appraisal(case)
    if market is None or not market.total:
        return None
    percent = market.cargo / market.total * 100
    if percent < threshold:
        return None
    return (
        f"Cargo is {percent:.0f} % of the value"
        f" ({short_isk(market.cargo)} of {short_isk(market.total)} at market prices)"
    )


def value_gap(case: Case, threshold: Decimal) -> str | None:
    """Source and market are apart by so many percent of the larger value."""
    killmail = case.killmail
    told = killmail.values.get("total", killmail.value)
    if told is None:
        return None
    market = appraisal(case)
    if market is None:
        return None
    larger = max(told, market.total)
    if not larger or abs(told - market.total) / larger * 100 < threshold:
        return None
    missing = f", {counted(market.unpriced, 'type')} without a price" if market.unpriced else ""
    source = killmail.source or "The killmail's source"
    return f"{source} says {short_isk(told)}, the market {short_isk(market.total)}{missing}"


def abyssal(case: Case, threshold: Decimal) -> str | None:
    """So many abyssal modules or mutated drones on board."""
    if not case.killmail.items:
        return None
    names = case.answer(item_names)
    found: Counter[str] = Counter()
    for item, _ in case.contents():
        name = names.get(item.type_id, "")
        if _MUTATED.search(name):
            found[name] += _quantity(item)
    if found.total() < threshold:
        return None
    return f"{counted(found.total(), 'abyssal item')} on board: {some(sorted(found))}"


def _quantity(item: Item) -> int:
    return item.quantity_destroyed + item.quantity_dropped
