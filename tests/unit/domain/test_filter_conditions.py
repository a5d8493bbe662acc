"""Conditions: what each kind of attribute takes, and how its values are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.domain.filter_conditions import Operator, Term
from srp_portal.domain.filter_kinds import (
    KINDS,
    AmountCondition,
    DetailsCondition,
    NameCondition,
    StatusCondition,
    TimeCondition,
)
from srp_portal.domain.filter_text import FilterError
from srp_portal.domain.filter_times import parse_interval
from srp_portal.domain.lifecycle import Status

V = TypeVar("V")
AMOUNTS = st.decimals(min_value=0, max_value=Decimal("92233720368547758.07"), places=2)


def any_of(*values: V) -> tuple[Term[V], ...]:
    return tuple(Term(Operator.ANY, value) for value in values)


def test_kinds_have_every_attribute_of_the_grammar_but_page_and_sort() -> None:
    assert set(KINDS) == {
        *("division", "alliance", "corporation", "pilot", "submitter", "ship", "system"),
        *("constellation", "region", "status", "details", "payout", "base_payout"),
        *("kill_timestamp", "submit_timestamp"),
    }


def test_condition_with_an_attribute_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="'payout'"):
        NameCondition("payout", ())


def test_condition_separates_values_negations_and_bounds() -> None:
    terms = tuple(AmountCondition.parse_terms("payout", ">=5,-7,9,<20.5,3,-8"))
    condition = AmountCondition("payout", terms)
    assert condition.any_of == (Decimal(3), Decimal(9))
    assert condition.none_of == (Decimal(7), Decimal(8))
    assert condition.bounds == (
        Term(Operator.BELOW, Decimal("20.50")),
        Term(Operator.AT_LEAST, Decimal(5)),
    )


@pytest.mark.parametrize("order", [1, -1], ids=["one-order", "the-other"])
def test_name_condition_with_two_spellings_of_a_name_keeps_the_same_one(order: int) -> None:
    names = ["rifter", "RIFTER", "Ärger", "A\u0308rger"][::order]
    assert NameCondition("ship", any_of(*names)).any_of == ("A\u0308rger", "RIFTER")[::-1]


def test_name_condition_keeps_names_as_typed_and_gives_their_keys() -> None:
    condition = NameCondition(
        "pilot", (Term(Operator.ANY, "PaxsWill"), Term(Operator.NOT, "STRASSE"))
    )
    assert (condition.any_of, condition.any_keys) == (("PaxsWill",), ("paxswill",))
    assert (condition.none_of, condition.none_keys) == (("STRASSE",), ("strasse",))


def test_name_condition_keeps_a_name_both_wanted_and_excluded() -> None:
    condition = NameCondition("pilot", tuple(NameCondition.parse_terms("pilot", "a,-A")))
    assert (condition.any_of, condition.none_of) == (("a",), ("A",))


def test_status_condition_takes_statuses_in_any_case() -> None:
    terms = tuple(StatusCondition.parse_terms("status", "PAID,-Rejected"))
    condition = StatusCondition("status", terms)
    assert condition.any_of == (Status.PAID,)
    assert condition.none_of == (Status.REJECTED,)


def test_details_condition_takes_commas_and_operators_as_text() -> None:
    terms = tuple(DetailsCondition.parse_terms("details", "-lost, >again%2C <really"))
    assert DetailsCondition("details", terms).any_of == ("-lost, >again, <really",)


def test_details_condition_has_single_spaces_and_no_repetition() -> None:
    condition = DetailsCondition("details", any_of(" forgot   to ", "Forgot to", "crest mail?"))
    assert condition.any_of == ("crest mail?", "Forgot to")


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        ("0", "0.00"),
        ("007", "7.00"),
        ("1000000", "1000000.00"),
        ("12.5", "12.50"),
        ("12.50", "12.50"),
        ("9999999999999999.99", "9999999999999999.99"),
        ("92233720368547758", "92233720368547758.00"),
        ("92233720368547758.08", "92233720368547758.07"),
        ("9" * 5000, "92233720368547758.07"),
    ],
)
def test_amount_condition_of_digits_is_exact_as_far_as_databases_go(raw: str, amount: str) -> None:
    (term,) = AmountCondition.parse_terms("payout", raw)
    assert str(term.value) == amount


@pytest.mark.parametrize(
    "raw",
    [
        *("x", "1.", ".5", "1.234", "1e5", "1_000", "+1", " 1", "1 ", "1\n", "0x10", "1m", "٣"),
        *("Infinity", "NaN", "%3E5"),
    ],
)
def test_amount_condition_of_anything_else_raises(raw: str) -> None:
    with pytest.raises(FilterError, match=r"payout.*write ISK in digits"):
        AmountCondition.parse_terms("payout", raw)


@given(AMOUNTS)
def test_amount_condition_of_any_amount_is_written_and_read_back(amount: Decimal) -> None:
    assert AmountCondition.read(AmountCondition.write(amount)) == amount


@given(st.lists(AMOUNTS, min_size=1))
def test_amount_condition_is_in_numeric_order(amounts: list[Decimal]) -> None:
    assert AmountCondition("payout", any_of(*amounts)).any_of == tuple(sorted(set(amounts)))


@pytest.mark.parametrize(
    ("raw", "operator", "moment"),
    [
        (">2014", Operator.AT_LEAST, datetime(2015, 1, 1, tzinfo=UTC)),
        (">=2014", Operator.AT_LEAST, datetime(2014, 1, 1, tzinfo=UTC)),
        ("<2014", Operator.BELOW, datetime(2014, 1, 1, tzinfo=UTC)),
        ("<=2014", Operator.BELOW, datetime(2015, 1, 1, tzinfo=UTC)),
        (">2014-02_2014-03", Operator.AT_LEAST, datetime(2014, 4, 1, tzinfo=UTC)),
    ],
)
def test_time_condition_with_a_bound_gives_the_moment_that_limits(
    raw: str, operator: Operator, moment: datetime
) -> None:
    terms = tuple(TimeCondition.parse_terms("kill_timestamp", raw))
    assert TimeCondition("kill_timestamp", terms).limits == (Term(operator, moment),)


def test_time_condition_of_one_interval_spelled_twice_keeps_one() -> None:
    terms = tuple(TimeCondition.parse_terms("kill_timestamp", "2014-12_2014-01,2014,-2013"))
    condition = TimeCondition("kill_timestamp", terms)
    assert condition.any_of == (parse_interval("2014"),)
    assert condition.none_of == (parse_interval("2013"),)


@pytest.mark.parametrize(
    ("attribute", "raw", "reason"),
    [
        pytest.param("pilot", ">a", "> has no meaning here", id="bound-on-a-name"),
        pytest.param("status", "<=paid", "<= has no meaning here", id="bound-on-a-status"),
        pytest.param("status", "lost", "no such status; there are approved,", id="status"),
        pytest.param("pilot", "--a", "only one operator", id="double-negation"),
        pytest.param("payout", "->5", "only one operator", id="negated-bound"),
        pytest.param("payout", "> 5", "no amount; write ISK in digits", id="space-after-operator"),
        pytest.param("kill_timestamp", "2014-13", "no such time", id="month-13"),
        pytest.param("pilot", "", "the value is empty", id="empty"),
        pytest.param("pilot", "a,,b", "the value is empty", id="empty-between"),
        pytest.param("pilot", "a,", "the value is empty", id="empty-at-the-end"),
        pytest.param("pilot", "-", "the value is empty", id="nothing-after-the-not"),
        pytest.param("pilot", "%20", "the value is empty", id="blank"),
        pytest.param("details", " %09", "the value is empty", id="blank-details"),
        pytest.param("pilot", "a%00", "a NUL character", id="encoded-nul"),
        pytest.param("details", "a\x00", "a NUL character", id="nul"),
        pytest.param("pilot", "a%FF", "not UTF-8", id="encoded-bytes"),
        pytest.param("pilot", "a%ED%A0%80", "not UTF-8", id="encoded-surrogate"),
        pytest.param("pilot", "a\udcff", "not UTF-8", id="surrogate"),
    ],
)
def test_parse_terms_of_a_bad_value_raises_an_error_that_names_it(
    attribute: str, raw: str, reason: str
) -> None:
    with pytest.raises(FilterError) as caught:
        KINDS[attribute].parse_terms(attribute, raw)
    assert caught.value.attribute == attribute
    assert caught.value.reason.startswith(reason)
    assert f"“{attribute}”" in str(caught.value)
    assert f"“{caught.value.value}”" in str(caught.value)


@pytest.mark.parametrize("raw", ["a\x00b%00", "\udcff", "\u202e\u2028", "x" * 5000])
def test_filter_error_about_hostile_text_is_short_and_printable(raw: str) -> None:
    message = str(FilterError("pilot", raw, "not good"))
    assert message.isprintable()
    assert len(message) < 200
    assert message.encode()


@pytest.mark.parametrize("value", [Decimal("0.001"), Decimal(-1), Decimal("NaN")], ids=str)
def test_condition_made_in_code_is_as_strict_as_a_parsed_one(value: Decimal) -> None:
    with pytest.raises((FilterError, ValueError)):
        AmountCondition("payout", any_of(value))
