"""Payouts and modifiers as reviewers type them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from srp_portal.plugin import ProposedModifier

TRILLION = "1000000000000.00"


@pytest.fixture
def house(shared_house):
    return shared_house


def payout(document):
    return Decimal(document["payout"])


@pytest.mark.parametrize(
    ("typed", "isk"),
    [
        ("12.5", "12500000.00"),
        ("12.5m", "12500000.00"),
        ("1.2b", "1200000000.00"),
        ("750k", "750000.00"),
        (" 750K ", "750000.00"),
        ("0", "0.00"),
        ("0.00000001", "0.01"),
        (".5", "500000.00"),
        ("999999.99999999", "999999999999.99"),
        ("1000b", TRILLION),
        ("1000000", TRILLION),
    ],
)
def test_payout_when_typed_is_in_millions_unless_it_says_otherwise(house, typed, isk):
    document = house.act("reviewer", house.store(), id_="payout", value=typed).json
    assert (document["base_payout"], document["payout"]) == (isk, isk)


WRONG_AMOUNTS = [
    "", "-1", "1,5", "1,000", "1 000", "1.5.2", "abc", "NaN", "Infinity", "1e3", "0.000000001",
    "1000000.00000001", "1001b", "99999999999999999999", "\uff11\uff12", "1_0", "12.5 mm", "+1",
]  # fmt: skip


@pytest.fixture(scope="module")
def untouched(shared_house):
    """A request that every refused form leaves as it is."""
    return shared_house.store()


@pytest.mark.parametrize("typed", WRONG_AMOUNTS)
@pytest.mark.parametrize("form", ["payout", "abs-bonus", "abs-deduct"])
def test_amount_when_it_can_not_be_read_then_is_422_at_its_field_and_stores_nothing(
    house, untouched, form, typed
):
    id_ = untouched
    fields = {"id_": "payout"} if form == "payout" else {"id_": "modifier", "type_": form}
    before = house.detail("reviewer", id_)
    answer = house.act("reviewer", id_, **fields, value=typed, note="")
    assert (answer.status_int, answer.json["field"]) == (422, "value")
    assert house.detail("reviewer", id_) == before


@pytest.mark.parametrize(
    ("type_", "typed", "value", "words", "result"),
    [
        ("rel-bonus", "15", 0.15, "15.0% bonus", "115000000.00"),
        ("rel-bonus", "12.125%", 0.12125, "12.125% bonus", "112125000.00"),
        ("rel-deduct", "10.5", -0.105, "10.5% penalty", "89500000.00"),
        ("rel-deduct", "250", -2.5, "250.0% penalty", "0.00"),
        ("abs-bonus", "1.5", "1500000.00", "1,500,000.00 ISK bonus", "101500000.00"),
        ("abs-deduct", "750k", "-750000.00", "750,000.00 ISK penalty", "99250000.00"),
        ("abs-deduct", "1b", "-1000000000.00", "1,000,000,000.00 ISK penalty", "0.00"),
    ],
)
def test_modifier_when_added_counts_and_when_voided_does_not(
    house, type_, typed, value, words, result
):
    id_ = house.store(base=Decimal("100000000.00"))
    form = {"id_": "modifier", "type_": type_, "value": typed, "note": "Why"}
    document = house.act("reviewer", id_, **form).json
    modifier = document["modifiers"][0]
    assert (modifier["value"], modifier["value_str"], modifier["note"]) == (value, words, "Why")
    assert (document["payout"], document["base_payout"]) == (result, "100000000.00")
    document = house.act("reviewer", id_, id_="void", modifier_id=str(modifier["id"])).json
    assert document["modifiers"][0]["void"]["user"]["name"] == "reviewer"
    assert document["payout"] == "100000000.00"
    again = house.act("reviewer", id_, id_="void", modifier_id=str(modifier["id"]))
    assert (again.status_int, again.json["present"]) == (409, "evaluating")


@pytest.mark.parametrize(
    ("type_", "typed", "field"),
    [
        ("rel-bonus", "-5", "value"),
        ("rel-bonus", "1.0005", "value"),
        ("rel-bonus", "", "value"),
        ("rel-deduct", "NaN", "value"),
        ("rel-bonus", "99999999", "value"),
        ("mul-bonus", "5", "type_"),
        ("", "5", "type_"),
    ],
)
def test_modifier_when_it_can_not_be_read_then_is_422_at_its_field(house, type_, typed, field):
    form = {"id_": "modifier", "type_": type_, "value": typed, "note": ""}
    answer = house.act("reviewer", house.store(), **form)
    assert (answer.status_int, answer.json["field"]) == (422, field)


@pytest.mark.parametrize(
    "form",
    [
        {"id_": "modifier", "type_": "abs-bonus", "value": "0.00000001"},
        {"id_": "modifier", "type_": "rel-bonus", "value": "0.001"},
    ],
    ids=["absolute", "relative"],
)
def test_payout_when_modifiers_lift_it_above_a_trillion_then_is_422(house, form):
    id_ = house.store(base=Decimal(TRILLION))
    before = house.detail("reviewer", id_)
    assert house.act("reviewer", id_, note="", **form).status_int == 422
    assert house.detail("reviewer", id_) == before


def test_payout_when_absolute_and_relative_modifiers_meet_then_follows_the_formula(house):
    id_ = house.store(base=Decimal("999999999999.99"))
    for type_, value in (
        ("abs-deduct", "500b"), ("rel-bonus", "10"), ("rel-deduct", "33.333"), ("abs-bonus", "1k")
    ):  # fmt: skip
        document = house.act(
            "reviewer", id_, id_="modifier", type_=type_, value=value, note=""
        ).json
    # (999,999,999,999.99 - 500,000,000,000 + 1,000) x (1 + 0.1 - 0.33333), half-even
    assert document["payout"] == "383335000766.66"
    assert document["payout_str"] == "383,335,000,766.66"


@pytest.mark.parametrize("id_", ["void", "suggestion"])
@pytest.mark.parametrize("given", ["", "x", "-1", "999999999999999999", "1\u0660"])
def test_modifier_when_there_is_none_of_that_number_then_is_422(house, id_, given):
    answer = house.act("reviewer", house.store(), id_=id_, modifier_id=given)
    assert (answer.status_int, answer.json["field"]) == (422, "modifier_id")


def test_modifier_when_it_is_another_requests_then_can_not_be_voided_here(house):
    first, second = house.store(), house.store()
    form = {"id_": "modifier", "type_": "abs-bonus", "value": "1", "note": ""}
    foreign = house.act("reviewer", first, **form).json["modifiers"][0]["id"]
    answer = house.act("reviewer", second, id_="void", modifier_id=str(foreign))
    assert answer.status_int == 422
    assert house.detail("reviewer", first)["modifiers"][0]["void"] is False


def test_suggestion_when_taken_counts_like_any_other_modifier(house):
    suggested = ProposedModifier("relative", Decimal("0.5"), "Old hull", apply=False)
    id_ = house.store(base=Decimal("100.00"), modifiers=[("judge", suggested)])
    document = house.detail("reviewer", id_)
    modifier = document["modifiers"][0]
    assert (modifier["suggested"], document["payout"]) == (True, "100.00")
    document = house.act("reviewer", id_, id_="suggestion", modifier_id=str(modifier["id"])).json
    assert document["payout"] == "150.00"
    assert "suggested" not in document["modifiers"][0]
    assert document["modifiers"][0]["user"]["name"] == "judge"
    again = house.act("reviewer", id_, id_="suggestion", modifier_id=str(modifier["id"]))
    assert again.status_int == 409


def test_suggestion_when_voided_then_can_not_be_taken(house):
    suggested = ProposedModifier("absolute", Decimal(5), "Maybe", apply=False)
    id_ = house.store(base=Decimal("100.00"), modifiers=[("judge", suggested)])
    modifier = str(house.detail("reviewer", id_)["modifiers"][0]["id"])
    assert house.act("reviewer", id_, id_="void", modifier_id=modifier).json["payout"] == "100.00"
    assert house.act("reviewer", id_, id_="suggestion", modifier_id=modifier).status_int == 409
