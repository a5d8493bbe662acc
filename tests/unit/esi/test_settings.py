"""Settings: defaults, types, and errors that name what is wrong."""

import pytest

from srp_portal.esi.errors import EsiConfigurationError, EsiError
from srp_portal.esi.settings import EsiSettings

REQUIRED = {
    "esi.sso_callback_url": "https://srp.example/sso/callback",
    "esi.sso_client_id": "id",
    "esi.sso_client_secret": "hush-hush",
    "esi.secret": "first-secret-of-two second-secret-of-two",
}


def test_from_settings_when_only_required_then_documented_defaults():
    settings = EsiSettings.from_settings(REQUIRED)
    assert settings.always_create_token is False
    assert settings.api_datasource == "tranquility"
    assert settings.api_version == "latest"
    assert settings.cache_response is True
    assert settings.connection_error_max_retries == 3
    assert settings.connection_pool_maxsize == 10
    assert settings.debug_response_content_logging is True
    assert settings.info_logging_enabled is False
    assert settings.log_level_libraries == "INFO"
    assert settings.requests_connect_timeout == 5
    assert settings.requests_read_timeout == 30
    assert settings.server_error_backoff_factor == 0.2
    assert settings.server_error_max_retries == 3
    assert settings.user_contact_email is None
    assert settings.requests_total_timeout == 60
    assert settings.base_url == "https://esi.evetech.net"
    assert settings.sso_base_url == "https://login.eveonline.com"
    assert settings.secret == ("first-secret-of-two", "second-secret-of-two")


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("cache_response", "No", False),
        ("api_version", " latest ", "latest"),
        ("api_version", "legacy", "legacy"),
        ("api_version", "dev", "dev"),
        ("api_version", "v4", "v4"),
        ("always_create_token", True, True),
        ("connection_pool_maxsize", "20", 20),
        ("requests_read_timeout", "2.5", 2.5),
        ("server_error_backoff_factor", "0", 0.0),
        ("log_level_libraries", "debug", "DEBUG"),
        ("base_url", "https://esi.example/", "https://esi.example"),
        ("compatibility_date", "2025-12-16", "2025-12-16"),
        ("cache_url", "redis://127.0.0.1/0", "redis://127.0.0.1/0"),
        ("secret", ["a-secret-in-a-list"], ("a-secret-in-a-list",)),
        ("tenant", "  ", None),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value),
)
def test_from_settings_when_given_then_parsed(name, given, value):
    assert getattr(EsiSettings.from_settings({**REQUIRED, f"esi.{name}": given}), name) == value


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("cache_response", "maybe"),
        ("api_version", "4"),
        ("api_version", "v4/../v5"),
        ("connection_pool_maxsize", "0"),
        ("connection_error_max_retries", "many"),
        ("requests_read_timeout", "0"),
        ("requests_read_timeout", "soon"),
        ("server_error_backoff_factor", "-1"),
        ("server_error_backoff_factor", "x"),
        ("log_level_libraries", "LOUD"),
        ("base_url", "ftp://esi.example"),
        ("base_url", "https://user:pw@esi.example"),
        ("base_url", "http://esi.example"),
        ("sso_base_url", "http://login.example"),
        ("sso_callback_url", "https://srp.example/?x=1"),
        ("compatibility_date", "today"),
        ("cache_url", "memcached://127.0.0.1"),
        ("secret", "short"),
        ("secret", 12),
        ("sso_client_id", 12),
    ],
    ids=str,
)
def test_from_settings_when_wrong_then_error_names_it_but_not_its_value(name, given):
    with pytest.raises(EsiConfigurationError, match=rf"esi\.{name}") as caught:
        EsiSettings.from_settings({**REQUIRED, f"esi.{name}": given})
    assert isinstance(caught.value, EsiError)
    assert "hush-hush" not in str(caught.value)
    if name == "secret":
        assert "short" not in str(caught.value)


@pytest.mark.parametrize("name", REQUIRED, ids=str)
def test_from_settings_when_required_is_missing_then_error_names_it(name):
    with pytest.raises(EsiConfigurationError, match=rf"{name} is required"):
        EsiSettings.from_settings({**REQUIRED, name: " "})


def test_from_settings_when_sandbox_then_all_may_be_blank_and_secret_is_random(caplog):
    one = EsiSettings.from_settings({"esi.sandbox": "true"})
    two = EsiSettings.from_settings({"esi.sandbox": "true"})
    assert one.sso_client_id == ""
    assert one.secret != two.secret
    assert "esi.secret" in caplog.text


def test_settings_when_loopback_then_http_is_allowed():
    settings = EsiSettings.from_settings({**REQUIRED, "esi.base_url": "http://127.0.0.1:1/esi"})
    assert settings.base_url == "http://127.0.0.1:1/esi"


def test_settings_when_shown_then_without_secrets():
    shown = repr(EsiSettings.from_settings(REQUIRED))
    assert "hush-hush" not in shown
    assert "first-secret" not in shown
