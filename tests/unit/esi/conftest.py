"""A small HTTP server that answers as a test tells it."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from srp_portal.esi.settings import EsiSettings

Reply = tuple[int, dict[str, str], Any]


class Server(ThreadingHTTPServer):
    """Answers by `reply(handler) -> (status, headers, body)`, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.clients: set[Any] = set()
        self.reply: Callable[[BaseHTTPRequestHandler], Reply] = lambda _: (200, {}, {})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def replies(self, *replies: Reply) -> None:
        """Give these answers in turn, the last one for ever."""
        left = list(replies)
        self.reply = lambda _: left.pop(0) if len(left) > 1 else left[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.server.clients.add(self.client_address)
        request = (self.command, self.path, dict(self.headers), self.rfile.read(length))
        self.server.asked.append(request)
        status, headers, body = self.server.reply(self)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        data = b"" if status in (204, 304) else data
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET  # noqa: N815 - the base class wants it so

    def log_message(self, *arguments: Any) -> None:
        """Stay silent."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def make_settings(server: Server) -> Callable[..., EsiSettings]:
    def make(**changes: Any) -> EsiSettings:
        values = {
            "base_url": server.url,
            "sso_base_url": server.url,
            "server_error_backoff_factor": 0.001,
            "sandbox": True,
            "secret": ("a-secret-for-unit-tests",),
        }
        return EsiSettings(**{**values, **changes})

    return make
