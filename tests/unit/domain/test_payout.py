"""The arithmetic of payouts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.domain.money import from_hundredths, round_isk
from srp_portal.domain.payout import ModifierKind, ModifierTerm, modifier_text, payout

ABSOLUTE, RELATIVE = ModifierKind.ABSOLUTE, ModifierKind.RELATIVE

BASES = st.integers(0, 10**14).map(from_hundredths)
TERMS = st.one_of(
    st.builds(ModifierTerm, st.just(ABSOLUTE), st.integers(-(10**14), 10**14).map(from_hundredths)),
    st.builds(ModifierTerm, st.just(RELATIVE), st.integers(-200_000, 200_000).map(
        lambda number: Decimal(number).scaleb(-5))),
)  # fmt: skip


def term(kind, value, **state):
    return ModifierTerm(kind, Decimal(value), **state)


@pytest.mark.parametrize(
    ("base", "terms", "result"),
    [
        pytest.param("40000000", [], "40000000.00", id="base-alone"),
        pytest.param("100", [term(RELATIVE, "0.15")], "115.00", id="bonus"),
        pytest.param(
            "312450000",
            [term(ABSOLUTE, "-74000000"), term(RELATIVE, "-0.25"), term(RELATIVE, "-0.25")],
            "119225000.00",
            id="percentages-add-up",
        ),
        pytest.param("285000000", [term(RELATIVE, "0.20")], "342000000.00", id="scimitar"),
        pytest.param("10", [term(RELATIVE, "0.5"), term(ABSOLUTE, "10")], "30.00", id="order"),
        pytest.param("10", [term(ABSOLUTE, "-20")], "0.00", id="never-below-zero"),
        pytest.param(
            "10", [term(ABSOLUTE, "-20"), term(RELATIVE, "-2")], "0.00", id="two-negatives"
        ),
        pytest.param("10", [term(RELATIVE, "0.5", is_void=True)], "10.00", id="void"),
        pytest.param("10", [term(RELATIVE, "0.5", is_suggested=True)], "10.00", id="suggested"),
        pytest.param("0.05", [term(RELATIVE, "-0.5")], "0.02", id="half-even"),
    ],
)
def test_payout_when_computed_follows_the_rule(base, terms, result):
    assert payout(Decimal(base), terms) == Decimal(result)


@given(BASES, st.lists(TERMS, max_size=8), st.randoms())
def test_payout_when_terms_come_in_any_order_is_the_same(base, terms, random):
    shuffled = list(terms)
    random.shuffle(shuffled)
    result = payout(base, terms)
    assert result == payout(base, shuffled)
    assert result >= 0
    assert result == round_isk(result)


@given(BASES, st.lists(TERMS, max_size=6), TERMS)
def test_payout_when_a_modifier_is_voided_is_as_without_it(base, terms, extra):
    void = ModifierTerm(extra.kind, extra.value, is_void=True)
    assert payout(base, [*terms, void]) == payout(base, terms)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (RELATIVE, "0.15", "15.0% bonus"),
        (RELATIVE, "-0.12125", "12.125% penalty"),
        (ABSOLUTE, "1500000", "1,500,000.00 ISK bonus"),
        (ABSOLUTE, "-1500000", "1,500,000.00 ISK penalty"),
    ],
)
def test_modifier_text_when_shown_says_direction_and_size(kind, value, text):
    assert modifier_text(kind, Decimal(value)) == text
