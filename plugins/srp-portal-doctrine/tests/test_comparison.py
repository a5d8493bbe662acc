"""What differs between a fit and a loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from srp_portal_doctrine.comparison import Comparison, Difference, Module, compare

NONE = {}


def modules(text):
    """Modules out of `low:DCU high:Gun`; `:Gun` has an unknown slot."""
    return [Module(*part.split(":")) for part in text.split()]


def shown(comparison):
    """Differences as `slot:wanted/lost`, accepted ones as `wanted=lost`."""

    def name(module):
        return "" if module is None else module.name

    differences = [f"{d.slot}:{name(d.wanted)}/{name(d.lost)}" for d in comparison.differences]
    return " ".join([*differences, *(f"{a.name}={b.name}" for a, b in comparison.accepted)])


@pytest.mark.parametrize(
    ("wanted", "lost", "expected"),
    [
        ("", "", ""),
        ("low:A mid:B", "mid:B low:A", ""),
        ("low:a", "low:A", ""),
        ("low:A low:A", "low:A", "low:A/"),
        ("low:A", "low:A low:A", "low:/A"),
        ("low:A", "low:B", "low:A/B"),
        ("low:A mid:M", "low:B mid:N", "low:A/B mid:M/N"),
        ("low:A", "mid:B", "low:A/ mid:/B"),
        (":A", "mid:B", "mid:A/B"),
        (":A :C low:D", "mid:B low:E", "low:D/E mid:A/B :C/"),
    ],
)
def test_modules_when_compared_then_pairs_in_a_slot_are_one_difference(wanted, lost, expected):
    assert shown(compare(modules(wanted), modules(lost), NONE)) == expected


@pytest.mark.parametrize(
    ("wanted", "lost", "pairs", "expected"),
    [
        ("low:A", "low:B", {"a": {"b"}}, "A=B"),
        ("low:B", "low:A", {"a": {"b"}}, "low:B/A"),
        ("low:A low:A", "low:B low:A", {"a": {"b"}}, "A=B"),
        ("low:A low:A", "low:B low:B", {"a": {"b"}}, "A=B A=B"),
        ("low:A low:B", "low:B low:C", {"a": {"b"}, "b": {"c"}}, "A=B B=C"),
        ("low:A low:B", "low:X low:Y", {"a": {"x", "y"}, "b": {"x"}}, "A=Y B=X"),
        ("low:A low:X", "low:A low:C", {"x": {"a"}}, "low:X/C"),
    ],
)
def test_modules_when_others_are_accepted_then_as_many_as_possible_agree(
    wanted, lost, pairs, expected
):
    assert shown(compare(modules(wanted), modules(lost), pairs)) == expected


@pytest.mark.parametrize(
    ("wanted", "lost", "unknown", "expected"),
    [
        ("low:A", "low:A low:B", 1, ""),
        ("low:A", "low:A low:B low:B", 1, "low:/B"),
        ("low:A", "low:B", 1, "low:A/B"),
        ("low:A", "", 1, "low:A/"),
    ],
)
def test_modules_when_the_fit_has_unknown_ones_then_additional_ones_may_be_they(
    wanted, lost, unknown, expected
):
    found = compare(modules(wanted), modules(lost), NONE, unknown)
    assert shown(found) == expected
    assert found.distance == (0, len(found.differences) + unknown)


def test_distance_when_subsystems_differ_then_they_come_first():
    refitted = compare(
        modules("Subsystems:Core low:A low:B"), modules("Subsystems:Core low:C low:D"), NONE
    )
    another = compare(modules("Subsystems:Core low:A"), modules("Subsystems:Other low:A"), NONE)
    assert refitted.distance < another.distance
    assert Comparison(()).distance < refitted.distance


fits = st.lists(
    st.builds(Module, st.sampled_from(["low", "mid", ""]), st.sampled_from("ABCDE")), max_size=12
)
lists_of_pairs = st.dictionaries(
    st.sampled_from("abcde"), st.frozensets(st.sampled_from("abcde")), max_size=5
)


@given(fits)
def test_fit_when_compared_with_itself_then_nothing_differs(fit):
    assert compare(fit, list(reversed(fit)), NONE) == Comparison(())


@given(fits, fits, lists_of_pairs)
def test_modules_when_compared_then_each_is_told_of_once(wanted, lost, pairs):
    found = compare(wanted, lost, pairs)
    missing = [each.wanted for each in found.differences if each.wanted]
    extra = [each.lost for each in found.differences if each.lost]
    assert Difference(None, None) not in found.differences
    assert len(wanted) - len(missing) == len(lost) - len(extra)
    for left, right in found.accepted:
        assert right.key in pairs[left.key]
    names = {module.key for module in missing} & {module.key for module in extra}
    assert names == set()


@given(fits, fits, lists_of_pairs)
def test_modules_when_more_are_accepted_then_never_more_differ(wanted, lost, pairs):
    strict, lenient = compare(wanted, lost, NONE), compare(wanted, lost, pairs)
    missing = [
        sum(each.wanted is not None for each in found.differences) for found in (strict, lenient)
    ]
    assert missing[1] <= missing[0]


@given(fits, fits, lists_of_pairs, st.randoms())
def test_modules_when_in_another_order_then_compare_the_same(wanted, lost, pairs, random):
    shuffled_wanted, shuffled_lost = wanted[:], lost[:]
    random.shuffle(shuffled_wanted)
    random.shuffle(shuffled_lost)
    assert compare(wanted, lost, pairs) == compare(shuffled_wanted, shuffled_lost, pairs)
