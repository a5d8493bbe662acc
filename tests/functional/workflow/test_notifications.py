"""The plugin `notify` in a portal where many requests are changed at once."""

from __future__ import annotations

import http.server
import json
import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from srp_portal.domain.lifecycle import Status
from srp_portal.services import review


class Channel(http.server.ThreadingHTTPServer):
    """Stands for Discord: keeps what it is told."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.contents = []
        self.status = 204
        self.url = f"http://127.0.0.1:{self.server_port}/api/webhooks/1/token"


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.contents.append(json.loads(body)["content"])
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *arguments):
        """Says nothing."""


@pytest.fixture
def channel():
    with Channel() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join(5)


@pytest.fixture
def house(channel, make_portal, furnish):
    """A furnished portal that tells the channel what is paid."""
    return furnish(make_portal({"notify.discord_url": channel.url, "notify.events": "paid"}))


def pay_together(house, count):
    """Marks so many requests paid in one change; gives the worker that tells of it."""
    ids = [house.store(status="approved", base=Decimal(1000000)) for _ in range(count)]
    worker = house.portal.portal.delivery
    worker.deliver_due()
    with house.portal.writing() as dbsession:
        works = [house._work(dbsession, "payer", id_) for id_ in ids]
        for work in works:
            review.change_status(replace(work, outbox=works[0].outbox), Status.PAID, "")
    return worker


def test_forty_when_paid_together_then_the_channel_gets_one_message(house, channel):
    assert pay_together(house, 40).deliver_due() == 40
    (content,) = channel.contents
    first, *lines, last = content.split("\n")
    assert first == "40 requests paid, 40.0 m in all."
    # All are one submitter's, so that their values are known.
    assert lines[0].startswith("Guardian, 285.0 m: paid 1.0 m. <http://localhost/request/")
    assert last == f"… and {40 - len(lines)} more"


def test_batch_when_discord_fails_then_the_message_waits_with_one_delivery(house, channel):
    channel.status = 500
    house.portal.now = house.portal.clock()
    worker = pay_together(house, 3)
    assert worker.deliver_due() == 3
    channel.status = 204
    house.portal.now += timedelta(minutes=1)
    assert worker.deliver_due() == 1
    first, second = channel.contents
    assert first == second


def test_requests_when_paid_one_by_one_then_each_has_its_message(house, channel):
    for _ in range(2):
        pay_together(house, 1).deliver_due()
    assert [content.split(" <")[0] for content in channel.contents] == [
        "Guardian, 285.0 m: paid 1.0 m."
    ] * 2
