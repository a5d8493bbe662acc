"""Connections, retries, deadlines: what happens between a call and its answer."""

import gzip
import logging
import os
import threading
import time

import pytest
import requests
import urllib3

from srp_portal.esi import connections
from srp_portal.esi.deadlines import deadline, remaining
from srp_portal.esi.errors import EsiRateLimited, EsiUnavailable
from srp_portal.esi.limits import Limiter
from srp_portal.esi.stores import MemoryStore
from srp_portal.esi.transport import Call, Transport


@pytest.fixture
def make_transport(make_settings):
    def make(slept=None, **changes):
        limiter = Limiter(MemoryStore(), sleep=(slept if slept is not None else []).append)
        sleep = time.sleep if slept is None else slept.append
        return Transport(
            make_settings(**changes), "tests v1", limiter, sleep=sleep, jitter=lambda: 1.0
        )

    return make


@pytest.fixture
def call(server):
    return Call("Operation", "GET", server.url + "/thing", repeatable=True)


def test_send_when_answered_then_status_headers_and_body(server, make_transport, call):
    server.reply = lambda _: (200, {"X-Pages": "3", "X-Esi-Request-Id": "abc"}, {"a": 1})
    answer = make_transport().send(call)
    assert (answer.status_code, answer.headers["x-pages"], answer.text) == (200, "3", '{"a": 1}')
    assert answer.request_id == "abc"
    assert server.asked[0][2]["User-Agent"] == "tests v1"


def test_send_when_repeated_then_connection_is_reused(server, make_transport, call):
    transport = make_transport()
    for _ in range(5):
        transport.send(call)
    assert len(server.clients) == 1


def test_send_when_gzipped_then_decoded(server, make_transport, call):
    server.reply = lambda _: (200, {"Content-Encoding": "gzip"}, gzip.compress(b"[1, 2]"))
    assert make_transport().send(call).content == b"[1, 2]"


def test_send_when_gzip_is_broken_then_unavailable(server, make_transport, call):
    server.reply = lambda _: (200, {"Content-Encoding": "gzip"}, b"no gzip at all")
    with pytest.raises(EsiUnavailable, match="broken off"):
        make_transport().send(call, retries=0)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (requests.exceptions.SSLError("x"), "the server's certificate is not valid"),
        (urllib3.exceptions.ReadTimeoutError(None, "/", "x"), "it took too long"),
        (urllib3.exceptions.ProtocolError("x"), "the answer was broken off"),
        (requests.ConnectTimeout("x"), "it took too long"),
    ],
    ids=["certificate", "stalled", "protocol", "timeout"],
)
def test_send_when_library_fails_then_reason_is_told_without_its_words(
    make_transport, call, monkeypatch, error, reason
):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", fail)
    with pytest.raises(EsiUnavailable, match=reason):
        make_transport().send(call, retries=0)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_send_when_gateway_fails_then_repeated_with_growing_pauses(
    server, make_transport, call, status
):
    slept = []
    server.replies((status, {}, b"<html>"), (status, {}, b""), (200, {}, {}))
    transport = make_transport(slept, server_error_backoff_factor=0.2)
    assert transport.send(call).status_code == 200
    assert slept == [0.2, 0.4]


def test_send_when_retry_after_is_told_then_obeyed(server, make_transport, call):
    slept = []
    server.replies((503, {"Retry-After": "7"}, b""), (200, {}, {}))
    make_transport(slept).send(call)
    assert slept == [7.0]


def test_send_when_retry_after_is_beyond_the_deadline_then_answer_is_given(
    server, make_transport, call
):
    server.reply = lambda _: (503, {"Retry-After": "700"}, b"")
    assert make_transport([]).send(call).status_code == 503
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 404, 500, 520])
def test_send_when_other_error_then_not_repeated(server, make_transport, call, status):
    server.reply = lambda _: (status, {}, {})
    assert make_transport().send(call).status_code == status
    assert len(server.asked) == 1


