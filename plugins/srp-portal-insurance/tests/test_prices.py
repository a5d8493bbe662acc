"""What EVE says of insurance, asked over HTTP, and how long it counts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from srp_portal_insurance.prices import Policy, policy_of
from srp_portal_insurance.settings import LEVELS

from srp_portal.plugin import SourceUnavailable

GUARDIAN, RIFTER, CAPSULE = 11987, 587, 670
PATH = "GET /esi/insurance/prices"
TODAY = date(2026, 5, 4)
OLD = {"timestamp": datetime(2014, 7, 2, 19, 26, tzinfo=UTC)}
FRESH = {"timestamp": datetime(2026, 5, 4, 0, 0, tzinfo=UTC)}
PLATINUM = Policy(Decimal("73800000.00"), Decimal("246000000.00"))


def entry(**changes):
    """What EVE says of the Guardian, changed."""
    level = {"name": "Platinum", "cost": 1.1, "payout": 2.2, **changes}
    return {"type_id": GUARDIAN, "levels": [{"name": "Basic", "cost": 0, "payout": 0}, level]}


def answer(universe, body, **options):
    """Has EVE answer this to the next question about insurance."""
    text = body if isinstance(body, str) else json.dumps(body)
    universe.add_fault(PATH, "status", status=200, body=text, **options)


def times_asked(universe):
    return sum(path.startswith("/esi/insurance") for _, path in universe.requests)


@pytest.fixture
def ask(make_bench, make_killmail, universe):
    """Gives ask(level, today, **killmail): the policy; one plugin's cache for all of a test."""
    universe.clear_log()
    bench = make_bench(level="Platinum")

    def policy(level="Platinum", today=TODAY, **fields):
        context = bench.context_for("insurance")
        return policy_of(context, level, make_killmail(**fields), today=today)

    return policy


@pytest.mark.parametrize(("step", "level"), list(enumerate(LEVELS)))
def test_policy_when_asked_for_a_level_then_is_that_of_the_ship(ask, step, level):
    price = Decimal(246_000_000)
    assert ask(level) == Policy(price * (step + 1) * 5 / 100, price * (40 + 12 * step) / 100)


def test_policy_when_asked_for_another_ship_then_is_that_ships(ask):
    assert ask(ship_id=RIFTER) == Policy(Decimal("168000.00"), Decimal("560000.00"))


@pytest.mark.parametrize("day", [OLD, FRESH], ids=["old", "fresh"])
def test_policy_when_the_ship_has_no_insurance_then_is_none_and_asked_once(ask, universe, day):
    assert [ask(ship_id=CAPSULE, ship="Capsule", **day) for _ in "ab"] == [None, None]
    assert times_asked(universe) == 1


def test_policy_when_amounts_are_floats_then_is_what_eve_wrote(universe, ask):
    answer(universe, [entry(cost=0.1, payout=123456789.07)])
    assert ask() == Policy(Decimal("0.10"), Decimal("123456789.07"))


def test_prices_when_seen_on_the_day_then_count_for_its_losses_for_good(universe, ask):
    assert ask(**FRESH) == PLATINUM
    answer(universe, [entry()])
    later = date(2026, 5, 20)
    assert ask(today=later, **FRESH) == PLATINUM
    # Of the ship too that nobody had asked for on that day.
    assert ask(today=later, ship_id=RIFTER, **FRESH).payout == Decimal("560000.00")
    assert times_asked(universe) == 1


def test_prices_when_of_an_earlier_day_then_are_those_first_used_for_it(universe, ask):
    assert ask(**OLD) == PLATINUM
    answer(universe, [entry()])
    assert ask(today=date(2026, 5, 20), **OLD) == PLATINUM


def test_prices_when_seen_today_then_serve_every_earlier_day_too(universe, ask):
    ask(**FRESH)
    assert ask(**OLD) == PLATINUM
    assert times_asked(universe) == 1


@pytest.mark.parametrize("fault", ["html503", "drop", "status"])
def test_eve_when_down_then_the_payout_is_not_known(universe, ask, fault):
    universe.add_fault(PATH, fault, **({"status": 404} if fault == "status" else {}))
    with pytest.raises(SourceUnavailable, match="can't be asked for insurance prices"):
        ask()
    universe.clear_faults()
    assert ask() == PLATINUM


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        [None],
        [{}],
        [{"type_id": None, "levels": []}],
        [{"type_id": GUARDIAN}],
        [{"type_id": GUARDIAN, "levels": []}],
        [{"type_id": GUARDIAN, "levels": [{"name": None}]}],
        [entry(name="Platin")],
        [entry(payout=None)],
        [entry(payout="2.2")],
        [entry(payout=True)],
        [entry(payout=-0.01)],
        [entry(cost=1e13)],
    ],
    ids=str,
)
def test_answer_when_strange_then_the_payout_is_not_known(universe, ask, body):
    answer(universe, body)
    with pytest.raises(SourceUnavailable, match="can't be understood"):
        ask()


def test_answer_when_strange_of_another_ship_then_counts_and_is_not_kept(universe, ask):
    answer(universe, [{"type_id": RIFTER, "levels": []}, entry()])
    assert ask(**FRESH) == Policy(Decimal("1.10"), Decimal("2.20"))
    with pytest.raises(SourceUnavailable):
        ask(ship_id=RIFTER, **FRESH)


def test_error_when_it_is_no_answer_of_eve_then_is_not_told_as_an_outage(ask, monkeypatch):
    from srp_portal.esi.operations import Operation

    def broken(_self, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr(Operation, "result", broken)
    with pytest.raises(ZeroDivisionError):
        ask()
