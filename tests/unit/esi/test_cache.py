"""How long answers are kept, and what they are worth afterwards."""

import pytest
from requests.structures import CaseInsensitiveDict

from srp_portal.esi.cache import LONGEST_AGE_S, UNSTATED_AGE_S, AnswerCache, cache_key, freshness
from srp_portal.esi.connections import Answer
from srp_portal.esi.stores import MemoryStore

NOW = 1_586_401_974.0  # Thu, 09 Apr 2020 03:12:54 GMT


@pytest.fixture
def now():
    return [NOW]


@pytest.fixture
def cache(now):
    clock = lambda: now[0]  # noqa: E731
    return AnswerCache(MemoryStore(clock=clock), clock)


def _answer(body=b"[1]", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(200, CaseInsensitiveDict(named), body)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=300"}, 300),
        ({"Cache-Control": "max-age=300", "Age": "100"}, 200),
        ({"Cache-Control": "max-age=300", "Age": "x"}, 300),
        ({"Cache-Control": "max-age=10", "Expires": "Thu, 09 Apr 2020 03:22:54 GMT"}, 10),
        ({"Expires": "Thu, 09 Apr 2020 03:22:54 GMT"}, 600),
        (
            {
                "Expires": "Thu, 09 Apr 2020 03:22:54 GMT",
                "Date": "Thu, 09 Apr 2020 03:21:54 GMT",
            },
            60,
        ),
        ({"Expires": "Thu, 09 Apr 2020 03:00:00 GMT"}, 0),
        ({"Expires": "0"}, None),
        ({"Cache-Control": "no-cache"}, 0),
        ({"Cache-Control": "max-age=x"}, None),
        ({"Cache-Control": "max-age=" + "9" * 400}, LONGEST_AGE_S),
        ({"Cache-Control": "max-age=60", "Age": "9" * 400}, 0),
        ({"Expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, LONGEST_AGE_S),
        ({}, None),
    ],
    ids=[
        "max-age", "age", "odd-age", "both", "expires", "date", "past", "zero", "no-cache",
        "odd", "huge", "aged", "far", "none",
    ],
)  # fmt: skip
def test_freshness_when_headers_are_read_then_seconds(headers, seconds):
    assert freshness(CaseInsensitiveDict(headers), NOW) == seconds


def test_put_when_stored_then_fresh_until_expiry_and_kept_beyond(cache, now):
    cache.put("key", _answer(Cache_Control="max-age=60", ETag='"a"', X_Secret="no"))
    entry = cache.get("key")
    assert cache.is_fresh(entry)
    assert (entry.answer.status_code, entry.answer.content) == (200, b"[1]")
    assert "X-Secret" not in entry.answer.headers
    now[0] += 60
    entry = cache.get("key")
    assert not cache.is_fresh(entry)
    assert entry.validators == {"If-None-Match": '"a"'}


@pytest.mark.parametrize(
    "headers",
    [{}, {"Cache_Control": "no-store", "ETag": '"a"'}, {"Expires": "0"}],
    ids=["nothing", "no-store", "odd-expires"],
)
def test_put_when_answer_may_not_be_kept_then_it_is_not(cache, headers):
    cache.put("key", _answer(**headers))
    assert cache.get("key") is None


def test_put_when_only_etag_then_kept_for_revalidation(cache):
    cache.put("key", _answer(ETag='W/"a"'))
    assert not cache.is_fresh(cache.get("key"))


@pytest.mark.parametrize(
    ("headers", "validators"),
    [
        ({"Last_Modified": "Thu, 09 Apr 2020 03:00:00 GMT"}, ["If-Modified-Since"]),
        ({}, []),
    ],
    ids=["last-modified", "none"],
)
def test_validators_when_no_etag_then_what_there_is(cache, headers, validators):
    cache.put("key", _answer(Cache_Control="max-age=1", **headers))
    assert list(cache.get("key").validators) == validators


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Cache-Control": "max-age=300"}, 300), ({}, UNSTATED_AGE_S)],
    ids=["told", "untold"],
)
def test_renew_when_304_then_body_stays_and_expiry_moves(cache, now, headers, seconds):
    cache.put("key", _answer(Cache_Control="max-age=1", ETag='"a"', X_Pages="2"))
    now[0] += 10
    answer = cache.renew("key", cache.get("key"), headers)
    assert (answer.content, answer.headers["x-pages"]) == (b"[1]", "2")
    now[0] += seconds - 1
    assert cache.is_fresh(cache.get("key"))
    now[0] += 1
    assert not cache.is_fresh(cache.get("key"))


def test_cache_key_when_any_part_differs_then_key_differs():
    keys = {cache_key(parts) for parts in (["a", "b"], ["ab", None], ["a", None], [None, "a"])}
    assert len(keys) == 4


@pytest.mark.parametrize(
    "data", [b"", b"text", b"7\n[1]", b"[1, 2]\n[1]", b"[1, 200, 3]\n[1]", b"\xff\n"], ids=repr
)
def test_get_when_entry_is_not_ours_then_none(data):
    store = MemoryStore()
    store.set("key", data, 60)
    assert AnswerCache(store).get("key") is None
