"""The modifiers of a loss: why the base is what it is, bonuses, deductions, cap and minimum.

The portal pays (base + ISK modifiers) * (1 + relative modifiers), rounded half-even to 0.01.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from srp_portal.plugin import ProposedModifier, short_isk
from srp_portal_payout_rules.amounts import MOST_ISK, percent_words
from srp_portal_payout_rules.base import BasePayout
from srp_portal_payout_rules.book import Adjustment, Rule
from srp_portal_payout_rules.conditions import Facts

_CENT = Decimal("0.01")
_HALF_CENT = Decimal("0.005")
_ZERO = Decimal("0.00")
_OUT_OF_REACH = MOST_ISK + 1


def explanation(base: BasePayout) -> ProposedModifier:
    """A modifier that changes nothing, and tells the pilot which rule counts and what it pays."""
    return ProposedModifier("absolute", _ZERO, base.reason)


def adjusted(adjustments: Iterable[Adjustment], facts: Facts) -> Iterator[ProposedModifier]:
    """The modifiers of bonuses and deductions that a loss has."""
    for each in adjustments:
        because = each.scope.words(facts)
        head = f"{each.name}: {because}, " if because else f"{each.name}: "
        if each.isk is not None:
            note = head + short_isk(abs(each.isk))
            yield ProposedModifier("absolute", each.isk, note, apply=not each.is_suggested)
        elif each.fraction is not None:
            note = head + percent_words(abs(each.fraction).scaleb(2))
            yield ProposedModifier("relative", each.fraction, note, apply=not each.is_suggested)


def bounded(
    rule: Rule, base: Decimal, adjustments: Iterable[Adjustment]
) -> Iterator[ProposedModifier]:
    """What brings the payout down to the cap, or up to the minimum; nothing within them.

    Suggestions are left to the reviewer and don't count. The payout is never above the cap, and
    below it by less than one step of 0.01 ISK in the base makes in the payout. A minimum that no
    ISK could reach, since deductions leave nothing, takes the percentages back, too.
    """
    total, factor = base, Decimal(1)
    for each in adjustments:
        if not each.is_suggested:
            total += each.isk or 0
            factor += each.fraction or 0
    present = _rounded(max(total, _ZERO) * max(factor, _ZERO))
    if rule.cap is not None and present > rule.cap:
        change = _most(rule.cap, factor) - total
        yield ProposedModifier("absolute", change, f"Cap of {short_isk(rule.cap)}")
    elif rule.minimum is not None and present < rule.minimum:
        note = f"Minimum of {short_isk(rule.minimum)}"
        wanted = _least(rule.minimum, factor) if factor > 0 else _OUT_OF_REACH
        if wanted > MOST_ISK:
            yield ProposedModifier("relative", 1 - factor, note)
            wanted = rule.minimum
        yield ProposedModifier("absolute", wanted - total, note)


def _most(payout: Decimal, factor: Decimal) -> Decimal:
    """The most ISK that makes no more than a payout."""
    amount = ((payout + _HALF_CENT) / factor).quantize(_CENT, rounding=ROUND_FLOOR)
    return amount if _rounded(amount * factor) <= payout else amount - _CENT


def _least(payout: Decimal, factor: Decimal) -> Decimal:
    """The least ISK that makes no less than a payout."""
    amount = ((payout - _HALF_CENT) / factor).quantize(_CENT, rounding=ROUND_CEILING)
    return amount if _rounded(amount * factor) >= payout else amount + _CENT


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, rounding=ROUND_HALF_EVEN)
