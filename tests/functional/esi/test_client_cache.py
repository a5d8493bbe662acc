"""Cached answers over HTTP: always data, never too old, never somebody else's."""

import json
import subprocess
import sys
import textwrap
import time

import pytest

from srp_portal.esi import EsiClientProvider
from srp_portal.esi.settings import EsiSettings

RIFTER = 587
LANGUAGES = ("en", "de", "fr", "ja", "ru", "zh", "ko", "es")
ANOTHER_PROCESS = """
    import json, sys
    from srp_portal.esi import EsiClientProvider, EsiSettings
    settings = EsiSettings.from_settings(json.loads(sys.argv[1]))
    operation = EsiClientProvider(settings=settings).client.Market.get_markets_prices()
    print(len(operation.result()))
"""


@pytest.fixture
def make(settings):
    def client(**changes):
        wanted = EsiSettings.from_settings({**settings, **changes})
        return EsiClientProvider(settings=wanted).client

    return client


@pytest.fixture
def rifter(make):
    """The operation that gives a type."""
    return make().Universe.get_universe_types_type_id(type_id=RIFTER)


def _statuses(universe):
    return [entry.status for entry in universe.log]


@pytest.mark.parametrize("caching", ["both", "expires", "max-age"])
def test_answer_when_esi_says_how_long_then_asked_once_and_data_each_time(
    rifter, universe, caching
):
    universe.esi(caching=caching)
    first = rifter.result()
    assert first["type_id"] == RIFTER
    assert [rifter.result(), rifter.results(), rifter.result()] == [first] * 3
    assert _statuses(universe) == [200]


@pytest.mark.parametrize("caching", ["both", "expires", "max-age", "none"])
@pytest.mark.parametrize("etags", ["strong", "weak"])
def test_answer_when_expired_then_304_gives_data_as_often_as_it_comes(
    rifter, universe, caching, etags
):
    universe.esi(caching=caching, etags=etags, max_age=0)
    first = rifter.result()
    assert [rifter.result() for _ in range(3)] == [first] * 3
    # Without a word on its age a 304 is taken to hold for a short while.
    again = [304] if caching == "none" else [304] * 3
    assert _statuses(universe) == [200, *again]


def test_answer_when_304_has_no_header_at_all_then_data_and_not_asked_at_once(rifter, universe):
    universe.esi(max_age=0, bare_304=True)
    first = rifter.result()
    rifter.request_config.also_return_response = True
    for _ in range(3):
        value, response = rifter.result()
        assert value == first
        assert response.status_code == 200
    assert _statuses(universe) == [200, 304]


def test_answer_when_its_time_is_over_then_renewed_and_fresh_again(rifter, universe):
    universe.esi(max_age=1)
    first = rifter.result()
    assert rifter.result() == first
    assert _statuses(universe) == [200]
    time.sleep(1.1)
    assert rifter.result() == rifter.result() == first
    assert _statuses(universe) == [200, 304]


def test_answer_when_its_tag_is_stale_then_ignore_cache_fetches_it_in_full(make, universe):
    universe.esi(max_age=0, stale_etags=True)
    orders = make().Market.get_markets_region_id_orders(region_id=10000002, order_type="all")
    before = orders.result()
    universe.rebuild("orders")
    assert orders.result() == before
    after = orders.result(ignore_cache=True)
    assert after != before
    assert orders.result() == after
    assert _statuses(universe) == [200, 304, 200, 304]


def test_answer_when_caching_is_off_then_asked_each_time(make, universe):
    client = make(**{"esi.cache_response": "false"})
    for _ in range(2):
        client.Status.get_status().result()
    assert _statuses(universe) == [200, 200]


def test_answer_when_redis_is_shared_then_asked_once_by_all_processes(
    settings, make, universe, redis_url
):
    shared = {**settings, "esi.cache_url": redis_url}
    first = make(**shared).Market.get_markets_prices()
    # Another sandbox may have had this port, and so left an answer.
    known = first.result(ignore_cache=True)
    assert make(**shared).Market.get_markets_prices().result() == known
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(ANOTHER_PROCESS), json.dumps(shared)],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert int(done.stdout) == len(known)
    assert _statuses(universe) == [200]


def test_localized_when_all_languages_are_wanted_then_each_its_own_and_operation_as_before(
    rifter, universe
):
    english = rifter.result()
    every = rifter.results_localized()
    assert tuple(every) == LANGUAGES
    assert every["en"] == english
    assert every["de"]["name"] != every["ko"]["name"]
    assert rifter.result() == english
    rifter.request_config.also_return_response = True
    for value, response in rifter.results_localized(["ko", "de"]).values():
        assert value == every[response.headers["Content-Language"]]
    assert len(universe.requests) == len(LANGUAGES)


def test_localized_when_operation_has_a_language_then_it_keeps_it(make):
    types = make().Universe.get_universe_types_type_id
    german = types(type_id=RIFTER, language="de")
    first = german.result()
    assert german.results_localized(["en-us", "ko"]) == {
        "en": types(type_id=RIFTER).result(),
        "ko": types(type_id=RIFTER, language="ko").result(),
    }
    assert german.result() == first == types(type_id=RIFTER).result(language="de")


def test_localized_when_pages_are_counted_then_all_of_them_in_each_language(make, universe):
    orders = make().Market.get_markets_region_id_orders(region_id=10000002, order_type="all")
    found = orders.results_localized(["en", "de"])
    assert {code: len(each) for code, each in found.items()} == {"en": 120, "de": 120}
    # Not a localised operation: one language's pages are those of any other.
    assert len(universe.requests) == 3
