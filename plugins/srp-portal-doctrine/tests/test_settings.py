"""The plugin's settings."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from srp_portal_doctrine import API_VERSION, transformers
from srp_portal_doctrine.settings import DoctrineSettings

from srp_portal.plugin import SettingError


@pytest.mark.parametrize("settings", [{}, {"folder": " ", "deduction": "", "most": " "}])
def test_settings_when_no_folder_then_there_are_none(settings):
    assert DoctrineSettings.from_mapping(settings) is None
    assert transformers(settings) == []
    assert API_VERSION == 1


def test_settings_when_only_a_folder_then_nothing_is_suggested():
    settings = DoctrineSettings.from_mapping({"folder": " fits "})
    assert settings == DoctrineSettings(Path("fits"), None, None, Decimal(1), None)


def test_settings_when_of_the_readme_then_are_all_taken(examples, folder):
    lines = examples["ini"].replace("%(here)s", str(folder)).splitlines()
    given = dict(line.removeprefix("doctrine.").split(" = ") for line in lines)
    assert DoctrineSettings.from_mapping(given) == DoctrineSettings(
        folder / "doctrines",
        folder / "accepted.txt",
        Decimal("0.05"),
        Decimal("0.3"),
        Decimal("0.5"),
    )


@pytest.mark.parametrize(
    ("text", "fraction"),
    [("5", "0.05"), ("2.5 %", "0.025"), ("0.125%", "0.00125"), ("100", "1")],
)
@pytest.mark.parametrize("name", ["deduction", "no_fit"])
def test_percentage_when_set_then_is_a_fraction(name, text, fraction):
    settings = DoctrineSettings.from_mapping({"folder": "fits", name: text})
    assert getattr(settings, name) == Decimal(fraction)


@pytest.mark.parametrize(
    "text", ["0", "0.000", "100.001", "-5", "5 ISK", "1e1", "5,5", "\u0665", "NaN"]
)
@pytest.mark.parametrize("name", ["deduction", "most", "no_fit"])
def test_percentage_when_wrong_then_the_error_names_it(name, text):
    with pytest.raises(SettingError, match="percentage above 0 and up to 100") as caught:
        DoctrineSettings.from_mapping({"folder": "fits", "deduction": "5", name: text})
    assert caught.value.name == name


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"deduction": "5"}, "folder"),
        ({"accept": "accepted.txt"}, "folder"),
        ({"folder": "fits", "most": "5"}, "deduction"),
    ],
)
def test_setting_when_useless_alone_then_the_error_names_what_is_missing(settings, name):
    with pytest.raises(SettingError, match="must be set where") as caught:
        transformers(settings)
    assert caught.value.name == name
