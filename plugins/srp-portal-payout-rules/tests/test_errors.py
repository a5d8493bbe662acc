"""Mistakes in the file: one line each, with the place."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from srp_portal_payout_rules.document import RulesError
from srp_portal_payout_rules.reading import MOST_BYTES, read_file, read_rules

from srp_portal.composition import compose
from srp_portal.hooks.errors import PluginConfigurationError
from srp_portal.plugin import SettingError
from srp_portal.settings import Settings, SettingsError
from srp_portal.testing.plugins import PluginBench

HEAD = '[[rules]]\nname = "It"\n'
PAYS = f'{HEAD}base = "hull"\n'
CATCH = f'{HEAD}fixed = 1\nwhen = {{ region = "Catch" }}\n'
TWO_BONUSES = """[[rules.bonuses]]
name = "A"
isk = 1
[[rules.bonuses]]
name = "B"
isk = 1
extra = 1"""


def rule(*lines):
    """A rule that pays, with more lines from the fourth on."""
    return PAYS + "\n".join(lines)


def bonus(*lines):
    """A bonus for all rules with lines from the third on."""
    return '[[bonuses]]\nname = "B"\n' + "\n".join(lines)


# Text, line, words.
MISTAKES = {
    "syntax": ("[limits\ndays = 14", 1, "Expected ']'"),
    "syntax further down": ("[limits]\n\ndays = = 14", 3, "Invalid value"),
    "end of document": ('[lists]\na = ["x",\n', 2, ""),
    "a key twice": ("[limits]\ndays = 1\ndays = 2", 3, "Cannot overwrite a value"),
    "nested too deeply": ("\na = " + "[" * 5000, 2, "nested too deeply"),
    "a huge number": ("\na = " + "1" * 5000, 2, "a number is too long"),
    "unknown table": ("\n[rule]\nname = 1", 2, "unknown key “rule”; did you mean rules?"),
    "unknown table, unlike all": (
        "[xyz]",
        1,
        "unknown key “xyz”; known are limits, lists, hulls, rules, bonuses, deductions",
    ),
    "unknown key": (f'{HEAD}bse = "hull"', 3, "unknown key “bse”; did you mean base?"),
    "key of another program": (
        rule('maximum = "1b"'),
        4,
        "unknown key “maximum”; did you mean cap (after bonuses) or base_maximum (before them)?",
    ),
    "unknown condition": (
        rule('when = { solo = true, reggion = "Catch" }'),
        4,
        "unknown key “reggion”; did you mean region?",
    ),
    "unknown limit": ("[limits]\nday = 14", 2, "unknown key “day”; did you mean days?"),
    "unknown key of a bonus": (bonus("percentage = 5"), 3, "did you mean percent?"),
    "limits as a number": ("limits = 14", 1, "limits must be a table, not 14"),
    "rules as a table": ("[rules]\nname = 'It'", 1, "must be tables under [[rules]], not a table"),
    "rules as texts": ('\nrules = ["a"]', 2, "rules must be tables under [[rules]], not a list"),
    "no name": ('\n[[rules]]\nbase = "hull"', 2, "a name is missing"),
    "blank name": ('[[rules]]\nname = " "', 2, "name is blank"),
    "name as a number": ("[[rules]]\nname = 5", 2, "name must be text in quotes, not 5"),
    "name of two lines": ('[[rules]]\nname = "a\\nb"', 2, "must be one line of plain text"),
    "long name": (f'[[rules]]\nname = "{"x" * 101}"', 2, "longer than 100 characters"),
    "nothing paid": (f'\n{HEAD}cap = "1b"', 2, "“It” needs base, fixed or refuse"),
    "paid twice": (rule("fixed = 5"), 4, "both fixed and base"),
    "share of a fixed amount": (f"{HEAD}fixed = 5\npercent = 5", 4, "no meaning with fixed"),
    "unknown value": (f'{HEAD}base = "fited"', 3, "not “fited”; did you mean fitted?"),
    "value as a number": (f"{HEAD}base = 5", 3, "base must be text in quotes, not 5"),
    "unknown fallback": (rule('fallback = "?"'), 4, "fallback must be hull, total"),
    "same fallback": (rule('fallback = "hull"'), 4, "fallback is the same as base"),
    "refusal that pays": (
        f'{HEAD}refuse = "No."\nfixed = 5',
        4,
        "“It” refuses, so fixed has no meaning",
    ),
    "blank refusal": (f'{HEAD}refuse = ""', 3, "refuse is blank"),
    "cap under minimum": (rule("minimum = 2", "cap = 1"), 5, "cap is less than minimum"),
    "base_maximum under base_minimum": (
        rule("base_maximum = 1", "base_minimum = 2"),
        4,
        "base_maximum is less than base_minimum",
    ),
    "amount without unit": (rule('cap = "500"'), 4, "cap is no ISK: “500”; write 450_000_000"),
    "amount with commas": (rule('cap = "1,000m"'), 4, "cap is no ISK"),
    "amount as a truth": (rule("cap = true"), 4, "cap must be ISK; write"),
    "amount of nothing": (rule("cap = 0"), 4, "cap must be more than 0"),
    "negative amount": (rule("cap = -5"), 4, "cap must be more than 0"),
    "amount beyond all": (rule('cap = "1001b"'), 4, "at most 1,000,000,000,000 ISK"),
    "fine amount": (rule("cap = 0.001"), 4, "finer than 0.01 ISK"),
    "endless amount": (rule("cap = inf"), 4, "cap is too large"),
    "no number": (rule("cap = nan"), 4, "cap is too large"),
    "exponent of a monster": (rule("cap = 1e99999999999999999999"), 4, "too large"),
    "exponent of a mite": (rule("cap = 1e-999"), 4, "too small"),
    "many hexadecimal digits": (rule("cap = 0x" + "f" * 9000), 4, "more than 20 digits"),
    "percentage as text": (rule('percent = "5"'), 4, "percent must be a number: 25 is 25 %"),
    "percentage of nothing": (rule("percent = 0"), 4, "more than 0 and at most 1000"),
    "percentage beyond all": (rule("percent = 1000.5"), 4, "at most 1000"),
    "fine percentage": (rule("percent = 0.0001"), 4, "more than three decimals"),
    "deduction beyond all": (
        '[[deductions]]\nname = "D"\npercent = 101',
        3,
        "more than 0 and at most 100",
    ),
    "bonus of nothing": (f"\n{bonus()}", 2, "“B” needs either percent or isk"),
    "bonus of both": (bonus("isk = 5", "percent = 5"), 1, "needs either percent or isk"),
    "suggest as text": (bonus("isk = 5", 'suggest = "yes"'), 4, "suggest must be true or false"),
    "bonus of a rule": (
        rule("[[rules.bonuses]]", 'name = "B"', "isk = 0"),
        6,
        "isk must be more than 0",
    ),
    "second bonus of the second rule": (
        f"{HEAD}fixed = 1\nwhen = {{ solo = true }}\n{HEAD}fixed = 1\n" + TWO_BONUSES,
        14,
        "unknown key “extra”",
    ),
    "empty when": (rule("when = {}"), 4, "when is empty; without it every loss is meant"),
    "no when": (rule("when = []"), 4, "when is empty; leave it out"),
    "no except": (rule("except = []"), 4, "except is empty; leave it out"),
    "empty except": (rule("[[rules.except]]"), 4, "except is empty"),
    "nothing": ("", 1, "holds no rules"),
    "comments": ("# Rules will come.\n\n", 1, "holds no rules"),
    "no rules": ('rules = []\n[lists]\na = ["x"]\n[hulls]\nx = 1', 1, "holds no rules"),
    "no limit": ("[limits]", 1, "holds no rules"),
    "when as text": (rule('when = "Catch"'), 4, "when must be a table or a list of tables"),
    "empty names": (rule("when = { ship = [] }"), 4, "ship is empty"),
    "wrong name in a list": (
        rule("when = { ship = [", '"a",', "true", "] }"),
        6,
        "ship must hold names (or ids), not true",
    ),
    "id of nothing": (rule("when = { system = 0 }"), 4, "system must hold ids from 1 on"),
    "solo as text": (rule('when = { solo = "yes" }'), 4, "solo must be true or false, not “yes”"),
    "unknown list": (
        "[lists]\nlogistics = 'Logistics'\n" + rule('when = { list = "logistic" }'),
        6,
        "there is no list “logistic”; did you mean “logistics”?",
    ),
    "unknown list without any": (
        rule('when = { role = "tackle" }'),
        4,
        "there is no list “tackle” under [lists]",
    ),
    "unknown list in a list": (
        "[lists]\na = 'A'\n" + rule("when = { list = [", '"a",', '"b"] }'),
        8,
        "there is no list “b”",
    ),
    "id in a list": ("[lists]\na = [5]", 2, "a must hold texts, not 5"),
    "list twice": ('[lists]\na = "x"\nA = "y"', 3, "there are two lists “A”; case does not count"),
    "list as a table": ("[lists.a]\nb = 1", 1, "a must hold texts, not a table"),
    "hull twice": ("[hulls]\nMuninn = 1\nmuninn = 2", 3, "there are two prices of “muninn”"),
    "hull without a price": ('[hulls]\n"" = 5', 2, "the name of a ship is blank"),
    "hull at a wrong price": ('[hulls]\nMuninn = "a lot"', 2, "Muninn is no ISK"),
    "limit of no days": ("[limits]\ndays = 0", 2, "days must lie within 1 and 36500"),
    "limit in parts of days": ("[limits]\ndays = 1.5", 2, "days must be a whole number, not 1.5"),
    "limit as a truth": (rule("days = true"), 4, "days must be a whole number, not true"),
    "unknown security": (
        rule('when = { security = "high" }'),
        4,
        'must be highsec, lowsec, nullsec, wormhole or a range such as "0.1 to 0.4", not “high”',
    ),
    "security the wrong way": (
        rule('when = { security = "0.4 to 0.1" }'),
        4,
        "must go from -1.0 up to 1.0",
    ),
    "hours in words": (rule('when = { hours = "evening" }'), 4, 'such as "18:00-23:30"'),
    "hours that are none": (rule('when = { hours = "18:00-25:00" }'), 4, "no such time"),
    "minutes that are none": (rule('when = { hours = "18:60-19:00" }'), 4, "no such time"),
    "hours without length": (
        rule('when = { hours = "18:00-18:00" }'),
        4,
        "begin when they end",
    ),
    "unknown day": (rule('when = { weekdays = "friyday" }'), 4, "did you mean friday?"),
    "date in quotes": (rule('when = { from = "2026-01-01" }'), 4, "a date without quotes"),
    "time alone": (rule("when = { from = 18:00:00 }"), 4, "a date without quotes"),
    "date of long ago": (rule("when = { from = 0001-01-01T00:00:00+14:00 }"), 4, "2003 to 2999"),
    "dates the wrong way": (
        rule("[rules.when]", "from = 2026-01-02", "until = 2026-01-01"),
        6,
        "until lies before from",
    ),
    "behind a rule for everything": (
        rule("", '[[rules]]\nname = "B"\nfixed = 1'),
        5,
        "“B” never counts: “It” in line 1 takes all of its losses before it",
    ),
    "for the same losses": (
        CATCH + CATCH.replace("It", "B").replace("Catch", "CATCH"),
        5,
        "“B” never counts: “It” in line 1 takes all of its losses before it",
    ),
    "without what is not there": (
        bonus("isk = 1") + "\n" + rule('without = ["b", "C"]'),
        7,
        "no bonus or deduction for all rules is called “C”",
    ),
    "too many bonuses": (
        "".join(bonus("isk = 1\n") for _ in range(91)),
        1,
        "more than 90 bonuses and deductions",
    ),
    "too many bonuses together": (
        "".join(bonus("isk = 1\n") for _ in range(90))
        + rule("[[rules.bonuses]]", 'name = "C"', "isk = 1"),
        271,
        "“It” has more than 90 bonuses and deductions, those for all rules among them",
    ),
    "too many rules": (
        "".join(f"{HEAD}fixed = 1\nwhen = {{ system = {n + 1} }}\n" for n in range(1001)),
        4001,
        "more than 1000 rules",
    ),
}


@pytest.mark.parametrize(("text", "line", "words"), MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_file_when_something_is_wrong_then_one_line_tells_what_and_where(
    tmp_path, text, line, words, line_end
):
    path = tmp_path / "rules.toml"
    path.write_bytes(text.replace("\n", line_end).encode())
    with pytest.raises(SettingError) as caught:
        read_file(str(path))
    assert caught.value.name == "file"
    assert caught.value.why.startswith(f"{path}:{line}: ")
    assert words in caught.value.why
    assert "\n" not in str(caught.value)


def test_file_when_not_there_then_the_error_names_it(tmp_path):
    with pytest.raises(SettingError, match=r"nowhere\.toml can't be read: No such file"):
        read_file(str(tmp_path / "nowhere.toml"))


@pytest.mark.parametrize("path", ["/", "a\x00b", "x" * 5000])
def test_file_when_the_path_can_be_none_then_the_error_says_so(path):
    with pytest.raises(SettingError, match="can't be read"):
        read_file(path)


def test_file_when_no_utf_8_then_the_error_names_the_line(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_bytes(b'[lists]\na = "Caf\xe9"\n')
    with pytest.raises(SettingError, match=r"rules\.toml:2: is no UTF-8"):
        read_file(str(path))


def test_file_when_far_too_large_then_is_not_read(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(SettingError, match="larger than 1,000,000 bytes"):
        read_file(str(path))


def test_file_when_it_begins_with_a_mark_of_its_encoding_then_is_read(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_bytes(b"\xef\xbb\xbf[limits]\r\ndays = 3\r\n")
    assert read_file(str(path)).days == 3


def test_path_when_long_then_the_error_behind_it_is_still_told(tmp_path):
    folder = tmp_path / ("a" * 200)
    folder.mkdir()
    (folder / "rules.toml").write_text("[rule]")
    with pytest.raises(SettingError, match=r"a/rules\.toml:1: unknown key “rule”"):
        read_file(str(folder / "rules.toml"))


def test_portal_when_the_file_is_wrong_then_does_not_start(universe, write):
    own = {"payout-rules": {"file": write("[rule]")}}
    with pytest.raises(PluginConfigurationError, match=r":1: unknown key") as caught:
        PluginBench(universe, ["payout-rules"], own)
    assert caught.value.setting == "payout-rules.file"


@pytest.mark.parametrize(
    ("ini", "environment", "line"),
    [
        ({"payout-rules.fil": "/x"}, {}, "payout-rules.fil .* did you mean file"),
        ({"payout-rules.fil": ""}, {}, "payout-rules.fil .* did you mean file"),
        ({"payout-rules.percent": "5"}, {}, "payout-rules.percent .* known are file"),
        ({}, {"PAYOUT_RULES_FIEL": "/x"}, "PAYOUT_RULES_FIEL.* did you mean file"),
    ],
)
def test_portal_when_a_setting_is_misspelt_then_stops_with_a_line_that_names_it(
    tmp_path, ini, environment, line
):
    required = {
        "sqlalchemy.url": f"sqlite:///{tmp_path / 'portal.sqlite'}",
        "srp.secret": "0" * 64,
        "srp.plugins": "payout-rules",
        **ini,
    }
    with pytest.raises(SettingsError, match=line) as caught:
        compose(Settings.load(required, environment))
    assert "\n" not in str(caught.value)


def raised(kind, function, argument):
    """The error of this kind that the call raises, None where it raises none."""
    try:
        function(argument)
    except kind as error:
        return error
    return None


_WORDS = st.sampled_from(
    [
        *("[[rules]]\n", "[[rules.bonuses]]\n", "[[deductions]]\n", "[lists]\n", "[limits]\n"),
        *("[rules.when]\n", "[hulls]\n", "when = {", "except = [{", "}", "]", "[", ",", "=", "\n"),
        *("name", "base", "percent", "fixed", "cap", "ship", "hours", "from", "days", "isk", "."),
        *('"', "'", '"""', "'''", "\\", "#", " ", "hull", "-", "0x", "1_0", "1e9", "inf", "true"),
        *("1979-05-27", "07:32:00Z", "\r\n", "\t", "\x00", "é", "\ufeff", "\u2028"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(st.one_of(_WORDS, st.text(max_size=3))).map("".join)))
@example("a = " + "{a=" * 3000)
@example('"\\uD800" = 1')
def test_rules_when_read_from_any_text_then_nothing_but_an_error_with_a_line_is_raised(text):
    error = raised(RulesError, read_rules, text)
    assert error is None or (1 <= error.line <= text.count("\n") + 1 and error.message)


@settings(max_examples=100, deadline=None)
@given(st.binary())
def test_file_when_it_holds_any_bytes_then_nothing_but_a_setting_error_is_raised(
    tmp_path_factory, content
):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    error = raised(SettingError, read_file, str(path))
    assert error is None or error.name == "file"
