"""Stores: bounded, expiring, and harmless when Redis is away."""

import pytest

from srp_portal.esi.stores import ENTRY_OVERHEAD, MemoryStore, RedisStore, open_store


def test_memory_store_when_value_expires_then_it_is_gone():
    now = [0.0]
    store = MemoryStore(clock=lambda: now[0])
    store.set("a", b"1", 10)
    now[0] = 9.9
    assert store.get("a") == b"1"
    now[0] = 10.0
    assert store.get("a") is None
    assert store.get("a") is None


def test_memory_store_when_full_then_least_recently_used_goes():
    store = MemoryStore(limit=2 * (ENTRY_OVERHEAD + 11))
    store.set("a", b"x" * 10, 60)
    store.set("b", b"x" * 10, 60)
    store.get("a")
    store.set("c", b"x" * 10, 60)
    assert store.get("b") is None
    assert store.get("a") == store.get("c") == b"x" * 10


def test_memory_store_when_value_is_replaced_or_too_large_then_size_stays_right():
    store = MemoryStore(limit=ENTRY_OVERHEAD + 11)
    store.set("a", b"x" * 10, 60)
    store.set("a", b"y" * 10, 60)
    assert store.get("a") == b"y" * 10
    store.set("a", b"z" * 100, 60)
    assert store.get("a") is None
    store.set("b", b"x" * 10, 60)
    assert store.get("b") == b"x" * 10


def test_memory_store_when_number_is_larger_then_it_stays():
    store = MemoryStore()
    for number in (5.5, 7.25, 6.0):
        store.set_if_larger("a", number, 60)
    assert store.get_many(["a", "b"]) == [b"7.25", None]


def test_redis_store_when_server_is_away_then_empty_and_logged(caplog):
    pytest.importorskip("redis", reason="the redis client is an extra: pip install redis")
    store = open_store("redis://127.0.0.1:1/0")
    store.set("a", b"1", 10)
    assert store.get("a") is None
    store.set_if_larger("a", 1.0, 10)
    assert store.get_many(["a", "b"]) == [None, None]
    assert caplog.text.count("ConnectionError") == 4


def test_redis_store_when_server_answers_then_values_have_prefix_and_lifetime(monkeypatch):
    redis = pytest.importorskip("redis", reason="the redis client is an extra: pip install redis")
    kept = {}

    class Client:
        def get(self, key):
            return kept.get(key, (None, 0))[0]

        def set(self, key, value, px):
            kept[key] = (value, px)

    monkeypatch.setattr(redis.Redis, "from_url", lambda *_, **__: Client())
    store = RedisStore("redis://127.0.0.1/0", prefix="test:")
    store.set("a", b"1", 1.5)
    assert kept == {"test:a": (b"1", 1500)}
    assert store.get("a") == b"1"
    assert store.get("b") is None


def test_open_store_when_no_url_then_memory():
    assert isinstance(open_store(None), MemoryStore)
