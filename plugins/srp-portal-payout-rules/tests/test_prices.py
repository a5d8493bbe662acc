"""EVE's prices of hulls, from the sandbox over HTTP."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from srp_portal.plugin import SourceUnavailable, SubmissionRejected

HULL = '[[rules]]\nname = "All"\nbase = "hull"\n'
PRICES = "GET /esi/markets/prices"


@pytest.fixture
def guardian(universe, make_killmail):
    universe.clear_log()
    return make_killmail()


def asked(universe):
    """How often EVE was asked for prices."""
    return len([path for _, path in universe.requests if "markets/prices" in path])


def answer(universe, body):
    """Has ESI answer this."""
    text = body if isinstance(body, str) else json.dumps(body)
    universe.add_fault(PRICES, "status", status=200, body=text)


def test_base_when_the_hull_counts_then_is_eves_average_price(make_rules, guardian):
    assert make_rules(HULL).base(guardian) == Decimal("246000000.00")


def test_price_when_asked_again_then_comes_from_the_cache(universe, make_rules, guardian):
    rules = make_rules(HULL)
    assert rules.payout(guardian) == rules.payout(guardian)
    assert asked(universe) == 1


def test_price_when_it_stands_in_the_file_then_eve_is_not_asked(universe, make_rules, guardian):
    rules = make_rules(f'[hulls]\nGUARDIAN = "250m"\n{HULL}')
    assert rules.payout(guardian) == 250_000_000
    assert asked(universe) == 0


def test_price_when_it_changes_during_a_submission_then_the_cap_still_holds(
    universe, make_rules, guardian
):
    rules = make_rules(f'{HULL}cap = "100m"\n')
    base = rules.base(guardian)
    # As if the hour ended between the two hooks: another price would be asked now.
    rules._bench.context_for("payout-rules").cache.set("hull 11987", "999000000.00", 60)
    assert base + sum(m.value for m in rules.modifiers(guardian)) == 100_000_000


@pytest.mark.parametrize("kind", ["drop", "html503"])
def test_submission_when_eve_is_away_then_is_unavailable_and_nothing_else_is_paid(
    universe, make_rules, guardian, kind
):
    universe.add_fault(PRICES, kind)
    rules = make_rules(f'{HULL}fallback = "total"\n')
    with pytest.raises(SourceUnavailable, match="price of the Guardian can't be asked"):
        rules.base(guardian)
    with pytest.raises(SourceUnavailable):
        rules.modifiers(guardian)
    universe.clear_faults()
    assert rules.base(guardian) == 246_000_000


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        "5",
        "[]",
        "[null]",
        '[{"adjusted_price": 5}]',
        '[{"type_id": 11987, "average_price": "much"}]',
        '[{"type_id": 11987, "average_price": -1}]',
        '[{"type_id": 11987, "average_price": 1e13}]',
        '[{"type_id": 11987, "average_price": [1]}]',
        "<html>",
    ],
)
def test_submission_when_eve_answers_nonsense_then_is_unavailable(
    universe, make_rules, guardian, body
):
    answer(universe, body)
    with pytest.raises(SourceUnavailable):
        make_rules(HULL).base(guardian)


@pytest.mark.parametrize(
    "prices",
    [
        [{"type_id": 34, "average_price": 4.05}],
        [{"type_id": 11987, "adjusted_price": 5.0}],
        [{"type_id": 11987, "average_price": 0.0}],
    ],
)
def test_submission_when_eve_knows_no_price_then_is_refused_or_the_fallback_counts(
    universe, make_rules, guardian, prices
):
    answer(universe, prices)
    with pytest.raises(
        SubmissionRejected, match=r"price of Guardian, which nobody knows .* to name a price"
    ):
        make_rules(HULL).base(guardian)
    rules = make_rules(f'{HULL}fallback = "total"\n')
    assert rules.base(guardian) == 285_000_000
    assert rules.notes(guardian) == ["All: total value, as the hull price of Guardian isn't known"]


def test_price_when_written_with_many_digits_then_is_rounded_to_hundredths(
    universe, make_rules, guardian
):
    answer(universe, '[{"type_id": 11987, "average_price": 123456789.0060001}]')
    assert make_rules(HULL).base(guardian) == Decimal("123456789.01")


def again(make_rules, rules, killmail, changed=HULL):
    """The rules, applied once more to a loss that was submitted by the first ones."""
    earlier = rules.modifiers(killmail)
    once_more = make_rules(changed)
    once_more.earlier = tuple(earlier)
    return once_more


@pytest.mark.parametrize(
    "more", ["", 'cap = "100m"\n', "percent = 33.333\n", 'base_maximum = "1m"']
)
def test_price_when_it_moved_since_the_submission_then_the_payout_stays(
    universe, make_rules, guardian, more
):
    rules = make_rules(HULL + more)
    before = rules.base(guardian), rules.modifiers(guardian)
    once_more = again(make_rules, rules, guardian, HULL + more)
    answer(universe, [{"type_id": 11987, "average_price": 500_000_000.0}])
    assert (once_more.base(guardian), once_more.modifiers(guardian)) == before
    assert make_rules(HULL + more).notes(guardian) != rules.notes(guardian)


def test_price_when_a_rule_changed_then_that_of_the_submission_counts_by_the_new_rule(
    universe, make_rules, guardian
):
    changed = HULL.replace("All", "hull price of Guardian (1.00 ISK in EVE)") + "percent = 50\n"
    once_more = again(make_rules, make_rules(HULL), guardian, changed)
    answer(universe, [{"type_id": 11987, "average_price": 500_000_000.0}])
    assert once_more.base(guardian) == 123_000_000
    third = again(make_rules, once_more, guardian)
    assert third.base(guardian) == 246_000_000


def test_price_when_it_stood_in_the_file_and_does_no_more_then_eve_is_asked(
    universe, make_rules, guardian
):
    rules = make_rules(f'[hulls]\nGuardian = "250m"\n{HULL}')
    assert again(make_rules, rules, guardian).base(guardian) == 246_000_000
    asked_before = asked(universe)
    listed = again(make_rules, make_rules(HULL), guardian, f'[hulls]\nGuardian = "9m"\n{HULL}')
    assert listed.base(guardian) == 9_000_000
    assert asked(universe) == asked_before + 1


def test_price_when_told_then_stands_in_the_note(make_rules, guardian):
    assert make_rules(HULL).notes(guardian) == [
        "All: hull price of Guardian (246,000,000.00 ISK in EVE)"
    ]
