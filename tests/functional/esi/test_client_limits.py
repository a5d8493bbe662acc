"""Limits of ESI, obeyed by all that share a Redis."""

import json
import subprocess
import sys
import textwrap
import threading
import time
import uuid

import pytest

from srp_portal.esi import EsiClientProvider, deadline, limits
from srp_portal.esi.errors import EsiRateLimited
from srp_portal.esi.limits import Limiter
from srp_portal.esi.settings import EsiSettings
from srp_portal.esi.stores import RedisStore

# Another process of the same application: asks for the status within the seconds given.
OTHER_PROCESS = """
    import json, sys
    from srp_portal.esi import EsiClientProvider, EsiSettings, deadline
    from srp_portal.esi.errors import EsiRateLimited
    settings = EsiSettings.from_settings(json.loads(sys.argv[1]))
    client = EsiClientProvider(settings=settings).client
    with deadline(float(sys.argv[2])):
        try:
            client.Status.get_status().result(ignore_cache=True)
        except EsiRateLimited as error:
            print("limited", error.operation, error.retry_after)
        else:
            print("answered")
"""


@pytest.fixture
def store(redis_url):
    """A store with names of its own, since the database may hold what others left."""
    return RedisStore(redis_url, prefix=f"test-{uuid.uuid4()}:")


@pytest.fixture
def shared(settings, redis_url, universe):
    """Settings with Redis, which forgets what other tests learned about this sandbox's limits."""
    import redis

    def forget():
        for key in client.scan_iter(f"esi:limit:{universe.url}*"):
            client.delete(key)

    with redis.Redis.from_url(redis_url) as client:
        forget()
        yield {**settings, "esi.cache_url": redis_url}
        forget()


def _in_another_process(settings, seconds):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(OTHER_PROCESS), json.dumps(settings), str(seconds)],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return done.stdout.split()


@pytest.fixture
def client(shared):
    return EsiClientProvider(settings=EsiSettings.from_settings(shared)).client


def test_error_limit_when_met_by_one_process_then_another_sends_nothing(client, shared, universe):
    universe.add_fault("GET /esi/status", "error-limit", times=1, reset=42)
    with deadline(5), pytest.raises(EsiRateLimited) as caught:
        client.Status.get_status().result(ignore_cache=True)
    error = caught.value
    assert (error.status, error.operation) == (420, "GetStatus")
    assert 30 < error.retry_after <= 42
    universe.clear_log()
    kind, operation, retry_after = _in_another_process(shared, 5)
    assert (kind, operation) == ("limited", "GetStatus")
    assert 20 < float(retry_after) <= 42
    assert universe.requests == []


def test_error_limit_when_reset_is_near_then_another_process_waits_and_is_answered(
    client, shared, universe
):
    universe.add_fault("GET /esi/status", "error-limit", times=1, reset=4)
    with deadline(1), pytest.raises(EsiRateLimited):
        client.Status.get_status().result(ignore_cache=True)
    ends_at = time.monotonic() + 3.9
    assert _in_another_process(shared, 30) == ["answered"]
    assert time.monotonic() >= ends_at


def test_bucket_when_empty_then_other_operations_stop_until_the_reset(client, universe):
    headers = {"Retry-After": "9", "X-Ratelimit-Group": "status"}
    universe.add_fault("GET /esi/status", "status", times=1, status=429, headers=headers)
    with deadline(5), pytest.raises(EsiRateLimited):
        client.Status.get_status().result(ignore_cache=True)
    universe.clear_log()
    with deadline(5), pytest.raises(EsiRateLimited) as caught:
        client.Universe.get_universe_types_type_id(type_id=587).result(ignore_cache=True)
    assert 6 < caught.value.retry_after <= 9
    assert universe.requests == []


def test_bucket_when_empty_for_long_then_other_operations_go_on_after_a_while(
    client, universe, monkeypatch
):
    monkeypatch.setattr(limits, "LONGEST_STOP_S", 2)
    universe.add_fault(
        "GET /esi/status",
        "status",
        times=1,
        status=429,
        headers={"Retry-After": "600", "X-Ratelimit-Group": "status"},
    )
    with deadline(5), pytest.raises(EsiRateLimited) as caught:
        client.Status.get_status().result(ignore_cache=True)
    assert 590 < caught.value.retry_after <= 600
    with deadline(0.5), pytest.raises(EsiRateLimited) as caught:
        client.Universe.get_universe_types_type_id(type_id=587).result(ignore_cache=True)
    assert caught.value.retry_after <= 2
    sent = len(universe.requests)
    with deadline(10):
        client.Universe.get_universe_types_type_id(type_id=587).result(ignore_cache=True)
        assert len(universe.requests) == sent + 1
        with pytest.raises(EsiRateLimited):
            client.Status.get_status().result(ignore_cache=True)
    assert len(universe.requests) == sent + 1


def test_block_when_two_processes_set_it_then_the_longer_one_stays(store):
    slept = []
    one, other = (Limiter(store, clock=lambda: 1000.0, sleep=slept.append) for _ in range(2))
    one.learn(420, {"X-Esi-Error-Limit-Reset": "60"}, None, None)
    other.learn(429, {"Retry-After": "5"}, None, None)
    with deadline(1), pytest.raises(EsiRateLimited) as caught:
        Limiter(store, clock=lambda: 1000.0).wait("Operation", None)
    assert caught.value.retry_after == 60
    assert slept == []


def test_redis_store_when_many_set_a_number_at_once_then_the_largest_stays(store):
    def write(numbers):
        for number in numbers:
            store.set_if_larger("a", number + 0.5, 30)

    threads = [
        threading.Thread(target=write, args=(range(start, 200, 4),)) for start in (3, 1, 2, 0)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert float(store.get("a")) == 199.5
    assert store.get_many(["b", "a"]) == [None, b"199.5"]


def test_redis_store_when_number_is_kept_then_it_expires(store):
    store.set_if_larger("a", 5.0, 0.05)
    store.set_if_larger("a", 4.0, 30)
    assert store.get("a") == b"5.0"
    time.sleep(0.1)
    assert store.get("a") is None


def test_limit_when_met_at_one_server_then_another_that_shares_the_store_goes_on(store):
    Limiter(store, server="https://one").learn(420, {"X-Esi-Error-Limit-Reset": "60"}, None, None)
    with deadline(1):
        Limiter(store, server="https://two").wait("Operation", None)
        with pytest.raises(EsiRateLimited):
            Limiter(store, server="https://one").wait("Operation", None)
