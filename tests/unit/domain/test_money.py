"""ISK: what people type, what is kept, what is shown."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.domain.errors import InvalidInput
from srp_portal.domain.money import (
    LIMIT,
    from_hundredths,
    parse_isk,
    parse_percent,
    percent_text,
    plain_isk,
    pretty_isk,
    round_isk,
    short_hundredths,
    short_isk,
    to_hundredths,
)

AMOUNTS = st.integers(min_value=0, max_value=to_hundredths(LIMIT)).map(from_hundredths)


@pytest.mark.parametrize(
    ("typed", "isk"),
    [
        ("12.5", "12500000.00"),
        ("12.5m", "12500000.00"),
        ("1.2b", "1200000000.00"),
        ("750k", "750000.00"),
        ("0", "0.00"),
        (".5", "500000.00"),
        ("7.", "7000000.00"),
        (" 3 M ", "3000000.00"),
        ("0.00000001", "0.01"),
        ("1000b", "1000000000000.00"),
        ("1000000", "1000000000000.00"),
    ],
)
def test_parse_isk_when_well_formed_gives_isk(typed, isk):
    assert parse_isk(typed) == Decimal(isk)
    assert plain_isk(parse_isk(typed)) == isk


@pytest.mark.parametrize(
    "typed",
    ["", "-1", "1,5", "1.000.000", "1e9", "nan", "inf", "١٢", "12.5t", "1 000", "0.000000001",
     "1000.00000001b", "1000000.1", "9" * 30, "1m5", "--1", "1_0", "0x10", "½"],
)  # fmt: skip
def test_parse_isk_when_malformed_names_the_field(typed):
    with pytest.raises(InvalidInput) as caught:
        parse_isk(typed, field="amount")
    assert caught.value.field == "amount"
    assert len(caught.value.message) < 120


@given(AMOUNTS)
def test_isk_when_kept_in_hundredths_comes_back_equal(amount):
    assert from_hundredths(to_hundredths(amount)) == amount
    assert Decimal(pretty_isk(amount).replace(",", "")) == amount
    assert Decimal(plain_isk(amount)) == amount


@given(AMOUNTS)
def test_parse_isk_when_given_millions_of_any_amount_gives_that_amount(amount):
    assert parse_isk(f"{amount.scaleb(-6):f}") == amount


@given(st.text(max_size=30))
def test_parse_isk_when_given_any_text_raises_nothing_but_invalid_input(text):
    try:
        amount = parse_isk(text)
    except InvalidInput:
        return
    assert 0 <= amount <= LIMIT
    assert amount == round_isk(amount)


@pytest.mark.parametrize("value", ["0.001", "NaN", "Infinity"])
def test_to_hundredths_when_not_exact_refuses(value):
    with pytest.raises(ValueError, match=r"finer|finite"):
        to_hundredths(Decimal(value))


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.00"), ("0.015", "0.02"), ("0.025", "0.02"), ("2.675", "2.68")],
)
def test_round_isk_when_halfway_goes_to_the_even_cent(amount, rounded):
    assert round_isk(Decimal(amount)) == Decimal(rounded)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("40000000", "40.0 m"),
        ("1200000000", "1.2 b"),
        ("750000", "750.0 k"),
        ("999.99", "999.99"),
        ("999960000", "1.0 b"),
        ("999949999", "999.9 m"),
        ("999999999999.99", "1,000.0 b"),
        ("-40000000", "-40.0 m"),
        ("0", "0.00"),
    ],
)
def test_short_isk_when_shown_keeps_the_magnitude(amount, text):
    assert short_isk(Decimal(amount)) == text


@given(
    st.one_of(
        st.integers(min_value=0, max_value=to_hundredths(LIMIT)),
        # Where the last digit that is shown is halfway.
        st.integers(min_value=0, max_value=10**8).map(lambda number: number * 5_000),
    )
)
def test_short_hundredths_when_shown_is_short_isk(hundredths):
    assert short_hundredths(hundredths) == short_isk(from_hundredths(hundredths))


@pytest.mark.parametrize(
    ("typed", "fraction"), [("15", "0.15"), ("12.5%", "0.125"), ("12.125", "0.12125"), ("0", "0")]
)
def test_parse_percent_when_well_formed_gives_fraction(typed, fraction):
    assert parse_percent(typed) == Decimal(fraction)


@pytest.mark.parametrize("typed", ["", "-5", "12.1234", "1e2", "five", "1,5", "٣"])
def test_parse_percent_when_malformed_refuses(typed):
    with pytest.raises(InvalidInput):
        parse_percent(typed)


@pytest.mark.parametrize(
    ("fraction", "text"),
    [("0.15", "15.0"), ("0.12125", "12.125"), ("-0.1", "10.0"), ("0", "0.0"), ("1.5", "150.0")],
)
def test_percent_text_when_shown_has_one_to_three_decimals(fraction, text):
    assert percent_text(Decimal(fraction)) == text
