"""The settings: general ones, those of divisions, and what is refused."""

from __future__ import annotations

import logging
from textwrap import dedent

import pytest
from pyramid.paster import get_appsettings
from srp_portal_notify import configured_hosts, has_targets
from srp_portal_notify.settings import NotifySettings
from srp_portal_notify.topics import TOPICS, USUAL

from srp_portal.hooks.errors import PluginConfigurationError
from srp_portal.plugin import DivisionInfo, SettingError
from srp_portal.settings import Settings

DISCORD = "https://discord.com/api/webhooks/1/SECRET-a"
OTHER = "https://discord.com/api/webhooks/2/SECRET-b"
HOOK = "https://hooks.example.com:8443/srp?key=SECRET-c"
SECRET = "SECRET-SECRET-SECRET"
FLEET = DivisionInfo(3, "Fleet Operations")
CAPITALS = DivisionInfo(4, "Capitals & Co.")


def urls(settings, division):
    return {
        channel: target.url
        for channel, target in NotifySettings(settings).route(division).targets.items()
    }


def test_settings_when_there_are_none_then_nothing_is_called_and_nothing_heard():
    for settings in ({}, {"discord_url": " ", "webhook_url": ""}, {"webhook_secret": SECRET}):
        assert configured_hosts(settings) == ()
        assert has_targets(settings) is False
        assert urls(settings, FLEET) == {}


def test_hosts_when_urls_are_set_then_are_theirs_alone():
    settings = {
        "discord_url": DISCORD,
        "division.3.discord_url": "http://127.0.0.1:99/api/webhooks/1/x",
        "division.4.webhook_url": HOOK,
        "webhook_secret": SECRET,
    }
    assert configured_hosts(settings) == ("127.0.0.1:99", "discord.com", "hooks.example.com:8443")
    assert has_targets(settings) is True


@pytest.mark.parametrize(
    ("settings", "fleet", "capitals"),
    [
        ({"discord_url": DISCORD}, DISCORD, DISCORD),
        ({"discord_url": DISCORD, "division.3.discord_url": OTHER}, OTHER, DISCORD),
        ({"division.3.discord_url": OTHER}, OTHER, None),
        ({"division_3_discord_url": OTHER}, OTHER, None),
        ({"division.Fleet Operations.discord_url": OTHER}, OTHER, None),
        ({"division.fleet operations.discord_url": OTHER}, OTHER, None),
        ({"division_fleet_operations_discord_url": OTHER}, OTHER, None),
        ({"division.Capitals & Co..discord_url": OTHER}, None, OTHER),
        ({"division_capitals_co_discord_url": OTHER}, None, OTHER),
        # The number counts before the name.
        (
            {"division.Fleet Operations.discord_url": DISCORD, "division.3.discord_url": OTHER},
            OTHER,
            None,
        ),
        # The environment, in its own spelling, counts before the ini.
        (
            {
                "division_fleet_operations_discord_url": OTHER,
                "division.Fleet Operations.discord_url": DISCORD,
            },
            OTHER,
            None,
        ),
        ({"discord_url": DISCORD, "division.3.discord_url": "none"}, None, DISCORD),
    ],
)
def test_division_when_it_has_settings_of_its_own_then_they_count(settings, fleet, capitals):
    assert urls(settings, FLEET).get("discord") == fleet
    assert urls(settings, CAPITALS).get("discord") == capitals


def test_division_when_its_name_is_a_number_then_has_not_the_settings_of_that_number():
    settings = {"division.3.discord_url": OTHER}
    assert urls(settings, DivisionInfo(5, "3")) == {}


def test_division_when_renamed_then_the_settings_of_its_new_name_count():
    settings = NotifySettings({"division.Old.discord_url": DISCORD, "division.4.events": "none"})
    assert settings.route(DivisionInfo(9, "Old")).targets
    assert not settings.route(DivisionInfo(9, "New")).targets


def test_division_when_it_has_one_setting_then_the_others_are_the_general_ones():
    settings = NotifySettings(
        {
            "discord_url": DISCORD,
            "webhook_url": HOOK,
            "webhook_secret": SECRET,
            "notes": "yes",
            "events": "paid",
            "template.paid": "general",
            "division.3.events": "unpaid, withdrawn",
            "division.3.template.payout_changed": "own",
        }
    )
    route = settings.route(FLEET)
    assert set(route.targets) == {"discord", "webhook"}
    assert route.targets["webhook"].secret == SECRET
    assert route.notes is True
    assert route.topics == {"unpaid", "withdrawn"}
    assert route.templates["paid"].render({}) == "general"
    assert route.templates["payout_changed"].render({}) == "own"
    assert settings.route(CAPITALS).topics == {"paid"}


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        (None, USUAL),
        ("none", set()),
        ("ALL", set(TOPICS)),
        ("paid\n  approved", {"paid", "approved"}),
        ("paid,approved", {"paid", "approved"}),
    ],
)
def test_events_when_set_then_are_these(text, topics):
    settings = {} if text is None else {"events": text}
    assert NotifySettings(settings).route(FLEET).topics == topics


