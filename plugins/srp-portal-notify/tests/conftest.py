"""The plugin as the portal loads it, and a receiver of its messages on the loopback."""

from __future__ import annotations

import http.server
import json
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from srp_portal.plugin import DivisionInfo, PastRequest, RequestEvent, UserInfo
from srp_portal.testing.plugins import PluginBench

SECRET = "a-secret-of-the-tests"
TOKEN = "T0KEN-that_nobody-may-see"

FLEET = DivisionInfo(3, "Fleet Operations")
SUBMITTER = UserInfo(7, "paxswill", is_admin=False, character_ids=(570140137,))
REVIEWER = UserInfo(8, "Director", is_admin=False)


class Message:
    """A request that the receiver got."""

    def __init__(self, path, headers, body):
        self.path = path
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def content(self):
        return self.json["content"]


class Receiver(http.server.ThreadingHTTPServer):
    """Takes messages, and answers by path: `answers[path] = (status, headers, body)`, else 204."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = {}
        self.messages = []
        self._news = threading.Condition()
        self.host = f"127.0.0.1:{self.server_port}"
        self.discord_path = f"/api/webhooks/1/{TOKEN}"
        self.discord_url = f"http://{self.host}{self.discord_path}"
        self.hook_path = "/hook?key=QUERY-S3CRET"
        self.hook_url = f"http://{self.host}{self.hook_path}"

    def take(self, message):
        """Keeps a message, and wakes who waits for it."""
        with self._news:
            self.messages.append(message)
            self._news.notify_all()

    def wait_for(self, count, seconds=10):
        """All messages, as soon as there are so many, or after so many seconds."""
        with self._news:
            self._news.wait_for(lambda: len(self.messages) >= count, seconds)
        return self.messages

    def got(self, path):
        """What came to a path, in order."""
        return [message for message in self.messages if message.path == path]

    @property
    def contents(self):
        """The texts that came to Discord."""
        return [message.content for message in self.got(self.discord_path)]


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.take(Message(self.path, dict(self.headers), body))
        status, headers, answer = self.server.answers.get(self.path, (204, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        """Says nothing."""


@pytest.fixture
def receiver():
    with Receiver() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join(5)


def make_event(event_id="e-1", **fields):
    """An event: a reviewer approves a Guardian."""
    usual = {
        "event_id": event_id,
        "kind": "status_changed",
        "request_id": 39861569,
        "division": FLEET,
        "submitter": SUBMITTER,
        "pilot": "Paxswill",
        "ship": "Guardian",
        "payout": Decimal("342000000.00"),
        "actor": REVIEWER,
        "status": "approved",
        "previous_status": "evaluating",
        "note": "",
        "url": "https://srp.example.com/request/39861569/",
        "timestamp": datetime(2014, 7, 9, 19, 43, 58, tzinfo=UTC),
    }
    return RequestEvent(**{**usual, **fields})


def make_batch(count, **fields):
    """Events of one change, for as many requests, each with all of them as its batch."""
    alone = [
        make_event(
            f"e-{number}",
            request_id=number,
            url=f"https://srp.example.com/request/{number}/",
            **fields,
        )
        for number in range(1, count + 1)
    ]
    return in_batch(*alone)


def in_batch(*events):
    """The events as those of one change."""
    return [
        RequestEvent(
            **{
                name: getattr(event, name) for name in event.__dataclass_fields__ if name != "batch"
            },
            batch=tuple(events),
        )
        for event in events
    ]


def make_past(request_id=39861569, value="285000000.00"):
    """An earlier request, as the portal's history tells of it."""
    moment = datetime(2014, 7, 2, 19, 26, tzinfo=UTC)
    return PastRequest(
        request_id=request_id,
        pilot_id=570140137,
        ship_id=11987,
        ship="Guardian",
        killed_at=moment,
        submitted_at=moment,
        status="approved",
        value=None if value is None else Decimal(value),
        payout=Decimal(0),
    )


@pytest.fixture
def make_bench(universe):
    """Gives make(history=(), **settings): a bench with the plugin; `__` in names is a dot."""
    with ExitStack() as benches:

        def make(history=(), **settings):
            own = {name.replace("__", "."): value for name, value in settings.items()}
            return benches.enter_context(
                PluginBench(universe, ["notify"], {"notify": own}, history)
            )

        yield make


@pytest.fixture
def tell(make_bench):
    """Gives tell(*events, history=(), **settings): tells events to a plugin with these settings."""

    def tell_all(*events, history=(), **settings):
        bench = make_bench(history, **settings)
        context = bench.context_for("notify")
        for event in events:
            bench.registry.notify("notify", event, context)
        return bench

    return tell_all
