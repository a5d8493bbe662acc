"""Pages of a collection that may change while it is read."""

import threading
import time

import pytest

from srp_portal.esi.connections import Answer
from srp_portal.esi.deadlines import deadline, remaining
from srp_portal.esi.errors import EsiNotFound, EsiUnavailable, IncompleteResponseError
from srp_portal.esi.paging import MOST_PAGES, collect

OLD = "Thu, 09 Apr 2020 03:00:00 GMT"
NEW = "Thu, 09 Apr 2020 03:05:00 GMT"


def _page(number, pages, modified=None):
    headers = {"X-Pages": str(pages)} | ({"Last-Modified": modified} if modified else {})
    return Answer(200, headers, str(number).encode())


def _contents(answers):
    return [answer.content.decode() for answer in answers]


def test_collect_when_many_pages_then_in_order_and_at_most_workers_at_once():
    lock, running, most = threading.Lock(), [0], [0]

    def fetch(page, fresh):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.01)
        with lock:
            running[0] -= 1
        return _page(page, 12)

    assert _contents(collect("Op", fetch, 4)) == [str(n) for n in range(1, 13)]
    assert 1 < most[0] <= 4


@pytest.mark.parametrize("value", [None, "1", "0", "many"], ids=str)
def test_collect_when_one_page_or_unsaid_then_one_call(value):
    headers = {} if value is None else {"X-Pages": value}
    assert len(collect("Op", lambda *_: Answer(200, headers, b""), 4)) == 1


def test_collect_when_a_page_is_older_then_it_alone_is_fetched_anew():
    calls = []

    def fetch(page, fresh):
        calls.append((page, fresh))
        return _page(page, 3, OLD if page == 2 and not fresh else NEW)

    assert len(collect("Op", fetch, 1)) == 3
    assert calls == [(1, False), (2, False), (3, False), (2, True)]


def test_collect_when_first_page_is_older_then_new_count_is_believed():
    def fetch(page, fresh):
        if page == 1 and not fresh:
            return _page(1, 3, OLD)
        return _page(page, 2, NEW)

    assert _contents(collect("Op", fetch, 2)) == ["1", "2"]


def test_collect_when_pages_keep_changing_then_incomplete():
    moments = iter(range(60))

    def fetch(page, fresh):
        return _page(page, 3, f"Thu, 09 Apr 2020 03:00:{next(moments):02d} GMT")

    with pytest.raises(IncompleteResponseError, match="Op"):
        collect("Op", fetch, 1)


def test_collect_when_last_modified_is_odd_then_ignored():
    assert len(collect("Op", lambda page, _: _page(page, 2, "yesterday"), 1)) == 2


def test_collect_when_a_page_is_gone_then_incomplete():
    def fetch(page, fresh):
        if page == 3:
            raise EsiNotFound("gone", status=404)
        return _page(page, 3)

    with pytest.raises(IncompleteResponseError) as caught:
        collect("Op", fetch, 2)
    assert caught.value.status == 404


def test_collect_when_a_page_fails_then_call_fails_and_rest_is_not_asked():
    calls = []

    def fetch(page, fresh):
        calls.append(page)
        if page == 2:
            raise EsiUnavailable("down")
        return _page(page, 500)

    with pytest.raises(EsiUnavailable):
        collect("Op", fetch, 1)
    assert len(calls) < 500


def test_collect_when_there_is_a_deadline_then_threads_know_it():
    seen = []

    def fetch(page, fresh):
        seen.append(remaining())
        return _page(page, 3)

    with deadline(5):
        collect("Op", fetch, 2)
    assert all(0 < left <= 5 for left in seen)


@pytest.mark.parametrize("pages", [MOST_PAGES + 1, "9" * 5000], ids=["many", "digits"])
def test_collect_when_count_is_absurd_then_incomplete(pages):
    with pytest.raises(IncompleteResponseError):
        collect("Op", lambda *_: _page(1, pages), 1)
