"""The price of a hull: EVE's average price, kept for an hour, and for a request for ever.

EVE's prices move from day to day, and a payout changes with its rules alone. So the price by which
a request was paid stands in its modifiers, and is read from there when rules are applied once more.
"""

from __future__ import annotations

import logging
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from srp_portal.plugin import Killmail, PluginContext, SourceUnavailable, pretty_isk

logger = logging.getLogger(__name__)

_KEPT_S = 3600
#: A submission takes 15 seconds at most; a check of it before may have been some minutes ago.
_SETTLED_S = 900
_CENT = Decimal("0.01")
_LIMIT = Decimal(10) ** 12

_DOWN = (
    "The price of the {ship} can't be asked of EVE's API at the moment, and the payout depends on"
    " it. Nothing was stored; please try again later."
)


def hull_price(killmail: Killmail, context: PluginContext) -> Decimal | None:
    """ISK of two decimals, None where EVE knows no price of this hull.

    Raises SourceUnavailable where EVE can't be asked: no other amount may take its place.
    """
    before = _price_before(killmail, context)
    if before is not None:
        return before
    key = f"hull {killmail.ship_id}"
    kept = context.cache.get(key)
    if kept is None:
        price = _asked(killmail, context)
        kept = "" if price is None else str(price)
        context.cache.set(key, kept, _KEPT_S)
    # A cap is worked out of the same price a moment later, even if the hour ends in between.
    context.cache.set(_settled(killmail), kept, _SETTLED_S)
    return Decimal(kept) if kept else None


def settled_price(killmail: Killmail, context: PluginContext) -> Decimal | None:
    """The price that `hull_price` gave for this loss last, else what it gives now."""
    kept = context.cache.get(_settled(killmail))
    if kept is None or _price_before(killmail, context) is not None:
        return hull_price(killmail, context)
    return Decimal(kept) if kept else None


def price_words(killmail: Killmail, price: Decimal) -> str:
    """`hull price of Guardian (246,000,000.00 ISK in EVE)`."""
    return f"hull price of {killmail.ship} ({pretty_isk(price)} ISK in EVE)"


def _price_before(killmail: Killmail, context: PluginContext) -> Decimal | None:
    """The price that stands in what the request was given earlier."""
    words = re.escape(price_words(killmail, Decimal(0))).replace("0\\.00", r"([0-9,]+\.[0-9]{2})")
    for modifier in context.earlier:
        # The name of the rule stands before it, and may say anything.
        found = re.findall(words, modifier.note)
        if found:
            return Decimal(found[-1].replace(",", ""))
    return None


def _settled(killmail: Killmail) -> str:
    return f"hull of loss {killmail.killmail_id}"


def _asked(killmail: Killmail, context: PluginContext) -> Decimal | None:
    operation = context.esi.Market.get_markets_prices()
    try:
        entries = operation.result()
    except Exception as error:
        if not hasattr(error, "status"):
            raise  # not the client's word about ESI, but a mistake in the program
        raise SourceUnavailable(_DOWN.format(ship=killmail.ship)) from error
    try:
        return _found(entries, killmail.ship_id)
    except (LookupError, TypeError, ValueError, InvalidOperation) as error:
        logger.warning("EVE's prices can't be understood: %s", error)
        raise SourceUnavailable(_DOWN.format(ship=killmail.ship)) from error


def _found(entries: Any, type_id: int) -> Decimal | None:
    """The average price of a type.

    Raises LookupError, TypeError, ValueError or InvalidOperation for nonsense, and so is an answer
    without any price.
    """
    if not isinstance(entries, list) or not entries:
        raise TypeError("no list of prices")
    for entry in entries:
        if entry["type_id"] == type_id:
            price = entry.get("average_price")
            if price is None:
                return None
            # By its text: that is the number that EVE wrote.
            amount = Decimal(str(price))
            if not 0 <= amount <= _LIMIT:
                raise ValueError(f"type {type_id} has a price of {price}")
            return amount.quantize(_CENT) or None
    return None
