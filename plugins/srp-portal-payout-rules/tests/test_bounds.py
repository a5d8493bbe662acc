"""Cap and minimum hold, whatever the bonuses and deductions are."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st
from srp_portal_payout_rules.book import Adjustment, Rule
from srp_portal_payout_rules.conditions import Scope
from srp_portal_payout_rules.modifiers import bounded

from srp_portal.domain.payout import ModifierKind, ModifierTerm, payout

CENT = Decimal("0.01")


def isk(least=0, most=10**13):
    """ISK, by default from nothing to a hundred billion."""
    return st.integers(least, most).map(lambda hundredths: Decimal(hundredths).scaleb(-2))


def adjustment(amount, percent, is_suggested):
    fraction = None if percent is None else Decimal(percent).scaleb(-5)
    return Adjustment("A", amount, fraction, Scope(), is_suggested)


ADJUSTMENTS = st.lists(
    st.one_of(
        st.builds(adjustment, isk(-(10**12), 10**12), st.none(), st.booleans()),
        st.builds(adjustment, st.none(), st.integers(-100_000, 300_000), st.booleans()),
    ),
    max_size=8,
)


def paid(rule, base, adjustments):
    """What the portal pays with the modifiers that the plugin proposes, and the factor."""
    proposed = list(bounded(rule, base, adjustments))
    counting = [each for each in adjustments if not each.is_suggested]
    terms = [ModifierTerm(ModifierKind.ABSOLUTE, each.isk) for each in counting if each.isk]
    terms += [
        ModifierTerm(ModifierKind.RELATIVE, each.fraction) for each in counting if each.fraction
    ]
    before = payout(base, terms)
    terms += [ModifierTerm(ModifierKind(each.kind), each.value) for each in proposed]
    factor = 1 + sum((each.fraction for each in counting if each.fraction), Decimal(0))
    return payout(base, terms), before, factor


@given(isk(), ADJUSTMENTS, isk(least=1))
@example(Decimal(100), [adjustment(None, 50_000, False)], Decimal("100.01"))
@example(Decimal(100), [adjustment(None, -99_999, False)], CENT)
def test_payout_when_there_is_a_cap_then_is_never_above_it(base, adjustments, cap):
    after, before, factor = paid(Rule("R", Scope(), cap=cap), base, adjustments)
    assert after <= cap
    if before <= cap:
        assert after == before
    else:
        # One hundredth more in the base would go over it.
        assert cap - after < max(2 * CENT, CENT * factor + CENT)


@given(isk(), ADJUSTMENTS, isk(least=1))
@example(Decimal(0), [adjustment(None, -100_000, False)], Decimal(5))
@example(Decimal(0), [adjustment(None, -99_999, False)], Decimal(10**11))
@example(Decimal(0), [adjustment(Decimal(-(10**10)), None, False)], Decimal(5))
def test_payout_when_there_is_a_minimum_then_is_never_below_it(base, adjustments, minimum):
    after, before, factor = paid(Rule("R", Scope(), minimum=minimum), base, adjustments)
    assert after >= minimum
    if before >= minimum:
        assert after == before
    else:
        assert after - minimum < max(2 * CENT, CENT * factor + CENT)


@given(isk(), ADJUSTMENTS, isk(least=1), isk(least=1))
def test_payout_when_there_are_both_then_the_cap_always_holds(base, adjustments, one, other):
    low, high = sorted((one, other))
    rule = Rule("R", Scope(), cap=high, minimum=low)
    after, _, factor = paid(rule, base, adjustments)
    # A minimum close under the cap may be missed by the step that keeps to the cap.
    step = max(2 * CENT, CENT * factor + CENT)
    assert low - step < after <= high + (step if high - low < step else 0)
