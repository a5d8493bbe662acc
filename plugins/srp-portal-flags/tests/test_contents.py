"""What was on board: its worth at market prices, the cargo's part of it, abyssal modules."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from srp_portal.plugin import Item

PRICES = "GET /esi/markets/prices"
HULL, MODULE, MINERAL, CONTAINER, BLUEPRINT, UNKNOWN = 11987, 3841, 34, 11489, 691, 47732
MILLION = 1_000_000


def fitted(type_id=MODULE, flag=19, destroyed=1, dropped=0, **more):
    """Something in a slot, or elsewhere by its flag."""
    return Item(type_id, flag, destroyed, dropped, **more)


@pytest.fixture
def market(universe):
    """Prices that are easy to reckon with: the hull 100 m, a module 10 m, a mineral 1."""
    rows = [
        {"type_id": HULL, "average_price": 100e6, "adjusted_price": 1.0},
        {"type_id": MODULE, "adjusted_price": 10e6},
        {"type_id": MINERAL, "average_price": 1, "adjusted_price": 7.5},
        {"type_id": BLUEPRINT, "average_price": 50000000.25},
        {"type_id": UNKNOWN},
        {"type_id": 1, "average_price": 0.0},
    ]
    universe.clear_faults()
    universe.add_fault(PRICES, "status", status=200, body=json.dumps(rows))
    universe.clear_log()
    return universe


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ([fitted(flag=5, destroyed=2, dropped=3)], "33 % of the value (50.0 m of 150.0 m"),
        ([fitted(flag=134, destroyed=5)], "33 % of the value (50.0 m of 150.0 m"),
        ([fitted(MINERAL, 5, 25 * MILLION)], "20 % of the value (25.0 m of 125.0 m"),
        ([fitted(MINERAL, 5, 25 * MILLION - 1)], None),
        ([fitted(destroyed=3), fitted(flag=87, destroyed=2)], None),
        ([fitted(BLUEPRINT, 5, 1, singleton=2)], None),
        ([fitted(BLUEPRINT, 5, 1)], "33 % of the value (50.0 m of 150.0 m"),
        (
            [fitted(CONTAINER, 5, 0, 1, items=(fitted(MINERAL, 0, 0, 100 * MILLION),))],
            "50 % of the value (100.0 m of 200.0 m",
        ),
        ([], None),
    ],
    ids=["hold", "ore hold", "just", "not quite", "fit", "copy", "original", "container", "empty"],
)
def test_cargo_share_when_large_then_says_how_much(make_killmail, flags_of, market, items, told):
    text = flags_of(make_killmail(items=items), cargo_share="20 %").get("cargo_share")
    assert text == (told and f"Cargo is {told} at market prices)")


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"value": 120 * MILLION}, None),
        ({"value": Decimal("96.01") * MILLION}, None),
        ({"value": 96 * MILLION}, "zKillboard says 96.0 m, the market 120.0 m"),
        ({"value": 150 * MILLION}, "zKillboard says 150.0 m, the market 120.0 m"),
        ({"value": 0}, "zKillboard says 0.00, the market 120.0 m"),
        ({"value": None}, None),
        ({"value": 1, "values": {"total": 120 * MILLION}}, None),
        ({"value": None, "values": {"total": 1}}, "zKillboard says 1.00, the market 120.0 m"),
        ({"value": 1, "source": ""}, "The killmail's source says 1.00, the market 120.0 m"),
    ],
    ids=["same", "near", "lower", "higher", "nothing", "none", "total", "total alone", "nameless"],
)
def test_value_gap_when_wide_then_tells_both(make_killmail, flags_of, market, facts, told):
    facts = {"values": {}, "items": [fitted(destroyed=1, dropped=1)], **facts}
    assert flags_of(make_killmail(**facts), value_gap="20").get("value_gap") == told


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ([fitted(UNKNOWN)], ", 1 type without a price"),
        ([fitted(UNKNOWN, 19), fitted(UNKNOWN, 20), fitted(1)], ", 2 types without a price"),
    ],
)
def test_value_gap_when_types_have_no_price_then_counts_them(
    make_killmail, flags_of, market, more, words
):
    killmail = make_killmail(items=more, values={}, value=Decimal(1))
    assert flags_of(killmail, value_gap="20")["value_gap"].endswith(f"the market 100.0 m{words}")


def test_value_gap_when_the_hull_has_no_price_then_no_flag(make_killmail, flags_of, market):
    settings = {"value_gap": "1", "cargo_share": "1"}
    killmail = make_killmail(ship_id=1, value=Decimal(1), items=[fitted(flag=5)])
    assert not {"value_gap", "cargo_share"} & set(flags_of(killmail, **settings))
    capsule = make_killmail(
        ship_id=670, ship_group_id=29, value=Decimal(1), values={}, items=[fitted(flag=89)]
    )
    assert flags_of(capsule, **settings)["value_gap"] == "zKillboard says 1.00, the market 10.0 m"


def test_value_gap_when_neither_knows_a_worth_then_no_flag(make_killmail, flags_of, market):
    capsule = make_killmail(
        ship_id=670, ship_group_id=29, value=Decimal(0), values={}, items=[], ship="Capsule"
    )
    assert "value_gap" not in flags_of(capsule, value_gap="1", cargo_share="1")


def test_prices_when_two_checks_and_two_submissions_need_them_then_are_asked_for_once(
    make_killmail, flags_of, market
):
    settings = {"value_gap": "1", "cargo_share": "1"}
    killmail = make_killmail(items=[fitted(flag=5), fitted(UNKNOWN)])
    first = flags_of(killmail, **settings)
    assert {"value_gap", "cargo_share"} <= set(first)
    assert flags_of(killmail, **settings) == first
    assert [path for _, path in market.requests] == ["/esi/markets/prices"]


def test_prices_when_eve_tells_them_then_are_its_own(make_killmail, flags_of, universe):
    hull = Decimal("246000000.00")
    killmail = make_killmail(items=[fitted(UNKNOWN, 19)], value=hull / 2, values={})
    text = flags_of(killmail, value_gap="50")["value_gap"]
    assert text == "zKillboard says 123.0 m, the market 246.0 m, 1 type without a price"


@pytest.mark.parametrize(
    ("items", "threshold", "told"),
    [
        ([fitted(47732, 20)], "1", "1 abyssal item on board: Abyssal Warp Scrambler"),
        (
            [fitted(47732, 20), fitted(47702, 21, 0, 1), fitted(47732, 5, 0, 2)],
            "4",
            "4 abyssal items on board: Abyssal Stasis Webifier, Abyssal Warp Scrambler",
        ),
        (
            [fitted(CONTAINER, 5, 1, items=(fitted(47732, 0),))],
            "1",
            "1 abyssal item on board: Abyssal Warp Scrambler",
        ),
        ([fitted(47732, 20)], "2", None),
        ([fitted(MODULE)], "1", None),
        ([], "1", None),
    ],
    ids=["one", "several", "in a container", "too few", "none", "bare"],
)
def test_abyssal_when_on_board_then_is_named(make_killmail, flags_of, items, threshold, told):
    assert flags_of(make_killmail(items=items), abyssal=threshold).get("abyssal") == told


@pytest.mark.parametrize(
    ("name", "is_flagged"),
    [
        ("5MN Abyssal Microwarpdrive", True),
        ("Heavy Mutated Drone", True),
        ("Unstable Large Shield Booster Mutaplasmid", False),
        ("Abyssalist's Cap", False),
    ],
)
def test_abyssal_when_so_called_then_counts(make_killmail, flags_of, universe, name, is_flagged):
    body = json.dumps([{"category": "inventory_type", "id": MODULE, "name": name}])
    universe.add_fault("POST /esi/universe/names", "status", status=200, body=body)
    flags = flags_of(make_killmail(items=[fitted()]), abyssal="1")
    assert ("abyssal" in flags) is is_flagged


def test_abyssal_when_names_are_known_then_eve_is_not_asked_again(
    make_killmail, flags_of, universe
):
    killmail = make_killmail(items=[fitted(47732, 20), fitted(47732, 21), fitted()])
    first = flags_of(killmail, abyssal="1")
    universe.clear_log()
    assert flags_of(killmail, abyssal="1") == first
    assert universe.requests == []