def test_send_when_not_repeatable_then_sent_once(server, make_transport):
    server.reply = lambda _: (503, {}, b"")
    post = Call("Mail", "POST", server.url, body=b"{}")
    assert make_transport().send(post).status_code == 503
    with pytest.raises(EsiUnavailable):
        make_transport().send(Call("Mail", "POST", "http://127.0.0.1:1/", body=b"{}"))
    assert len(server.asked) == 1


def test_send_when_nobody_listens_then_unavailable_without_address(make_transport):
    slept = []
    transport = make_transport(slept)
    with pytest.raises(EsiUnavailable, match="the connection failed") as caught:
        transport.send(Call("Operation", "GET", "http://127.0.0.1:1/?secret", repeatable=True))
    assert len(slept) == 3
    assert caught.value.status is None
    assert "secret" not in str(caught.value)


def test_send_when_backoff_passes_the_deadline_then_given_up(make_transport):
    transport = make_transport([], server_error_backoff_factor=60)
    with deadline(1), pytest.raises(EsiUnavailable, match="no time is left"):
        transport.send(Call("Operation", "GET", "http://127.0.0.1:1/", repeatable=True))


def test_send_when_deadline_is_over_then_nothing_is_sent(server, make_transport, call):
    with deadline(-1), pytest.raises(EsiUnavailable, match="its time is over"):
        make_transport().send(call, retries=0)
    assert server.asked == []


def test_send_when_redirected_on_the_same_host_then_followed(server, make_transport, call):
    server.replies((302, {"Location": "/other"}, b""), (200, {}, {}))
    assert make_transport().send(call).status_code == 200
    assert [path for _, path, _, _ in server.asked] == ["/thing", "/other"]


@pytest.mark.parametrize(
    "target",
    ["http://localhost:{port}/", "https://127.0.0.1:{port}/", "http://127.0.0.1:1/"],
    ids=["host", "scheme", "port"],
)
def test_send_when_redirected_elsewhere_then_refused(server, make_transport, call, target):
    location = target.format(port=server.server_port)
    server.reply = lambda _: (302, {"Location": location}, b"")
    with pytest.raises(EsiUnavailable, match="redirected elsewhere"):
        make_transport().send(call, retries=0)
    assert len(server.asked) == 1


def test_send_when_redirected_in_circles_or_after_a_post_then_refused(server, make_transport, call):
    server.reply = lambda _: (302, {"Location": "/thing"}, b"")
    with pytest.raises(EsiUnavailable, match="too often"):
        make_transport().send(call, retries=0)
    with pytest.raises(EsiUnavailable, match="elsewhere"):
        make_transport().send(Call("Mail", "POST", server.url, body=b"{}"))


def test_send_when_body_is_too_large_then_refused(server, make_transport, call, monkeypatch):
    monkeypatch.setattr(connections, "LARGEST_BODY", 1000)
    server.reply = lambda _: (200, {}, b"x" * 1001)
    with pytest.raises(EsiUnavailable, match="too large"):
        make_transport().send(call, retries=0)


def test_send_when_server_sets_cookies_then_they_are_not_kept(server, make_transport, call):
    server.reply = lambda _: (200, {"Set-Cookie": "a=b"}, {})
    transport = make_transport()
    transport.send(call)
    transport.send(call)
    assert "Cookie" not in server.asked[1][2]


def test_send_when_all_connections_are_busy_then_waits_within_the_deadline(
    server, make_transport, call
):
    release = threading.Event()

    def reply(_):
        release.wait(5)
        return 200, {}, {}

    server.reply = reply
    transport = make_transport(connection_pool_maxsize=1)
    first = threading.Thread(target=transport.send, args=(call,))
    first.start()
    while not server.asked:
        time.sleep(0.01)
    with deadline(0.1), pytest.raises(EsiUnavailable, match="busy"):
        transport.send(call, retries=0)
    release.set()
    first.join()


