"""A plugin's HTTP session, against a server on the loopback."""

from __future__ import annotations

import gzip
import http.server
import threading
import time

import pytest
import requests

from srp_portal.hooks.hosts import HostSet
from srp_portal.hooks.sessions import (
    BodyTooLarge,
    GuardedAdapter,
    HostRefused,
    no_limit,
    plugin_session,
)


class Server(http.server.ThreadingHTTPServer):
    """Answers by a table of paths; remembers requests and connections."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = {}
        self.seen = []
        self.connections = 0
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.host = f"127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.server.connections += 1

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        answer = self.server.answers[self.path]
        if isinstance(answer, list):
            answer = answer.pop(0)
        if callable(answer):
            answer(self)
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *arguments):
        """Says nothing."""


@pytest.fixture
def server():
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join(5)


@pytest.fixture
def session(server):
    with plugin_session(
        HostSet([server.host]), user_agent="portal/1.0 (ops@example.com)", private_allowed=True
    ) as made:
        yield made


def guarded(server, **options):
    """A session whose adapter has these options, and does not sleep."""
    made = requests.Session()
    made.trust_env = False
    adapter = GuardedAdapter(
        HostSet([server.host]), private_allowed=True, **{"sleep": lambda pause: None, **options}
    )
    made.mount("http://", adapter)
    return made


def test_request_when_sent_then_says_who_asks(server, session):
    server.answers["/"] = (200, {}, b"{}")
    assert session.get(server.url + "/").json() == {}
    assert server.seen[0][2]["User-Agent"] == "portal/1.0 (ops@example.com)"


def test_connection_when_used_again_then_is_kept(server, session):
    server.answers["/"] = (200, {}, b"body")
    for _ in range(3):
        assert session.get(server.url + "/").content == b"body"
    assert server.connections == 1


def test_cookies_when_the_server_sets_some_then_are_not_kept(server, session):
    server.answers["/"] = (200, {"Set-Cookie": "visitor=1; Path=/"}, b"")
    session.get(server.url + "/")
    session.get(server.url + "/")
    assert "Cookie" not in server.seen[1][2]
    assert len(session.cookies) == 0


def test_environment_when_it_names_a_proxy_then_is_not_used(server, session, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
    monkeypatch.delenv("no_proxy", raising=False)
    server.answers["/"] = (200, {}, b"direct")
    assert session.get(server.url + "/").text == "direct"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b"x" * 200_000),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"x" * 200_000)),
    ],
    ids=["plain", "gzip"],
)
def test_body_when_read_then_is_whole_and_decoded(server, session, headers, body):
    server.answers["/"] = (200, headers, body)
    response = session.get(server.url + "/")
    assert response.content == b"x" * 200_000
    assert b"".join(response.iter_content(1000)) == response.content


def chunked(handler):
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n")


def test_body_when_chunked_then_is_whole(server, session):
    server.answers["/"] = chunked
    assert session.get(server.url + "/").text == "helloworld"


@pytest.mark.parametrize(
    ("headers", "body"),
    [({}, b"x" * 1001), ({"Content-Encoding": "gzip"}, gzip.compress(b"x" * 1_000_000))],
    ids=["plain", "bomb"],
)
def test_body_when_larger_than_the_limit_then_is_refused(server, headers, body):
    server.answers["/"] = (200, headers, body)
    with guarded(server, body_limit=1000) as session, pytest.raises(BodyTooLarge, match="1000"):
        session.get(server.url + "/")
    assert len(server.seen) == 1


def test_body_when_not_what_its_encoding_says_then_is_a_decoding_error(server, session):
    server.answers["/"] = (200, {"Content-Encoding": "gzip"}, b"no gzip")
    with pytest.raises(requests.exceptions.ContentDecodingError):
        session.get(server.url + "/")


def truncated(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "10")
    handler.end_headers()
    handler.wfile.write(b"half")
    handler.close_connection = True


def dropped(handler):
    handler.close_connection = True


@pytest.mark.parametrize("trouble", [truncated, dropped, (503, {}, b"")], ids=lambda t: str(t)[:14])
def test_get_when_there_is_passing_trouble_then_is_tried_again(server, trouble):
    server.answers["/"] = [trouble, trouble, (200, {}, b"fine")]
    pauses = []
    with guarded(server, sleep=pauses.append) as session:
        assert session.get(server.url + "/").text == "fine"
    assert len(server.seen) == 3
    assert pauses == sorted(pauses)
    assert 0.1 < pauses[0] < 0.35 < pauses[1] < 0.7


def test_get_when_the_trouble_stays_then_the_last_answer_counts(server):
    server.answers["/"] = (502, {}, b"bad gateway")
    with guarded(server) as session:
        assert session.get(server.url + "/").status_code == 502
    assert len(server.seen) == 3


def test_get_when_the_line_stays_broken_then_raises(server):
    server.answers["/"] = truncated
    with guarded(server) as session, pytest.raises(requests.exceptions.ChunkedEncodingError):
        session.get(server.url + "/")
    assert len(server.seen) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
def test_get_when_refused_then_is_not_tried_again(server, status):
    server.answers["/"] = (status, {}, b"")
    with guarded(server) as session:
        assert session.get(server.url + "/").status_code == status
    assert len(server.seen) == 1


def test_get_when_the_answer_says_when_to_come_back_then_is_not_tried_again(server):
    server.answers["/"] = (503, {"Retry-After": "60"}, b"")
    with guarded(server) as session:
        session.get(server.url + "/")
    assert len(server.seen) == 1


def test_post_when_there_is_trouble_then_is_sent_once(server):
    server.answers["/"] = (503, {}, b"")
    with guarded(server) as session:
        assert session.post(server.url + "/", json={"a": 1}).status_code == 503
    assert [method for method, _, _ in server.seen] == ["POST"]


@pytest.mark.parametrize("trouble", [(503, {}, b""), truncated], ids=["status", "line"])
def test_get_when_no_time_is_left_for_another_try_then_ends(server, trouble):
    server.answers["/"] = trouble
    with guarded(server, remaining=lambda: 0.05) as session:
        try:
            outcome = session.get(server.url + "/").status_code
        except requests.exceptions.ChunkedEncodingError as error:
            outcome = type(error)
    assert outcome in (503, requests.exceptions.ChunkedEncodingError)
    assert len(server.seen) == 1


def test_request_when_no_time_is_left_then_is_not_sent(server):
    with guarded(server, remaining=lambda: 0) as session, pytest.raises(requests.Timeout):
        session.get(server.url + "/")
    assert server.seen == []


def hanging(handler):
    handler.server.release.wait(5)
    handler.close_connection = True


@pytest.mark.parametrize(
    ("asked", "left"),
    [(None, 0.2), (30, 0.2), ((30, 30), 0.2), (0.2, 30), ((1, 0.2), None), ((None, 0.2), None)],
)
def test_request_when_the_answer_hangs_then_ends_at_the_shorter_limit(server, asked, left):
    server.release = threading.Event()
    server.answers["/"] = hanging
    started = time.monotonic()
    # The limit is that of one try: what is left does not shrink here.
    with guarded(server, remaining=lambda: left) as session, pytest.raises(requests.ReadTimeout):
        session.post(server.url + "/", timeout=asked)
    server.release.set()
    assert 0.15 < time.monotonic() - started < 2


def stalling(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "10")
    handler.end_headers()
    handler.wfile.write(b"half")
    handler.wfile.flush()
    handler.server.release.wait(5)
    handler.close_connection = True


def test_body_when_it_stalls_then_is_a_read_timeout(server):
    server.release = threading.Event()
    server.answers["/"] = stalling
    with guarded(server) as session, pytest.raises(requests.ReadTimeout):
        session.post(server.url + "/", timeout=0.2)
    server.release.set()


def trickling(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        if handler.server.release.wait(0.02):
            break
    handler.close_connection = True


def test_body_when_it_trickles_then_ends_with_the_time_left(server):
    server.release = threading.Event()
    server.answers["/"] = trickling
    end = time.monotonic() + 0.3
    with (
        guarded(server, remaining=lambda: end - time.monotonic()) as session,
        pytest.raises(requests.ReadTimeout, match="too long"),
    ):
        session.post(server.url + "/")
    server.release.set()
    assert time.monotonic() - end < 1


def test_host_when_not_declared_then_is_refused_before_any_call(session, caplog):
    with pytest.raises(HostRefused, match=r"evil\.example"):
        session.get("https://user:secret@evil.example/path")
    assert "evil.example" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("location", ["http://localhost:{port}/x", "file:///etc/passwd"])
def test_redirect_when_it_leads_elsewhere_then_is_refused(server, session, location):
    target = location.format(port=server.server_port)
    server.answers["/"] = (302, {"Location": target}, b"")
    with pytest.raises(HostRefused):
        session.get(server.url + "/")
    assert [path for _, path, _ in server.seen] == ["/"]


def test_redirect_when_it_stays_on_a_declared_host_then_is_followed(server, session):
    server.answers["/"] = (301, {"Location": "/there"}, b"moved")
    server.answers["/there"] = (200, {}, b"here")
    response = session.get(server.url + "/")
    assert (response.text, response.history[0].text) == ("here", "moved")
    assert session.get(server.url + "/", allow_redirects=False).status_code == 301


def test_redirect_when_it_goes_in_circles_then_ends(server, session):
    server.answers["/"] = (302, {"Location": "/"}, b"")
    with pytest.raises(requests.TooManyRedirects):
        session.get(server.url + "/")
    assert len(server.seen) < 10


def test_address_when_private_outside_the_sandbox_then_is_refused(server, caplog):
    with (
        plugin_session(HostSet([server.host]), user_agent="x") as session,
        pytest.raises(HostRefused, match="private address"),
    ):
        session.get(server.url + "/")
    assert server.seen == []
    assert "private address" in caplog.text


def test_time_when_nothing_limits_it_then_is_none():
    assert no_limit() is None
