"""How often a login may fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from srp_portal.web.security import throttle as module
from srp_portal.web.security.throttle import WINDOW, LoginThrottle

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def throttle():
    return LoginThrottle()


def fail(throttle, times, name="ada", address="198.51.100.7", at=NOW):
    """How many of the tries were let through."""
    return sum(throttle.attempt(name, address, at) is None for _ in range(times))


def test_attempt_when_one_fails_in_one_name_then_ten_are_let_through(throttle):
    assert fail(throttle, 20, name="ada l") == module.MOST_OF_BOTH
    assert fail(throttle, 1, name="ADA  L ") == 0


def test_attempt_when_refused_then_it_says_how_long_and_then_takes_tries_again(throttle):
    fail(throttle, 20)
    later = NOW + timedelta(minutes=5)
    assert throttle.attempt("ada", "198.51.100.7", later) == timedelta(minutes=10)
    assert fail(throttle, 20, at=NOW + WINDOW) == module.MOST_OF_BOTH


def test_attempt_when_others_fail_in_a_name_then_its_owner_still_gets_in(throttle):
    fail(throttle, 20, address="203.0.113.1")
    assert fail(throttle, 1, address="198.51.100.7") == 1


def test_attempt_when_one_address_tries_many_names_then_it_is_stopped(throttle):
    let_through = sum(fail(throttle, 1, name=f"user {number}") for number in range(100))
    assert let_through == module.MOST_OF_ADDRESS
    assert fail(throttle, 1, address="203.0.113.1") == 1


def test_attempt_when_many_addresses_try_one_name_then_they_are_stopped(throttle):
    let_through = sum(fail(throttle, 1, address=f"198.51.100.{n}") for n in range(100))
    assert let_through == module.MOST_OF_NAME


def test_attempt_when_ipv6_addresses_are_of_one_network_then_they_are_one(throttle):
    let_through = sum(fail(throttle, 1, address=f"2001:db8:1:1::{n}") for n in range(1, 100))
    assert let_through == module.MOST_OF_BOTH
    assert fail(throttle, 1, address="2001:db8:1:2::1") == 1


def test_succeeded_when_called_then_the_name_starts_anew_and_the_address_has_its_try_back(
    throttle,
):
    for _ in range(50):
        assert fail(throttle, 1) == 1
        throttle.succeeded("ada", "198.51.100.7")
    fail(throttle, 9)
    assert fail(throttle, 1) == 1
    throttle.succeeded("ada", "198.51.100.7")
    assert fail(throttle, 20) == module.MOST_OF_BOTH


def test_attempt_when_flooded_then_memory_stays_bounded():
    throttle = LoginThrottle(most_keys=30)
    for number in range(200):
        throttle.attempt(f"user {number}", f"10.0.{number}.1", NOW)
    assert len(throttle._counts) == 30


@pytest.mark.parametrize(("name", "address"), [("", ""), ("\ud800", "unix"), ("x" * 10**5, "x")])
def test_attempt_when_name_or_address_are_strange_then_they_count_as_well(throttle, name, address):
    assert fail(throttle, 20, name=name, address=address) == module.MOST_OF_BOTH