def test_settings_when_from_ini_and_environment_then_divisions_are_found_by_name_and_number(
    tmp_path,
):
    ini = tmp_path / "portal.ini"
    ini.write_text(
        dedent(f"""
        [app:main]
        use = egg:srp_portal
        sqlalchemy.url = sqlite://
        srp.secret = {"s" * 32}
        notify.discord_url = {DISCORD}
        notify.template.paid = {{ship}}[, {{value}}]: 100 percent paid
        notify.division.Fleet Operations.discord_url = {OTHER}
        notify.division.4.events = paid
        """)
    )
    environment = {
        "NOTIFY_DIVISION_4_DISCORD_URL": OTHER + "4",
        "NOTIFY_DIVISION_4_EVENTS": "approved",
        "NOTIFY_DIVISION_BLACK_OPS_DISCORD_URL": OTHER + "5",
        "NOTIFY_SOCKET": "/run/systemd/notify",
    }
    loaded = Settings.load(get_appsettings(str(ini), "main"), environment)
    settings = NotifySettings(loaded.of_plugin("notify"))

    def url(division):
        return settings.route(division).targets["discord"].url

    assert url(DivisionInfo(1, "Any")) == DISCORD
    assert url(FLEET) == OTHER
    assert url(CAPITALS) == OTHER + "4"
    assert settings.route(CAPITALS).topics == {"approved"}
    assert url(DivisionInfo(5, "Black Ops")) == OTHER + "5"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("discord_url", "discord.com/api/webhooks/1/SECRET", "must be an https URL"),
        ("discord_url", "http://discord.com/api/webhooks/1/SECRET", "must begin with https://"),
        ("discord_url", "https://discord.com/channels/1/SECRET", "URL of a Discord webhook"),
        ("discord_url", "https://discord.com/api/webhooks/SECRET", "URL of a Discord webhook"),
        ("discord_url", DISCORD + "/github", "URL of a Discord webhook"),
        ("discord_url", DISCORD + "?wait=true", "URL of a Discord webhook"),
        ("discord_url", DISCORD + "#x", "must be an https URL"),
        ("discord_url", "https://SECRET@discord.com/api/webhooks/1/x", "must be an https URL"),
        ("webhook_url", "ftp://SECRET.example.com/", "must be an https URL"),
        ("webhook_url", "http://SECRET.example.com/", "must begin with https://"),
        ("events", "paid aproved", "knows no aproved"),
        ("events", "none paid", "knows no none"),
        ("events", DISCORD, "knows no such event; there are all, none, submitted,"),
        ("notes", "perhaps", "must be true or false"),
        ("template.paid", "{pilot.name}", "has no field {pilot.name}"),
        ("template.batch", "{ship}", "has no field {ship}"),
        ("template.payed", "{ship}", "is no setting"),
        ("discord", DISCORD, "is no setting"),
        ("division.3.url", DISCORD, "is no setting"),
        ("division.3.discord_url", "SECRET", "must be an https URL"),
        ("division.Fleet Operations.events", "x", "knows no x"),
    ],
)
def test_setting_when_wrong_then_the_start_stops_with_its_name_and_without_its_value(
    make_bench, name, value, why
):
    with pytest.raises(PluginConfigurationError) as caught:
        make_bench(**{name: value, "webhook_secret": SECRET})
    assert caught.value.setting == f"notify.{name}"
    assert why in str(caught.value)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"webhook_url": HOOK}, "webhook_secret"),
        ({"webhook_url": HOOK, "webhook_secret": "SECRETshort"}, "webhook_secret"),
        ({"division.3.webhook_url": HOOK}, "division.3.webhook_secret"),
        ({"division_3_webhook_url": HOOK}, "division_3_webhook_secret"),
        (
            {
                "webhook_secret": SECRET,
                "division.3.webhook_url": HOOK,
                "division.3.webhook_secret": "SECRETshort",
            },
            "division.3.webhook_secret",
        ),
    ],
)
def test_secret_when_missing_or_short_then_is_named(settings, name):
    with pytest.raises(SettingError) as caught:
        NotifySettings(settings)
    assert caught.value.name == name
    assert "16 characters or more" in caught.value.why
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nope", "is no setting of this plugin"),
        ("discrod_url", "is no setting of this plugin; did you mean discord_url?"),
        ("evnets", "is no setting of this plugin; did you mean events?"),
    ],
)
def test_setting_when_unknown_then_the_start_stops_with_its_name(make_bench, name, why):
    with pytest.raises(PluginConfigurationError) as caught:
        make_bench(**{name: "SECRET"})
    assert (caught.value.setting, str(caught.value)) == (f"notify.{name}", why)


def test_setting_when_another_program_has_it_in_the_environment_then_is_no_mistake(
    caplog, monkeypatch
):
    for name in ("NOPE", "DISCROD_URL"):
        monkeypatch.setenv(f"NOTIFY_{name}", "x")
    with caplog.at_level(logging.INFO):
        NotifySettings({"socket": "x", "nope": "x"})
    (record,) = caplog.records
    assert record.getMessage() == "notify.nope is no setting of the plugin notify"
    with pytest.raises(SettingError, match="did you mean discord_url"):
        NotifySettings({"discrod_url": "x"})


@pytest.mark.parametrize("url", [DISCORD, DISCORD + "?thread_id=12"])
def test_targets_when_shown_then_hold_no_secret(url):
    settings = {"discord_url": url, "webhook_url": HOOK, "webhook_secret": SECRET}
    assert urls(settings, FLEET) == {"discord": url, "webhook": HOOK}
    assert "SECRET" not in repr(NotifySettings(settings).route(FLEET).targets)
