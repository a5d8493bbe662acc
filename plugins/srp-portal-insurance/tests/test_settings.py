"""The plugin's settings, and the losses that they leave out."""

from __future__ import annotations

from decimal import Decimal

import pytest
from srp_portal_insurance import API_VERSION, transformers
from srp_portal_insurance.settings import LEVELS, InsuranceSettings

from srp_portal.plugin import Attacker, SettingError

CONCORD = Attacker(None, 1000125, None, None, final_blow=True)


def test_settings_when_there_are_none_then_nothing_is_deducted():
    settings = InsuranceSettings.from_mapping({})
    assert settings == InsuranceSettings(None, Decimal(1), False, frozenset(), frozenset())
    assert transformers({}) == []
    assert API_VERSION == 1


def test_settings_when_blank_then_count_as_none():
    names = ("level", "rate", "cost", "except_groups", "except_ships")
    blank = dict.fromkeys(names, " \n ")
    assert InsuranceSettings.from_mapping(blank) == InsuranceSettings.from_mapping({})


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("written", [str, str.lower, str.upper])
def test_level_when_written_in_any_case_then_is_eves(level, written):
    assert InsuranceSettings.from_mapping({"level": f" {written(level)} "}).level == level


@pytest.mark.parametrize(
    ("text", "rate"),
    [("100", "1"), ("0", "0"), ("50", "0.5"), ("12.5 %", "0.125"), ("33.333%", "0.33333")],
)
def test_rate_when_set_then_is_a_fraction(text, rate):
    assert InsuranceSettings.from_mapping({"rate": text}).rate == Decimal(rate)


@pytest.mark.parametrize(("text", "expected"), [("ignore", False), ("Subtract", True)])
def test_cost_when_set_then_says_whether_it_is_subtracted(text, expected):
    assert InsuranceSettings.from_mapping({"cost": text}).is_cost_subtracted is expected


@pytest.mark.parametrize(
    "text",
    [
        "Logistics, Heavy Assault Cruiser",
        "\n  logistics\r\n  HEAVY  ASSAULT CRUISER\n",
        ",Logistics,,heavy assault cruiser,",
    ],
)
def test_names_when_listed_then_end_at_commas_and_lines(text):
    expected = {"logistics", "heavy assault cruiser"}
    assert InsuranceSettings.from_mapping({"except_groups": text}).except_groups == expected
    assert InsuranceSettings.from_mapping({"except_ships": text}).except_ships == expected


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("level", "Palladium"),
        ("level", "Gold, Silver"),
        ("rate", "101"),
        ("rate", "100.001"),
        ("rate", "-1"),
        ("rate", "half"),
        ("rate", "1e2"),
        ("rate", "५०"),
        ("rate", "nan"),
        ("cost", "yes"),
    ],
)
def test_setting_when_wrong_then_the_error_names_it(setting, text):
    with pytest.raises(SettingError, match="must be") as caught:
        transformers({setting: text})
    assert caught.value.name == setting


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("levl", "did you mean level"),
        ("except_ship", "did you mean except_ships"),
        ("zz", "known are level, rate, cost, except_groups, except_ships"),
    ],
)
@pytest.mark.parametrize("others", [{}, {"level": "Gold"}])
def test_setting_when_misspelt_then_the_error_names_the_one_that_is_meant(name, words, others):
    with pytest.raises(SettingError, match=words) as caught:
        transformers({**others, name: ""})
    assert caught.value.name == name


@pytest.mark.parametrize(
    ("settings", "loss", "expected"),
    [
        ({}, {}, True),
        ({"except_groups": "logistics"}, {}, False),
        ({"except_groups": "Logistic"}, {}, True),
        ({"except_groups": "Guardian"}, {}, True),
        ({"except_groups": "Logistics"}, {"ship_group": ""}, True),
        ({"except_ships": "Rifter\nGUARDIAN"}, {}, False),
        ({"except_ships": "Rifter"}, {}, True),
        ({}, {"attackers": (CONCORD,)}, False),
        ({}, {"attackers": ()}, True),
    ],
)
def test_loss_when_excepted_or_shot_by_concord_then_is_not_covered(
    make_killmail, settings, loss, expected
):
    own = InsuranceSettings.from_mapping({"level": "Gold", **settings})
    assert own.covers(make_killmail(**loss)) is expected
