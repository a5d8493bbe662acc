"""Rounding at the border, for any amount that a plugin may give."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from srp_portal.hooks.border import checked_base_payout, checked_killmail, checked_modifiers
from srp_portal.plugin import ProposedModifier
from srp_portal.testing.killmails import make_killmail

CENT, RATIO_STEP = Decimal("0.01"), Decimal("0.00001")
amounts = st.decimals(min_value=0, max_value=10**12, places=6)
signed = st.decimals(min_value=-(10**12), max_value=10**12, places=6)
ratios = st.decimals(min_value=-1000, max_value=1000, places=9)


def is_rounded(rounded, exact, step):
    """Whether it is the nearest multiple of the step, the even one of two."""
    half = step / 2
    if abs(rounded - exact) == half:
        return (rounded / step) % 2 == 0
    return abs(rounded - exact) < half and rounded.as_tuple().exponent == step.as_tuple().exponent


@given(amounts)
def test_base_payout_when_any_amount_then_is_rounded_half_even(amount):
    assert is_rounded(checked_base_payout("a", amount), amount, CENT)


@given(amounts)
def test_killmail_when_of_any_value_then_is_rounded_half_even(amount):
    killmail = checked_killmail("a", "A", make_killmail(value=amount, values={"total": amount}))
    assert is_rounded(killmail.value, amount, CENT)
    assert killmail.values["total"] == killmail.value


@given(signed)
def test_modifier_when_of_any_isk_then_is_rounded_half_even(amount):
    (modifier,) = checked_modifiers("a", [ProposedModifier("absolute", amount, "")])
    assert is_rounded(modifier.value, amount, CENT)


@given(ratios)
def test_modifier_when_of_any_fraction_then_is_rounded_half_even(fraction):
    (modifier,) = checked_modifiers("a", [ProposedModifier("relative", fraction, "")])
    assert is_rounded(modifier.value, fraction, RATIO_STEP)
