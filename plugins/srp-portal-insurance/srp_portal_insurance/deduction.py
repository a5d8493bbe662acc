"""From what a policy costs and pays to the modifier."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

from srp_portal.plugin import ProposedModifier, percent_text, short_isk
from srp_portal_insurance.prices import Policy
from srp_portal_insurance.settings import InsuranceSettings

_CENT = Decimal("0.01")
_AMOUNT = r"[0-9,]+\.[0-9]+(?: [kmb])?"


def deduction(settings: InsuranceSettings, level: str, policy: Policy) -> ProposedModifier | None:
    """The negative modifier, in ISK to 0.01; None where nothing would be deducted.

    It may be more than the base payout, which plugins don't know and reviewers may change: the
    portal itself lets no payout fall below 0.
    """
    net = policy.payout - policy.cost if settings.is_cost_subtracted else policy.payout
    amount = (net * settings.rate).quantize(_CENT, rounding=ROUND_HALF_EVEN)
    if amount <= 0:
        return None
    note = _note(settings, level, short_isk(policy.payout), short_isk(policy.cost))
    return ProposedModifier("absolute", -amount, note)


def is_by(settings: InsuranceSettings, level: str, modifier: ProposedModifier) -> bool:
    """Whether a modifier was made by the same settings, which its note tells."""
    note = re.escape(_note(settings, level, "AMOUNT", "AMOUNT")).replace("AMOUNT", _AMOUNT)
    return re.fullmatch(note, modifier.note) is not None


def _note(settings: InsuranceSettings, level: str, payout: str, cost: str) -> str:
    """`Insurance, Platinum: 74.0 m`, with what was taken off before, and the share."""
    terms = payout
    if settings.is_cost_subtracted:
        terms += f" less {cost} for the policy"
    if settings.rate != 1:
        terms += f", {percent_text(settings.rate)} % of it"
    return f"Insurance, {level}: {terms}"
