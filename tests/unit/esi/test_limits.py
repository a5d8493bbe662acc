"""ESI's limits, with a clock that only moves when somebody sleeps."""

from datetime import UTC, datetime

import pytest

from srp_portal.esi.deadlines import deadline
from srp_portal.esi.errors import EsiRateLimited
from srp_portal.esi.limits import LONGEST_STOP_S, Limiter, bucket_name, seconds_from
from srp_portal.esi.stores import MemoryStore


class Clock:
    def __init__(self):
        self.now = 1_000_000.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(clock):
    return MemoryStore(clock=clock)


@pytest.fixture
def limiter(store, clock):
    return Limiter(store, clock, clock.sleep)


def test_wait_when_nothing_is_known_then_returns_at_once(limiter, clock):
    limiter.wait("Operation", "fleet:public")
    assert clock.slept == []


@pytest.mark.parametrize(
    ("status", "headers", "pause"),
    [
        (420, {"X-Esi-Error-Limit-Reset": "42"}, 42),
        (420, {"Retry-After": "7"}, 7),
        (420, {}, 5),
        (429, {"Retry-After": "9"}, 9),
        (429, {"Retry-After": "0"}, 1),
        (429, {"Retry-After": "99999"}, 3600),
        (429, {"Retry-After": "soon"}, 5),
        (429, {}, 5),
        (200, {"X-Esi-Error-Limit-Remain": "5", "X-Esi-Error-Limit-Reset": "30"}, 30),
        (404, {"X-Esi-Error-Limit-Remain": "0", "X-Esi-Error-Limit-Reset": "12"}, 12),
    ],
    ids=lambda value: str(value) if not isinstance(value, dict) else "-".join(value.values()),
)
def test_learn_when_limit_is_reached_then_everything_stops_until_the_reset(
    store, clock, status, headers, pause
):
    Limiter(store, clock, clock.sleep).learn(status, headers, None, None)
    # Another thread or process with the same store.
    Limiter(store, clock, clock.sleep).wait("Other", "fleet:7")
    assert clock.slept == [pause]


def test_learn_when_429_names_its_group_then_all_stop_a_while_and_that_bucket_until_the_reset(
    limiter, clock
):
    headers = {"X-Ratelimit-Group": "char-notification", "Retry-After": "600"}
    limiter.learn(429, headers, "char-notification", "7")
    limiter.wait("Other", "fleet:7")
    assert clock.slept == [LONGEST_STOP_S]
    limiter.wait("Same group of another character", "char-notification:8")
    limiter.wait("No group", None)
    assert clock.slept == [LONGEST_STOP_S]
    limiter.wait("Same", "char-notification:7")
    assert sum(clock.slept) == 600


def test_learn_when_429_of_a_bucket_ends_soon_then_all_stop_until_then(limiter, clock):
    limiter.learn(429, {"X-Ratelimit-Group": "fleet", "Retry-After": "7"}, "fleet", "7")
    limiter.wait("Other", None)
    assert clock.slept == [7]


def test_learn_when_429_of_a_bucket_follows_a_420_then_all_stop_until_its_reset(limiter, clock):
    limiter.learn(420, {"X-Esi-Error-Limit-Reset": "42"}, None, None)
    limiter.learn(429, {"X-Ratelimit-Group": "fleet", "Retry-After": "10"}, "fleet", "7")
    limiter.wait("Other", None)
    assert clock.slept == [42]


def test_bucket_when_esi_names_another_group_then_it_counts_for_that_operation(limiter):
    assert limiter.bucket("Old", None, "7") is None
    limiter.learn(200, {"X-Ratelimit-Group": "fleet"}, None, "7", "Old")
    assert limiter.bucket("Old", None, "8") == "fleet:8"
    assert limiter.bucket("Other", "killmail", None) == "killmail:public"


