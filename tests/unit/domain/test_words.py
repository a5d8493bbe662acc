"""Words of texts, as full-text search compares them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.domain.words import LONGEST_WORD, finds_longer, tag_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Fleet, fleet!", "fleet", id="case-and-repetition"),
        pytest.param("it's HED-GP #123", "123 gp hed it s", id="punctuation-separates"),
        pytest.param("1,000,000.50", "000 1 50", id="numbers"),
        pytest.param("https://a.example/kill/1?x=y", "1 a example https kill x y", id="link"),
        pytest.param("under_score back\\slash", "back score slash under", id="signs"),
        pytest.param("\x00\ttab\nline\u2028end", "end line tab", id="control-characters"),
        pytest.param("Straße STRASSE", "strasse", id="sharp-s"),
        pytest.param("Ärger A\u0308RGER arger", "arger", id="accents"),
        pytest.param("ΕΛΛΗΝΙΚΌΣ ελληνικός", "ελληνικοσ", id="final-sigma"),
        pytest.param("ﬁt \uff12 Ⅷ", "2 fit viii", id="compatible-letters"),
        pytest.param("\u0390", "\u03b9", id="folded-letter-with-two-accents"),
        pytest.param("प्रेम", "प्रेम", id="vowel-signs-are-letters"),
        pytest.param("我的船在Jita", "jita 在 我的 的船 船在", id="no-spaces"),
        pytest.param("!? ❤\ufe0f \u0301 —", "", id="nothing"),
    ],
)
def test_words_of_text_are_its_letters_and_digits(text: str, words: str) -> None:
    assert words_of(text) == tuple(words.split())


def test_words_of_a_long_word_are_its_beginning() -> None:
    assert words_of("w" * 1000) == ("w" * LONGEST_WORD,)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("flee", True), ("fle", True), ("fl", False), ("12345", False), ("m2x", True), ("船", True)],
)
def test_word_finds_longer_ones_when_it_is_no_number_and_long_enough(
    word: str, expected: bool
) -> None:
    assert finds_longer(word) is expected


@given(st.text())
def test_words_of_any_text_hold_nothing_that_a_database_could_split_or_read(text: str) -> None:
    for word in words_of(text):
        assert word.split() == [word]
        assert not set(word) & set("'\"\\*:&|!()<>-_%\x00")
        assert word == word.lower() or not word.isascii()


@given(st.text())
def test_words_of_a_text_and_of_the_same_in_capitals_are_the_same(text: str) -> None:
    assert words_of(text.upper().lower()) == words_of(text.upper())


@given(st.text())
def test_tag_of_a_name_is_no_word_and_is_found_whole(key: str) -> None:
    tag = tag_of("ship", key)
    assert tag not in words_of(tag)
    assert not tag.split()[1:]
    assert len(tag) <= LONGEST_WORD


def test_tags_of_other_names_and_of_other_attributes_are_others() -> None:
    pairs = [("ship", "rifter"), ("ship", "sabre"), ("pilot", "rifter"), ("ship", "")]
    assert len({tag_of(*pair) for pair in pairs}) == len(pairs)
