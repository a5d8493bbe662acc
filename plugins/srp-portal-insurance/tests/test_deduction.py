"""From a policy to the modifier."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from srp_portal_insurance.deduction import deduction, is_by
from srp_portal_insurance.prices import Policy
from srp_portal_insurance.settings import InsuranceSettings

from srp_portal.plugin import ProposedModifier

POLICY = Policy(cost=Decimal("22200000.00"), payout=Decimal("74000000.00"))


def settings_of(**own):
    return InsuranceSettings.from_mapping({"level": "Platinum", **own})


@pytest.mark.parametrize(
    ("own", "value", "note"),
    [
        ({}, "-74000000.00", "Insurance, Platinum: 74.0 m"),
        ({"rate": "50"}, "-37000000.00", "Insurance, Platinum: 74.0 m, 50.0 % of it"),
        (
            {"cost": "subtract"},
            "-51800000.00",
            "Insurance, Platinum: 74.0 m less 22.2 m for the policy",
        ),
        (
            {"cost": "subtract", "rate": "12.5"},
            "-6475000.00",
            "Insurance, Platinum: 74.0 m less 22.2 m for the policy, 12.5 % of it",
        ),
    ],
)
def test_deduction_when_insurance_pays_then_is_negative_and_says_why(own, value, note):
    modifier = deduction(settings_of(**own), "Platinum", POLICY)
    assert (modifier.kind, modifier.value, modifier.note) == ("absolute", Decimal(value), note)
    assert modifier.apply is True


@pytest.mark.parametrize(
    ("own", "policy"),
    [
        ({"rate": "0"}, POLICY),
        ({}, Policy(Decimal(0), Decimal(0))),
        ({"rate": "0.001"}, Policy(Decimal(0), Decimal("1.00"))),
        ({"cost": "subtract"}, Policy(Decimal(5), Decimal(5))),
        ({"cost": "subtract"}, Policy(Decimal(6), Decimal(5))),
    ],
)
def test_deduction_when_nothing_is_left_of_it_then_there_is_none(own, policy):
    assert deduction(settings_of(**own), "Platinum", policy) is None


VARIANTS = [
    {"rate": rate, "cost": cost}
    for rate in ("100", "50", "12.5")
    for cost in ("ignore", "subtract")
]
amounts = st.decimals(0, 10**12, places=2)


@given(payout=amounts, cost=amounts, rate=st.decimals(0, 100, places=3), is_net=st.booleans())
def test_deduction_when_made_then_never_exceeds_what_insurance_pays(payout, cost, rate, is_net):
    own = settings_of(rate=str(rate), cost="subtract" if is_net else "ignore")
    modifier = deduction(own, "Platinum", Policy(cost, payout))
    if modifier is None:
        net = payout - cost if is_net else payout
        assert net * rate / 100 <= Decimal("0.005")
    else:
        assert 0 < -modifier.value <= payout


@given(payout=st.decimals("0.01", 10**12, places=2), cost=st.decimals(0, 10**12, places=2))
def test_modifier_when_made_by_settings_then_is_known_by_them_and_no_others(payout, cost):
    policy = Policy(cost, payout)
    for own in VARIANTS:
        modifier = deduction(settings_of(**own), "Platinum", policy)
        if modifier is not None:
            assert [is_by(settings_of(**other), "Platinum", modifier) for other in VARIANTS] == [
                other == own for other in VARIANTS
            ]
            assert not is_by(settings_of(**own), "Gold", modifier)


@pytest.mark.parametrize(
    "note",
    ["", "Insurance, Platinum: ", "Insurance, Platinum: much", "Insurance, Platinum: 1.0 m!"],
)
def test_modifier_when_another_then_is_not_taken_for_one(note):
    assert not is_by(settings_of(), "Platinum", ProposedModifier("absolute", -1, note))
