"""Which settings there are, and what they take."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from srp_portal_flags import API_VERSION, transformers
from srp_portal_flags.settings import FlagSettings
from srp_portal_flags.table import CHECKS

from srp_portal.hooks.errors import PluginConfigurationError
from srp_portal.plugin import SettingError
from srp_portal.testing.plugins import PluginBench

ON_BY_DEFAULT = {
    "own_character": 1,
    "friendly_fire": 1,
    "npc": 1,
    "solo": 1,
    "outside_groups": 1,
    "same_hull": 15,
    "value_median": 2,
}


@pytest.mark.parametrize(
    "settings", [{}, {check.code: " " for check in CHECKS} | {"names": ""}], ids=["none", "blank"]
)
def test_settings_when_none_is_set_then_nothing_asks_eve(settings):
    found = FlagSettings.from_mapping(settings)
    assert found.thresholds == ON_BY_DEFAULT
    assert not any(check.questions for check in CHECKS if check.code in found.thresholds)
    assert not found.options.names


@pytest.mark.parametrize("word", ["off", "OFF", " no ", "false"])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_check_when_switched_off_then_has_no_threshold(check, word):
    assert check.code not in FlagSettings.from_mapping({check.code: word}).thresholds


@pytest.mark.parametrize(
    ("name", "text", "threshold"),
    [
        ("npc", "Yes", "1"),
        ("same_hull", "1", "1"),
        ("same_hull", "1440 minutes", "1440"),
        ("same_hull", "15minutes", "15"),
        ("solo", "2.0", "2"),
        ("value_median", "1.1", "1.1"),
        ("value_median", "2.5 Times", "2.5"),
        ("cargo_share", "25%", "25"),
        ("cargo_share", " 0.1 % ", "0.1"),
        ("value_gap", "100", "100"),
        ("joined", "3650 days", "3650"),
    ],
)
def test_threshold_when_set_then_counts(name, text, threshold):
    assert FlagSettings.from_mapping({name: text}).thresholds[name] == Decimal(threshold)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("own_character", "2"),
        ("npc", "maybe"),
        ("solo", "0"),
        ("solo", "1.5"),
        ("solo", "on"),
        ("friendly_fire", "1001"),
        ("same_hull", "15 hours"),
        ("same_hull", "1441"),
        ("same_hull", "٣"),
        ("same_hull", "minutes"),
        ("value_median", "1"),
        ("value_median", "1e2"),
        ("value_median", "1,5"),
        ("value_median", "-2"),
        ("value_median", "NaN"),
        ("cargo_share", "0"),
        ("cargo_share", "100.1"),
        ("cargo_share", "25 %%"),
        ("history_days", "0"),
        ("history_days", "off"),
        ("history_requests", "off"),
        ("names", "1 day"),
    ],
)
def test_setting_when_wrong_then_the_error_names_it_and_what_it_takes(name, text):
    with pytest.raises(SettingError, match=f"{name}: must be .+, not {text}") as caught:
        transformers({name: text})
    assert caught.value.name == name


@pytest.mark.parametrize(("name", "meant"), [("jioned", "joined"), ("Solo", "solo")])
def test_setting_when_misspelled_then_the_error_tells_what_was_meant(name, meant):
    with pytest.raises(SettingError, match=f"{name}: is no setting .*mean {meant}"):
        transformers({name: "1"})


def test_setting_when_like_none_then_the_error_guesses_nothing():
    with pytest.raises(SettingError, match=r"is no setting of this plugin$"):
        transformers({"zzz": "1"})


@given(st.text(max_size=20), st.sampled_from([check.code for check in CHECKS]))
def test_setting_when_any_text_then_is_a_threshold_or_an_error_that_names_it(text, name):
    wrong = None
    try:
        thresholds = FlagSettings.from_mapping({name: text}).thresholds
    except SettingError as error:
        wrong = error.name
    assert wrong in (None, name)
    assert wrong or 0 < thresholds.get(name, Decimal(1)) <= 3650


def test_start_when_a_setting_is_wrong_then_stops_with_its_name(universe):
    with (
        pytest.raises(PluginConfigurationError, match="must be a whole number") as caught,
        PluginBench(universe, ["flags"], {"flags": {"solo": "many"}}),
    ):
        pass
    assert caught.value.setting == "flags.solo"


def test_plugin_when_loaded_then_hands_over_nothing_at_start():
    assert (transformers({}), API_VERSION) == ((), 1)