def test_wait_when_the_store_forgets_then_this_process_still_stops(clock):
    class Forgetful(MemoryStore):
        """As Redis when it is restarted, or away."""

        def get_many(self, keys):
            return [None] * len(keys)

    limiter = Limiter(Forgetful(), clock, clock.sleep)
    limiter.learn(420, {"X-Esi-Error-Limit-Reset": "42"}, None, None)
    limiter.wait("Operation", None)
    assert clock.slept == [42]


def test_learn_when_two_limits_then_the_longer_one_counts(limiter, clock):
    limiter.learn(429, {"Retry-After": "60"}, None, None)
    limiter.learn(429, {"Retry-After": "5"}, None, None)
    limiter.wait("Operation", None)
    assert clock.slept == [60]


def test_wait_when_reset_is_beyond_the_deadline_then_rate_limited_without_sleep(limiter, clock):
    limiter.learn(420, {"X-Esi-Error-Limit-Reset": "42"}, None, None)
    with deadline(10), pytest.raises(EsiRateLimited, match="Operation") as caught:
        limiter.wait("Operation", None)
    assert caught.value.retry_after == 42
    assert caught.value.operation == "Operation"
    assert clock.slept == []


def test_learn_when_bucket_runs_low_then_calls_are_spread(limiter, clock):
    low = {"X-Ratelimit-Limit": "3600/15m", "X-Ratelimit-Remaining": "360"}
    limiter.learn(200, {**low, "X-Ratelimit-Group": "killmail"}, None, None)
    limiter.wait("Other", "fleet:public")
    assert clock.slept == []
    limiter.wait("Operation", "killmail:public")
    assert clock.slept == [0.5]
    limiter.learn(200, {**low, "X-Ratelimit-Limit": "15/1h"}, "char-notification", "7")


def test_learn_when_a_small_bucket_is_low_then_pause_has_a_ceiling(limiter, clock):
    headers = {"X-Ratelimit-Limit": "15/15m", "X-Ratelimit-Remaining": "1"}
    limiter.learn(200, headers, "char-notification", "7")
    with deadline(1):
        limiter.wait("Operation", "char-notification:7")
    assert clock.slept == [pytest.approx(0.5, abs=0.05)]
    limiter.wait("Operation", "char-notification:7")
    assert clock.slept[1:] == [1.0]
    with deadline(-1):
        limiter.wait("Operation", "char-notification:7")
    assert len(clock.slept) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Ratelimit-Limit": "3600/15m", "X-Ratelimit-Remaining": "3000"},
        {"X-Ratelimit-Limit": "x/15m", "X-Ratelimit-Remaining": "1"},
        {"X-Ratelimit-Limit": "3600/15y", "X-Ratelimit-Remaining": "1"},
        {"X-Ratelimit-Limit": "3600", "X-Ratelimit-Remaining": "1"},
        {"X-Ratelimit-Remaining": "few"},
        {"X-Esi-Error-Limit-Remain": "100"},
    ],
    ids=["plenty", "no-size", "no-unit", "no-window", "no-number", "no-errors"],
)
def test_learn_when_nothing_is_short_then_nothing_waits(limiter, clock, headers):
    limiter.learn(200, headers, "killmail", None)
    limiter.wait("Operation", "killmail:public")
    assert clock.slept == []


def test_bucket_name_when_no_group_then_none():
    assert bucket_name(None, "7") is None
    assert bucket_name("fleet", None) == "fleet:public"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("12", 12.0),
        ("Fri, 21 Nov 2025 12:00:30 GMT", 30.0),
        ("Fri, 21 Nov 2025 12:00:30 -0000", 30.0),
        ("Fri, 21 Nov 2025 11:00:00 GMT", 0.0),
        ("later", None),
        ("١٢", None),
        (None, None),
    ],
    ids=["number", "date", "date-without-zone", "past", "word", "other-digits", "none"],
)
def test_seconds_from_when_header_is_read_then_seconds_or_none(value, seconds):
    assert seconds_from(value, datetime(2025, 11, 21, 12, tzinfo=UTC)) == seconds
