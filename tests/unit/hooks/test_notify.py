"""Delivery of events to plugins."""

from __future__ import annotations

import logging
from asyncio import CancelledError
from datetime import UTC, datetime, timedelta

import pytest

from srp_portal.hooks.notify import MOST_ATTEMPTS, PAUSES, Delivery, DeliveryState, deliver

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def attempt(load, make_plugin, event, contexts):
    """Gives attempt(error=None, attempts=0, plugin="a"): one delivery to a plugin that raises."""

    def make_attempt(error=None, attempts=0, plugin="a"):
        told = []

        def request_changed(event, context):
            told.append((event.event_id, context.settings["plugin"]))
            if error is not None:
                raise error

        registry = load(a=make_plugin(request_changed), b=make_plugin())
        outcome = deliver(registry, Delivery(plugin, attempts), event, contexts, now=NOW)
        return outcome, told

    return make_attempt


def test_delivery_when_the_hook_returns_then_is_done(attempt):
    outcome, told = attempt()
    assert (outcome.state, outcome.attempts) == (DeliveryState.DELIVERED, 1)
    assert (outcome.next_at, outcome.error) == (None, "")
    assert told == [("e-1", "a")]


@pytest.mark.parametrize("attempts", range(MOST_ATTEMPTS - 1))
def test_delivery_when_the_hook_raises_then_is_repeated_after_the_pause(attempt, attempts):
    outcome, _ = attempt(ConnectionError("down"), attempts)
    assert (outcome.state, outcome.attempts) == (DeliveryState.RETRY, attempts + 1)
    assert outcome.next_at == NOW + PAUSES[attempts]
    assert outcome.error == "ConnectionError: down"


@pytest.mark.parametrize("attempts", [MOST_ATTEMPTS - 1, MOST_ATTEMPTS, 100])
def test_delivery_when_it_failed_too_often_then_is_dead(attempt, attempts):
    outcome, told = attempt(ConnectionError("down"), attempts)
    assert (outcome.state, outcome.next_at) == (DeliveryState.DEAD, None)
    assert outcome.error == "ConnectionError: down"
    assert told


@pytest.mark.parametrize(
    "error", [SystemExit(1), KeyboardInterrupt(), GeneratorExit(), CancelledError()], ids=repr
)
def test_delivery_when_the_plugin_ends_then_the_caller_lives(attempt, error):
    outcome, _ = attempt(error)
    assert outcome.state is DeliveryState.RETRY


def test_delivery_when_the_hook_raises_then_debugging_shows_where(attempt, caplog):
    with caplog.at_level(logging.DEBUG, logger="srp_portal.hooks"):
        attempt(ZeroDivisionError("by zero"))
    [shown] = [record for record in caplog.records if record.levelno == logging.DEBUG]
    assert shown.exc_info[0] is ZeroDivisionError
    [line] = [record for record in caplog.records if "event e-1" in record.getMessage()]
    assert "\n" not in line.getMessage()
    assert line.exc_info is None


def test_delivery_when_the_error_holds_a_secret_then_it_is_not_kept(attempt, caplog):
    outcome, _ = attempt(ConnectionError("https://hooks.example/1/S3CRET refused"))
    assert "S3CRET" not in outcome.error
    assert "S3CRET" not in caplog.text
    assert "e-1" in caplog.text


@pytest.mark.parametrize("plugin", ["b", "c"], ids=["does not listen", "not enabled"])
@pytest.mark.parametrize(
    ("attempts", "state"),
    [(0, DeliveryState.RETRY), (MOST_ATTEMPTS - 1, DeliveryState.DEAD)],
    ids=["at first", "at last"],
)
def test_delivery_when_nobody_listens_then_is_repeated_and_dead_at_last(
    attempt, contexts, plugin, attempts, state
):
    """Another process may have other settings, and the plugin."""
    outcome, told = attempt(plugin=plugin, attempts=attempts)
    assert (outcome.state, outcome.attempts) == (state, attempts + 1)
    assert plugin in outcome.error
    assert told == contexts.made == []


def test_pauses_when_listed_then_grow_and_span_about_two_days():
    assert list(PAUSES) == sorted(set(PAUSES))
    assert timedelta(days=1) < sum(PAUSES, timedelta()) < timedelta(days=3)