# The server of this test runs in a thread, which Python 3.12 warns about.
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_send_when_process_was_forked_then_child_has_its_own_connection(
    server, make_transport, call
):
    transport = make_transport()
    transport.send(call)
    child = os.fork()
    if child == 0:
        os._exit(0 if transport.send(call).status_code == 200 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    transport.send(call)
    assert len(server.clients) == 2


@pytest.mark.parametrize("status", [420, 429])
def test_send_when_limited_then_waits_and_tries_again(server, make_transport, status):
    server.replies((status, {"Retry-After": "1"}, {}), (200, {}, {}))
    limited = Call("Operation", "POST", server.url, body=b"{}", limited=True)
    store = MemoryStore()
    transport = make_transport()
    transport._limiter = Limiter(store)
    assert transport.send(limited).status_code == 200


def test_send_when_limited_again_and_again_then_rate_limited(server, make_transport):
    moments = iter(range(0, 100_000, 1000))
    server.reply = lambda _: (429, {"Retry-After": "2"}, {})
    transport = make_transport()
    # A clock by which each wait is over when it begins.
    transport._limiter = Limiter(MemoryStore(), clock=lambda: next(moments))
    with pytest.raises(EsiRateLimited) as caught:
        transport.send(Call("Operation", "GET", server.url, limited=True))
    assert (caught.value.status, caught.value.retry_after) == (429, 2.0)
    assert len(server.asked) == 3


def test_send_when_limit_outlasts_the_deadline_then_error_is_that_of_the_refusal(
    server, make_transport
):
    headers = {"X-Esi-Error-Limit-Reset": "42", "X-Esi-Request-Id": "id-7"}
    server.reply = lambda _: (420, headers, {})
    transport = make_transport()
    call = Call("Operation", "GET", server.url, limited=True)
    with deadline(5), pytest.raises(EsiRateLimited) as caught:
        transport.send(call)
    error = caught.value
    assert (error.status, error.operation, error.request_id) == (420, "Operation", "id-7")
    assert 41 < error.retry_after <= 42
    with deadline(5), pytest.raises(EsiRateLimited) as caught:
        transport.send(call)
    # Nothing was sent, so nothing was answered.
    assert (caught.value.status, caught.value.request_id) == (None, None)
    assert 41 < caught.value.retry_after <= 42
    assert len(server.asked) == 1


def test_send_when_a_bucket_is_empty_then_its_calls_wait_and_logins_do_not(server, make_transport):
    headers = {"X-Ratelimit-Group": "fleet", "Retry-After": "600"}
    server.replies((429, headers, {}), (200, {}, {}))
    transport = make_transport()
    fleet = Call("Fleet", "GET", server.url, limited=True)
    with deadline(5), pytest.raises(EsiRateLimited) as caught:
        transport.send(fleet)
    assert caught.value.retry_after > 590
    assert transport.send(Call("Login", "POST", server.url)).status_code == 200
    # Its specification named no group; the answer did, and that is remembered.
    with deadline(5), pytest.raises(EsiRateLimited) as caught:
        transport.send(fleet)
    assert caught.value.retry_after > 590
    assert len(server.asked) == 2


def test_send_when_debugging_then_only_public_bodies_are_logged(
    server, make_transport, call, caplog
):
    caplog.set_level(logging.DEBUG)
    server.reply = lambda _: (200, {}, {"private": "thing"})
    make_transport().send(call)
    assert "private" not in caplog.text
    public = Call("Status", "GET", server.url, public=True)
    make_transport(debug_response_content_logging=False).send(public)
    assert "private" not in caplog.text
    make_transport(info_logging_enabled=True).send(public)
    assert "private" in caplog.text
    assert any(r.levelname == "INFO" and "Status" in r.getMessage() for r in caplog.records)


def test_deadline_when_nested_then_inner_can_only_shorten():
    assert remaining() is None
    with deadline(10):
        with deadline(100):
            assert 9 < remaining() <= 10
        with deadline(1):
            assert remaining() <= 1
        assert remaining() > 9
    assert remaining() is None
