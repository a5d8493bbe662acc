"""What administrators see of plugins' settings: nothing that is secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.services.plugin_results import PluginSetting
from srp_portal.services.plugin_settings import HIDDEN, LENGTH, shown_settings, shown_value

letters = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", min_size=1)


@pytest.mark.parametrize(
    "name",
    [
        "secret", "client_secret", "token", "bot.TOKEN", "password", "smtp.password", "key",
        "api_key", "APIKEY", "credentials", "hmac", "passphrase", "passwd", "pwd", "auth", "bearer",
        "signing", "salt", "pin", "credential",
    ],
)  # fmt: skip
def test_value_when_its_name_says_that_it_is_secret_then_is_hidden(name):
    assert shown_value(name, "S3CRET") == HIDDEN


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("losses", "losses"),
        ("", ""),
        ("  ", ""),
        ("https://discord.com/api/webhooks/1/S3CRET", "https://discord.com/…"),
        ("https://discord.com", "https://discord.com"),
        ("https://discord.com/", "https://discord.com"),
        ("https://discord.com:8443?wait=S3CRET", "https://discord.com:8443/…"),
        ("https://boss:S3CRET@mail.example/in#box", "https://mail.example/…"),
        ("smtp://boss:S3CRET@mail.example:25", "smtp://mail.example:25"),
        ("HTTPS://DISCORD.COM/S3CRET", "HTTPS://DISCORD.COM/…"),
        ("at https://a.example/S3CRET, or so", "at https://a.example/…, or so"),
        (
            "Fleet = https://a.example/S3CRET\nHome = https://b.example/S3CRET?S3CRET",
            "Fleet = https://a.example/…\nHome = https://b.example/…",
        ),
        ("discord.com/api/webhooks/1/S3CRETTOKEN", "discord.com/…"),
        (
            "https://a.example/x,S3CRET https://b.example/x;S3CRET",
            "https://a.example/… https://b.example/…",
        ),
        (
            "https://a.example/x|S3CRET https://b.example/x'S3CRET",
            "https://a.example/… https://b.example/…",
        ),
        ("w " * (LENGTH // 2), ("w " * (LENGTH // 2)).strip()),
        ("w" + " w" * (LENGTH // 2), ("w" + " w" * (LENGTH // 2))[: LENGTH - 1] + "…"),
    ],
)
def test_value_when_it_holds_urls_then_only_their_hosts_are_shown(value, shown):
    assert shown_value("channel", value) == shown


@given(host=letters, path=st.lists(letters, min_size=1), query=letters)
def test_value_when_a_url_has_any_path_then_nothing_of_it_is_shown(host, path, query):
    value = f"https://{host}.example/{'/'.join(path)}?{query}"
    assert shown_value("webhook", value) == f"https://{host}.example/…"


@pytest.mark.parametrize(
    "value",
    [
        "10", "-0.25", "12.5 %", "1,000,000.00", "40m", "true", "Platinum", "1DQ1-A, J123456",
        "Fleet Operations; Größe v2", "submitted, status_changed", "/etc/srp/rules.toml", "./fits",
        "/var/lib/srp-portal/fits", "rules/payout2.toml", "C:\\srp\\rules.toml", "2026-01-31",
        "smtp.example.com:25", "127.0.0.1:8080", "123456789012345678", "30 days",
        "**{pilot}** lost {ship} ({payout} ISK)!",
    ],
)  # fmt: skip
def test_value_when_it_is_surely_harmless_then_is_shown(value):
    assert shown_value("x", value) == value


@pytest.mark.parametrize(
    "value",
    [
        "S3CRETTOKEN", "hunter2", "dGhpcyBpcyBhIHNlY3JldA", "550e8400-e29b-41d4-a716-446655440000",
        "deadbeefdeadbeefdeadbeefdeadbeef", "1" * 21, "host=db user=u password=plain",
        "Authorization: Bearer plain", "Catch, S3CRETTOKEN", "/api/webhooks/1/S3CRETTOKENofours",
    ],
)  # fmt: skip
def test_value_when_it_may_be_secret_then_is_hidden(value):
    assert shown_value("x", value) == HIDDEN


def test_settings_when_shown_then_are_in_order_of_their_names():
    shown = shown_settings({"b": "2", "a": "1"})
    assert shown == (PluginSetting("a", "1"), PluginSetting("b", "2"))
