"""What insurance costs and pays for a ship, as it was first seen for the day of a loss.

ESI tells present prices alone, and they move from week to week. So the prices of each day on which
somebody submits are kept as they were first seen that day, and those of an earlier day as they were
first used for it: two pilots who lost the same ship in the same fight are deducted the same.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from srp_portal.plugin import Killmail, PluginContext, SourceUnavailable

logger = logging.getLogger(__name__)

#: The longest that the portal keeps anything for a plugin.
_KEPT_S = 30 * 86_400
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 12

_DOWN = (
    "EVE can't be asked for insurance prices at the moment, so the payout isn't known."
    " Please try again later."
)
_STRANGE = (
    "EVE's insurance prices can't be understood at the moment, so the payout isn't known."
    " Please try again later."
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a level of insurance costs and pays for one kind of ship; ISK to 0.01."""

    cost: Decimal
    payout: Decimal


def policy_of(
    context: PluginContext, level: str, killmail: Killmail, *, today: date
) -> Policy | None:
    """The policy of the lost ship on the day of the loss, None for a ship without insurance.

    level: its English name. today: the day in EVE's time. Raises SourceUnavailable.
    """
    day = killmail.timestamp.date()
    ship = str(killmail.ship_id)
    prices = context.cache.get(_key(day, level))
    if prices is not None:
        return _policy(prices.get(ship))
    key = f"{_key(day, level)} {ship}"
    kept = context.cache.get(key)
    if kept is None:
        # In a list, since that there is no insurance is also worth keeping.
        kept = [_prices_of_today(context, level, today, ship).get(ship)]
        context.cache.set(key, kept, _KEPT_S)
    return _policy(kept[0])


def _key(day: date, level: str) -> str:
    return f"prices {level} {day.isoformat()}"


def _policy(kept: list[str] | None) -> Policy | None:
    return None if kept is None else Policy(*map(Decimal, kept))


def _prices_of_today(
    context: PluginContext, level: str, today: date, ship: str
) -> Mapping[str, list[str]]:
    """Cost and payout as text by ship id as text, kept since they were first seen today.

    ship: the one that is asked for; raises SourceUnavailable where its prices make no sense.
    """
    kept: Mapping[str, list[str]] | None = context.cache.get(_key(today, level))
    if kept is not None:
        return kept
    prices, strange = _read(_answer(context), level)
    if ship in strange or not prices:
        raise SourceUnavailable(_STRANGE)
    if not strange:
        context.cache.set(_key(today, level), prices, _KEPT_S)
    return prices


def _read(answer: Any, level: str) -> tuple[dict[str, list[str]], set[str]]:
    """The prices by ship id as text, and the ships whose prices make no sense."""
    prices: dict[str, list[str]] = {}
    strange: set[str] = set()
    for entry in answer if isinstance(answer, list) else ():
        try:
            ship = str(int(entry["type_id"]))
        except (LookupError, TypeError, ValueError) as error:
            # Whose prices these are isn't known, so no ship's absence means anything.
            logger.warning("Insurance prices of no ship: %.200r", entry)
            raise SourceUnavailable(_STRANGE) from error
        try:
            prices[ship] = _terms(entry["levels"], level)
        except (AttributeError, LookupError, TypeError, ValueError):
            logger.warning("Insurance prices that can't be understood: %.200r", entry)
            strange.add(ship)
    return prices, strange


def _answer(context: PluginContext) -> Any:
    try:
        # The levels have names in every language; the settings hold the English ones.
        return context.esi.Insurance.get_insurance_prices(language="en").result()
    except Exception as error:
        # ESI's errors carry the status of the answer, or None; any other is a mistake in here.
        if not hasattr(error, "status"):
            raise
        raise SourceUnavailable(_DOWN) from error


def _terms(levels: list[Mapping[str, Any]], wanted: str) -> list[str]:
    """Cost and payout of the level; raises LookupError or ValueError where they aren't there."""
    for level in levels:
        if level["name"].casefold() == wanted.casefold():
            return [_amount(level["cost"]), _amount(level["payout"])]
    raise LookupError(wanted)


def _amount(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no amount")
    # ESI's numbers are floats: their shortest text is what EVE wrote.
    amount = Decimal(repr(value)).quantize(_CENT, rounding=ROUND_HALF_EVEN)
    if not 0 <= amount <= _MOST:
        raise ValueError(f"{value!r} is no amount")
    return str(amount)
