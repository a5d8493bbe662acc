"""Settings: typed, the environment over the ini, errors that name the culprit."""

from __future__ import annotations

import subprocess
import sys

import pytest

from srp_portal.settings import SETTINGS, Settings, SettingsError, environment_name

MINIMAL = {"sqlalchemy.url": "sqlite://", "srp.secret": "s" * 32}


def load(environment=None, **ini):
    settings = MINIMAL | {name.replace("__", "."): value for name, value in ini.items()}
    return Settings.load(settings, environment or {})


def test_settings_when_minimal_have_the_documented_defaults():
    settings = load()
    assert settings.site_name == "EVE-SRP"
    assert settings.page_size == 25
    assert settings.plugins is None
    assert settings.details_required is True
    assert settings.self_review is False
    assert settings.groups_max_age_hours == 72
    assert settings.local_accounts is True
    assert settings.esi_base_url == "https://esi.evetech.net"


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_settings_when_in_the_environment_win_over_the_ini(setting):
    values = {
        "sqlalchemy.url": "sqlite:///other.db",
        "srp.secret": "t" * 40,
        "srp.page_size": "50",
        "srp.groups_max_age_hours": "12",
        "srp.cache_url": "redis://127.0.0.1:6379/1",
        "celery.broker_url": "redis://127.0.0.1:6379/2",
        "srp.trusted_proxies": "10.0.0.1",
        "srp.transformers": "ship | wiki | https://example.com/{}",
        "esi.base_url": "http://127.0.0.1:1/esi",
        "esi.sso_base_url": "http://127.0.0.1:1/sso",
        "esi.image_base_url": "http://127.0.0.1:1/images",
    }
    booleans = {"srp.sandbox", "srp.details_required", "srp.self_review", "srp.local_accounts"}
    default = load()
    value = values.get(
        setting.name,
        str(not getattr(default, setting.attribute)) if setting.name in booleans else "other",
    )
    changed = load({environment_name(setting.name): value})
    assert getattr(changed, setting.attribute) != getattr(default, setting.attribute)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sqlalchemy.url", "mysql://localhost"),
        ("srp.secret", "short"),
        ("srp.secret", "s" * 32 + " short"),
        ("srp.page_size", "0"),
        ("srp.page_size", "many"),
        ("srp.page_size", "201"),
        ("srp.sandbox", "perhaps"),
        ("srp.groups_max_age_hours", "-1"),
        ("srp.transformers", "ship | wiki"),
        ("srp.transformers", "ship | wiki | https://example.com/"),
        ("srp.transformers", "ship | wiki | https://{}/"),
        ("srp.transformers", "hull | wiki | https://example.com/{}"),
        ("srp.trusted_proxies", "proxy.example.com"),
        ("srp.cache_url", "memcached://x"),
        ("celery.broker_url", "localhost"),
        ("esi.base_url", "esi.evetech.net"),
        ("esi.base_url", "https://esi.example.com:99999"),
        ("esi.image_base_url", "https://images.example.com; script-src *"),
    ],
)
def test_settings_when_unparsable_name_setting_and_variable(name, value):
    with pytest.raises(SettingsError) as caught:
        Settings.load(MINIMAL | {name: value}, {})
    message = str(caught.value)
    assert name in message
    assert environment_name(name) in message
    assert "\n" not in message
    assert name != "srp.secret" or value not in message


@pytest.mark.parametrize("name", ["sqlalchemy.url", "srp.secret"])
def test_settings_when_a_required_one_is_missing_name_it(name):
    with pytest.raises(SettingsError, match=name):
        Settings.load({key: value for key, value in MINIMAL.items() if key != name}, {})


def test_settings_error_when_nobody_catches_it_ends_the_program_with_one_line():
    program = "import srp_portal; srp_portal.main({})"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": ""},
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "sqlalchemy.url" in done.stderr


def test_plugin_settings_when_in_both_come_without_prefix_environment_first():
    settings = load(
        {"ESI_KILLMAIL_BASE_URL": "https://b", "ZKILLBOARD_VALUE": "fittedValue"},
        **{"zkillboard.value": "totalValue", "zkillboard.base_url": "https://a"},
    )
    assert settings.of_plugin("zkillboard") == {"value": "fittedValue", "base_url": "https://a"}
    assert settings.of_plugin("esi-killmail") == {"base_url": "https://b"}


def test_esi_settings_when_filled_in_take_secret_cache_and_sandbox_from_the_portal():
    settings = load({"ESI_SSO_CLIENT_ID": "abc"}, srp__sandbox="true", srp__cache_url="redis://h/0")
    esi = settings.of_esi()
    assert esi["esi.sso_client_id"] == "abc"
    assert esi["esi.secret"] == "s" * 32
    assert esi["esi.sandbox"] == "true"
    assert esi["esi.cache_url"] == "redis://h/0"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sqlalchemy.url", "postgresql+psycopg://u:password@127.0.0.1:notaport/db"),
        ("sqlalchemy.url", "postgresql+nothing://u:password@127.0.0.1/db"),
        ("sqlalchemy.url", "sqlite:nothing"),
        ("sqlalchemy.url", "sqlite:////proc/nowhere/x.sqlite"),
        ("esi.user_contact_email", "Jürg €@example.com"),
        ("esi.spec_file", "/nowhere.json"),
        ("esi.sso_callback_url", "callback"),
        ("esi.requests_read_timeout", "long"),
    ],
)
def test_portal_when_a_part_cannot_be_made_names_the_setting_and_no_password(name, value):
    from srp_portal.composition import compose

    settings = MINIMAL | {"srp.sandbox": "true", name: value}
    with pytest.raises(SettingsError) as caught:
        compose(Settings.load(settings, {}), entry_points=())
    assert caught.value.name == name
    assert "\n" not in str(caught.value)
    assert "password" not in str(caught.value)


def test_transformers_when_given_a_line_each_are_parsed():
    [ship, pilot] = load(
        srp__transformers="ship | Wiki | https://w.example/{}\n pilot | zkb | https://z.example/{}"
    ).transformers
    assert (ship.attribute, ship.name) == ("ship", "Wiki")
    assert pilot.url_template == "https://z.example/{}"


def test_settings_when_several_are_missing_then_all_are_named():
    with pytest.raises(SettingsError) as caught:
        Settings.load({"srp.secret": " "}, {})
    assert str(caught.value) == (
        "setting sqlalchemy.url (or SQLALCHEMY_URL): is required and not set,"
        " nor is srp.secret (or SRP_SECRET)"
    )


def test_settings_when_they_need_not_be_whole_then_required_ones_may_be_missing():
    settings = Settings.load({"srp.plugins": "flags"}, {}, are_whole=False)
    assert (settings.sqlalchemy_url, settings.secret, settings.plugins) == ("", (), ("flags",))
    with pytest.raises(SettingsError, match=r"sqlalchemy\.url"):
        Settings.load({"sqlalchemy.url": "mysql://db"}, {}, are_whole=False)
