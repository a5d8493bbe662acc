"""Name keys: equal for two spellings of one name, in every script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.domain.text import name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Paxswill", "PAXSWILL", id="ascii"),
        pytest.param("Ärger", "äRGER", id="umlaut"),
        pytest.param("Ärger", "A\u0308rger", id="composed-and-decomposed"),
        pytest.param("Straße", "STRASSE", id="sharp-s"),
        pytest.param("Σίσυφος", "ΣΊΣΥΦΟΣ", id="final-sigma"),
        pytest.param("Титан", "ТИТАН", id="cyrillic"),
        pytest.param("\u03b1\u0345\u0301", "\u03b1\u0301\u0345", id="iota-subscript-order"),
    ],
)
def test_name_key_of_two_spellings_is_the_same(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Rifter", "Rifter ", id="white-space-counts"),
        pytest.param("o", "ö", id="accents-count"),
        pytest.param("a", "\u0430", id="scripts-count"),
        pytest.param("2", "²", id="no-compatibility-folding"),
    ],
)
def test_name_key_of_different_names_differs(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(st.text())
def test_name_key_of_a_key_is_the_key(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


@given(st.text(), st.sampled_from(["NFC", "NFD"]))
def test_name_key_of_any_text_ignores_how_it_is_composed(text: str, form: str) -> None:
    assert name_key(unicodedata.normalize(form, text)) == name_key(text)  # type: ignore[arg-type]


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_name_key_of_ascii_text_is_its_lower_case(text: str) -> None:
    assert name_key(text) == text.lower()
