"""What new rules change: plugins' modifiers as they stand beside what is proposed now."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.domain.payout import ModifierKind, payout
from srp_portal.domain.recalculation import NewModifier, Standing, StoredModifier, difference

TEN = Decimal("0.10")
BY_RULES = (Standing.COUNTS, Standing.SUGGESTED)


def stored(standing, note="Home", value=TEN, id_=1, plugin="home"):
    return StoredModifier(id_, plugin, ModifierKind.RELATIVE, value, note, Standing(standing))


def proposed(note="Home", value=TEN, is_suggested=False, plugin="home"):
    return NewModifier(plugin, ModifierKind.RELATIVE, value, note, is_suggested)


@pytest.mark.parametrize("standing", ["counts", "taken", "voided"])
def test_difference_when_the_same_is_proposed_then_changes_nothing(standing):
    found = difference([stored(standing)], [proposed(value=Decimal("0.1"))])
    assert (found.removed, found.added) == ((), ())


@pytest.mark.parametrize("standing", ["suggested", "taken", "voided"])
def test_difference_when_the_same_is_suggested_then_changes_nothing(standing):
    found = difference([stored(standing)], [proposed(is_suggested=True)])
    assert (found.removed, found.added) == ((), ())


@pytest.mark.parametrize(
    ("standing", "goes"), [("counts", 1), ("suggested", 1), ("taken", 0), ("voided", 0)]
)
def test_difference_when_nothing_is_proposed_any_more_then_only_the_rules_own_go(standing, goes):
    assert len(difference([stored(standing)], []).removed) == goes


@pytest.mark.parametrize("standing", list(Standing))
@pytest.mark.parametrize("change", [{"note": "Else"}, {"value": Decimal("0.2")}], ids=str)
def test_difference_when_something_else_is_proposed_then_it_counts_unless_people_decided(
    standing, change
):
    found = difference([stored(standing)], [proposed(**change)])
    is_open = standing in BY_RULES
    assert found.added == ((proposed(**change),) if is_open else ())
    assert len(found.removed) == is_open
    assert found.held == (() if is_open else ("home",))


@pytest.mark.parametrize("standing", list(Standing))
def test_difference_when_another_plugin_proposes_then_it_is_added_whatever_people_decided(standing):
    found = difference([stored(standing)], [proposed(plugin="other")])
    assert found.added == (proposed(plugin="other"),)


@pytest.mark.parametrize(("standing", "is_suggested"), [("counts", True), ("suggested", False)])
def test_difference_when_a_suggestion_becomes_a_modifier_or_back_then_one_takes_the_others_place(
    standing, is_suggested
):
    found = difference([stored(standing)], [proposed(is_suggested=is_suggested)])
    assert found.removed == (stored(standing),)
    assert found.added == (proposed(is_suggested=is_suggested),)


def test_difference_when_one_of_two_was_voided_then_both_stay_and_none_comes():
    standing = [stored("counts", id_=1), stored("voided", id_=2)]
    for rules in ([proposed()] * 2, [proposed()], [], [proposed()] * 3):
        found = difference(standing, rules)
        assert (found.removed, found.added, found.kept) == ((), (), tuple(standing))
        assert found.held == (() if len(rules) == 2 else ("home",))


def test_terms_when_asked_for_then_voided_ones_and_suggestions_do_not_count():
    rules = [
        stored("voided", "a", plugin="one"),
        stored("taken", "b", plugin="two"),
        stored("suggested", "c"),
    ]
    proposals = [proposed("c", is_suggested=True), proposed("d"), proposed("a", plugin="one")]
    found = difference(rules, proposals)
    assert payout(Decimal(100), found.terms()) == Decimal("120.00")


PLUGINS, NOTES = st.sampled_from(["home", "cap"]), st.sampled_from(["Home", "Late"])
VALUES = st.sampled_from([Decimal("0.1"), Decimal("-0.5")])
STORED = st.lists(
    st.builds(stored, st.sampled_from(Standing), NOTES, VALUES, st.just(0), PLUGINS), max_size=6
).map(lambda rows: [replace(row, id=number) for number, row in enumerate(rows)])
PROPOSED = st.lists(st.builds(proposed, NOTES, VALUES, st.booleans(), PLUGINS), max_size=6)


@given(STORED, PROPOSED)
def test_difference_when_it_was_applied_then_a_second_one_finds_nothing(rows, rules):
    found = difference(rows, rules)
    after = list(found.kept)
    for number, new in enumerate(found.added):
        standing = Standing.SUGGESTED if new.is_suggested else Standing.COUNTS
        after.append(
            StoredModifier(100 + number, new.plugin, new.kind, new.value, new.note, standing)
        )
    again = difference(after, rules)
    assert (again.removed, again.added) == ((), ())
    assert payout(Decimal(1000), again.terms()) == payout(Decimal(1000), found.terms())


@given(STORED, PROPOSED)
def test_difference_when_people_decided_then_it_stays(rows, rules):
    found = difference(rows, rules)
    plugins = {row.plugin for row in rows if row.standing not in BY_RULES}
    assert {row for row in rows if row.plugin in plugins} <= set(found.kept)
    assert not plugins & {new.plugin for new in found.added}
    assert set(found.held) <= plugins
    assert Counter([*found.kept, *found.removed]) == Counter(rows)
    assert all(row.standing in BY_RULES for row in found.removed)


@given(PROPOSED)
def test_difference_when_nothing_stands_then_all_is_added_in_order(rules):
    assert difference([], rules).added == tuple(rules)
