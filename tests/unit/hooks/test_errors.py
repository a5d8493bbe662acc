"""Errors as one line, without what must not be shown."""

from __future__ import annotations

import pytest
import requests

from srp_portal.hooks.errors import PluginFailed, describe


class Mute(Exception):
    """An error that fails to say what it is."""

    def __str__(self):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("no\n  amount"), "ValueError: no amount"),
        (ValueError(), "ValueError"),
        (KeyError("ship"), "KeyError: 'ship'"),
        (SystemExit(1), "SystemExit: 1"),
        (ValueError("a\x00b\x1b[31m\udc80"), "ValueError: a\ufffdb\ufffd[31m\ufffd"),
        (Mute(), "Mute: (it can't be shown: ZeroDivisionError)"),
    ],
)
def test_error_when_described_then_is_one_line(error, text):
    assert describe(error) == text


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            "404 for url: https://discord.example/api/webhooks/1/S3CRET",
            "404 for url: https://discord.example/…",
        ),
        ("see <https://a.example:8443/S3CRET?S3CRET#S3CRET>", "see <https://a.example:8443/…>"),
        ("https://user:S3CRET@a.example/x and http://b", "https://a.example/… and http://b"),
        ("https://a.example?token=S3CRET", "https://a.example/…"),
        ("amqp://u:S3CRET@mq.example", "amqp://mq.example"),
        ("postgresql://u:S3CRET@db/x", "postgresql://db/…"),
        ("redis://:S3CRET@r/0", "redis://r/…"),
        ("hooks.example.com/services/S3CRET", "hooks.example.com/…"),
        ("url='https://a.example/a'S3CRET'", "url='https://a.example/…'"),
        ("bad password=S3CRET", "bad password=…"),
        ("Max retries exceeded with url: /hooks/S3CRET (Caused by", "with url: /… (Caused by"),
    ],
)
def test_error_when_it_holds_urls_then_their_secrets_are_left_out(message, shown):
    described = describe(requests.ConnectionError(message))
    assert "S3CRET" not in described
    assert shown in described


def test_error_when_long_then_is_cut():
    assert describe(ValueError("a/b " * 1_000_000)).endswith("…")
    assert len(describe(ValueError("x" * 1000))) == 500


def test_failure_when_shown_then_names_plugin_and_hook():
    failure = PluginFailed("rules", "base_payout", "no amount")
    assert str(failure) == "plugin rules, hook base_payout: no amount"
    assert (failure.plugin, failure.hook, failure.message) == ("rules", "base_payout", "no amount")
