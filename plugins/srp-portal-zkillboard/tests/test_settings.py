"""The plugin's settings."""

from __future__ import annotations

import pytest
from srp_portal_zkillboard import API_VERSION, killmail_sources
from srp_portal_zkillboard.settings import BoardSettings

from srp_portal.plugin import SettingError


def test_settings_when_there_are_none_then_are_zkillboards():
    settings = BoardSettings.from_mapping({})
    assert settings.base.url == "https://zkillboard.com"
    assert settings.domains == {"zkillboard.com"}
    assert settings.value == "total"


def test_settings_when_blank_then_count_as_none():
    blank = {"base_url": " ", "value": "", "domains": "  "}
    assert BoardSettings.from_mapping(blank) == BoardSettings.from_mapping({})


@pytest.mark.parametrize(
    ("base_url", "url", "host"),
    [
        ("http://127.0.0.1:6544/zkb", "http://127.0.0.1:6544/zkb", "127.0.0.1:6544"),
        ("HTTPS://Board.Example:443/eve/", "https://board.example/eve", "board.example"),
    ],
)
def test_base_url_when_set_then_its_host_is_called_and_recognised(base_url, url, host):
    settings = BoardSettings.from_mapping({"base_url": base_url})
    assert settings.base.url == url
    assert settings.domains == {"zkillboard.com", host}


@pytest.mark.parametrize("text", ["a.example, www.B.example:8443", "a.example\n b.example:8443,"])
def test_domains_when_set_then_replace_the_default(text):
    settings = BoardSettings.from_mapping({"domains": text})
    assert settings.domains == {"a.example", "b.example:8443"}


@pytest.mark.parametrize(
    ("value", "name"),
    [("totalValue", "total"), ("fittedValue", "fitted"), ("destroyedValue", "destroyed")],
)
def test_value_when_set_then_is_a_name_of_the_killmails_values(value, name):
    assert BoardSettings.from_mapping({"value": value}).value == name


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("base_url", "zkillboard.com"),
        ("base_url", "ftp://zkillboard.com"),
        ("base_url", "https://zkillboard.com/?a"),
        ("value", "droppedValue"),
        ("domains", "https://zkillboard.com"),
        ("domains", "zkillboard.com/kill"),
    ],
)
def test_setting_when_wrong_then_the_error_names_it(setting, text):
    with pytest.raises(SettingError, match="must") as caught:
        killmail_sources({setting: text})
    assert caught.value.name == setting


def test_source_when_made_then_declares_the_boards_host_alone():
    (source,) = killmail_sources({"base_url": "http://127.0.0.1:6544/zkb"})
    assert source.hosts == ("127.0.0.1:6544",)
    assert "http://127.0.0.1:6544/zkb/kill/" in source.description
    assert API_VERSION == 1
